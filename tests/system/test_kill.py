"""``kill -9`` at random moments: whatever a client was told holds afterwards.

A real server process takes records from several clients at once, and is killed under load, while it
starts, while it ends, or while it founds its ledger. Each time the files are audited as they lie
there, before anything else opens them; then the server starts again on the same folder, by itself,
and goes on.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger import entry as entries
from ledger.config import LedgerFolder, UnderAudit, make_folder
from ledger.limits import LIMITS
from ledger.values import from_hex
from tests.system.auditing import copy_of, faults_of, under_audit
from tests.system.clients import Client, client_of
from tests.system.crew import Crew, append, found
from tests.system.load import Load, ids_of
from tests.system.serving import WAIT_SECONDS, Adamant, Ended, Server
from tests.trials import dice, seed, trials
from tests.world import ORIGIN

SENDERS = 4
KILLS_PER_LEDGER = 10
MOMENTS = ("under load", "under load", "at start", "under load", "at end")
MESSAGES_AHEAD = 60
LOAD_SECONDS = 0.3
START_SECONDS = 0.15
END_SECONDS = 0.4
FOUNDING_SECONDS = 0.2

pytestmark = pytest.mark.long


@dataclass
class Tally:
    """What the kills met, to be printed: a kill that meets nothing proves nothing."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        told = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))
        return f"kill -9 with seed {seed()}: {told}"


class Siege:
    """One ledger that is killed again and again."""

    def __init__(self, path: Path, random: Random, tally: Tally) -> None:
        self.path = path
        self.random = random
        self.tally = tally
        self.crew = Crew(random)
        self.folder = found(path / "ledger", self.crew)
        self.load = Load(self.crew, SENDERS)
        self.checked_size = 0  # a server was asked about all that lies below

    def kill_under_load(self, *, is_ending: bool = False) -> None:
        """Kill a server that clients send to; perhaps while it ends as it was told to."""
        self.load.prepare(MESSAGES_AHEAD)
        server = Server.of(self.folder)
        try:
            url = server.url()
            self._check_served(url, server.token())
            with self.load.running(url):
                time.sleep(self.random.uniform(0, LOAD_SECONDS))
                if is_ending:
                    server.process.terminate()
                    time.sleep(self.random.uniform(0, END_SECONDS))
                server.process.kill()
                server.process.wait(WAIT_SECONDS)
        finally:
            server.end()
        self.tally.counts["at end" if is_ending else "under load"] += 1
        self._check_killed()

    def kill_at_start(self) -> None:
        """Kill a server that has begun to open its files."""
        server = Server.of(self.folder)
        try:
            server.wait_for_lock()
            time.sleep(self.random.uniform(0, START_SECONDS))
            server.kill()
        finally:
            server.end()
        self.tally.counts["at start"] += 1
        self._check_killed()

    def finish(self) -> None:
        """Start once more, let all be told, stop it properly, and audit the folder itself."""
        server = Server.of(self.folder)
        try:
            url = server.url()
            self._check_served(url, server.token())
            for sender in self.load.senders:
                del sender.waiting[1:]
            with self.load.running(url):
                while self.load.unanswered:
                    time.sleep(0.01)
            assert server.stop() == 0
        finally:
            server.end()
        with under_audit(self.folder) as (under, faults):
            assert faults == []
            self._check_promises(under)
        self.tally.counts["acknowledged"] += len(self.load.acknowledged)
        self.tally.counts["shown checkpoints"] += len(self.load.watcher.notes)

    # -- what must hold ----------------------------------------------------------------------

    def _check_killed(self) -> None:
        """Audit a copy of the files as they were left, and compare it with what was promised."""
        waiting = self.folder.log.with_name("log.db-wal")
        self.tally.counts["live logs"] += waiting.exists() and waiting.stat().st_size > 0
        copy = copy_of(self.folder, self.path / "copy")
        with under_audit(copy) as (under, faults):
            assert faults == []
            self._check_promises(under)
            self._check_unanswered(under)
        shutil.rmtree(copy.path)

    def _check_promises(self, under: UnderAudit) -> None:
        """Every acknowledged record is at its index with its time, and as sure as was said."""
        assert self.load.refused == []
        assert under.log is not None
        with under.log.view() as view:
            for promised in self.load.acknowledged:
                row = view.row(promised.index)
                assert row is not None, promised
                assert view.index_of(from_hex(promised.record_id, 32)) == promised.index
                assert entries.decode(row.entry).recorded_at_ms == promised.recorded_at_ms
        sure = [one.index for one in self.load.acknowledged if one.is_checkpointed]
        if sure:
            covering = under.checkpoints.claims(max(sure), 1_000)
            assert any(claim.note for claim in covering), "no kept checkpoint covers it"
        for size, note in self.load.watcher.notes.items():
            assert under.checkpoints.note_at(size) == note.encode(), "shown, and not kept"

    def _check_unanswered(self, under: UnderAudit) -> None:
        """Of an atomic batch that was not answered all is there, or nothing."""
        assert under.log is not None
        with under.log.view() as view:
            for message in self.load.unanswered:
                ids = ids_of(self.crew, message)
                there = [view.index_of(from_hex(one, 32)) is not None for one in ids]
                if message.atomic:
                    assert len(set(there)) == 1, "half of an atomic batch"
                self.tally.counts[f"unanswered and {'' if any(there) else 'not '}recorded"] += 1

    def _check_served(self, url: str, token: str) -> None:
        """Ask a fresh server about all that was promised since one was asked the last time."""
        with client_of(url, token) as client:
            assert client.ask("/readyz") == {"status": "ready"}
            size = client.ask("/v1/checkpoint")["size"]
            shown = {one["index"]: one for one in _entries(client, self.checked_size)}
        for promised in self.load.acknowledged:
            if promised.index >= self.checked_size:
                entry = shown[promised.index]
                assert entry["recordId"] == promised.record_id
                assert entry["recordedAtMs"] == promised.recorded_at_ms
                assert entry["status"] == "checkpointed"  # starting publishes all there is
        self.checked_size = size


def _entries(client: Client, start: int | None) -> Iterator[Mapping[str, Any]]:
    """Ask for all lines of the log from an index on."""
    while start is not None:
        page = client.ask(f"/v1/entries?start={start}&limit={LIMITS.page_rows_max}")
        yield from page["entries"]
        start = page["nextStart"]


def test_what_was_acknowledged_outlives_kills_at_random_moments(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    random, tally, left = dice("system.kills"), Tally(), trials("system.kills")
    number = 0
    while left:
        path = tmp_path / f"{number}"
        path.mkdir()
        siege = Siege(path, random, tally)
        for moment in islice(cycle(MOMENTS), min(left, KILLS_PER_LEDGER)):
            if moment == "at start":
                siege.kill_at_start()
            else:
                siege.kill_under_load(is_ending=moment == "at end")
            left -= 1
        siege.finish()
        shutil.rmtree(path)
        number += 1
    record_property("figure", str(tally))


def _kill_founding(folder: LedgerFolder, charter: Path, delay_seconds: float) -> bool:
    """Found a ledger by ``adamant init`` and kill it; tell whether it had come to its end."""
    child = Adamant.begin(folder, "init", "--charter", str(charter))
    try:
        child.wait_for_lock()
        time.sleep(delay_seconds)
    except Ended:
        pass  # it was that fast
    finally:
        child.end()
    return child.process.returncode == 0


def test_a_founding_that_is_killed_goes_on(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    random, tally = dice("system.founding_kills"), Tally()
    for number in range(trials("system.founding_kills")):
        crew = Crew(random)
        folder = make_folder(tmp_path / f"{number}" / "ledger", ORIGIN)
        charter = folder.path.with_name("charter.json")
        charter.write_bytes(crew.charter(folder).raw)
        was_whole = _kill_founding(folder, charter, random.uniform(0, FOUNDING_SECONDS))
        lies_there = sum(path.exists() for path in (folder.log, folder.checkpoints()))
        again = Adamant.begin(folder, "init", "--charter", str(charter))
        assert again.process.wait(WAIT_SECONDS) == 0, again.said()
        assert lies_there == 2 or not was_whole
        append(folder, crew.introduce())
        assert faults_of(folder) == []
        tally.counts[f"foundings with {lies_there} files, {'' if was_whole else 'not '}whole"] += 1
    record_property("figure", str(tally))
