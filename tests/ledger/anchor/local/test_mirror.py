"""The mirror of hand-overs on a local chain, with the real contract and a real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.anchor.local import LocalChain
from tests.ledger.anchor.local.grounds import CHAIN_ID, now
from tests.ledger.anchor.mirror_yard import MirrorYard, mirror_yard
from tests.ledger.anchor.yard import PAYER
from tests.world import address_of


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[MirrorYard]:
    chain = LocalChain.create(tmp_path / "chain.db", now, CHAIN_ID, address_of(PAYER))
    with closing(chain), mirror_yard(tmp_path, chain) as yard:
        yield yard


def test_the_whole_way_of_a_stone_is_mirrored_in_the_order_of_the_log(yard: MirrorYard) -> None:
    yard.settled()
    assert yard.on_chain() == yard.to_mirror()
    assert yard.left_out == []
    assert (yard.status.condition, yard.status.mirrored) == ("waiting", len(yard.to_mirror()))
