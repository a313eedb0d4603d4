"""What a client believes of a log, and what ends that: forks, rollbacks, keys, forged proofs."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from ledger.book import Book
from ledger.checkpoint import SignerKey
from ledger.client import InMemory, Pin, verify_evidence, write_evidence
from ledger.desk.answering import AnotherAnswer
from ledger.drafts import Constitution
from ledger.entry import Entry
from ledger.errors import BadQuestion, Damaged, Forked, ProofError, Refused, RolledBack
from ledger.signing import read_signed, sign_record
from ledger.values import NO_HASH, Hash32, to_hex
from tests.desk import Desk
from tests.ledger.client.growing import grow, grown, root
from tests.ledger.client.test_sending import forge
from tests.ledger.client.wire import LOG_KEY, STRANGER, Wire, pinned, rewriting, signed_note
from tests.scene import Scene, jewel, shown
from tests.world import GOVERNORS, secret_of

SECOND = STRANGER


# -- what is believed ------------------------------------------------------------------------


def test_a_log_is_believed_from_its_pinned_charter_on(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = both.client(wire, memory)
    assert memory.checkpoint is None
    answer = client.checkpoint()
    trusted = memory.load()
    assert (memory.checkpoint.size, memory.checkpoint.root) == (answer.size, root(fresh))
    assert trusted.note == answer.note
    assert trusted.log_keys == (str(LOG_KEY.verifier_key),)
    assert trusted.charter_head == fresh.scene.ledger_id


def test_growth_is_proved_and_the_charter_not_read_again(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = both.client(wire, memory)
    client.checkpoint()
    wire.sent.clear()
    grow(fresh, 1_000, 1_001)
    client.checkpoint()
    assert memory.checkpoint.root == root(fresh)
    paths = [request.url.path for request in wire.sent]
    assert paths == ["/v1/checkpoint", "/v1/charter", "/v1/proofs/consistency"]
    wire.sent.clear()
    client.checkpoint()
    assert [request.url.path for request in wire.sent] == paths[:2]


def test_a_record_is_proved_under_the_remembered_checkpoint(both, fresh):
    wire = Wire(fresh)
    client = both.client(wire, pinned(fresh))
    client.checkpoint()
    wire.sent.clear()
    client.record(fresh.scene.log[7][1].record_id)
    assert not wire.paths("/v1/checkpoint")
    grow(fresh, 1_000)
    answer = client.record(fresh.scene.log[-1][1].record_id)
    assert wire.paths("/v1/checkpoint")
    assert client.remembered.checkpoint.size == answer.index + 1


def test_another_ledger_than_the_pinned_one_is_not_believed(both, fresh):
    client = both.client(Wire(fresh), InMemory(Pin(Hash32(bytes([7]) * 32))))
    with pytest.raises(Damaged, match="another ledger"):
        client.checkpoint()


def test_a_pin_is_taken_from_a_charter_that_all_its_governors_signed(fresh):
    raw = fresh.scene.log[0][1].envelope.raw
    assert Pin.of_charter(raw) == Pin(fresh.scene.ledger_id, (str(LOG_KEY.verifier_key),))
    charter = fresh.scene.log[0][1].record
    some = [secret_of(name) for name in GOVERNORS[:2]]
    for other in (sign_record(charter, NO_HASH, some).raw, fresh.scene.log[1][1].envelope.raw):
        with pytest.raises(BadQuestion, match="Charter"):
            Pin.of_charter(other)
    with pytest.raises(BadQuestion):
        Pin(fresh.scene.ledger_id, ("no key",))


def test_a_stranger_keeps_to_the_pinned_keys_or_has_none(both, traded):
    with pytest.raises(Refused, match="sign-in-needed"):
        both.client(Wire(traded), pinned(traded)).checkpoint()
    memory = pinned(traded, LOG_KEY)
    both.client(Wire(traded), memory).checkpoint()
    assert memory.load().charter_head == NO_HASH
    with pytest.raises(ProofError, match="no-known-signature"):
        both.client(Wire(traded), pinned(traded, STRANGER)).checkpoint()


def test_a_party_whose_session_has_ended_is_told_so(both, traded):
    client = both.client(Wire(traded), pinned(traded, LOG_KEY), token=lambda: "a-token-that-ended")
    with pytest.raises(Refused, match="session-ended"):
        client.checkpoint()


def amend(scene: Scene, *keys: SignerKey) -> None:
    """Put other checkpoint keys in force."""
    charter = scene.charter()
    texts = tuple(str(key.verifier_key) for key in keys)
    stated = Constitution(charter.governors, 2, texts)
    author = scene.speaker("governor-1").author
    scene.say(stated.amendment(author, charter.head, scene.moment()), *GOVERNORS[:2])


class TwoKeys(Desk):
    """A ledger whose operator holds the second key too."""

    def open(self, **more: Any) -> Book:
        """Open the book with both keys."""
        return super().open(signers=(LOG_KEY, SECOND), **more)


def test_a_key_counts_from_the_amendment_on_that_names_it(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = both.client(wire, memory)
    client.checkpoint()
    wire.rewrite("/v1/checkpoint", **signed_note(memory.checkpoint.size, root(fresh), SECOND))
    with pytest.raises(ProofError, match="no-known-signature"):
        client.checkpoint()
    amend(fresh.scene, LOG_KEY, SECOND)
    fresh.catch_up()
    with pytest.raises(ProofError, match="no-known-signature"):
        client.checkpoint()  # the amendment is in the log, but not under this checkpoint
    wire.rewrite("/v1/checkpoint", **signed_note(len(fresh.scene.log), root(fresh), SECOND))
    client.checkpoint()
    assert set(memory.load().log_keys) == {str(key.verifier_key) for key in (LOG_KEY, SECOND)}
    assert memory.load().charter_head == fresh.scene.log[-1][1].record_id


def test_a_key_that_an_amendment_took_away_signs_nothing_more(both, fresh):
    memory = pinned(fresh)
    both.client(Wire(fresh), memory).checkpoint()
    scene = jewel()
    amend(scene, SECOND)
    with shown(scene, TwoKeys(scene)) as made:
        wire = Wire(made)
        client = both.client(wire, memory)
        note = signed_note(len(scene.log), root(made), LOG_KEY)
        wire.rewrite("/v1/checkpoint", **note)
        with pytest.raises(ProofError, match="no-known-signature"):
            client.checkpoint()
        wire.changes.clear()
        client.checkpoint()
        assert memory.load().log_keys == (str(SECOND.verifier_key),)
        assert memory.checkpoint.size == len(scene.log)


def test_an_amendment_that_too_few_governors_signed_is_not_followed(both, fresh):
    charter = fresh.scene.charter()
    stated = Constitution(charter.governors, 2, (str(STRANGER.verifier_key),))
    author = fresh.scene.speaker("governor-1").author
    record = stated.amendment(author, charter.head, fresh.scene.moment())
    envelope = sign_record(record, fresh.scene.ledger_id, [secret_of("governor-1")])
    signed = read_signed(envelope.raw, fresh.scene.ledger_id)
    last = fresh.client.get(f"/v1/records/{to_hex(fresh.scene.log[-1][1].record_id)}").json()
    wire = Wire(fresh)
    wire.rewrite("/v1/charter", head=to_hex(signed.record_id))
    wire.rewrite("/v1/checkpoint", **signed_note(last["index"] + 1, root(fresh), STRANGER))

    entry = to_hex(Entry(fresh.scene.now_ms, NO_HASH, signed.root).encode())
    named = to_hex(signed.record_id)
    plain = last | {"recordId": named, "entry": entry, "envelope": json.loads(envelope.raw)}

    def made_up(request, _response):
        if request.url.path != f"/v1/records/{named}":
            return None
        return httpx2.Response(200, content=json.dumps(plain).encode())

    wire.changes.append(made_up)
    memory = pinned(fresh)
    with pytest.raises(Damaged, match="governors"):
        both.client(wire, memory).checkpoint()
    assert memory.checkpoint is None


# -- what is not -----------------------------------------------------------------------------


def test_a_note_by_a_wrong_key_is_not_believed(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    wire.rewrite("/v1/checkpoint", **signed_note(len(fresh.scene.log), root(fresh), STRANGER))
    for remembered in (memory, pinned(fresh, LOG_KEY)):
        with pytest.raises(ProofError, match="no-known-signature"):
            both.client(wire, remembered).checkpoint()
        assert remembered.checkpoint is None
        assert not remembered.evidence


def test_a_note_that_was_altered_is_not_believed(both, fresh):
    wire = Wire(fresh)
    client = both.client(wire, pinned(fresh))
    client.checkpoint()

    def alter(plain):
        size = plain["size"] + 1
        note = plain["note"].replace(f"\n{plain['size']}\n", f"\n{size}\n", 1)
        return plain | {"size": size, "note": note}

    wire.changes.append(rewriting("/v1/checkpoint", alter))
    with pytest.raises(ProofError, match="signature"):
        client.checkpoint()
    assert not client.remembered.evidence


@pytest.mark.parametrize("lie", [{"size": 3}, {"root": to_hex(bytes(32))}, {"origin": "elsewhere"}])
def test_an_answer_that_says_something_else_than_its_note_is_none(both, fresh, lie):
    wire = Wire(fresh)
    client = both.client(wire, pinned(fresh, LOG_KEY))
    both.client(Wire(fresh), client.remembered).checkpoint()
    wire.rewrite("/v1/checkpoint", **lie)
    with pytest.raises(AnotherAnswer):
        client.checkpoint()


def caught_out(client, error: type[Exception], memory: InMemory):
    """See the log break its word; return the evidence, which verifies by itself."""
    believed = memory.load()
    with pytest.raises(error):
        client.checkpoint()
    (evidence,) = memory.evidence
    verified = verify_evidence(write_evidence(evidence))
    keys = [str(LOG_KEY.verifier_key)]
    assert verify_evidence(write_evidence(evidence), keys) == verified
    assert memory.load().note == believed.note
    assert evidence.remembered == believed.note
    return verified


@pytest.mark.parametrize("others", [(2_000,), (2_000, 2_001, 2_002)])
def test_a_log_that_was_another_is_a_fork(both, fresh, others):
    wire, memory = Wire(fresh), pinned(fresh)
    client = both.client(wire, memory)
    grow(fresh, 1_000)
    client.checkpoint()
    with grown(*others) as other:
        wire.made = other
        verified = caught_out(client, Forked, memory)
    assert verified.evidence.fault == "forked"
    assert verified.is_conclusive == (len(others) == 1)
    assert verified.remembered.root == root(fresh)
    assert verified.served.root == root(other)
    assert (verified.evidence.proof is None) == (len(others) == 1)


def test_a_log_that_became_shorter_is_a_rollback(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = both.client(wire, memory)
    grow(fresh, 1_000)
    client.checkpoint()
    with grown() as other:
        wire.made = other
        verified = caught_out(client, RolledBack, memory)
    assert verified.evidence.fault == "rolled-back"
    assert verified.served.size == verified.remembered.size - 1
    assert not verified.is_conclusive


def test_a_forged_consistency_proof_is_a_fork_that_is_not_conclusive(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = both.client(wire, memory)
    client.checkpoint()
    grow(fresh, 1_000)
    wire.changes.append(rewriting("/v1/proofs/consistency", forge))
    verified = caught_out(client, Forked, memory)
    assert not verified.is_conclusive


def test_a_server_that_gives_no_proof_is_not_believed(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = both.client(wire, memory)
    client.checkpoint()
    before = memory.load()
    grow(fresh, 1_000)
    wire.rewrite("/v1/proofs/consistency", fromSize=1)
    with pytest.raises(AnotherAnswer):
        client.checkpoint()
    assert memory.load() == before
    assert not memory.evidence
