"""What the page may ask of the program. It decides nothing about answers: that is ``rag``'s work."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Any

import rag
from index import seed_article
from index.errors import ArticleChatError
from ui.articles import article_rows, find_article, find_articles
from ui.asking import Asking
from ui.bringing import bring, brought
from ui.conversations import Conversations, Record, history
from ui.feedback import rate
from ui.jobs import Jobs
from ui.preparing import Preparing, Typed
from ui.render import article_json, conversation_markdown
from ui.settings import changed_settings, settings_json
from ui.starting import Starting

__all__ = ["Desk", "Reader"]

_SUGGESTED_FROM = 3  # articles, when several are asked together


@dataclass(frozen=True)
class Reader:
    """Who is at the page.

    Attributes:
        name: ``"local"`` for whoever sits at this computer, else the secret that a browser keeps.
        local: Whether they sit at this computer, and so may change what others see.
    """

    name: str
    local: bool


class Desk:
    """Everything behind the page: one for all who read, each with conversations of their own.

    Args:
        chat: Answers the questions.
        allow_url: Whether articles may be brought by their web address.
        uploaded: Whether a path is that of a file which the page uploaded.
    """

    def __init__(
        self,
        chat: rag.ArticleChat,
        *,
        allow_url: bool = False,
        uploaded: Callable[[str], bool] = lambda path: False,
    ) -> None:
        self.chat = chat
        self._allow_url = allow_url
        self._uploaded = uploaded
        self._conversations = Conversations()
        self._jobs = Jobs()
        self._asking = Asking(self._conversations, self._jobs)
        self._preparing = Preparing(lambda: self._jobs.busy)
        self._starting = Starting()

    def load(self) -> None:
        """Start the model and read the seed article in the background, once."""
        self._starting.begin(self.chat)

    def under_way(self) -> AbstractContextManager[None]:
        """What a program's question is answered within: until then no model is ended, and nothing is prepared."""
        return self._jobs.outside()

    # ---------------------------------------------------------------- what the page calls

    def state(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """What the page needs to begin with."""
        self.load()
        return {
            "seed": article_json(seed_article()),
            "articles": article_rows(self.chat.library),
            "conversations": self._conversations.list(reader.name),
            "loading": self._starting.state,
            "local": reader.local,
            "allow_url": self._allow_url,
            "settings": settings_json(self.chat),
        }

    def settings(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Who answers, which another tab may have changed."""
        return {"settings": settings_json(self.chat), "loading": self._starting.state}

    def loading(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """How far the start has come; ``again`` starts anew after an error."""
        if data.get("again"):
            self.load()
        return self._starting.state

    def article(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """An article to read."""
        return article_json(find_article(data.get("id"), self.chat.library))

    def articles(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """The articles at hand."""
        return {"articles": article_rows(self.chat.library)}

    def suggestions(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Questions that these articles answer, as far as they are made, and whether more are on their way.

        Only the built-in model makes them. With ``again`` it is only looked: of two tabs, the one that opened its
        article last has more made.
        """
        library = self.chat.library
        asked = find_articles(data.get("articles"), library)
        articles = [find_article(one.id, library) for one in asked[:_SUGGESTED_FROM]]
        if not data.get("again"):
            self._preparing.open(self.chat, articles)
        made = zip_longest(*(self.chat.suggestions(article).questions for article in articles))
        return {
            "more": self._preparing.suggesting(articles),
            "suggestions": [asdict(one) for each in made for one in each if one],
        }

    def conversation(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """A conversation that was kept, with the job of a question that is still on its way."""
        return self._asking.resume(reader.name, str(data.get("id")))

    def conversations(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """The conversations that were kept."""
        return {"conversations": self._conversations.list(reader.name)}

    def erase(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Erase a conversation, or all of this reader's."""
        self._conversations.erase(reader.name, None if data.get("all") else str(data.get("id")))
        return self.conversations(reader, data)

    def export(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """A conversation as Markdown."""
        record = self._conversations.get(reader.name, str(data.get("id")))
        known = {row["id"]: row["title"] for row in article_rows(self.chat.library)}
        return {
            "markdown": conversation_markdown(record, [known[i] for i in record["articles"] if i in known])
        }

    def typing(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Prepare for a question that is being typed, if it is at this computer: what others type is their own until
        they ask."""
        if reader.local and not self._jobs.busy:
            kept = data.get("conversation")
            turns = self._conversations.get(reader.name, str(kept))["turns"] if kept else []
            asked = find_articles(data.get("articles"), self.chat.library)
            self._preparing.typing(Typed(self.chat, str(data.get("question", "")), asked, history(turns)))
        return {}

    def ask(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Ask a question: the next one, or in the place of an earlier one and what followed it.

        Not asked, but answered with the settings, if the page says of another model that it answers: a reader who
        was told that nothing leaves the computer must not find out afterwards.
        """
        self._preparing.typing(None)
        settings = settings_json(self.chat)
        if data.get("answers") not in (None, [settings["model"], settings["base_url"]]):
            return {"settings": settings}
        return self._asking.ask(
            self.chat,
            reader.name,
            str(data.get("question", "")),
            partial(find_articles, data.get("articles"), self.chat.library),
            conversation_id=data.get("conversation"),
            instead_of=data.get("instead_of"),
            last=data.get("last"),
        )

    def stop(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Stop a question that is on its way."""
        return self._asking.stop(reader.name, str(data.get("conversation")), str(data.get("job")))

    def rate(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Note what a reader thinks of an answer."""
        rating = data.get("rating")
        if rating not in ("good", "bad", None):
            raise ArticleChatError("A rating is good or bad.")

        def change(record: Record) -> None:
            turn = next((t for t in record["turns"] if t["id"] == data.get("turn") and t["answer"]), None)
            if turn is None:
                raise ArticleChatError("That answer is not in this conversation any more.")
            rate(turn["id"], turn["answer"], rating)
            turn["rating"] = rating

        self._conversations.change(reader.name, str(data.get("conversation")), change)
        return {"rating": rating}

    def bring(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Bring an article: pasted text, an uploaded file, or a web address."""
        read = brought(data, uploaded=self._uploaded, allow_url=self._allow_url)
        return {"job": self._jobs.start(partial(bring, read, self.chat.library)).id}

    def cancel(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Give up an article that is being brought. What is being read of it at this moment is read to its end."""
        self._jobs.get(data.get("job")).stop()
        return {}

    def remove(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Remove an article from this computer."""
        if not reader.local:
            raise ArticleChatError("Only who sits at the computer of Article Chat can remove articles.")
        article_id = str(data.get("id"))
        with self._preparing.paused(article_id):
            self.chat.remove(article_id)
        return {"articles": article_rows(self.chat.library)}

    def configure(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """Choose another model or strictness, until the program ends."""
        if not reader.local:
            raise ArticleChatError("Only who sits at the computer of Article Chat can change its settings.")
        old = self.chat.settings
        settings = changed_settings(old, data)
        if replace(settings, strictness=old.strictness) == old:
            # Only how sure it must be: the model that runs goes on.
            self.chat.settings = self.chat.model.settings = settings
        else:
            self._replace(rag.ArticleChat(settings, self.chat.library))
        return self.state(reader, data)

    async def follow(self, reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
        """What a job has said since, waiting a little if that is nothing yet."""
        job = self._jobs.get(data.get("job"))
        events = await job.after(int(data.get("after") or 0))
        return {
            "events": events,
            "done": job.done and len(job.events) == int(data.get("after") or 0) + len(events),
        }

    # ---------------------------------------------------------------- inside

    def _replace(self, chat: rag.ArticleChat) -> None:
        """Answer with another model from now on; the old one ends when what it was asked is answered."""
        self._preparing.stop()
        old, self.chat = self.chat, chat
        self._starting = Starting()

        def retire() -> None:
            while self._jobs.busy:
                time.sleep(0.5)
            old.model.close()

        threading.Thread(target=retire, name="article-chat-retire", daemon=True).start()
