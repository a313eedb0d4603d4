"""What the ledger keeps of certificates: their state, their numbers, the links printed on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ledger.custody.items import NEVER
from ledger.values import Address, Hash32, ParcelId


@dataclass(frozen=True, slots=True)
class CertificateState:
    """A Kimberley Process certificate, as endorsed by its Corrections.

    Attributes:
        id: its record id; ``index`` its place in the log.
        state: open until cleared or void; whether an open one has expired, the time of asking says.
        operation: export or technical; ``original`` is then the refused one, else zeros.
        country: of the authority that issued it.
        origins: where mined, ascending; () = plain "mixed".
        weights_millicarats, values_us_cents: per code, parallel to ``hs_codes``.
        issued_at, expires_at: seconds.
        closed_by: index of what cleared or voided it, or NEVER.
        cleared_in: the country, or ``EU``, of the authority that confirmed or refused it; else "".

    """

    id: Hash32
    index: int
    state: Literal["open", "confirmed", "refused", "void"]
    operation: str
    number: str
    author: Address
    country: str
    exporter: Address
    importer: Address
    original: Hash32
    parcels: tuple[ParcelId, ...]
    hs_codes: tuple[str, ...]
    weights_millicarats: tuple[int, ...]
    values_us_cents: tuple[int, ...]
    origins: tuple[str, ...]
    provenance: str
    destination: str
    issued_at: int
    expires_at: int
    closed_by: int = NEVER
    cleared_in: str = ""

    @property
    def key(self) -> bytes:
        """The record id."""
        return self.id

    def is_open(self, now_ms: int) -> bool:
        """Tell whether it still certifies its parcels; its last second is included."""
        return self.state == "open" and now_ms // 1000 <= self.expires_at


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """A number of a certificate, once seen here.

    Attributes:
        number: as printed, without spaces and hyphens.
        certificate: the Certificate issued under it, or zeros: seen on paper alone.
        first_shown: index of the first Clearance that showed it, or NEVER.

    """

    number: str
    certificate: Hash32
    first_shown: int = NEVER

    @property
    def key(self) -> bytes:
        """The number."""
        return self.number.encode()


@dataclass(frozen=True, slots=True)
class CertificateLink:
    """The 16 bytes that a certificate's QR code leads by.

    They are the first of SHA-256 of the salts of *who* and *amounts*: whoever may read the whole
    record, or holds the paper, knows them; a record id alone does not give them away.
    """

    token: bytes
    certificate: Hash32

    @property
    def key(self) -> bytes:
        """The token."""
        return self.token


@dataclass(frozen=True, slots=True)
class NumberSeries:
    """The highest numbers of a country's certificates, by calendar year (UTC).

    Attributes:
        country: the prefix.
        years: ascending.
        highest: of each year, what follows the prefix, as decimal digits without leading zeros.
        on_paper: whether they were shown on paper, to any authority; else that country's own issued
            them here, and the year is that of issue.

    """

    country: str
    years: tuple[int, ...]
    highest: tuple[str, ...]
    on_paper: bool = False

    @property
    def key(self) -> bytes:
        """The prefix; of those shown on paper, a star after it."""
        return series_key(self.country, on_paper=self.on_paper)

    @property
    def highest_ever(self) -> int:
        """The highest of all years; 0 if there is none."""
        return max(map(int, self.highest), default=0)

    def highest_before(self, year: int) -> int:
        """Return the highest of the years before one; 0 if there is none."""
        before = [int(top) for at, top in zip(self.years, self.highest, strict=True) if at < year]
        return max(before, default=0)

    def with_number(self, year: int, number: int) -> NumberSeries:
        """Return the series with a number used in a year."""
        highest = dict(zip(self.years, self.highest, strict=True))
        highest[year] = str(max(number, int(highest.get(year, "0"))))
        years = tuple(sorted(highest))
        return replace(self, years=years, highest=tuple([highest[at] for at in years]))


def series_key(country: str, *, on_paper: bool) -> bytes:
    """Return the key of a country's series."""
    return f"{country}*".encode() if on_paper else country.encode()
