"""Drafts of what is said of goods and of records, and moves nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.canonical.correcting import CORRECTING
from ledger.drafts.base import Moment, Sheets, Speaker, draft
from ledger.records import Record
from ledger.values import NO_HASH, Hash32, ParcelId


@dataclass(frozen=True, slots=True)
class Spoken:
    """Of which goods a Statement speaks: the parcel, and the record of its chain described."""

    parcel: ParcelId
    state: Hash32


@dataclass(frozen=True, slots=True)
class Grades:
    """What a laboratory grades and measures of one stone; empty where it does not say."""

    shape: str
    color: str = ""
    clarity: str = ""
    measurements_micrometres: tuple[int, ...] = ()


NO_GRADES = Grades("")


def statement(
    speaker: Speaker,
    moment: Moment,
    operation: str,
    spoken: Spoken,
    *,
    report_number: str = "",
    text_id: str = "",
    grades: Grades = NO_GRADES,
    weight_millicarats: int = 0,
    document: Hash32 = NO_HASH,
    as_of: int = 0,
    countries: Sequence[str] = (),
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft a Statement: grading, origin, location, warranty or document."""
    sheets: Sheets = {
        "what": {
            "operation": operation,
            "parcel": spoken.parcel,
            "state": spoken.state,
            "reportNumber": report_number,
            "textId": text_id,
            "shape": grades.shape,
            "color": grades.color,
            "clarity": grades.clarity,
            "document": document,
        },
        "amounts": {
            "weightMillicarats": weight_millicarats,
            "measurementsMicrometres": grades.measurements_micrometres,
        },
        "scene": {"asOf": as_of, "countries": sorted(countries)},
    }
    return draft("Statement", speaker, moment, sheets, details)


def correction(
    speaker: Speaker,
    moment: Moment,
    record_id: Hash32,
    values: Mapping[str, str],
    *,
    latest: Hash32 = NO_HASH,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Correction of a record.

    Args:
        speaker: the record's author, in a role that it holds.
        moment: when, and the source of the salts.
        record_id: the record corrected.
        values: by path (``scene.periodTo``, ``amounts.labels.3``), as text; integers in decimal.
        latest: its latest Correction; zeros: there is none.
        details: the root of its private fields from now on; zeros: as they are.

    """
    named: dict[str, dict[str, object]] = {}
    for place in CORRECTING:
        paths = sorted(path for path in values if path.startswith(f"{place}."))
        fields = [path.removeprefix(f"{place}.") for path in paths]
        named[place] = {"fields": fields, "values": [values[path] for path in paths]}
    state = record_id if latest == NO_HASH else latest
    named["what"] |= {"record": record_id, "state": state}
    return draft("Correction", speaker, moment, named, details)
