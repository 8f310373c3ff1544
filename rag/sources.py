"""What may be cited: a stretch of an article, and a sentence of it."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from index import Article
from rag.answers import Citation
from rag.clauses import SAYS_SOMETHING
from rag.words import content_words

__all__ = ["Excerpt", "Source"]


@dataclass(frozen=True)
class Excerpt:
    """A stretch of an article, ``article.text[start:end]``, and its score in the search."""

    article: Article
    start: int
    end: int
    score: float = 0.0

    @property
    def text(self) -> str:
        """The words of the stretch."""
        return self.article.text[self.start : self.end]

    def __contains__(self, source: "Source") -> bool:
        """Whether a sentence begins in the stretch."""
        return self.article.id == source.article.id and self.start <= source.start < self.end


@dataclass(frozen=True)
class Source(Excerpt):
    """A sentence of an article, as something that may be cited."""

    @cached_property
    def words(self) -> Counter[str]:
        """Its content words, with their counts."""
        return Counter(content_words(self.text))

    @property
    def says_something(self) -> bool:
        """Whether it is more than a name or a line that announces."""
        return self.words.total() >= SAYS_SOMETHING or self.text[-1] in '.!?…。！？"”’)'

    def is_next_to(self, other: "Source") -> bool:
        """Whether one of the two follows the other in a paragraph."""
        first, second = sorted((self, other), key=lambda source: source.start)
        between = self.article.text[first.end : second.start]
        return (
            self.article.id == other.article.id
            and first.end <= second.start
            and not between.strip()
            and "\n\n" not in between
        )

    def cite(self, score: float, sentence: int = -1) -> Citation:
        """Return it as a citation."""
        return Citation(
            article_id=self.article.id,
            title=self.article.title,
            start=self.start,
            end=self.end,
            quote=self.text,
            score=round(score, 3),
            sentence=sentence,
            page=self.article.page_at(self.start),
        )
