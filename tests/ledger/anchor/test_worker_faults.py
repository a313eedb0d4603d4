"""What a worker does when the chain, its node or its own end gets in the way."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from ledger.errors import ChainDown, ChainRefused, Reverted
from tests.ledger.anchor.logs import GrowingLog
from tests.ledger.anchor.scripted import GWEI, Sent
from tests.ledger.anchor.stand_in import selector
from tests.ledger.anchor.yard import (
    PATIENT,
    PAYER,
    STRANGER,
    Crash,
    Yard,
    anchored,
    diverges,
    silent,
    waits,
)
from tests.world import address_of, secret_of


@pytest.fixture
def yard() -> Yard:
    """Return a worker whose contract is final and holds 5 entries; 10 are published."""
    return anchored()


# -- the worker's own end ------------------------------------------------------------------------


def test_killed_at_any_question_or_write_it_goes_on_without_a_second_anchor() -> None:
    """From nothing deployed to an anchor that is final; each moment, before and after it."""
    done = 0
    for at in range(1, 1_000):
        for is_after in (False, True):
            yard = Yard()
            yard.fuse.left, yard.fuse.is_after = at, is_after
            try:
                for _ in range(16):
                    yard.step()
                    yard.chain.mine()
            except Crash:
                yard.reopened()
            else:
                done, yard.fuse.left = done + 1, None
            yard.settled()
            assert yard.on_chain() == [5], (at, is_after)
            assert yard.states == {5: "finalized"}
            contracts = yard.chain.last.state.contracts
            assert list(contracts) == [yard.place.contract], "one contract was made"
            assert len(yard.chain.sends) == 3, "one transaction each, to make, open and anchor"
        if done:
            break
    assert at > 100, "so often it was killed"


def test_killed_between_keeping_and_sending_it_sends_the_very_same(yard: Yard) -> None:
    yard.chain.trouble = silent("send")
    yard.step()
    kept = yard.journal.at_nonce(yard.chain.chain_id, address_of(PAYER), 3)
    assert [yard.states[10], len(kept)] == ["signed", 1]
    yard.chain.trouble = lambda _: None
    yard.reopened()
    yard.step()
    assert yard.chain.sends[3:] == [kept[0].raw]
    assert yard.states[10] == "submitted"


def test_killed_between_sending_and_the_receipt_it_sends_nothing_else(yard: Yard) -> None:
    yard.step()
    yard.chain.mine()
    yard.reopened()
    yard.go(8)
    assert yard.on_chain() == [5, 10]
    assert len(yard.chain.sends) == 4


# -- nodes that fail -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["block", "code", "call", "events", "nonce", "fees", "estimate_gas", "send"]
)
def test_a_node_that_answers_no_question_of_one_sort_only_delays(yard: Yard, name: str) -> None:
    yard.chain.trouble = silent(name)
    for _ in range(5):
        assert isinstance(yard.step(), ChainDown)
        yard.now += 5
    status = yard.worker.status()
    assert (status.condition, status.fails) == ("down", 5)
    assert yard.worker.anchored_size() == 5
    yard.chain.trouble = lambda _: None
    yard.settled()
    assert yard.on_chain() == [5, 10]
    assert yard.worker.status().fails == 0


def test_without_receipts_nothing_that_was_sent_is_sent_anew(yard: Yard) -> None:
    yard.step()
    yard.chain.trouble = silent("mined")
    for _ in range(5):
        yard.now += 300
        assert isinstance(yard.step(), ChainDown)
    assert len(yard.chain.sends) == 4


def test_what_was_taken_but_answered_with_an_error_is_not_sent_otherwise(yard: Yard) -> None:
    def change(asked: str, answer: Any) -> Any:
        if asked == "send":
            raise ChainDown("the connection was lost")
        return answer

    yard.chain.change = change
    for _ in range(3):
        assert isinstance(yard.step(), ChainDown)
    assert len(waits(yard)) == 1
    yard.chain.change = lambda _, answer: answer
    yard.settled()
    assert yard.on_chain() == [5, 10]
    assert len(yard.chain.sends) == 4


def test_what_a_node_forgot_is_handed_in_again_as_it_is(yard: Yard) -> None:
    yard.step()
    yard.chain.pool.clear()
    yard.now += yard.limits.resend_seconds - 1
    yard.step()
    assert waits(yard) == []
    yard.now += 1
    yard.step()
    assert [one.raw for one in waits(yard)] == yard.chain.sends[3:4]


def test_receipts_that_vanish_delay_nothing(yard: Yard) -> None:
    yard.chain.change = lambda asked, answer: None if asked == "mined" else answer
    yard.settled()
    assert yard.on_chain() == [5, 10]


def test_events_that_vanish_only_delay(yard: Yard) -> None:
    yard.chain.change = lambda asked, answer: () if asked == "events" else answer
    yard.go(10)
    assert yard.on_chain() == [5, 10]
    assert yard.states[10] == "submitted"
    yard.chain.change = lambda _, answer: answer
    yard.step()
    assert yard.states[10] == "finalized"
    assert len(yard.chain.sends) == 4


def test_a_node_without_money_or_will_is_asked_again_and_says_why(yard: Yard) -> None:
    def poor(asked: str) -> None:
        if asked == "send":
            raise ChainRefused("no-funds", "insufficient funds for gas")

    yard.chain.trouble = poor
    assert isinstance(yard.step(), ChainRefused)
    assert "insufficient funds" in yard.worker.status().detail
    assert yard.worker.status().condition == "down"
    yard.chain.trouble = lambda _: None
    yard.settled()
    assert yard.on_chain() == [5, 10]


def test_what_the_contract_refuses_is_not_sent_and_is_named(yard: Yard) -> None:
    def refuse(asked: str) -> None:
        if asked == "estimate_gas":
            raise Reverted(selector("WrongSigner(bytes32,address,address)") + bytes(96))

    yard.chain.trouble = refuse
    assert isinstance(yard.step(), ChainRefused)
    assert yard.worker.status().detail == "other: anchor 10: WrongSigner"
    assert waits(yard) == []
    yard.chain.trouble = lambda _: None
    yard.settled()
    assert yard.on_chain() == [5, 10]


def test_a_proof_that_does_not_hold_is_never_sent(yard: Yard) -> None:
    class Damaged(GrowingLog):
        def consistency(self, old_size: int, new_size: int) -> Any:
            return super().consistency(old_size, new_size)[:-1]

    yard.log = Damaged(size=10)
    yard.reopened().ask()
    diverges(yard, "does not continue")


# -- fees ----------------------------------------------------------------------------------------


def test_what_is_not_mined_is_raised_at_the_same_nonce_up_to_the_cap(yard: Yard) -> None:
    yard.step()
    seen = waits(yard)
    for _ in range(30):
        yard.now += yard.limits.bump_seconds
        yard.step()
        assert len(waits(yard)) == 1
        if waits(yard)[0] != seen[-1]:
            seen += waits(yard)
    assert len(seen) > 3
    assert {one.nonce for one in seen} == {3}
    assert {one.data for one in seen} == {seen[0].data}
    assert {one.gas for one in seen} == {seen[0].gas}
    for before, after in pairwise(seen):
        assert after.max_fee * 1000 >= before.max_fee * 1125
        assert after.priority * 1000 >= before.priority * 1125
    assert seen[-1].max_fee <= yard.limits.fee_wei_max
    assert "cap" in yard.worker.status().detail
    kept = yard.journal.transactions(yard.chain.chain_id, address_of(PAYER), "anchor 10")
    assert [one.raw for one in kept] == [one.raw for one in seen]
    yard.settled()
    assert yard.on_chain() == [5, 10]


def test_an_earlier_one_that_was_replaced_may_be_mined_all_the_same(yard: Yard) -> None:
    yard.step()
    (first,) = waits(yard)
    yard.now += yard.limits.bump_seconds
    yard.step()
    yard.chain.pool = {(first.sender, first.nonce): first}
    yard.settled()
    assert yard.on_chain() == [5, 10]
    assert yard.rows[1].spot.transaction_hash == first.hash


def test_nothing_is_sent_while_the_chain_asks_more_than_the_cap(yard: Yard) -> None:
    yard.chain.base_fee = 100 * GWEI
    for _ in range(3):
        yard.go()
    assert waits(yard) == []
    assert yard.states[10] == "signed"
    assert "cap" in yard.worker.status().detail
    yard.chain.base_fee = 99 * GWEI
    yard.settled()
    assert yard.on_chain() == [5, 10]


def test_a_node_that_wants_more_is_paid_more_at_once(yard: Yard) -> None:
    def dear(asked: str) -> None:
        if asked == "send" and len(tries) < 2:
            tries.append(asked)
            raise ChainRefused("underpriced", "transaction underpriced")

    tries: list[str] = []
    yard.chain.trouble = dear
    for _ in range(3):
        assert yard.step() is None
    kept = yard.journal.at_nonce(yard.chain.chain_id, address_of(PAYER), 3)
    assert len(kept) == 3
    assert [one.raw for one in waits(yard)] == [kept[-1].raw]


def test_one_that_failed_for_want_of_gas_is_followed_by_one_with_more(yard: Yard) -> None:
    def stingy(asked: str, answer: Any) -> Any:
        return 30_000 if asked == "estimate_gas" else answer

    yard.chain.change = stingy
    yard.go()
    assert yard.on_chain() == [5]
    yard.settled()
    assert yard.on_chain() == [5, 10]
    assert len(yard.chain.sends) == 5


# -- nonces --------------------------------------------------------------------------------------


def test_a_nonce_that_somebody_else_used_is_left_behind(yard: Yard) -> None:
    yard.step()
    yard.chain.use_key(secret_of(PAYER))
    yard.settled()
    assert yard.on_chain() == [5, 10]
    assert Sent.read(yard.chain.sends[-1]).nonce == 4


def test_a_nonce_that_was_used_a_moment_ago_is_no_trouble(yard: Yard) -> None:
    def late(asked: str) -> None:
        if asked == "send":
            raise ChainRefused("nonce-too-low", "nonce too low")

    yard.chain.trouble = late
    assert yard.step() is None
    assert yard.worker.status().condition == "working"
    assert yard.states[10] == "signed"
    yard.chain.trouble = lambda _: None
    yard.settled()
    assert yard.on_chain() == [5, 10]


def test_a_gap_that_a_reorganisation_left_is_filled(yard: Yard) -> None:
    yard.chain.use_key(secret_of(PAYER))
    yard.step()
    assert [one.nonce for one in waits(yard)] == [4]
    yard.chain.reorganise(1, forget=True)
    yard.go(2)
    assert yard.on_chain() == [5, 10]
    assert Sent.read(yard.chain.sends[-1]).nonce == 3
    yard.log.append(1)
    yard.settled()
    assert yard.on_chain() == [5, 10, 11]


def test_what_a_stranger_submits_for_us_is_ours(yard: Yard) -> None:
    yard.step()
    (ours,) = waits(yard)
    yard.chain.base_fee = 90 * GWEI
    yard.chain.submit_as(secret_of(STRANGER), ours.to, ours.data)
    yard.go(6)
    assert yard.states[10] == "finalized"
    assert yard.rows[1].spot.transaction_hash != ours.hash
    assert len(yard.chain.sends) == 4
    yard.chain.base_fee = 10 * GWEI
    yard.log.append(1)
    yard.settled()
    assert yard.on_chain() == [5, 10, 11]


# -- reorganisations -----------------------------------------------------------------------------


@pytest.mark.parametrize("forget", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3, 8, 64])
def test_what_was_taken_back_is_sent_again_as_it_was(depth: int, forget: bool) -> None:
    yard = anchored(depth + 1)
    yard.go(1)
    yard.chain.mine(depth - 1)
    yard.step()
    assert yard.states[10] in ("mined", "safe")
    yard.chain.reorganise(depth, forget=forget)
    assert yard.on_chain() == [5]
    yard.step()
    assert (yard.states[10], yard.rows[1].spot) == ("submitted", None)
    yard.chain.mine()
    assert yard.on_chain() == [5, 10]
    assert len(set(yard.chain.sends)) == 4, "the same bytes as before"
    yard.settled()
    assert [kept.size for kept in yard.told] == [5, 10]


def test_several_that_were_taken_back_come_again_in_their_order() -> None:
    yard = anchored(64)
    for _ in range(4):
        yard.worker.ask()
        yard.go(2)
        yard.log.append(3)
    assert yard.on_chain() == [5, 10, 13, 16, 19]
    yard.chain.reorganise(64, forget=True)
    assert yard.on_chain() == [5]
    yard.settled()
    assert yard.on_chain() == [5, 10, 13, 16, 19, 22]
    assert [row.statement.previous_size for row in yard.rows] == [0, 5, 10, 13, 16, 19]


def test_an_anchor_is_signed_anew_when_another_came_before_it(yard: Yard) -> None:
    """As when a journal was lost: what another process anchored is counted in."""
    yard.step()
    yard.chain.pool.clear()
    first = yard.rows[1]
    other = Yard(chain=yard.chain, log=yard.log, limits=PATIENT, may_deploy=False)
    other.options = {"contract": yard.place.contract}
    other.reopened()
    yard.chain.mine()
    other.log.append(0)
    cut = GrowingLog(size=8)
    other.log = cut
    other.reopened()
    other.worker.ask()
    other.go(2)
    assert other.on_chain() == [5, 8]
    yard.settled()
    assert yard.on_chain() == [5, 8, 10]
    assert yard.rows[2].statement.previous_size == 8
    assert yard.rows[2].signature != first.signature


def test_one_that_was_overtaken_is_never_anchored(yard: Yard) -> None:
    yard.step()
    yard.chain.pool.clear()
    other = Yard(chain=yard.chain, log=yard.log, limits=PATIENT, may_deploy=False)
    other.options = {"contract": yard.place.contract}
    yard.log.append(2)
    other.reopened().ask()
    other.settled()
    yard.go(3)
    assert yard.on_chain() == [5, 12]
    assert yard.states == {5: "finalized", 10: "overtaken", 12: "finalized"}
    assert yard.worker.covering(6).size == 12
    assert [kept.size for kept in yard.told] == [5, 12]
