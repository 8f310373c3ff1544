"""One article read for one question: whether it answers, what the model writes, and what of that it carries."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from rag import deciding, quotes
from rag.drafts import drafts
from rag.events import Checked, Draft, Event, Retracted, Step
from rag.evidence import Evidence
from rag.inquiry import SAID_BEFORE, Inquiry, Query
from rag.models import LanguageModel, Piece
from rag.overview import is_overview, leads, most_points
from rag.rescue import instead
from rag.sources import Source
from rag.verify import Verdict
from rag.watch import Watch
from rag.words import negated

__all__ = ["Reading"]

_NO_ANSWER = "The article does not seem to answer this."
_UNSURE = "It is not sure that this answers."

_ANOTHER = "Another sentence of the article answers this better."
_OWN_WORDS = "It puts together what the article does not: here are the article's own words."


class Reading:
    """The evidence of one article, read for one question.

    Attributes:
        kept: The sentences that the article carries, with their verdicts.
        retracted: What the model wrote besides.
        next: The number of the next sentence.
    """

    def __init__(
        self, query: Query, evidence: Evidence, model: LanguageModel, watch: Watch, *, first: int = 0
    ) -> None:
        """Take what is to be read.

        Args:
            query: What is asked.
            evidence: What is found about it in one article.
            model: What reads and writes.
            watch: Notes when what happens.
            first: The number of the first sentence.
        """
        self.kept: list[tuple[str, Verdict]] = []
        self.retracted: list[str] = []
        self._query = query
        self._model = model
        self._watch = watch
        self._inquiry = Inquiry(query, evidence, model)
        self.next = first

    @property
    def found(self) -> float:
        """How probable it is to the model that the article answers; 0 before it was asked."""
        return self._inquiry.found

    @property
    def evidence(self) -> Evidence:
        """What the model reads: first of all that is given, then the part of it that decided."""
        return self._inquiry.evidence

    @property
    def title(self) -> str:
        """The article's title."""
        return self.evidence.excerpts[0].article.title

    def answer(self, *, further: bool = False) -> Iterator[Event]:
        """Answer and check it; gives drafts as they are found or written.

        Args:
            further: Whether another article has answered; then what is less sure is told too.
        """
        first = self.next
        for_more = bool(self._inquiry.told)
        pointed = quotes.pointed(self._inquiry) or quotes.beside_told(self._inquiry)
        if pointed:
            self._watch.note("first_word")
            yield Draft(first, pointed.text)
            self.next += 1
        self._inquiry, pieces = deciding.decide(self._inquiry, pointed)
        self._watch.note("decided")
        with closing(pieces):
            declined = deciding.declines(self._inquiry, further=further)
            closer = self._look_closer() if declined else None
            if pointed and closer and closer.sources[0].text != pointed.text:
                yield Retracted(first, pointed.text, _ANOTHER)
                pointed = None
            if pointed:
                enough = quotes.ANSWERS if for_more else quotes.SURELY
                verdict = closer or (Verdict(reason=_NO_ANSWER) if declined else self.check(pointed.text))
                if verdict.sources and (closer or verdict.relevance >= enough):
                    yield from self._keep(first, pointed.text, verdict)
                else:
                    yield Retracted(first, pointed.text, verdict.reason or _UNSURE)
            elif closer:
                yield from self._say(closer.sources[0].text, closer)
            if for_more and not self.kept and not declined:
                yield from self._more(tried=pointed)
            # Asked only for more, a small model would write the same again.
            if not self.kept and not declined and not (for_more and self._query.only_more):
                yield from self._write(pieces)
        if not self.kept and not declined:
            if quoted := quotes.best(self._inquiry):
                yield from self._say(*quoted)
            elif closer := self._look_closer():
                yield from self._say(closer.sources[0].text, closer)
        if self.kept and self.found >= deciding.SURE and is_overview(self._query.searched, self.evidence):
            yield from self._points()
        elif len(self.kept) == 1:
            yield from self._more()

    def deny(self, said: Iterable[str]) -> None:
        """Keep the sentence that surely answers to the pointer, if either it or what another article says denies
        something: that nobody was killed is to the model no answer to how many were."""
        denying = quotes.pointed(self._inquiry)
        if denying and any(negated(denying.text) != negated(other) for other in said):
            verdict = self.says(denying.text)
            if verdict.sources:
                self.kept.append((denying.text, verdict))

    def _say(self, said: str, verdict: Verdict) -> Iterator[Event]:
        number = self.next
        self.next += 1
        yield Draft(number, said)
        yield from self._keep(number, said, verdict)

    def _keep(self, number: int, said: str, verdict: Verdict) -> Iterator[Event]:
        self._watch.note("first_checked")
        yield Checked(number, said, verdict.cite(number))
        self.kept.append((said, verdict))

    def _write(self, pieces: Generator[Piece]) -> Iterator[Event]:
        """Let the model write, and check its sentences."""
        first = self.next
        written: list[str] = []
        for draft in drafts(pieces):
            self._watch.note("first_word")
            yield replace(draft, sentence=first + draft.sentence)
            if draft.sentence == len(written):
                written.append("")
            written[draft.sentence] += draft.text
            self.next = first + len(written)
        self._watch.note("written")
        yield Step("checking", "Checking against the article")
        better = None
        for number, sentence in enumerate(map(str.strip, written), first):
            if better:
                yield Retracted(number, sentence, _ANOTHER)
                continue
            if self._inquiry.was_told(sentence):
                yield Retracted(number, sentence, SAID_BEFORE)
                continue
            verdict = self.check(sentence)
            said, reason = sentence, ""
            if not verdict.sources:
                self.retracted.append(sentence)
                reason = verdict.reason
                said, verdict = _rescue(sentence, verdict, self.check)
            if own := quotes.own_words(self._inquiry, verdict):
                said, verdict = own
                reason = reason or _OWN_WORDS
            if verdict.sources and not self.kept and (better := quotes.better(self._inquiry, verdict)):
                said, verdict = better
                reason = reason or _ANOTHER
            if reason:
                yield Retracted(number, sentence, reason)
            if verdict.sources and all(said != other for other, _ in self.kept):
                yield from self._keep(number, said, verdict)

    def _more(self, tried: Source | None = None) -> Iterator[Event]:
        """Say what else answers."""
        known = [source for _, verdict in self.kept for source in verdict.sources]
        for also in quotes.more(self._inquiry, known, tried):
            yield from self._say(*also)

    def _points(self) -> Iterator[Event]:
        """Say what else the article says in main where the question is about it as a whole; a small model says too
        little of it."""
        most = most_points(self._query.question)
        cited = {source.start for _, verdict in self.kept for source in verdict.sources}
        for source in leads(self.evidence, most) if self._model.builtin else ():
            if len(self.kept) >= most:
                return
            if source.start in cited:
                continue
            if verdict := quotes.answering(self._inquiry, source):
                yield from self._say(source.text, verdict)

    def _look_closer(self) -> Verdict | None:
        """Return the verdict about the closest sentence, if it answers when it is read alone, with its neighbours."""
        closer = deciding.look_closer(self._inquiry)
        if closer is None:
            return None
        self._inquiry, verdict = closer
        return verdict

    def says(self, sentence: str) -> Verdict:
        """Whether the article carries a sentence, no matter what was asked."""
        return self._inquiry.says(sentence)

    def check(self, sentence: str) -> Verdict:
        """Whether a sentence answers what was asked, as the article does."""
        return self._inquiry.check(sentence)


def _rescue(sentence: str, verdict: Verdict, check: Callable[[str], Verdict]) -> tuple[str, Verdict]:
    """Return what passes in place of a sentence, or the sentence and the verdict it had."""
    for other in instead(sentence, verdict):
        passed = check(other)
        if passed.sources:
            return other, passed
    return sentence, verdict
