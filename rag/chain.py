"""The chain from a question to a checked answer: search, read, write, check; several articles one after the other."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace

from rag.answers import NOT_IN_ARTICLE, Answer
from rag.compound import joined, questions
from rag.conversation import refers_back
from rag.events import Checked, Draft, Event, Finished, Retracted, Step
from rag.evidence import Evidence
from rag.inquiry import Inquiry, Query
from rag.models import LanguageModel
from rag.overview import is_overview
from rag.reading import Reading
from rag.retrieval import MOST_ARTICLES, Asked
from rag.verify import Verdict
from rag.watch import Watch
from rag.words import negated

__all__ = ["Query", "read_for", "run"]

_SURELY = 0.5
"""Probability that a further article answers from which it is told that it says otherwise."""

Search = Callable[[str, tuple[str, str] | None, Sequence[Asked]], Evidence]


def run(query: Query, model: LanguageModel, search: Search) -> Generator[Event]:
    """Answer a question, telling what happens as it happens.

    Several questions at once are answered one after the other.
    Several articles are read one by one, the best first. When one has answered, the next is asked only what it says
    where it does not say the same: then the answer tells who says what.

    Args:
        query: The question.
        model: What reads and writes.
        search: Gives the evidence for a question, seen in the light of an earlier turn if there is one, among articles.

    Yields:
        Events; the last one is ``Finished``.

    Raises:
        ModelError: If the model fails.
        StoreError: If the search does.
    """
    watch = Watch()
    answers: list[Answer] = []
    earlier, before = query.earlier, query.before
    numbers = 0  # of sentences that earlier parts took
    for question in questions(query.question):
        back = refers_back(question)
        before = before if back else ()
        one = replace(query, question=question, earlier=earlier if back else query.earlier, before=before)
        first = numbers
        with closing(_answer(one, model, search, watch)) as events:
            for event in events:
                if isinstance(event, Finished):
                    answers.append(event.answer)
                elif isinstance(event, (Draft, Checked, Retracted)):
                    numbers = max(numbers, first + event.sentence + 1)
                    yield _moved(event, first)
                else:
                    yield event
        if answers[-1].sentences:
            before = (*before, answers[-1].text)
        if answers[-1].sentences or not back:  # else it was about what was said before, and so is the next
            earlier = (question, answers[-1].text)
    yield Finished(joined(query.question, answers) if len(answers) > 1 else answers[0])


def read_for(query: Query, model: LanguageModel, search: Search, free: Callable[[], bool]) -> bool:
    """Let the model read what a question, of several the first, will most likely be answered from: the first passage.

    Args:
        query: The question, or as much of it as was typed.
        model: What reads.
        search: As for ``run``; it should not take long.
        free: Whether nobody else needs the model; it is given up as soon as this is false.

    Returns:
        Whether all of it was read.

    Raises:
        ModelError: If the model fails.
        StoreError: If the search does.
    """
    query, evidence = _find(replace(query, question=questions(query.question)[0]), search)
    if not evidence.sources:
        return True
    first = evidence if evidence.whole else evidence.best
    return Inquiry(query, first, model).read(free)


def _moved(event: Draft | Checked | Retracted, by: int) -> Event:
    """Return what happened to a sentence with the number that it has in the whole answer."""
    if isinstance(event, Checked):
        citations = tuple(replace(citation, sentence=citation.sentence + by) for citation in event.citations)
        event = replace(event, citations=citations)
    return replace(event, sentence=event.sentence + by)


def _answer(query: Query, model: LanguageModel, search: Search, watch: Watch) -> Generator[Event]:
    """Answer one question."""
    yield Step("searching", "Searching the article")
    query, evidence = _find(query, search)
    watch.note("search")
    if evidence.sources and not model.ready:
        yield Step("loading", "Loading the language model")
        evidence.closest(query.question)  # is found meanwhile, and kept
        model.start()
        watch.note("loading")
    readings: list[Reading] = []
    for part in evidence.by_article()[:MOST_ARTICLES]:
        numbers = readings[-1].next if readings else 0
        reading = Reading(query, part, model, watch, first=numbers)
        answered = next((other for other in readings if other.kept), None)
        if answered is None:
            yield Step("reading", "Reading")
            yield from reading.answer()
        else:
            yield Step("reading", f"Reading what “{reading.title}” says")
            if _confirms(reading, answered):
                continue
            for _ in reading.answer(further=True):  # its words come when it is clear that they are needed
                pass
            if not reading.kept:
                reading.deny([said for said, _ in answered.kept])
            if reading.found < _SURELY and not _disagree(reading, answered):
                continue
        readings.append(reading)
    yield Finished(_conclude(query, evidence, readings, model, watch))


def _find(query: Query, search: Search) -> tuple[Query, Evidence]:
    """Return the evidence for a question, and the question as it is to be understood."""
    if query.earlier and not refers_back(query.question):
        alone = search(query.question, None, query.articles)
        if alone.sources and is_overview(query.question, alone):
            # The article as a whole is no matter of what was said before.
            return replace(query, earlier=None), alone
    return query, search(query.question, query.earlier, query.articles)


def _confirms(reading: Reading, answered: Reading) -> bool:
    """Whether an article carries all that another one answered; then it is cited as well.

    What one denies and the other does not is left to be told apart, for the model easily takes "eleven workers died"
    for the statement that no worker died.
    """
    verdicts = [reading.says(sentence) for sentence, _ in answered.kept]
    if not all(verdict.sources for verdict in verdicts):
        return False
    for (sentence, _), verdict in zip(answered.kept, verdicts, strict=True):
        if all(negated(source.text) != negated(sentence) for source in verdict.sources):
            return False
    answered.kept = [
        (sentence, Verdict((*verdict.sources, *more.sources), verdict.score))
        for (sentence, verdict), more in zip(answered.kept, verdicts, strict=True)
    ]
    return True


def _disagree(reading: Reading, answered: Reading) -> bool:
    """Whether one of two answers denies something and the other does not."""
    return any(negated(one) != negated(other) for one, _ in reading.kept for other, _ in answered.kept)


def _conclude(
    query: Query, evidence: Evidence, readings: Sequence[Reading], model: LanguageModel, watch: Watch
) -> Answer:
    """Keep what the articles carry, with who says what if more than one answers; decline if nothing is left."""
    answered = [reading for reading in readings if reading.kept]
    kept = [
        (f"“{reading.title}” says: {said}" if len(answered) > 1 and number == 0 else said, verdict)
        for reading in answered
        for number, (said, verdict) in enumerate(reading.kept)
    ]
    retracted = tuple(said for reading in answered or readings for said in reading.retracted)
    found = round(max((reading.found for reading in answered or readings), default=0.0), 4)
    if not kept:
        closest = sorted(
            evidence.closest(query.question), key=lambda source: (source.article.id, source.start)
        )
        return Answer(
            question=query.question,
            text=NOT_IN_ARTICLE,
            status="not_in_article",
            passages=tuple(source.cite(0.0) for source in closest),
            confidence=found,
            model=model.name,
            timings=watch.finish(),
            retracted=retracted,
        )
    return Answer(
        question=query.question,
        text=" ".join(sentence for sentence, _ in kept),
        status="partial" if retracted else "answered",
        sentences=tuple(sentence for sentence, _ in kept),
        citations=tuple(c for number, (_, verdict) in enumerate(kept) for c in verdict.cite(number)),
        confidence=found,
        model=model.name,
        timings=watch.finish(),
        retracted=retracted,
    )
