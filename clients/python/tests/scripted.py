"""A server that answers what a test says, one answer after the other, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MEMORY = {
    "id": "0e2c8a54-43a6-4e7e-b2fa-1e8ba4e1ef55",
    "content": "tea",
    "type": "semantic",
    "importance": 0.5,
    "tags": [],
    "metadata": {},
    "created_at": "2026-11-22T10:00:00.123Z",
    "updated_at": "2026-11-22T10:00:00Z",
    "version": 1,
    "namespace": {"kind": "user", "name": "alice", "issuer": "local"},
}
"""A memory as the server replies it."""


@dataclass(frozen=True)
class Answer:
    """What is answered: a status with a body, or `reset`, or `hang`."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    way: str = "answer"


RESET = Answer(way="reset")
HANG = Answer(way="hang")


def refused(status: int, code: str, kind: str, **headers: str) -> Answer:
    """A refusal as the server words it; `retry_after` becomes the header."""
    error = {"code": code, "message": "why", "type": kind, "request_id": "req_1"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": error}, named)


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class Scripted(ThreadingHTTPServer):
    """The server; a context manager. When the script is over the last answer is given again."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.answers: list[Answer] = []
        self.asked: list[Asked] = []
        self.came = threading.Event()
        self.over = threading.Event()

    def says(self, *answers: Answer) -> None:
        """What is answered from now on."""
        self.answers = list(answers)

    def __enter__(self) -> Scripted:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Scripted

    def _serve(self) -> None:
        length = int(self.headers.get("content-length", "0"))
        text = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(text) if text else None
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.server.asked.append(Asked(self.command, self.path, headers, body))
        self.server.came.set()
        if answer.way == "hang":
            self.server.over.wait()
            self.close_connection = True
        elif answer.way == "reset":
            # With this the connection is not closed but reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        else:
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        text = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "content-length" not in answer.headers:
            self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        if "content-length" in answer.headers:
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_DELETE = _serve

    def finish(self) -> None:
        """A connection that was reset has nothing left to flush."""
        try:
            super().finish()
        except (OSError, ValueError):
            return

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
