"""One module for each format; :func:`index.loading.load` chooses among them.

Each has ``read(data, source, title) -> Article``, takes the bytes of a file, and raises
:class:`~index.errors.ArticleError` with a sentence for the reader when they are not what they should be.
"""
