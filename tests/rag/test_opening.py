"""What is given as an article, and what is left of one that is removed. No model answers here."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index import Article, ArticleError, Library, StoreError
from index.vectors import VectorIndex
from rag import ArticleChat, Settings, Step
from rag.models import LanguageModel
from rag.retrieval import CANDIDATES, gather
from tests.index.test_library import BAKERY, HARBOUR, Letters

NOBODY = Settings(model="small", base_url="http://127.0.0.1:9/v1")


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ArticleChat]:
    monkeypatch.setenv("ARTICLE_CHAT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    chat = ArticleChat(NOBODY, Library(tmp_path / "library", embeddings=Letters()))
    yield chat
    chat.close()


@pytest.mark.parametrize(
    "text",
    [
        HARBOUR,
        HARBOUR.rstrip("."),
        "The mill burnt down in 1911.",
        "Was it the mill? “Yes, it was.”",
        "Two lines\nare a text",
        "東京の港は1870年に建てられた。最初の船が来た。",
        "东京的港口建于1870年。第一艘船来了",
        HARBOUR * 100,
    ],
)
def test_a_text_is_given_as_it_is(chat: ArticleChat, text: str) -> None:
    [article] = chat.open(text)
    assert article.text == text


@pytest.mark.parametrize(
    "name",
    [
        "notes.md",
        "The mill.txt",
        "the mill",
        "mill.",
        "/home/anna/all the papers of the mill/the plans and the letters of the year 1911",
        "all the papers of the mill/the plans and the letters of the year 1911.pdf",
    ],
)
def test_a_file_that_is_not_there_is_said(chat: ArticleChat, name: str) -> None:
    with pytest.raises(ArticleError, match="There is no file"):
        chat.open(name)


def test_a_file_whose_name_is_a_sentence_is_read(chat: ArticleChat, tmp_path: Path) -> None:
    (tmp_path / "The mill burnt down in 1911.").write_text(HARBOUR)
    [article] = chat.open("The mill burnt down in 1911.")
    assert article.text == HARBOUR


def test_removing_forgets_what_was_made_of_an_article(chat: ArticleChat, tmp_path: Path) -> None:
    [article] = chat.open(HARBOUR)
    chat.library.add(article)
    made = [tmp_path / "suggestions" / f"{article.id}.json", tmp_path / "prefixes" / "0123.safetensors"]
    others = tmp_path / "suggestions" / "0123456789abcdef.json"
    for file in (*made, others):
        file.parent.mkdir(exist_ok=True)
        file.write_text("[]")
    chat.remove(article.id)
    assert [info.id for info in chat.library.articles()] == []
    assert not any(file.exists() for file in made)
    assert others.exists()
    with pytest.raises(ArticleError, match="no article"):
        chat.remove(article.id)


def test_an_article_is_heard_however_much_the_others_have_to_say(chat: ArticleChat) -> None:
    many = "The harbour of Riga was built by Anna Berg in the year 1870, and not one day later. " * 60
    loud = Article.from_text(f"Gazette\n\n{many}")
    quiet = Article.from_text(f"Herald\n\n{BAKERY} The harbour of Riga was built by Bo Ek in 1871.")
    chat.open([loud, quiet])
    evidence = gather("Who built the harbour of Riga?", None, [loud, quiet], chat.library)
    assert {excerpt.article.id for excerpt in evidence.excerpts} == {loud.id, quiet.id}


def test_what_was_made_of_an_article_goes_though_its_vectors_cannot_be_reached(
    chat: ArticleChat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = Article.from_text(HARBOUR)
    chat.library.add(article)
    made = [tmp_path / "suggestions" / f"{article.id}.json", tmp_path / "prefixes" / "a.safetensors"]
    for file in made:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("[]")

    def away(self: VectorIndex) -> bool:
        raise StoreError("The server is away.")

    monkeypatch.setattr(VectorIndex, "refresh", away)
    with pytest.raises(StoreError, match="away"):
        chat.remove(article.id)
    assert not any(file.exists() for file in made)
    assert not chat.library.articles()


def test_how_far_an_article_is_that_another_embedding_model_must_read_is_told(
    chat: ArticleChat, tmp_path: Path
) -> None:
    class Others(Letters):
        model = "others"

    [article] = chat.open(HARBOUR * 100)
    chat.library.close()
    for wanted in (True, False):  # it is kept: the second time there is nothing to do
        again = ArticleChat(NOBODY, Library(tmp_path / "library", embeddings=Others()))
        told = []
        for event in again.stream("Who built the harbour?", article=again.library.get(article.id)):
            if isinstance(event, Step) and event.name == "searching":
                break
            told.append(event.to_dict())
        again.library.close()
        shares = [step["progress"] for step in told if step["progress"] is not None]
        assert all(step["name"] == "indexing" for step in told)
        assert (shares[:1] + shares[-1:] == [0.0, 1.0]) is wanted
        assert shares == sorted(shares)


def test_an_article_that_nobody_waits_for_any_more_is_not_read_to_its_end(chat: ArticleChat) -> None:
    article = Article.from_text(" ".join(f"Harbour number {n} was built by {n} people." for n in range(3000)))
    events = chat.stream("Who built the harbour?", article=article)
    for event in events:
        if isinstance(event, Step) and event.progress is not None:
            break
    events.close()
    assert not chat.library.articles()


def test_of_a_whole_library_only_what_is_read_is_loaded(
    chat: ArticleChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        chat.library.add(Article.from_text(f"House {number} of the street was built in {1900 + number}."))
    chat.library.add(Article.from_text(HARBOUR))
    loaded: list[str] = []
    get = Library.get

    def note(library: Library, article_id: str) -> Article:
        loaded.append(article_id)
        return get(library, article_id)

    monkeypatch.setattr(Library, "get", note)
    every = chat.open(chat.library.articles())
    assert len(every) == 41
    assert loaded == []
    evidence = gather("Who built the harbour of Riga?", None, every, chat.library)
    assert evidence.texts[0] == HARBOUR
    assert set(loaded) == {excerpt.article.id for excerpt in evidence.excerpts}
    assert len(loaded) <= CANDIDATES


def test_one_of_the_library_is_opened_by_its_entry(chat: ArticleChat) -> None:
    article = Article.from_text(HARBOUR, title="The harbour")
    chat.library.add(article)
    [entry] = [info for info in chat.library.articles() if "harbour" in info.title]
    assert chat.open(entry) == chat.open([entry]) == (article,)
    chat.library.remove(article.id)
    with pytest.raises(ArticleError, match="no article"):
        chat.open(entry)


def test_what_is_read_ahead_is_what_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Few(Letters):
        max_tokens = 100

        def count_tokens(self, texts: list[str]) -> list[int]:
            return [len(text) // 2 for text in texts]

    read: list[str] = []
    monkeypatch.setattr(LanguageModel, "builtin", True)
    monkeypatch.setattr(LanguageModel, "read_ahead", lambda _, part, **how: read.append(part) or True)
    article = Article.from_text(" ".join(f"{HARBOUR} It was ship {number}." for number in range(60)))
    with Library(tmp_path / "few", embeddings=Few()) as library:
        library.add(article)
        ArticleChat(NOBODY, library).read_ahead(article)
        hits = library.search("Who built the harbour?", k=len(read))
    assert sorted(hit.passage.text for hit in hits) == sorted(
        part.removeprefix("Article:\n").strip() for part in read
    )


def test_a_slow_site_keeps_nobody_else_waiting(chat: ArticleChat, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    fetched: list[str] = []

    def load(url: str, *, allow_url: bool) -> Article:
        assert allow_url
        fetched.append(url)
        assert "slow" not in url or answers.wait(20)
        return Article.from_text(HARBOUR, source=url)

    monkeypatch.setattr("rag.opening.load", load)
    with ThreadPoolExecutor(1) as others:
        slow = others.submit(chat.open, "https://slow.example.org")
        [article] = chat.open("https://quick.example.org")
        assert not slow.done()
        answers.set()
        assert slow.result() == (replace(article, source="https://slow.example.org"),)
    chat.open("https://slow.example.org")
    assert sorted(fetched) == ["https://quick.example.org", "https://slow.example.org"]
