"""What a mirror sends, leaves out, settles and takes again, on a chain that takes blocks back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger import drafts
from ledger.anchor.mirroring import call_of, creation_of
from ledger.anchor.submitting import Fields, KeySubmitter, contract_of
from ledger.drafts import Output
from ledger.errors import ChainDown
from ledger.values import Hash32
from tests.ledger.anchor.mirror_yard import (
    MirrorYard,
    mirror_yard,
    mirrored_jewel,
    with_limits,
)
from tests.ledger.anchor.reorg_chain import ReorgChain
from tests.ledger.anchor.yard import PAYER, STRANGER
from tests.scene import ROUGH, Scene
from tests.world import GOVERNORS, address_of, secret_of

STEPS_MAX = 60


@pytest.fixture
def chain() -> ReorgChain:
    return ReorgChain(address_of(PAYER))


@pytest.fixture
def yard(tmp_path: Path, chain: ReorgChain) -> Iterator[MirrorYard]:
    with mirror_yard(tmp_path, chain) as yard:
        yield yard


def until_sent(yard: MirrorYard) -> None:
    """Go on until the first records wait to be mined."""
    for _ in range(STEPS_MAX):
        if "mirror 1" in yard.status.detail:
            return
        yard.go()
    raise AssertionError(yard.worker.status())


def test_batches_are_bounded_by_count(tmp_path: Path, chain: ReorgChain) -> None:
    with mirror_yard(tmp_path, chain, limits=with_limits(records_max=4)) as yard:
        yard.settled()
        blocks: dict[int, set[Hash32]] = {}
        for event, told in yard.events():
            blocks.setdefault(event.block_number, set()).add(told.values["record"])
        assert yard.on_chain() == yard.to_mirror()
        assert {len(records) for records in blocks.values()} <= {1, 2, 3, 4}
        assert len(blocks) == -(-len(yard.to_mirror()) // 4)


def test_batches_are_bounded_by_gas(tmp_path: Path, chain: ReorgChain) -> None:
    with mirror_yard(tmp_path, chain, limits=with_limits(batch_gas_max=700_000)) as yard:
        yard.settled()
        assert yard.on_chain() == yard.to_mirror()
        sent = [one for grown in chain.grown for one in grown.mined if one.events]
        assert all(one.gas_used <= 700_000 for one in sent)


def test_records_wait_for_others_unless_there_are_enough_or_it_is_asked(
    tmp_path: Path, chain: ReorgChain
) -> None:
    with mirror_yard(tmp_path, chain, limits=with_limits(seconds=3_600)) as yard:
        yard.settled()
        count = len(yard.on_chain())
        for _ in range(3):
            yard.register()
        yard.catch_up()
        yard.go(8, seconds=61)
        assert (len(yard.on_chain()), yard.status.detail) == (count, "3 wait")
        yard.go(3, seconds=3_600)
        assert len(yard.on_chain()) == count + 3
        yard.register()
        yard.catch_up()
        yard.worker.ask()
        yard.go(3)
        assert len(yard.on_chain()) == count + 4


def test_what_is_not_checkpointed_is_not_mirrored(yard: MirrorYard) -> None:
    yard.settled()
    size, root = yard.book.published.size, yard.book.published.root
    yard.register()
    yard.catch_up()
    yard.log.published = lambda: (size, root)
    yard.worker.ask()
    yard.go(6)
    assert yard.on_chain() == yard.to_mirror()[:-1]


def test_what_a_reorganisation_took_back_is_sent_again(yard: MirrorYard, chain: ReorgChain) -> None:
    until_sent(yard)
    yard.go(1)
    assert yard.on_chain() == yard.to_mirror()
    chain.reorganise(2, forget=True)
    assert yard.on_chain() == []
    yard.settled()
    assert yard.on_chain() == yard.to_mirror()
    assert yard.audit().faults == ()


def test_a_contract_that_is_taken_back_is_made_again(yard: MirrorYard, chain: ReorgChain) -> None:
    for _ in range(STEPS_MAX):
        if yard.journal.mirror.deployment() is not None:
            break
        yard.go()
    chain.reorganise(1, forget=True)
    assert chain.code(yard.place.contract) == b""
    yard.settled()
    assert yard.on_chain() == yard.to_mirror()


def test_nothing_is_settled_before_it_is_final(tmp_path: Path) -> None:
    chain = ReorgChain(address_of(PAYER), final_depth=1)
    with mirror_yard(tmp_path, chain) as yard:
        until_sent(yard)
        chain.final_depth = 10**6
        yard.go(5)
        assert yard.on_chain() == yard.to_mirror()
        assert (yard.status.position, yard.status.mirrored) == (1, 0)
        assert yard.status.on_way == len(yard.to_mirror())
        chain.final_depth = 1
        yard.settled()
        assert yard.status.mirrored == len(yard.to_mirror())


def test_an_anchor_that_is_due_goes_first_and_takes_the_nonce(
    yard: MirrorYard, chain: ReorgChain
) -> None:
    until_sent(yard)  # it waits to be mined
    yard.register()
    yard.catch_up()
    yard.worker.ask()
    yard.go(3)
    yard.settled()
    assert yard.worker.anchored_size("mined") == yard.book.published.size
    assert yard.on_chain() == yard.to_mirror()


def test_a_reported_parcel_and_what_comes_of_it_leaves_the_mirror(yard: MirrorYard) -> None:
    world = yard.scene
    parcel, other = yard.register(), yard.register()
    for operation in ("loss", "recovery"):
        world.report(operation, parcel, "miner-bw", previous=world.parcel(parcel).head)
    world.hand_over(parcel, "miner-bw", "trader-be")
    world.hand_over(other, "miner-bw", "trader-be")
    (mixed,) = world.transform(
        "trader-be", "mix", sorted([parcel, other]), [Output(4_000, 4, ROUGH)]
    )
    yard.catch_up()
    yard.settled()
    assert [one.index for one in yard.left_out] == [
        index
        for index, (_, signed, _) in enumerate(world.log)
        if getattr(signed.record.what, "parcel", b"") == parcel
        and signed.envelope.kind in ("Handoff", "Receipt")
    ] + [len(world.log) - 1]
    reasons = [one.reason.partition(":")[0] for one in yard.left_out]
    assert reasons == ["StalePrevious", "WrongState", "NotCustodian"]
    assert world.parcel(mixed).state == "held"
    assert yard.ask("parcel", other)[1] == address_of("trader-be")
    assert yard.audit().faults == ()


def test_a_record_too_large_for_a_transaction_is_left_out(
    tmp_path: Path, chain: ReorgChain
) -> None:
    world = mirrored_jewel()
    parcel = world.register(world.sites["home"], 30_000, 0, zone="South")
    outputs = [Output(100, 0, ROUGH) for _ in range(300)]
    parts = world.transform("miner-bw", "split", [parcel], outputs)
    world.offer(parts[0], "miner-bw", "trader-be")
    other = world.register(world.sites["home"], 1_000, 1, zone="South")
    with mirror_yard(tmp_path, chain, world, limits=with_limits(gas_max=5_000_000)) as yard:
        yard.settled()
        first, second = yard.left_out
        assert "gas; a transaction may take 5000000" in first.reason
        assert second.reason.startswith("NotCustodian")
        assert yard.ask("parcel", other)[0] == 1
    (tmp_path / "short").mkdir()
    with mirror_yard(
        tmp_path / "short", ReorgChain(address_of(PAYER)), world,
        limits=with_limits(bytes_max=20_000),
    ) as yard:  # fmt: skip
        yard.settled()
        assert "bytes; a transaction may have 20000" in yard.left_out[0].reason


def test_what_a_stranger_brought_is_not_sent_again(yard: MirrorYard) -> None:
    yard.fund_stranger()
    for _ in range(STEPS_MAX):
        if yard.journal.mirror.deployment() is not None:
            break
        yard.go()
    yard.go()
    _, admission, _ = yard.world.log[1]
    yard.chain.pool.clear()
    call = call_of(admission)
    assert call is not None
    yard.send_as_stranger(call)
    yard.chain.mine()
    yard.settled()
    assert yard.on_chain() == yard.to_mirror()
    sent = yard.journal.transactions(yard.chain.chain_id, address_of(PAYER), "mirror 1")
    assert sent == []
    assert yard.audit().faults == ()


def test_a_node_that_hides_events_for_a_while_makes_nothing_be_sent_twice(
    yard: MirrorYard,
) -> None:
    yard.settled()
    yard.register()
    yard.catch_up()
    shown = yard.chain.events
    yard.chain.events = only_of_the_mirror(yard, shown, lambda *_: ())
    yard.worker.ask()
    yard.go(12)
    assert yard.status.position == len(yard.world.log) - 1
    nonce = yard.chain.nonce(address_of(PAYER))
    yard.go(4)
    yard.chain.events = shown
    yard.settled()
    assert yard.chain.nonce(address_of(PAYER)) == nonce
    assert (yard.on_chain(), yard.left_out) == (yard.to_mirror(), [])


# -- who may, and where ------------------------------------------------------------------------


def test_without_being_asked_no_contract_is_made(tmp_path: Path, chain: ReorgChain) -> None:
    with mirror_yard(tmp_path, chain, may_deploy=False) as yard:
        yard.go(12)
        assert yard.status.condition == "undeployed"
        assert yard.journal.mirror.deployment() is None
        yard.may_deploy = True
        yard.reopened()
        yard.settled()


def test_a_contract_of_another_ledger_stops_the_mirror_and_not_the_anchors(
    yard: MirrorYard, chain: ReorgChain
) -> None:
    yard.fund_stranger()
    other = Scene().fork()
    signed = other.found(anchor_key=address_of("anchor key"), tolerance_millicarats=7)
    raw = creation_of(signed.record_id, signed.record)
    made = deployed(yard, raw)
    yard.contract = made
    yard.reopened()
    yard.go(12)
    assert yard.status.condition == "diverged"
    assert "another ledger's" in yard.status.detail
    assert yard.worker.anchored_size() == yard.book.published.size
    assert yard.worker.status().condition == "waiting"


def deployed(yard: MirrorYard, creation: bytes) -> bytes:
    """Let a stranger make a contract; return its address."""
    stranger = KeySubmitter(secret_of(STRANGER))
    nonce = yard.chain.nonce(stranger.address)
    fields = Fields(yard.chain.chain_id, nonce, None, creation, 8_000_000, 10**10, 1)
    yard.chain.send(stranger.sign(fields))
    yard.chain.mine()
    return contract_of(stranger.address, nonce)


def test_a_charter_that_forbids_it_stops_the_mirror(yard: MirrorYard) -> None:
    yard.settled()
    world = yard.scene
    for mirror, condition in (("forbidden", "forbidden"), ("allowed", "waiting")):
        world.later()
        charter = world.charter()
        constitution = drafts.Constitution(
            governors=charter.governors,
            threshold=charter.threshold,
            checkpoint_keys=charter.checkpoint_keys,
            anchor_key=charter.anchor_key,
            mirror=mirror,
        )
        record = constitution.amendment(address_of(GOVERNORS[0]), charter.head, world.moment())
        world.say(record, *GOVERNORS[:2])
        yard.register()
        yard.catch_up()
        yard.worker.ask()
        yard.go(8)
        assert yard.status.condition == condition
        assert (yard.on_chain() == yard.to_mirror()) is (mirror == "allowed")


def test_a_look_sends_nothing(yard: MirrorYard, chain: ReorgChain) -> None:
    until_sent(yard)
    yard.chain.mine(6)
    yard.register()
    yard.catch_up()
    before = dict(chain.pool)
    yard.worker.look()
    assert chain.pool == before
    assert yard.status.mirrored == len(yard.to_mirror()) - 1


def only_of_the_mirror(yard: MirrorYard, ask: Any, trouble: Any) -> Any:
    """Return a question to a chain, with trouble where it is about the mirror."""
    mirror = yard.place.contract
    return lambda to, *rest: (trouble if to == mirror else ask)(to, *rest)


def test_trouble_of_the_mirror_does_not_delay_anchors(yard: MirrorYard) -> None:
    yard.settled()

    def trouble(*_: object) -> None:
        raise ChainDown("the node does not answer this")

    yard.chain.code = only_of_the_mirror(yard, yard.chain.code, trouble)
    yard.register()
    yard.catch_up()
    yard.worker.ask()
    yard.go(10, seconds=5)
    assert yard.status.condition == "down"
    assert yard.worker.status().condition == "waiting"
    assert yard.worker.anchored_size() == yard.book.published.size
