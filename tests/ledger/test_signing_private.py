"""Private fields that are handed in: each proves itself, or the record is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ledger import drafts
from ledger.canonical import read_envelope
from ledger.errors import Refused
from ledger.records import KINDS, Record
from ledger.signing.private import (
    PrivateField,
    check_field,
    private_to_plain,
    read_private,
    with_private,
)
from ledger.values import NO_HASH, Hash32
from tests.world import World, address_of

CANARY = "canary of a private value"
HASH = "0x" + "5a" * 32


@pytest.fixture
def world() -> World:
    world = World()
    world.found()
    return world


def admission(world: World, **values: str | int) -> tuple[Record, tuple[PrivateField, ...]]:
    """Return an Admission that commits to private values, and these."""
    record = drafts.admission(
        world.speaker("governor-1"), world.moment(), address_of("trader-be"), "trader", "BE",
        previous=NO_HASH,
    )  # fmt: skip
    return with_private(record, values, world.salt)


def test_a_record_commits_to_what_it_is_given_and_to_nothing_else(world: World) -> None:
    record, fields = admission(world, contact="c@example", name=CANARY)
    assert [(one.position, one.name) for one in fields] == [(0, "name"), (4, "contact")]
    assert record.details != NO_HASH
    sealed = world.sign(record, "governor-1")
    assert read_envelope(sealed.raw).record == record
    assert CANARY.encode() not in sealed.raw
    bare, none = admission(world)
    assert (bare.details, none) == (NO_HASH, ())


def test_fields_read_back_from_what_is_sent(world: World) -> None:
    record, fields = admission(world, contact="c@example", name=CANARY)
    plain = private_to_plain(fields)
    assert read_private(record, plain) == fields
    assert read_private(record, {"contact": plain["contact"]}) == fields[1:]


def test_every_position_of_every_kind_proves_itself(world: World) -> None:
    record, _ = admission(world)
    for kind in KINDS.values():
        if not kind.details:
            continue
        values = {
            name: 5 if name.endswith("UsCents") else HASH if name == "document" else f"v {name}"
            for name in kind.details
        }
        made = KindOf(record, kind)
        details, fields = made.committed(values, world.salt)
        assert [one.name for one in fields] == list(kind.details)
        for one in fields:
            check_field(one, details)
            with pytest.raises(Refused):
                check_field(one, Hash32(b"\x01" * 32))


class KindOf:
    """A record of a kind, as far as private fields go: its details are those of another record."""

    def __init__(self, record: Record, kind: Any) -> None:
        self.record, self.kind = record, kind

    def committed(
        self, values: dict[str, str | int], random: Callable[[], bytes]
    ) -> tuple[Hash32, tuple[PrivateField, ...]]:
        """Commit to values under the names of the kind."""
        class_of = type(self.record)
        named = type("Named", (class_of,), {"KIND": self.kind, "__slots__": ()})
        other = object.__new__(named)
        for name in ("who", "what", "amounts", "scene", "details"):
            object.__setattr__(other, name, getattr(self.record, name))
        record, fields = with_private(other, values, random)
        return record.details, fields


Spoil = Callable[[dict[str, Any]], object]
SPOILS: dict[str, tuple[Spoil, str, str]] = {
    "another value": (lambda p: p["name"].update(value="other"), "details", "private.name"),
    "another salt": (lambda p: p["name"].update(salt=HASH), "details", "private.name"),
    "another proof": (
        lambda p: p["name"]["proof"].__setitem__(3, HASH), "details", "private.name",
    ),
    "hashes in another order": (
        lambda p: p["name"]["proof"].reverse(), "details", "private.name",
    ),
    "the value under another name": (
        lambda p: p.update(street=p.pop("name")), "details", "private.street",
    ),
    "a hash less": (lambda p: p["name"]["proof"].pop(), "list-size", "private.name.proof"),
    "a hash more": (lambda p: p["name"]["proof"].append(HASH), "list-size", "private.name.proof"),
    "a proof that is none": (
        lambda p: p["name"].update(proof=HASH), "type", "private.name.proof",
    ),
    "a hash in capitals": (
        lambda p: p["name"]["proof"].__setitem__(0, HASH.upper()), "hex", "private.name.proof.0",
    ),
    "a hash that is a number": (
        lambda p: p["name"]["proof"].__setitem__(0, 7), "type", "private.name.proof.0",
    ),
    "a salt of zeros": (lambda p: p["name"].update(salt="0x" + "00" * 32), "salt", "private.name"),
    "a salt too short": (lambda p: p["name"].update(salt="0x5a"), "hex", "private.name.salt"),
    "a salt that is none": (lambda p: p["name"].update(salt=None), "type", "private.name.salt"),
    "a value of another type": (lambda p: p["name"].update(value=5), "type", "private.name"),
    "an empty value": (lambda p: p["name"].update(value=""), "emptiness", "private.name"),
    "a value too long": (lambda p: p["name"].update(value="x" * 1001), "text", "private.name"),
    "a control character": (lambda p: p["name"].update(value="x\x07"), "text", "private.name"),
    "a name that is not declared": (lambda p: p.update(nickname=p["name"]), "fields", "private"),
    "a member more": (lambda p: p["name"].update(more=1), "fields", "private.name"),
    "a member less": (lambda p: p["name"].pop("salt"), "fields", "private.name.salt"),
    "a field that is none": (lambda p: p.update(name=CANARY), "type", "private.name"),
    "no field": (lambda p: p.clear(), "emptiness", "private"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILS)
def test_what_does_not_prove_itself_is_refused_and_not_quoted(world: World, name: str) -> None:
    spoil, rule, field = SPOILS[name]
    record, fields = admission(world, name=CANARY)
    plain = copy.deepcopy(private_to_plain(fields))
    spoil(plain)
    with pytest.raises(Refused) as found:
        read_private(record, plain)
    assert (found.value.refusal.rule, found.value.refusal.field) == (rule, field)
    assert CANARY not in str(found.value)
    assert CANARY not in repr(fields)


def test_a_record_without_private_fields_takes_none(world: World) -> None:
    _, fields = admission(world, name=CANARY)
    bare, _ = admission(world)
    with pytest.raises(Refused) as found:
        read_private(bare, private_to_plain(fields))
    assert found.value.refusal.rule == "details"


def correction(
    world: World, of: str, **values: str | int
) -> tuple[Record, tuple[PrivateField, ...]]:
    """Return a Correction that gives the fields of a kind other values, and these."""
    record = drafts.correction(
        world.speaker("governor-1"), world.moment(), Hash32(b"\x07" * 32), {}, details=ANY_ROOT
    )
    return with_private(record, values, world.salt, KINDS[of])


ANY_ROOT = Hash32(b"\x08" * 32)


@pytest.mark.parametrize(
    ("kind", "positions"), [("Admission", (0, 6)), ("Charter", (0, 4)), ("Transformation", (4,))]
)
def test_a_correction_has_the_fields_of_the_kind_that_it_corrects(
    world: World, kind: str, positions: tuple[int, ...]
) -> None:
    values = {"name": CANARY, "document": HASH}
    given = {name: value for name, value in values.items() if name in KINDS[kind].details}
    record, fields = correction(world, kind, **given)
    assert tuple(field.position for field in fields) == positions
    assert read_private(record, private_to_plain(fields)) == fields


def test_a_correction_of_a_kind_has_no_fields_of_another(world: World) -> None:
    with pytest.raises(Refused, match="fields at private"):
        correction(world, "Handoff", licence="7")


def test_a_corrections_field_that_stands_nowhere_it_may_is_refused(world: World) -> None:
    record, fields = correction(world, "Admission", document=HASH)
    plain: Any = private_to_plain(fields)
    plain["document"]["salt"] = "0x" + "01" * 32
    with pytest.raises(Refused, match=r"details at private\.document"):
        read_private(record, plain)
    with pytest.raises(Refused, match="fields at private"):
        read_private(record, {"salary": plain["document"]})
