"""What is written out from declarations makes what the classes' own constructors make."""

import dataclasses
from dataclasses import dataclass

import pytest

from ledger.canonical import read_record
from ledger.records import KINDS, SHEETS, Record
from ledger.records.compiled import compiled, function_source, maker, maker_source
from tests.random_records import operations, random_record
from tests.trials import dice

WITHDRAWAL_SCENE = """\
def make_WithdrawalScene(occurred_at, author_country, salt):
    made = Open()
    made.occurred_at = occurred_at
    made.author_country = author_country
    made.salt = salt
    made.__class__ = Closed
    return made
"""


def test_the_source_of_a_maker_sets_each_field_and_closes_what_is_whole():
    sheet = KINDS["Withdrawal"].sheets["scene"]
    names = tuple(field.name for field in sheet.FIELDS)
    assert maker_source(sheet.__name__, names) == WITHDRAWAL_SCENE


def parts_of(record):
    """Return a record and its sheets."""
    return [record, *(getattr(record, place) for place in SHEETS)]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_made_is_what_the_constructor_makes_and_as_frozen(kind):
    for operation in operations(kind):
        source = dice(f"made {kind.name} {operation}")
        for expected in parts_of(read_record(kind, random_record(kind, source, operation))):
            values = [getattr(expected, field.name) for field in dataclasses.fields(expected)]
            made = maker(type(expected))(*values)
            assert type(made) is type(expected)
            assert (made, hash(made), repr(made)) == (expected, hash(expected), repr(expected))
            for name in ("details" if isinstance(made, Record) else "salt", "another", "__class__"):
                with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
                    setattr(made, name, None)
            assert dataclasses.replace(made) == expected


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 2


@dataclass(frozen=True)
class Open:
    x: int


@dataclass(frozen=True, slots=True)
class Doubled:
    x: int

    def __post_init__(self):
        object.__setattr__(self, "x", 2 * self.x)


@dataclass(frozen=True, slots=True)
class FarPoint(Point):
    z: int = 3


def test_a_maker_keeps_what_its_class_gives_where_nothing_is_said():
    assert maker(Point)(1) == Point(1, 2)
    with pytest.raises(TypeError):
        maker(Point)()


@pytest.mark.parametrize("cls", [Open, Doubled, FarPoint], ids=lambda cls: cls.__name__)
def test_no_maker_is_made_for_a_class_that_is_more_than_its_own_slots(cls):
    with pytest.raises((TypeError, AttributeError)):
        maker(cls)


def test_a_source_sees_what_it_is_given_and_nothing_of_ours():
    source = function_source("add", ("one",), ["return one + other"])
    given = {"other": 2}
    assert compiled(source, given)(1) == 3
    assert given == {"other": 2}
    with pytest.raises(NameError):
        compiled(function_source("any", (), ["return dataclasses"]), {})()
