"""The routes that only read."""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest
from anyio import to_thread

from api.schemas import components
from api.sending import STOPPED
from ledger.answers import QUESTIONS, Answers
from ledger.answers.asking import Cursors
from ledger.answers.wire import camel
from ledger.limits import DoorLimits
from ledger.reference import shipped
from ledger.store.checkpoints import SqliteCheckpoints
from ledger.store.sqlite import SqliteStore
from ledger.values import to_hex
from tests.api.make_examples import AS_JSON, asked, asked_at_borders
from tests.api.problem_check import problem_of
from tests.api.schema_check import check
from tests.desk import Desk
from tests.scene import Shown, jewel, shown
from tests.world import address_of

SECONDS = 60.0
SCHEMAS = components()
SHAPES = {"typedData": "TypedDataAnswer", "stoneAsData": "StoneAnswer", "history": "HistoryAnswer"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_is_answered_as_its_schema_says(
    jewel_shown: Shown, bordered: Shown, question
) -> None:
    first, *rest = question.name.split("_")
    name = first + "".join(word.capitalize() for word in rest)
    made = bordered if first == "certificate" else jewel_shown
    path = (asked_at_borders if first == "certificate" else asked)(made)[name]
    response = made.client.get(path, headers=AS_JSON)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    check(response.json(), SCHEMAS[question.shape.__name__], SCHEMAS)


@pytest.mark.parametrize("parcel", ["first", "mixed", "rest", "stone"])
@pytest.mark.parametrize("part", ["", "/history", "/story", "/trace", "/descendants"])
def test_the_door_says_what_the_answers_say(jewel_shown: Shown, parcel: str, part: str) -> None:
    path = f"/v1/parcels/{jewel_shown.hex(parcel)}{part}"
    assert jewel_shown.client.get(path).json() == jewel_shown.answers.ask(path)


def test_a_table_is_json_unless_the_file_itself_is_asked_for(jewel_shown: Shown) -> None:
    types = {"warranty-texts": "text/csv", "definition-kp-2003": "application/toml"}
    for name, media_type in types.items():
        path, raw = f"/v1/tables/{name}", shipped()[name].raw
        plain = jewel_shown.client.get(path)
        assert plain.json()["text"].encode() == raw
        file = jewel_shown.client.get(path, headers={"accept": media_type})
        assert file.headers["content-type"].startswith(media_type)
        assert file.content == raw
        assert file.headers["vary"] == plain.headers["vary"] == "accept"
        assert not file.headers["etag"].startswith("W/")
        again = {"accept": media_type, "if-none-match": file.headers["etag"]}
        assert jewel_shown.client.get(path, headers=again).status_code == 304
        given = {"sha256": to_hex(shipped()[name].sha256)}
        assert jewel_shown.client.get(path, params=given).json()["table"] == plain.json()["table"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/tables/kp-gossip", 404),
        ("/v1/tables/warranty-texts?sha256=0x" + "12" * 32, 404),
        ("/v1/tables/warranty-texts?sha256=0x12", 400),
        ("/v1/tables/HS", 400),
        ("/v1/tables/warranty-texts?size=0", 400),
        ("/v1/tables?size=1000000", 400),
        (f"/v1/tables/warranty-texts?size=1&sha256=0x{'12' * 32}", 400),
    ],
)
def test_a_table_that_is_not_there_is_told_from_a_bad_question(
    jewel_shown: Shown, path: str, status: int
) -> None:
    assert problem_of(jewel_shown.client.get(path))["status"] == status


def test_tables_are_shown_to_everyone_of_a_trade_ledger_too() -> None:
    with shown(jewel("trade")) as made:
        assert made.client.get("/v1/tables").status_code == 200
        assert made.client.get("/v1/tables/warranty-texts").status_code == 200


def test_a_checkpoint_is_a_note_unless_json_is_asked_for(jewel_shown: Shown) -> None:
    note = jewel_shown.client.get("/v1/checkpoint")
    assert note.headers["content-type"].startswith("text/plain")
    plain = jewel_shown.client.get("/v1/checkpoint", headers=AS_JSON)
    assert plain.json()["note"].encode() == note.content == jewel_shown.book.published.note
    assert note.headers["vary"] == plain.headers["vary"] == "accept"


def test_pages_by_cursor_are_the_whole(either: Shown) -> None:
    path = f"/v1/parcels/{either.hex('stone')}/story"
    whole = either.client.get(path).json()["steps"]
    together: list[Any] = []
    query = {"limit": "4"}
    while True:
        page = either.client.get(path, params=query).json()
        together += page["steps"]
        if page["cursor"] is None:
            break
        query["cursor"] = page["cursor"]
    assert together == whole
    assert len(whole) == 13


NOWHERE = "0x" + "12" * 32
LAST = 2**63 - 1
"""The last index that a log can have, and the largest integer that SQLite has."""


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The stone's way over the store that servers use; read only."""
    path, scene = tmp_path_factory.mktemp("on_disk"), jewel()
    with (
        closing(SqliteStore.create(path / "log.db")) as store,
        closing(SqliteCheckpoints.create(path / "checkpoints.db")) as checkpoints,
        shown(scene, Desk(scene, store, checkpoints)) as made,
    ):
        yield made


@pytest.fixture(params=["jewel_shown", "on_disk"])
def either(request: pytest.FixtureRequest) -> Shown:
    """The stone's way over either store; read only."""
    found: Shown = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("name", ["story", "trace", "descendants"])
def test_a_made_up_cursor_is_a_page_or_400(either: Shown, name: str) -> None:
    path = f"/v1/parcels/{either.hex('stone')}/{name}"
    cursors = Cursors(f"{name} {either.hex('stone')}")
    for index in (0, 1, 5, LAST - 1, LAST):
        query = {"cursor": cursors.write_index(index)}
        assert either.client.get(path, params=query).status_code == 200, index
    for index in (LAST + 1, LAST + 2, 2**64 - 1):
        problem = problem_of(either.client.get(path, params={"cursor": cursors.write_index(index)}))
        assert (problem["rule"], problem["field"]) == ("bad-question", "cursor"), index
    for other in ("history", "story", "trace", "descendants", "sites"):
        if other != name:
            query = {"cursor": Cursors(f"{other} {either.hex('stone')}").write_index(5)}
            assert problem_of(either.client.get(path, params=query))["field"] == "cursor"


@pytest.mark.parametrize("below", [0, 5, LAST, LAST + 1, 2**64 - 1])
@pytest.mark.parametrize("goes_on", [0, 5, LAST, LAST + 1, 2**64 - 1])
def test_a_made_up_cursor_of_a_history_is_a_page_or_400(
    either: Shown, below: int, goes_on: int
) -> None:
    parcel = either.hex("stone")
    cursor = Cursors(f"history {parcel}").write(struct.pack(">QQ", below, goes_on))
    response = either.client.get(f"/v1/parcels/{parcel}/history", params={"cursor": cursor})
    assert response.status_code in (200, 400)
    assert response.status_code == 400 or max(below, goes_on) < LAST


@pytest.mark.parametrize("position", [bytes(32), b"\xff" * 32, b"\x80" + bytes(31)])
def test_a_made_up_cursor_of_the_sites_is_a_page(either: Shown, position: bytes) -> None:
    query = {"cursor": Cursors("sites").write(position)}
    assert either.client.get("/v1/sites", params=query).status_code == 200


@pytest.mark.parametrize("number", [LAST - 1, LAST, LAST + 1, 10**19 - 1])
def test_a_number_beyond_every_log_is_a_problem(either: Shown, number: int) -> None:
    for path in (
        f"/v1/entries?start={number}",
        f"/v1/entries/{number}",
        f"/v1/proofs/inclusion?index={number}",
        f"/v1/proofs/inclusion?index=0&size={number}",
        f"/v1/proofs/consistency?from={number}",
        f"/v1/proofs/consistency?from=1&to={number}",
    ):
        response = either.client.get(path)
        assert response.status_code in (200, 400, 404), path
        assert (response.status_code == 200) == path.startswith("/v1/entries?"), path


QUERIES = [
    ("/v1/status", "verbose=1"),
    ("/v1/status", "%FF=%FE"),
    ("/v1/sites", "limit=5&limit=6"),
    ("/v1/sites", "limit=-1"),
    ("/v1/sites", "limit=1e2"),
    ("/v1/sites", "limit=%EF%BC%91"),
    ("/v1/sites", "limit="),
    ("/v1/sites", "limit=99999999999999999999999999"),
    ("/v1/sites", "cursor=AAAA"),
    ("/v1/sites", "cursor=%00"),
    ("/v1/entries", "start=1_0"),
    ("/v1/entries", "cursor=x"),
    ("/v1/proofs/inclusion", ""),
    ("/v1/proofs/inclusion", "index=1&record=" + NOWHERE),
    ("/v1/proofs/inclusion", "index=99999"),
    ("/v1/proofs/consistency", "from=0"),
    ("/v1/proofs/consistency", "to=3"),
    ("/v1/parcels/12", ""),
    ("/v1/parcels/" + NOWHERE, "id=" + NOWHERE),
    ("/v1/parcels/" + NOWHERE.upper(), ""),
    ("/v1/parties/" + NOWHERE, ""),
    ("/v1/entries/one", ""),
    ("/v1/records/batch", ""),
    ("/v1/sites/%20", ""),
    ("/problems", "a=1"),
    ("/stones/abc.json", ""),
    ("/stones/" + "AB" * 16 + ".json", ""),
]


@pytest.mark.parametrize(("path", "query"), QUERIES)
def test_a_question_that_is_not_well_asked_is_400(jewel_shown: Shown, path, query) -> None:
    problem = problem_of(jewel_shown.client.get(path, params=query or None))
    assert problem["rule"] == "bad-question"
    assert problem["expected"]
    assert problem["came"] == ""


@pytest.mark.parametrize(
    "path",
    [
        *(f"/v1/parcels/{NOWHERE}{part}" for part in ("", "/history", "/story", "/trace")),
        f"/v1/parcels/{NOWHERE}/descendants",
        f"/v1/records/{NOWHERE}",
        f"/v1/sites/{NOWHERE}",
        f"/v1/parties/{NOWHERE[:42]}",
        f"/v1/proofs/inclusion?record={NOWHERE}",
        "/v1/entries/100000",
        "/v1/typed-data/Nothing",
        "/problems/nothing",
        f"/stones/{'12' * 16}.json",
    ],
)
def test_what_the_ledger_does_not_know_is_404(jewel_shown: Shown, path: str) -> None:
    assert problem_of(jewel_shown.client.get(path))["rule"] == "unknown"


NOT_FOR_STRANGERS = [question for question in QUESTIONS if question.access != "everyone"]


@pytest.mark.parametrize("question", NOT_FOR_STRANGERS, ids=lambda question: question.name)
def test_a_trade_ledger_tells_strangers_what_is_for_everyone_alone(traded: Shown, question) -> None:
    path = question.path.format(
        id=NOWHERE, address=NOWHERE[:42], index=0, token="0" * 32, jurisdiction="EU"
    )
    problem = problem_of(traded.client.get(path))
    assert (problem["rule"], problem["status"]) == ("sign-in-needed", 401)


def test_a_trade_ledger_does_not_tell_which_records_it_holds(traded: Shown) -> None:
    held = to_hex(traded.scene.log[-1][1].record_id)
    for record in (held, NOWHERE, "nothing"):
        for more in ("", "&size=3", "&index=1"):
            problem = problem_of(traded.client.get(f"/v1/proofs/inclusion?record={record}{more}"))
            assert (problem["rule"], problem["status"]) == ("sign-in-needed", 401)


def test_a_trade_ledger_still_proves_what_it_says(traded: Shown) -> None:
    for name, path in asked(traded).items():
        if any(camel(question.name) == name for question in NOT_FOR_STRANGERS):
            continue
        assert traded.client.get(path).status_code == 200, name


def test_no_public_answer_of_a_trade_ledger_names_a_party(traded: Shown) -> None:
    names = ("miner-bw", "trader-be", "cutter-in", "jeweller-fr")
    for name, path in asked(traded).items():
        response = traded.client.get(path)
        if response.status_code == 200:
            told = [one for one in names if to_hex(address_of(one)) in response.text]
            assert not told, name


def test_live_and_ready(jewel_shown: Shown) -> None:
    assert jewel_shown.client.get("/livez").json() == {"status": "alive"}
    assert jewel_shown.client.get("/readyz").json() == {"status": "ready"}


def test_a_book_that_stopped_is_live_and_not_ready(fresh: Shown) -> None:
    fresh.desk.clock.now_ms -= 10_000
    raw = fresh.desk.raws(-1)[0]
    fresh.scene.now_s -= 10
    assert problem_of(send(fresh, raw))["rule"] == "clock-behind"
    assert fresh.client.get("/livez").status_code == 200
    ready = fresh.client.get("/readyz")
    assert problem_of(ready)["rule"] == "unavailable"
    assert ready.headers["retry-after"] == "5"
    assert not fresh.client.get("/v1/status").json()["takesRecords"]
    assert fresh.client.get(f"/stones/{fresh.token('stone')}").status_code == 200
    again = problem_of(send(fresh, raw))
    assert (again["rule"], again["detail"]) == ("unavailable", STOPPED)


def test_slow_questions_keep_nobody_from_sending_or_asking_whether_it_is_ready(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More questions than the framework has threads, and none of them is answered."""
    may_answer, begun = threading.Event(), threading.Semaphore(0)
    story = Answers.story

    def slow_story(answers: Answers, **asked: Any) -> Any:
        begun.release()
        assert may_answer.wait(SECONDS)
        return story(answers, **asked)

    monkeypatch.setattr(Answers, "story", slow_story)
    token = {"authorization": fresh.client.headers["authorization"]}
    raw = fresh.registrations(1)[0]
    path = f"/v1/parcels/{fresh.hex('stone')}/story"

    async def ask_and_send() -> None:
        transport = httpx2.ASGITransport(app=fresh.client.app)
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://here") as client,
            asyncio.timeout(SECONDS),
        ):
            slow = [asyncio.create_task(client.get(path, headers=token)) for _ in range(60)]
            try:
                while not begun.acquire(blocking=False):
                    await asyncio.sleep(0.001)
                assert (await client.get("/readyz")).status_code == 200
                headers = {"content-type": "application/json"}
                sent = await client.post("/v1/records", content=raw, headers=headers)
                assert sent.status_code == 201
                assert not [one for one in slow if one.done()]
            finally:
                may_answer.set()
            assert {(await one).status_code for one in slow} == {200}

    asyncio.run(ask_and_send())


def test_questions_leave_most_of_the_frameworks_threads_to_others() -> None:
    async def threads() -> float:
        return to_thread.current_default_thread_limiter().total_tokens

    limits = DoorLimits()
    assert limits.questions_at_once_max + limits.batches_at_once_max <= asyncio.run(threads()) / 2


def send(made: Shown, raw: bytes):
    return made.client.post(
        "/v1/records", content=raw, headers={"content-type": "application/json"}
    )
