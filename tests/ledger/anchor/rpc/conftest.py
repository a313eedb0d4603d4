from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.anchor.rpc import Node, RpcChain
from tests.ledger.anchor.rpc.answers import LIMITS
from tests.scripted_node import CHAIN_ID, ScriptedNode, scripted_node


@pytest.fixture
def node() -> Iterator[ScriptedNode]:
    with scripted_node() as made:
        yield made


@pytest.fixture
def chain(node: ScriptedNode) -> Iterator[RpcChain]:
    made = RpcChain(Node(node.url, CHAIN_ID, LIMITS))
    yield made
    made.close()
