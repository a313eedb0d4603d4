"""The routes that write: idempotency, waiting, racing, batches."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.schemas import components
from api.sending import lines_of
from ledger.limits import LIMITS
from ledger.values import to_hex
from tests.api.problem_check import check_document, problem_of
from tests.api.schema_check import check
from tests.scene import Shown, jewel, shown
from tests.world import World

JSON = {"content-type": "application/json"}
LINES = {"content-type": "application/x-ndjson"}
SCHEMAS = components()


def send(made: Shown, raw: bytes, query: str = ""):
    return made.client.post("/v1/records" + query, content=raw, headers=JSON)


def send_batch(made: Shown, raws: list[bytes], query: str = ""):
    body = b"".join(raw + b"\n" for raw in raws)
    return made.client.post("/v1/records/batch" + query, content=body, headers=LINES)


def told(response) -> list[dict]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in response.text.splitlines()]
    for line in lines:
        check(line, SCHEMAS["SentLine"], SCHEMAS)
        if "problem" in line:
            check_document(line["problem"])
    return lines


# -- one record --------------------------------------------------------------------------------


def test_a_record_is_created_and_found_where_it_says(fresh: Shown) -> None:
    (raw,) = fresh.registrations(1)
    response = send(fresh, raw)
    assert response.status_code == 201
    answer = response.json()
    check(answer, SCHEMAS["Sent"], SCHEMAS)
    assert (answer["status"], answer["index"]) == ("checkpointed", len(fresh.scene.log) - 1)
    found = fresh.client.get(response.headers["location"]).json()
    assert found["recordId"] == answer["recordId"]
    assert found["parcels"] == answer["parcels"]
    assert fresh.client.get(f"/v1/parcels/{answer['parcels'][0]}").json()["stones"] == 1


def test_the_same_record_again_gets_the_first_answer(fresh: Shown) -> None:
    (raw,) = fresh.registrations(1)
    first = send(fresh, raw)
    head = fresh.desk.head()
    fresh.desk.clock.now_ms += 60_000
    for query in ("", "?wait=checkpointed", "?wait=sequenced"):
        again = send(fresh, raw, query)
        assert (again.status_code, again.json()) == (200, first.json())
        assert again.headers["location"] == first.headers["location"]
    assert fresh.desk.head() == head


def test_racing_copies_of_a_record_are_created_once(fresh: Shown) -> None:
    (raw,) = fresh.registrations(1)
    with ThreadPoolExecutor(12) as pool:
        responses = list(pool.map(lambda _: send(fresh, raw), range(24)))
    assert sorted(response.status_code for response in responses) == [200] * 23 + [201]
    assert len({response.text for response in responses}) == 1
    assert fresh.desk.head().size == responses[0].json()["index"] + 1


def test_of_records_that_race_for_a_parcel_one_wins(fresh: Shown) -> None:
    rivals = []
    for number in range(8):
        world = fresh.scene.fork()
        world.salts_given += 1_000 * number
        world.offer(fresh.scene.parcels["stone"], "jeweller-fr", "trader-be")
        rivals.append(world.log[-1][1].envelope.raw)
    fresh.desk.clock.now_ms = fresh.scene.now_ms
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda raw: send(fresh, raw), rivals))
    winners = [response for response in responses if response.status_code == 201]
    losers = [response for response in responses if response.status_code != 201]
    assert len(winners) == 1
    assert {problem_of(loser)["rule"] for loser in losers} == {"parcel-offered"}
    assert {loser.status_code for loser in losers} == {409}


def test_whoever_waits_for_sequenced_alone_may_be_told_no_more(fresh: Shown) -> None:
    (raw,) = fresh.registrations(1)
    response = send(fresh, raw, "?wait=sequenced")
    assert response.status_code == 201
    assert response.json()["status"] in ("sequenced", "checkpointed")
    assert send(fresh, raw).json()["status"] == "checkpointed"


@pytest.mark.parametrize(
    "query", ["?wait=final", "?wait=", "?wait=sequenced&wait=sequenced", "?atomic=true", "?x=1"]
)
def test_a_query_that_is_not_known_stores_nothing(fresh: Shown, query: str) -> None:
    (raw,) = fresh.registrations(1)
    head = fresh.desk.head()
    assert problem_of(send(fresh, raw, query))["rule"] == "bad-question"
    assert fresh.desk.head() == head


def test_a_refusal_says_rule_field_expected_and_came(fresh: Shown) -> None:
    world = fresh.scene.fork()
    world.later(3_600)
    world.register(world.sites["home"], 1_000, zone="South")
    problem = problem_of(send(fresh, world.log[-1][1].envelope.raw))
    assert (problem["rule"], problem["status"]) == ("time-ahead", 422)
    assert problem["field"] == "scene.occurredAt"
    assert problem["expected"].startswith("at most ")
    assert problem["came"] == str(world.now_s)


def test_a_trade_ledger_takes_records() -> None:
    with shown(jewel("trade")) as made:
        (raw,) = made.registrations(1)
        assert send(made, raw).status_code == 201
        assert made.answers.is_open is False


# -- batches -----------------------------------------------------------------------------------


def test_a_batch_is_answered_line_by_line_in_order(fresh: Shown) -> None:
    raws = fresh.registrations(5)
    lines = told(send_batch(fresh, [*raws[:2], b"{}", *raws[2:], raws[0]]))
    assert [line["line"] for line in lines] == list(range(1, 8))
    assert [line["code"] for line in lines] == [201, 201, 400, 201, 201, 201, 200]
    assert lines[2]["problem"]["rule"] == "kind"
    assert {**lines[6], "line": 1, "code": 201} == lines[0]
    indices = [line["index"] for line in lines if line["code"] == 201]
    assert indices == list(range(indices[0], indices[0] + 5))


def test_a_batch_longer_than_a_step_is_whole_and_in_order() -> None:
    with shown(jewel(), batch_step_records=3) as made:
        raws = made.registrations(11)
        lines = told(send_batch(made, raws, "?wait=sequenced"))
        assert [line["line"] for line in lines] == list(range(1, 12))
        indices = [line["index"] for line in lines]
        assert indices == sorted(indices)
        assert made.desk.head().size == indices[-1] + 1


def test_records_of_a_batch_may_build_on_each_other(fresh: Shown) -> None:
    start = len(fresh.scene.log)
    fresh.scene.hand_over(fresh.scene.parcels["stone"], "jeweller-fr", "trader-be")
    fresh.desk.clock.now_ms = fresh.scene.now_ms
    for query in ("?atomic=true", ""):
        lines = told(send_batch(fresh, fresh.desk.raws(start), query))
        assert [line["code"] for line in lines] == ([201, 201] if query else [200, 200])


def test_an_atomic_batch_with_a_bad_record_is_refused_whole(fresh: Shown) -> None:
    raws, head = fresh.registrations(3), fresh.desk.head()
    for bad, rule, status in ((b"{}", "kind", 400), (late(fresh), "time-ahead", 422)):
        response = send_batch(fresh, [raws[0], b"", raws[1], bad, raws[2]], "?atomic=true")
        problem = problem_of(response)
        assert (problem["rule"], problem["status"], problem["line"]) == (rule, status, 4)
        assert fresh.desk.head() == head
    assert len(told(send_batch(fresh, raws, "?atomic=true"))) == 3


def late(made: Shown) -> bytes:
    world = made.scene.fork()
    world.later(3_600)
    world.register(made.scene.sites["home"], 1_000, zone="South")
    return world.log[-1][1].envelope.raw


def test_empty_lines_are_counted_and_get_no_answer(fresh: Shown) -> None:
    raws = fresh.registrations(2)
    body = b"\n" + raws[0] + b"\n\n\n" + raws[1] + b"\n\n"
    response = fresh.client.post("/v1/records/batch", content=body, headers=LINES)
    assert [(line["line"], line["code"]) for line in told(response)] == [(2, 201), (5, 201)]


def test_a_last_line_without_its_end_is_taken_if_it_is_whole(fresh: Shown) -> None:
    raws = fresh.registrations(2)
    body = b"\n".join(raws)
    response = fresh.client.post("/v1/records/batch", content=body, headers=LINES)
    assert [line["code"] for line in told(response)] == [201, 201]


@pytest.mark.parametrize("cut", [1, 2, 100, 700])
def test_a_batch_that_breaks_off_is_refused_whole(fresh: Shown, cut: int) -> None:
    raws, head = fresh.registrations(2), fresh.desk.head()
    body = (raws[0] + b"\n" + raws[1])[:-cut]
    for query in ("", "?atomic=true"):
        response = fresh.client.post("/v1/records/batch" + query, content=body, headers=LINES)
        assert problem_of(response)["rule"] == "batch-truncated"
    assert fresh.desk.head() == head


@pytest.mark.parametrize("last", [b"{}", b'{"a": 1.50, "b": [1e999]}', b"[]", b"7"])
def test_a_bad_last_line_without_its_end_is_answered_and_the_others_are_done(
    fresh: Shown, last: bytes
) -> None:
    body = b"\n".join([*fresh.registrations(2), last])
    lines = told(fresh.client.post("/v1/records/batch", content=body, headers=LINES))
    assert [line["code"] for line in lines] == [201, 201, 400]


@pytest.mark.parametrize("last", [b"[" * 100_000, b'{"a":"\xff"}', b"{" + b" " * 200_000 + b"}"])
def test_a_last_line_that_cannot_be_told_from_one_that_broke_off_is_refused(
    jewel_shown: Shown, last: bytes
) -> None:
    response = jewel_shown.client.post("/v1/records/batch", content=last, headers=LINES)
    assert problem_of(response)["rule"] == "batch-truncated"


@pytest.mark.parametrize("body", [b"", b"\n", b"\n\n\n"])
def test_a_batch_of_nothing_is_refused(jewel_shown: Shown, body: bytes) -> None:
    response = jewel_shown.client.post("/v1/records/batch", content=body, headers=LINES)
    assert problem_of(response)["rule"] == "batch-empty"


def test_a_batch_of_too_many_lines_is_refused(jewel_shown: Shown) -> None:
    body = b"{}\n" * (LIMITS.batch_records_max + 1)
    response = jewel_shown.client.post("/v1/records/batch", content=body, headers=LINES)
    assert problem_of(response)["rule"] == "batch-records"


def test_a_line_that_is_too_long_is_refused_and_the_others_are_done(fresh: Shown) -> None:
    raws = fresh.registrations(2)
    long = b"{" + b" " * LIMITS.envelope_bytes_max + b"}"
    lines = told(send_batch(fresh, [raws[0], long, raws[1]]))
    assert [line["code"] for line in lines] == [201, 413, 201]
    assert lines[1]["problem"]["rule"] == "size"


def test_other_line_ends_are_no_canonical_bytes(fresh: Shown) -> None:
    (raw,) = fresh.registrations(1)
    (line,) = told(send_batch(fresh, [raw + b"\r"]))
    assert line["problem"]["rule"] == "canonical"


def test_when_the_ledger_stops_the_lines_left_say_that_it_did() -> None:
    with shown(jewel(), batch_step_records=2) as made:
        raws = made.registrations(6)
        made.desk.clock.now_ms -= 60_000
        lines = told(send_batch(made, raws))
        assert [line["line"] for line in lines] == [1, 2, 3, 4, 5, 6]
        assert {line["code"] for line in lines} == {503}
        rules = {line["problem"]["rule"] for line in lines}
        assert "clock-behind" in rules
        assert rules <= {"clock-behind", "unavailable"}


def test_more_batches_at_once_than_fit_are_told_to_come_again() -> None:
    with shown(jewel(), batches_at_once_max=0, retry_after_seconds=7) as made:
        response = send_batch(made, made.registrations(1))
        assert problem_of(response)["rule"] == "unavailable"
        assert response.headers["retry-after"] == "7"


def test_a_batch_that_has_no_turn_is_not_looked_through() -> None:
    with shown(jewel(), batches_at_once_max=0) as made:
        assert problem_of(send_batch(made, []))["rule"] == "unavailable"


def test_a_batch_that_is_done_makes_room_for_the_next() -> None:
    with shown(jewel(), batches_at_once_max=1) as made:
        raws = made.registrations(2)
        assert problem_of(send_batch(made, [])).get("rule") == "batch-empty"
        assert problem_of(send_batch(made, [b"{}"], "?atomic=true"))["rule"] == "kind"
        for query in ("", "?atomic=true", ""):
            assert [line["line"] for line in told(send_batch(made, raws, query))] == [1, 2]


def test_lines_keep_their_numbers() -> None:
    found = lines_of(b"{}\n\n[]\n")
    assert [(one.line, one.raw) for one in found] == [(1, b"{}"), (3, b"[]")]


def test_the_world_that_signs_is_the_one_that_is_answered(fresh: Shown) -> None:
    elsewhere = World(salts_given=5_000)
    elsewhere.found()
    foreign = elsewhere.admit("lab-be").envelope.raw
    problem = problem_of(send(fresh, foreign))
    assert (problem["rule"], problem["status"]) == ("signer", 422)
    assert to_hex(elsewhere.ledger_id) not in str(problem)
    assert fresh.book.fault is None
