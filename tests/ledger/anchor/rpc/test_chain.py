"""Every question of a chain is asked of its node, and what the node refuses is told apart."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.anchor.protocol import Block, Fees, Mined
from ledger.anchor.rpc import Node, RpcChain
from ledger.errors import ChainDown, ChainRefused, Reverted
from ledger.limits import NodeLimits
from ledger.values import to_hex
from tests.ledger.anchor.rpc.answers import (
    ADDRESS,
    BLOCK,
    EVENT,
    HASHES,
    RAW,
    READ_EVENT,
    RECEIPT,
    SENT,
    changed,
)
from tests.scripted_node import (
    CHAIN_ID,
    Error,
    InTurn,
    Raw,
    ScriptedNode,
)

# What is asked, and how answers are read.


def test_every_question_is_one_of_json_rpc_and_its_answer_is_read(
    node: ScriptedNode, chain: RpcChain
) -> None:
    node.answers |= {
        "eth_getBlockByNumber": BLOCK,
        "eth_getCode": "0x6001",
        "eth_getBalance": hex(10**30),
        "eth_getTransactionCount": "0x5",
        "eth_call": "0x0a",
        "eth_estimateGas": "0x5208",
        "eth_feeHistory": {"oldestBlock": "0x7", "baseFeePerGas": ["0x7", "0x8"]},
        "eth_maxPriorityFeePerGas": "0x3",
        "eth_sendRawTransaction": to_hex(SENT),
        "eth_getTransactionReceipt": RECEIPT,
        "eth_getLogs": [EVENT],
    }
    assert chain.chain_id == CHAIN_ID
    assert chain.block("latest") == Block(7, HASHES[7], HASHES[6], 0x6B02A3A3, 10**9)
    assert chain.block(7) == chain.block("safe") == chain.block("finalized")
    assert chain.code(ADDRESS) == b"\x60\x01"
    assert chain.balance(ADDRESS) == 10**30
    assert chain.nonce(ADDRESS) == 5
    assert chain.nonce(ADDRESS, pending=True) == 5
    assert chain.call(ADDRESS, b"\1", 7) == b"\n"
    assert chain.estimate_gas(ADDRESS, None, b"\1") == 21_000
    assert chain.estimate_gas(ADDRESS, ADDRESS, b"") == 21_000
    assert chain.fees() == Fees(base_fee_wei=8, priority_fee_wei=3)
    assert chain.send(RAW) == SENT
    assert chain.mined(SENT) == Mined(
        SENT, 7, HASHES[7], True, 0xD5B2, 0x3B9ACA07, None, (READ_EVENT,)
    )
    assert chain.events(ADDRESS, (HASHES[1], None), 0, 7) == (READ_EVENT,)
    me = to_hex(ADDRESS)
    assert node.asked == [
        ("eth_chainId", []),
        ("eth_getBlockByNumber", ["latest", False]),
        ("eth_getBlockByNumber", ["0x7", False]),
        ("eth_getBlockByNumber", ["safe", False]),
        ("eth_getBlockByNumber", ["finalized", False]),
        ("eth_getCode", [me, "latest"]),
        ("eth_getBalance", [me, "latest"]),
        ("eth_getTransactionCount", [me, "latest"]),
        ("eth_getTransactionCount", [me, "pending"]),
        ("eth_call", [{"to": me, "data": "0x01"}, "0x7"]),
        ("eth_estimateGas", [{"from": me, "data": "0x01"}]),
        ("eth_estimateGas", [{"from": me, "data": "0x", "to": me}]),
        ("eth_feeHistory", ["0x1", "latest", []]),
        ("eth_maxPriorityFeePerGas", []),
        ("eth_sendRawTransaction", [to_hex(RAW)]),
        ("eth_getTransactionReceipt", [to_hex(SENT)]),
        ("eth_getBlockByNumber", ["latest", False]),
        (
            "eth_getLogs",
            [{
                "address": me, "topics": [to_hex(HASHES[1]), None],
                "fromBlock": "0x0", "toBlock": "0x7",
            }],
        ),
    ]  # fmt: skip
    assert node.connections == 1


def test_a_failed_transaction_and_one_that_deploys_are_told_from_their_receipts(
    node: ScriptedNode, chain: RpcChain
) -> None:
    failed = changed(RECEIPT, status="0x0", logs=[])
    deployed = changed(RECEIPT, contractAddress=to_hex(ADDRESS).upper().replace("X", "x"))
    node.answers["eth_getTransactionReceipt"] = InTurn(failed, deployed)
    told = chain.mined(SENT)
    assert told is not None
    assert (told.succeeded, told.events) == (False, ())
    told = chain.mined(SENT)
    assert told is not None
    assert told.contract == ADDRESS


def test_what_is_not_there_is_none(node: ScriptedNode, chain: RpcChain) -> None:
    assert chain.block(7) is chain.block("safe") is chain.block("finalized") is None
    assert chain.mined(SENT) is None
    with pytest.raises(ChainDown, match="a block that is no object"):
        chain.block("latest")
    node.answers["eth_getTransactionReceipt"] = changed(RECEIPT, blockHash=None, blockNumber=None)
    assert chain.mined(SENT) is None


@pytest.mark.parametrize("tag", ["safe", "finalized"])
def test_a_node_that_does_not_know_a_tag_has_no_such_block(
    node: ScriptedNode, chain: RpcChain, tag: Any
) -> None:
    node.answers["eth_getBlockByNumber"] = Error(-39001, "Unknown block")
    assert chain.block(tag) is None
    for which in ("latest", 7):
        with pytest.raises(ChainDown, match="Unknown block"):
            chain.block(which)  # type: ignore[arg-type]  # one of either
    node.answers["eth_getBlockByNumber"] = Error(-32603, "Internal error")
    with pytest.raises(ChainDown, match="Internal error"):
        chain.block(tag)


# What nodes refuse.


def test_what_a_contract_refuses_comes_with_its_error(node: ScriptedNode, chain: RpcChain) -> None:
    error = bytes.fromhex("deadbeef") + bytes(32)
    node.answers["eth_call"] = Error(3, "execution reverted", to_hex(error))
    node.answers["eth_estimateGas"] = node.answers["eth_call"]
    with pytest.raises(Reverted) as refused:
        chain.call(ADDRESS, b"")
    assert refused.value.data == error
    with pytest.raises(Reverted) as refused:
        chain.estimate_gas(ADDRESS, ADDRESS, b"")
    assert refused.value.data == error


def test_an_offer_to_look_elsewhere_is_a_refusal_like_any_other(
    node: ScriptedNode, chain: RpcChain
) -> None:
    """EIP-3668: OffchainLookup(address,string[],bytes,bytes4,bytes) names addresses to be asked."""
    data = "0x556f1830" + "00" * 160
    node.answers["eth_call"] = Error(3, "execution reverted", data)
    with pytest.raises(Reverted) as refused:
        chain.call(ADDRESS, b"")
    assert to_hex(refused.value.data) == data
    assert node.methods() == ["eth_call"]


def test_a_call_that_could_not_be_made_says_nothing_about_the_contract(
    node: ScriptedNode, chain: RpcChain
) -> None:
    node.answers["eth_call"] = Error(-32000, "header not found")
    with pytest.raises(ChainDown, match="header not found"):
        chain.call(ADDRESS, b"", 999)


def test_a_refused_transaction_is_refused_by_a_name(node: ScriptedNode, chain: RpcChain) -> None:
    node.answers["eth_sendRawTransaction"] = Error(-32000, "nonce too low: next nonce 7")
    with pytest.raises(ChainRefused) as refused:
        chain.send(RAW)
    assert (refused.value.reason, refused.value.detail) == (
        "nonce-too-low",
        "nonce too low: next nonce 7",
    )
    assert node.methods() == ["eth_sendRawTransaction", "eth_getTransactionByHash"]


@pytest.mark.parametrize("words", ["already known", "nonce too low", "Something else"])
def test_a_transaction_that_the_node_has_is_sent(
    node: ScriptedNode, chain: RpcChain, words: str
) -> None:
    node.answers["eth_sendRawTransaction"] = Error(-32000, words)
    node.answers["eth_getTransactionByHash"] = {"hash": to_hex(SENT), "blockHash": None}
    assert chain.send(RAW) == SENT


def test_a_transaction_that_the_node_says_it_knows_is_sent_though_it_does_not_show_it(
    node: ScriptedNode, chain: RpcChain
) -> None:
    node.answers["eth_sendRawTransaction"] = Error(-32000, "already known")
    assert chain.send(RAW) == SENT
    assert node.methods() == ["eth_sendRawTransaction"]


@pytest.mark.parametrize("wrong", [{"hash": to_hex(HASHES[1])}, {}, [], Raw()])
def test_a_node_that_cannot_say_whether_it_has_a_transaction_is_down(
    node: ScriptedNode, chain: RpcChain, wrong: Any
) -> None:
    node.answers["eth_sendRawTransaction"] = Error(-32000, "nonce too low")
    node.answers["eth_getTransactionByHash"] = wrong
    with pytest.raises(ChainDown):
        chain.send(RAW)


def test_a_node_in_trouble_refuses_no_transaction(node: ScriptedNode, chain: RpcChain) -> None:
    node.answers["eth_sendRawTransaction"] = Error(-32603, "Internal error")
    with pytest.raises(ChainDown, match="error -32603: Internal error"):
        chain.send(RAW)


def test_a_nodes_words_are_cut_short_and_fit_to_be_shown(
    node: ScriptedNode, chain: RpcChain
) -> None:
    words = "insufficient funds \x1b[31m\r\n\0\u202e" + "x" * 10_000
    node.answers["eth_sendRawTransaction"] = Error(-32000, words)
    with pytest.raises(ChainRefused) as refused:
        chain.send(RAW)
    assert refused.value.reason == "no-funds"
    assert refused.value.detail.isprintable()
    assert len(refused.value.detail) == 200


# Events.


def test_events_are_asked_for_some_blocks_at_a_time_and_fewer_where_that_is_too_much(
    node: ScriptedNode,
) -> None:
    ranges: list[tuple[int, int]] = []

    def logs(params: list[Any]) -> Any:
        first, last = (int(params[0][name], 16) for name in ("fromBlock", "toBlock"))
        if last - first >= 3:
            return Error(-32005, "query returned more than 10000 results")
        ranges.append((first, last))
        return [
            changed(EVENT, blockNumber=hex(number), blockHash="0x" + f"{number:064x}")
            for number in range(first, last + 1)
        ]

    node.answers |= {"eth_getBlockByNumber": changed(BLOCK, number="0x14"), "eth_getLogs": logs}
    limits = NodeLimits(events_blocks=8)
    chain = RpcChain(Node(node.url, CHAIN_ID, limits))
    found = chain.events(ADDRESS, (), 3, 99)
    chain.close()
    assert [event.block_number for event in found] == list(range(3, 21))
    assert ranges[0][0] == 3
    assert ranges[-1][1] == 20


def test_a_node_that_refuses_a_single_block_is_down(node: ScriptedNode, chain: RpcChain) -> None:
    node.answers |= {"eth_getBlockByNumber": BLOCK}
    node.answers["eth_getLogs"] = Error(-32005, "query returned more than 10000 results")
    with pytest.raises(ChainDown, match="more than 10000 results"):
        chain.events(ADDRESS, (), 0, 7)
    assert node.methods().count("eth_getLogs") == 4  # of 8 blocks, 4, 2 and 1


def test_a_node_that_is_asked_too_often_is_not_asked_again(
    node: ScriptedNode, chain: RpcChain
) -> None:
    node.answers |= {"eth_getBlockByNumber": BLOCK}
    node.answers["eth_getLogs"] = Error(-32005, "request rate limited")
    with pytest.raises(ChainDown, match="rate limited"):
        chain.events(ADDRESS, (), 0, 7)
    assert node.methods().count("eth_getLogs") == 1


def test_events_with_fewer_topics_than_were_asked_for_are_left_out(
    node: ScriptedNode, chain: RpcChain
) -> None:
    fewer = [changed(EVENT, topics=EVENT["topics"][:kept], logIndex=hex(kept)) for kept in range(3)]
    node.answers |= {"eth_getBlockByNumber": BLOCK, "eth_getLogs": fewer}
    places = [one.place for one in chain.events(ADDRESS, (HASHES[1], None), 0, 7)]
    assert places == [2]


def test_there_are_no_events_beyond_the_last_block(node: ScriptedNode, chain: RpcChain) -> None:
    node.answers["eth_getBlockByNumber"] = BLOCK
    assert chain.events(ADDRESS, (), 8, 99) == ()
    assert node.methods() == ["eth_getBlockByNumber"]
