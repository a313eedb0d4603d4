from __future__ import annotations

from dataclasses import dataclass

from ledger.answers.wire import camel, members_of, to_wire
from ledger.values import Address


@dataclass(frozen=True, slots=True)
class Inner:
    first_name: str


@dataclass(frozen=True, slots=True)
class Outer:
    held_by: Address
    is_open: bool
    weight_millicarats: int
    parts: tuple[Inner, ...]
    nobody: Inner | None


SHAPE = Outer(Address(bytes(20)), True, 5, (Inner("a"), Inner("b")), None)


def test_names_become_camel_case_and_bytes_become_hex() -> None:
    assert to_wire(SHAPE) == {
        "heldBy": "0x" + "00" * 20,
        "isOpen": True,
        "weightMillicarats": 5,
        "parts": [{"firstName": "a"}, {"firstName": "b"}],
        "nobody": None,
    }


def test_names_within_plain_values_stay_as_they_are() -> None:
    assert to_wire({"as_it_is": b"\x01"}) == {"as_it_is": "0x01"}


def test_a_name_of_one_word_stays() -> None:
    assert camel("size") == "size"


def test_the_members_of_a_shape_are_not_written() -> None:
    assert members_of(SHAPE)["parts"] == (Inner("a"), Inner("b"))
