"""A node that answers what a test says, over real sockets: also lies, garbage and nothing.

``answers`` has what each method is answered with: a result as JSON has it, an :class:`Error`, a
:class:`Raw` answer, a function of the parameters that returns one of these, or several
:class:`InTurn`. Whatever is not there is answered with null.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHAIN_ID = 4_711


@dataclass(frozen=True)
class Error:
    """A JSON-RPC error."""

    code: int
    message: object
    data: object = None

    def written(self) -> dict[str, object]:
        """Return it as JSON has it."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        return error if self.data is None else {**error, "data": self.data}


@dataclass(frozen=True)
class Raw:
    """Bytes that are sent as they are, then the connection is closed.

    Attributes:
        parts: what is sent, part by part.
        pause_seconds: before each part.

    """

    parts: Iterable[bytes] = ()
    pause_seconds: float = 0.0


class InTurn:
    """Several answers, each given once and the last for ever."""

    def __init__(self, *answers: Any) -> None:
        self._answers = [*answers]

    def next(self) -> Any:
        """Return the next one."""
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def status(code: int, body: bytes = b"", *fields: str) -> Raw:
    """Return an answer with an HTTP status of its own."""
    lines = (f"HTTP/1.1 {code} Said", f"content-length: {len(body)}", "connection: close", *fields)
    return Raw(("\r\n".join(lines).encode() + b"\r\n\r\n" + body,))


def body(*parts: bytes) -> Raw:
    """Return an answer with a body of its own, as long as it is."""
    return status(200, b"".join(parts))


@dataclass
class ScriptedNode:
    """What is answered, and what was asked."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, list[Any]]] = field(default_factory=list)
    connections: int = 0
    heads: list[dict[str, str]] = field(default_factory=list)
    keeps_connections: bool = True
    ending: threading.Event = field(default_factory=threading.Event)

    def methods(self) -> list[str]:
        """What was asked, but for the chain id."""
        return [method for method, _ in self.asked if method != "eth_chainId"]

    def answer(self, method: str, params: list[Any]) -> Any:
        """Return what the script says."""
        found = self.answers.get(method)
        if isinstance(found, InTurn):
            found = found.next()
        return found(params) if callable(found) else found


def _handler(node: ScriptedNode) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            node.connections += 1

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            node.heads.append({name.lower(): value for name, value in self.headers.items()})
            node.heads[-1]["path"] = self.path
            node.asked.append((asked["method"], asked["params"]))
            said = node.answer(asked["method"], asked["params"])
            if isinstance(said, Raw):
                self.close_connection = True
                self.say(said)
                return
            answer: dict[str, object] = {"jsonrpc": "2.0", "id": asked["id"]}
            answer |= {"error": said.written()} if isinstance(said, Error) else {"result": said}
            written = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(written)))
            if not node.keeps_connections:
                self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(written)

        def say(self, raw: Raw) -> None:
            with suppress(OSError):  # whoever asked may hang up
                for part in raw.parts:
                    if raw.pause_seconds and node.ending.wait(raw.pause_seconds):
                        return
                    self.wfile.write(part)
                    self.wfile.flush()

        def log_message(self, *_given: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def scripted_node(**answers: Any) -> Iterator[ScriptedNode]:
    """Run a node on chain 4711 that answers so."""
    node = ScriptedNode(answers={"eth_chainId": hex(CHAIN_ID), **answers})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(node))
    server.daemon_threads = True
    node.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield node
    finally:
        node.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()
