import dataclasses
import json
from pathlib import Path

import pytest

from ledger.canonical import read_plain, read_record, to_plain
from ledger.errors import Refused
from ledger.limits import LIMITS
from ledger.records import KINDS, SHEETS, WRITABLE, Kind
from tests.random_records import ZERO, operations, random_record
from tests.trials import dice

CHAIN = json.loads((Path(__file__).parents[1] / "vectors/chain.json").read_text("ascii"))["chain"]
EVERY_KIND = tuple(KINDS)
EVERY_OPERATION = [(name, op) for name, kind in KINDS.items() for op in operations(kind)]
WIRE_TYPES = {"address", "bytes32", "uint64", "string"}


def fields_of(kind: Kind):
    return [(place, field) for place in SHEETS for field in kind.sheets[place].FIELDS]


def example(kind: str, operation: str = ""):
    return random_record(KINDS[kind], dice(f"records {kind} {operation}"), operation)


def refusal_of(kind: str, plain):
    with pytest.raises(Refused) as found:
        read_record(KINDS[kind], plain)
    return found.value.refusal.rule, found.value.refusal.field


# The worked examples.


@pytest.mark.parametrize("case", CHAIN, ids=lambda case: case["kind"])
def test_a_worked_example_is_read_and_written_back(case):
    plain = json.loads(case["canonical"])
    record, signatures = read_plain(plain)
    assert record.KIND.name == case["kind"]
    assert to_plain(record) == plain["record"]
    assert ["0x" + signature.hex() for signature in signatures] == case["signatures"]


def test_a_worked_example_holds_plain_values():
    registration, _ = read_plain(json.loads(CHAIN[5]["canonical"]))
    assert registration.author == registration.who.author
    assert registration.author.hex() == "e1ab8145f7e55dc933d51a18c793f901a3a0b276"
    assert registration.operation == ""
    assert registration.what.hs_code == "7102.31"
    assert registration.amounts.weight_millicarats == 12500
    assert registration.scene.period_to == 1767225599
    handoff, _ = read_plain(json.loads(CHAIN[6]["canonical"]))
    assert handoff.operation == "sale"
    admission, _ = read_plain(json.loads(CHAIN[1]["canonical"]))
    assert admission.operation == admission.what.role == "authority"


# The declarations hold together.


def test_the_eighteen_kinds_are_declared_and_written():
    assert len(KINDS) == 18
    assert {record.KIND.name for record in WRITABLE} == set(KINDS)
    assert all(KINDS[record.KIND.name].record is record for record in WRITABLE)


@pytest.mark.parametrize("name", EVERY_KIND)
def test_fields_are_of_the_four_wire_types_and_named_alike_in_python_and_json(name):
    for _, field in fields_of(KINDS[name]):
        assert field.spec.wire_type in WIRE_TYPES
        assert field.wire.replace("_", "").lower() == field.name.replace("_", "")
        assert field.spec.integer_max <= LIMITS.integer_max
        assert field.spec.meaning


@pytest.mark.parametrize("name", EVERY_KIND)
def test_parallel_lists_follow_a_list_that_stands_before_them_and_has_their_bounds(name):
    seen = {}
    for place, field in fields_of(KINDS[name]):
        items = field.spec.items
        if items is None:
            continue
        assert items.least <= items.most <= LIMITS.list_elements_max
        if items.parallel_to:
            leader = seen[items.parallel_to]
            assert (leader.least, leader.most) == (items.least, items.most)
            assert not leader.parallel_to
            assert not items.ascending
        seen[f"{place}.{field.wire}"] = items


@pytest.mark.parametrize("name", EVERY_KIND)
def test_roles_and_fillings_name_operations_that_there_are(name):
    kind = KINDS[name]
    # "" stands for every operation.
    assert set(kind.roles) in ({""}, set(operations(kind)))
    for _, field in fields_of(kind):
        assert set(field.spec.filling.by_operation) <= set(operations(kind))


@pytest.mark.parametrize("name", EVERY_KIND)
def test_what_may_be_corrected_is_declared(name):
    kind = KINDS[name]
    at = {f"{place}.{field.wire}": field for place, field in fields_of(kind)}
    for path in kind.correctable:
        plain_path = path.removesuffix(".*")
        assert path == "details" or (at[plain_path].spec.items is not None) == path.endswith(".*")
    assert len(kind.details) <= 16
    assert len(set(kind.details)) == len(kind.details)


@pytest.mark.parametrize("name", EVERY_KIND)
def test_records_and_sheets_are_frozen(name):
    record = read_record(KINDS[name], random_record(KINDS[name], dice(name)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.details = bytes(32)
    for place in SHEETS:
        sheet = getattr(record, place)
        with pytest.raises(dataclasses.FrozenInstanceError):
            sheet.salt = bytes(32)
        assert not hasattr(sheet, "__dict__")
    assert hash(record) == hash(read_record(KINDS[name], to_plain(record)))


# Filled and empty.


@pytest.mark.parametrize(("kind", "operation"), EVERY_OPERATION)
def test_a_field_is_filled_or_empty_as_its_operation_says(kind, operation):
    for place, field in fields_of(KINDS[kind]):
        spec, plain = field.spec, example(kind, operation)
        filling = spec.filling.of(operation)
        if spec.is_salt or (spec.items and (spec.items.least or spec.items.parallel_to)):
            continue
        empty = [] if spec.items else ZERO[spec.wire_type]
        if filling == "filled":
            plain[place][field.wire] = empty
        elif filling == "empty":
            plain[place][field.wire] = something(spec, plain[place][field.wire])
        else:
            continue
        asked = "emptiness", f"{place}.{field.wire}"
        # A list that others are parallel to cannot be emptied without them.
        assert refusal_of(kind, plain) in (asked, ("list-parallel", follower(kind, asked[1])))


def something(spec, empty):
    """Return a value that is not empty."""
    one = {"address": "0x" + "11" * 20, "bytes32": "0x" + "11" * 32, "uint64": 1, "string": "X1"}
    value = next(filter(None, spec.one_of)) if spec.one_of else one[spec.wire_type]
    # Three at least where the only list of integers without a leader is one of three or none.
    count = 3 if spec.wire_type == "uint64" else 1
    return [value] * count if isinstance(empty, list) else value


def follower(kind, path):
    """Return the first list that is parallel to the one at ``path``."""
    for place, field in fields_of(KINDS[kind]):
        if field.spec.items and field.spec.items.parallel_to == path:
            return f"{place}.{field.wire}"
    return None


@pytest.mark.parametrize(("kind", "operation"), EVERY_OPERATION)
def test_a_record_without_its_operation_is_refused_for_that(kind, operation):
    if operation:
        plain = example(kind, operation)
        plain["what"][KINDS[kind].selector] = ""
        assert refusal_of(kind, plain) == ("emptiness", f"what.{KINDS[kind].selector}")


# What fields say together.


@pytest.mark.parametrize("count", [1, 2])
def test_a_stone_is_measured_three_ways_or_not_at_all(count):
    plain = example("Statement", "grading")
    plain["amounts"]["measurementsMicrometres"] = [6500] * count
    assert refusal_of("Statement", plain) == ("list-size", "amounts.measurementsMicrometres")
    plain["amounts"]["measurementsMicrometres"] = [6500, 6510, 4000]
    read_record(KINDS["Statement"], plain)


def test_a_location_is_one_country_and_an_origin_may_be_several():
    plain = example("Statement", "location")
    plain["scene"]["countries"] = ["BW", "ZA"]
    assert refusal_of("Statement", plain) == ("list-size", "scene.countries")
    plain = example("Statement", "origin")
    plain["scene"]["countries"] = ["BW", "ZA"]
    read_record(KINDS["Statement"], plain)


def test_a_number_of_elements_is_asked_before_what_may_be_empty():
    plain = example("Statement", "grading")
    plain["amounts"]["measurementsMicrometres"] = [6500, 6510]
    plain["what"]["shape"] = ""
    plain["who"]["salt"] = plain["what"]["salt"]
    assert refusal_of("Statement", plain) == ("list-size", "amounts.measurementsMicrometres")
    plain = example("Statement", "location")
    plain["scene"] |= {"countries": ["ZA", "BW"], "asOf": 0}
    assert refusal_of("Statement", plain) == ("list-size", "scene.countries")
    plain["scene"] |= {"countries": []}
    assert refusal_of("Statement", plain) == ("emptiness", "scene.asOf")
    plain["scene"] |= {"asOf": 1}
    assert refusal_of("Statement", plain) == ("emptiness", "scene.countries")


def test_losses_of_unequal_lists_are_refused_for_that():
    plain = example("Transformation", "mix")
    plain["amounts"] |= {
        "lossReasons": ["other"], "lossWeightsMillicarats": [0], "lossStones": [0, 0],
    }  # fmt: skip
    assert refusal_of("Transformation", plain) == ("list-parallel", "amounts.lossStones")


@pytest.mark.parametrize(("parcel", "state"), [(0, 1), (1, 0)])
def test_an_answer_names_a_state_exactly_when_it_names_a_parcel(parcel, state):
    values = ("0x" + "00" * 32, "0x" + "11" * 32)
    plain = example("Report", "answer")
    plain["what"] |= {"parcel": values[parcel], "state": values[state]}
    assert refusal_of("Report", plain) == ("emptiness", "what.state")
    for both in values:
        plain["what"] |= {"parcel": both, "state": both}
        read_record(KINDS["Report"], plain)


def test_a_correction_corrects_something():
    plain = example("Correction")
    for place in ("what", "amounts", "scene"):
        plain[place] |= {"fields": [], "values": []}
    plain["details"] = "0x" + "00" * 32
    assert refusal_of("Correction", plain) == ("emptiness", "what.fields")
    plain["details"] = "0x" + "11" * 32
    read_record(KINDS["Correction"], plain)


@pytest.mark.parametrize(("weight", "stones"), [(0, 1), (1, 0), (1, 1)])
def test_a_loss_is_of_weight_or_stones_or_both(weight, stones):
    plain = example("Transformation", "mix")
    amounts = plain["amounts"]
    amounts["lossReasons"] = ["cleaning", "weighing"]
    amounts |= {"lossWeightsMillicarats": [5, weight], "lossStones": [0, stones]}
    read_record(KINDS["Transformation"], plain)
    amounts |= {"lossWeightsMillicarats": [5, 0], "lossStones": [0, 0]}
    refused = ("emptiness", "amounts.lossWeightsMillicarats.1")
    assert refusal_of("Transformation", plain) == refused
