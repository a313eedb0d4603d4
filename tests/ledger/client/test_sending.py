"""Records handed in over a wire that fails: each is in the ledger once, and nothing is guessed."""

from __future__ import annotations

import json

import httpx2
import pytest

from ledger.book import NotDone
from ledger.client import OutcomeUnknown, Sent
from ledger.desk.answering import AnotherAnswer
from ledger.errors import BadQuestion, Damaged, ProofError, Refusal, Refused, Unavailable
from ledger.limits import LIMITS, ClientLimits
from ledger.rules import touches
from ledger.signing import read_signed
from ledger.values import to_hex
from tests.ledger.client.wire import Wire, losing, pinned, rewriting
from tests.scene import jewel

ATTEMPTS = ClientLimits().attempts_max
RECORDS, BATCH = "/v1/records", "/v1/records/batch"


def size(made) -> int:
    """Return how many records the ledger has."""
    return made.desk.head().size


def id_of(made, envelope: bytes) -> bytes:
    """Return a record's id."""
    return read_signed(envelope, made.scene.ledger_id).record_id


def refusable(made) -> bytes:
    """Return an envelope that the ledger must refuse: a receipt of what was never offered."""
    other = jewel()
    other.hand_over(other.parcels["stone"], "jeweller-fr", "trader-be")
    return other.log[-1][1].envelope.raw


def always(status: int, body: bytes = b"", **headers: str):
    """Answer the same to everything that is sent, and count it."""

    def change(request, _response):
        if request.method != "POST":
            return None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx2.Response(status, content=body, headers=named)

    return change


def posted(wire: Wire) -> list[bytes]:
    """Return the bodies that were sent."""
    return [request.content for request in wire.sent if request.method == "POST"]


@pytest.mark.parametrize("lost", range(ATTEMPTS))
def test_a_record_whose_answers_are_lost_is_in_the_ledger_once(both, fresh, lost):
    wire, before = Wire(fresh), size(fresh)
    client = both.client(wire, pinned(fresh))
    (envelope,) = fresh.registrations(1)
    wire.changes.append(losing(RECORDS, lost))
    sent = client.send(envelope)
    assert size(fresh) == before + 1
    assert (sent.index, sent.again, sent.status) == (before, lost > 0, "checkpointed")
    assert sent.record_id == id_of(fresh, envelope)
    assert sent.parcels
    assert sent.checkpoint == client.remembered.checkpoint
    assert posted(wire) == [envelope] * (lost + 1)


def test_what_nobody_answers_for_is_unknown_until_the_same_envelope_is_sent_again(both, fresh):
    wire, before = Wire(fresh), size(fresh)
    client = both.client(wire, pinned(fresh))
    (envelope,) = fresh.registrations(1)
    wire.changes.append(losing(RECORDS, ATTEMPTS))
    with pytest.raises(OutcomeUnknown, match="send the very same envelope again") as caught:
        client.send(envelope)
    assert caught.value.record_ids == (id_of(fresh, envelope),)
    assert client.send(envelope).again
    assert size(fresh) == before + 1


def test_a_request_that_never_arrived_was_not_taken(both, fresh):
    def refuse(request):
        raise httpx2.ConnectError("nobody there", request=request)

    with pytest.raises(Unavailable, match="nobody there") as caught:
        both.client(refuse, pinned(fresh)).send(fresh.registrations(1)[0])
    assert not isinstance(caught.value, OutcomeUnknown)


def test_what_a_rule_refused_is_never_sent_again(both, fresh):
    wire = Wire(fresh)
    client = both.client(wire, pinned(fresh))
    with pytest.raises(Refused):
        client.send(refusable(fresh))
    (line,) = client.send_all([refusable(fresh)])
    assert isinstance(line, Refusal)
    assert len(posted(wire)) == 2


def test_a_refusal_settles_what_was_lost_before(both, fresh):
    wire = Wire(fresh)
    wire.changes.append(losing(RECORDS, 2))
    with pytest.raises(Refused):
        both.client(wire, pinned(fresh)).send(refusable(fresh))
    assert len(posted(wire)) == 3


def test_what_is_badly_said_is_refused_here_and_not_sent(both, fresh):
    wire = Wire(fresh)
    client = both.client(wire, pinned(fresh))
    (envelope,) = fresh.registrations(1)
    with pytest.raises(Refused):
        client.send(envelope[:-1])
    with pytest.raises(Refused):
        client.send_all([envelope, b"{}"])
    with pytest.raises(BadQuestion, match="at most"):
        client.send_all([envelope] * (LIMITS.batch_records_max + 1))
    assert not wire.sent


@pytest.mark.parametrize(
    ("status", "headers", "attempts", "is_unknown"),
    [
        (429, {"retry_after": "0"}, ATTEMPTS, False),
        (429, {"retry_after": "3600"}, 1, False),
        (503, {}, ATTEMPTS, True),
        (503, {"retry_after": "3600"}, 1, True),
        (502, {}, ATTEMPTS, True),
        (504, {}, ATTEMPTS, True),
        (500, {}, 1, True),
        (404, {}, 1, True),
        (200, {}, 1, True),
    ],
)
@pytest.mark.parametrize("method", ["send", "send_all"])
def test_a_server_that_cannot_is_asked_again_for_a_while(
    both, fresh, method, status, headers, attempts, is_unknown
):
    wire = Wire(fresh)
    wire.changes.append(always(status, b"<html>\n", **headers))
    client = both.client(wire, pinned(fresh))
    (envelope,) = fresh.registrations(1)
    with pytest.raises(Unavailable) as caught:
        client.send(envelope) if method == "send" else client.send_all([envelope])
    assert isinstance(caught.value, OutcomeUnknown) == is_unknown
    assert len(posted(wire)) == attempts


def test_a_problem_that_is_no_refusal_after_a_loss_settles_nothing(both, fresh):
    wire = Wire(fresh)
    slow = json.dumps({"rule": "body-slow", "detail": "too slow"}).encode()
    wire.changes += [always(408, slow), losing(RECORDS, 1)]
    with pytest.raises(OutcomeUnknown):
        both.client(wire, pinned(fresh)).send(fresh.registrations(1)[0])
    wire.changes = [always(408, slow)]
    with pytest.raises(BadQuestion):
        both.client(wire, pinned(fresh)).send(fresh.registrations(1)[0])


# -- batches ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [0, 1, ATTEMPTS - 1])
def test_a_batch_whose_answers_are_lost_is_in_the_ledger_once(both, fresh, lost):
    wire, before = Wire(fresh), size(fresh)
    client = both.client(wire, pinned(fresh))
    envelopes = fresh.registrations(4)
    wire.changes.append(losing(BATCH, lost))
    lines = client.send_all(envelopes)
    assert size(fresh) == before + 4
    assert [line.index for line in lines] == list(range(before, before + 4))
    assert [line.record_id for line in lines] == [id_of(fresh, one) for one in envelopes]
    assert all(line.again == (lost > 0) and line.checkpoint for line in lines)


def undecided(*numbers: int):
    """Tell of some lines of the first batch, after it was done, that they could not be decided."""
    left = [1]

    def change(request, response):
        if request.url.path != BATCH or not left:
            return None
        left.pop()
        problem = {"rule": "unavailable", "detail": "the ledger stopped"}
        told = [json.loads(line) for line in response.content.splitlines()]
        lines = [
            {"line": line["line"], "code": 503, "problem": problem}
            if line["line"] in numbers
            else line
            for line in told
        ]
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        return httpx2.Response(200, content=body)

    return change


def test_only_the_lines_that_were_not_decided_are_sent_again(both, fresh):
    wire, before = Wire(fresh), size(fresh)
    envelopes = [*fresh.registrations(3), refusable(fresh)]
    wire.changes.append(undecided(1, 3))
    lines = both.client(wire, pinned(fresh)).send_all(envelopes)
    assert posted(wire)[1] == envelopes[0] + b"\n" + envelopes[2] + b"\n"
    assert [isinstance(line, Sent) for line in lines] == [True, True, True, False]
    assert [line.again for line in lines[:3]] == [True, False, True]
    assert [line.index for line in lines[:3]] == [before, before + 1, before + 2]
    assert size(fresh) == before + 3


def test_an_answer_that_breaks_off_is_made_whole_by_asking_again(both, fresh):
    wire, before, left = Wire(fresh), size(fresh), [1]

    def breaking(request, response):
        if request.url.path == BATCH and left:
            left.pop()
            return httpx2.Response(200, content=response.content[:-30])
        return None

    wire.changes.append(breaking)
    lines = both.client(wire, pinned(fresh)).send_all(fresh.registrations(3))
    assert [line.again for line in lines] == [False, False, True]
    assert size(fresh) == before + 3


def test_lines_that_are_never_decided_are_named(both, fresh):
    wire = Wire(fresh)
    problem = json.dumps({"line": 1, "code": 503, "problem": {"rule": "unavailable"}}).encode()
    wire.changes.append(always(200, problem + b"\n"))
    envelopes = fresh.registrations(2)
    with pytest.raises(OutcomeUnknown) as caught:
        both.client(wire, pinned(fresh)).send_all(envelopes)
    assert caught.value.record_ids == tuple(id_of(fresh, one) for one in envelopes)
    assert len(posted(wire)) == ATTEMPTS


def test_an_atomic_batch_is_done_whole_or_not_at_all(both, fresh):
    wire, before = Wire(fresh), size(fresh)
    client = both.client(wire, pinned(fresh))
    envelopes = fresh.registrations(2)
    lines = client.send_all([*envelopes, refusable(fresh)], atomic=True)
    assert [type(line) for line in lines] == [NotDone, NotDone, Refusal]
    assert size(fresh) == before
    assert all(isinstance(line, Sent) for line in client.send_all(envelopes, atomic=True))


def test_an_empty_batch_asks_nothing(both, fresh):
    wire = Wire(fresh)
    assert both.client(wire, pinned(fresh)).send_all([]) == ()
    assert not wire.sent


# -- a server that lies ----------------------------------------------------------------------


def test_without_a_proof_nothing_is_proved_and_said_so(both, fresh):
    wire = Wire(fresh)
    sent = both.client(wire, pinned(fresh)).send(fresh.registrations(1)[0], checked=False)
    assert sent.checkpoint is None
    assert [request.url.path for request in wire.sent] == [RECORDS]
    assert wire.sent[0].url.params["wait"] == "sequenced"


def test_an_answer_about_another_record_is_none(both, fresh):
    wire = Wire(fresh)
    wire.rewrite(RECORDS, recordId=to_hex(bytes(32)))
    with pytest.raises(AnotherAnswer):
        both.client(wire, pinned(fresh)).send(fresh.registrations(1)[0])


@pytest.mark.parametrize(
    "lie", [{"index": 3}, {"index": 10**6}, {"recordedAtMs": 1_700_000_000_000}]
)
def test_a_record_that_is_not_where_the_server_says_is_not_proved(both, fresh, lie):
    wire = Wire(fresh)
    client = both.client(wire, pinned(fresh))
    client.checkpoint()
    wire.rewrite(RECORDS, **lie)
    with pytest.raises(ProofError):
        client.send(fresh.registrations(1)[0])


def test_a_server_that_says_taken_and_takes_nothing_is_found_out(both, fresh):
    wire = Wire(fresh)
    client = both.client(wire, pinned(fresh))
    first, second = fresh.registrations(2)
    sent = client.send(first)
    signed = read_signed(second, fresh.scene.ledger_id)
    plain = {
        "status": "checkpointed",
        "index": sent.index,
        "recordId": to_hex(signed.record_id),
        "recordedAtMs": sent.recorded_at_ms,
        "parcels": [to_hex(parcel) for parcel in touches(signed.record, signed.record_id)],
    }
    lying = both.client(taking_nothing(wire, plain), client.remembered)
    with pytest.raises(ProofError, match="another record"):
        lying.send(second)
    assert not client.send(second).again


def taking_nothing(wire: Wire, plain: dict):
    """Say of every record that it was taken."""

    def answer(request):
        if request.method != "POST":
            return wire(request)
        return httpx2.Response(201, content=json.dumps(plain).encode())

    return answer


def forge(plain):
    """Change one hash of a proof."""
    first, *rest = plain["proof"]
    return plain | {"proof": ["0x" + "ab" * 32 if first else first, *rest]}


def test_a_forged_proof_convinces_nobody(both, fresh):
    wire = Wire(fresh)
    client = both.client(wire, pinned(fresh))
    client.checkpoint()
    wire.changes.append(rewriting("/v1/proofs/inclusion", forge))
    with pytest.raises(ProofError):
        client.record(fresh.scene.log[4][1].record_id)
    with pytest.raises(ProofError):
        client.inclusion(4)
    with pytest.raises(ProofError):
        client.inclusion(4, size=6)
    with pytest.raises(ProofError):
        client.send(fresh.registrations(1)[0])


@pytest.mark.parametrize("member", ["envelope", "entry", "signers", "parcels", "recordedAtMs"])
def test_a_record_that_is_not_the_one_that_was_signed_is_none(both, told, member):
    wire = Wire(told)
    client = both.client(wire, pinned(told))
    client.checkpoint()
    others = told.client.get(f"/v1/records/{to_hex(told.scene.log[9][1].record_id)}").json()
    others |= {"parcels": ["0x" + "12" * 32], "recordedAtMs": others["recordedAtMs"] + 1}
    record_id = told.scene.log[14][1].record_id
    assert client.record(record_id).record_id == record_id
    wire.rewrite("/v1/records", **{member: others[member]})
    with pytest.raises(Damaged):
        client.record(record_id)


def test_a_record_at_another_index_is_not_proved(both, told):
    wire = Wire(told)
    client = both.client(wire, pinned(told))
    client.checkpoint()
    wire.rewrite("/v1/records", index=4)
    with pytest.raises(ProofError, match="another record"):
        client.record(told.scene.log[5][1].record_id)
    assert client.record(told.scene.log[5][1].record_id, checked=False).index == 4


def test_a_consistency_proof_is_verified_before_it_is_given_out(both, told):
    wire = Wire(told)
    client = both.client(wire, pinned(told))
    client.checkpoint()
    wire.changes.append(rewriting("/v1/proofs/consistency", forge))
    with pytest.raises(ProofError):
        client.consistency(3)
    wire.changes.clear()
    wire.rewrite("/v1/proofs/consistency", toRoot=to_hex(bytes(32)))
    with pytest.raises(ProofError, match="another root"):
        client.consistency(3)
