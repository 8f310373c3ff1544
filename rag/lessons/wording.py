"""How people really ask: with typing errors, loosely, with "it" for what was just spoken of, two things at once."""

import random
import re

_NAME = re.compile(r"\b(?:the )?[A-Z][\w’'-]+(?:\s+(?:of\s+|the\s+)?[A-Z][\w’'-]+)*")
_LOOSE = {
    "what is": "whats",
    "who is": "whos",
    "because": "cause",
    "going to": "gonna",
    "did not": "didnt",
    "does not": "doesnt",
    "are you": "r u",
    "you": "u",
    "people": "ppl",
    "between": "btw",
    "with": "w/",
}
_BEFORE = (
    "",
    "",
    "",
    "so ",
    "hey, ",
    "can you tell me ",
    "pls tell me ",
    "i want to know: ",
    "ok and ",
    "quick: ",
)


def mistyped(text: str, rng: random.Random) -> str:
    """Return the text with a letter in about forty swapped, lost or doubled, often without capitals."""
    letters = list(text)
    for _ in range(1 + len(text) // 40):
        k, what = rng.randrange(1, len(letters) - 1), rng.random()
        if what < 0.4:
            letters[k], letters[k - 1] = letters[k - 1], letters[k]
        elif what < 0.7:
            del letters[k]
        else:
            letters.insert(k, letters[k])
    return "".join(letters).lower() if rng.random() < 0.5 else "".join(letters)


def loose(text: str, rng: random.Random) -> str:
    """Return a question as it is typed in a hurry: no capitals, short forms, words left out."""
    text = text.lower().rstrip("?. ")
    for long, short in _LOOSE.items():
        if rng.random() < 0.5:
            text = re.sub(rf"\b{long}\b", short, text)
    words = [w for w in text.split() if w not in ("the", "a", "an", "did", "does") or rng.random() < 0.5]
    return rng.choice(_BEFORE) + " ".join(words) + rng.choice(("", "", "?", "??"))


def as_typed(question: str, rng: random.Random) -> str:
    """Return a question as it stands, or, one time in seven, as people type it."""
    kind = rng.random()
    if kind < 0.06:
        return mistyped(question, rng)
    return loose(question, rng) if kind < 0.14 else question


def with_pronoun(question: str, spoken_of: str) -> str | None:
    """Return the question with "it" or "they" for a name that was spoken of, or None where there is none."""
    for name in sorted(_NAME.findall(question[1:]), key=len, reverse=True):
        bare = name.removeprefix("the ")
        if len(bare) > 3 and bare in spoken_of:
            pronoun = "they" if bare.endswith("s") else "it"
            return question[0] + question[1:].replace(name, pronoun, 1)
    return None


def both(one: str, other: str) -> str:
    """Return two questions put as one."""
    return f"{one.rstrip('?. ')}, and {other[0].lower() + other[1:]}"


def asked_whether(claim: str) -> str:
    """Return a claim put as a question."""
    return f"Is it true that {claim.rstrip('.')}?"
