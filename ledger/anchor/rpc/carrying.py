"""Carries one question and the whole of its answer over HTTP, in bounded time and size.

requests and urllib3 do it; their timeouts bound each wait for the network alone, and a node that
sends a byte now and then would be waited for without end. So every question has a timer here, which
closes the connection that it is on. Connections are counted: whoever answers by one that was made
since may be another than before.
"""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from http.client import HTTPException
from socket import SHUT_RDWR, socket
from typing import Any, Final

from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from ledger.anchor.rpc.node import Node
from ledger.errors import ChainDown

OK: Final = 200
CHUNK_BYTES: Final = 64 * 1024


class _Question:
    """A question on its way, which is ended when it is late."""

    def __init__(self) -> None:
        self.is_late = threading.Event()
        self.made = 0  # connections
        self._socket: socket | None = None

    def hold(self, held: socket | None) -> None:
        """Take note of the socket that it is on."""
        self._socket = held
        if self.is_late.is_set():
            raise TimeoutError

    def end(self) -> None:
        """End it, whatever it waits for."""
        self.is_late.set()
        if self._socket is not None:
            with suppress(OSError):  # it is gone
                self._socket.shutdown(SHUT_RDWR)


class _Here(threading.local):
    question: _Question = _Question()


_HERE: Final = _Here()
"""The question that this thread asks: connections are made far below, in urllib3's pools."""


class _Connection(HTTPConnection):
    """A connection that the question on it knows of."""

    def connect(self) -> None:
        _HERE.question.made += 1
        super().connect()
        _HERE.question.hold(self.sock)

    def request(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - passed on as they are
        _HERE.question.hold(self.sock)
        super().request(*given, **named)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same with TLS."""


class _Pool(HTTPConnectionPool):
    """Connections to one host."""

    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    """The same with TLS."""

    ConnectionCls = _SecureConnection


class Carrier(HTTPAdapter):
    """What requests sends by; for any number of threads."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._lock = threading.Lock()
        self.connections = 0
        super().__init__(max_retries=0)

    def init_poolmanager(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - likewise
        """Make the pools, of connections that their question knows of."""
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def send(self, request: PreparedRequest, *given: Any, **named: Any) -> Response:  # noqa: ANN401
        """Send a question and read its answer.

        Raises:
            ChainDown: there is none; no text of another library's error is shown, since it has the
                address.

        """
        named["stream"] = True  # the body is read here
        name, seconds = self._node.name, self._node.limits.answer_seconds
        question = _HERE.question = _Question()
        timer = threading.Timer(seconds, question.end)
        timer.daemon = True
        timer.start()
        fault = ""
        try:
            response = super().send(request, *given, **named)
            response.raw = io.BytesIO(self._body(response))  # which is read like a connection
        except (RequestException, HTTPError, HTTPException, OSError) as error:
            fault = f"{name} cannot be asked: {type(error).__name__}"
        finally:
            timer.cancel()
            with self._lock:
                self.connections += question.made
        if question.is_late.is_set():
            raise ChainDown(f"{name} did not answer within {seconds:g} s")
        if fault:
            raise ChainDown(fault)
        return response

    def _body(self, response: Response) -> bytes:
        raw, most = response.raw, self._node.limits.answer_bytes_max
        fault, parts, length = "", [], 0
        if response.status_code != OK:
            fault = f"HTTP status {response.status_code}"
        while not fault and (part := raw.read1(CHUNK_BYTES, decode_content=False)):
            parts.append(part)
            if (length := length + len(part)) > most:
                fault = f"more than {most} bytes"
        if fault:
            raw.close()
            raise ChainDown(f"{self._node.name} answers with {fault}")
        raw.release_conn()
        return b"".join(parts)
