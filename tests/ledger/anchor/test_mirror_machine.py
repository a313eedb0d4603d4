"""Whatever happens to the chain, the process and the account, the mirror ends up complete."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from ledger.anchor.mirroring import call_of
from ledger.errors import ChainRefused
from tests.ledger.anchor.mirror_yard import LIMITS, MirrorYard, mirror_yard, mirrored_jewel
from tests.ledger.anchor.mirror_yard import with_limits as limits
from tests.ledger.anchor.reorg_chain import ReorgChain
from tests.ledger.anchor.yard import PAYER, Crash
from tests.trials import dice, trials
from tests.world import address_of

ACTS = 60


def killed_at_some_step(yard: MirrorYard, dice: random.Random) -> None:
    """Kill the process before or after one of its next questions or writes; start it again."""
    yard.fuse.left, yard.fuse.is_after = dice.randint(1, 40), dice.random() < 0.5
    with suppress(Crash):
        yard.worker.step()
    yard.reopened()


def brought_by_a_stranger(yard: MirrorYard, dice: random.Random) -> None:
    """Let somebody else bring a record of the ledger; the contract may refuse it."""
    if yard.journal.mirror.deployment() is None:
        return
    _, signed, _ = dice.choice(yard.world.log)
    call = call_of(signed)
    if call is not None:
        with suppress(ChainRefused):  # its last one waits, or its money was taken back
            yard.send_as_stranger(call)


def said_more(yard: MirrorYard, dice: random.Random) -> None:
    """Append records."""
    world = yard.world
    world.later(dice.randint(1, 100))
    site = world.sites["home"]  # type: ignore[attr-defined]  # the world is a scene
    parcel = world.register(site, dice.randint(1_000, 5_000), 2, zone="South")
    if dice.random() < 0.5:
        world.hand_over(parcel, "miner-bw", "trader-be")
    yard.catch_up()


def act(yard: MirrorYard, chain: ReorgChain, dice: random.Random) -> None:
    choice = dice.random()
    if choice < 0.45:
        yard.go(seconds=dice.choice((1.0, 61.0, 200.0)))
    elif choice < 0.6:
        yard.worker.step()
    elif choice < 0.7:
        chain.mine(dice.randint(1, 3))
    elif choice < 0.8:
        chain.reorganise(dice.randint(1, 3), forget=dice.random() < 0.5)
    elif choice < 0.9:
        killed_at_some_step(yard, dice)
    elif choice < 0.95:
        brought_by_a_stranger(yard, dice)
    else:
        said_more(yard, dice)


@pytest.mark.parametrize("number", range(trials("anchor.mirrors")))
def test_every_record_comes_to_the_chain_once_and_none_is_left_out(
    tmp_path: Path, number: int
) -> None:
    random = dice(f"anchor.mirrors {number}")
    chain = ReorgChain(address_of(PAYER))
    some = limits(records_max=random.choice((2, 5, 40)), waiting_max=random.choice((8, 1_000)))
    options = {"limits": some, "patience": LIMITS}
    with mirror_yard(tmp_path, chain, mirrored_jewel(), **options) as yard:
        yard.fund_stranger()
        for _ in range(ACTS):
            act(yard, chain, random)
        yard.reopened()
        chain.mine(4)
        yard.settled()
        chain.mine(4)
        assert sorted(yard.on_chain()) == sorted(yard.to_mirror())
        assert yard.left_out == []
        report = yard.audit()
        assert report.faults == ()
        assert report.records == len(yard.to_mirror())
