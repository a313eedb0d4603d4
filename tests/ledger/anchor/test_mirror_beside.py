"""Records that a mirror has and its ledger has not, and mirrors of other ledgers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import drafts
from ledger.anchor.mirroring import call_of, registry
from ledger.errors import Reverted
from tests.contracts.mirror import call_for
from tests.ledger.anchor.mirror_yard import MirrorYard, mirror_yard
from tests.ledger.anchor.reorg_chain import ReorgChain
from tests.ledger.anchor.yard import PAYER
from tests.scene import Scene
from tests.world import address_of


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[MirrorYard]:
    with mirror_yard(tmp_path, ReorgChain(address_of(PAYER))) as yard:
        yield yard


def test_a_hand_over_beside_the_ledger_is_named(yard: MirrorYard) -> None:
    world = yard.scene
    parcel = yard.register()
    yard.catch_up()
    yard.settled()
    beside = world.fork()
    beside.offer(parcel, "miner-bw", "trader-ae")  # signed, and told to the chain alone
    world.later(5)
    world.hand_over(parcel, "miner-bw", "trader-be")
    yard.catch_up()
    yard.fund_stranger()
    call = call_of(beside.log[-1][1])
    assert call is not None
    yard.send_as_stranger(call)
    yard.chain.mine()
    yard.settled()
    faults = yard.audit().faults
    assert [one.kind for one in faults] == ["forked"]
    assert "signed beside the ledger" in faults[0].detail
    assert "0x" + parcel.hex() in faults[0].detail
    assert [one.reason.partition(":")[0] for one in yard.left_out] == ["WrongState"] * 2


def test_a_receipt_that_the_ledger_refused_and_both_signed_is_named(yard: MirrorYard) -> None:
    world = yard.scene
    parcel = yard.register()
    world.offer(parcel, "miner-bw", "trader-be")
    goods, weight = world.goods(parcel), world.parcel(parcel).weight_millicarats
    record = drafts.receipt(
        world.speaker("trader-be"), world.moment(), goods, address_of("miner-bw"),
        weight_millicarats=weight - 500, operation="acceptShort",
    )  # fmt: skip
    both = world.sign(record, "trader-be", "miner-bw")
    world.later(5)
    withdrawal = drafts.withdrawal(world.speaker("miner-bw"), world.moment(), goods)
    yard.catch_up()
    yard.settled()
    yard.fund_stranger()
    call = call_for(both, world.ledger_id)
    assert call is not None
    yard.send_as_stranger(call)
    yard.chain.mine()
    world.say(withdrawal, "miner-bw")
    assert world.refusal_of_signed(world.read(both)) is not None
    yard.catch_up()
    yard.settled()
    (fault,) = yard.audit().faults
    assert (fault.kind, "acceptShort" in fault.detail) == ("forked", True)
    assert len(yard.left_out) == 1


def test_records_are_welcome_on_a_second_mirror_and_refused_on_another_ledgers(
    yard: MirrorYard, tmp_path: Path
) -> None:
    yard.settled()
    first, records = yard.place, yard.on_chain()
    (tmp_path / "second").mkdir()
    with mirror_yard(tmp_path / "second", yard.chain, yard.world) as second:
        second.settled()
        assert second.place != first
        assert second.on_chain() == records
        assert second.audit().faults == ()
    other = Scene()
    other.found(mirror="allowed", anchor_key=address_of("anchor key"), tolerance_millicarats=6)
    for name in ("authority-bw", "miner-bw"):
        other.admit(name)
    (tmp_path / "other").mkdir()
    with mirror_yard(tmp_path / "other", yard.chain, other) as elsewhere:
        elsewhere.settled()
        call = call_of(yard.world.log[5][1])
        assert call is not None
        with pytest.raises(Reverted) as refused:
            yard.chain.call(elsewhere.place.contract, call)
        told = registry().error(refused.value.data)
        assert told is not None
        assert told.name in ("WrongSigner", "NotTheGovernors", "SignersOutOfOrder")
