"""Which node is asked, how patiently, and what of its address may be shown.

Addresses of nodes often carry a secret: a name and password, or a provider's key in the path. So
only scheme, host and port are ever shown, and what a node says is shown without the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from ledger.errors import BadQuestion
from ledger.limits import NodeLimits

EXPECTED = "http:// or https://, a host, and what the node's provider adds"
SECRET_CHARACTERS_MIN = 4
"""Shorter parts of a path are words such as ``v3``: to strike them out would only garble."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node by its address, as the operator configured it.

    Attributes:
        url: where it is asked; from the configuration only. Never shown.
        chain_id: of the chain that it must be on (EIP-155).
        limits: how long and how much it may answer.

    Raises:
        BadQuestion: the address is none.

    """

    url: str = field(repr=False)
    chain_id: int
    limits: NodeLimits = field(default_factory=NodeLimits)

    def __post_init__(self) -> None:
        _split(self.url)

    @property
    def name(self) -> str:
        """Scheme, host and port: what may be shown."""
        parts = _split(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every part of the address that may be a secret, the longest first."""
        parts = _split(self.url)
        found = {parts.username or "", parts.query, *parts.path.split("/")}
        found.update(
            value for _, _, value in (one.partition("=") for one in parts.query.split("&"))
        )
        found = {one for one in found if len(one) >= SECRET_CHARACTERS_MIN} | {parts.password or ""}
        found |= {unquote(one) for one in found}
        return tuple(sorted(found - {""}, key=len, reverse=True))

    def without_secrets(self, text: str) -> str:
        """Return a text with every secret struck out."""
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return text


def _split(url: str) -> SplitResult:
    """Return the parts of an address."""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_whole = None
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(" #")
    if not is_whole or not is_plain:
        raise BadQuestion("the node's address", EXPECTED)
    return parts
