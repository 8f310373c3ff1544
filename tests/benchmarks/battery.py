"""The battery over the seed article: its questions, and the judgement of one answer.

``battery.jsonl`` has one question a line, written before anything was tuned:

- ``status``: the statuses that are right.
- ``must``: groups of strings. An answer has at least one string of every group, whatever the letters' case.
- ``must_not``: regular expressions of inventions and wrong claims. A sentence that denies is exempt.
- ``cite``: groups of exact words of the article. Some citation overlaps at least one of every group.
- ``half``: ``tune`` (may be looked at) or ``report`` (only counted).

``must`` and ``cite`` bind only an answer that does answer.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.replies import Reply

PATH = Path(__file__).with_name("battery.jsonl")
SEED = Path(__file__).parents[2] / "seeds" / "meta-scale-ai.txt"

# Sentences that a small model likes to write about this article and that it does not say.
ALWAYS_WRONG = (
    r"google('s)? (has |had )?invest(ed|s|ment) (\$?14|in scale)",
    r"(meta|google|microsoft|amazon) (has |had )?(acquired|acquires|bought|buys|purchased) scale",
    r"wang (will|is going to) (be|become) (the )?(new )?ceo",
)
_DENIAL = re.compile(
    r"\b(article|text|passages?|context)\b.*(\bnot\b|n't|\bno\b|\bnothing\b)"
    r"|(\bnot\b|n't|\bno\b|\bnothing\b).*\b(article|text|passages?|context)\b"
    r"|\b(did|does|do|was|were|is|are|has|have|had|can|could)( not|n't)\b|\bcannot\b|^no\b|\bnever\b"
)
# Typographic quotation marks, dashes and the space that does not break, as typed on a keyboard.
_PLAIN = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2013\u2014\u00a0", "''\"\"---- ")
_NUMBER = r"\d[\d.,]*\d|\d"
# What starts an item of a list, and its label: not claims.
_MARKERS = re.compile(r"(?m)^\s*(?:\(?\d+[.)]|[-*•#]+)\s+(?:\**[A-Z][^:.\n]{0,60}:\**)?")
# Words that may open a short answer, and an abbreviation of the article written out.
_SHORT_WORDS = {"yes", "no", "none", "not", "the", "a", "an", "it", "they", "he", "both", "four", "two"}
_SHORT_WORDS |= {"chief", "executive", "officer", "artificial", "intelligence"}


@dataclass(frozen=True)
class Verdict:
    """What the battery makes of one answer."""

    passed: bool
    invented: bool
    reasons: tuple[str, ...]


def cases(half: str | None = None) -> list[dict[str, Any]]:
    """The questions, all or of one half (``tune`` or ``report``)."""
    every = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]
    return [case for case in every if half in (None, case["half"])]


def plain(text: str) -> str:
    """Text without the differences that do not matter: case, quotation marks, dashes, white space."""
    return " ".join(text.translate(_PLAIN).lower().split())


def inventions(text: str, article: str, question: str, must_not: Sequence[str] = ()) -> list[str]:
    """What the text says and the article does not: forbidden claims, and unknown numbers and names."""
    found = []
    known = plain(article + " " + question)
    words = set(re.findall(r"[\w']+", known)) | _SHORT_WORDS
    numbers = set(re.findall(_NUMBER, known))
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", _MARKERS.sub("", text.strip()).translate(_PLAIN)):
        said = plain(sentence)
        if not _DENIAL.search(said):
            found += [p for p in (*must_not, *ALWAYS_WRONG) if re.search(p, said)]
        found += [n for n in re.findall(_NUMBER, sentence) if n not in numbers]
        names = re.findall(r"[A-Z][\w']+", sentence)
        if names and sentence.lstrip("\"'*").startswith(names[0]) and len(sentence.split()) > 3:
            names = names[1:]  # a capital that only opens the sentence
        found += [n for n in names if _stem(n) not in words and plain(n) not in words]
    return found


def judge(case: dict[str, Any], reply: Reply, article: str) -> Verdict:
    """Judge one answer. A system that gives no citations at all is judged without them."""
    reasons = []
    text = plain(reply.text)
    if reply.status not in case["status"]:
        reasons.append(f"status {reply.status}")
    wrong = inventions(reply.text, article, case["question"] + history_text(case), case["must_not"])
    reasons += [f"invented {item!r}" for item in wrong]
    if reply.status != "not_in_article":
        reasons += [
            f"lacks {' / '.join(group)!r}"
            for group in case["must"]
            if not any(plain(choice) in text for choice in group)
        ]
        if reply.citations is not None:
            reasons += [
                f"does not cite {group[0]!r}" for group in case["cite"] if not _cited(group, reply, article)
            ]
        limit = case.get("max_sentences")
        if limit and len(re.findall(r"[.!?](?=\s|$)", reply.text)) > limit:
            reasons.append(f"more than {limit} sentences")
    return Verdict(not reasons, bool(wrong), tuple(reasons))


def history_text(case: dict[str, Any]) -> str:
    """The reader's own words of the turns before, which are no invention of the answer."""
    return " ".join(["", *(turn[0] for turn in case["history"])])


def _stem(name: str) -> str:
    return re.sub(r"'s$", "", plain(name))


def _cited(group: Sequence[str], reply: Reply, article: str) -> bool:
    spans = [(start, start + len(words)) for words in group if (start := article.find(words)) >= 0]
    return any(
        citation["start"] < end and start < citation["end"]
        for citation in reply.citations or ()
        for start, end in spans
    )
