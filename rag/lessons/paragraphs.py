"""What the reader's adapter learns from SQuAD: paragraphs, and questions and claims about them with verdicts.

Every example shares its stretch with the others of a group, so that the stretch is computed once
(``rag.adapter.train``).
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.splitting import sentences
from rag import prompts
from rag.lessons import wording
from rag.lessons.example import Example, Group, answered, claimed
from rag.lessons.saying import FACT, own_sentence, swapped, tidy
from rag.words import content_words

__all__ = ["Squad"]

_OUT_OF_SCOPE = Path(__file__).with_name("out_of_scope.txt").read_text(encoding="utf-8").splitlines()
_MOST = 18  # examples about one stretch
_TRAILING = re.compile(
    r"[\s,]*(?:\b(?:by|in|on|at|of|to|the|a|an|as|for|from|with|and|was|is|are|were|about)\b\s*)*$"
)
_LONGEST = 1_700  # characters of a stretch: about what is read of a long article
_NEAR = 12  # questions or paragraphs to choose from that are closest to a stretch


def _most_common(answers: list[str]) -> str:
    """Return the answer that most annotators gave, the shorter one if as many did."""
    return max(set(answers), key=lambda text: (answers.count(text), -len(text)))


class Squad:
    """Makes groups of examples from articles of SQuAD."""

    def __init__(self, articles: dict[str, Any], rng: random.Random) -> None:
        self.articles = articles
        self.rng = rng

    def groups(self) -> Iterator[Group]:
        """Yield a stretch around every paragraph that has questions, in random order, with its examples."""
        places = [
            (name, number)
            for name, data in self.articles.items()
            for number in sorted({item["paragraph"] for item in data["questions"]})
        ]
        self.rng.shuffle(places)
        for name, number in places:
            mode = self.rng.choices(["alone", "neighbours", "mixed"], [0.4, 0.2, 0.4])[0]
            yield self._group(name, number, mode)

    def _group(self, name: str, number: int, mode: str) -> Group:
        rng, data = self.rng, self.articles[name]
        chosen = self._stretch(data["paragraphs"], number, mode)
        text = "\n\n".join(data["paragraphs"][k] for k in chosen)
        items = [item for item in data["questions"] if item["paragraph"] == number]
        golds = [_most_common(item["answers"]) for item in items if item["answerable"]]
        found: list[Example] = []
        turns: list[tuple[str, str]] = []
        for item in items:
            prompt = self._ask(item["question"].strip(), turns)
            if not item["answerable"]:
                found.append(Example(prompt, False))
                if rng.random() < 0.4:
                    found.append(answered(prompt, self._close(text, item["question"]), False))
                continue
            gold = _most_common(item["answers"])
            said = own_sentence(data["paragraphs"][number], gold)
            if rng.random() < 0.7:
                found.append(Example(prompt, True, said))
            if changed := self._exchanged(name, item["question"].strip()):
                found.append(Example(prompts.question_part(changed), False))
            if said:
                found += self._checks(prompt, said, gold, text, golds)
                other = self._close(text, item["question"])
                if gold.lower() not in other.lower() and rng.random() < 0.4:
                    found.append(answered(prompt, other, False))
                others = [s for _, s in turns if gold.lower() not in s.lower()]
                if others and rng.random() < 0.25:
                    found.append(answered(prompt, rng.choice(others), False))
                turns.append((item["question"], said))
        found += self._broken_off(items, turns)
        found += self._pairs(turns, [item["question"].strip() for item in items if not item["answerable"]])
        found += self._others(name, number, chosen, items)
        rng.shuffle(found)
        return prompts.article_part([text]), found[:_MOST]

    def _ask(self, question: str, turns: list[tuple[str, str]]) -> str:
        """Return the prompt of a question, sometimes after another one, sometimes typed in a hurry."""
        rng, earlier = self.rng, None
        if turns and rng.random() < 0.3:
            earlier = rng.choice(turns)
            question = wording.with_pronoun(question, " ".join(earlier)) or question
        if (kind := rng.random()) < 0.12:
            question = wording.mistyped(question, rng)
        elif kind < 0.3:
            question = wording.loose(question, rng)
        return prompts.question_part(question, earlier)

    def _broken_off(self, items: list[dict[str, Any]], turns: list[tuple[str, str]]) -> list[Example]:
        """Return answers that end before what was asked for: they are true, and no answers."""
        found = []
        golds = {
            item["question"].strip(): _most_common(item["answers"]) for item in items if item["answerable"]
        }
        for question, said in turns:
            at = said.rfind(golds.get(question.strip(), "\0"))
            before = _TRAILING.sub("", said[: max(0, at)])
            if len(before.split()) > 3 and len(said) - at < len(golds[question.strip()]) + 3:
                found.append(answered(prompts.question_part(question.strip()), tidy(before), False))
        return found[:2]

    def _pairs(self, turns: list[tuple[str, str]], unanswerable: list[str]) -> list[Example]:
        """Return two questions put as one: both answered, or the half that the stretch answers."""
        rng, found = self.rng, []
        if len(turns) > 1 and rng.random() < 0.4:
            (one, said), (other, also) = rng.sample(turns, 2)
            prompt = prompts.question_part(wording.both(one, other))
            found += [
                Example(prompt, True, f"{said} {also}"),
                answered(prompt, rng.choice((said, also)), True),
            ]
        if turns and unanswerable and rng.random() < 0.5:
            (one, said), other = rng.choice(turns), rng.choice(unanswerable)
            halves = (one, other) if rng.random() < 0.6 else (other, one)
            prompt = prompts.question_part(wording.both(*halves))
            found += [Example(prompt, True, said), answered(prompt, said, True)]
        return found

    def _stretch(self, paragraphs: list[str], number: int, mode: str) -> list[int]:
        chosen = [number]
        others = [k for k in range(len(paragraphs)) if k != number]
        if mode == "neighbours":
            chosen = [k for k in (number - 1, number, number + 1) if 0 <= k < len(paragraphs)]
        elif mode == "mixed":  # as a search finds them: paragraphs that have words in common
            words = set(content_words(paragraphs[number]))
            others.sort(key=lambda k: -len(words & set(content_words(paragraphs[k]))))
            near = others[:_NEAR]
            chosen = [number, *self.rng.sample(near, min(len(near), self.rng.choice([1, 2])))]
            self.rng.shuffle(chosen)
        while sum(len(paragraphs[k]) for k in chosen) > _LONGEST and len(chosen) > 1:
            chosen.remove(self.rng.choice([k for k in chosen if k != number]))
        return chosen

    def _elsewhere(self, name: str, chosen: list[int], items: list[dict[str, Any]]) -> list[str]:
        """Return questions that other paragraphs answer, near ones, so that half of all have no answer here."""
        data = self.articles[name]
        text = " ".join(data["paragraphs"][k] for k in chosen)
        words = set(content_words(text))
        others = [
            i
            for i in data["questions"]
            if i["paragraph"] not in chosen
            and i["answerable"]
            and _most_common(i["answers"]).lower() not in text.lower()
        ]
        others.sort(key=lambda i: -len(words & set(content_words(i["question"]))))
        wanted = sum(0.7 if i["answerable"] else -1.0 for i in items) * 0.7
        count = max(self.rng.choice([0, 1]), min(4, round(wanted)))
        near = others[: 2 * _NEAR]
        return [i["question"].strip() for i in self.rng.sample(near, min(count, len(near)))]

    def _exchanged(self, name: str, question: str) -> str:
        """Return a question with one of its names or numbers exchanged for another of the article, or ""."""
        own = [fact for fact in FACT.findall(question[1:]) if len(fact) > 2]
        if not own or self.rng.random() < 0.75:
            return ""
        fact = self.rng.choice(own)
        paragraph = self.rng.choice(self.articles[name]["paragraphs"])
        alike = [
            other
            for other in FACT.findall(paragraph[1:])
            if len(other) > 2
            and other[0].isdigit() == fact[0].isdigit()
            and len(other.split()) <= len(fact.split()) + 1
            and not set(content_words(other)) & set(content_words(question))
        ]
        return question.replace(fact, self.rng.choice(alike)) if alike else ""

    def _close(self, text: str, question: str) -> str:
        """Return one of the three sentences of the stretch that have most words of the question."""
        asked = set(re.findall(r"\w+", question.lower()))
        own = [text[start:end] for start, end in sentences(text)]
        own.sort(key=lambda sentence: -len(asked & set(re.findall(r"\w+", sentence.lower()))))
        return self.rng.choice(own[:3])

    def _checks(self, prompt: str, said: str, gold: str, text: str, golds: list[str]) -> list[Example]:
        """Return the sentence as an answer that is right, and changed ones that are wrong."""
        rng = self.rng
        found = [answered(prompt, said, True)]
        if rng.random() < 0.3:
            found.append(claimed(said, True))
        others = [g for g in golds if gold.lower() not in g.lower()] + FACT.findall(text)
        others = [g for g in others if g.lower() not in said.lower()]
        alike = [
            g for g in others if (g[0].isdigit(), g[0].isupper()) == (gold[0].isdigit(), gold[0].isupper())
        ]
        at = said.lower().find(gold.lower())
        if others and rng.random() < 0.5:
            wrong = said[:at] + rng.choice(alike or others) + said[at + len(gold) :]
            found.append(answered(prompt, wrong, False))
            if rng.random() < 0.2:
                found.append(Example(prompts.question_part(wording.asked_whether(wrong)), False))
            if rng.random() < 0.2:
                asked = prompts.question_part(wording.asked_whether(said))
                found += [Example(asked, True, said), answered(asked, said, True)]
            if rng.random() < 0.2:  # what is wrong in half is wrong
                both = f"{said.rstrip('.')}, and {wrong}"
                found.append(answered(prompt, both, False))
        if rng.random() < 0.5 and (wrong := swapped(said, rng)):
            found += [
                answered(prompt, wrong, False),
                claimed(wrong, False),
                claimed(said, True),
            ]
        if others and rng.random() < 0.3:
            wrong = said[:at] + rng.choice(alike or others) + said[at + len(gold) :]
            found += [claimed(wrong, False), claimed(said, True)]
        return found

    def _others(
        self, name: str, number: int, chosen: list[int], items: list[dict[str, Any]]
    ) -> list[Example]:
        """Return a question to suggest, and questions that belong elsewhere."""
        rng, data = self.rng, self.articles[name]
        found = [
            Example(prompts.question_part(question), False)
            for question in self._elsewhere(name, chosen, items)
        ]
        if rng.random() < 0.5:
            prompt = prompts.question_part(rng.choice(_OUT_OF_SCOPE))
            found += [
                Example(prompt, False),
                answered(prompt, self._close(data["paragraphs"][number], ""), False),
            ]
        if len(self.articles) > 1 and rng.random() < 0.25:
            foreign = self.articles[rng.choice([n for n in self.articles if n != name])]
            found.append(
                Example(prompts.question_part(rng.choice(foreign["questions"])["question"].strip()), False)
            )
        answerable = [i["question"].strip() for i in items if i["answerable"]]
        if answerable and rng.random() < 0.6:
            found.append(Example(prompts.question_part(prompts.SUGGEST), True, rng.choice(answerable)))
        return found
