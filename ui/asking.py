"""A question asked in a conversation: on its way in a thread, kept on disk when it has been answered."""

import secrets
from collections.abc import Callable
from contextlib import closing
from typing import Any

import rag
from index.errors import ArticleChatError
from rag.retrieval import Asked
from ui.conversations import Conversations, Record, history
from ui.jobs import Job, Jobs, explain

__all__ = ["Asking"]

_PATIENCE = 20.0  # seconds in which a page that was reloaded comes back for its answer


class Asking:
    """Questions on their way.

    Args:
        conversations: Where they are kept.
        jobs: Where they run.
    """

    def __init__(self, conversations: Conversations, jobs: Jobs) -> None:
        self._conversations = conversations
        self._jobs = jobs

    def ask(
        self,
        chat: rag.ArticleChat,
        reader: str,
        question: str,
        find: Callable[[], list[Asked]],
        *,
        conversation_id: str | None = None,
        instead_of: str | None = None,
        last: str | None = None,
    ) -> dict[str, Any]:
        """Ask, and return at once.

        Args:
            chat: Answers.
            reader: Who asks.
            question: What they ask.
            find: Gives the articles that they ask; once more when it is the question's turn, for one may have been
                removed meanwhile.
            conversation_id: The conversation it belongs to; a new one if None.
            instead_of: The turn that it replaces, together with all that followed.
            last: The last turn that the page knows of those.

        Returns:
            The ids of the ``conversation``, the ``turn`` and the ``job`` to follow. If too many are waiting, there
            is no job, and ``failed`` says so; the turn is kept, so that asking again can replace it.

        Raises:
            ArticleChatError: If it is empty, or cannot be kept.
        """
        if not question.strip():
            raise ArticleChatError("Type a question first.")
        about = [article.id for article in find()]
        job = Job(_PATIENCE)
        turn: dict[str, Any] = {"id": secrets.token_hex(16), "question": question, "state": "running", "job": job.id,
                "answer": None, "checked": [], "retractions": [], "error": None, "rating": None}  # fmt: skip
        pairs: list[tuple[str, str]] = []

        def append(record: Record) -> None:
            turns = record["turns"]
            if last and last in {t["id"] for t in turns[:-1]}:
                raise ArticleChatError("This conversation went on in another tab. Reload the page to see it.")
            if instead_of is not None:
                turns = turns[: next((i for i, t in enumerate(turns) if t["id"] == instead_of), len(turns))]
            pairs.extend(history(turns))
            record.update(turns=[*turns, turn], articles=about)

        def keep(**values: Any) -> None:
            """Note in the file how the turn ended, unless it was stopped or replaced meanwhile."""

            def change(current: Record) -> None:
                for kept in current["turns"]:
                    if kept["id"] == turn["id"] and kept["state"] == "running":
                        kept.update(values, job=None)

            self._conversations.change(reader, record["id"], change)

        if conversation_id:
            record = self._conversations.change(reader, conversation_id, append)
        else:
            record = self._conversations.create(reader, about)
            append(record)
            self._conversations.save(record)
        ids = {"conversation": record["id"], "turn": turn["id"], "job": job.id}
        try:
            self._jobs.start(lambda job: self._answer(job, chat, question, find, pairs, keep), job)
        except ArticleChatError as error:
            keep(state="failed", error=str(error))
            return {**ids, "job": None, "failed": str(error)}
        return ids

    def stop(self, reader: str, conversation_id: str, job_id: str) -> dict[str, Any]:
        """Stop a question. What was verified of its answer is kept.

        Args:
            reader: Who asked it.
            conversation_id: The conversation it belongs to.
            job_id: Its job.

        Returns:
            Nothing of interest.
        """
        checked: list[dict[str, Any]] = []
        retractions: list[dict[str, Any]] = []
        try:
            job = self._jobs.get(job_id)
            job.stop()
            checked, retractions = _settled(job)
        except ArticleChatError:
            pass  # the program was restarted since: there is only the file to put right

        def change(record: Record) -> None:
            for turn in record["turns"]:
                if turn["job"] == job_id and turn["state"] == "running":
                    turn.update(state="stopped", job=None, checked=checked, retractions=retractions)

        self._conversations.change(reader, conversation_id, change)
        return {}

    def resume(self, reader: str, conversation_id: str) -> dict[str, Any]:
        """A conversation as it was left; what the end of the program cut off counts as stopped.

        Args:
            reader: Who has it.
            conversation_id: Its id.

        Returns:
            The conversation.

        Raises:
            ArticleChatError: If there is none, or it is damaged.
        """

        def change(record: Record) -> None:
            for turn in record["turns"]:
                if turn["state"] == "running" and not self._jobs.known(turn["job"]):
                    turn.update(state="stopped", job=None)

        record = self._conversations.get(reader, conversation_id)
        if any(turn["state"] == "running" for turn in record["turns"]):
            record = self._conversations.change(reader, conversation_id, change)
        return {key: value for key, value in record.items() if key != "reader"}

    def _answer(
        self,
        job: Job,
        chat: rag.ArticleChat,
        question: str,
        find: Callable[[], list[Asked]],
        pairs: list[tuple[str, str]],
        keep: Callable[..., None],
    ) -> None:
        try:
            outcome = self._outcome(job, chat, question, find, pairs)
        except Exception as error:
            checked, retractions = _settled(job)
            outcome = {
                "state": "failed",
                "error": explain(error),
                "checked": checked,
                "retractions": retractions,
            }
        try:
            keep(**outcome)
        except ArticleChatError as error:
            job.say({"kind": "notice", "message": f"This answer could not be kept. {error}"})
        if outcome["state"] == "done":
            job.say({"kind": "finished", "answer": outcome["answer"]})
        elif outcome["state"] == "failed":
            job.say({"kind": "failed", "message": outcome["error"]})
        else:
            job.say({"kind": "stopped"})

    def _outcome(
        self,
        job: Job,
        chat: rag.ArticleChat,
        question: str,
        find: Callable[[], list[Asked]],
        pairs: list[tuple[str, str]],
    ) -> dict[str, Any]:
        answer = None
        if not job.stopped:  # it may have been stopped while it waited for its turn
            with closing(chat.stream(question, article=find(), history=pairs)) as events:
                for event in events:
                    if isinstance(event, rag.Finished):
                        answer = event.answer.to_dict()
                        break
                    job.say(event.to_dict())
                    if job.stopped:
                        break
        checked, retractions = _settled(job)
        if answer is None:
            return {"state": "stopped", "checked": checked, "retractions": retractions}
        return {"state": "done", "answer": answer, "retractions": retractions}


def _settled(job: Job) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The sentences that were verified so far, and those that were taken back."""
    events = list(job.events)
    return [e for e in events if e["kind"] == "checked"], [e for e in events if e["kind"] == "retracted"]
