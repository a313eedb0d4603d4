"""What a node says is believed only where it is an answer: to the question, from the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger.anchor.rpc import Node, RpcChain
from ledger.errors import ChainDown, Diverged
from ledger.values import to_hex
from tests.ledger.anchor.rpc.answers import (
    ADDRESS,
    BLOCK,
    EVENT,
    HASHES,
    LIMITS,
    QUESTIONS,
    RECEIPT,
    changed,
    without,
)
from tests.scripted_node import (
    CHAIN_ID,
    Error,
    InTurn,
    ScriptedNode,
    scripted_node,
)

LIES: list[tuple[str, Any]] = [
    ("eth_getBlockByNumber", []),
    ("eth_getBlockByNumber", "0x7"),
    ("eth_getBlockByNumber", changed(BLOCK, number="0x8")),
    ("eth_getBlockByNumber", changed(BLOCK, number=7)),
    ("eth_getBlockByNumber", changed(BLOCK, number="7")),
    ("eth_getBlockByNumber", changed(BLOCK, number="0x")),
    ("eth_getBlockByNumber", changed(BLOCK, number="-0x7")),
    ("eth_getBlockByNumber", changed(BLOCK, number=" 0x7")),
    ("eth_getBlockByNumber", changed(BLOCK, number="0x1_0")),
    ("eth_getBlockByNumber", changed(BLOCK, number=True)),
    ("eth_getBlockByNumber", changed(BLOCK, number=hex(2**63))),
    ("eth_getBlockByNumber", changed(BLOCK, timestamp=hex(2**64))),
    ("eth_getBlockByNumber", changed(BLOCK, timestamp=None)),
    ("eth_getBlockByNumber", changed(BLOCK, baseFeePerGas=hex(2**256))),
    ("eth_getBlockByNumber", changed(BLOCK, hash=None)),
    ("eth_getBlockByNumber", changed(BLOCK, hash="0x07")),
    ("eth_getBlockByNumber", changed(BLOCK, hash="0x" + "zz" * 32)),
    ("eth_getBlockByNumber", changed(BLOCK, parentHash=to_hex(HASHES[6])[2:])),
    *(("eth_getBlockByNumber", without(BLOCK, name)) for name in BLOCK if name != "transactions"),
    *(("eth_getCode", wrong) for wrong in (None, 7, "6001", "0x600", "0x60zz", ["0x"])),
    *(("eth_getBalance", wrong) for wrong in (None, 7, 7.5, "0x", "0x" + "f" * 65, "")),
    *(("eth_getTransactionCount", wrong) for wrong in (None, "five", "0x" + "f" * 17, {})),
    *(("eth_call", wrong) for wrong in (None, 1, "0xf", "result")),
    *(("eth_estimateGas", wrong) for wrong in (None, 21_000, "0x" + "f" * 20)),
    *(
        ("eth_feeHistory", wrong)
        for wrong in (
            None, [], {}, {"baseFeePerGas": None}, {"baseFeePerGas": []},
            {"baseFeePerGas": ["0x7"]}, {"baseFeePerGas": ["0x7", None]},
            {"baseFeePerGas": ["0x7", "0x7", "0x7"]}, {"baseFeePerGas": "0x7"},
        )
    ),
    *(("eth_maxPriorityFeePerGas", wrong) for wrong in (None, 3, "3", "0x" + "f" * 65)),
    *(("eth_sendRawTransaction", wrong) for wrong in (None, True, "0x", to_hex(HASHES[1]))),
    ("eth_getTransactionReceipt", "0x1"),
    ("eth_getTransactionReceipt", changed(RECEIPT, transactionHash=to_hex(HASHES[1]))),
    ("eth_getTransactionReceipt", changed(RECEIPT, transactionHash=None)),
    ("eth_getTransactionReceipt", changed(RECEIPT, blockHash=None)),
    ("eth_getTransactionReceipt", changed(RECEIPT, blockNumber=None)),
    ("eth_getTransactionReceipt", changed(RECEIPT, status="0x2")),
    ("eth_getTransactionReceipt", changed(RECEIPT, status=True)),
    ("eth_getTransactionReceipt", changed(RECEIPT, status=None)),
    ("eth_getTransactionReceipt", changed(RECEIPT, contractAddress="0x00")),
    ("eth_getTransactionReceipt", changed(RECEIPT, logs=None)),
    ("eth_getTransactionReceipt", changed(RECEIPT, logs=[EVENT, EVENT])),
    *(
        ("eth_getTransactionReceipt", changed(RECEIPT, logs=[changed(EVENT, **lie)]))
        for lie in (
            {"transactionHash": to_hex(HASHES[1])}, {"blockHash": to_hex(HASHES[1])},
            {"blockNumber": "0x8"}, {"removed": True}, {"removed": None}, {"topics": None},
            {"topics": [to_hex(HASHES[1])] * 5}, {"topics": ["0x01"]}, {"data": None},
            {"address": None}, {"logIndex": None}, {"logIndex": -1},
        )
    ),
    *(("eth_getTransactionReceipt", without(RECEIPT, name)) for name in RECEIPT
      if name != "contractAddress"),
    ("eth_getLogs", None),
    ("eth_getLogs", {}),
    ("eth_getLogs", [None]),
    ("eth_getLogs", [EVENT, EVENT]),
    ("eth_getLogs", [EVENT, changed(EVENT, logIndex="0x1", blockHash=to_hex(HASHES[1]))]),
    *(
        ("eth_getLogs", [changed(EVENT, **lie)])
        for lie in (
            {"address": to_hex(bytes(20))}, {"topics": [to_hex(HASHES[3]), to_hex(HASHES[2])]},
            {"topics": [to_hex(HASHES[2]), to_hex(HASHES[1])]}, {"blockNumber": "0x8"},
            {"blockHash": None}, {"blockNumber": None}, {"transactionHash": None},
            {"removed": True},
        )
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def lying() -> Iterator[tuple[ScriptedNode, RpcChain]]:
    with scripted_node() as made:
        chain = RpcChain(Node(made.url, CHAIN_ID, LIMITS))
        yield made, chain
        chain.close()


@pytest.mark.parametrize(("method", "lie"), LIES)
def test_an_answer_of_another_form_or_to_another_question_is_none(
    lying: tuple[ScriptedNode, RpcChain], method: str, lie: Any
) -> None:
    node, chain = lying
    node.answers = {
        "eth_chainId": hex(CHAIN_ID),
        "eth_getBlockByNumber": BLOCK,
        "eth_feeHistory": {"baseFeePerGas": ["0x7", "0x7"]},
        "eth_maxPriorityFeePerGas": "0x3",
        method: lie,
    }
    with pytest.raises(ChainDown, match=f"answers {method} with") as down:
        QUESTIONS[method](chain)
    assert len(str(down.value)) < 150
    assert node.asked[-1][0] == method or method == "eth_feeHistory"


# The right chain.


def test_a_node_on_another_chain_answers_nothing(node: ScriptedNode, chain: RpcChain) -> None:
    node.answers |= {"eth_chainId": "0x1", "eth_getBalance": "0x7"}
    for _ in range(2):
        with pytest.raises(Diverged, match="is on chain 1; the configuration says 4711"):
            chain.balance(ADDRESS)
    assert node.methods() == []
    node.answers["eth_chainId"] = hex(CHAIN_ID)
    assert chain.balance(ADDRESS) == 7


@pytest.mark.parametrize("ask", QUESTIONS.values())
def test_whoever_answers_by_another_connection_is_asked_for_its_chain(
    node: ScriptedNode, chain: RpcChain, ask: Callable[[RpcChain], object]
) -> None:
    node.keeps_connections = False
    node.answers["eth_chainId"] = InTurn(hex(CHAIN_ID), "0x1")
    with pytest.raises(Diverged):
        ask(chain)


def test_no_refusal_is_believed_of_another_chain(node: ScriptedNode, chain: RpcChain) -> None:
    node.keeps_connections = False
    node.answers |= {
        "eth_chainId": InTurn(hex(CHAIN_ID), "0x1"),
        "eth_call": Error(3, "execution reverted", "0xdeadbeef"),
    }
    with pytest.raises(Diverged):
        chain.call(ADDRESS, b"")
    assert node.methods() == ["eth_call"]


@pytest.mark.parametrize("wrong", [None, 4711, "4711", [], "0x" + "f" * 64, Error(-32000, "no")])
def test_a_node_that_does_not_say_its_chain_is_down(
    node: ScriptedNode, chain: RpcChain, wrong: Any
) -> None:
    node.answers["eth_chainId"] = wrong
    with pytest.raises(ChainDown, match="answers eth_chainId with"):
        chain.balance(ADDRESS)
