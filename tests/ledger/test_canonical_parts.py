"""Envelopes shown in part: read back as they were shown, and refused by the same names as whole."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest

from ledger.canonical import part_to_plain, read_part, read_record, to_plain
from ledger.entry import record_root, signatures_hash
from ledger.errors import Refused
from ledger.records import KINDS, SHEETS, WRITABLE, Kind, NotShown, Record, Withheld, withheld_of
from ledger.signing import keccak, read_shown, record_id, sheet_hash, show
from ledger.values import to_hex
from tests.random_records import random_record
from tests.trials import dice, trials

LEDGER_ID = keccak(b"ledger")
SIGNATURES = (b"\x11" * 65, b"\x22" * 65)
HASH = "0x" + "11" * 32
WITHOUT_WHO = [
    ("who", *others) for size in range(4) for others in combinations(SHEETS[1:], size)
]  # fmt: skip
WRITTEN = [record.KIND for record in WRITABLE]


def some_records(kind: Kind) -> Iterator[Record]:
    source = dice(f"parts {kind.name}")
    for _ in range(trials("records.shown_per_kind")):
        yield read_record(kind, random_record(kind, source))


def in_part(record: Record, hidden: tuple[str, ...]) -> dict[str, Any]:
    """Write an envelope of which sheets are withheld, *who* among them."""
    plain = to_plain(record)
    for place in hidden:
        plain[place] = to_hex(sheet_hash(getattr(record, place)))
    signed = to_hex(signatures_hash(SIGNATURES))
    return {"kind": record.KIND.name, "record": plain, "signatures": signed}


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.name)
def test_what_is_shown_in_part_is_read_back_with_its_id_and_root(kind: Kind) -> None:
    for record in some_records(kind):
        for hidden in WITHOUT_WHO:
            plain = in_part(record, hidden)
            read, signed = read_part(plain)
            assert withheld_of(read) == hidden
            assert part_to_plain(read) == plain["record"]
            assert signed == signatures_hash(SIGNATURES)
            shown = read_shown(plain)
            assert shown == show(record, SIGNATURES, set(SHEETS) - set(hidden))
            assert shown.record == read
            assert shown.record_id(LEDGER_ID) == record_id(record, LEDGER_ID)
            own_root = record_root(record_id(record, LEDGER_ID), SIGNATURES)
            assert shown.root(LEDGER_ID) == own_root


def test_a_record_that_is_whole_withholds_nothing() -> None:
    (record, *_) = some_records(KINDS["Handoff"])
    assert withheld_of(record) == ()
    assert part_to_plain(record) == to_plain(record)
    whole = show(record, SIGNATURES, SHEETS)
    assert whole.root(LEDGER_ID) == record_root(record_id(record, LEDGER_ID), SIGNATURES)


def test_nothing_is_read_or_hashed_of_a_withheld_sheet() -> None:
    (record, *_) = some_records(KINDS["Handoff"])
    read, _ = read_part(in_part(record, ("who", "amounts")))
    assert isinstance(read.amounts, Withheld)
    with pytest.raises(NotShown, match="weight_millicarats is withheld"):
        _ = read.amounts.weight_millicarats
    with pytest.raises(NotShown):
        _ = read.author
    with pytest.raises(AttributeError):
        to_plain(read)
    with pytest.raises(NotShown, match="is withheld"):
        record_id(read, LEDGER_ID)


Sheets = dict[str, Any]
FAULTS: list[tuple[str, Callable[[Sheets], object]]] = [
    ("fields", lambda record: record["what"].pop("operation")),
    ("fields", lambda record: record["scene"].update(weather="fine")),
    ("fields", lambda record: record.pop("details")),
    ("integer", lambda record: record["scene"].update(occurredAt=-1)),
    ("hex", lambda record: record.update(amounts="0x11")),
    ("hex", lambda record: record.update(who="")),
    ("enumeration", lambda record: record["what"].update(operation="melt")),
    ("list-parallel", lambda record: record["what"]["previous"].append(HASH)),
    ("list-order", lambda record: record["what"].update(inputs=[HASH, HASH])),
    ("emptiness", lambda record: record["scene"].update(authorCountry="")),
    ("salt", lambda record: record["scene"].update(salt=record["what"]["salt"])),
    ("salt", lambda record: record["scene"].update(salt="0x" + "00" * 32)),
]
"""The rule that refuses a record shown in part, and what is wrong with it."""


@pytest.mark.parametrize(("rule", "spoil"), FAULTS)
def test_a_fault_in_what_is_shown_is_refused_by_its_name(
    rule: str, spoil: Callable[[Sheets], object]
) -> None:
    plain = random_record(KINDS["Transformation"], dice("faults in part"), "mix")
    envelope = in_part(read_record(KINDS["Transformation"], plain), ("who", "amounts"))
    read_part(envelope)
    spoil(envelope["record"])
    with pytest.raises(Refused) as caught:
        read_part(envelope)
    assert caught.value.refusal.rule == rule


@pytest.mark.parametrize("given", [None, 7, [], {}, "", "Handoff", {"kind": "Sale"}])
def test_what_is_no_envelope_is_refused(given: Any) -> None:
    with pytest.raises(Refused):
        read_part(given)
    with pytest.raises(Refused):
        read_part({"kind": "Handoff", "record": given, "signatures": HASH})
    with pytest.raises(Refused):
        read_part(in_part(next(some_records(KINDS["Handoff"])), ("who",)) | {"signatures": given})


def test_signatures_are_withheld_with_who_and_with_nothing_else() -> None:
    (record, *_) = some_records(KINDS["Handoff"])
    plain = in_part(record, ("who", "amounts"))
    shown = copy.deepcopy(plain)
    shown["record"]["who"] = to_plain(record)["who"]
    with pytest.raises(Refused, match="since who is shown"):
        read_part(shown)
    signed = [to_hex(one) for one in SIGNATURES]
    with pytest.raises(Refused, match="since who is withheld"):
        read_part(plain | {"signatures": signed})
