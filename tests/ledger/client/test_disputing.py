"""Once a log broke its word nothing goes on until a person says how; and what is no fork at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.client import InFile, InMemory, Pin, verify_evidence, write_evidence
from ledger.client.asking import Manner
from ledger.client.core import Core
from ledger.client.exchange import Reply, Request
from ledger.errors import Forked, RolledBack
from tests.ledger.client.growing import grow, grown, root
from tests.ledger.client.wire import Wire, pinned
from tests.scene import ADDRESS, Shown


def disputed(both, made: Shown, wire: Wire, memory: InMemory):
    """Return a client that saw a fork."""
    client = both.client(wire, memory)
    grow(made, 1_000)
    client.checkpoint()
    with grown(2_000) as other:
        wire.made = other
        with pytest.raises(Forked):
            client.checkpoint()
    return client


def test_nothing_is_asked_or_sent_while_a_fork_is_not_settled(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = disputed(both, fresh, wire, memory)
    wire.made = fresh
    wire.sent.clear()
    record_id = fresh.scene.log[3][1].record_id
    (envelope,) = fresh.registrations(1)
    for ask in (
        client.status,
        client.checkpoint,
        lambda: list(client.sites()),
        lambda: client.record(record_id, checked=False),
        lambda: client.inclusion(3, size=5),
        lambda: client.consistency(3, 5),
        lambda: client.send(envelope, checked=False),
        lambda: client.send_all([envelope], checked=False),
        both.client(wire, memory).status,
    ):
        with pytest.raises(Forked, match="evidence is kept in memory"):
            ask()
    assert not wire.sent
    assert len(memory.evidence) == 1


def test_whoever_settles_it_for_what_was_remembered_goes_on_from_there(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = disputed(both, fresh, wire, memory)
    memory.settle("remembered")
    wire.made = fresh
    grow(fresh, 1_001)
    client.checkpoint()
    assert memory.checkpoint.root == root(fresh)
    assert len(memory.evidence) == 1
    with grown(2_000) as other:
        wire.made = other
        with pytest.raises(RolledBack):
            client.checkpoint()


def test_whoever_settles_it_for_what_came_goes_on_with_that(both, fresh):
    wire, memory = Wire(fresh), pinned(fresh)
    client = disputed(both, fresh, wire, memory)
    memory.settle("served")
    memory.settle("served")
    with grown(2_000) as other:
        wire.made = other
        grow(other, 2_001)
        client.checkpoint()
        assert memory.checkpoint.root == root(other)
    wire.made = fresh
    with pytest.raises(RolledBack):
        client.checkpoint()


def test_a_memory_in_a_file_is_one_for_every_client_and_keeps_the_evidence(both, fresh, tmp_path):
    wire = Wire(fresh)
    path, pin = tmp_path / "ledger.json", Pin(fresh.scene.ledger_id)
    grow(fresh, 1_000)
    both.client(wire, InFile(path, pin)).checkpoint()
    assert InFile(path, pin).checkpoint.root == root(fresh)
    with grown(2_000, 2_001) as other:
        wire.made = other
        with pytest.raises(Forked) as caught:
            both.client(wire, InFile(path, pin)).checkpoint()
    (kept,) = tmp_path.glob("ledger.json.evidence-*.json")
    assert caught.value.evidence == str(kept)
    assert verify_evidence(kept.read_text("utf-8")).served.root == root(other)
    with pytest.raises(Forked, match=kept.name):
        both.client(wire, InFile(path, pin)).status()
    InFile(path, pin).settle("remembered")
    assert InFile(path, pin).checkpoint.root == root(fresh)
    assert kept.exists()


# -- two at once -----------------------------------------------------------------------------


def answer_of(made: Shown, wanted: Request) -> Reply:
    """Return a ledger's answer to a request."""
    response = made.client.request(
        wanted.method, wanted.path, params=wanted.query, headers={"accept": "application/json"}
    )
    return Reply(response.status_code, response.content)


def begin(made: Shown, memory: InMemory) -> Callable[..., None]:
    """Ask for the checkpoint; return what ends that with the answer of this moment.

    What is asked after it is answered by the ledgers that are given, one a request, the last for
    all others.
    """
    steps = Core(Manner(ADDRESS), memory).checkpoint()
    held = answer_of(made, steps.send(None))

    def finish(*others: Shown) -> None:
        came, left = held, list(others or (made,))
        while True:
            try:
                wanted = steps.send(came)
            except StopIteration:
                return
            came = answer_of(left.pop(0) if len(left) > 1 else left[0], wanted)

    return finish


def test_an_answer_that_was_overtaken_is_no_rollback(fresh):
    memory = pinned(fresh)
    begin(fresh, memory)()
    late = begin(fresh, memory)
    grow(fresh, 1_000)
    later = begin(fresh, memory)
    grow(fresh, 1_001)
    begin(fresh, memory)()
    late()
    later()
    assert memory.checkpoint.root == root(fresh)
    assert not memory.evidence


def test_an_answer_that_was_overtaken_by_another_log_is_a_fork(fresh):
    memory = pinned(fresh)
    begin(fresh, memory)()
    grow(fresh, 1_000)
    late = begin(fresh, memory)
    with grown(2_000, 2_001) as other:
        begin(other, memory)()
        with pytest.raises(Forked):
            late(fresh, fresh, other)
    (evidence,) = memory.evidence
    verified = verify_evidence(write_evidence(evidence))
    assert verified.served.root == root(fresh)
    assert verified.remembered.root == root(other)
    assert verified.served.size == verified.remembered.size - 1
