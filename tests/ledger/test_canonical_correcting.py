"""Corrected records: which fields may be named, which values pass, whole or in part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.canonical import part_to_plain, read_record, to_plain
from ledger.canonical.correcting import corrected, is_correctable, named_values, with_values
from ledger.canonical.reading import read_record_in_part
from ledger.errors import Refused
from ledger.records import KINDS, SHEETS, Correction, Kind, Record, withheld_of
from ledger.signing import sheet_hash
from ledger.values import NO_HASH, Hash32, to_hex
from tests.random_records import random_record
from tests.trials import dice

ROOT = Hash32(b"\x07" * 32)
NEVER_CORRECTED = ("Charter", "Amendment", "Correction")


def some(kind: str, operation: str | None = None) -> Record:
    """Return a record of a kind and operation."""
    return read_record(
        KINDS[kind], random_record(KINDS[kind], dice(f"correcting {kind}"), operation)
    )


def saying(values: dict[str, str], details: Hash32 = NO_HASH) -> Correction:
    """Return a Correction of these values, whatever else it says."""
    record = some("Correction")
    sheets = {}
    for place in ("what", "amounts", "scene"):
        own = sorted(path for path in values if path.startswith(place))
        fields = tuple(path.partition(".")[2] for path in own)
        named = {"fields": fields, "values": tuple(values[path] for path in own)}
        sheets[place] = replace(getattr(record, place), **named)
    assert isinstance(record, Correction)
    return replace(record, **sheets, details=details)


def without(record: Record, *places: str) -> Record:
    """Return a record of which some sheets are withheld."""
    plain = part_to_plain(record)
    plain |= {place: to_hex(sheet_hash(getattr(record, place))) for place in places}
    return read_record_in_part(record.KIND, plain)


def every_path(kind: Kind) -> set[str]:
    """Return each field of a kind, and the element of a list."""
    paths = set()
    for place in SHEETS:
        for field in kind.sheets[place].FIELDS:
            paths |= {f"{place}.{field.wire}", f"{place}.{field.wire}.0"}
    return {*paths, "details"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_declared_fields_may_be_corrected_and_no_other(kind: str) -> None:
    declared = KINDS[kind]
    expected = {path.replace("*", "0") for path in declared.correctable}
    assert {path for path in every_path(declared) if is_correctable(declared, path)} == expected
    assert (expected == set()) == (kind in NEVER_CORRECTED)


@pytest.mark.parametrize("position", ["", "-1", "00", "01", "1000", "1.0", "x", "٣", "*", "0 "])
def test_a_position_is_written_in_one_way(position: str) -> None:
    kind = KINDS["Transformation"]
    assert is_correctable(kind, "amounts.labels.511")
    assert not is_correctable(kind, f"amounts.labels.{position}")


def test_each_sheet_corrects_the_same_sheet_and_names_where_it_does() -> None:
    correction = saying({"amounts.label": "7", "scene.periodTo": "9", "scene.periodFrom": "8"})
    assert list(named_values(correction)) == [
        ("amounts.label", "7", "amounts.fields.0"),
        ("scene.periodFrom", "8", "scene.fields.0"),
        ("scene.periodTo", "9", "scene.fields.1"),
    ]


def test_later_corrections_win_and_all_else_stays() -> None:
    record = some("Registration")
    first = saying({"amounts.label": "A", "scene.periodFrom": "8"}, ROOT)
    second = saying({"amounts.label": ""})
    now = corrected(record, [first, second])
    assert (now.amounts.label, now.scene.period_from, now.details) == ("", 8, ROOT)
    same = replace(
        now,
        amounts=replace(now.amounts, label=record.amounts.label),
        scene=replace(now.scene, period_from=record.scene.period_from),
        details=record.details,
    )
    assert same == record
    assert corrected(record, []) == record


@pytest.mark.parametrize(
    ("kind", "operation", "path", "value"),
    [
        ("Registration", None, "scene.periodTo", "12 "),
        ("Registration", None, "scene.periodTo", "+1"),
        ("Registration", None, "scene.periodTo", "1_000"),
        ("Registration", None, "scene.periodTo", "٣"),
        ("Registration", None, "scene.periodTo", "9007199254740992"),
        ("Registration", None, "scene.periodTo", "0"),
        ("Registration", None, "scene.period_to", "1"),
        ("Registration", None, "scene", "1"),
        ("Registration", None, "amounts.label", "x" * 49),
        ("Registration", None, "amounts.label", "e\u0301"),
        ("Statement", "grading", "what.shape", "Round"),
        ("Statement", "grading", "what.shape", ""),
        ("Statement", "grading", "what.reportNumber", "r1"),
        ("Statement", "document", "what.color", "G"),
        ("Certificate", None, "amounts.valuesUsCents.3", "5"),
        ("Certificate", None, "scene.destination", ""),
        ("Admission", None, "scene.country", "BE"),
        ("Charter", None, "details", "x"),
    ],
)
def test_a_value_that_could_never_be_said_is_refused(
    kind: str, operation: str | None, path: str, value: str
) -> None:
    with pytest.raises(Refused) as refused:
        with_values(some(kind, operation), {path: value})
    fault = refused.value.refusal
    assert fault.rule == "correction-field"
    assert path.startswith(fault.field)
    assert len(value) < 2 or value not in f"{fault.expected} {fault.came}"


def test_the_largest_integer_passes() -> None:
    now = with_values(some("Registration"), {"scene.periodTo": "9007199254740991"})
    assert now.scene.period_to == 2**53 - 1


@pytest.mark.parametrize("hidden", ["amounts", "scene"])
def test_what_is_withheld_of_a_record_stays_withheld(hidden: str) -> None:
    record = some("Registration")
    correction = saying({"amounts.label": "A", "scene.periodFrom": "8"})
    now = corrected(without(record, hidden), [correction])
    assert withheld_of(now) == (hidden,)
    assert getattr(now, hidden).hash == sheet_hash(getattr(record, hidden))
    shown = {"amounts": "scene", "scene": "amounts"}[hidden]
    assert getattr(now, shown) == getattr(corrected(record, [correction]), shown)


@pytest.mark.parametrize("hidden", ["amounts", "scene"])
def test_what_is_withheld_of_a_correction_does_not_count(hidden: str) -> None:
    record = some("Registration")
    correction = saying({"amounts.label": "A", "scene.periodFrom": "8"})
    now = corrected(record, [without(correction, hidden)])
    assert getattr(now, hidden) == getattr(record, hidden)
    assert to_plain(now) != to_plain(record)
