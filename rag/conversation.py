"""What was said before: the history of a conversation, and the question seen in its light."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rag.answers import NOT_IN_ARTICLE, said
from rag.errors import QuestionError
from rag.words import content_words, fold, spaced, tokens

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

__all__ = [
    "MAX_QUESTION",
    "History",
    "asks_for_more",
    "asks_only_for_more",
    "begins_with_reference",
    "check_question",
    "last_turn",
    "refers_back",
    "said_before",
    "search_query",
    "turns",
]

MAX_QUESTION = 2000
"""Characters. A question that is longer is a text, and belongs into an article."""

_MAX_EARLIER = 600
_MOST_BEFORE = 10

# What stands for something that was named before; "this" does not in "this article".
_BACK = frozenset(
    "it its he him his she her hers they them their theirs this that these those there then so such "
    "else same both either neither other others former latter more".split()
)
_PLEASE = "^(?:please |can you |could you |do you )*"
_FOR_MORE = re.compile(
    r"\b(?:what|who|whom|whose|which|when|where|why|how|anything) else\b"
    r"|^(?:and )?(?:is there )?any(?:one|body) else\b"
    rf"|{_PLEASE}(?:tell|say|give|have)(?: me| us)?(?: some(?:thing)?)? (?:more|further)\b"
    rf"|{_PLEASE}elaborate\b"
    r"|^(?:and |what |any |is there )?(?:anything |something )?more\b(?! than)"
)
"""What asks for more than what was said."""
_NO_MORE = frozenset(
    "ani anyth anybodi anyon detail elabor els explain further give inform know more pleas say someth tell".split()
)
"""Stems of the words of which a question consists that asks for no more than more."""
_WHICH = frozenset("who whom whose which when where why how than".split())
_WHOLE = re.compile(r"\b(?:about|of) (?:the|this) (?:article|text)\b")
_QUOTED = re.compile('"[^"]*"')
_ITSELF = frozenset({"article", "text"})

History = Iterable["tuple[str, str] | BaseMessage"]


def check_question(question: str) -> str:
    """Return the question without white space around it.

    Raises:
        QuestionError: If there is no question, or it is too long.
    """
    if not isinstance(question, str):
        raise QuestionError(f"A question is text, not {type(question).__name__}.")
    question = " ".join(question.replace("\0", " ").split())
    if not question:
        raise QuestionError("There is no question. Type what you would like to know about the article.")
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            f"The question is too long: {len(question):,} characters, and at most {MAX_QUESTION:,} are read. "
            "Ask a shorter one, or bring the text as an article."
        )
    return question


def turns(history: History) -> list[tuple[str, str]]:
    """Return a history as pairs of question and answer, whatever form it came in.

    Args:
        history: Pairs of (question, answer), or LangChain's messages, oldest first.

    Raises:
        QuestionError: If it is neither.
    """
    pairs: list[tuple[str, str]] = []
    asked: str | None = None
    for item in history:
        kind: Any = getattr(item, "type", None)
        if kind is not None:
            text = str(getattr(item, "text", ""))
            if kind == "human":
                asked = text
            elif kind == "ai" and asked is not None:
                pairs.append((asked, text))
                asked = None
        elif isinstance(item, (tuple, list)) and len(item) == 2 and all(isinstance(x, str) for x in item):
            pairs.append((item[0], item[1]))
        else:
            raise QuestionError(
                "The history is a list of (question, answer) pairs or of LangChain messages; "
                f"it contains {type(item).__name__}."
            )
    return pairs


def last_turn(pairs: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the latest turn that was about the article: a declined question gives a follow-up nothing to mean."""
    for question, answer in reversed(pairs):
        if not answer.startswith(NOT_IN_ARTICLE):
            # What it left open is nothing to go on from.
            return question[:_MAX_EARLIER], said(answer)[:_MAX_EARLIER]
    return None


def said_before(pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return what was answered to the last question that does not refer back, and to those after it: the last answers
    at most, without those that the article does not say."""
    answers: list[str] = []
    for question, answer in reversed(pairs):
        if not answer.startswith(NOT_IN_ARTICLE):
            answers.insert(0, said(answer))
            if not refers_back(question):
                break
    return tuple(answers[-_MOST_BEFORE:])


def refers_back(question: str) -> bool:
    """Whether a question may be about what was said before: it has a pronoun, or says nothing by itself."""
    if asks_only_for_more(question):
        return True
    words = set(tokens(question))
    if not _ITSELF.isdisjoint(words):
        return not (_BACK - {"this"}).isdisjoint(words)
    return not _BACK.isdisjoint(words) or not content_words(question)


def asks_for_more(question: str) -> bool:
    """Whether a question asks what else there is, besides what was said before."""
    return bool(_FOR_MORE.search(spaced(_QUOTED.sub(" ", fold(question)))))


def asks_only_for_more(question: str) -> bool:
    """Whether a question asks for more of whatever was said before: "Tell me more", "Anything else?"."""
    return (
        asks_for_more(question)
        and _NO_MORE.issuperset(content_words(question))
        and _WHICH.isdisjoint(tokens(question))
        and not _WHOLE.search(spaced(question))
    )


def begins_with_reference(sentence: str) -> bool:
    """Whether a sentence begins with what stands for something that was named before it."""
    return not _BACK.isdisjoint(tokens(sentence)[:1])


def search_query(question: str, earlier: tuple[str, str] | None) -> str:
    """Return what to search for: a follow-up such as "How much was it?" is about what was said before."""
    return f"{earlier[0]} {earlier[1]} {question}" if earlier else question
