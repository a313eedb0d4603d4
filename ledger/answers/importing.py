"""The sheet that an importer fills its statement from, for whoever may read of the goods.

Whoever is told the verdicts of a parcel is shown the sheet, by the same discretion
(:mod:`.verdicts`).
"""

from __future__ import annotations

from ledger.answers.definitions import day_of, known, last_second, today
from ledger.answers.reading import Reading
from ledger.answers.shapes.reports import ImporterAnswer, SheetItem, SheetRecord
from ledger.answers.verdicts import Asked, Discretion, as_readable, bench_of
from ledger.reference import Library
from ledger.reporting.importing import Item, importer_sheet, said_by
from ledger.reporting.jurisdictions import jurisdiction
from ledger.values import ParcelId
from ledger.verdicts.facts import Ground


def importer(
    reading: Reading,
    library: Library,
    parcel_id: ParcelId,
    place_id: str,
    asked: Asked,
    through: ParcelId | None,
) -> ImporterAnswer:
    """Answer with the sheet for a parcel and a jurisdiction; raises as verdicts do."""
    place = jurisdiction(place_id)
    at = last_second("asOf", asked.date) if asked.date else today(reading.now_ms)
    size, discretion = as_readable(reading, parcel_id, asked.size, through)
    bench = bench_of(reading, library, parcel_id, size, discretion)
    verdict = bench.verdict(known(bench.collection, place.definition), at)
    sheet = importer_sheet(place, bench.facts, verdict.value)
    return ImporterAnswer(
        parcel_id=parcel_id,
        jurisdiction=place.id,
        name=place.name,
        title=place.title,
        asks=place.asks,
        sources=place.sources,
        is_unconfirmed=place.is_unconfirmed,
        items=tuple(_item(one, discretion) for one in sheet.items),
        has_more=sheet.has_more,
        wording=sheet.wording,
        date=day_of(at),
        size=size,
        verdict=verdict,
        conclusion=sheet.conclusion,
        notice=sheet.notice,
        as_of=reading.as_of,
    )


def _item(item: Item, discretion: Discretion) -> SheetItem:
    records = tuple(_record(ground, discretion) for ground in item.grounds)
    return SheetItem(item.label, item.value, item.basis == "blank", records)


def _record(ground: Ground, discretion: Discretion) -> SheetRecord:
    is_named = 0 <= ground.index <= discretion.until
    return SheetRecord(ground.index, ground.record_id if is_named else None, said_by(ground))
