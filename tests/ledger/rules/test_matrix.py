"""Author's role x kind and operation x state of the parcel: every cell as the document says.

The document's tables (``docs/spec/records.md``: the author's roles of each kind, and §5) are read,
and every cell is played: a real record, signed by all who must, about a parcel that real records
brought into that state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger import drafts
from ledger.custody import NOBODY, Parcel
from ledger.drafts import Goods
from ledger.errors import Refused
from ledger.records import ROLES, WRITABLE, Record
from ledger.values import Address
from tests import spec_tables
from tests.ledger.rules.acts import (
    ACTS,
    EVERYONE,
    POLISHED,
    SENDER,
    STATES,
    act,
    every_act,
    full_stage,
    make_parcel,
    offer,
    parcel_after,
    report,
    speaker_as,
    stage_with,
)
from tests.ledger.rules.cases import SOME_HASH, Said, Stage
from tests.world import World, address_of

TABLE = spec_tables.state_table()
AUTHORS = spec_tables.author_roles()
CELLS = [
    (kind, operation, role, state)
    for kind, operation in every_act()
    for role in ROLES
    for state in STATES
]
NOTHING_TOUCHED = ("Amendment", "Admission", "Revocation", "KeyChange", "Site", "Correction")
PARTS = {"Registration": " (output)", "Transformation": " (input)", "Setting": " (parcel)"}
OUTPUTS = {"Registration": " (output)", "Transformation": " (output)", "Setting set": " (piece)"}
NOT_OPEN = {"spent": "certificate-not-open"}
"""What a Clearance meets where its parcels cannot be: else there is no such Certificate."""


def cell_of(kind: str, operation: str, state: str) -> str:
    """Return what the state table says of the parcel that an act names."""
    column = state.partition(" ")[0]
    for row in (f"{kind} {operation}", kind):
        found = TABLE.get((row + PARTS.get(kind, ""), column))
        if found is not None:
            return found
    assert kind in NOTHING_TOUCHED
    return "="


def expected_refusal(kind: str, operation: str, role: str, state: str) -> str | None:
    """Return the name of the refusal that the document gives a cell, or None."""
    if kind == "Charter":
        return "charter-again"
    authors = AUTHORS[kind]
    if role not in authors.get(operation, authors.get("", ())):
        return "role-for-kind"
    cell = cell_of(kind, operation, state)
    if (kind, cell) == ("Clearance", "-"):
        return NOT_OPEN.get(state, "state-unknown")
    if cell == "x" or (cell == "frozen: unless seized" and state == "frozen by seizure"):
        return f"parcel-{state.partition(' ')[0]}"
    return None


def played(stage: Stage, said: Said) -> str | None:
    """Say something; return the rule that refuses it, or None once it stands."""
    try:
        stage.say(said.record, *said.signers)
    except Refused as refused:
        return refused.refusal.rule
    return None


def holder_after(remark: str, before: Parcel) -> Address:
    """Return who holds a parcel after a record, by the remark in its cell."""
    holders = {
        "author": address_of(EVERYONE),
        "sender": address_of(SENDER),
        "custodian": before.custodian,
    }
    return holders.get(remark, before.custodian)


def check_after(cell: str, before: Parcel, after: Parcel | None, record: Record) -> None:
    """Check that a parcel is as its cell says."""
    assert after is not None
    state, _, remark = cell.partition(": ")
    if state in ("=", "-"):
        assert replace(after, certificate=before.certificate) == before
        return
    assert after.state == state
    assert after.custodian == holder_after(remark, before)
    recipient = record.who.recipient if state == "offered" else NOBODY
    assert after.recipient == recipient
    assert after.head != before.head


@pytest.mark.parametrize(("kind", "operation"), every_act())
def test_every_cell_of_an_operation_is_as_the_document_says(kind: str, operation: str) -> None:
    wrong = []
    for role in ROLES:
        for state in STATES:
            stage, goods = stage_with(kind, operation, state)
            before = parcel_after(stage, goods.parcel)
            said = act(stage, kind, operation, role, goods)
            came = played(stage, said)
            expected = expected_refusal(kind, operation, role, state)
            if came != expected:
                wrong.append(f"{role} x {state}: {came} instead of {expected}")
            elif came is None and before is not None:
                cell = cell_of(kind, operation, state)
                check_after(cell, before, parcel_after(stage, goods.parcel), said.record)
            elif came is not None:
                assert parcel_after(stage, goods.parcel) == before
    assert wrong == []


def piece_in(state: str) -> tuple[Stage, Goods, Goods]:
    """Return a stage with a piece in a state, and the parcel that is or was in it.

    A piece is never set in another: in its place stands a parcel that is.
    """
    stage = full_stage().branch()
    parcel = make_parcel(stage, EVERYONE, POLISHED)
    jeweller = speaker_as("jeweller")
    record = drafts.setting(jeweller, stage.moment(), [stage.goods(parcel)])
    (piece,) = stage.outputs(stage.say(record, EVERYONE))
    if state == "offered":
        offer(stage, piece, EVERYONE, SENDER)
    elif state == "spent":
        goods = stage.goods(piece), [stage.goods(parcel)]
        stage.say(drafts.unsetting(jeweller, stage.moment(), *goods), EVERYONE)
        inside = [stage.goods(parcel)]  # in another piece: nothing but the first is as it was
        stage.say(drafts.setting(jeweller, stage.moment(), inside), EVERYONE)
    elif state == "frozen by theft":
        report(stage, piece, EVERYONE, "trader", "theft")
    elif state == "frozen by seizure":
        report(stage, piece, EVERYONE, "authority", "seizure")
    elif state == "sold":
        stage.say(drafts.sale(jeweller, stage.moment(), stage.goods(piece)), EVERYONE)
    goods = stage.goods(parcel)
    if state == "absent":
        return stage, Goods(SOME_HASH, SOME_HASH, 10_000, 3, ""), goods
    return stage, goods if state == "set" else stage.goods(piece), goods


@pytest.mark.parametrize("state", STATES)
def test_every_cell_of_a_piece_taken_apart_is_as_the_document_says(state: str) -> None:
    cell = TABLE["Setting unset (piece)", state.partition(" ")[0]]
    for role in ROLES:
        stage, piece, inside = piece_in(state)
        before = parcel_after(stage, piece.parcel)
        record = drafts.unsetting(speaker_as(role), stage.moment(), piece, [inside])
        came = played(stage, Said(record, (EVERYONE,)))
        if role != "jeweller":
            assert came in ("role-for-kind", "signature-count", "governors")
        elif cell == "x":
            assert came == f"parcel-{state.partition(' ')[0]}"
        else:
            assert came is None
            assert before is not None
            check_after(cell, before, parcel_after(stage, piece.parcel), record)


@pytest.mark.parametrize(
    ("kind", "operation"),
    [act for act in every_act() if act[0] in OUTPUTS or " ".join(act) in OUTPUTS],
)
def test_outputs_are_made_as_the_document_says(kind: str, operation: str) -> None:
    name = kind if kind in OUTPUTS else f"{kind} {operation}"
    state, _, remark = TABLE[name + OUTPUTS[name], "absent"].partition(": ")
    role = AUTHORS[kind].get(operation, AUTHORS[kind].get("", ()))[0]
    stage, goods = stage_with(kind, operation, "held")
    said = act(stage, kind, operation, role, goods)
    for parcel in stage.outputs(stage.say(said.record, *said.signers)):
        made = stage.parcel(parcel)
        assert (made.state, made.custodian, remark) == (state, address_of(EVERYONE), "author")


@pytest.mark.parametrize("role", ROLES)
def test_a_charter_at_index_0_is_taken_from_governors_alone(role: str) -> None:
    stage, _ = stage_with("Charter", "", "absent")
    nothing = Goods(b"", b"", 0, 0, "")  # type: ignore[arg-type]  # a Charter names no goods
    said = act(stage, "Charter", "", role, nothing)
    refusal = World().refusal_of(said.record, *said.signers)
    # At index 0 nobody holds another role, and `role` stands before `role-for-kind`.
    assert (refusal.rule if refusal else None) == (None if role == "governor" else "role")


def test_the_matrix_has_every_writable_kind_and_every_state(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("figure", f"matrix: {len(CELLS)} cells of role x kind and operation x state")
    assert set(ACTS) == {record.KIND.name for record in WRITABLE}
    assert {state.partition(" ")[0] for state in STATES} == set(spec_tables.parcel_states())
    assert len(set(CELLS)) == len(CELLS) == 60 * 8 * 8


def test_every_row_of_a_writable_kind_is_played() -> None:
    writable = {record.KIND.name for record in WRITABLE}
    rows = {row for row, _ in TABLE if row.split(" ")[0] in writable}
    played_rows = set()
    for kind, operation in every_act():
        for row in (f"{kind} {operation}", kind):
            played_rows |= {row + PARTS.get(kind, ""), row + OUTPUTS.get(row, "")} & rows
    played_rows.add("Setting unset (piece)")
    assert rows == played_rows
