"""An answer in a terminal: words dim while they are provisional, settled once they are checked."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag import Answer, Checked, Citation, Draft, Event, Finished, Retracted, Step

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Screen", "as_text", "plain"]

Progress = Callable[[str, float | None], None]

_QUOTE = 240
# Everything a terminal takes as a command. Articles and models are not to be trusted with that.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Take out the characters with which a text could command the terminal that shows it."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def as_text(answer: Answer) -> str:
    """The answer with its sources below it, as plain text.

    Args:
        answer: The answer.

    Returns:
        Its text, marked [1], [2] where a source supports it, then the numbered quotes; or, where the article
        does not say, the passages that come closest.
    """
    sources = _numbered(answer.citations)
    lines = [_marked(answer, sources)]
    if sources:
        lines += ["", *(_source(f"[{number}]", citation) for number, citation in enumerate(sources, 1))]
    if answer.passages:
        lines += ["", "The closest passages:", *(_source(" - ", passage) for passage in answer.passages)]
    return plain("\n".join(lines))


class Screen:
    """Where a command shows what is going on: live in a terminal, and nothing but the result in a pipe."""

    def show(self, events: Iterable[Event]) -> Answer:
        """Follow the events of one answer to its end, and print it.

        Args:
            events: What ``ArticleChat.stream`` yields.

        Returns:
            The finished answer.
        """
        answer = _live(events) if sys.stdout.isatty() else self.follow(events)
        print(as_text(answer))
        return answer

    def follow(self, events: Iterable[Event]) -> Answer:
        """Follow the events of one answer to its end, and print nothing but progress.

        Args:
            events: What ``ArticleChat.stream`` yields.

        Returns:
            The finished answer.
        """
        with self.progress() as report:
            return _finished(events, lambda event: _report(event, report))

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show what takes time, on standard error, where a person may be watching.

        Yields:
            A function that takes what is going on and how much of it is done, from 0 to 1.
        """
        if not sys.stderr.isatty():
            yield lambda _what, _done: None
            return
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status("") as status:
            # A plain string would be read as markup, and a title may look like some.
            yield lambda what, done: status.update(Text(_step(what, done)))


class _Draft:
    """What stands on the screen while an answer is made."""

    def __init__(self) -> None:
        self._sentences: dict[int, tuple[str, str]] = {}
        self._status = ""

    def take(self, event: Event) -> None:
        match event:
            case Step():
                self._status = _step(event.detail or event.name, event.progress)
            case Draft():
                before, _ = self._sentences.get(event.sentence, ("", ""))
                self._sentences[event.sentence] = (before + plain(event.text), "dim")
            case Checked():
                self._sentences[event.sentence] = (plain(event.text), "")
            case Retracted():
                self._sentences[event.sentence] = (plain(event.text), "dim strike")
                self._status = f"Taken back: {plain(event.reason)}"

    def render(self) -> "RenderableType":
        from rich.console import Group
        from rich.text import Text

        answer = Text()
        for _, (text, style) in sorted(self._sentences.items()):
            answer.append((" " if answer else "") + text.strip(), style)
        status = Text(self._status, "italic dim")
        return Group(answer, status) if answer else status


def _live(events: Iterable[Event]) -> Answer:
    """Draw the answer while it is made; in the end the drawing goes, and the settled answer is printed."""
    from rich.live import Live

    draft = _Draft()
    with Live(get_renderable=draft.render, transient=True, refresh_per_second=12):
        return _finished(events, draft.take)


def _finished(events: Iterable[Event], take: Callable[[Event], None]) -> Answer:
    for event in events:
        if isinstance(event, Finished):
            return event.answer
        take(event)
    raise RuntimeError("the answer ended without its last event")


def _report(event: Event, report: Progress) -> None:
    if isinstance(event, Step):
        report(event.detail or event.name, event.progress)


def _step(what: str, done: float | None) -> str:
    share = "" if done is None else f" {done:.0%}"
    return f"{plain(what)}{share} ..."


def _numbered(citations: Sequence[Citation]) -> list[Citation]:
    """Each cited place once, in the order in which the answer first needs it."""
    places: dict[tuple[str, int, int], Citation] = {}
    for citation in sorted(citations, key=lambda c: c.sentence):
        places.setdefault(_place(citation), citation)
    return list(places.values())


def _marked(answer: Answer, sources: Sequence[Citation]) -> str:
    """The answer's text with the numbers of its sources after each sentence."""
    numbers = {_place(c): number for number, c in enumerate(sources, 1)}
    text, position = "", 0
    for index, sentence in enumerate(answer.sentences):
        found = answer.text.find(sentence, position)
        if found < 0:
            continue
        end = found + len(sentence)
        cited = {numbers[_place(c)] for c in answer.citations if c.sentence == index}
        text += answer.text[position:end] + "".join(f" [{number}]" for number in sorted(cited))
        position = end
    return text + answer.text[position:]


def _source(mark: str, citation: Citation) -> str:
    quote = " ".join(citation.quote.split())
    if len(quote) > _QUOTE:
        quote = quote[:_QUOTE].rsplit(" ", 1)[0] + " ..."
    page = f", p. {citation.page}" if citation.page else ""
    return f'{mark} "{quote}" ({citation.title}{page})'


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.article_id, citation.start, citation.end
