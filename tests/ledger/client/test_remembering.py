"""A memory is whole or not there, is about one ledger, and is changed only by who has seen it."""

from __future__ import annotations

import json
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.client import Dispute, InFile, InMemory, Pin, Remembered
from ledger.errors import BadQuestion, Damaged
from ledger.values import Hash32
from tests.ledger.client.test_evidence import FORK, LEAVES, note
from tests.ledger.client.wire import LOG_KEY

PIN = Pin(Hash32(bytes([3]) * 32), (str(LOG_KEY.verifier_key),))


@pytest.fixture(params=["file", "memory"])
def memory(request, tmp_path: Path) -> Remembered:
    """Each sort of memory."""
    return InFile(tmp_path / "memory.json", PIN) if request.param == "file" else InMemory(PIN)


def test_a_fresh_memory_knows_what_was_pinned(memory):
    trusted = memory.load()
    assert (trusted.ledger_id, trusted.log_keys) == (PIN.ledger_id, PIN.log_keys)
    assert memory.checkpoint is None


def test_only_who_has_seen_what_is_remembered_changes_it(memory):
    before = memory.load()
    after = replace(before, note=note(LEAVES[:5]))
    assert memory.replace(before, after)
    assert memory.load() == after
    assert memory.checkpoint.size == 5
    assert not memory.replace(before, replace(before, note=note(LEAVES)))
    assert memory.load() == after


def test_of_many_that_change_it_at_once_one_does(memory):
    before, done = memory.load(), []

    def change(size: int) -> None:
        if memory.replace(before, replace(before, note=note(LEAVES[:size]))):
            done.append(size)

    threads = [threading.Thread(target=change, args=(size,)) for size in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [memory.checkpoint.size] == done


@pytest.mark.parametrize(("believe", "expected"), [("remembered", 0), ("served", 1)])
def test_a_dispute_is_settled_one_way_or_the_other(memory, believe, expected):
    before = memory.load()
    place = memory.keep(FORK)
    memory.replace(before, replace(before, note=FORK.remembered, dispute=Dispute(FORK, place)))
    memory.settle(believe)
    assert memory.load().dispute is None
    assert memory.load().note == (FORK.remembered, FORK.served)[expected]
    memory.settle("served")
    assert memory.load().note == (FORK.remembered, FORK.served)[expected]


def test_a_file_is_its_owners_alone_and_evidence_lies_beside_it(tmp_path):
    path = tmp_path / "memory.json"
    memory = InFile(path, PIN)
    memory.replace(memory.load(), replace(memory.load(), note=note(LEAVES)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert InFile(path, Pin(PIN.ledger_id)).load() == memory.load()
    place = memory.keep(FORK)
    assert memory.keep(FORK) == place
    assert Path(place).parent == tmp_path
    assert len(list(tmp_path.glob("*evidence*"))) == 1


def test_a_file_about_another_ledger_is_not_taken(tmp_path):
    path = tmp_path / "memory.json"
    memory = InFile(path, PIN)
    memory.replace(memory.load(), replace(memory.load(), note=note(LEAVES)))
    with pytest.raises(BadQuestion, match="memory"):
        InFile(path, Pin(Hash32(bytes(32))))


def test_a_file_that_was_damaged_is_not_taken(tmp_path):
    path = tmp_path / "memory.json"
    memory = InFile(path, PIN)
    memory.replace(memory.load(), replace(memory.load(), note=note(LEAVES)))
    whole = path.read_text("utf-8")
    plain = json.loads(whole)
    for text in ("", whole[:-9], "[]", json.dumps(plain | {"note": "no note"})):
        path.write_text(text, "utf-8")
        with pytest.raises(Damaged, match=r"memory\.json"):
            InFile(path, PIN)
    path.write_bytes(b"\xff")
    with pytest.raises(Damaged):
        memory.load()
