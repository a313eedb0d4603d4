"""Where a message may go: an address on the public Internet, or in a network that is named.

A name is resolved for every message, each of its addresses is checked, and the connection goes to
an address that was checked: what the name stands for a moment later makes no difference.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final
from urllib.parse import urlsplit

from ledger.errors import BadQuestion, Unavailable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Collection[str]]

_PORTS: Final = {"https": 443, "http": 80}
_GLOBAL_UNICAST: Final = ip_network("2000::/3")
# Addresses among these that stand for one of IPv4: 6to4 and Teredo.
_STAND_FOR_IPV4: Final = tuple(map(ip_network, ("2002::/16", "2001::/32")))


def resolve(host: str, port: int) -> Collection[str]:
    """Return the addresses that a name stands for.

    Raises:
        Unavailable: there are none, or nobody tells.

    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unavailable("the name of a webhook's host stands for no address") from None
    return [str(address[0]) for *_, address in found]


def read_networks(texts: Collection[str]) -> tuple[Network, ...]:
    """Read addresses and networks.

    Raises:
        BadQuestion: one is neither.

    """
    try:
        return tuple(ip_network(text, strict=False) for text in texts)
    except ValueError:
        raise BadQuestion("webhook_networks", "addresses or networks") from None


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public Internet, and stands for no other."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv6Address):
        stands_for = any(address in network for network in _STAND_FOR_IPV4)
        return address in _GLOBAL_UNICAST and not stands_for
    return True


@dataclass(frozen=True, slots=True)
class Target:
    """One address that messages go to, as its operator wrote it.

    Attributes:
        url: the whole of it.
        scheme, host, port: where it is.
        path: what is asked for there, with the query.

    """

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, url: str) -> Target:
        """Read an address such as ``https://example.com/hook``.

        Raises:
            BadQuestion: it is none, or bears a name and a password.

        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        is_plain = url.isascii() and url.isprintable() and " " not in url
        is_meant = is_plain and "@" not in parts.netloc and not parts.fragment
        if parts.scheme not in _PORTS or not parts.hostname or not is_meant or port == 0:
            raise BadQuestion("webhooks", "addresses such as https://example.com/hook")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(url, parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path)

    @property
    def authority(self) -> str:
        """What stands in the ``Host`` of a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def addresses(self, networks: Collection[Network], resolve: Resolve = resolve) -> list[str]:
        """Return the addresses that a message may go to now.

        Args:
            networks: those that may be reached though they are not public, and without TLS.
            resolve: tells what a name stands for.

        Raises:
            Unavailable: any address that the name stands for may not be reached.

        """
        found = [ip_address(text.partition("%")[0]) for text in resolve(self.host, self.port)]
        for address in found:
            is_named = any(address in network for network in networks)
            if not is_named and not (is_public(address) and self.scheme == "https"):
                raise Unavailable("a webhook's address is not public, or without TLS")
        if not found:
            raise Unavailable("the name of a webhook's host stands for no address")
        return [str(address) for address in dict.fromkeys(found)]
