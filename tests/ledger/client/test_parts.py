"""Records that a trade ledger shows in part, as both clients check them."""

from __future__ import annotations

import pytest

from ledger.client import RecordInPart
from ledger.entry import signatures_hash
from ledger.errors import Damaged, ProofError
from ledger.keys import SecretSigner
from ledger.signing import sheet_hash
from ledger.values import to_hex
from tests.ledger.client.wire import LOG_KEY, Wire, pinned, rewriting
from tests.scene import OPERATORS
from tests.world import secret_of


def test_a_record_that_is_shown_in_part_is_checked_as_far_as_it_is_shown(both, traded):
    client = both.client(Wire(traded), pinned(traded, LOG_KEY), clock=traded.desk.clock)
    client.sign_in(SecretSigner(secret_of("jeweller-fr")))
    stone = traded.scene.parcels["stone"]
    steps = [step for page in client.story(stone, through=stone) for step in page.steps]
    for step in steps:
        answer = client.record(step.record_id, through=stone)
        assert (answer.index, answer.withheld) == (step.index, step.withheld)
        assert isinstance(answer, RecordInPart) == bool(step.withheld)
    partly = [client.record(one.record_id, through=stone) for one in steps if one.withheld]
    assert {one.withheld for one in partly} == {("who", "amounts")}
    for answer in partly:
        signed = traded.scene.log[answer.index][1]
        assert answer.signers is None
        assert answer.shown.shown == {"what": signed.record.what, "scene": signed.record.scene}
        assert answer.shown.root(traded.scene.ledger_id) == signed.root
        assert answer.shown.record.what == signed.record.what
        with pytest.raises(AttributeError):
            _ = answer.shown.record.author
    unchecked = client.record(partly[0].record_id, through=stone, checked=False)
    assert not isinstance(unchecked, RecordInPart)


def part_of(both, made):
    """Return a wire, a client that reads as a party, and a record that it is shown in part."""
    wire = Wire(made)
    client = both.client(wire, pinned(made, LOG_KEY), clock=made.desk.clock)
    client.sign_in(SecretSigner(secret_of("jeweller-fr")))
    stone = made.scene.parcels["stone"]
    steps = [step for page in client.story(stone, through=stone) for step in page.steps]
    return wire, client, next(step for step in steps if step.operation == "polish"), stone


def lying(member):
    """Return what puts another hash into an answer about a record."""

    def change(plain):
        if member in ("who", "amounts", "details"):
            plain["envelope"]["record"][member] = "0x" + "11" * 32
        elif member == "scene":
            plain["envelope"]["record"]["scene"]["occurredAt"] += 1
        elif member == "signatures":
            plain["envelope"]["signatures"] = "0x" + "11" * 32
        elif member == "entry":
            plain["entry"] = plain["entry"][:-64] + "11" * 32
        elif member == "recordedAtMs":
            plain["recordedAtMs"] += 1
        else:
            plain["signers"] = ["0x" + "11" * 20]
        return plain

    return change


@pytest.mark.parametrize(
    "member",
    ["who", "amounts", "details", "scene", "signatures", "entry", "recordedAtMs", "signers"],
)
def test_a_lie_about_a_record_shown_in_part_is_found(both, traded, member):
    wire, client, partly, stone = part_of(both, traded)
    wire.changes.append(rewriting("/v1/records/" + to_hex(partly.record_id), lying(member)))
    with pytest.raises(Damaged):
        client.record(partly.record_id, through=stone)


def test_a_record_shown_in_part_that_stands_elsewhere_is_not_proved(both, traded):
    wire, client, partly, stone = part_of(both, traded)
    start = "/v1/records/" + to_hex(partly.record_id)
    wire.changes.append(rewriting(start, lambda plain: plain | {"index": plain["index"] - 1}))
    with pytest.raises(ProofError, match="another record"):
        client.record(partly.record_id, through=stone)


def test_an_open_ledger_that_keeps_back_what_every_party_may_read_is_found(both, told):
    wire = Wire(told)
    client = both.client(wire, pinned(told), token=lambda: OPERATORS)
    signed = told.scene.log[-1][1]

    def keep_back(plain):
        for place in ("who", "amounts"):
            hidden = sheet_hash(getattr(signed.record, place))
            plain["envelope"]["record"][place] = to_hex(hidden)
        plain["envelope"]["signatures"] = to_hex(signatures_hash(signed.envelope.signatures))
        return plain | {"signers": None, "withheld": ["who", "amounts"], "mode": "trade"}

    wire.changes.append(rewriting("/v1/records/" + to_hex(signed.record_id), keep_back))
    with pytest.raises(Damaged, match="every party may read"):
        client.record(signed.record_id)
