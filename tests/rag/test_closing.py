"""A model that is stopped while it is at work ends, and says so to whoever waits for it."""

from pathlib import Path

from rag.builtin.files import prepared
from tests.processes import environment, run_python

STOPPED_AT_WORK = """
import faulthandler, threading, time
faulthandler.dump_traceback_later(150, exit=True)
from rag import ArticleChat, ModelError

def ask():
    try:
        chat.answer("How much did Meta invest in Scale AI?")
    except ModelError as error:
        told.append(str(error))

told = []
chat = ArticleChat()
chat.model.start()
threads = [threading.Thread(target=ask) for _ in range(6)]
for thread in threads:
    thread.start()
time.sleep(0.2)
chat.close()
for thread in threads:
    thread.join()
print("\\n".join([*told, "DONE"]))
"""


def test_a_model_that_is_stopped_at_work_ends(tmp_path: Path) -> None:
    models = prepared(lambda *_: None).parent
    (tmp_path / models.name).symlink_to(models)  # a home where nothing was read yet
    done = run_python(STOPPED_AT_WORK, env=environment(ARTICLE_CHAT_HOME=str(tmp_path)))
    assert done.stdout.splitlines() == ["The language model was stopped."] * 6 + ["DONE"], done.stderr
