"""What of a node's address may be shown."""

from __future__ import annotations

import pytest

from ledger.anchor.rpc import Node
from ledger.anchor.rpc.node import EXPECTED
from ledger.errors import BadQuestion

SECRET = "s3cr3t-k3y"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
        ("http://[::1]:8545/", "http://[::1]:8545"),
        (f"https://node.example/v3/{SECRET}", "https://node.example"),
        (f"https://node.example/?apikey={SECRET}", "https://node.example"),
        (f"https://someone:{SECRET}@node.example:99", "https://node.example:99"),
        (f"https://{SECRET}@node.example", "https://node.example"),
    ],
)
def test_a_node_is_named_by_scheme_host_and_port_alone(url: str, name: str) -> None:
    node = Node(url, 1)
    assert node.name == name
    assert SECRET not in repr(node)
    if SECRET in url:
        assert SECRET not in node.without_secrets(f"{url} /v3/{SECRET}?apikey={SECRET} {SECRET}")


def test_a_password_is_struck_out_in_either_writing() -> None:
    node = Node("https://someone:pass%2Fword@node.example", 1)
    assert node.without_secrets("pass%2Fword, pass/word") == "…, …"


@pytest.mark.parametrize(
    "url",
    [
        "", "node.example", "127.0.0.1:8545", "ws://node.example", "wss://node.example",
        "/geth.ipc", "file:///etc/passwd", "http://", "http:///v3", "http://node.example:0",
        "http://node.example:x", "http://node.example:99999", "http://node.example/a b",
        "http://node.example/\r\nx: y", "http://node.example/#part", "http://nöde.example",
        "http://[::1/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_node_is_refused_without_an_echo(url: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        Node(url, 1)
    assert str(refused.value) == str(BadQuestion("the node's address", EXPECTED))
