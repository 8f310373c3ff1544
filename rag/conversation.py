"""What was said before: the history of a conversation, and the question seen in its light."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rag.answers import NOT_IN_ARTICLE, said
from rag.errors import QuestionError
from rag.words import content_words, tokens

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

__all__ = [
    "MAX_QUESTION",
    "History",
    "asks_for_more",
    "begins_with_reference",
    "check_question",
    "last_turn",
    "refers_back",
    "search_query",
    "turns",
    "understood",
]

MAX_QUESTION = 2000
"""Characters. A question that is longer is a text, and belongs into an article."""

_MAX_EARLIER = 600

# What stands for something that was named before; "this" does not in "this article".
_BACK = frozenset(
    "it its he him his she her hers they them their theirs this that these those there then so such "
    "else same both either neither other others former latter more".split()
)
_MORE = frozenset("anyth detail els give know more pleas say someth tell".split())
"""Stems of what is left of a question if it asks for no more than more."""
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


def refers_back(question: str) -> bool:
    """Whether a question may be about what was said before: it has a pronoun, or says nothing by itself."""
    words = set(tokens(question))
    if not _ITSELF.isdisjoint(words):
        return not (_BACK - {"this"}).isdisjoint(words)
    return not _BACK.isdisjoint(words) or not content_words(question)


def asks_for_more(question: str) -> bool:
    """Whether a question asks what else there is, besides what was said before."""
    words = tokens(question)
    return "else" in words or ("more" in words and _MORE.issuperset(content_words(question)))


def understood(question: str) -> str:
    """Return a question that follows another one in the words that the built-in model understands best.

    It takes most sentences beside an answer for what else the article says, and few for an answer to "Tell me more".
    """
    for_more = asks_for_more(question) and _MORE.issuperset(content_words(question))
    return "What else does the article say about this?" if for_more else question


def begins_with_reference(sentence: str) -> bool:
    """Whether a sentence begins with what stands for something that was named before it."""
    return not _BACK.isdisjoint(tokens(sentence)[:1])


def search_query(question: str, earlier: tuple[str, str] | None) -> str:
    """Return what to search for: a follow-up such as "How much was it?" is about what was said before."""
    return f"{earlier[0]} {earlier[1]} {question}" if earlier else question
