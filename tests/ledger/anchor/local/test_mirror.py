"""The mirror of hand-overs on a local chain, with the real contract and a real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from ledger.anchor.local import LocalChain
from tests.ledger.anchor.local.grounds import CHAIN_ID, now
from tests.ledger.anchor.mirror_yard import ANCHORS, MirrorYard, mirror_yard, with_limits
from tests.ledger.anchor.yard import PAYER, Crash
from tests.trials import dice, trials
from tests.world import address_of

CALLS_MAX = 60
"""More questions and writes than most looks make."""


def local_chain(folder: Path) -> LocalChain:
    return LocalChain.create(folder / "chain.db", now, CHAIN_ID, address_of(PAYER))


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[MirrorYard]:
    with closing(local_chain(tmp_path)) as chain, mirror_yard(tmp_path, chain) as yard:
        yield yard


def test_the_whole_way_of_a_stone_is_mirrored_in_the_order_of_the_log(yard: MirrorYard) -> None:
    yard.settled()
    assert yard.on_chain() == yard.to_mirror()
    assert yard.left_out == []
    assert (yard.status.condition, yard.status.mirrored) == ("waiting", len(yard.to_mirror()))
    report = yard.audit()
    assert report.faults == ()
    assert report.position == len(yard.world.log)


def test_it_costs_one_transaction_for_many_records_and_goes_on_after_a_restart(
    yard: MirrorYard,
) -> None:
    yard.settled()
    head = yard.chain.block("latest")
    assert head is not None
    yard.reopened()
    yard.settled()
    assert yard.chain.block("latest") == head
    assert len(yard.chain.code(yard.place.contract)) > len(ANCHORS.code)
    blocks = {event.block_number for event, _ in yard.events()}
    assert len(blocks) <= len(yard.to_mirror()) // 5


@pytest.mark.parametrize("number", range(trials("anchor.mirror_deaths")))
def test_killed_at_random_moments_it_holds_every_record_once(tmp_path: Path, number: int) -> None:
    random = dice(f"anchor.mirror_deaths {number}")
    limits = with_limits(records_max=random.choice((3, 9)))
    chain = local_chain(tmp_path)
    with closing(chain), mirror_yard(tmp_path, chain, limits=limits) as yard:
        size = yard.book.published.size
        while yard.status.position < size:
            yard.fuse.left = random.randint(1, CALLS_MAX)
            yard.fuse.is_after = random.random() < 0.5
            with suppress(Crash):
                for _ in range(random.randint(1, 4)):
                    yard.worker.ask()
                    yard.go()
            chain.close()
            yard.chain = chain = LocalChain(tmp_path / "chain.db", now, chain_id=CHAIN_ID)
            yard.reopened()
        assert yard.on_chain() == yard.to_mirror()
        assert yard.left_out == []
        assert yard.audit().faults == ()
        chain.close()
