"""Batches whose senders are slow, or never take their answer: others do not wait for them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import MutableMapping
from typing import Any

import pytest

from api.responses import as_json
from tests.scene import Shown, jewel, shown

LINES = b"application/x-ndjson"


class Posting:
    """A batch posted by hand: what the server waits for comes when the test says so."""

    def __init__(self, made: Shown, body: bytes, query: str = "") -> None:
        self._app = made.client.app
        self._body = body
        self._query = query.removeprefix("?").encode()
        self.may_end, self.may_take = asyncio.Event(), asyncio.Event()
        self.may_end.set()
        self.may_take.set()
        self.has_arrived, self.is_answered = asyncio.Event(), asyncio.Event()
        self.status, self.answer = 0, b""
        self._is_over = False

    async def go(self) -> int:
        """Post it, and return the status."""
        headers = [(b"content-type", LINES)]
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/v1/records/batch", "raw_path": b"/v1/records/batch", "root_path": "",
            "query_string": self._query, "headers": headers, "server": ("here", 80),
            "client": ("there", 1),
        }  # fmt: skip
        await self._app(scope, self._receive, self._send)
        return self.status

    async def _receive(self) -> dict[str, object]:
        if not self.has_arrived.is_set():
            self.has_arrived.set()
            return {"type": "http.request", "body": self._body, "more_body": True}
        if self._is_over:
            await asyncio.Event().wait()  # the client stays; nothing more comes
        await self.may_end.wait()
        self._is_over = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.answer += message.get("body", b"")
        self.is_answered.set()
        await self.may_take.wait()


@pytest.mark.parametrize("query", ["", "?atomic=true"])
def test_batches_that_do_not_end_keep_no_turn_from_others(query: str) -> None:
    with shown(jewel(), batches_at_once_max=1) as made:
        raws = made.registrations(2)

        async def post() -> None:
            slow = Posting(made, raws[0], query)
            slow.may_end.clear()
            waiting = asyncio.create_task(slow.go())
            await slow.has_arrived.wait()
            assert await Posting(made, raws[1], query).go() == 200
            slow.may_end.set()
            assert await waiting == 200

        asyncio.run(post())


@pytest.mark.parametrize("query", ["", "?atomic=true"])
def test_answers_that_nobody_takes_keep_no_turn_from_others(query: str) -> None:
    with shown(jewel(), batches_at_once_max=1) as made:
        raws = made.registrations(2)

        async def post() -> None:
            deaf = Posting(made, raws[0], query)
            deaf.may_take.clear()
            waiting = asyncio.create_task(deaf.go())
            await deaf.is_answered.wait()
            assert await Posting(made, raws[1], query).go() == 200
            deaf.may_take.set()
            assert await waiting == 200

        asyncio.run(post())


def test_batches_that_arrive_share_a_bounded_room_and_give_it_back() -> None:
    with shown(jewel(), arriving_bytes_max=2_000) as made:
        first, second, third = made.registrations(3)
        assert len(first + second) < 1_999 < 2_001 < len(first + second + third)

        async def post() -> None:
            slow = Posting(made, first + b"\n" + second)
            slow.may_end.clear()
            waiting = asyncio.create_task(slow.go())
            await slow.has_arrived.wait()
            refused = Posting(made, third)
            assert await refused.go() == 503
            assert json.loads(refused.answer)["rule"] == "unavailable"
            slow.may_end.set()
            assert await waiting == 200
            assert await Posting(made, third).go() == 200

        asyncio.run(post())


@pytest.mark.parametrize("query", ["", "?atomic=true"])
def test_answers_are_not_written_in_the_event_loop(fresh: Shown, monkeypatch, query: str) -> None:
    writers: list[int] = []

    def write(plain: object) -> bytes:
        writers.append(threading.get_ident())
        return as_json(plain)

    monkeypatch.setattr("api.sending.as_json", write)
    body = b"\n".join(fresh.registrations(2))

    async def post() -> int:
        assert await Posting(fresh, body, query).go() == 200
        return threading.get_ident()

    loop_thread = asyncio.run(post())
    assert len(writers) == 2
    assert loop_thread not in writers
