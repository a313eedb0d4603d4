"""What a worker does, and in which order, on a chain that behaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.anchor.kept import KeptAnchor, Transaction
from ledger.anchor.memory import MemoryJournal
from ledger.anchor.submitting import contract_of
from ledger.errors import Diverged, RefusesToStart
from ledger.keys import SecretSigner
from ledger.signing.anchors import signer_of
from ledger.values import Address
from tests.ledger.anchor.scripted import GWEI, Sent
from tests.ledger.anchor.stand_in import ANCHOR_GAS
from tests.ledger.anchor.yard import PAYER, SPEAKER, Yard
from tests.world import address_of, secret_of


@pytest.fixture
def yard() -> Yard:
    """Return a worker whose contract is deployed, opened and final, with nothing anchored."""
    yard = Yard(limits=replace(Yard.limits, entries=1_000, seconds=10**9))
    yard.opened()
    yard.chain.mine(3)
    return yard


def sent(yard: Yard) -> list[Sent]:
    """Return what was taken by the node, but for deploying and opening."""
    return [Sent.read(raw) for raw in yard.chain.sends[2:]]


def test_an_anchor_is_signed_submitted_mined_safe_and_final(yard: Yard) -> None:
    seen = []
    for _ in range(5):
        yard.step()
        seen.append(yard.states[5])
        yard.chain.mine()
    assert seen == ["submitted", "mined", "mined", "safe", "finalized"]
    assert yard.on_chain() == [5]
    assert [kept.size for kept in yard.told] == [5]
    (row,) = yard.rows
    assert row.statement.root == yard.log.root_at(5)
    assert signer_of(row.statement, row.signature) == address_of(SPEAKER)
    event = yard.chain.grown[row.spot.block_number].events[0]
    assert row.spot.block_hash == event.block_hash
    assert row.spot.transaction_hash == sent(yard)[0].hash


def test_each_anchor_names_the_one_before_it_and_costs_one_transaction(yard: Yard) -> None:
    yard.settled()
    for entries in (1, 7, 100):
        yard.log.append(entries)
        yard.settled()
    assert yard.on_chain() == [5, 6, 13, 113]
    assert [row.statement.previous_size for row in yard.rows] == [0, 5, 6, 13]
    assert [one.nonce for one in sent(yard)] == [2, 3, 4, 5]
    assert {one.sender for one in sent(yard)} == {address_of(PAYER)}
    assert all(one.gas >= ANCHOR_GAS for one in sent(yard))


def test_the_first_anchor_is_due_at_once(yard: Yard) -> None:
    yard.step()
    assert yard.states == {5: "submitted"}


def test_the_next_is_due_by_entries_by_time_or_when_asked() -> None:
    yard = Yard(limits=replace(Yard.limits, entries=10, seconds=600)).opened().settled()
    yard.go(20)
    yard.log.append(9)
    yard.now += 1
    yard.go(3, seconds=1)
    assert yard.on_chain() == [5]
    yard.log.append(1)
    yard.go(2)
    assert yard.on_chain() == [5, 15]
    yard.log.append(1)
    yard.go(2)
    assert yard.on_chain() == [5, 15]
    yard.now += 600
    yard.go(2)
    assert yard.on_chain() == [5, 15, 16]
    yard.log.append(1)
    yard.worker.ask()
    yard.log.append(1)
    yard.go(3)
    assert yard.on_chain() == [5, 15, 16, 18]
    yard.log.append(1)
    yard.go(3)
    assert yard.on_chain() == [5, 15, 16, 18], "what was asked for was done"


def test_nothing_is_signed_before_the_contract_is_final() -> None:
    yard = Yard().opened()
    yard.step()
    assert yard.rows == []
    assert "not final" in yard.worker.status().detail
    yard.chain.mine(3)
    yard.step()
    assert yard.states == {5: "submitted"}


def test_nothing_is_sent_that_is_not_kept(yard: Yard) -> None:
    def keep_up(asked: str) -> None:
        if asked == "send":
            kept = yard.journal.at_nonce(yard.chain.chain_id, address_of(PAYER), 2)
            assert [one.errand for one in kept] == ["anchor 5"]
            (row,) = yard.rows
            assert row.state == "signed"
            assert row.signature
            seen.append(kept[-1])

    seen: list[Transaction] = []
    yard.chain.trouble = keep_up
    yard.step()
    assert [one.raw for one in seen] == yard.chain.sends[2:]


def test_it_says_how_it_is(yard: Yard) -> None:
    yard.settled()
    yard.log.append(2)
    yard.step()
    status = yard.worker.status()
    assert (status.condition, status.is_open, status.is_forked) == ("waiting", True, False)
    assert (status.published_size, status.chain_size, status.anchored_size) == (7, 5, 5)
    assert status.place == yard.place
    assert status.head_block == yard.chain.last.block.number
    assert status.final_block == yard.chain.final


def test_it_says_what_was_anchored_before_it_started(yard: Yard) -> None:
    yard.settled()
    status = yard.reopened().status()
    assert (status.condition, status.anchored_size) == ("starting", 5)
    assert status.place == yard.place


def test_looking_keeps_what_became_of_anchors_and_sends_nothing(yard: Yard) -> None:
    yard.worker.look()
    assert yard.rows == []
    yard.step()
    yard.chain.mine(5)
    yard.log.append(2_000)
    before = list(yard.chain.sends)
    yard.worker.look()
    assert yard.states == {5: "finalized"}
    assert yard.told
    assert yard.chain.sends == before


def test_looking_deploys_nothing() -> None:
    yard = Yard()
    yard.worker.look()
    assert yard.chain.sends == []
    assert yard.journal.deployment() is None


def test_anchors_are_found_by_size(yard: Yard) -> None:
    yard.settled()
    yard.log.append(5)
    yard.settled()
    worker = yard.worker
    assert [one.size for one in worker.anchors()] == [5, 10]
    assert [one.size for one in worker.anchors(after=5)] == [10]
    assert [one.size for one in worker.anchors(limit=1)] == [5]
    covering = [worker.covering(size) for size in (1, 5, 6, 10, 11)]
    assert [one and one.size for one in covering] == [5, 5, 10, 10, None]
    yard.log.append(5)
    worker.ask()
    yard.step()
    assert worker.anchored_size() == 10
    assert worker.anchored_size("submitted") == 15


def test_a_ledger_without_a_contract_is_told_to_deploy_one() -> None:
    yard = Yard(may_deploy=False)
    with pytest.raises(RefusesToStart, match="deploy"):
        yard.worker.step()
    assert yard.worker.status().condition == "failed"
    assert yard.worker.anchors() == []
    assert yard.worker.covering(1) is None


def test_a_contract_that_does_not_know_the_ledger_is_opened_only_when_asked() -> None:
    deploying = Yard()
    deploying.step()
    deploying.chain.mine(5)
    yard = Yard(chain=deploying.chain, may_deploy=False)
    yard.options = {"contract": deploying.place.contract}
    with pytest.raises(RefusesToStart, match="open it"):
        yard.reopened().step()
    assert len(yard.chain.sends) == 1


def test_a_contract_that_is_there_is_taken_by_its_address(yard: Yard) -> None:
    yard.settled()
    other = Yard(chain=yard.chain, log=yard.log, may_deploy=False)
    other.options = {"contract": yard.place.contract}
    other.reopened()
    other.log.append(5)
    other.settled()
    assert other.on_chain() == [5, 10]
    assert [bool(row.signature) for row in other.rows] == [False, True]


def test_other_code_than_the_expected_is_not_taken(yard: Yard) -> None:
    other = Yard(chain=yard.chain, may_deploy=False)
    other.options = {"contract": yard.place.contract, "code_hash": b"\1" * 32}
    with pytest.raises(Diverged):
        other.reopened().step()
    nobody = Yard(chain=yard.chain, may_deploy=False)
    nobody.options = {"contract": Address(b"\1" * 20)}
    with pytest.raises(Diverged):
        nobody.reopened().step()


def test_an_open_ledger_and_a_deployed_contract_are_left_as_they_are(yard: Yard) -> None:
    assert yard.may_deploy
    before = list(yard.chain.sends)
    yard.reopened()
    yard.worker.look()
    assert yard.chain.sends == before


def test_one_key_cannot_both_speak_and_pay(yard: Yard) -> None:
    signer = SecretSigner(secret_of(PAYER))
    yard.options = {"anchor_signer": signer}
    with pytest.raises(RefusesToStart, match="one key"):
        yard.reopened()


def test_a_signer_of_another_key_than_it_says_is_not_believed(yard: Yard) -> None:
    class Impostor(SecretSigner):
        @property
        def address(self) -> Address:
            return address_of(SPEAKER)

    yard.options = {"anchor_signer": Impostor(secret_of("somebody"))}
    yard.reopened()
    with pytest.raises(RefusesToStart, match="another key"):
        yard.worker.step()
    assert yard.rows == []


def test_a_listener_that_fails_changes_nothing(yard: Yard) -> None:
    def listen(kept: KeptAnchor) -> None:
        heard.append(kept.size)
        raise RuntimeError

    heard: list[int] = []
    yard.options = {"on_final": listen}
    yard.reopened()
    yard.settled()
    assert heard == [5]


def test_many_blocks_are_asked_for_their_events_piece_by_piece(yard: Yard) -> None:
    asked = []

    def count(name: str, answer: object) -> object:
        if name == "events":
            asked.append(answer)
        return answer

    yard.with_limits(event_blocks_max=10)
    yard.step()
    yard.chain.mine(95)
    yard.chain.change = count
    yard.step()
    assert len(asked) == 11
    assert yard.states == {5: "finalized"}
    asked.clear()
    yard.step()
    assert len(asked) == 1, "final blocks are not asked again"


def test_blocks_without_an_anchor_are_not_asked_for_ever(yard: Yard) -> None:
    yard.settled()
    before = yard.journal.looked_to(yard.place)
    yard.chain.mine(100)
    yard.step()
    assert yard.journal.looked_to(yard.place) == before, "one block is not worth a flush"
    yard.chain.mine(400)
    yard.step()
    assert yard.journal.looked_to(yard.place) == yard.chain.final


def test_a_fork_mark_is_shown_and_anchors_go_on(yard: Yard) -> None:
    yard.settled()
    contract = yard.place.contract
    grown = yard.chain.grown[-1]
    stand_in = grown.state.contracts[contract]
    ledger, held = stand_in.ledgers[0]
    marked = stand_in.with_ledger(ledger, replace(held, is_forked=True))
    state = replace(grown.state, contracts={contract: marked})
    yard.chain.grown[-1] = replace(grown, state=state)
    yard.log.append(5)
    yard.settled()
    assert yard.worker.status().is_forked
    assert yard.on_chain() == [5, 10]


def test_without_a_final_block_nothing_is_final(yard: Yard) -> None:
    yard.step()
    yard.chain.names_final = False
    for _ in range(5):
        yard.chain.mine()
        yard.step()
    assert yard.states == {5: "mined"}
    assert yard.told == []
    yard.with_limits(confirmations=4)
    yard.step()
    assert yard.states == {5: "finalized"}


def test_the_journal_of_another_process_is_no_other_journal() -> None:
    journal = MemoryJournal()
    first = Yard(journal=journal).opened().settled()
    second = Yard(chain=first.chain, journal=journal, log=first.log)
    second.log.append(20)
    second.settled()
    assert first.on_chain() == [5, 25]
    assert first.chain.base_fee == 10 * GWEI


def test_a_contract_whose_nonce_somebody_else_used_is_made_at_the_next_one() -> None:
    yard = Yard()
    yard.step()
    first = yard.place.contract
    yard.chain.use_key(secret_of(PAYER))
    yard.opened().settled()
    assert yard.place.contract == contract_of(address_of(PAYER), 1) != first
    assert list(yard.chain.last.state.contracts) == [yard.place.contract]
    assert yard.on_chain() == [5]
