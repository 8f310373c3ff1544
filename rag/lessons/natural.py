"""Questions that people asked a search engine, with passages of Wikipedia that come in sentences: ClapNQ and QED."""

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag import prompts
from rag.lessons import wording
from rag.lessons.example import Example, Group, answered
from rag.lessons.saying import closest

__all__ = ["Passage", "clapnq", "group", "qed"]

_LONGEST = 300  # characters of sentences that are learned as an answer


@dataclass
class Passage:
    """A passage in sentences, a question, and the numbers of the sentences that answer."""

    title: str
    sentences: list[str]
    question: str
    answers: set[int]


def clapnq(file: Path) -> Iterator[Passage]:
    """Read a file of ClapNQ (Rosenthal et al. 2025, https://arxiv.org/abs/2404.02103)."""
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        [passage] = item["passages"]
        chosen = {s.strip() for output in item["output"] for s in output.get("selected_sentences", [])}
        answers = {number for number, s in enumerate(passage["sentences"]) if s.strip() in chosen}
        yield Passage(passage["title"], _joined(passage["sentences"]), item["input"].strip(), answers)


def qed(file: Path) -> Iterator[Passage]:
    """Read a file of QED (Lamm et al. 2021, https://arxiv.org/abs/2009.06354); only what one sentence answers."""
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["annotation"]["explanation_type"] != "single_sentence":
            continue
        starts = item["sentence_starts"]
        every = [item["paragraph_text"][a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
        answer = starts.index(item["annotation"]["selected_sentence"]["start"])
        yield Passage(item["title_text"], _joined(every), item["question_text"], {answer})


def _joined(every: Iterable[str]) -> list[str]:
    """Return sentences whose words stand apart, as in the Penn Treebank, as they are written."""
    found = []
    for text in every:
        text = text.replace("``", '"').replace("''", '"').replace(" - ", "-")
        text = re.sub(r" (['n]['st]+|[.,;:!?%)\]])", r"\1", text)
        found.append(" ".join(re.sub(r"([(\[]) ", r"\1", text).split()))
    return found


def group(passage: Passage, rng: random.Random) -> Group:
    """Return a passage with its question, and sentences of it as answers, for the reader's adapter."""
    every, right = passage.sentences, sorted(passage.answers)
    asked = prompts.question_part(wording.as_typed(passage.question, rng))
    answer = " ".join(every[number] for number in right) if len(right) <= 2 else ""
    found = [Example(asked, bool(right), (answer if len(answer) < _LONGEST else "") if right else None)]
    found += [answered(asked, every[number], True) for number in right[:3]]
    others = [sentence for number, sentence in enumerate(every) if number not in passage.answers]
    others = closest(passage.question, others, 0.3, rng)
    found += [answered(asked, sentence, False) for sentence in others[: 1 if right else 2]]
    return prompts.article_part([" ".join(every)]), found
