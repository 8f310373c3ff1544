"""The battery over the seed article must be well formed, true to the article and fairly split."""

import json
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARTICLE = (ROOT / "seeds" / "meta-scale-ai.txt").read_text(encoding="utf-8")
CASES = [
    json.loads(line)
    for line in (ROOT / "tests" / "benchmarks" / "battery.jsonl").read_text(encoding="utf-8").splitlines()
]
KINDS = {
    "fact",
    "paraphrase",
    "synthesis",
    "absent",
    "false_premise",
    "mixed",
    "follow_up",
    "injection",
    "off_topic",
}
FIELDS = {"id", "kind", "question", "history", "status", "must", "must_not", "cite", "half"}


def test_size_and_kinds() -> None:
    assert len(CASES) >= 120
    assert {case["kind"] for case in CASES} == KINDS


def test_ids_and_questions_are_unique() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert len({(case["question"], json.dumps(case["history"])) for case in CASES}) == len(CASES)


def test_fields() -> None:
    for case in CASES:
        assert FIELDS <= set(case) <= FIELDS | {"max_sentences"}, case["id"]
        assert case["status"], case["id"]
        assert set(case["status"]) <= {"answered", "partial", "not_in_article"}, case["id"]
        assert all(len(turn) == 2 for turn in case["history"]), case["id"]
        assert all(group and all(group) for group in case["must"] + case["cite"]), case["id"]
        for pattern in case["must_not"]:
            re.compile(pattern)


def test_every_citation_stands_in_the_article() -> None:
    missing = [(case["id"], q) for case in CASES for group in case["cite"] for q in group if q not in ARTICLE]
    assert not missing


def test_what_must_be_said_can_be_said() -> None:
    """An answer is expected to have something in it, and something to point at."""
    for case in CASES:
        if "not_in_article" not in case["status"]:
            assert case["must"], case["id"]
            assert case["cite"], case["id"]
        if case["status"] == ["not_in_article"]:
            assert not case["must"] + case["cite"], case["id"]
            assert case["must_not"], case["id"]


def test_halves_are_balanced_by_kind() -> None:
    halves = Counter((case["kind"], case["half"]) for case in CASES)
    assert {half for _, half in halves} == {"tune", "report"}
    assert all(abs(halves[kind, "tune"] - halves[kind, "report"]) <= 1 for kind in KINDS)
