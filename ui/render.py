"""Articles and conversations in the forms in which they leave: JSON for the page, Markdown for a file."""

import re
from collections.abc import Mapping
from typing import Any

from index import Article
from rag.answers import NOT_IN_ARTICLE, not_said

__all__ = ["article_json", "conversation_markdown"]


def article_json(article: Article) -> dict[str, Any]:
    """An article for the page, which builds its text node by node and never reads it as HTML.

    Args:
        article: The article.

    Returns:
        What the page needs. Offsets count characters, as everywhere.
    """
    return {
        "id": article.id,
        "title": article.title,
        "author": article.author,
        "date": article.date,
        # Only web addresses: a link is the one thing of an article that a click could run.
        "url": article.url if re.match(r"https?://", article.url or "", re.IGNORECASE) else None,
        "words": article.word_count,
        "text": article.text,
        "blocks": [[b.kind, b.start, b.end, b.level, b.page] for b in article.blocks],
    }


def conversation_markdown(conversation: Mapping[str, Any], titles: list[str]) -> str:
    """A conversation with its citations as Markdown.

    Args:
        conversation: As :class:`ui.conversations.Conversations` keeps it.
        titles: The titles of its articles.

    Returns:
        The text of a Markdown file.
    """
    lines = [f"# {_plain(conversation['title'] or 'Conversation')}", ""]
    lines += [f"About {', '.join(f'*{_plain(title)}*' for title in titles) or 'articles that were removed'}."]
    lines += [f"Article Chat, {conversation['updated'][:10]}.", ""]
    for turn in conversation["turns"]:
        lines += [f"## {_plain(turn['question'])}", ""]
        lines += _answer(turn["answer"]) if turn["answer"] else _unanswered(turn)
    return "\n".join(lines).rstrip() + "\n"


def _answer(answer: Mapping[str, Any]) -> list[str]:
    if answer["status"] == "not_in_article":
        lines = [f"**{NOT_IN_ARTICLE}**", ""]
        if answer["passages"]:
            lines += ["Closest passages:", ""]
            for passage in answer["passages"]:
                lines += [*_quote(passage), ""]
        return lines
    numbers: dict[tuple[Any, ...], int] = {}
    marks: dict[int, list[int]] = {}
    cited: list[Mapping[str, Any]] = []
    for citation in sorted(answer["citations"], key=lambda c: (c["sentence"], c["article_id"], c["start"])):
        key = (citation["article_id"], citation["start"], citation["end"])
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            cited.append(citation)
        marks.setdefault(citation["sentence"], []).append(numbers[key])
    text = " ".join(
        _plain(sentence) + "".join(f" \\[{number}\\]" for number in marks.get(index, ()))
        for index, sentence in enumerate(answer["sentences"])
    )
    lines = [text, ""]
    if unanswered := answer.get("unanswered"):
        lines += [*(f"*{not_said(_plain(part))}*" for part in unanswered), ""]
    elif answer["status"] == "partial":
        lines += ["*The article answers only part of the question.*", ""]
    for number, citation in enumerate(cited, 1):
        lines += [*_quote(citation, f"\\[{number}\\] "), ""]
    return lines


def _quote(citation: Mapping[str, Any], mark: str = "") -> list[str]:
    page = f", p. {citation['page']}" if citation.get("page") else ""
    quote = " ".join(citation["quote"].split())
    return [f"> {mark}“{_plain(quote)}” ({_plain(citation['title'])}{page})"]


def _unanswered(turn: Mapping[str, Any]) -> list[str]:
    """A turn that failed, or was stopped: then with the sentences that had been verified until then."""
    if turn["error"]:
        return [f"*{_plain(turn['error'])}*", ""]
    checked = sorted(turn.get("checked") or (), key=lambda event: event["sentence"])
    if not checked:
        return ["*Stopped before there was an answer.*", ""]
    cited = [{**c, "sentence": number} for number, event in enumerate(checked) for c in event["citations"]]
    sentences = [event["text"] for event in checked]
    lines = _answer({"status": "answered", "sentences": sentences, "citations": cited})
    return [*lines, "*Stopped before the answer was whole.*", ""]


def _plain(text: str) -> str:
    """Text as Markdown that shows just that text: no emphasis, link, image or HTML of its own."""
    return re.sub(r"([\\`*_\[\]<>|~#&])", r"\\\1", " ".join(text.split()))
