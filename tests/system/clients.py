"""What clients send over HTTP, and what they are told; each has a connection of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from ledger.canonical import Envelope

ANSWER_SECONDS = 60.0
JSON = "application/json"
LINES = "application/x-ndjson"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Told:
    """What a client was told of one record: the HTTP code, and the answer or the problem."""

    code: int
    plain: Mapping[str, Any]

    @property
    def is_acknowledged(self) -> bool:
        """Tell whether it says that the record is in the ledger."""
        return self.code in (200, 201)

    @property
    def rule(self) -> str:
        """The rule of the problem that it is, or ""."""
        return str(self.plain.get("rule", ""))


@dataclass(frozen=True, slots=True)
class Message:
    """Records that are sent together; what is not a batch has one."""

    envelopes: Sequence[Envelope]
    wait: str = "checkpointed"
    is_batch: bool = False
    atomic: bool = False

    @property
    def path(self) -> str:
        """Where it is sent."""
        if not self.is_batch:
            return f"/v1/records?wait={self.wait}"
        return f"/v1/records/batch?wait={self.wait}&atomic={str(self.atomic).lower()}"

    @property
    def body(self) -> bytes:
        """What is sent."""
        return b"\n".join(envelope.raw for envelope in self.envelopes)


class CutOff(Exception):
    """The server went away in the middle.

    Attributes:
        told: the lines of a batch that had come before.

    """

    def __init__(self, told: Sequence[Told] = ()) -> None:
        super().__init__(f"cut off after {len(told)} lines")
        self.told = told


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def plain(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def media_type(self) -> str:
        """The declared type of the body."""
        return self.headers.get("content-type", "").partition(";")[0]


class Client:
    """Speaks to a server over one connection; whatever breaks it is raised as CutOff."""

    def __init__(self, url: str, token: str = "") -> None:
        self._session = {"authorization": f"Bearer {token}"} if token else {}
        host, port = urlsplit(url).hostname, urlsplit(url).port
        self._connection = HTTPConnection(host or "", port, timeout=ANSWER_SECONDS)

    def connect(self) -> None:
        """Connect before anything is sent."""
        self._connection.connect()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        self._connection.request(method, path, body, {**self._session, **headers})
        return self._connection.getresponse()

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Response:
        """Send a request, and read the response to its end."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with self._request(method, path, body, named) as response:
                return _read(response)
        except (OSError, HTTPException) as error:
            raise CutOff from error

    def ask(self, path: str) -> Any:
        """Ask a question that must be answered; return the answer as JSON."""
        response = self.request("GET", path, accept=JSON)
        assert response.status == 200, (path, response)
        return response.plain

    def send(self, message: Message) -> list[Told]:
        """Send records; return what was told of each, or of a batch that was refused whole."""
        if not message.is_batch:
            response = self.request("POST", message.path, message.body, content_type=JSON)
            return [Told(response.status, response.plain)]
        lines: list[Told] = []
        try:
            named = {"content-type": LINES}
            with self._request("POST", message.path, message.body, named) as answer:
                if answer.getheader("content-type") == PROBLEM:
                    return [Told(answer.status, _read(answer).plain)]
                for line in _whole_lines(answer):
                    plain = json.loads(line)
                    lines.append(Told(plain["code"], plain.get("problem", plain)))
        except (OSError, HTTPException) as error:
            raise CutOff(lines) from error
        if len(lines) != len(message.envelopes):
            raise CutOff(lines)
        return lines


def _read(response: HTTPResponse) -> Response:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Response(response.status, headers, response.read())


def _whole_lines(response: HTTPResponse) -> Iterator[bytes]:
    while (line := response.readline()).endswith(b"\n"):
        yield line


@contextmanager
def client_of(url: str, token: str = "") -> Iterator[Client]:
    """Open a client of a server; with a token it asks as a reader, else as a stranger."""
    with closing(Client(url, token)) as client:
        yield client
