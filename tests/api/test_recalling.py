"""Recalls as streams: a line for each parcel, as fast as the client takes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from ledger.values import to_hex
from tests.api.problem_check import problem_of
from tests.api.test_streams import Listening, run
from tests.scene import Shown
from tests.world import address_of

PATH = "/v1/recalls/stream"
JUDGED = "/v1/recalls/verdicts/stream"


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def asked(made: Shown) -> dict[str, str]:
    return {"parcel": made.hex("first")}


class Taking(Listening):
    """A client that takes the stream of a recall."""

    def __init__(self, app: Any, made: Shown, **headers: str) -> None:
        self.path = PATH
        super().__init__(app, f"parcel={made.hex('first')}", **headers)

    async def _go(self) -> None:
        scope = {**self._scope, "path": self.path, "raw_path": self.path.encode()}
        await self._app(scope, self._receive, self._send)


def test_a_stream_tells_what_the_question_tells_and_says_when_it_is_at_its_end(
    jewel_shown: Shown, monkeypatch
) -> None:
    page = jewel_shown.client.get("/v1/recalls", params=asked(jewel_shown)).json()
    for rows in (1, 2, 500):
        monkeypatch.setattr("api.recalling._PAGE_ROWS", rows)
        response = jewel_shown.client.get(PATH, params=asked(jewel_shown))
        assert response.headers["content-type"] == "application/x-ndjson"
        assert response.headers["cache-control"] == "private, no-store"
        first, *told, last = lines_of(response.text)
        once = ("beginsWith", "subject", "since", "size", "isWhole")
        assert first == {"line": "recall", **{name: page[name] for name in once}}
        parcels = [one for one in told if one["line"] == "parcel"]
        assert [{**one, "line": None, "names": None} for one in parcels] == [
            {**one, "line": None, "names": None} for one in page["parcels"]
        ]
        assert last == {"line": "end", "parcels": 5, "asOf": page["asOf"]}
        cursors = [one["cursor"] for one in told if one["line"] == "cursor"]
        assert len(cursors) == {1: 4, 2: 2, 500: 0}[rows]
        come = [one["scannedTo"] for one in told if one["line"] == "cursor"]
        assert come == sorted(come)
        assert all(0 < index < page["size"] for index in come)


def test_an_authority_is_streamed_holders_and_names_of_goods_in_its_own_country_alone(
    traded: Shown,
) -> None:
    bearer = traded.sign_in("authority-be")
    given = {"parcel": traded.hex("mixed")}
    _, *told, _ = lines_of(traded.client.get(PATH, params=given, headers=bearer).text)
    assert [one["country"] for one in told] == ["BE", "BE", "BE", "FR"]
    assert [one["custodian"] is None for one in told] == [False, False, False, True]
    assert told[-1]["names"] == {}


def test_a_stream_that_broke_off_goes_on_from_its_last_cursor(
    jewel_shown: Shown, monkeypatch
) -> None:
    monkeypatch.setattr("api.recalling._PAGE_ROWS", 2)
    _, *told = lines_of(jewel_shown.client.get(PATH, params=asked(jewel_shown)).text)
    cut = next(at for at, one in enumerate(told) if one["line"] == "cursor")
    more = {**asked(jewel_shown), "cursor": told[cut]["cursor"]}
    _, *rest = lines_of(jewel_shown.client.get(PATH, params=more).text)
    parcels = [
        [one["parcelId"] for one in part if one["line"] == "parcel"] for part in (told, rest)
    ]
    assert parcels[1] == parcels[0][2:]


def test_verdicts_are_streamed_by_the_same_lines(jewel_shown: Shown) -> None:
    given = {"country": "BW", "definition": "eu-2024", "compareDate": "2020-01-01"}
    page = jewel_shown.client.get("/v1/recalls/verdicts", params=given).json()
    first, *told, last = lines_of(jewel_shown.client.get(JUDGED, params=given).text)
    assert first["definition"]["id"] == "eu-2024"
    assert first["otherDate"] == "2020-01-01"
    assert [one["parcel"] for one in told] == [one["parcel"] for one in page["flips"]] != []
    assert (last["line"], last["flips"]) == ("end", len(told))


@pytest.mark.parametrize("path", [PATH, JUDGED])
@pytest.mark.parametrize(
    "query", ["", "parcel=x", "site=0x12", "limit=5&country=BW", "country=BW&country=CA", "x=1"]
)
def test_what_is_badly_asked_is_refused_before_a_stream_begins(
    jewel_shown: Shown, path: str, query: str
) -> None:
    response = jewel_shown.client.get(f"{path}?{query}")
    assert problem_of(response)["rule"] == "bad-question"


def test_strangers_are_told_nothing(traded: Shown) -> None:
    for path in (PATH, JUDGED):
        response = traded.client.get(path, params=asked(traded))
        assert problem_of(response)["rule"] == "sign-in-needed"


def test_a_party_is_streamed_its_own_goods_alone(traded: Shown) -> None:
    given = {"site": traded.site("home")}
    bearer = traded.sign_in("jeweller-fr")
    first, *told, _ = lines_of(traded.client.get(PATH, params=given, headers=bearer).text)
    assert first["isWhole"] is False
    assert [one["parcelId"] for one in told] == [traded.hex("stone")]


def test_a_stream_ends_with_the_session_that_it_was_opened_by(fresh: Shown, monkeypatch) -> None:
    monkeypatch.setattr("api.recalling._PAGE_ROWS", 1)
    bearer = fresh.sign_in("miner-bw")

    async def listen(_app: Any) -> None:
        client = Taking(fresh.client.app, fresh, **bearer)
        client.may_take.clear()
        while not client.status:
            await asyncio.sleep(0.001)
        await asyncio.to_thread(fresh.client.post, "/v1/sign-out", headers=bearer)
        client.may_take.set()
        await client.task
        assert lines_of(client.rest().decode())[-1] == {"line": "cut", "rule": "session-ended"}

    run(fresh, listen)


def test_a_stream_ends_when_the_server_stops_and_when_its_client_goes(
    jewel_shown: Shown, monkeypatch
) -> None:
    monkeypatch.setattr("api.recalling._PAGE_ROWS", 1)

    async def listen(app: Any) -> None:
        stopped, gone = Taking(app, jewel_shown), Taking(app, jewel_shown)
        for client in (stopped, gone):
            client.may_take.clear()
        await asyncio.sleep(0)
        stopped.stopping.tell()
        gone.leave()
        for client in (stopped, gone):
            client.may_take.set()
            await client.task
            assert all(one["line"] != "end" for one in lines_of(client.rest().decode()))

    run(jewel_shown, listen)


def test_who_takes_nothing_is_dropped_and_nothing_is_read_on_for_it(
    jewel_shown: Shown, monkeypatch
) -> None:
    monkeypatch.setattr("api.recalling._PAGE_ROWS", 1)
    answer, reads = jewel_shown.answers.answer, []

    def counted(question: Any, given: Mapping[str, str], reader: Any) -> Any:
        reads.append(question.name)
        return answer(question, given, reader)

    async def listen(app: Any) -> None:
        client = Taking(app, jewel_shown)
        client.may_take.clear()
        await client.task

    monkeypatch.setattr(jewel_shown.answers, "answer", counted)
    run(jewel_shown, listen, take_seconds_max=0.05)
    assert reads == ["recalls"]


def test_no_view_is_held_while_a_client_takes_its_time(jewel_shown: Shown, monkeypatch) -> None:
    monkeypatch.setattr("api.recalling._PAGE_ROWS", 1)
    view, held = jewel_shown.book.view, []

    class Held:
        def __init__(self) -> None:
            self._view = view()

        def __enter__(self) -> Any:
            held.append(self)
            return self._view.__enter__()

        def __exit__(self, *raised: Any) -> Any:
            held.remove(self)
            return self._view.__exit__(*raised)

    monkeypatch.setattr(jewel_shown.book, "view", Held)
    counts: list[int] = []

    async def listen(app: Any) -> None:
        client = Taking(app, jewel_shown)
        send = client._send  # noqa: SLF001 - what it takes is noted too

        async def noted(message: Any) -> None:
            counts.append(len(held))
            await send(message)

        client._send = noted  # noqa: SLF001 - likewise
        await client.task

    run(jewel_shown, listen)
    assert len(counts) > 8
    assert set(counts) == {0}


def test_the_head_alone_is_an_answer_that_ends(jewel_shown: Shown) -> None:
    response = jewel_shown.client.head(PATH, params=asked(jewel_shown))
    assert (response.status_code, response.content) == (200, b"")
    assert to_hex(address_of("miner-bw"))


def test_streams_of_a_recall_take_the_places_of_all_streams(jewel_shown: Shown) -> None:
    async def listen(app: Any) -> None:
        client = Listening(app)
        await client.block()
        refused = Taking(app, jewel_shown)
        await refused.task
        assert refused.status == 503
        client.leave()
        await client.task

    run(jewel_shown, listen, streams_max=1)
