"""Production and trade of one participant: KPCS core document, Annex III.

Production comes from Registrations, by the end of the period mined. Exports come from the export
Certificates of the participant's authorities, by date of issue, but for those whose goods never
left: their certificate became void by what was done with them there. Imports come from Clearances
by its authorities that confirm, as found, by their date. Technical certificates, by which refused
goods go back, are no trade and are counted apart; so is what stays within the participant, as from
one member of the European Union to another.

Weights are of the records as signed: what a Receipt found lighter later is not taken off. Values of
trade are the declared customs values; a value of production is there only where the price of a
Registration is a private field that the reader is shown, so each figure says of how much it is.

A figure is named by what it counts: ``exports:BW:2026-Q1:EU:BW:7102.31``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from ledger.custody import CertificateState
from ledger.errors import BadQuestion
from ledger.records import Certificate, Clearance, Registration
from ledger.reporting.corrected import as_it_stands
from ledger.reporting.participants import participant_of
from ledger.reporting.periods import Period, half_label, quarter_label
from ledger.reporting.scanning import Times, Told, first_since, told
from ledger.store.protocol import View
from ledger.store.stored import read_record
from ledger.values import NO_HASH, Hash32

Flow = Literal[
    "production",
    "exports",
    "imports",
    "issued",
    "technical",
    "void",
    "within",
    "received",
    "returned",
    "arrived",
    "refused",
    "paper",
]
FLOWS: Final[tuple[Flow, ...]] = get_args(Flow)
COUNTED: Final[dict[Flow, str]] = {
    "production": "Production: Registrations, by the end of the period mined",
    "exports": "Exports: certificates issued for export, but for those whose goods never left",
    "imports": "Imports: shipments confirmed by the importing authority, as found",
    "issued": "Certificates validated for export",
    "technical": "Technical certificates, for goods ordered back; in no figure of trade",
    "void": "Certificates void before the goods left; in no figure of trade",
    "within": "Certificates for goods that stay within the participant; in no figure of trade",
    "received": "Imported shipments accompanied by a certificate",
    "returned": "Shipments that came back on a technical certificate; in no figure of trade",
    "arrived": "Shipments confirmed that its own authorities certified; in no figure of trade",
    "refused": "Shipments refused at import; in no figure of trade",
    "paper": "Of the imported shipments: certificate seen on paper alone",
}
"""What each sort of figure counts, in words."""

MIXED: Final = "mixed"
NAMED: Final = "mixed-named"
UNSTATED: Final = "unstated"
NONE: Final = "-"
"""Stands in a figure's name where a dimension does not apply."""


@dataclass(frozen=True, slots=True, order=True)
class Figure:
    """What a figure counts.

    Attributes:
        flow: one of :data:`FLOWS`.
        participant: whose figure it is.
        period: a half-year for production, a quarter for all else.
        partner: exports: the destination's participant; imports: the provenance's; else ``-``.
        origin: alpha-2 where goods are of one country; ``mixed`` or ``mixed-named`` as the
            certificate has it; ``unstated`` where it was seen on paper alone; ``-`` for counts.
        hs_code: of the goods; ``-`` for counts.

    """

    flow: Flow
    participant: str
    period: str
    partner: str = NONE
    origin: str = NONE
    hs_code: str = NONE

    @property
    def name(self) -> str:
        """Its name, by which its entries are asked for."""
        parts = (self.participant, self.period, self.partner, self.origin, self.hs_code)
        return ":".join((self.flow, *parts))


def read_figure(text: str) -> Figure:
    """Read a figure's name.

    Raises:
        BadQuestion: it is none.

    """
    flow, *parts = text.split(":")
    if flow not in FLOWS or len(parts) != 5 or not all(parts):
        raise BadQuestion("figure", "the name of a figure, as the report gives it")
    return Figure(flow, *parts)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one record adds to one figure.

    Attributes:
        figure: which.
        index, record_id: the record.
        weight_millicarats: of it.
        value_us_cents: of it, or None where the reader knows none.
        corrected_by: the last Correction of the record, or None.

    """

    figure: Figure
    index: int
    record_id: Hash32
    weight_millicarats: int
    value_us_cents: int | None
    corrected_by: Hash32 | None


@dataclass(frozen=True, slots=True)
class Line:
    """A figure, summed.

    Attributes:
        figure: what it counts.
        records: how many records.
        weight_millicarats: of all of them.
        value_us_cents: of those whose value is known; None if it is of none.
        valued_millicarats: the weight of these.

    """

    figure: Figure
    records: int = 0
    weight_millicarats: int = 0
    value_us_cents: int | None = None
    valued_millicarats: int = 0


@dataclass(slots=True)
class _Sums:
    """A figure in the making."""

    records: int = 0
    weight: int = 0
    value: int = 0
    valued: int = 0
    is_valued: bool = False

    def add(self, one: Contribution) -> None:
        self.records += 1
        self.weight += one.weight_millicarats
        if one.value_us_cents is not None:
            self.value += one.value_us_cents
            self.valued += one.weight_millicarats
            self.is_valued = True

    def line(self, figure: Figure) -> Line:
        value = self.value if self.is_valued else None
        return Line(figure, self.records, self.weight, value, self.valued)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures are asked for.

    Attributes:
        participant: of whom.
        period: from when to when; the figures in it are of whole halves or quarters of it.
        size: how many entries of the log are taken into account.
        ledger_id: the ledger.
        price_of: gives the price in US cents among the private fields of a Registration, or of the
            Correction that replaced them, as far as the reader is shown it.
        has_production, has_trade: which of the two are wanted.

    """

    participant: str
    period: Period
    size: int
    ledger_id: Hash32
    price_of: Callable[[Hash32], int | None]
    has_production: bool = True
    has_trade: bool = True

    @property
    def kinds(self) -> dict[str, Times]:
        """The kinds of record that say something of it, and when these occurred.

        A period mined may be registered long after it ended, and never before.
        """
        since, until = self.period.since, self.period.until
        production: dict[str, Times] = {"Registration": (since, None)}
        trade: dict[str, Times] = {"Certificate": (since, until), "Clearance": (since, until)}
        return (production if self.has_production else {}) | (trade if self.has_trade else {})


def lines_of(contributed: Iterable[Contribution]) -> list[Line]:
    """Sum what records add; return the figures in the order of :data:`FLOWS`, then by name."""
    lines: dict[Figure, _Sums] = {}
    for one in contributed:
        lines.setdefault(one.figure, _Sums()).add(one)
    ordered = sorted(lines, key=lambda figure: (FLOWS.index(figure.flow), figure))
    return [lines[figure].line(figure) for figure in ordered]


def contributions(view: View, asked: Asked, after: int = -1) -> Iterator[Contribution]:
    """Yield what each record adds to the figures asked for, in the order of the log.

    Args:
        view: the ledger.
        asked: which figures.
        after: only of records with a higher index.

    Raises:
        Damaged: what is stored is not what was written.

    """
    start = max(after + 1, first_since(view, asked.period.since, asked.size))
    own = asked.participant
    for one in told(view, asked.ledger_id, asked.kinds, start, asked.size, own):
        if isinstance(one.record, Registration):
            yield from _mined(view, asked, one, one.record)
        elif isinstance(one.record, Certificate):
            yield from _issued(view, asked, one, one.record)
        elif isinstance(one.record, Clearance):
            yield from _cleared(view, asked, one, one.record)


def _mined(view: View, asked: Asked, one: Told, signed: Registration) -> Iterator[Contribution]:
    country = signed.scene.author_country  # the site's: the rules have it so
    stands = as_it_stands(view, one.record_id, signed, asked.size)
    record = stands.record
    at = record.scene.period_to
    if not asked.period.has(at):
        return
    figure = Figure(
        "production",
        asked.participant,
        half_label(at),
        origin=country,
        hs_code=record.what.hs_code,
    )
    # Whoever commits to no private fields has none to show.
    price = asked.price_of(stands.details_of) if record.details != NO_HASH else None
    yield Contribution(
        figure, one.index, one.record_id, record.amounts.weight_millicarats, price, stands.by
    )


def _issued(view: View, asked: Asked, one: Told, signed: Certificate) -> Iterator[Contribution]:
    at = signed.scene.occurred_at
    stands = as_it_stands(view, one.record_id, signed, asked.size)
    record, by = stands.record, stands.by
    partner = participant_of(record.scene.destination)
    summing = _Summing(asked, one, record, by, quarter_label(at), partner)
    if record.what.operation == "technical":
        yield summing.count("technical")
    elif never_left(view, one.record_id, asked.participant, asked.size):
        yield summing.count("void")
    elif partner == asked.participant:
        yield summing.count("within")
    else:
        yield summing.count("issued")
        yield from summing.trade("exports", origin_of(record.scene.origins))


def never_left(view: View, certificate: Hash32, issuer: str, size: int) -> bool:
    """Tell whether the goods of a certificate were worked on or certified again where they were.

    A certificate is void too when nobody confirmed it and its goods are worked on abroad: these
    had left, and stay in the figures.
    """
    state = view.read(CertificateState, certificate)
    if state is None or state.state != "void" or state.closed_by >= size:
        return False
    row = view.row(state.closed_by)
    by = read_record(state.closed_by, row.envelope) if row is not None else None
    return by is not None and participant_of(by.scene.author_country) == issuer


def origin_of(origins: tuple[str, ...]) -> str:
    """Return how a certificate's origins are counted."""
    return origins[0] if len(origins) == 1 else NAMED if origins else MIXED


def _cleared(view: View, asked: Asked, one: Told, signed: Clearance) -> Iterator[Contribution]:
    at = signed.scene.occurred_at
    stands = as_it_stands(view, one.record_id, signed, asked.size)
    record, by = stands.record, stands.by
    shown = certificate_of(view, record, asked.size)
    # On paper alone, the number says by whom it was issued: no other provenance is known here.
    issuer = shown.scene.author_country if shown else record.what.number[:2]
    partner = shown.scene.provenance if shown else issuer
    summing = _Summing(asked, one, record, by, quarter_label(at), participant_of(partner))
    if record.what.operation == "refuse":
        yield summing.count("refused")
    elif shown is not None and shown.what.operation == "technical":
        yield summing.count("returned")
    elif participant_of(issuer) == asked.participant:
        yield summing.count("arrived")
    else:
        yield summing.count("received")
        if shown is None:
            yield summing.count("paper")
        yield from summing.trade("imports", origin_of(shown.scene.origins) if shown else UNSTATED)


def certificate_of(view: View, clearance: Clearance, size: int) -> Certificate | None:
    """Return the Certificate that a Clearance names, as it stood at a size; None: paper alone."""
    record_id = clearance.what.certificate
    shown = view.record(record_id) if record_id != NO_HASH else None
    if not isinstance(shown, Certificate):
        return None
    return as_it_stands(view, record_id, shown, size).record


@dataclass(frozen=True, slots=True)
class _Summing:
    """What one record of trade, as it stands, adds to figures of one period and partner."""

    asked: Asked
    one: Told
    record: Certificate | Clearance
    by: Hash32 | None
    period: str
    partner: str

    def count(self, flow: Flow) -> Contribution:
        """Return what it adds to a count of certificates or shipments."""
        amounts = self.record.amounts
        figure = Figure(flow, self.asked.participant, self.period, self.partner)
        return self._adds(figure, sum(amounts.weights_millicarats), sum(amounts.values_us_cents))

    def trade(self, flow: Flow, origin: str) -> Iterator[Contribution]:
        """Yield what it adds to the figures of trade, code by code."""
        codes, amounts = self.record.what.hs_codes, self.record.amounts
        goods = zip(codes, amounts.weights_millicarats, amounts.values_us_cents, strict=True)
        for code, weight, value in goods:
            figure = Figure(flow, self.asked.participant, self.period, self.partner, origin, code)
            yield self._adds(figure, weight, value)

    def _adds(self, figure: Figure, weight: int, value: int) -> Contribution:
        return Contribution(figure, self.one.index, self.one.record_id, weight, value, self.by)
