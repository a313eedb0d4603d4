"""Upstream to the mines: which operations led to a parcel, and what follows for its origin.

Origin is bounds, never a share: the least and the most of each country and site, and for a single
stone which of several it may be from.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ledger.answers.asking import Cursors, read_limit
from ledger.answers.mentions import spoken_of
from ledger.answers.parcels import finding_shown, findings_about, step
from ledger.answers.reading import Reading
from ledger.answers.seeing import findings_seen, goods_of, known_parcel
from ledger.answers.shapes import (
    CountryOrigin,
    FindingShown,
    Ingredient,
    OperationShown,
    Origins,
    Product,
    SiteOrigin,
    Step,
    TraceAnswer,
)
from ledger.answers.suspicions import descent_of
from ledger.answers.wire import members_of
from ledger.custody import Finding, Operation, Parcel, SiteState
from ledger.limits import LIMITS
from ledger.rules.findings import CONTRADICTED, finding_id
from ledger.trace.kept import bounds_of
from ledger.trace.origins import OTHER_SITES, Bound, CountryBounds
from ledger.trace.walk import upstream
from ledger.values import NO_HASH, ParcelId, SiteId, to_hex

_NO_AMOUNTS = (None, None, None)
SITE_FINDINGS = ("over-capacity",)
"""The findings that a registration raises about its site."""


def trace(
    reading: Reading,
    parcel_id: ParcelId,
    limit: int | None,
    cursor: str,
    through: ParcelId | None = None,
) -> TraceAnswer:
    """Answer with the operations that led to a parcel, the latest first, and its origin.

    Bounds are of the parcel's own weight: whoever is shown that is shown them.
    """
    rows = read_limit(limit)
    known, standing = known_parcel(reading, parcel_id, through)
    cursors = Cursors(f"trace {to_hex(parcel_id)}")
    before = cursors.read_index(cursor)

    def is_told(operation: Operation) -> bool:
        is_of_line = operation.index <= standing.until
        return is_of_line or bool(reading.sheets(reading.line(operation.index)))

    start = None if before is None else -before
    page = upstream(reading.view, known, rows, start, keep=is_told)
    descent = descent_of(reading, known)
    of_descent = descent.findings if standing.book else ()
    found = (*findings_along(reading, known, page.steps), *of_descent)
    ordered = sorted(found, key=in_log_order)
    weighs = "amounts" in standing.book
    own = () if before is not None else (parcel_id,)
    spoken, left_out = _spoken(reading, own, page.steps, standing.until)
    return TraceAnswer(
        parcel_id=parcel_id,
        weight_millicarats=known.weight_millicarats if weighs else None,
        stones=known.stones if weighs else None,
        origins=origins_of(reading, known, shows_amounts=weighs),
        operations=tuple(_shown(reading, operation, standing.until) for operation in page.steps),
        spoken=spoken,
        spoken_left_out=left_out,
        is_whole=reading.is_whole,
        findings=findings_seen(reading, ordered, standing.until),
        is_followed_whole=descent.is_whole,
        cursor=cursors.write_index(None if page.cursor is None else -page.cursor),
        is_cut=page.is_cut,
        as_of=reading.as_of,
    )


def _spoken(
    reading: Reading, own: tuple[ParcelId, ...], operations: Iterable[Operation], until: int
) -> tuple[tuple[Step, ...], int | None]:
    """Show what was said of goods and of what went into them, and count what is left out."""
    inputs = (given for operation in operations for given in operation.inputs)
    parcels = tuple(islice(dict.fromkeys((*own, *inputs)), LIMITS.page_walk_steps_max))
    spoken = spoken_of(reading, parcels, lambda line: bool(reading.sheets(line, until)))
    goods = set(parcels)
    steps = tuple(
        step(
            reading,
            line,
            tuple(one for one in goods_of(reading, line) if one in goods),
            reading.sheets(line, until),
            is_mention=True,
        )
        for line in sorted(spoken.lines, key=lambda line: line.index)
    )
    return steps, spoken.left_out if reading.is_whole else None


def _shown(reading: Reading, operation: Operation, until: int) -> OperationShown:
    line = reading.line(operation.index)
    sheets = reading.sheets(line, until)
    said, weighs = reading.said(line, sheets), "amounts" in sheets
    inputs = zip(operation.inputs, operation.input_weights_millicarats, strict=True)
    outputs = zip(operation.outputs, operation.weights_millicarats, operation.stones, strict=True)
    is_mined = operation.site != NO_HASH
    return OperationShown(
        **{**members_of(said), "operation": operation.name},
        site_id=operation.site if is_mined and "who" in sheets else None,
        inputs=tuple(Ingredient(given, weight if weighs else None) for given, weight in inputs),
        outputs=tuple(
            Product(made, weight if weighs else None, stones if weighs else None)
            for made, weight, stones in outputs
        ),
        loss_millicarats=operation.loss_millicarats if weighs else None,
    )


def origins_of(reading: Reading, parcel: Parcel, *, shows_amounts: bool = True) -> Origins:
    """Bound where a parcel's goods can come from."""
    bounds = bounds_of(reading.view, parcel)
    is_one_stone = parcel.stones == 1
    countries = tuple(
        _country(reading, part, is_one_stone=is_one_stone) for part in bounds.countries
    )
    return Origins(
        one_of=bounds.possible() if is_one_stone else None,
        is_contradicted=bounds.contradicted,
        countries=countries if shows_amounts else tuple(map(_without_amounts, countries)),
    )


def _without_amounts(origin: CountryOrigin) -> CountryOrigin:
    return CountryOrigin(
        origin.country,
        *_NO_AMOUNTS,
        sites=tuple(
            SiteOrigin(site.site_id, site.label, site.zone, *_NO_AMOUNTS) for site in origin.sites
        ),
    )


def _country(reading: Reading, part: CountryBounds, *, is_one_stone: bool) -> CountryOrigin:
    return CountryOrigin(
        part.country,
        *_amounts(part.bound, is_one_stone=is_one_stone),
        sites=tuple(
            _site(reading, site, _bound_of(part, site, own), is_one_stone=is_one_stone)
            for site, own in part.sites
        ),
    )


def _bound_of(part: CountryBounds, site: SiteId, own: Bound) -> Bound:
    # Goods known by their country alone may be of any of its sites, also of one told apart.
    return own if site == OTHER_SITES else part.site(site)


def _site(reading: Reading, site: SiteId, bound: Bound, *, is_one_stone: bool) -> SiteOrigin:
    known = None if site == OTHER_SITES else reading.view.read(SiteState, site)
    return SiteOrigin(
        known.id if known else None,
        known.label if known else "",
        known.zone if known else "",
        *_amounts(bound, is_one_stone=is_one_stone),
    )


def _amounts(bound: Bound, *, is_one_stone: bool) -> tuple[int, int, int | None]:
    # A share of one stone would say that it is partly of one place and partly of another.
    return bound.least, bound.most, None if is_one_stone else bound.pro_rata


def findings_along(
    reading: Reading, parcel: Parcel, operations: Iterable[Operation]
) -> tuple[FindingShown, ...]:
    """Show the findings about a parcel and about what these operations took, made and mined.

    A finding about an operation stands under its first or its last output, one about a
    registration's site under that site. Of outputs that went elsewhere nothing is shown but what
    their making raised: neither what contradicts the origin of one of them, nor what was said of
    them since.
    """
    operations = tuple(operations)
    ancestry = {parcel.id, *(given for operation in operations for given in operation.inputs)}
    made_at = {made: operation.index for operation in operations for made in operation.outputs}
    subjects: dict[ParcelId, None] = {parcel.id: None}
    found: dict[bytes | None, FindingShown] = {}
    for operation in operations:
        for subject in (operation.outputs[0], operation.outputs[-1], *operation.inputs):
            subjects[subject] = None
        for name in SITE_FINDINGS if operation.site != NO_HASH else ():
            key = operation.site + finding_id(name, operation.record_id, operation.site)
            about_site = reading.view.read(Finding, key)
            if about_site is not None:
                found[about_site.id] = finding_shown(about_site)
    for subject in subjects:
        for finding in findings_about(reading, subject):
            is_of_making = finding.index == made_at.get(subject) and finding.name != CONTRADICTED
            if subject in ancestry or is_of_making:
                found[finding.finding_id] = finding
    return tuple(sorted(found.values(), key=in_log_order))


def in_log_order(finding: FindingShown) -> tuple[int, bytes]:
    """Return by what findings are sorted: where they were raised, then their ids."""
    return finding.index or 0, finding.finding_id or b""
