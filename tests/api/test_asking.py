"""The routes that only read."""

from __future__ import annotations

from typing import Any

import pytest

from api.schemas import components
from api.sending import STOPPED
from ledger.answers import QUESTIONS
from ledger.values import to_hex
from tests.api.make_examples import AS_JSON, asked
from tests.api.problem_check import problem_of
from tests.api.schema_check import check
from tests.scene import Shown
from tests.world import address_of

SCHEMAS = components()
SHAPES = {"typedData": "TypedDataAnswer", "stoneAsData": "StoneAnswer", "history": "HistoryAnswer"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_is_answered_as_its_schema_says(jewel_shown: Shown, question) -> None:
    first, *rest = question.name.split("_")
    name = first + "".join(word.capitalize() for word in rest)
    response = jewel_shown.client.get(asked(jewel_shown)[name], headers=AS_JSON)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    check(response.json(), SCHEMAS[question.shape.__name__], SCHEMAS)


@pytest.mark.parametrize("parcel", ["first", "mixed", "rest", "stone"])
@pytest.mark.parametrize("part", ["", "/history", "/story", "/trace", "/descendants"])
def test_the_door_says_what_the_answers_say(jewel_shown: Shown, parcel: str, part: str) -> None:
    path = f"/v1/parcels/{jewel_shown.hex(parcel)}{part}"
    assert jewel_shown.client.get(path).json() == jewel_shown.answers.ask(path)


def test_a_checkpoint_is_a_note_unless_json_is_asked_for(jewel_shown: Shown) -> None:
    note = jewel_shown.client.get("/v1/checkpoint")
    assert note.headers["content-type"].startswith("text/plain")
    plain = jewel_shown.client.get("/v1/checkpoint", headers=AS_JSON)
    assert plain.json()["note"].encode() == note.content == jewel_shown.book.published.note
    assert note.headers["vary"] == plain.headers["vary"] == "accept"


def test_pages_by_cursor_are_the_whole(jewel_shown: Shown) -> None:
    path = f"/v1/parcels/{jewel_shown.hex('stone')}/story"
    whole = jewel_shown.client.get(path).json()["steps"]
    together: list[Any] = []
    query = {"limit": "4"}
    while True:
        page = jewel_shown.client.get(path, params=query).json()
        together += page["steps"]
        if page["cursor"] is None:
            break
        query["cursor"] = page["cursor"]
    assert together == whole
    assert len(whole) == 13


NOWHERE = "0x" + "12" * 32
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


OPEN_ONLY = [question for question in QUESTIONS if not question.is_public]


@pytest.mark.parametrize("question", OPEN_ONLY, ids=lambda question: question.name)
def test_a_trade_ledger_closes_what_is_not_public(traded: Shown, question) -> None:
    path = question.path.format(id=NOWHERE, address=NOWHERE[:42], index=0)
    problem = problem_of(traded.client.get(path))
    assert (problem["rule"], problem["status"]) == ("reading-closed", 403)


def test_a_trade_ledger_does_not_tell_which_records_it_holds(traded: Shown) -> None:
    held = to_hex(traded.scene.log[-1][1].record_id)
    for record in (held, NOWHERE, "nothing"):
        for more in ("", "&size=3", "&index=1"):
            problem = problem_of(traded.client.get(f"/v1/proofs/inclusion?record={record}{more}"))
            assert (problem["rule"], problem["status"]) == ("reading-closed", 403)


def test_a_trade_ledger_still_proves_what_it_says(traded: Shown) -> None:
    for name, path in asked(traded).items():
        if any(question.name == name for question in OPEN_ONLY):
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


def send(made: Shown, raw: bytes):
    return made.client.post(
        "/v1/records", content=raw, headers={"content-type": "application/json"}
    )
