"""Real nodes do what every chain must do: Hardhat's, and Anvil where it is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.anchor.rpc import Node, RpcChain
from ledger.errors import ChainDown, ChainRefused, Diverged
from tests.ledger.anchor.chain_suite import TRANSFER_GAS, ChainSuite, Grounds
from tests.ledger.anchor.tiny import address_of
from tests.nodes import DevNode, anvil, hardhat, why_no_anvil

SECRET = b"\x11" * 32
pytestmark = [pytest.mark.node, pytest.mark.long]
WITH_ANVIL = pytest.mark.skipif(bool(why_no_anvil()), reason=why_no_anvil())
NODES = [
    pytest.param(hardhat, id="hardhat"),
    pytest.param(anvil, marks=WITH_ANVIL, id="anvil"),
]


@pytest.fixture(scope="module", params=NODES)
def node(request: pytest.FixtureRequest) -> Iterator[DevNode]:
    with request.param() as made:
        made.fund(address_of(SECRET), 10**30)
        yield made


@pytest.fixture
def grounds(node: DevNode) -> Iterator[Grounds]:
    chain = RpcChain(Node(node.url, node.chain_id))
    yield Grounds(chain, SECRET)
    chain.close()


class TestRealNodes(ChainSuite):
    """All that is asked of every chain."""


def test_a_node_on_another_chain_is_told(node: DevNode) -> None:
    chain = RpcChain(Node(node.url, node.chain_id + 1))
    with pytest.raises(Diverged, match=f"is on chain {node.chain_id}"):
        chain.block("latest")
    chain.close()


def test_a_transaction_that_waits_is_counted_replaced_and_forgotten(
    node: DevNode, grounds: Grounds
) -> None:
    chain = grounds.chain
    node.automine(on=False)
    try:
        mined = chain.nonce(grounds.address)
        fee = 10 * chain.fees().base_fee_wei
        fields = {"nonce": mined, "gas": TRANSFER_GAS, "maxPriorityFeePerGas": 10**9}
        raw = grounds.sign(grounds.address, maxFeePerGas=fee + 10**9, **fields)
        waiting = chain.send(raw)
        assert chain.send(raw) == waiting
        assert chain.mined(waiting) is None
        assert chain.nonce(grounds.address) == mined
        assert chain.nonce(grounds.address, pending=True) == mined + 1
        dearer = fields | {"maxPriorityFeePerGas": 2 * 10**9}
        paid = grounds.sign(grounds.address, maxFeePerGas=2 * fee + 2 * 10**9, **dearer)
        replaced = chain.send(paid)
        node.drop(replaced)
        assert chain.nonce(grounds.address, pending=True) == mined
        assert chain.send(raw) == waiting
        node.mine()
        assert chain.mined(replaced) is None
        told = chain.mined(waiting)
        assert told is not None
        assert told.succeeded
    finally:
        node.automine(on=True)


def test_a_replacement_has_to_pay_more(node: DevNode, grounds: Grounds) -> None:
    if node.name == "anvil":
        pytest.skip("Anvil takes any replacement that pays a wei more")
    chain = grounds.chain
    node.automine(on=False)
    try:
        fee = 10 * chain.fees().base_fee_wei + 10**9
        fields = {"nonce": chain.nonce(grounds.address), "gas": TRANSFER_GAS}
        chain.send(grounds.sign(grounds.address, maxFeePerGas=fee, **fields))
        with pytest.raises(ChainRefused) as refused:
            chain.send(grounds.sign(grounds.address, maxFeePerGas=fee + 1, **fields))
        assert refused.value.reason == "underpriced"
    finally:
        node.mine()
        node.automine(on=True)


def test_the_next_base_fee_is_told_before_its_block(node: DevNode, grounds: Grounds) -> None:
    node.ask_base_fee(10**12)
    assert grounds.chain.fees().base_fee_wei == 10**12
    node.mine()
    last = grounds.chain.block("latest")
    assert last is not None
    assert last.base_fee_wei == 10**12
    node.mine(60)  # and it falls again


@pytest.mark.parametrize("make", NODES)
def test_a_node_that_is_killed_is_down_and_one_that_is_back_is_asked_again(make) -> None:
    with make(chain_id=777) as node:
        chain = RpcChain(Node(node.url, 777))
        first = chain.block("latest")
        assert first is not None
        node.kill()
        for _ in range(2):
            with pytest.raises(ChainDown, match="cannot be asked"):
                chain.block("latest")
        node.restart()
        assert chain.block("latest") is not None
        chain.close()
