"""Which client a request is from, whatever it says of itself."""

from __future__ import annotations

import pytest

from api.clients import Clients
from ledger.errors import BadQuestion

PROXIES = ("10.0.0.0/8", "fd00::7")


def client_of(clients: Clients, peer: str, *forwarded: str, **more: str) -> tuple[str, bool]:
    fields = [(b"x-forwarded-for", text.encode()) for text in forwarded]
    fields += [(name.replace("_", "-").encode(), text.encode()) for name, text in more.items()]
    client = clients.of({"type": "http", "client": (peer, 5), "headers": fields})
    return client.key, client.is_local


@pytest.mark.parametrize("peer", ["203.0.113.9", "127.0.0.1", "10.1.2.3", "fd00::7"])
def test_what_a_client_says_of_itself_is_not_believed(peer: str) -> None:
    key, is_local = client_of(Clients(), peer, "198.51.100.1")
    assert key == client_of(Clients(), peer)[0]
    assert not is_local


@pytest.mark.parametrize(
    ("peer", "forwarded", "key"),
    [
        ("10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["192.0.2.66", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.1.2.3", ["192.0.2.66, 127.0.0.1"], "127.0.0.1"),
        ("10.1.2.3", ["198.51.100.1:8080"], "198.51.100.1"),
        ("fd00::7", ['"[2001:db8:1:2:3::4]:8080"'], "2001:db8:1:2::/64"),
        ("10.1.2.3", [" ::ffff:198.51.100.1 "], "198.51.100.1"),
        ("10.1.2.3", ["192.0.2.66, unknown"], "10.1.2.3"),
        ("10.1.2.3", [""], "10.1.2.3"),
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", ["10.4.4.4"], "10.4.4.4"),
        ("10.1.2.3", [",".join(["192.0.2.66"] + ["10.9.9.9"] * 40)], "10.9.9.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
    ],
)
def test_of_a_trusted_proxy_the_last_address_that_is_none_is_the_client(
    peer: str, forwarded: list[str], key: str
) -> None:
    assert client_of(Clients(PROXIES), peer, *forwarded) == (key, False)


def test_a_network_of_ipv6_is_one_client() -> None:
    keys = {
        client_of(Clients(), f"2001:db8:0:{network}::{host}")[0]
        for network in (1, 2)
        for host in (1, 2, "ffff")
    }
    assert keys == {"2001:db8:0:1::/64", "2001:db8:0:2::/64"}


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_only_this_machine_itself_is_local_and_not_what_it_forwards(peer: str) -> None:
    assert client_of(Clients(), peer)[1]
    for name in ("x_forwarded_for", "forwarded", "x_real_ip", "via"):
        assert not client_of(Clients(), peer, **{name: "127.0.0.1"})[1]
        assert not client_of(Clients(["127.0.0.0/8"]), peer, **{name: "127.0.0.1"})[1]


def test_a_connection_without_an_address_is_no_local_one() -> None:
    for client in (None, ("testclient", 5)):
        found = Clients().of({"type": "http", "client": client, "headers": []})
        assert (found.key, found.is_local) == ("unknown", False)


def test_a_setting_that_is_no_network_is_refused() -> None:
    with pytest.raises(BadQuestion, match="trusted_proxies"):
        Clients(["10.0.0.0/8", "proxy.example"])
