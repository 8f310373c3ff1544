"""Questions that an article answers, made from it by the model."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from index import Article, sentences
from index.paths import data_dir
from rag import prompts
from rag.answers import Answer
from rag.events import Event, Finished
from rag.evidence import Evidence
from rag.models import LanguageModel
from rag.sources import Excerpt

__all__ = ["Suggested", "Suggestions", "forget"]

KEPT = 8
"""Questions of one article: four to begin with, and some that are left to follow an answer."""

_TRIES = 12
_PART = 500  # characters that are read for one question
_TELLING = 60  # characters from which a part says enough to ask about

_lock = threading.Lock()
_forgotten: Counter[str] = Counter()  # how often an article was removed: what was begun before is not kept

Item = TypeVar("Item")


@dataclass(frozen=True)
class Suggested:
    """A question, and the words that carry the answer's first sentence: ``article.text[start:end]``."""

    question: str
    article_id: str
    start: int
    end: int


class Suggestions:
    """Questions that an article answers, made one at a time, each once, and kept.

    The model is shown one part of the article at a time and names a question that the part answers. The question is
    asked as a reader would, and dropped unless the answer passes every check. What another model or another strictness
    would answer is another matter: for each of them they are made anew.

    Attributes:
        questions: Those that were made so far.
    """

    def __init__(
        self,
        article: Article,
        model: LanguageModel,
        ask: Callable[[str, Callable[[], bool]], Generator[Event]],
    ) -> None:
        """Take up what was made so far.

        Args:
            article: What they are about.
            model: What makes the questions.
            ask: Answers one about the article; gives up at once, without a word, if the model is not free.
        """
        self._article = article
        self._model = model
        self._ask = ask
        settings = model.settings
        self._key = f"{settings.model} {settings.base_url or ''} {settings.strictness}"
        kept = _read(article.id).get(self._key, {})
        self.questions = [Suggested(*row) for row in kept.get("questions", ())]
        self._tried: int = kept.get("tried", 0)
        self._forgotten = _forgotten[article.id]

    @property
    def complete(self) -> bool:
        """Whether there are enough, or no more to be had."""
        return len(self.questions) >= KEPT or self._tried >= len(self._parts)

    def make_one(self, free: Callable[[], bool] = lambda: True) -> None:
        """Try to make one more, and keep it. Does nothing if they are complete.

        Args:
            free: Whether nobody else needs the model. As soon as it is false, what was begun is given up, and begun
                anew the next time.

        Raises:
            ModelError: If the model fails.
        """
        if self.complete:
            return
        try:
            found = self._made(self._parts[self._tried], free)
        except _NotFreeError:
            return
        self._tried += 1
        if found:
            self.questions.append(found)
        self._keep()

    @cached_property
    def _parts(self) -> list[Evidence]:
        return _parts(self._article)

    def _made(self, evidence: Evidence, free: Callable[[], bool]) -> Suggested | None:
        part, asked = prompts.article_part(evidence.texts), prompts.question_part(prompts.SUGGEST)
        text = ""
        if not self._model.read_ahead(part, remember=False, free=free):
            raise _NotFreeError
        with closing(self._model.stream(part, asked, remember=False)) as pieces:
            for piece in _while_free(pieces, free):
                text += piece.text
        question = " ".join(text.removeprefix(prompts.FOUND).split())
        if not (question.endswith("?") and 12 < len(question) < 120):
            return None
        answer = self._answer(question, free)
        if answer.status != "answered" or not answer.citations:
            return None
        first = answer.citations[0]
        made = Suggested(question, first.article_id, first.start, first.end)
        # What leads to the same words is the same question in other words.
        alike = any(one.question == question or one.start == made.start for one in self.questions)
        return None if alike else made

    def _answer(self, question: str, free: Callable[[], bool]) -> Answer:
        with closing(self._ask(question, free)) as events:
            for event in _while_free(events, free):
                if isinstance(event, Finished):
                    return event.answer
        raise _NotFreeError

    def _keep(self) -> None:
        with _lock:
            if self._forgotten != _forgotten[self._article.id]:
                return
            kept = _read(self._article.id)
            kept[self._key] = {"tried": self._tried, "questions": [astuple(one) for one in self.questions]}
            file = _file(self._article.id)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


class _NotFreeError(Exception):
    """Somebody else needs the model."""


def _while_free(items: Iterable[Item], free: Callable[[], bool]) -> Iterator[Item]:
    for item in items:
        if not free():
            raise _NotFreeError
        yield item


def forget(article_id: str) -> None:
    """Delete the questions that were made of an article, and those that are being made."""
    with _lock:
        _forgotten[article_id] += 1
        _file(article_id).unlink(missing_ok=True)


def _read(article_id: str) -> dict[str, Any]:
    """What is kept of an article, by what made it. A file that is damaged, or of an earlier form, has nothing."""
    try:
        kept = json.loads(_file(article_id).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _file(article_id: str) -> Path:
    return data_dir() / "suggestions" / f"{article_id}.json"


def _parts(article: Article) -> list[Evidence]:
    """Return stretches to ask about, the first few spread over the article: paragraphs, and if there are few of these
    single sentences too."""
    paragraphs = [b for b in article.blocks if b.kind == "paragraph"]
    telling = [b for b in paragraphs if b.end - b.start > _TELLING] or paragraphs
    chosen = _spread([(b.start, min(b.end, b.start + _PART)) for b in telling], _TRIES)
    if len(chosen) < _TRIES:
        single = [
            (b.start + start, b.start + end)
            for b in telling
            for start, end in sentences(article.text[b.start : b.end])
            if _TELLING < end - start <= _PART and end - start < b.end - b.start
        ]
        chosen += _spread(single, _TRIES - len(chosen))
    return [Evidence([Excerpt(article, start, end)]) for start, end in chosen]


def _spread(items: Sequence[Item], count: int) -> list[Item]:
    """Return so many of them from everywhere, neighbours apart."""
    count = min(count, len(items))
    even = [items[i * len(items) // count] for i in range(count)]
    return [item for first in range(3) for item in even[first::3]]
