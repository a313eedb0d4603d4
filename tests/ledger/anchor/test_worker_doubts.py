"""What a worker believes when journals are lost, nodes lie, and things are not what they were."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.anchor.kept import Deployment
from ledger.anchor.memory import MemoryJournal
from ledger.anchor.protocol import Event, Mined
from ledger.anchor.told import Anchors
from ledger.errors import ChainDown, Diverged
from ledger.values import NO_HASH, Hash32
from tests.ledger.anchor.logs import GrowingLog
from tests.ledger.anchor.stand_in import ANCHORED
from tests.ledger.anchor.yard import (
    PATIENT,
    STRANGER,
    Yard,
    anchored,
    charter,
    diverges,
    silent,
)
from tests.world import address_of


@pytest.fixture
def yard() -> Yard:
    """Return a worker whose contract is final and holds 5 entries; 10 are published."""
    return anchored()


# -- journals that were lost ---------------------------------------------------------------------


def test_a_lost_journal_is_made_again_from_the_chain(yard: Yard) -> None:
    yard.settled()
    again = Yard(chain=yard.chain, log=yard.log, limits=PATIENT, may_deploy=False)
    again.options = {"contract": yard.place.contract}
    again.reopened()
    again.log.append(3)
    again.settled()
    assert again.on_chain() == [5, 10, 13]
    assert again.states == {5: "finalized", 10: "finalized", 13: "finalized"}
    assert [row.statement.root for row in again.rows] == [
        again.log.root_at(size) for size in (5, 10, 13)
    ]


def test_an_older_journal_that_was_put_back_makes_no_second_anchor(yard: Yard) -> None:
    older = MemoryJournal()
    older.keep_deployment(yard.journal.deployment())
    older.keep(yard.place, yard.rows[:1])
    yard.step()
    (row,) = yard.rows[1:]
    older.keep(yard.place, [replace(row, state="signed")])
    yard.settled()
    yard.journal = older
    yard.reopened()
    yard.log.append(1)
    yard.settled()
    assert yard.on_chain() == [5, 10, 11]


# -- lies, and what is not what it was -----------------------------------------------------------


def test_claimed_receipts_and_events_make_nothing_final(yard: Yard) -> None:
    def lie(asked: str, answer: Any) -> Any:
        block = yard.chain.grown[yard.chain.final].block
        said = yard.rows[-1].statement
        if asked == "mined":
            return Mined(b"\1" * 32, block.number, block.block_hash, True, 1, 1, None, ())
        if asked == "events":
            topics = (ANCHORED, charter()[0], said.size.to_bytes(32, "big"))
            data = said.root + said.previous_size.to_bytes(32, "big") + said.previous_root
            where = (block.number, block.block_hash, b"\1" * 32, 0)
            return (Event(said.contract, topics, data, *where),)
        return answer

    yard.step()
    yard.chain.pool.clear()
    yard.chain.change = lie
    yard.go(10, seconds=61)
    assert yard.states[10] not in ("mined", "safe", "finalized")
    assert [kept.size for kept in yard.told] == [5]
    yard.chain.change = lambda _, answer: answer
    yard.settled()
    assert yard.on_chain() == [5, 10]


def test_an_event_of_a_block_that_is_not_on_the_chain_makes_nothing_final(yard: Yard) -> None:
    def misplace(asked: str, answer: Any) -> Any:
        if asked != "events":
            return answer
        return tuple(replace(event, block_hash=b"\1" * 32) for event in answer)

    yard.chain.change = misplace
    yard.go(10)
    assert yard.on_chain() == [5, 10]
    assert (yard.states[10], yard.rows[1].spot) == ("submitted", None)
    yard.chain.change = lambda _, answer: answer
    yard.step()
    assert yard.states[10] == "finalized"


def test_events_that_are_hidden_for_long_are_found_when_they_are_shown(yard: Yard) -> None:
    yard.step()
    yard.chain.change = lambda asked, answer: () if asked == "events" else answer
    for _ in range(3):
        yard.chain.mine(300)
        yard.step()
    assert yard.states[10] == "submitted"
    yard.chain.change = lambda _, answer: answer
    yard.step()
    assert yard.states[10] == "finalized"


def test_while_one_event_is_hidden_none_after_it_is_final(yard: Yard) -> None:
    def hide(asked: str, answer: Any) -> Any:
        if asked != "events":
            return answer
        return tuple(event for event in answer if event.topics[2][-1] != 10)

    yard.chain.change = hide
    yard.go(2)
    yard.log.append(5)
    yard.worker.ask()
    yard.go(10)
    assert yard.on_chain() == [5, 10, 15]
    assert [kept.size for kept in yard.told] == [5]
    assert yard.states[15] in ("mined", "safe")
    yard.chain.change = lambda _, answer: answer
    yard.step()
    assert [kept.size for kept in yard.told] == [5, 10, 15]
    assert yard.states == {5: "finalized", 10: "finalized", 15: "finalized"}


def test_another_root_on_the_chain_stops_it(yard: Yard) -> None:
    yard.step()
    yard.chain.mine(5)
    other = GrowingLog("another", 10)
    yard.log = other
    yard.reopened()
    diverges(yard, "another root")


def test_a_log_that_lost_its_end_stops_it(yard: Yard) -> None:
    yard.step()
    yard.chain.mine(5)
    yard.log.cut(9)
    diverges(yard, "10 entries are anchored; the log has published 9")


def test_a_log_that_was_rewritten_is_never_signed(yard: Yard) -> None:
    yard.step()
    yard.chain.pool.clear()
    yard.log = GrowingLog("another", 10)
    yard.reopened()
    diverges(yard, "another root")


def test_another_chain_stops_it(yard: Yard) -> None:
    yard.chain.chain_id += 1
    diverges(yard, "chain's id")


def test_other_code_stops_it(yard: Yard) -> None:
    yard.chain.change = lambda asked, answer: b"other" if asked == "code" else answer
    diverges(yard, "other code")


def test_a_contract_that_is_gone_stops_it(yard: Yard) -> None:
    contract = yard.place.contract
    for at, grown in enumerate(yard.chain.grown):
        contracts = {one: kept for one, kept in grown.state.contracts.items() if one != contract}
        yard.chain.grown[at] = replace(grown, state=replace(grown.state, contracts=contracts))
    diverges(yard, "is gone")


def test_a_final_block_that_is_gone_stops_it(yard: Yard) -> None:
    spot = yard.rows[0].spot
    at = yard.chain.grown[spot.block_number]
    changed = replace(at.block, block_hash=b"\1" * 32)
    yard.chain.grown[spot.block_number] = replace(at, block=changed)
    diverges(yard, "which was final")


def test_another_anchor_key_stops_it(yard: Yard) -> None:
    grown = yard.chain.last
    stand_in = grown.state.contracts[yard.place.contract]
    ledger, held = stand_in.ledgers[0]
    rotated = stand_in.with_ledger(ledger, replace(held, anchor_key=address_of(STRANGER)))
    state = replace(grown.state, contracts={yard.place.contract: rotated})
    yard.chain.grown[-1] = replace(grown, state=state)
    diverges(yard, "takes anchors of")


def test_a_node_that_is_behind_is_only_waited_for(yard: Yard) -> None:
    yard.settled()
    yard.chain.lag = lambda: len(yard.chain.grown) - 2
    for _ in range(3):
        assert isinstance(yard.step(), ChainDown)
    assert "behind" in yard.worker.status().detail
    yard.chain.lag = lambda: 0
    yard.log.append(1)
    yard.settled()
    assert yard.on_chain() == [5, 10, 11]


def test_a_log_that_was_put_back_whole_is_found_out_without_asking_the_chain(yard: Yard) -> None:
    yard.settled()
    yard.log.cut(9)
    yard.chain.trouble = silent("block")
    yard.reopened()
    status = yard.worker.status()
    assert (status.condition, yard.worker.doubt) == ("diverged", status.detail)
    assert "10 entries are anchored; the log has published 9" in status.detail
    with pytest.raises(Diverged, match="has published 9"):
        yard.worker.step()
    anchors = Anchors(yard.journal, yard.worker.status, doubt=yard.worker.doubt)
    assert (anchors.anchored.size, anchors.page(0, 9), anchors.covering([0])) == (0, (), ())


def test_a_journal_of_another_ledger_is_found_out() -> None:
    yard = anchored()
    (row,) = yard.rows
    said = replace(row.statement, ledger=Hash32(b"\7" * 32))
    yard.journal.keep(yard.place, [replace(row, statement=said)])
    assert "another ledger" in yard.reopened().doubt
    known = Anchors(yard.journal, doubt=yard.worker.doubt)
    assert (known.status().condition, known.anchored.size) == ("diverged", 0)


def test_a_chain_in_the_folder_that_lost_blocks_is_no_node_that_lags(yard: Yard) -> None:
    yard.with_limits(may_lag=False)
    yard.chain.lag = lambda: len(yard.chain.grown) - 2
    diverges(yard, "lost blocks")


def test_who_answers_is_told_of_a_doubt(yard: Yard) -> None:
    doubts: list[str] = []
    yard.options = {"on_doubt": lambda: doubts.append("told")}
    yard.reopened()
    yard.step()
    assert doubts == []
    yard.chain.chain_id += 1
    diverges(yard, "chain's id")
    assert doubts == ["told"]


def test_who_deploys_on_another_chain_begins_anew_there(yard: Yard) -> None:
    left = replace(yard.place, chain_id=yard.place.chain_id + 1)
    said = replace(yard.rows[0].statement, chain_id=left.chain_id)
    journal = MemoryJournal()
    journal.keep_deployment(Deployment(left, NO_HASH, 0))
    journal.keep(left, [replace(yard.rows[0], statement=said)])
    moved = Yard(journal=journal, log=yard.log, limits=PATIENT, may_deploy=False)
    with pytest.raises(Diverged, match="chain's id"):
        moved.worker.step()
    moved.may_deploy = True
    assert moved.reopened().status().anchored_size == 5
    moved.opened()
    assert moved.place.chain_id == yard.place.chain_id
    assert (moved.worker.status().anchored_size, moved.rows) == (0, [])
    moved.settled()
    assert moved.on_chain() == [10]
    assert moved.told == moved.rows
    assert [row.size for row in journal.anchors(left, 0, 9)] == [5]


def test_another_contract_that_is_named_has_anchors_of_its_own(yard: Yard) -> None:
    yard.settled()
    other = Yard(chain=yard.chain, log=yard.log).opened()
    assert other.place != yard.place
    yard.options = {"contract": other.place.contract}
    yard.reopened()
    assert yard.worker.status().anchored_size == 10
    yard.step()
    assert yard.worker.status().anchored_size == 0
