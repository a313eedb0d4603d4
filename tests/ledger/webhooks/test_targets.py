"""Where a message may go, whatever a name is said to stand for."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from ledger.errors import BadQuestion, Unavailable
from ledger.webhooks.targets import Target, read_networks

NOT_PUBLIC = (
    "0.0.0.0",  # noqa: S104 - an address that is refused
    "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "255.255.255.255", "224.0.0.1", "192.0.2.1",
    "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8",
    "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "fec0::1",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "93.184.216.34", "2606:4700:4700::1111")


def addresses(url: str, *found: str, networks: tuple[str, ...] = ()) -> list[str]:
    def resolve(_host: str, _port: int) -> Collection[str]:
        return found

    return Target.parse(url).addresses(read_networks(networks), resolve)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_message_goes_where_the_internet_does_not(address: str) -> None:
    with pytest.raises(Unavailable):
        addresses("https://hook.example/", address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_one_such_address_among_others_is_enough(address: str) -> None:
    with pytest.raises(Unavailable):
        addresses("https://hook.example/", PUBLIC[0], address, PUBLIC[1])


def test_messages_go_to_public_addresses_by_tls_alone() -> None:
    assert addresses("https://hook.example/", *PUBLIC) == list(PUBLIC)
    with pytest.raises(Unavailable):
        addresses("http://hook.example/", *PUBLIC)


def test_a_network_that_the_operator_names_may_be_reached_also_without_tls() -> None:
    assert addresses("http://hook.example/", "10.1.2.3", networks=("10.0.0.0/8",)) == ["10.1.2.3"]
    with pytest.raises(Unavailable):
        addresses("http://hook.example/", "10.1.2.3", "10.9.9.9", networks=("10.1.0.0/16",))


def test_a_name_that_stands_for_nothing_is_told_so() -> None:
    with pytest.raises(Unavailable):
        addresses("https://hook.example/")


@pytest.mark.parametrize(
    "url",
    [
        "", "hook.example", "ftp://hook.example/", "file:///etc/passwd", "https://", "https:///x",
        "https://user:word@hook.example/", "https://hook.example/#part", "https://hook.example:0/",
        "https://hook.example:99999/", "https://hook.example:x/", "https://hook.example/a b",
        "https://hook.example/\r\nx: y", "https://hök.example/", "https://[::1/",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(BadQuestion):
        Target.parse(url)


def test_an_address_is_read_into_its_parts() -> None:
    target = Target.parse("https://hook.example:8443/a/b?c=d")
    assert (target.authority, target.port, target.path) == ("hook.example:8443", 8443, "/a/b?c=d")
    target = Target.parse("https://[2606:4700::1]")
    assert (target.authority, target.host, target.path) == ("[2606:4700::1]", "2606:4700::1", "/")


def test_networks_that_are_none_are_refused() -> None:
    with pytest.raises(BadQuestion):
        read_networks(["10.0.0.0/99"])
