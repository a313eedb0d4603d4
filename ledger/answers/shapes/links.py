"""Shapes of what is said about links to stones' pages."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.values import ParcelId


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A link, as it is shown to whoever may end it.

    Attributes:
        token: what the link says.
        path: where the page is, at this server.
        is_own: whether the reader minted it.
        ended_at_ms: when it was ended, or null.

    """

    token: str
    path: str
    parcel_id: ParcelId
    minted_at_ms: int
    is_own: bool
    ended_at_ms: int | None


@dataclass(frozen=True, slots=True)
class LinksAnswer:
    """The links of a parcel that the reader may end, the earliest first."""

    parcel_id: ParcelId
    links: tuple[LinkShown, ...]
