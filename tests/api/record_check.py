"""Checks a record as it was answered: what is shown of it, and what follows from that."""

from __future__ import annotations

import hashlib
from typing import Any

from ledger.canonical import read_plain
from ledger.records import KINDS, SHEETS
from ledger.signing import ShownRecord
from ledger.values import Hash32
from tests.api.problem_check import problem_of
from tests.scene import Shown


def check_record(made: Shown, index: int, response: Any, sheets: tuple[str, ...]) -> None:
    """Check that a record is shown as far as it may be, and in no other way."""
    signed = made.scene.log[index][1]
    if not sheets:
        assert problem_of(response)["rule"] == "unknown"
        return
    answer = response.json()
    plain = answer["envelope"]["record"]
    assert [place for place in SHEETS if isinstance(plain[place], dict)] == list(sheets)
    assert answer["withheld"] == [place for place in SHEETS if place not in sheets]
    assert (answer["signers"] is None) == ("who" not in sheets)
    check_signatures(answer, signed, shows_who="who" in sheets)
    assert id_of(answer, made.scene.ledger_id) == signed.record_id
    if sheets == SHEETS:
        assert read_plain(answer["envelope"])[0] == signed.record


def check_signatures(answer: dict[str, Any], signed: Any, *, shows_who: bool) -> None:
    """Check that signatures are shown with who alone, and that the line can be made again."""
    given = answer["envelope"]["signatures"]
    assert isinstance(given, list) == shows_who
    root = hashlib.sha256(b"\x02" + signed.record_id)
    if shows_who:
        joined = b"".join(bytes.fromhex(one[2:]) for one in given)
        root.update(hashlib.sha256(joined).digest())
    else:
        root.update(bytes.fromhex(given[2:]))
    assert answer["entry"].endswith(root.hexdigest())


def id_of(answer: dict[str, Any], ledger_id: Hash32) -> Hash32:
    """Compute a record's id from what an answer shows of it, with nothing else at hand."""
    kind, plain = answer["envelope"]["kind"], answer["envelope"]["record"]
    shown_sheets, hashes = {}, {}
    for place in SHEETS:
        if isinstance(plain[place], str):
            hashes[place] = Hash32(bytes.fromhex(plain[place][2:]))
            continue
        values = {
            field.name: _value(field.spec.wire_type, plain[place][field.wire])
            for field in KINDS[kind].sheets[place].FIELDS
        }
        shown_sheets[place] = KINDS[kind].sheets[place](**values)
    details = Hash32(bytes.fromhex(plain["details"][2:]))
    return ShownRecord(kind, shown_sheets, hashes, details, ()).record_id(ledger_id)


def _value(wire_type: str, plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(wire_type, one) for one in plain)
    return bytes.fromhex(plain[2:]) if wire_type in ("address", "bytes32") else plain
