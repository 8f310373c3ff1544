"""What the article says of one is not said of another."""

import pytest

from index import seed_article
from rag.actors import other_actor
from rag.retrieval import whole
from rag.verify import verify

SHUT = "Mayor Tom Birk said the bridge would be shut until spring, after a warning by Ruth Hale."


@pytest.mark.parametrize(
    ("claim", "source", "actor"),
    [
        ("Ruth Hale said the bridge would be shut until spring.", SHUT, "Mayor Tom Birk"),
        (
            "Osby plans to open twenty shops in the spring.",
            "In March Acme now plans to open twenty shops in the spring.",
            "Acme",
        ),
        ("Tom Birk said the bridge would be shut until spring.", SHUT, None),
        ("The mayor said the bridge would be shut until spring.", SHUT, None),
        ("Mayor Birk, whom Ruth Hale had warned, said the bridge would be shut until spring.", SHUT, None),
        # Who "he" and "the company" are is not told by a name that stands beside them.
        (
            "Tom Birk said the bridge would be shut until spring.",
            "He told Reuters that he said the bridge would be shut until spring.",
            None,
        ),
        (
            "Acme plans to open twenty shops in the spring.",
            "The company, led by Smith, plans to open twenty shops in the spring.",
            None,
        ),
    ],
)
def test_who_does_what_is_as_the_article_has_it(claim: str, source: str, actor: str | None) -> None:
    assert other_actor(claim, source, frozenset(source.split())) == actor


def test_somebody_elses_deed_is_retracted_even_if_the_model_agrees() -> None:
    evidence = whole(seed_article())
    claim = "{} accelerating its ambition to rival OpenAI and Google DeepMind."
    verdict = verify(claim.format("Scale AI is"), evidence, lambda _: 0.99, lambda _: 0.99)
    assert not verdict.sources
    assert "“Meta”" in verdict.reason
    assert verify(claim.format("Meta is"), evidence, lambda _: 0.99, lambda _: 0.99).sources
