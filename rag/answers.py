"""What a question gets: an answer whose every sentence is tied to the article's own words."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

__all__ = ["NOT_IN_ARTICLE", "Answer", "Citation", "Status", "not_said", "said"]

Status = Literal["answered", "partial", "not_in_article"]

_NOT_SAID = "The article does not say"
NOT_IN_ARTICLE = f"{_NOT_SAID}."


@dataclass(frozen=True)
class Citation:
    """Words of an article that carry a sentence of an answer: ``article.text[start:end] == quote``.

    Attributes:
        article_id: The article that is quoted.
        title: Its title.
        start: Offset of the quote's first character in the article's text.
        end: Offset behind its last character.
        quote: The article's own words.
        score: How probable it is that the sentence is right, from 0 to 1, as the built-in model's checks find it; with
            another model, how much of the sentence the quotes have. 0 for a passage that carries none.
        sentence: Which of ``Answer.sentences`` they carry; -1 for a passage that carries none.
        page: The page of a PDF, counted from 1.
    """

    article_id: str
    title: str
    start: int
    end: int
    quote: str
    score: float
    sentence: int = -1
    page: int | None = None


@dataclass(frozen=True)
class Answer:
    """A checked answer.

    Attributes:
        question: What was asked.
        text: What is shown.
        status: ``answered``; ``partial`` if a part had to be dropped or is not answered; ``not_in_article``.
        sentences: The sentences of ``text`` that say something, in order. None when the article does not say.
        citations: The words that carry them, at least one for each sentence.
        passages: When the article does not say, the passages that come closest.
        confidence: How probable it is that the article answers the question, from 0 to 1.
        model: The language model that wrote the answer.
        timings: Seconds from the question until something happened first, and only of what did: ``search``;
            ``loading``, where the model had to be started; ``first_word`` of a draft; ``decided``, whether the article
            answers; ``written``, all that the model writes; ``first_checked``, a sentence that passed; ``total``.
        retracted: Sentences that the model wrote and the article does not carry.
        unanswered: The questions within the question that the article does not answer, where it answers another one.
            ``text`` names them after its sentences.
    """

    question: str
    text: str
    status: Status
    sentences: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Citation, ...] = ()
    confidence: float = 0.0
    model: str = ""
    timings: dict[str, float] = field(default_factory=dict)
    retracted: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON's types; ``from_dict`` reads it back."""
        return asdict(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the answer as JSON, other alphabets as they are."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Answer":
        """Read an answer that ``to_dict`` or its JSON gave.

        Raises:
            TypeError: If fields are missing or unknown.
        """
        values = dict(data)
        for name in ("citations", "passages"):
            values[name] = tuple(Citation(**item) for item in values.get(name, ()))
        for name in ("sentences", "retracted", "unanswered"):
            values[name] = tuple(values.get(name, ()))
        if unknown := values.keys() - {f.name for f in fields(cls)}:
            raise TypeError(f"not fields of an Answer: {', '.join(sorted(unknown))}")
        return cls(**values)


def not_said(question: str) -> str:
    """Return how an answer names a question within the question that the article does not answer."""
    return f"{_NOT_SAID}: “{question}”"


def said(text: str) -> str:
    """Return an answer's text without the questions that it names as not answered."""
    return text.partition(f" {_NOT_SAID}: ")[0]
