"""Where goods were mined and cut, by the records: for the pages of stones and of pieces."""

from __future__ import annotations

from ledger.answers.country_names import name_of
from ledger.answers.reading import Reading
from ledger.answers.shapes import CutShown, MinedShown, PartShown, PlaceShown, Sureness
from ledger.custody import Operation, Parcel, SiteState, operation_key
from ledger.limits import LIMITS
from ledger.trace.kept import bounds_of
from ledger.trace.origins import OTHER_SITES
from ledger.trace.walk import Page, read_parcel, upstream
from ledger.values import carats


def mined_in(reading: Reading, parcel: Parcel) -> MinedShown:
    """Say where a parcel's goods can have been mined."""
    bounds = bounds_of(reading.view, parcel)
    sites = [site for part in bounds.countries for site, _ in part.sites]
    places = []
    for part in bounds.countries:
        for site_id, _ in part.sites:
            site = None if site_id == OTHER_SITES else reading.view.read(SiteState, site_id)
            places.append(
                PlaceShown(
                    country=part.country,
                    country_name=name_of(part.country),
                    site_id=site.id if site else None,
                    name=site.label if site else "",
                    zone=site.zone if site else "",
                    site_type=site.site_type if site else "",
                )
            )
    several: Sureness = "one-of" if parcel.stones == 1 else "some-of"
    return MinedShown(
        # Goods known by their country alone are of one of its sites, or of several: nobody knows.
        sureness="one" if len(sites) == 1 and sites[0] != OTHER_SITES else several,
        countries=tuple(name_of(country) for country in bounds.possible()),
        places=tuple(places),
        is_contradicted=bounds.contradicted,
    )


def cut_in(parcel: Parcel, walk: Page[Operation]) -> CutShown | None:
    """Say where goods were cut that are cut: their form decides, the records say where."""
    if parcel.form == "rough":
        return None
    polishings = [operation for operation in walk.steps if operation.name == "polish"]
    countries = tuple(sorted({operation.country for operation in polishings}))
    times = [operation.occurred_at for operation in polishings]
    return CutShown(
        countries=countries,
        country_names=tuple(name_of(country) for country in countries),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        is_whole=not walk.is_cut,
    )


def parts_of(
    reading: Reading, piece: Parcel, *, is_open: bool
) -> tuple[tuple[PartShown, ...], int]:
    """Show what is set in a piece, each with its own origin; and how many more there are."""
    if piece.form != "piece":
        return (), 0
    made = reading.view.read(Operation, operation_key(piece.made_by))
    inputs = made.inputs if made else ()
    listed = inputs[: LIMITS.stone_lines_max]
    # All parts together may be followed as far as one stone.
    most = max(1, LIMITS.page_walk_steps_max // max(1, len(listed)))
    parts = tuple(
        _part(reading, read_parcel(reading.view, one), most, is_open=is_open) for one in listed
    )
    return parts, len(inputs) - len(parts)


def _part(reading: Reading, part: Parcel, steps_max: int, *, is_open: bool) -> PartShown:
    walk = upstream(reading.view, part, steps_max, steps_max=steps_max)
    return PartShown(
        parcel_id=part.id if is_open else None,
        weight_carats=carats(part.weight_millicarats) if is_open else None,
        stones=part.stones if is_open else None,
        mined=mined_in(reading, part),
        cut=cut_in(part, walk),
    )
