"""What the reader's adapter learns from an article with numbered sentences: stretches of it, and examples about each.

A stretch is the whole article, one passage of it, or a sentence with its neighbours: what the program lets the model
read. What a stretch does not have is missing in it, though the article may say it elsewhere.
"""

import random
from collections.abc import Iterator

from index.splitting import sentences, split
from rag import prompts
from rag.lessons import wording
from rag.lessons.articles import Numbered
from rag.lessons.example import Example, Group, answered, claimed, whole_article
from rag.lessons.questions import Question
from rag.lessons.saying import closest, swapped
from rag.words import share

__all__ = ["of_article"]

_WHOLES, _PASSAGES, _NARROW = 2, 2, 2
"""How many stretches of each kind are taken of an article in one pass."""
_ASKED_OF_WHOLE = 11
_MOST_YES, _MOST_YES_NARROW = 6, 5


def of_article(numbered: Numbered, rng: random.Random) -> Iterator[Group]:
    """Yield some stretches of an article with their examples, other ones at each call."""
    every = set(numbered.places)
    asked = rng.sample(numbered.questions, len(numbered.questions))
    for turn in range(_WHOLES):
        chosen = asked[turn * _ASKED_OF_WHOLE : (turn + 1) * _ASKED_OF_WHOLE]
        yield whole_article(numbered.article), _shuffled(numbered, chosen, every, rng)
    passages = split(numbered.article)
    for passage in rng.sample(passages, min(_PASSAGES, len(passages))):
        yield _stretch(numbered, passage.start, passage.end, rng, _MOST_YES)
    for _ in range(_NARROW):
        number = rng.choice(sorted(every))
        near = [numbered.places[n] for n in (number - 1, number, number + 1) if n in every]
        home = next(p for p in passages if p.start <= numbered.places[number][0] < p.end)
        near = [(start, end) for start, end in near if home.start <= start < home.end]
        yield _stretch(numbered, near[0][0], near[-1][1], rng, _MOST_YES_NARROW)


def _stretch(numbered: Numbered, start: int, end: int, rng: random.Random, most: int) -> Group:
    """Return a stretch with the questions that it answers and about as many, close ones, that it does not."""
    text = numbered.article.text[start:end]
    shown = {number for number, place in numbered.places.items() if start <= place[0] and place[1] <= end}
    asked = [question for question in numbered.questions if not question.about_whole]
    yes = [question for question in asked if question.answers & shown]
    no = [question for question in asked if not (question.answers | question.near) & shown]
    lean = {id(q): share(q.question, text) + 0.2 * rng.random() + 0.3 * (not q.answers) for q in no}
    no.sort(key=lambda question: -lean[id(question)])
    chosen = rng.sample(yes, min(most, len(yes))) + no[: max(3, min(most, len(yes) + 1))]
    return prompts.article_part([text]), _shuffled(numbered, chosen, shown, rng)


def _shuffled(
    numbered: Numbered, chosen: list[Question], shown: set[int], rng: random.Random
) -> list[Example]:
    found = [example for question in chosen for example in _examples(numbered, question, shown, rng)]
    rng.shuffle(found)
    return found


def _examples(numbered: Numbered, item: Question, shown: set[int], rng: random.Random) -> Iterator[Example]:
    """Yield a question as it is put to a stretch that shows some sentences, and sentences as answers to it."""
    here = item.answers & shown
    found, complete = item.about_whole or bool(here), item.about_whole or item.answers <= shown
    if not found and item.near & shown:
        return
    asked = prompts.question_part(wording.as_typed(item.question, rng), item.earlier)
    answer = item.said if complete else ""
    yield Example(asked, found, answer if found else None)
    for start, end in sentences(answer) if found else ():
        said = answer[start:end]
        if rng.random() < 0.75:
            yield answered(asked, said, True)
        if rng.random() < 0.15:
            yield claimed(said, True)
            if wrong := swapped(said, rng):
                yield claimed(wrong, False)
                if rng.random() < 0.7:
                    yield answered(asked, wrong, False)
    for number in rng.sample(sorted(here), min(len(here), 2)):
        if rng.random() < 0.75:
            yield answered(asked, numbered.text(number), True)
    if not item.about_whole:
        earlier = item.earlier[1] if item.earlier else ""
        others = [numbered.text(number) for number in shown - item.answers - item.near]
        others = closest(f"{item.question} {earlier}", others, 0.35, rng)
        count = 1 + (rng.random() < 0.4) if found else 2
        for said in others[:count]:
            if rng.random() < 0.75:
                yield answered(asked, said, False)
    for said in item.wrong if complete or not found else ():
        if rng.random() < 0.7:
            yield answered(asked, said, False)
