"""The library: what is kept, found, replaced and removed."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from index import Article, ArticleError, Library, SentenceEmbeddings, StoreError, load, seed_article, split
from index.articles import BlockKind, Part
from index.database import Database
from tests.index.conftest import Counting

HARBOUR = (
    "The harbour of Riga was built in 1870 by Anna Berg, and the first ship came from Lübeck with grain."
)
BAKERY = "The bakery in the old town sells rye bread, and its ovens burn birch wood from before sunrise."


class Letters(Embeddings):
    """Vectors of the letters in a text: quick to make and the same every time."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        counts = [1.0 + text.lower().count(chr(97 + n)) for n in range(26)]
        length = sum(count * count for count in counts) ** 0.5
        return [count / length for count in counts]


def test_an_article_is_kept_and_found(library: Library) -> None:
    article = seed_article()
    shares: list[float] = []
    assert library.add(article, progress=lambda _, share: shares.append(share))
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(before <= after for before, after in pairwise(shares))
    assert library.get(article.id) == article
    [info] = library.articles()
    assert (info.id, info.title, info.words, info.author) == (
        article.id,
        article.title,
        344,
        "TECH TIMES NEWS",
    )

    hits = library.search("Why might Google stop working with Scale?", k=3)
    assert len(hits) == 3
    assert hits[0].score >= hits[1].score >= hits[2].score
    assert all(0 <= hit.score <= 1 and 0 <= hit.lexical <= 1 and -1 <= hit.dense <= 1 for hit in hits)
    for hit in hits:
        assert article.text[hit.passage.start : hit.passage.end] == hit.passage.text
    assert {hit.passage.heading for hit in hits[:2]} & {"Google’s Concerns Over Strategic Conflict", None}


def test_what_is_kept_outlives_the_library(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    article = seed_article()
    with Library(tmp_path, embeddings=embeddings) as first:
        first.add(article)
        before = first.search("Who leads the new team?")
    counting = Counting()
    with Library(tmp_path, embeddings=counting) as second:
        assert second.get(article.id) == article
        assert not second.add(article)
        assert second.search("Who leads the new team?") == before
        assert counting.embedded == []


def test_library_opens_again_after_closing(library: Library) -> None:
    library.add(seed_article())
    library.close()
    library.close()
    assert library.search("Google")


def test_a_changed_file_replaces_its_former_self(tmp_path: Path, counting: Counting) -> None:
    path = tmp_path / "news.md"
    path.write_text(f"# News\n\n{HARBOUR * 5}\n\n{BAKERY * 5}\n")
    with Library(tmp_path / "library", embeddings=counting) as library:
        former = load(path)
        library.add(former)
        path.write_text(f"# News\n\n{HARBOUR * 5}\n\n{BAKERY.replace('rye', 'oat') * 5}\n")
        new = load(path)
        counting.embedded.clear()
        assert library.add(new)
        assert [info.id for info in library.articles()] == [new.id]
        assert len(counting.embedded) == 1  # the harbour's passage is known
        assert "oat" in library.search("What bread does the bakery sell?", k=1)[0].passage.text
        assert not library.search("rye", article_ids=[former.id])
        with pytest.raises(ArticleError, match=former.id):
            library.get(former.id)


def test_texts_that_were_pasted_do_not_replace_each_other(library: Library) -> None:
    library.add(Article.from_text(HARBOUR))
    library.add(Article.from_text(BAKERY))
    assert len(library.articles()) == 2


def sources(library: Library) -> dict[str, str]:
    """The titles of the articles by where they came from."""
    return {info.source: info.title for info in library.articles()}


def test_a_text_of_two_files_stays_when_one_of_them_changes(library: Library) -> None:
    library.add(Article.from_text(HARBOUR, source="/a.txt", title="Harbour"))
    library.add(Article.from_text(HARBOUR, source="/b.txt"))
    library.add(Article.from_text(BAKERY, source="/a.txt", title="Bakery"))
    assert sources(library) == {"/b.txt": "Harbour", "/a.txt": "Bakery"}
    assert library.search("Who built the harbour?", k=1)[0].passage.text == HARBOUR
    library.add(Article.from_text(BAKERY, source="/b.txt"))
    assert sources(library) == {"/a.txt": "Bakery"}


def test_a_pasted_text_that_is_added_as_a_file_changes_with_it(library: Library) -> None:
    library.add(Article.from_text(HARBOUR, source="pasted", title="Harbour"))
    library.add(Article.from_text(HARBOUR, source="/c.txt"))
    assert sources(library) == {"/c.txt": "Harbour"}
    library.add(Article.from_text(BAKERY, source="/c.txt", title="Bakery"))
    assert sources(library) == {"/c.txt": "Bakery"}


def test_a_known_text_takes_a_new_title(tmp_path: Path, counting: Counting) -> None:
    article = Article.from_text(HARBOUR, source="/a.txt")
    with Library(tmp_path, embeddings=Letters()) as other:
        other.add(article)
    with Library(tmp_path, embeddings=counting) as library:
        library.add(article)
        assert not library.add(Article.from_text(HARBOUR, source="/a.txt", title="Zeppelins"))
        assert sources(library) == {"/a.txt": "Zeppelins"}
        assert library.search("zeppelin", k=1)[0].lexical == 1
        counting.embedded.clear()
        assert not library.add(article)  # the beginning of a text is no new title
        assert not library.add(Article.from_text(HARBOUR, title="Airships"), rename=False)
        assert sources(library) == {"/a.txt": "Zeppelins"}
        assert counting.embedded == []
    with Library(tmp_path, embeddings=Letters()) as other:
        assert other.search("zeppelin", k=1)[0].lexical == 1


def test_a_known_text_takes_the_new_structure_of_its_own_file(tmp_path: Path, counting: Counting) -> None:
    def page(source: str, kind: BlockKind) -> Article:
        parts = [Part(kind, "The ovens", 1), Part("paragraph", BAKERY)]
        return Article.from_parts(parts, source=source, title="Bread")

    def headings() -> list[str | None]:
        return [hit.passage.heading for hit in library.search("Which wood burns in the ovens?")]

    with Library(tmp_path, embeddings=counting) as library:
        assert library.add(page("pasted", "paragraph"))
        assert not library.add(page("/a.html", "heading"))
        assert headings() == ["The ovens"]
        counting.embedded.clear()
        assert not library.add(page("/b.html", "paragraph"))
        assert not library.add(page("/a.html", "heading"))
        assert counting.embedded == []
        assert headings() == ["The ovens"]
        assert not library.add(page("/a.html", "paragraph"))
        assert headings() == [None]


def test_removing_leaves_nothing(library: Library) -> None:
    harbour, bakery = Article.from_text(HARBOUR), Article.from_text(BAKERY)
    library.add(harbour)
    library.add(bakery)
    library.remove(harbour.id)
    assert [info.id for info in library.articles()] == [bakery.id]
    assert {hit.passage.article_id for hit in library.search("Who built the harbour of Riga?")} == {bakery.id}
    with pytest.raises(ArticleError, match="no article"):
        library.remove(harbour.id)
    library.close()
    with sqlite3.connect(library.path / "library.sqlite") as file:
        kept = "\n".join(file.iterdump())
    file.close()
    assert "Lübeck" not in kept
    with sqlite3.connect(library.path / "chroma" / "chroma.sqlite3") as file:
        [count] = file.execute("SELECT count(*) FROM embeddings").fetchone()
    file.close()
    assert count == 1


def test_no_word_of_a_removed_article_is_left_in_the_files(tmp_path: Path) -> None:
    secret = Article.from_text("The zanzibarwort of Quetzalcoatlus is in the cellar. " * 3, title="Xanthippe")
    kept = [Article.from_text(f"{BAKERY} Its number is {number}.") for number in range(30)]
    with (
        Library(tmp_path, embeddings=Letters()) as other,
        Library(tmp_path, embeddings=Hosted(26)) as library,
    ):
        for article in (secret, *kept):
            library.add(article)
        other.add(secret)
        library.remove(secret.id)
        for file in tmp_path.rglob("library.sqlite*"):
            data = file.read_bytes().lower()
            for word in (b"anzibarwort", b"uetzalcoatl", b"anthipp"):
                assert word not in data, file
        assert len(library.search("bread", k=50)) == 30


def test_some_articles_are_searched(library: Library) -> None:
    harbour, bakery, seed = Article.from_text(HARBOUR), Article.from_text(BAKERY), seed_article()
    for article in (harbour, bakery, seed):
        library.add(article)
    assert library.search("bread", k=1)[0].passage.article_id == bakery.id
    found = library.search("bread", article_ids=[harbour.id, seed.id], k=20)
    assert {hit.passage.article_id for hit in found} == {harbour.id, seed.id}
    assert library.search("bread", article_ids=[]) == []
    assert library.search("bread", article_ids=["unknown"]) == []
    many = [f"{number:016x}" for number in range(2000)]
    assert library.search("bread", article_ids=[*many, bakery.id], k=1)[0].passage.article_id == bakery.id


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "?",
        '" OR * NEAR(',
        "the of and",
        "grain:ships AND NOT -bread",
        "Wer baute den Hafen? " * 500,
        "\0",
    ],
)
def test_no_question_breaks_the_search(library: Library, question: str) -> None:
    library.add(Article.from_text(HARBOUR))
    assert len(library.search(question)) == (1 if question.strip() else 0)
    assert library.search(question, k=0) == []


def test_scripts_without_spaces_are_found_by_words(library: Library) -> None:
    library.add(Article.from_text("今天天气很好，我们去公园散步。" * 3))
    library.add(Article.from_text("图书馆的书很多，学生们在那里学习。" * 3))
    best = library.search("公园", k=1)[0]
    assert "公园" in best.passage.text
    assert best.lexical == 1


def test_each_model_has_a_space_of_its_own(
    tmp_path: Path, embeddings: SentenceEmbeddings, caplog: pytest.LogCaptureFixture
) -> None:
    article = seed_article()
    with Library(tmp_path, embeddings=embeddings) as first:
        first.add(article)
        before = first.search("Who leads the new team?")
        with Library(tmp_path, embeddings=Letters()) as second:
            assert second.search("Who leads the new team?")
            assert "Reading 1 article again, once, with the embedding model Letters" in caplog.text
            second.add(Article.from_text(HARBOUR))
        after = first.search("Who leads the new team?", article_ids=[article.id])
        assert {hit.passage: hit.dense for hit in after} == {hit.passage: hit.dense for hit in before}
        assert first.search("Who built the harbour?", k=1)[0].passage.text == HARBOUR
        first.remove(article.id)
    with Library(tmp_path, embeddings=Letters()) as second:
        assert {hit.passage.text for hit in second.search("Who leads the new team?")} == {HARBOUR}


class Hosted(Letters):
    """A class that stands for several models, as LangChain's do."""

    def __init__(self, size: int, **told: object) -> None:
        self.size = size
        self.__dict__.update(told)

    def embed_query(self, text: str) -> list[float]:
        return super().embed_query(text)[: self.size]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"model": "small"}, {"model": "large"}),
        ({"model_name": "small"}, {"model_name": "large"}),
        ({"model": "small", "dimensions": 26}, {"model": "small", "dimensions": 13}),
    ],
)
def test_models_of_one_class_are_apart(tmp_path: Path, one: dict, other: dict) -> None:
    with Library(tmp_path, embeddings=Hosted(26, **one)) as library:
        library.add(Article.from_text(HARBOUR))
    with Library(tmp_path, embeddings=Hosted(13, **other)) as library:
        assert library.search("Who built the harbour?")
        library.add(Article.from_text(BAKERY))
    with Library(tmp_path, embeddings=Hosted(26, **one)) as library:
        assert len(library.search("Who built the harbour?")) == 2


def test_vectors_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    with Library(tmp_path, embeddings=Hosted(26)) as library:
        library.add(Article.from_text(HARBOUR))
    with Library(tmp_path, embeddings=Hosted(13)) as library:
        with pytest.raises(StoreError, match=r"'Hosted' gives 13 numbers .* has 26 .* another `name`"):
            library.search("Who built the harbour?")
        with pytest.raises(StoreError, match="gives 13 numbers"):
            library.add(Article.from_text(BAKERY))


def test_among_many_passages_the_rare_words_of_a_question_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.space._MOST_COMPARED", 5)
    texts = [f"The harbour of town {number} has a stone quay for ships. " * 4 for number in range(20)]
    texts[13] += "The quay for ships was built by a Zimmermann."
    with Library(tmp_path, embeddings=Letters()) as library:
        library.add(Article.from_text("\n\n".join(texts)))
        best = max(
            library.search("Which harbour quay did a Zimmermann build?", k=20), key=lambda h: h.lexical
        )
        assert "Zimmermann" in best.passage.text
        assert any(hit.lexical for hit in library.search("Which harbour has a quay?", k=20))


def test_among_many_passages_a_common_word_counts_beside_a_rare_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.space._MOST_COMPARED", 5)
    with Library(tmp_path, embeddings=Letters()) as library:
        for text in ("The quay has seen a Zimmermann.", "A Zimmermann quay is what he has."):
            library.add(Article.from_text(text))
        for number in range(20):
            library.add(Article.from_text(f"The quay of town {number} is old."))
        apart, together = sorted(
            library.search("Where is the Zimmermann quay?", k=30), key=lambda h: h.lexical
        )[-2:]
        assert together.passage.text.startswith("A Zimmermann quay")
        assert apart.lexical < 0.8


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("Is Maria Holm here?", "Maria Holm met Anna Berg there.", "Anna Holm met Maria Berg there."),
        (
            "Who saw the port of Riga?",
            "He saw the port of Riga by night.",
            "He saw by night Riga, the port of.",
        ),
        ("東京はどこですか", "彼は東京に住んでいる。", "彼は京の東に住んでいる。"),
    ],
)
def test_words_that_stand_together_say_more(tmp_path: Path, question: str, right: str, wrong: str) -> None:
    with Library(tmp_path, embeddings=Letters()) as library:
        for text in (wrong, right, BAKERY):
            library.add(Article.from_text(text))
        first, second = sorted(library.search(question), key=lambda hit: -hit.lexical)[:2]
        assert (first.passage.text, second.passage.text) == (right, wrong)
        assert second.lexical < 0.8


def test_many_passages_are_found_by_chroma_as_exactly(tmp_path: Path) -> None:
    words = HARBOUR.split() + BAKERY.split()
    paragraphs = [" ".join(words[(n * m) % len(words)] for m in range(1, 70)) + f" {n}." for n in range(2300)]
    articles = [
        Article.from_text("\n\n".join(paragraphs[first : first + 100]), source=f"/{first}")
        for first in range(0, len(paragraphs), 100)
    ]
    with Library(tmp_path, embeddings=Letters()) as library:
        for article in articles:
            library.add(article)
        question = "When did the first ship come from Lübeck with grain?"
        found = library.search(question, k=20)
        some = [article.id for article in articles[:22]]
        found_in_some = library.search(question, k=20, article_ids=some)
        assert library.search(question, k=20, article_ids=[article.id for article in articles]) == found
        crowd = [*some, *(f"{number:016x}" for number in range(40_000))]
        found_in_crowd = library.search(question, k=20, article_ids=crowd)
        # A second library on the same directory does not own Chroma, and compares all the vectors itself.
        with Library(tmp_path, embeddings=Letters()) as other:
            exact = other.search(question, k=20)
            exact_in_some = other.search(question, k=20, article_ids=some)
        assert found_in_crowd == exact_in_some
        for ours, theirs in ((found, exact), (found_in_some, exact_in_some)):
            same = {hit.passage.id for hit in ours} & {hit.passage.id for hit in theirs}
            assert len(same) >= 18
            assert ours[0].score == pytest.approx(theirs[0].score, abs=1e-3)


def test_threads_add_and_search_together(tmp_path: Path, counting: Counting) -> None:
    articles = [Article.from_text(f"{HARBOUR} It was year {year}.") for year in range(1900, 1910)]
    with Library(tmp_path, embeddings=counting) as library, ThreadPoolExecutor(8) as threads:
        added = list(threads.map(library.add, articles * 2))
        assert sum(added) == len(articles)
        assert len(counting.embedded) == sum(len(split(article)) for article in articles)
        questions = [f"What was in the year {year}?" for year in range(1900, 1910)]
        found = list(threads.map(lambda question: library.search(question, k=1)[0], questions))
        assert [hit.passage.text[-5:-1] for hit in found] == [str(year) for year in range(1900, 1910)]


def test_chroma_is_made_again_when_it_is_lost(tmp_path: Path, counting: Counting) -> None:
    import shutil

    with Library(tmp_path, embeddings=counting) as library:
        library.add(seed_article())
    shutil.rmtree(tmp_path / "chroma")
    counting.embedded.clear()
    with Library(tmp_path, embeddings=counting) as library:
        library.add(Article.from_text(HARBOUR))
    with sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3") as file:
        assert file.execute("SELECT count(*) FROM embeddings").fetchone() == (7,)
    file.close()
    assert len(counting.embedded) == 1


def test_damage_is_said(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(StoreError, match=r"library\.sqlite cannot be used .*move that file away"):
        Library(tmp_path, embeddings=embeddings).articles()


def test_a_damaged_page_is_said(tmp_path: Path) -> None:
    with Library(tmp_path, embeddings=Letters()) as library:
        library.add(Article.from_text(HARBOUR))
    file = tmp_path / "library.sqlite"
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * (file.stat().st_size - 4096))
    message = r"malformed\). It is damaged: move that file away"
    with Library(tmp_path, embeddings=Letters()) as library, pytest.raises(StoreError, match=message):
        library.articles()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE VIRTUAL TABLE words USING fts9 (body)", r"no such module: fts9\). .* use another Python\.$"),
        ("SELECT * FROM nowhere", r"no such table: nowhere\). Leave that file where it is"),
    ],
)
def test_a_sound_library_is_not_to_be_moved_away(tmp_path: Path, statement: str, message: str) -> None:
    database = Database(tmp_path / "library.sqlite")
    with pytest.raises(StoreError, match=message), database.read() as connection:
        connection.execute(statement)
    database.close()


def test_a_library_that_was_closed_meanwhile_is_not_to_be_moved_away(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.sqlite")
    with database.read() as connection:
        connection.close()
    message = r"closed database\.\). Leave that file where it is"
    with pytest.raises(StoreError, match=message), database.read() as connection:
        connection.execute("SELECT 1")


def test_a_newer_library_is_left_alone(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    with sqlite3.connect(tmp_path / "library.sqlite") as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(StoreError, match="newer version"):
        Library(tmp_path, embeddings=embeddings).articles()


def test_a_place_that_is_no_directory_is_said(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        Library(tmp_path / "file" / "library", embeddings=embeddings).articles()


def test_files_do_not_stay_open_for_threads_that_have_ended(library: Library) -> None:
    library.add(Article.from_text(HARBOUR))
    files = Path("/proc/self/fd")
    if not files.exists():
        pytest.skip("this system does not tell which files are open")

    def ask() -> None:
        assert library.search("Who built the harbour?")

    counts = []
    for _ in range(3):
        for _ in range(10):
            thread = threading.Thread(target=ask)
            thread.start()
            thread.join()
        counts.append(len(list(files.iterdir())))
    assert counts[2] <= counts[0] + 1


def test_what_is_there_is_asked_while_something_long_is_added(tmp_path: Path) -> None:
    begun, release = threading.Event(), threading.Event()

    class Slow(Letters):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            if any("bakery" in text for text in texts):
                begun.set()
                release.wait(20)
            return super().embed_documents(texts)

    with Library(tmp_path, embeddings=Slow()) as library, ThreadPoolExecutor(1) as pool:
        harbour = Article.from_text(HARBOUR)
        library.add(harbour)
        adding = pool.submit(library.add, Article.from_text(BAKERY))
        assert begun.wait(20)
        try:
            assert not library.add(harbour)
            assert library.search("Who built the harbour?")
            assert not adding.done()
        finally:
            release.set()
        assert adding.result()


@pytest.mark.parametrize(
    "text",
    [
        f"The harbour{' ' * 1_000_000}of Riga",
        "The harbour\n" + "\t" * 1_000_000 + "of Riga",
        "[" * 1_000_000 + "](#a)",
    ],
    ids=["spaces", "tabs", "brackets"],
)
def test_a_text_made_to_keep_the_reader_busy_is_read(text: str) -> None:
    # In a moment: not after the hours that trying every end of each run takes.
    assert Article.from_text(text).text
