"""What the ledger keeps to find again what was said: of mines, reports, corrections, answers."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.values import Address, Hash32, ParcelId, SiteId


@dataclass(frozen=True, slots=True)
class Mined:
    """A Registration, to be found by its site."""

    site: SiteId
    index: int
    parcel: ParcelId

    @property
    def key(self) -> bytes:
        """The site, then the index: a site's registrations lie together, in order."""
        return self.site + self.index.to_bytes(8, "big")


@dataclass(frozen=True, slots=True)
class Corrected:
    """A record that was corrected, its latest Correction, and what all of them come to.

    Attributes:
        record_id: of what was corrected.
        correction: the latest Correction, which the next must name.
        paths, values: parallel; each field named by any of them, with the value last given.
        details: the root of its private fields from now on, or zeros: as it was.

    """

    record_id: Hash32
    correction: Hash32
    paths: tuple[str, ...]
    values: tuple[str, ...]
    details: Hash32

    @property
    def key(self) -> bytes:
        """The record id of what was corrected."""
        return self.record_id


@dataclass(frozen=True, slots=True)
class ReportNumber:
    """The first use of a laboratory's report number.

    Attributes:
        statement, parcel: by whom it is used; zeros once a Correction gave that another number.
        weight_millicarats: as measured, or 0.

    """

    laboratory: Address
    number: str
    statement: Hash32
    parcel: ParcelId
    weight_millicarats: int

    @property
    def key(self) -> bytes:
        """The laboratory, then the number."""
        return self.laboratory + self.number.encode()


@dataclass(frozen=True, slots=True)
class Graded:
    """The last grading of a parcel."""

    parcel: ParcelId
    statement: Hash32
    weight_millicarats: int

    @property
    def key(self) -> bytes:
        """The parcel."""
        return self.parcel


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Graded single stones of one shape, colour, clarity and weight: the last few.

    Attributes:
        likeness: ``shape|color|clarity|weight in millicarats``.
        parcels, statements: parallel, the latest last, at most ``LIMITS.lookalikes_max``.
        measurements_micrometres: of each, flat: three numbers each, zeros where not measured.

    """

    likeness: str
    parcels: tuple[ParcelId, ...]
    statements: tuple[Hash32, ...]
    measurements_micrometres: tuple[int, ...]

    @property
    def key(self) -> bytes:
        """The likeness."""
        return self.likeness.encode()


@dataclass(frozen=True, slots=True)
class Answered:
    """The last Report by which a party answers a finding: one of each, however often it speaks."""

    finding: Hash32
    author: Address
    index: int
    record_id: Hash32

    @property
    def key(self) -> bytes:
        """The finding, then the party: its answers lie together."""
        return self.finding + self.author
