"""A node that is slow, broken or gone is down, and no secret of its address is shown."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.anchor.rpc import Node, RpcChain
from ledger.errors import ChainDown
from tests.ledger.anchor.rpc.answers import (
    ADDRESS,
    IMPATIENT,
    LIMITS,
    QUESTIONS,
)
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
    node: ScriptedNode, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password pa55word\n")
    monkeypatch.setenv("NETRC", str(netrc))
    node.answers["eth_getBalance"] = InTurn(status(200, b"{}", "set-cookie: a=b"), "0x7", "0x8")
    chain = RpcChain(Node(node.url, CHAIN_ID, LIMITS))
    with pytest.raises(ChainDown):
        chain.balance(ADDRESS)
    assert chain.balance(ADDRESS) == 7
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert chain.balance(ADDRESS) == 8
    chain.close()
    assert node.heads
    for head in node.heads:
        assert not {"authorization", "cookie"} & head.keys()
        assert head["accept-encoding"] == "identity"
