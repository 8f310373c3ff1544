"""One article read for one question: whether it answers, what the model writes, and what of that it carries."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from rag import quotes
from rag.drafts import drafts
from rag.events import Checked, Draft, Event, Retracted, Step
from rag.evidence import Evidence, Source
from rag.inquiry import Inquiry, Query
from rag.models import LanguageModel, Piece
from rag.overview import is_overview, leads, most_points
from rag.rescue import instead
from rag.verify import Verdict
from rag.watch import Watch
from rag.words import negated

__all__ = ["Reading"]

_WHOLE = {"strict": 0.3, "balanced": 0.1, "lenient": 0.02}
_PASSAGES = {"strict": 0.7, "balanced": 0.5, "lenient": 0.2}
"""Probability that the article answers the question under which the answer is that it does not, for an article that is
read whole and for passages.

In much text the model misses things, and what comes is checked as well: of 153 questions about ten whole articles kept
apart that have an answer, 136, 133 and 132 are answered rightly with 0.05, 0.1 and 0.2, and of 70 that have none 64 are
declined with each. Of passages it is sure: of 24 questions about three encyclopedia articles kept apart the same 20 are
answered rightly with 0.1 and 0.5, and of 8 that have no answer 4 and 6 are declined.
"""

_LIKELY, _ALONE = -4.0, 0.5
"""Log-odds of a sentence, to the pointer, from which it is read alone if the whole article does not seem to answer, and
probability that it answers from which it is said.

Of 62 questions about articles kept apart that were declined, with a limit of 0.05, this answers 3 of the 8 that have an
answer, and none of the others; a look was taken at half of them.
"""

_NO_ANSWER = "The article does not seem to answer this."
_UNSURE = "It is not sure that this answers."

_ANOTHER = "Another sentence of the article answers this better."
_OWN_WORDS = "It puts together what the article does not: here are the article's own words."

SURE = 0.75
"""Probability that a passage answers from which no other one is read.

Of ten questions about encyclopedia articles kept apart with 0.5 to 0.9, the passage alone was enough for all with
0.75 or more, and for two of those with less it was not.
"""


_HOPELESS, _ELSEWHERE = 0.2, 0.0
"""Probability that the first passage answers under which no other is read, if no sentence of the others has these
log-odds, to the pointer.

Of 72 questions about long articles kept apart this is so for 15 of the 24 that have no answer, two of which would be
answered if all were read, and for one of the others, which would be declined then too. It saves some 200 tokens.
"""


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
        pointed = quotes.pointed(self._inquiry)
        if pointed:
            self._watch.note("first_word")
            yield Draft(first, pointed.text)
            self.next += 1
        with closing(self._decide(pointed)) as pieces:
            self._watch.note("decided")
            limits = _WHOLE if self.evidence.whole or further else _PASSAGES
            declined = self.found < limits[self._model.settings.strictness]
            if declined:
                pieces.close()  # what is asked next needs the model too
            closer = self._look_closer() if declined else None
            if pointed:
                verdict = closer or (Verdict(reason=_NO_ANSWER) if declined else self.check(pointed.text))
                if verdict.sources and (closer or verdict.relevance >= quotes.SURELY):
                    yield from self._keep(first, pointed.text, verdict)
                else:
                    yield Retracted(first, pointed.text, verdict.reason or _UNSURE)
            elif closer:
                yield from self._say(closer.sources[0].text, closer)
            if not self.kept and not declined:
                yield from self._write(pieces)
        if not self.kept and not declined:
            if quoted := quotes.best(self._inquiry):
                yield from self._say(*quoted)
            elif closer := self._look_closer():
                yield from self._say(closer.sources[0].text, closer)
        if self.kept and self.found >= SURE and is_overview(self._query.searched, self.evidence):
            yield from self._points()
        elif len(self.kept) == 1:
            for also in quotes.more(self._inquiry, self.kept[0][1]):
                yield from self._say(*also)

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
            verdict = self.check(source.text)
            if verdict.sources and verdict.relevance >= quotes.SURELY:
                yield from self._say(source.text, verdict)

    def _look_closer(self) -> Verdict | None:
        """Return the verdict about the closest sentence of an article that was read whole, if it answers when it is
        read alone, with its neighbours: in much text a small model misses things."""
        for source in self._inquiry.closest(1) if self.evidence.whole else ():
            if source.score >= _LIKELY:
                closer = self._of(self.evidence.beside(source))
                closer.begin(writing=False).close()
                if closer.found >= _ALONE and (verdict := closer.check(source.text)).sources:
                    self._inquiry = closer
                    return verdict
        return None

    def _decide(self, pointed: Source | None) -> Generator[Piece]:
        """Find out how probable it is that the article answers, and return what the model writes.

        Of a long article the best passage is read alone first: that is quicker, and the model judges one passage more
        surely than several; of one that was not read ahead only the sentence that is surely pointed at, with its
        neighbours. The others are read after it if it does not surely answer, and there is some hope that they do. What
        may be about the article as a whole is asked of its outline before.
        """
        every = self.evidence
        tried = [self._of(every.outline)] if every.outline else []
        first = None
        if self._model.builtin and not every.whole and not every.heading and len(every.excerpts) > 1:
            best = self._of(every.best)
            first = self._of(every.beside(pointed)) if pointed and not best.known else best
            tried.append(first)
        for less in tried:
            pieces = less.begin(writing=pointed is None)
            if less.found >= SURE or (less is first and self._hopeless(first)):
                self._inquiry = less
                return pieces
            pieces.close()
        return self._inquiry.begin(writing=pointed is None)

    def _hopeless(self, first: Inquiry) -> bool:
        """Whether neither what was read first nor what else was found is likely to answer."""
        return first.found < _HOPELESS and not any(
            source.score >= _ELSEWHERE and source not in first.evidence for source in self._inquiry.closest()
        )

    def _of(self, evidence: Evidence) -> Inquiry:
        return Inquiry(self._query, evidence, self._model)

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
