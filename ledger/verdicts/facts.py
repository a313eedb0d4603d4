"""What a verdict may look at: the facts about one parcel, each with the record it rests on.

Facts are gathered from records (:mod:`ledger.verdicts.gathering`) or written by hand (tests), and
judged by :mod:`ledger.verdicts.judging`. Nothing here decides anything. Times are whole seconds
since 1970-01-01 UTC, weights millicarats.

An *origin* is a site, or a country where no site is told apart. Whatever happened to an ancestor
of mixed goods may or may not have happened to the goods of one origin in the parcel: so crossings
and stays name the origins that they may concern, and those that they certainly concern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class Ground:
    """The record that a fact rests on.

    Attributes:
        record_id, index: which record; index -1 where a test or a draft has none.
        kind, operation: its kind, and its operation or "".
        role, country: in which role and for which country its author speaks.
        occurred_at: when it happened, as the author says.
        recorded_at_ms: the ledger's own time: a date counts as evidenced only from here on.
        is_suspect: a Revocation calls records of this author from before this one on suspect.

    """

    record_id: Hash32
    index: int
    kind: str
    operation: str
    role: str
    country: str
    occurred_at: int
    recorded_at_ms: int
    is_suspect: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where some or all of the goods may have been mined.

    Attributes:
        country: alpha-2.
        site: the site's id, or None for goods known by their country alone.
        zone: the site's zone as its records spell it, or "".
        mined_from, mined_to: the earliest and the latest that such goods can have been mined.
        least, most: how much of the parcel it can be (after weighing tolerance; least > 0 says
            that some certainly is). One stone is wholly of one origin: most is 0 or its weight.
        grounds: the Registrations (at most a few; the first and the last where there are many).

    """

    country: str
    site: Hash32 | None
    zone: str
    mined_from: int
    mined_to: int
    least: int
    most: int
    grounds: tuple[Ground, ...] = ()

    @property
    def key(self) -> str:
        """How crossings, stays and reasons name it: country, and site, or else zone if any."""
        if self.site:
            return f"{self.country}:{self.site.hex()[:16]}"
        return f"{self.country}/{self.zone}" if self.zone else self.country


@dataclass(frozen=True, slots=True)
class Crossing:
    """Rough that crossed a border, or was offered across one.

    Attributes:
        sort: by a certificate recorded here; by one seen on paper alone (a Clearance that names
            no Certificate); or without any.
        number: the certificate's number, or "".
        issuer: the country whose authority issued it (its number's prefix), or where the goods
            left from without one.
        destination: where to.
        issued_at: when it was issued, or the goods were offered.
        expires_at: its last second, or 0.
        cleared_at: when it was confirmed or refused, or None.
        state: open, confirmed, refused, void or expired; "" without a certificate.
        named_origins: the countries that the certificate names; () is plain "mixed".
        is_technical: a technical certificate of an ordered re-export.
        is_reused: its number was shown before it was issued.
        is_prolonged: a Correction from after its last second made it last longer.
        may_concern: keys of the origins whose goods may have been in it.
        concerns: keys of those whose goods in this parcel certainly all went this way.
        grounds: Certificate and Clearance, or Handoff and Receipt.

    """

    sort: Literal["certificate", "paper", "none"]
    number: str
    issuer: str
    destination: str
    issued_at: int
    expires_at: int
    cleared_at: int | None
    state: str
    named_origins: tuple[str, ...]
    is_technical: bool
    may_concern: frozenset[str]
    concerns: frozenset[str]
    grounds: tuple[Ground, ...]
    is_reused: bool = False
    is_prolonged: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """Goods that were in a country: at one moment, or from one to another.

    Attributes:
        country: alpha-2.
        since, until: from when to when; equal for one moment. ``until`` None: nothing says that
            they left.
        basis: what says so: the book's own country of the parcel (registration, clearance,
            receipt, transformation), or a dated location statement.
        may_concern, concerns: as for a crossing.
        grounds: the records.

    """

    country: str
    since: int
    until: int | None
    basis: Literal["book", "statement"]
    may_concern: frozenset[str]
    concerns: frozenset[str]
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """A Statement, or a Report that speaks or freezes, about the parcel or an ancestor.

    Attributes:
        operation: grading, origin, location, warranty, document; theft, loss, seizure, dispute.
        about_self: it is about the parcel itself, not an ancestor.
        text_id: of a warranty.
        report_number: of a grading or an origin analysis.
        document: SHA-256 of the document, or None.
        countries: of an origin analysis: all that it holds possible.
        as_of: the moment spoken of, or when it occurred.
        weight_millicarats: as measured, or 0.
        form: the form that the goods had then: rough, polished, piece.
        is_lifted: of a freezing Report: a later one lifted it.
        is_contradicted: of an origin analysis: by the records, some of the goods that it is about
            certainly are of a country that it does not name.
        may_concern, concerns: as for a crossing.

    """

    operation: str
    about_self: bool
    text_id: str
    report_number: str
    document: Hash32 | None
    countries: tuple[str, ...]
    as_of: int
    weight_millicarats: int
    form: str
    ground: Ground
    is_lifted: bool = False
    is_contradicted: bool = False
    may_concern: frozenset[str] = frozenset()
    concerns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one parcel.

    Attributes:
        parcel: its id.
        form: rough, polished or piece.
        hs_code: its code; "" for a piece.
        weight_millicarats, stones: by the book; stones 0 = not counted.
        tolerance_millicarats: of its weight, by the charter.
        country: where it is, by the book.
        origins: ascending by key; never empty.
        crossings, stays, sayings: in the log's order.
        polished_in: (country, when, ground) of each polishing.
        is_whole: whether the whole ancestry was followed; if not, no fact may be taken as absent.
        is_contradicted: the records leave no origin at all.
        is_tightened: origins were narrowed by the whole ancestry, not by bounds alone.
        parts: of a piece: the facts of each parcel set in it.
        made_at: when this parcel came to be (its Registration, Transformation or Setting), or None
            where that is not told.
        heaviest_millicarats: the most that these goods weighed by the book, when nothing was done
            to them since but weighing; 0 where that is not told.
        former_codes: other codes of rough that some of it had been given before, ascending.

    """

    parcel: Hash32
    form: str
    hs_code: str
    weight_millicarats: int
    stones: int
    tolerance_millicarats: int
    country: str
    origins: tuple[Origin, ...]
    crossings: tuple[Crossing, ...] = ()
    stays: tuple[Stay, ...] = ()
    sayings: tuple[Saying, ...] = ()
    polished_in: tuple[tuple[str, int, Ground], ...] = ()
    is_whole: bool = True
    is_contradicted: bool = False
    is_tightened: bool = False
    parts: tuple[Facts, ...] = ()
    least_by_country: tuple[tuple[str, int], ...] = ()
    made_at: int | None = None
    former_codes: tuple[str, ...] = ()
    heaviest_millicarats: int = 0
