import dataclasses
from itertools import combinations

import pytest

from ledger.canonical import read_record
from ledger.entry import signatures_hash
from ledger.errors import BadQuestion
from ledger.records import KINDS, SHEETS
from ledger.signing import keccak, record_id, sheet_hash, show
from ledger.values import Hash32
from tests.random_records import random_record
from tests.trials import dice, trials

LEDGER_ID = keccak(b"ledger")
SIGNATURES = (b"\x11" * 65, b"\x22" * 65)
SUBSETS = [places for size in range(5) for places in combinations(SHEETS, size)]
EVERY_KIND = tuple(KINDS)


def some_records(kind):
    source = dice(f"sheets {kind}")
    for _ in range(trials("records.shown_per_kind")):
        yield read_record(KINDS[kind], random_record(KINDS[kind], source))


def other_values(value):
    """Yield values of the same type that are not ``value``; of an empty list, none."""
    if isinstance(value, bytes):
        yield bytes([value[0] ^ 1]) + value[1:]
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield value + "x"
    elif value:
        yield value + value[-1:]
        yield value[:-1]
        yield (*value[:-1], next(other_values(value[-1])))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_what_is_shown_has_the_id_of_the_whole(kind):
    for record in some_records(kind):
        for places in SUBSETS:
            shown = show(record, SIGNATURES, places)
            assert shown.record_id(LEDGER_ID) == record_id(record, LEDGER_ID)
            assert set(shown.shown) == set(places)
            assert set(shown.withheld) == set(SHEETS) - set(places)
            for place in places:
                assert shown.shown[place] == getattr(record, place)


@pytest.mark.parametrize("places", SUBSETS, ids=lambda places: "-".join(places) or "nothing")
def test_signatures_are_shown_with_who_alone(places):
    (record, *_) = some_records("Handoff")
    shown = show(record, SIGNATURES, places)
    assert shown.signatures == (SIGNATURES if "who" in places else signatures_hash(SIGNATURES))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_changing_any_shown_value_changes_the_id(kind):
    for record in some_records(kind):
        whole = show(record, SIGNATURES, SHEETS)
        for place in SHEETS:
            for field in KINDS[kind].sheets[place].FIELDS:
                sheet = whole.shown[place]
                for value in other_values(getattr(sheet, field.name)):
                    forged = dataclasses.replace(sheet, **{field.name: value})
                    changed = dataclasses.replace(whole, shown=whole.shown | {place: forged})
                    assert changed.record_id(LEDGER_ID) != record_id(record, LEDGER_ID)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_changing_any_withheld_hash_or_the_details_changes_the_id(kind):
    for record in some_records(kind):
        nothing = show(record, SIGNATURES, ())
        for place in SHEETS:
            for forged in other_values(nothing.withheld[place]):
                withheld = nothing.withheld | {place: Hash32(forged)}
                changed = dataclasses.replace(nothing, withheld=withheld)
                assert changed.record_id(LEDGER_ID) != record_id(record, LEDGER_ID)
        details = keccak(record.details)
        changed = dataclasses.replace(nothing, details=details)
        assert changed.record_id(LEDGER_ID) != record_id(record, LEDGER_ID)


def test_hashes_exchanged_between_places_change_the_id():
    (record, *_) = some_records("Receipt")
    nothing = show(record, SIGNATURES, ())
    for one, other in combinations(SHEETS, 2):
        hashes = nothing.withheld | {
            one: nothing.withheld[other],
            other: nothing.withheld[one],
        }
        changed = dataclasses.replace(nothing, withheld=hashes)
        assert changed.record_id(LEDGER_ID) != record_id(record, LEDGER_ID)


def test_a_sheet_of_another_kind_has_another_hash():
    (handoff, *_) = some_records("Handoff")
    (sale, *_) = some_records("Sale")
    shown = show(handoff, (), ("amounts",))
    forged = dataclasses.replace(shown, shown={"amounts": sale.amounts})
    assert forged.record_id(LEDGER_ID) != record_id(handoff, LEDGER_ID)


def test_a_sheet_both_shown_and_withheld_has_no_id():
    (record, other, *_) = some_records("Handoff")
    shown = show(record, SIGNATURES, ("who", "what"))
    forged = dataclasses.replace(
        shown,
        shown=shown.shown | {"amounts": other.amounts},
    )
    with pytest.raises(BadQuestion):
        forged.record_id(LEDGER_ID)


@pytest.mark.parametrize("place", SHEETS)
def test_a_sheet_neither_shown_nor_withheld_leaves_no_id(place):
    (record, *_) = some_records("Handoff")
    withheld = show(record, SIGNATURES, ()).withheld
    del withheld[place]
    with pytest.raises(BadQuestion):
        dataclasses.replace(show(record, (), ()), withheld=withheld).record_id(LEDGER_ID)


def test_hashes_of_other_lengths_that_join_to_the_same_bytes_are_not_taken():
    (record, *_) = some_records("Handoff")
    nothing = show(record, SIGNATURES, ())
    who, what = nothing.withheld["who"], nothing.withheld["what"]
    moved = nothing.withheld | {"who": Hash32(who + what[:1]), "what": Hash32(what[1:])}
    with pytest.raises(ValueError):
        dataclasses.replace(nothing, withheld=moved).record_id(LEDGER_ID)


def test_a_salt_hides_a_sheet_of_few_possible_values():
    (record, *_) = some_records("Withdrawal")
    salted = dataclasses.replace(record.amounts, salt=keccak(record.amounts.salt))
    assert sheet_hash(salted) != sheet_hash(record.amounts)
