"""Reports for regulators: figures, the entries behind them, and reconciliation.

A report of a participant is for its own authorities, for auditors and for the operator. It tells
the exporting authority what the importing one found: that is what a confirmation is for (KPCS core
document, Section III and Annex II). Pages of one report are of one size of the log, which its
cursors remember.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from ledger.answers.asking import Cursors, read_limit
from ledger.answers.reading import Reading
from ledger.answers.shapes.reports import (
    AnnexAnswer,
    CertificateReconciled,
    CodeReconciled,
    FigureEntriesAnswer,
    FigureEntry,
    FigureShown,
    PeriodShown,
    ReconciliationAnswer,
)
from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS
from ledger.reporting import (
    Asked,
    Contribution,
    Line,
    Period,
    Reconciled,
    Reconciling,
    contributions,
    lines_of,
    read_participant,
    read_period,
    reconciled,
)
from ledger.reporting.annex_iii import Figure, read_figure
from ledger.reporting.periods import half_label, labelled, quarter_label
from ledger.values import Hash32, carats

_INDEX_BYTES: Final = 8
DECLARED: Final = (
    "Figures are sums of what parties of this ledger declared and signed. They are not a "
    "participant's published statistics; goods that are not recorded here are in none of them."
)
BASIS: Final = (
    "Exports and imports are at declared customs values, by the quarter of the certificate's issue "
    "and of the importing authority's confirmation; production is by the half-year in which the "
    "period mined ended."
)
PRICED: Final = (
    "The value of production comes from private prices of registrations, as far as they are shown "
    "to whoever asks: it is stated for {known} of {all} carats."
)
PriceOf = Callable[[Hash32], int | None]


@dataclass(frozen=True, slots=True)
class Span:
    """Of whom, of when, and of which size of the log (None: the head) a report is."""

    country: str
    year: int
    half: int | None = None
    quarter: int | None = None
    size: int | None = None

    @property
    def period(self) -> Period:
        """Read the period; raises BadQuestion."""
        return read_period(self.year, self.half, self.quarter)


def annex_iii(reading: Reading, span: Span, price_of: PriceOf) -> AnnexAnswer:
    """Answer with a participant's production and trade."""
    asked = _asked(reading, span, price_of)
    lines = lines_of(contributions(reading.view, asked))
    if len(lines) > LIMITS.report_figures_max:
        raise BadQuestion("quarter", "a shorter period: there are too many figures in this one")
    mined = [line for line in lines if line.figure.flow == "production"]
    notes: tuple[str, ...] = (DECLARED, BASIS)
    if mined:
        known = carats(sum(line.valued_millicarats for line in mined))
        total = carats(sum(line.weight_millicarats for line in mined))
        notes = (*notes, PRICED.format(known=known, all=total))
    return AnnexAnswer(
        participant=asked.participant,
        period=_period(asked.period),
        size=asked.size,
        figures=tuple(map(_figure, lines)),
        notes=notes,
        as_of=reading.as_of,
    )


def figure_entries(
    reading: Reading,
    span: Span,
    price_of: PriceOf,
    figure: str | None,
    limit: int | None,
    cursor: str,
) -> FigureEntriesAnswer:
    """Answer with the records that one figure, or all of a report, was summed from."""
    name = f"{span.country} {span.period.label} {figure or ''}"
    cursors = Cursors(f"annex-iii entries {name}")
    after, span = _resume(cursors, cursor, span)
    asked = _asked(reading, span, price_of)
    of_figure = asked if figure is None else _asked_of(read_figure(figure), asked)
    rows = read_limit(limit)
    made = contributions(reading.view, of_figure, after)
    chosen = (one for one in made if figure in (None, one.figure.name))
    page, last = _whole_records(chosen, rows)
    return FigureEntriesAnswer(
        participant=asked.participant,
        period=_period(asked.period),
        figure=figure,
        size=asked.size,
        entries=tuple(map(_entry, page)),
        cursor=_cursor(cursors, last, asked.size),
        as_of=reading.as_of,
    )


def reconciliation(
    reading: Reading, span: Span, limit: int | None, cursor: str
) -> ReconciliationAnswer:
    """Answer with a participant's certificates, each beside what was found."""
    cursors = Cursors(f"reconciliation {span.country} {span.period.label}")
    after, span = _resume(cursors, cursor, span)
    participant = _participant(reading, span)
    now_s = reading.now_ms // 1000
    size = _size(reading, span)
    asked = Reconciling(participant, span.period, size, now_s, reading.charter.ledger_id)
    rows = read_limit(limit)
    found = list(islice(reconciled(reading.view, asked, after), rows + 1))
    last = found[rows - 1].index if len(found) > rows else None
    return ReconciliationAnswer(
        participant=participant,
        period=_period(asked.period),
        size=size,
        asked_at=now_s,
        certificates=tuple(map(_reconciled, found[:rows])),
        cursor=_cursor(cursors, last, size),
        as_of=reading.as_of,
    )


def _participant(reading: Reading, span: Span) -> str:
    participant = read_participant("country", span.country)
    reader = reading.reader
    is_told = reader.sort == "operator" or reader.is_auditor
    if not is_told and not reader.is_authority_of(participant):
        raise Unknown("report", f"of {participant} for any but its authorities and auditors")
    return participant


def _size(reading: Reading, span: Span) -> int:
    head = reading.as_of.size
    size = head if span.size is None else span.size
    if not 1 <= size <= head:
        raise BadQuestion("size", f"1 to {head}, the size of the log")
    return size


def _asked(reading: Reading, span: Span, price_of: PriceOf) -> Asked:
    participant, size = _participant(reading, span), _size(reading, span)
    return Asked(
        participant,
        span.period,
        size,
        reading.charter.ledger_id,
        price_of,
        has_production=span.quarter is None,
        has_trade=span.half is None,
    )


def _asked_of(figure: Figure, asked: Asked) -> Asked:
    """Return what is to be read for one figure of a report: no other of its own period.

    Raises:
        BadQuestion: the report has no such figure: some of its entries would pass for all.

    """
    is_production = figure.flow == "production"
    period = labelled("figure", figure.period)
    is_of_its_sort = (half_label if is_production else quarter_label)(period.since) == period.label
    is_told = asked.has_production if is_production else asked.has_trade
    is_inside = asked.period.since <= period.since and period.until <= asked.period.until
    if figure.participant != asked.participant or not (is_of_its_sort and is_told and is_inside):
        expected = f"a figure of the report of {asked.participant} for {asked.period.label}"
        raise BadQuestion("figure", expected)
    return replace(asked, period=period, has_production=is_production, has_trade=not is_production)


def _resume(cursors: Cursors, cursor: str, span: Span) -> tuple[int, Span]:
    """Read after which index a page begins, and of which size the pages before it were."""
    if not cursor:
        return -1, span
    raw = cursors.read(cursor, 2 * _INDEX_BYTES)
    after, size = (int.from_bytes(raw[at : at + 8], "big") for at in (0, _INDEX_BYTES))
    if span.size not in (None, size) or max(after, size) >= LIMITS.tree_leaves_max:
        raise BadQuestion("cursor", "the cursor that the page before gave")
    return after, replace(span, size=size)


def _cursor(cursors: Cursors, last: int | None, size: int) -> str | None:
    if last is None:
        return None
    return cursors.write(b"".join(number.to_bytes(_INDEX_BYTES, "big") for number in (last, size)))


def _whole_records(
    chosen: Iterator[Contribution], rows: int
) -> tuple[list[Contribution], int | None]:
    """Take a page: all that a record adds stands on one page, which may so be a little longer."""
    page: list[Contribution] = []
    for one in chosen:
        if len(page) >= rows and one.index != page[-1].index:
            return page, page[-1].index
        page.append(one)
    return page, None


def _period(period: Period) -> PeriodShown:
    return PeriodShown(period.label, period.since, period.until)


def _figure(line: Line) -> FigureShown:
    of = line.figure
    return FigureShown(
        figure=of.name,
        flow=of.flow,
        period=of.period,
        partner=of.partner,
        origin=of.origin,
        hs_code=of.hs_code,
        records=line.records,
        weight_millicarats=line.weight_millicarats,
        weight_carats=carats(line.weight_millicarats),
        value_us_cents=line.value_us_cents,
        valued_millicarats=line.valued_millicarats,
    )


def _entry(one: Contribution) -> FigureEntry:
    return FigureEntry(
        figure=one.figure.name,
        index=one.index,
        record_id=one.record_id,
        weight_millicarats=one.weight_millicarats,
        value_us_cents=one.value_us_cents,
        corrected_by=one.corrected_by,
    )


def _reconciled(row: Reconciled) -> CertificateReconciled:
    return CertificateReconciled(
        number=row.number,
        status=row.status,
        is_missing=row.is_missing,
        operation=row.operation,
        issuer=row.issuer,
        destination=row.destination,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        certificate=row.certificate,
        certificate_index=row.certificate_index,
        clearance=row.clearance,
        clearance_index=row.clearance_index,
        cleared_at=row.cleared_at,
        reason=row.reason,
        parcels_declared=row.parcels_declared,
        parcels_found=row.parcels_found,
        parcels_delta=row.parcels_delta,
        codes=tuple(
            CodeReconciled(
                hs_code=code.hs_code,
                declared_millicarats=code.declared_millicarats,
                found_millicarats=code.found_millicarats,
                delta_millicarats=code.delta_millicarats,
                declared_us_cents=code.declared_us_cents,
                found_us_cents=code.found_us_cents,
                delta_us_cents=code.delta_us_cents,
            )
            for code in row.codes
        ),
        corrected_by=row.corrected_by,
        clearance_corrected_by=row.clearance_corrected_by,
        same_number=row.same_number,
    )
