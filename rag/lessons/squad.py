"""Articles of SQuAD 2.0: what may be learned of it, and what is kept apart."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["TITLES_KEPT_APART", "TRAINED_ON", "read_squad", "to_learn"]

TRAINED_ON = ("normans", "steam_engine", "islamism", "immune_system")
"""The development articles that training may see; the benchmark's figures come from the others."""

_LEARNED = (
    "Beyoncé",
    "Frédéric_Chopin",
    "Sino-Tibetan_relations_during_the_Ming_dynasty",
    "IPod",
    "The_Legend_of_Zelda:_Twilight_Princess",
    "New_York_City",
    "Solar_energy",
)
"""Those of the training set."""

TITLES_KEPT_APART = ("Spectre_(2015_film)", "2008_Sichuan_earthquake", "To_Kill_a_Mockingbird")
"""Articles of the training set that no weight has seen: what is decided with them is no test of itself."""


def to_learn(published: Path | None, development: Path | None) -> dict[str, Any]:
    """Return the articles that training may see, as ``read_squad`` does.

    Args:
        published: The training set, as SQuAD's authors publish it.
        development: A folder of development articles, with one in each file.
    """
    found = read_squad(published) if published else {}
    found = {title: article for title, article in found.items() if title in _LEARNED}
    return found | (read_squad(development, TRAINED_ON) if development else {})


def read_squad(path: Path, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Read articles of SQuAD 2.0: their paragraphs, and questions with answers and the paragraph's number.

    Args:
        path: A folder with an article in each file, or a file as SQuAD's authors publish it.
        names: Which files of a folder; all by default. Of a published file, every article is read.
    """
    if path.is_dir():
        return {
            name: json.loads((path / f"{name}.json").read_text(encoding="utf-8"))
            for name in names or sorted(file.stem for file in path.glob("*.json"))
        }
    return {
        part["title"]: _article(part["paragraphs"])
        for part in json.loads(path.read_text(encoding="utf-8"))["data"]
    }


def _article(paragraphs: list[dict[str, Any]]) -> dict[str, Any]:
    questions = [
        {
            "question": item["question"],
            "answerable": not item["is_impossible"],
            "answers": [answer["text"] for answer in item["answers"]],
            "paragraph": number,
        }
        for number, paragraph in enumerate(paragraphs)
        for item in paragraph["qas"]
    ]
    return {"paragraphs": [paragraph["context"] for paragraph in paragraphs], "questions": questions}
