"""Which client a request is from: its address, as far as it can be believed.

The other end of the connection is the client, unless it is a proxy that the settings name: then it
is the last address in ``X-Forwarded-For`` that is no such proxy. From anyone else that field is
something a client may say of itself, and says nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from ledger.errors import BadQuestion

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORWARDED_FOR: Final = "x-forwarded-for"
_SIGNS_OF_PROXIES: Final = frozenset((b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"))
_HOPS_MAX: Final = 16
_IPV6_PREFIX: Final = 64


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request is from.

    Attributes:
        address: its address; None where the connection has none.
        is_local: whether it comes from this machine itself, and through no proxy.

    """

    address: Address | None
    is_local: bool

    @property
    def key(self) -> str:
        """What its requests are counted under: its address, or in IPv6 its network of 64 bits.

        Whoever has one address of such a network has all of them.
        """
        if isinstance(self.address, IPv6Address):
            return str(IPv6Network((self.address, _IPV6_PREFIX), strict=False))
        return "unknown" if self.address is None else str(self.address)


class Clients:
    """Tells clients.

    Args:
        trusted_proxies: addresses and networks of proxies that say whom they ask for.

    Raises:
        BadQuestion: one is no address and no network.

    """

    def __init__(self, trusted_proxies: Collection[str] = ()) -> None:
        self._proxies = networks_of("trusted_proxies", trusted_proxies)

    def of(self, scope: Scope) -> Client:
        """Return the client of a request."""
        peer = _read_peer(scope["client"][0]) if scope.get("client") else None
        is_forwarded = any(name in _SIGNS_OF_PROXIES for name, _ in scope["headers"])
        is_local = peer is not None and peer.is_loopback and not is_forwarded
        if peer is None or not is_in(peer, self._proxies):
            return Client(peer, is_local)
        hops = ",".join(Headers(scope=scope).getlist(FORWARDED_FOR)).split(",")
        for hop in reversed(hops[-_HOPS_MAX:]):
            named = read_address(hop)
            if named is None:
                break
            peer = named
            if not is_in(named, self._proxies):
                break
        return Client(peer, is_local)


def networks_of(name: str, texts: Collection[str]) -> tuple[Network, ...]:
    """Read addresses and networks of a setting.

    Raises:
        BadQuestion: one is neither.

    """
    try:
        return tuple(ip_network(text, strict=False) for text in texts)
    except ValueError:
        raise BadQuestion(name, "addresses or networks, such as 10.0.0.0/8") from None


def is_in(address: Address, networks: Collection[Network]) -> bool:
    """Tell whether an address is in one of the networks."""
    return any(address in network for network in networks)


@lru_cache(maxsize=4_096)
def _read_peer(text: str) -> Address | None:
    """Read the address of a connection's other end, which sends many requests, once."""
    return read_address(text)


def read_address(text: str) -> Address | None:
    """Read an address, with a port or without, as proxies write it; None if it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
