"""What a node says is believed only where it is an answer: to the question, from the chain."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger.anchor.protocol import Block, Event, Fees, Mined
from ledger.anchor.rpc import Node, RpcChain
from ledger.errors import ChainDown, ChainRefused, Diverged, Reverted
from ledger.limits import NodeLimits
from ledger.signing import keccak
from ledger.values import Address, Hash32, to_hex
from tests.nodes import free_port
from tests.scripted_node import (
    CHAIN_ID,
    Error,
    InTurn,
    Raw,
    ScriptedNode,
    body,
    scripted_node,
    status,
)

LIMITS = NodeLimits(connect_seconds=20.0, answer_seconds=20.0, answer_bytes_max=100_000)
IMPATIENT = NodeLimits(connect_seconds=0.3, answer_seconds=0.3)
ADDRESS = Address(bytes.fromhex("c0" * 20))
HASHES = [Hash32(bytes([number]) * 32) for number in range(10)]
RAW = b"a signed transaction"
SENT = keccak(RAW)
BLOCK = {
    "number": "0x7",
    "hash": to_hex(HASHES[7]),
    "parentHash": to_hex(HASHES[6]),
    "timestamp": "0x6b02a3a3",
    "baseFeePerGas": "0x3b9aca00",
    "transactions": [],
}
EVENT = {
    "address": to_hex(ADDRESS),
    "topics": [to_hex(HASHES[1]), to_hex(HASHES[2])],
    "data": "0x0102",
    "blockNumber": "0x7",
    "blockHash": to_hex(HASHES[7]),
    "transactionHash": to_hex(SENT),
    "transactionIndex": "0x0",
    "logIndex": "0x0",
    "removed": False,
}
RECEIPT = {
    "transactionHash": to_hex(SENT),
    "blockNumber": "0x7",
    "blockHash": to_hex(HASHES[7]),
    "status": "0x1",
    "gasUsed": "0xd5b2",
    "effectiveGasPrice": "0x3b9aca07",
    "contractAddress": None,
    "logs": [EVENT],
}
READ_EVENT = Event(
    ADDRESS, (HASHES[1], HASHES[2]), b"\1\2", 7, HASHES[7], Hash32(SENT), 0
)  # fmt: skip


@pytest.fixture
def node() -> Iterator[ScriptedNode]:
    with scripted_node() as made:
        yield made


@pytest.fixture
def chain(node: ScriptedNode) -> Iterator[RpcChain]:
    made = RpcChain(Node(node.url, CHAIN_ID, LIMITS))
    yield made
    made.close()


def changed(value: Any, **changes: Any) -> Any:
    """Return a copy of an object with other fields; a field of None stays and is null."""
    return {**copy.deepcopy(value), **changes}


def without(value: Any, name: str) -> Any:
    """Return a copy of an object without one field."""
    return {key: copy.deepcopy(kept) for key, kept in value.items() if key != name}


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


# Lies and garbage.

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
QUESTIONS: dict[str, Callable[[RpcChain], object]] = {
    "eth_getBlockByNumber": lambda chain: chain.block(7),
    "eth_getCode": lambda chain: chain.code(ADDRESS),
    "eth_getBalance": lambda chain: chain.balance(ADDRESS),
    "eth_getTransactionCount": lambda chain: chain.nonce(ADDRESS),
    "eth_call": lambda chain: chain.call(ADDRESS, b""),
    "eth_estimateGas": lambda chain: chain.estimate_gas(ADDRESS, None, b""),
    "eth_feeHistory": lambda chain: chain.fees(),
    "eth_maxPriorityFeePerGas": lambda chain: chain.fees(),
    "eth_sendRawTransaction": lambda chain: chain.send(RAW),
    "eth_getTransactionReceipt": lambda chain: chain.mined(SENT),
    "eth_getLogs": lambda chain: chain.events(ADDRESS, (HASHES[1], HASHES[2]), 0, 7),
}


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


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Raw(), "cannot be asked"),  # hangs up
        (Raw((b"garbage\r\n\r\n",)), "cannot be asked"),
        (Raw((b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",)), "cannot be asked|no JSON-RPC"),
        (Raw((b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",)), "cannot be asked"),
        (body(b""), "no JSON-RPC"),
        (body(b"<html>Bad Gateway</html>"), "no JSON-RPC"),
        (body(b"\xff\xfe"), "no JSON-RPC"),
        (body(b"null"), "no JSON-RPC"),
        (body(b"[]"), "no JSON-RPC"),
        (body(b"{}"), "no JSON-RPC"),
        (body(b"7"), "no JSON-RPC"),
        (body(b"[" * 50_000), "no JSON-RPC"),
        (body(b'{"jsonrpc":"2.0","id":' + b"9" * 50_000 + b',"result":"0x1"}'), "no JSON-RPC"),
        (body(b'{"jsonrpc":"2.0","id":99,"result":"0x1"}'), "no JSON-RPC"),  # to another question
        (body(b'{"jsonrpc":"2.0","id":"1","result":"0x1"}'), "no JSON-RPC"),
        (body(b'{"jsonrpc":"2.0","id":true,"result":"0x1"}'), "no JSON-RPC"),
        (body(b'{"jsonrpc":"2.0","id":null,"result":"0x1"}'), "no JSON-RPC"),
        (body(b'{"jsonrpc":"2.0","result":"0x1"}'), "no JSON-RPC"),
        (body(b'{"jsonrpc":"2.0","id":1}'), "no JSON-RPC"),
        (body(b'{"jsonrpc":"1.0","id":1,"result":"0x1"}'), "no JSON-RPC"),
        (body(b'{"id":1,"result":"0x1"}'), "no JSON-RPC"),
        (body(b'{"jsonrpc":"2.0","id":1,"result":"0x1","error":{"code":1}}'), "no JSON-RPC"),
        (body(b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parsing"}}'), "Pars"),
        (Error(-32000, None), "no JSON-RPC"),
        (Error(-32000, {"no": "words"}), "no JSON-RPC"),
        (Error("x", "words"), "no JSON-RPC"),  # type: ignore[arg-type]
        (Error(-32000, "transaction not found"), "transaction not found"),
        (status(500), "HTTP status 500"),
        (status(429, b"slow down"), "HTTP status 429"),
        (status(401, b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'), "HTTP status 401"),
        (status(204), "HTTP status 204"),
        (status(301, b"", "location: /elsewhere"), "HTTP status 301"),
        (status(307, b"", "location: http://127.0.0.1:1/"), "HTTP status 307"),
        (status(308, b"", "location: //[bad"), "HTTP status 308"),
        (status(200, b"\x1f\x8b\x08\x00", "content-encoding: gzip"), "no JSON-RPC"),
        (body(b" " * 100_001), "more than 100000 bytes"),
    ],
)  # fmt: skip
def test_a_broken_node_is_down(node: ScriptedNode, chain: RpcChain, answer: Any, said: str) -> None:
    # The chain id has number 0 and this question number 1.
    node.answers |= {"eth_getBalance": InTurn(answer, "0x2")}
    with pytest.raises(ChainDown, match=said):
        chain.balance(ADDRESS)
    assert node.methods() == ["eth_getBalance"], "tried once, and followed nowhere"
    assert chain.balance(ADDRESS) == 2, "and up again with its next answer"


def test_a_huge_answer_is_not_read_to_its_end(node: ScriptedNode, chain: RpcChain) -> None:
    parts = 100  # of a megabyte
    sent = []

    def pieces() -> Iterator[bytes]:
        yield f"HTTP/1.1 200 OK\r\ncontent-length: {parts << 20}\r\n\r\n".encode()
        for number in range(parts):
            yield bytes(1 << 20)
            sent.append(number)

    node.answers["eth_getCode"] = Raw(pieces())
    with pytest.raises(ChainDown, match="more than 100000 bytes"):
        chain.code(ADDRESS)
    assert len(sent) < parts


def test_an_answer_in_chunks_is_read(node: ScriptedNode, chain: RpcChain) -> None:
    parts = (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b'd\r\n{"jsonrpc":"2\r\n')
    rest = b'.0","id":1,"result":"0x7"}'
    node.answers["eth_getBalance"] = Raw((*parts, b"%x\r\n%s\r\n0\r\n\r\n" % (len(rest), rest)))
    assert chain.balance(ADDRESS) == 7


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n{"])
def test_a_node_that_sends_a_byte_now_and_then_is_not_waited_for(part: bytes) -> None:
    dripping = Raw((part, *([b" "] * 1_000)), pause_seconds=0.1)
    with scripted_node(eth_chainId=dripping) as node:
        chain = RpcChain(Node(node.url, CHAIN_ID, IMPATIENT))
        with pytest.raises(ChainDown, match="did not answer within"):
            chain.balance(ADDRESS)
        chain.close()


def test_a_node_that_says_nothing_is_not_waited_for() -> None:
    with scripted_node(eth_chainId=Raw((b"",), pause_seconds=60.0)) as node:
        chain = RpcChain(Node(node.url, CHAIN_ID, IMPATIENT))
        with pytest.raises(ChainDown, match=r"did not answer within|ReadTimeout"):
            chain.balance(ADDRESS)
        chain.close()


def test_where_nobody_listens_the_chain_is_down_and_making_it_is_no_fault() -> None:
    chain = RpcChain(Node(f"http://127.0.0.1:{free_port()}", CHAIN_ID, LIMITS))
    assert chain.chain_id == CHAIN_ID
    for ask in QUESTIONS.values():
        with pytest.raises(ChainDown, match="cannot be asked: ConnectionError"):
            ask(chain)
    chain.close()
    chain.close()


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


@pytest.mark.parametrize("wrong", [None, 4711, "4711", [], "0x" + "f" * 64, Error(-32000, "no")])
def test_a_node_that_does_not_say_its_chain_is_down(
    node: ScriptedNode, chain: RpcChain, wrong: Any
) -> None:
    node.answers["eth_chainId"] = wrong
    with pytest.raises(ChainDown, match="answers eth_chainId with"):
        chain.balance(ADDRESS)


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


# Secrets of the address, and what goes with a question.


def test_no_secret_of_the_address_is_logged_or_shown(
    node: ScriptedNode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret, password = "k3y0123456789", "pa55word"
    url = node.url.replace("//", f"//someone:{password}@") + f"/v3/{secret}?key={secret}"
    chain = RpcChain(Node(url, CHAIN_ID, LIMITS))
    refused = Error(-32000, f"no {secret} here")
    node.answers["eth_getBalance"] = InTurn("0x7", Raw(), status(500), refused)
    said = []
    assert chain.balance(ADDRESS) == 7
    for _ in range(3):
        with pytest.raises(ChainDown) as down:
            chain.balance(ADDRESS)
        said.append(f"{down.value!r} {down.value} {down.value.__cause__}")
    chain.close()
    assert node.heads[0]["path"] == f"/v3/{secret}?key={secret}", "but it is sent"
    assert node.heads[0]["authorization"].startswith("Basic ")
    text = caplog.text + " ".join(said)
    assert "Starting new HTTP connection" in text, "urllib3 does log at this level"
    assert secret not in text
    assert password not in text


def test_nothing_of_the_environment_goes_with_a_question(
    node: ScriptedNode, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password pa55word\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    node.answers["eth_getBalance"] = status(200, b"{}", "set-cookie: a=b")
    chain = RpcChain(Node(node.url, CHAIN_ID, LIMITS))
    for _ in range(2):
        with pytest.raises(ChainDown):
            chain.balance(ADDRESS)
    chain.close()
    for head in node.heads:
        assert not {"authorization", "cookie"} & head.keys()
        assert head["accept-encoding"] == "identity"
