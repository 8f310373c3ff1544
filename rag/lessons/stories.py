"""Articles written for training, with questions of the kinds that SQuAD hardly has.

They are in ``stories/``, as ``rag.lessons.questions`` says; their sentences have no numbers.

The model is shown a whole article or one passage of it: then what other passages answer is missing here.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from index.articles import Article
from index.splitting import sentences, split
from rag import prompts
from rag.lessons import wording
from rag.lessons.example import Example, Group, answered, claimed, whole_article
from rag.lessons.questions import Question, parsed, titled
from rag.words import share

__all__ = ["Story", "groups", "stories"]

_FOLDER = Path(__file__).with_name("stories")
_MOST = 16  # examples about a passage
_MOST_WHOLE = 22  # and about a whole article, of which reading it takes longer
_HAS = 0.7  # share of an answer's words that a passage must have to be the one that answers
_LACKS = 0.45  # and under which another passage does not
_PASSAGES = 1  # of each article is learned in one pass, besides the whole


@dataclass
class Story:
    """An article and the questions about it."""

    article: Article
    questions: list[Question]


def stories() -> Iterator[Story]:
    """Read the articles of all files."""
    for title, lines in titled(_FOLDER):
        text, questions = parsed(lines)
        yield Story(Article.from_text(text, title=title), questions)


def groups(rng: random.Random) -> list[Group]:
    """Return stretches with their examples, some of each article."""
    found = []
    for story in stories():
        found.append(_whole(story, rng))
        found += _by_passage(story, rng)
    return found


def _whole(story: Story, rng: random.Random) -> Group:
    """Return the article with questions that no single passage answers, and others."""
    texts = [passage.text for passage in split(story.article)]
    wide = [q for q in story.questions if q.about_whole or (q.said and _place(q, texts) is None)]
    others = [q for q in story.questions if q not in wide]
    asked = rng.sample(wide, min(4, len(wide))) + rng.sample(others, min(7, len(others)))
    examples = [example for q in asked for example in _examples(q, rng)]
    rng.shuffle(examples)
    return whole_article(story.article), examples[:_MOST_WHOLE]


def _by_passage(story: Story, rng: random.Random) -> Iterator[Group]:
    """Return passages, each with the questions it answers and as many that it does not."""
    texts = [passage.text for passage in split(story.article)]
    answered: dict[int, list[Question]] = {number: [] for number in range(len(texts))}
    missing: dict[int, list[Question]] = {number: [] for number in range(len(texts))}
    for question in story.questions:
        if question.about_whole:
            continue
        if question.said:
            place = _place(question, texts)
            if place is None:
                continue
            answered[place].append(question)
            near = max(
                (n for n in range(len(texts)) if share(question.said, texts[n]) < _LACKS),
                key=lambda n: share(question.question, texts[n]),
                default=None,
            )
            if near is not None and rng.random() < 0.4:
                elsewhere = replace(question, said="", beside=[], wrong=question.wrong[:1])
                missing[near].append(elsewhere)
        else:
            close = " ".join([question.question, *question.beside])
            place = max(range(len(texts)), key=lambda n: share(close, texts[n]))
            missing[place].append(question)
    full = sorted(answered, key=lambda n: -len(answered[n]) - len(missing[n]) + rng.random())
    for number in rng.sample(full[:4], min(_PASSAGES, len(full))):
        examples = [e for q in answered[number] + missing[number] for e in _examples(q, rng)]
        rng.shuffle(examples)
        yield prompts.article_part([texts[number]]), examples[:_MOST]


def _place(question: Question, texts: list[str]) -> int | None:
    """Return the number of the one passage that answers a question, or None if there is none or more than one."""
    shares = [share(question.said, text) for text in texts]
    best = max(range(len(texts)), key=lambda n: shares[n])
    rest = max((share for n, share in enumerate(shares) if n != best), default=0.0)
    return best if shares[best] >= _HAS and rest < shares[best] - 0.15 else None


def _examples(item: Question, rng: random.Random) -> list[Example]:
    asked = prompts.question_part(wording.as_typed(item.question, rng), item.earlier)
    found = [Example(asked, bool(item.said), item.said or None)]
    for start, end in sentences(item.said):
        said = item.said[start:end]
        if rng.random() < 0.9:
            found.append(answered(asked, said, True))
        if rng.random() < 0.3:
            found.append(claimed(said, True))
    for said in item.beside + item.wrong:
        if rng.random() < 0.45:
            found.append(answered(asked, said, False))
        if said in item.wrong and rng.random() < 0.25:
            found.append(claimed(said, False))
    return found
