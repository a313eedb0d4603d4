"""The mirror of hand-overs on real nodes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.anchor.rpc import Node, RpcChain
from tests.ledger.anchor.mirror_yard import mirror_yard
from tests.ledger.anchor.rpc.test_real_nodes import NODES
from tests.ledger.anchor.yard import PAYER
from tests.nodes import DevNode
from tests.world import address_of

pytestmark = [pytest.mark.node, pytest.mark.long]
BLOCKS = 3
"""How many are mined at a time, so that a node that names final blocks has some."""


@dataclass
class Mining:
    """A chain whose node mines when told to."""

    chain: RpcChain
    node: DevNode

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chain, name)

    def mine(self) -> None:
        self.node.mine(BLOCKS)


@pytest.mark.parametrize("make", NODES)
def test_the_whole_way_of_a_stone_is_mirrored(tmp_path: Path, make: Any) -> None:
    with make() as node:
        node.fund(address_of(PAYER))
        chain: Any = Mining(RpcChain(Node(node.url, node.chain_id)), node)
        with mirror_yard(tmp_path, chain) as yard:
            yard.settled()
            assert yard.on_chain() == yard.to_mirror()
            assert yard.left_out == []
            assert yard.audit().faults == ()
        chain.close()
