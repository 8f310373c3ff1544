"""The built-in language model: Qwen2.5-Coder-1.5B-Instruct with a small adapter, in this process.

``files`` has its files, which ``conversion`` makes once, and ``loading`` loads them: ``vocabulary`` has its words,
``network`` computes its layers and ``token_weights`` what comes before and after them, ``memory`` has what it read.
``model`` answers.
"""
