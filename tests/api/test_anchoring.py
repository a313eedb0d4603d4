"""Waiting for anchors, and asking for them, over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.schemas import components
from ledger.anchor.journal import SqliteJournal
from ledger.anchor.kept import Deployment, Spot
from ledger.anchor.mirror_kept import LeftOut, Mirrored, Progress
from ledger.anchor.told import Anchors
from ledger.values import NO_HASH, to_hex
from tests.anchored import PLACE, Kept, kept_anchors, root_of
from tests.api.schema_check import check
from tests.api.test_sending import send, send_batch, told
from tests.scene import Shown, jewel, shown

SCHEMAS = components()


@pytest.fixture
def kept() -> Kept:
    return kept_anchors()


@pytest.fixture
def made(kept: Kept) -> Iterator[Shown]:
    with shown(jewel(), anchors=kept.anchors, anchored_seconds_max=60) as made:
        yield made


@pytest.fixture
def hurried(kept: Kept) -> Iterator[Shown]:
    with shown(jewel(), anchors=kept.anchors, anchored_seconds_max=0.05) as made:
        yield made


def once_waited_for(kept: Kept, act: Callable[[], object]) -> threading.Thread:
    """Do something as soon as a request waits for an anchor."""

    def run() -> None:
        while not kept.anchors.anchored.waiting:
            time.sleep(0.005)
        act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def size_of(made: Shown) -> int:
    return made.client.get("/v1/status").json()["size"]


def test_a_record_waits_until_an_anchor_that_covers_it_is_final(made: Shown, kept: Kept) -> None:
    (raw,) = made.registrations(1)
    size = size_of(made)

    def anchor() -> None:
        kept.put(size, "finalized")  # all before it, which is not enough
        kept.put(size + 1, "finalized")

    thread = once_waited_for(kept, anchor)
    response = send(made, raw, "?wait=anchored")
    thread.join()
    assert (response.status_code, response.json()["status"]) == (201, "anchored")
    assert send(made, raw, "?wait=anchored").json()["status"] == "anchored"
    assert send(made, raw).json()["status"] == "checkpointed"
    assert kept.anchors.anchored.waiting == 0


def test_a_chain_that_does_not_come_to_it_holds_nobody_for_long(hurried: Shown, kept: Kept) -> None:
    (raw,) = hurried.registrations(1)
    kept.put(size_of(hurried), "finalized")
    kept.put(size_of(hurried) + 1, "safe")
    response = send(hurried, raw, "?wait=anchored")
    assert (response.status_code, response.json()["status"]) == (201, "checkpointed")
    assert kept.anchors.anchored.waiting == 0


def test_without_a_chain_nobody_waits_for_one() -> None:
    with shown(jewel(), anchored_seconds_max=3_600) as made:
        (raw,) = made.registrations(1)
        assert send(made, raw, "?wait=anchored").json()["status"] == "checkpointed"
        chain = made.client.get("/v1/chain").json()
        assert (chain["isAnchored"], chain["contract"]) == (False, None)
        assert made.client.get("/v1/anchors").json()["anchors"] == []


def test_what_was_refused_waits_for_nothing(made: Shown) -> None:
    response = made.client.post(
        "/v1/records?wait=anchored", content=b"{}", headers={"content-type": "application/json"}
    )
    assert response.status_code == 400


@pytest.mark.parametrize("query", ["?wait=anchored", "?wait=anchored&atomic=true"])
def test_a_batch_waits_for_all_of_it(made: Shown, kept: Kept, query: str) -> None:
    raws = made.registrations(3)
    size = size_of(made)
    thread = once_waited_for(kept, lambda: kept.put(size + 3, "finalized"))
    lines = told(send_batch(made, raws, query))
    thread.join()
    assert [line["status"] for line in lines] == ["anchored"] * 3


def test_a_batch_in_steps_has_one_patience_and_says_of_each_line_what_was_reached(
    kept: Kept,
) -> None:
    limits = {"batch_step_records": 1, "anchored_seconds_max": 0.3}
    with shown(jewel(), anchors=kept.anchors, **limits) as made:
        raws = made.registrations(4)
        size = size_of(made)
        thread = once_waited_for(kept, lambda: kept.put(size + 2, "finalized"))
        lines = told(send_batch(made, raws, "?wait=anchored"))
        thread.join()
        assert [line["status"] for line in lines] == ["anchored"] * 2 + ["checkpointed"] * 2


def test_a_batch_that_waits_for_an_anchor_keeps_no_other_from_its_turn(kept: Kept) -> None:
    limits = {"batch_step_records": 1, "batches_at_once_max": 1, "anchored_seconds_max": 60}
    with shown(jewel(), anchors=kept.anchors, **limits) as made:
        first, second = made.registrations(2), made.registrations(3)[2:]
        size = size_of(made)
        others: list[int] = []

        def bring_another() -> None:
            others.append(send_batch(made, second).status_code)
            kept.put(size + 3, "finalized")

        thread = once_waited_for(kept, bring_another)
        lines = told(send_batch(made, first, "?wait=anchored"))
        thread.join()
        assert others == [200]
        assert [line["status"] for line in lines] == ["anchored"] * 2


# -- what is told ------------------------------------------------------------------------------


def test_anchors_are_asked_for_from_a_size_on(made: Shown, kept: Kept) -> None:
    for size in (3, 5, 8):
        kept.put(size, "finalized")

    def sizes(query: str) -> list[int]:
        answer = made.client.get(f"/v1/anchors{query}").json()
        return [one["size"] for one in answer["anchors"]]

    assert sizes("?after=3") == [5, 8]
    assert sizes("?after=4") == [5, 8]
    assert sizes("?after=9999999999999999999") == []
    page = made.client.get("/v1/anchors?after=3&limit=1").json()
    assert sizes(f"?after=3&cursor={page['cursor']}") == [8]


def test_what_is_in_doubt_is_not_called_anchored(made: Shown, kept: Kept) -> None:
    path = f"/v1/parcels/{made.hex('stone')}/history"
    kept.put(size_of(made), "finalized")
    assert {step["status"] for step in made.client.get(path).json()["steps"]} == {"anchored"}
    kept.anchors.anchored.withdraw()
    kept.put(size_of(made) + 1, "finalized")
    answer = made.client.get(path).json()
    assert {step["status"] for step in answer["steps"]} == {"checkpointed"}
    assert (answer["anchors"], answer["asOf"]["anchoredSize"]) == ([], 0)
    assert made.client.get("/v1/anchors").json()["anchors"] == []


def test_anchors_are_told_by_size_and_in_pages(made: Shown, kept: Kept) -> None:
    for size, state in ((3, "finalized"), (5, "overtaken"), (8, "mined"), (9, "submitted")):
        kept.put(size, state)
    page = made.client.get("/v1/anchors?limit=3").json()
    check(page, SCHEMAS["AnchorsAnswer"], SCHEMAS)
    assert [(one["size"], one["state"]) for one in page["anchors"]] == [
        (3, "finalized"),
        (5, "overtaken"),
        (8, "mined"),
    ]
    first = page["anchors"][0]
    assert (first["chainId"], first["contract"]) == (31_337, "0x" + PLACE.contract.hex())
    assert (first["root"], first["blockNumber"]) == ("0x" + root_of(3).hex(), 103)
    rest = made.client.get(f"/v1/anchors?cursor={page['cursor']}").json()
    assert [(one["size"], one["transaction"]) for one in rest["anchors"]] == [(9, None)]
    assert rest["cursor"] is None


def test_a_history_names_the_smallest_anchor_that_covers_each_step(made: Shown, kept: Kept) -> None:
    path = f"/v1/parcels/{made.hex('stone')}/history"
    assert made.client.get(path).json()["anchors"] == []
    indices = [step["index"] for step in made.client.get(path).json()["steps"]]
    last, first = indices[0], indices[-1]
    kept.put(first + 1, "finalized")
    kept.put(last + 1, "mined")
    kept.put(last + 2, "mined")
    answer = made.client.get(path).json()
    assert [one["size"] for one in answer["anchors"]] == [first + 1, last + 1]
    by_index = {step["index"]: step["status"] for step in answer["steps"]}
    assert (by_index[first], by_index[last]) == ("anchored", "checkpointed")
    assert answer["asOf"]["anchoredSize"] == first + 1
    story = made.client.get(f"/v1/parcels/{made.hex('stone')}/story").json()
    assert story["anchors"][-1]["size"] == last + 1


def test_a_stones_page_names_its_anchor_once_it_has_one(made: Shown, kept: Kept) -> None:
    path = f"/stones/{made.token('stone')}"
    index = made.client.get(path + ".json").json()["proof"]["index"]
    assert "<dt>Anchor</dt>" not in made.client.get(path).text
    kept.put(index + 1, "safe")
    assert "<dt>Anchor</dt>" not in made.client.get(path).text
    kept.put(index + 1, "finalized")
    page, plain = made.client.get(path).text, made.client.get(path + ".json").json()
    assert "<dt>Anchor</dt>" in page
    assert plain["proof"]["status"] == "anchored"
    assert plain["proof"]["anchor"]["size"] == index + 1


def test_the_chain_is_told_to_everybody_and_why_it_is_down_to_nobody(
    made: Shown, kept: Kept
) -> None:
    kept.put(4, "finalized")
    response = made.client.get("/v1/chain", headers={"authorization": ""})
    answer = response.json()
    check(answer, SCHEMAS["ChainAnswer"], SCHEMAS)
    assert (answer["isAnchored"], answer["chainId"], answer["anchoredSize"]) == (True, 31_337, 4)
    assert "detail" not in answer


def test_how_hand_overs_are_mirrored_is_told_to_everybody_in_numbers_alone(tmp_path: Path) -> None:
    with closing(SqliteJournal.create(tmp_path / "anchors.db")) as journal:
        mirror, left_out = journal.mirror, LeftOut(3, root_of(3), "StalePrevious: of a parcel")
        with shown(jewel(), anchors=Anchors(journal, mirror=mirror)) as made:
            assert made.client.get("/v1/chain").json()["mirror"] is None
            mirror.keep_deployment(Deployment(PLACE, NO_HASH, 1))
            spot = Spot(7, root_of(7), root_of(8))
            mirror.keep(PLACE, Progress(9, 4), [Mirrored(root_of(2), spot)], [left_out])
            response = made.client.get("/v1/chain", headers={"authorization": ""})
            check(response.json(), SCHEMAS["ChainAnswer"], SCHEMAS)
            assert response.json()["mirror"] == {
                "condition": "starting",
                "chainId": PLACE.chain_id,
                "contract": to_hex(PLACE.contract),
                "position": 4,
                "mirrored": 1,
                "leftOut": 1,
            }
            assert "StalePrevious" not in response.text
            assert [one.reason for one in Anchors(journal, mirror=mirror).left_out()] == [
                left_out.reason
            ]


def test_a_contract_that_is_yet_to_be_made_has_no_anchors() -> None:
    with shown(jewel(), anchors=kept_anchors(deployed=False).anchors) as made:
        assert made.client.get("/v1/chain").json()["contract"] is None
        assert made.client.get("/v1/anchors").json() == {
            "isAnchored": True,
            "anchors": [],
            "cursor": None,
            "asOf": made.client.get("/v1/chain").json()["asOf"],
        }
        path = f"/v1/parcels/{made.hex('stone')}/history"
        assert made.client.get(path).json()["anchors"] == []
