"""What the page keeps on this computer, without a browser."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from index import ArticleChatError, StoreError, seed_article
from ui.conversations import Conversations, history
from ui.feedback import erase, feedback, feedback_path, rate
from ui.jobs import Job, Jobs
from ui.render import article_json, conversation_markdown
from ui.security import is_loopback


def ran(coroutine: Coroutine[Any, Any, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Run it in a thread of its own: the browser's tests leave their event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def turn(question: str, **values: Any) -> dict[str, Any]:
    return {"id": "t", "question": question, "state": "done", "job": None, "answer": None, "checked": [],
            "retractions": [], "error": None, "rating": None, **values}  # fmt: skip


def answer(**values: Any) -> dict[str, Any]:
    return {"question": "Q?", "text": "A.", "status": "answered", "sentences": ["A."], "citations": [],
            "passages": [], "confidence": 0.9, "model": "small", **values}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "conversations")


def test_conversations_are_private_and_named_by_their_first_question(
    store: Conversations, tmp_path: Path
) -> None:
    record = store.create("local", ["a"])
    record["turns"] = [turn("Why  is\nthat? " + "x" * 200)]
    store.save(record)
    assert store.get("local", record["id"])["title"].startswith("Why is that? xxx")
    (path,) = (tmp_path / "conversations").rglob("*.json")
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    with pytest.raises(ArticleChatError, match="not on this computer"):
        store.get("somebody else", record["id"])
    assert store.list("somebody else") == []


def test_thumbs_can_be_erased() -> None:
    rate("one", answer(question="Who knows?"), "bad")
    count = len(feedback())
    assert erase() == count
    assert feedback() == []
    assert not feedback_path().exists()
    assert erase() == 0


def test_a_readers_secret_is_not_written_down(store: Conversations, tmp_path: Path) -> None:
    record = store.create("the-secret-of-a-browser", [])
    record["turns"] = [turn("Why?")]
    store.save(record)
    assert not [p for p in tmp_path.rglob("*") if "secret" in p.name]
    assert all("the-secret" not in p.read_text() for p in tmp_path.rglob("*.json"))


@pytest.mark.parametrize("name", ["../local/x", "", "a" * 31, "A" * 32, "a" * 32 + "\n"])
def test_only_ids_become_file_names(store: Conversations, name: str) -> None:
    with pytest.raises(ArticleChatError):
        store.get("local", name)
    with pytest.raises(ArticleChatError):
        store.erase("local", name)


def test_a_damaged_conversation_costs_only_itself(store: Conversations, tmp_path: Path) -> None:
    records = [store.create("local", []) for _ in range(2)]
    for record in records:
        record["turns"] = [turn("Why?")]
        store.save(record)
    path = tmp_path / "conversations" / "local" / f"{records[0]['id']}.json"
    path.write_text('{"half of')
    assert [row["id"] for row in store.list("local")] == [records[1]["id"]]
    with pytest.raises(StoreError, match="cannot be read"):
        store.get("local", records[0]["id"])
    store.erase("local")
    assert not list(path.parent.iterdir())


DAMAGE: list[Callable[[dict[str, Any]], Any]] = [
    lambda record: [],
    lambda record: {"turns": []},
    lambda record: {**record, "updated": None},
    lambda record: {**record, "reader": None},
    lambda record: {**record, "articles": "a"},
    lambda record: {**record, "turns": {}},
    lambda record: {**record, "turns": ["Why?"]},
    lambda record: {**record, "turns": [{"question": "Why?"}]},
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_json_that_is_no_conversation_costs_only_itself(
    store: Conversations, tmp_path: Path, damage: Callable[[dict[str, Any]], Any]
) -> None:
    records = [store.create("local", []) for _ in range(2)]
    for record in records:
        record["turns"] = [turn("Why?")]
        store.save(record)
    path = tmp_path / "conversations" / "local" / f"{records[0]['id']}.json"
    path.write_text(json.dumps(damage(records[0])))
    assert [row["id"] for row in store.list("local")] == [records[1]["id"]]
    with pytest.raises(StoreError, match="damaged"):
        store.get("local", records[0]["id"])


def test_a_full_disk_loses_nothing(
    store: Conversations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store.create("local", [])
    record["turns"] = [turn("Why?")]
    store.save(record)

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(StoreError, match="No space left"):
            store.change("local", record["id"], lambda r: r.update(title="other", turns=[turn("Other?")]))
    assert store.get("local", record["id"])["turns"][0]["question"] == "Why?"
    assert len(list((tmp_path / "conversations" / "local").iterdir())) == 1


def test_changes_from_two_threads_are_both_kept(store: Conversations) -> None:
    record = store.create("local", [])
    record["turns"] = [turn("Why?")]
    store.save(record)

    def add(number: int) -> None:
        for _ in range(10):
            store.change("local", record["id"], lambda r: r["articles"].append(number))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.get("local", record["id"])["articles"]) == 40


def test_only_answered_turns_are_history() -> None:
    turns = [turn("A?", answer=answer(text="a")), turn("B?", state="failed"), turn("C?", state="stopped")]
    assert history(turns) == [("A?", "a")]


def test_the_latest_word_on_an_answer_counts() -> None:
    before = len(feedback())
    rate("one", answer(text="line\u2028separator"), "bad")
    rate("two", answer(), "good")
    rate("one", answer(text="line\u2028separator"), "good")
    with feedback_path().open("a") as file:
        file.write("not json\n")
    rate("two", answer(), None)
    entries = feedback()[before:]
    assert [(e["turn"], e["rating"], e["answer"]) for e in entries] == [
        ("one", "good", "line\u2028separator")
    ]
    assert feedback("bad") == [e for e in feedback() if e["rating"] == "bad"]
    assert feedback_path().stat().st_mode & 0o077 == 0
    assert all(json.loads(line) for line in feedback_path().read_text().split("\n") if line.startswith("{"))


def test_markdown_shows_just_the_text() -> None:
    quote = "<img src=x> *not* [a link](javascript:x)"
    citation = {"article_id": "a", "start": 0, "end": 9, "quote": quote, "title": "T#1", "page": 3,
                "sentence": 0, "score": 1.0}  # fmt: skip
    conversation = {
        "title": "Why?",
        "updated": "2026-11-23T10:00:00+00:00",
        "turns": [
            turn("Why <b>?", answer=answer(citations=[citation])),
            turn("And?", answer=answer(status="not_in_article", sentences=[], passages=[citation])),
            turn("Who, and how old?", answer=answer(unanswered=["how old is *he*?"])),
            turn("So?", state="failed", error="It failed."),
        ],
    }
    text = conversation_markdown(conversation, ["T#1"])
    assert "<img" not in text.replace("\\<img", "")
    assert "](" not in text.replace("\\](", "")
    assert "A. \\[1\\]" in text
    assert "T\\#1, p. 3" in text
    assert "**The article does not say.**" in text
    assert "*The article does not say: “how old is \\*he\\*?”*" in text
    assert "*It failed.*" in text


def test_markdown_has_what_was_verified_of_a_stopped_answer() -> None:
    def checked(sentence: int, text: str) -> dict[str, Any]:
        citation = {"article_id": "a", "start": sentence, "end": 9, "quote": f"Q{sentence}", "title": "T",
                    "page": None, "sentence": sentence, "score": 1.0}  # fmt: skip
        return {"kind": "checked", "sentence": sentence, "text": text, "citations": [citation]}

    turns = [turn("Why?", state="stopped", checked=[checked(2, "Later."), checked(0, "First.")]),
             turn("And?", state="stopped")]  # fmt: skip
    text = conversation_markdown({"title": "Why?", "updated": "2026-11-23T10:00", "turns": turns}, ["T"])
    assert "First. \\[1\\] Later. \\[2\\]" in text
    assert "“Q0”" in text
    assert "*Stopped before the answer was whole.*" in text
    assert "*Stopped before there was an answer.*" in text


def test_an_article_for_the_page() -> None:
    article = seed_article()
    data = article_json(article)
    assert data["text"] == article.text
    assert data["words"] == article.word_count
    kinds = [kind for kind, *_ in data["blocks"]]
    assert kinds.count("heading") == 4
    json.dumps(data)


def test_jobs_are_bounded_and_end_when_nobody_waits() -> None:
    jobs = Jobs(workers=1, waiting=1)
    release = threading.Event()

    def wait(job: Job) -> None:
        while not (job.stopped or release.is_set()):
            time.sleep(0.01)
        job.say({"kind": "stopped" if job.stopped else "ended"})

    first = jobs.start(wait, Job(patience=0.3))
    second = jobs.start(wait)
    with pytest.raises(ArticleChatError, match="Too many"):
        jobs.start(wait)
    assert [event["detail"] for event in ran(second.after(0, wait=1))] == ["Waiting for its turn"]
    assert ran(first.after(0)) == []  # followed, it would go on; but it is not followed for long enough
    assert ran(first.after(0, wait=1)) in ([], [{"kind": "stopped"}])
    time.sleep(0.5)
    assert first.events == [{"kind": "stopped"}]
    release.set()
    assert ran(second.after(1)) == [{"kind": "ended"}]
    with pytest.raises(ArticleChatError):
        jobs.get("unknown")


def test_a_job_that_is_stopped_makes_room_though_its_model_hangs() -> None:
    jobs = Jobs(workers=1)
    hanging = threading.Event()
    first = jobs.start(lambda job: hanging.wait(30))
    second = jobs.start(lambda job: job.say({"kind": "ended"}))
    assert ran(second.after(1, wait=0.3)) == []
    assert jobs.busy
    first.stop()
    assert ran(second.after(1)) == [{"kind": "ended"}]
    assert not jobs.busy  # though the model of the first one hangs still
    hanging.set()


def test_what_a_job_raises_is_its_last_word() -> None:
    def fail(job: Job) -> None:
        raise ArticleChatError("The reason, in words.")

    job = Jobs().start(fail)
    assert ran(job.after(0)) == [{"kind": "failed", "message": "The reason, in words."}]


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("[::1]", True),
     ("10.0.0.1", False), ("192.168.1.2", False), ("evil.example", False), ("", False), (None, False)],
)  # fmt: skip
def test_loopback(host: str | None, expected: bool) -> None:
    assert is_loopback(host) is expected
