"""A small server with OpenAI's protocol on loopback: it says what it is told to, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["ModelServer", "model_server"]


class ModelServer(ThreadingHTTPServer):
    """What stands in for somebody's own model server; the program's side of the connection is the real one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: list[str] = []
        self.reply = "Missing"
        self.choose: Callable[[str], str] | None = None  # the reply to a prompt, when the order is not known
        self.key = ""
        self.model = "small"
        self.refused: tuple[int, str] | None = None  # what a request for token probabilities gets
        self.requests: list[dict[str, Any]] = []
        self.pause = 0.0
        self.stall = threading.Event()
        self.stalled = threading.Event()

    @property
    def url(self) -> str:
        """What to give as ``base_url``."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, *_: Any) -> None:
        """Whoever hangs up before the end may."""

    def prompt(self, number: int = -1) -> str:
        """All that one request said, as text."""
        return "\n".join(str(message["content"]) for message in self.requests[number]["messages"])


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        if self.server.key and self.headers["Authorization"] != f"Bearer {self.server.key}":
            return self._refuse(401, "Incorrect API key provided")
        if body["model"] != self.server.model:
            return self._refuse(404, f"The model {body['model']} does not exist")
        if self.server.refused and body.get("logprobs"):
            return self._refuse(*self.server.refused)
        if self.server.choose:
            reply = self.server.choose(self.server.prompt())
        else:
            reply = self.server.replies.pop(0) if self.server.replies else self.server.reply
        if body.get("stream"):
            return self._stream(reply)
        message = {"role": "assistant", "content": reply}
        return self._send(
            200, {"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        )

    def _stream(self, reply: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        words = reply.split(" ")
        for number, word in enumerate(words):
            content = word if number == 0 else f" {word}"
            self._event({"delta": {"role": "assistant", "content": content}, "finish_reason": None})
            time.sleep(self.server.pause)
            if self.server.stall.is_set() and number == len(words) // 2:
                self.server.stalled.set()
                threading.Event().wait(30)
        self._event({"delta": {}, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _event(self, choice: dict[str, Any]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, **choice}]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def _refuse(self, status: int, message: str) -> None:
        self._send(status, {"error": {"message": message, "type": "invalid_request_error"}})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing among the tests."""


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run a server while the block runs."""
    server = ModelServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
