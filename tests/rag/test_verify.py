"""What must hold for every sentence of every answer, whatever a model writes about whatever article."""

import re
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, seed_article
from rag import antecedents
from rag.evidence import Evidence
from rag.retrieval import whole
from rag.sources import Excerpt
from rag.verify import _carried, verify
from rag.words import content_words, spaced

SEED = whole(seed_article())


def agree(_claim: str) -> float:
    return 0.99


def test_a_sentence_of_the_article_is_cited_exactly() -> None:
    verdict = verify(
        "Google views Meta’s partnership with Scale AI as a potential conflict of interest.",
        SEED,
        agree,
        agree,
    )
    assert verdict.score > 0.95
    assert "potential conflict of interest" in verdict.sources[0].text


def test_a_paraphrase_is_aligned_with_the_sentence_that_carries_it() -> None:
    verdict = verify(
        "Meta recruits Scale AI's CEO Alexandr Wang to lead its superintelligence team.", SEED, agree, agree
    )
    assert "recruitment of Scale AI’s CEO" in verdict.sources[0].text


def test_invented_facts_are_retracted_even_if_the_model_agrees() -> None:
    for claim in (
        "Scale AI was founded in 2016.",
        "Meta’s $15 billion investment in Scale AI has sent ripples across the AI industry.",
        "Microsoft views Meta’s partnership with Scale AI as a potential conflict of interest.",
        "Andrew Ng was recruited to lead the superintelligence AI team of Meta.",
    ):
        verdict = verify(claim, SEED, agree, agree)
        assert not verdict.sources, claim
        assert verdict.reason


def test_a_part_that_is_made_up_is_retracted_with_its_sentence() -> None:
    true = "Scale AI has long served as a crucial data-labeling partner for Google"
    assert verify(f"{true}.", SEED, agree, agree).sources
    verdict = verify(f"{true}, and gained access to new customers and resources.", SEED, agree, agree)
    assert not verdict.sources
    assert "gained access to new customers" in verdict.reason


def test_what_the_model_does_not_find_stated_is_retracted() -> None:
    claim = "Scale AI invests $14.3 billion in Meta."
    assert verify(claim, SEED, lambda _: 0.95, agree).sources
    assert not verify(claim, SEED, lambda _: 0.05, agree).sources


def test_a_true_sentence_beside_the_question_is_retracted() -> None:
    claim = "Google views Meta’s partnership with Scale AI as a potential conflict of interest."
    assert not verify(claim, SEED, agree, lambda _: 0.05).sources


def test_without_a_judge_a_changed_negation_is_retracted() -> None:
    claim = "Google does not view Meta’s partnership with Scale AI as a potential conflict of interest."
    assert not verify(claim, SEED, lambda _: None, lambda _: None).sources


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Analysts denied that Meta controls the board of Scale AI.", "Meta controls the board of Scale AI."),
        ("It is not true that the mill burnt down in 1911.", "The mill burnt down in 1911."),
    ],
)
def test_a_part_of_a_sentence_is_not_what_it_says(text: str, part: str) -> None:
    article = Article.from_text(text)
    assert verify(text, whole(article), lambda _: None, agree).sources
    for opinion in (0.05, None):
        assert not verify(part, whole(article), (lambda _, said=opinion: said), agree).sources


def test_the_share_of_words_does_not_depend_on_their_order() -> None:
    weights = {"mill": 0.1, "burnt": 0.7, "down": 0.3, "june": 2.3}
    cited = whole(Article.from_text("The mill burnt in a night.")).sources
    assert len({_carried(dict(order), cited) for order in permutations(weights.items())}) == 1


@pytest.mark.parametrize("said", ["The fee is £250 at -40 degrees.", "The fee is $250 at 40 degrees."])
def test_a_sentence_with_another_sign_is_not_the_articles_own(said: str) -> None:
    evidence = whole(Article.from_text("The fee is $250 at −40 degrees."))
    assert verify("The fee is $250 at -40 degrees.", evidence, lambda _: 0.01, agree).sources
    assert not verify(said, evidence, lambda _: 0.01, agree).sources


def test_half_a_number_is_another_one() -> None:
    article = Article.from_text("The company paid 14.3 billion for the mill.")
    assert not verify("The company paid 14.3.", whole(article), agree, agree).sources


_SENTENCES = [source.text for source in SEED.sources]
_WORDS = sorted({word for text in _SENTENCES for word in text.split()})


@st.composite
def claims(draw: st.DrawFn) -> str:
    """A stretch of a sentence of the article, in which a word or two may be others of the article."""
    words = draw(st.sampled_from(_SENTENCES)).split()
    first = draw(st.integers(0, len(words) - 1))
    words = words[first : draw(st.integers(first + 1, len(words)))]
    for place in draw(st.lists(st.integers(0, len(words) - 1), max_size=2)):
        words[place] = draw(st.sampled_from([*_WORDS, "not", "1987", "Andrew", "12 million"]))
    return " ".join(words)


@given(claims())
@settings(max_examples=300, deadline=None)
def test_what_passes_has_its_facts_from_what_is_cited(claim: str) -> None:
    asked: list[str] = []

    def states(said: str) -> float:
        asked.append(said)
        return 0.99

    verdict = verify(claim, SEED, states, agree)
    if not verdict.sources:
        assert verdict.reason
        return
    cited = " ".join(source.text for source in verdict.sources)
    for number in re.findall(r"\d[\d.,]*\d|\d", claim):
        assert number in cited
    if "Andrew" in claim:
        assert "Andrew" in cited
    assert asked or spaced(claim) in map(spaced, _SENTENCES), (
        "only a whole sentence of the article needs no judge"
    )


@given(st.lists(st.text(min_size=1, max_size=120), min_size=1, max_size=6), st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_whole_sentences_of_any_article_are_cited_to_the_letter(paragraphs: list[str], claim: str) -> None:
    article = Article.from_text("Title words here.\n\n" + "\n\n".join(paragraphs).replace("\0", " "))
    evidence = Evidence([Excerpt(article, b.start, b.end) for b in article.blocks])
    for said in (claim, *(source.text for source in evidence.sources)):
        verdict = verify(said, evidence, agree, agree)
        if len(content_words(said)) > 2 and said != claim:
            assert verdict.sources[0].text in article.text
            assert spaced(verdict.sources[0].text) == spaced(said)


def test_whom_a_sentence_names_in_short_may_be_named_in_full() -> None:
    article = Article.from_text(
        "The novel\n\nAtticus Finch brings up two children.\n\n"
        "Atticus is the moral center of the novel, and Scout Finch tells the story. Many readers love Scout.\n\n"
        "Miss Finch has many dogs."
    )
    block = article.blocks[2]
    evidence = Evidence([Excerpt(article, block.start, block.end)])
    assert verify("Atticus Finch is the moral center of the novel.", evidence, agree, agree).sources
    assert verify("Many readers love Scout.", evidence, agree, agree).sources
    assert not verify("Miss Finch is the moral center of the novel.", evidence, agree, agree).sources
    assert not verify("Atticus Smith is the moral center of the novel.", evidence, agree, agree).sources


@pytest.mark.parametrize(
    ("sentence", "joined"),
    [
        ("Kestrel halted its orders.", False),
        ("Kestrel has two managers who talk.", False),
        ("Kestrel and Dovre are looking for other sources.", True),
        ("Calloway is 44.", False),
        ("Lumivane lost 200 million dollars in 2022.", True),
    ],
)
def test_what_puts_sentences_together_is_known(sentence: str, joined: bool) -> None:
    article = Article.from_text(
        "Kestrel halted its orders of 200 million dollars, two of its managers said, and talk goes on. "
        "Dovre is looking for other sources too. Calloway came to Lumivane in 2022. The new head is 44."
    )
    by_name = {source.text.split()[0]: source for source in whole(article).sources}
    cited = {"Kestrel": ["Kestrel"], "Calloway": ["The", "Calloway"], "Lumivane": ["Kestrel", "Calloway"]}
    first = "Dovre" if "Dovre" in sentence else sentence.split()[0]
    sources = [by_name[name] for name in cited.get(first, ["Dovre", "Kestrel"])]
    assert antecedents.joined(sentence, sources, whole(article)) is joined
