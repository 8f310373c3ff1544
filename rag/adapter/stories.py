"""News stories written for training, with questions of the kinds that SQuAD hardly has.

``stories.txt`` has, after each story, questions (``Q:``) and follow-ups (``F:``); under each its answer (``A:``) or
``-`` where the story gives none, and sentences that are no answer to it: true ones (``X:``) and false ones (``W:``).
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

from index.splitting import sentences
from rag import prompts
from rag.adapter import wording
from rag.adapter.example import Example

__all__ = ["groups"]

_FILE = Path(__file__).with_name("stories.txt")
_MOST = 18  # examples in a group


@dataclass
class _Item:
    question: str
    earlier: tuple[str, str] | None
    answer: str = ""
    beside: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def groups(rng: random.Random) -> list[tuple[str, list[Example]]]:
    """Return every story as a stretch with its examples, in groups of a size that fits one step of training."""
    found = []
    for story in _FILE.read_text().split("## ")[1:]:
        text, _, questions = story.strip().partition("\n\n")
        stretch = prompts.article_part(["\n\n".join(text.splitlines()[1:])])
        examples = [example for item in _items(questions) for example in _examples(item, rng)]
        rng.shuffle(examples)
        count = -(-len(examples) // _MOST)
        found += [(stretch, examples[k::count]) for k in range(count)]
    return found


def _items(lines: str) -> list[_Item]:
    items: list[_Item] = []
    answered = ("", "")
    for line in lines.splitlines():
        mark, _, text = line.partition(": ")
        if mark in ("Q", "F"):
            items.append(_Item(text, answered if mark == "F" else None))
        elif mark == "A":
            items[-1].answer = text
            answered = (items[-1].question, text)
        elif mark in ("X", "W"):
            (items[-1].beside if mark == "X" else items[-1].wrong).append(text)
    return items


def _examples(item: _Item, rng: random.Random) -> list[Example]:
    question = item.question
    if (kind := rng.random()) < 0.1:
        question = wording.mistyped(question, rng)
    elif kind < 0.2:
        question = wording.loose(question, rng)
    asked = prompts.question_part(question, item.earlier)
    found = [Example(asked, bool(item.answer), item.answer or None)]
    for start, end in sentences(item.answer):
        said = item.answer[start:end]
        found.append(Example(prompts.answer_part(asked, said), True))
        if rng.random() < 0.3:
            found.append(Example(prompts.claim_part(said), True))
    for said in item.beside + item.wrong:
        found.append(Example(prompts.answer_part(asked, said), False))
        if said in item.wrong and rng.random() < 0.5:
            found.append(Example(prompts.claim_part(said), False))
    return found
