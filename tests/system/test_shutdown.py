"""SIGTERM under load: what was accepted is answered, what was answered stays, the end is clean."""

from __future__ import annotations

import shutil
import socket
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ledger.config import UnderAudit
from ledger.entry import decode
from ledger.values import from_hex
from tests.system.auditing import faults_of, under_audit
from tests.system.clients import client_of
from tests.system.crew import Crew, found
from tests.system.load import Load
from tests.system.raw_http import SECONDS, Reply, chunk, post, read_all
from tests.system.serving import Server
from tests.trials import dice, seed, trials

SENDERS = 4
MESSAGES_AHEAD = 60
LOAD_SECONDS = 0.4
STOPS_PER_LEDGER = 10
LOCK_AND_LOG = {"checkpoints.db", "clock.json", "ledger.toml", "lock", "log.db", "log.key"}

pytestmark = pytest.mark.long


def stop_under_load(server: Server, load: Load, seconds: float) -> None:
    """Serve a load for some time, then ask the server to end."""
    try:
        url = server.url()
        with client_of(url) as client:
            # All that was taken in was published before the last server ended.
            status = client.ask("/v1/status")
            assert status["checkpointSize"] == status["size"]
        with load.running(url):
            time.sleep(seconds)
            assert server.stop() == 0
    finally:
        server.end()


def check(under: UnderAudit, load: Load, founding: int) -> None:
    """The log holds every record that was acknowledged, where it was said to be, and no other."""
    assert load.refused == []
    assert under.log is not None
    promised = {one.index: one for one in load.acknowledged}
    with under.log.view() as view:
        assert sorted(promised) == list(range(founding, view.head().size))
        for index, one in promised.items():
            row = view.row(index)
            assert row is not None
            assert decode(row.entry).recorded_at_ms == one.recorded_at_ms
            assert view.index_of(from_hex(one.record_id, 32)) == index
        latest = under.checkpoints.latest()
        assert latest is not None
        assert latest.note is not None
        assert latest.size == view.head().size


def test_a_server_that_is_told_to_end_answers_all_it_took_and_ends_in_order(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    random, left, tally = dice("system.stops"), trials("system.stops"), Counter[str]()
    while left:
        crew = Crew(random)
        folder = found(tmp_path / f"{left}" / "ledger", crew)
        with under_audit(folder) as (under, _):
            assert under.log is not None
            with under.log.view() as view:
                founding = view.head().size
        load = Load(crew, SENDERS)
        for _ in range(min(left, STOPS_PER_LEDGER)):
            load.prepare(MESSAGES_AHEAD)
            stop_under_load(Server.of(folder), load, random.uniform(0, LOAD_SECONDS))
            assert {path.name for path in folder.path.iterdir()} == LOCK_AND_LOG
            with under_audit(folder) as (under, faults):
                assert faults == []
                check(under, load, founding)
            left -= 1
        tally["acknowledged"] += len(load.acknowledged)
        tally["cut off, and nothing of it recorded"] += sum(one.cut_offs for one in load.senders)
        shutil.rmtree(folder.path.parent)
    told = ", ".join(f"{count} {name}" for name, count in sorted(tally.items()))
    record_property("figure", f"stops under load with seed {seed()}: {told}")


def test_a_server_that_has_only_begun_ends_in_order_too(tmp_path: Path) -> None:
    folder = found(tmp_path / "ledger", Crew(dice("system.stops.early")))
    for _ in range(trials("system.stops")):
        server = Server.of(folder)
        try:
            server.url()  # as soon as this is known, a signal counts
            assert server.stop() == 0, server.said()
        finally:
            server.end()
        assert {path.name for path in folder.path.iterdir()} == LOCK_AND_LOG
    assert faults_of(folder) == []


def test_bodies_that_do_not_end_delay_no_stop_and_are_told_of_it(tmp_path: Path) -> None:
    folder = found(tmp_path / "ledger", Crew(dice("system.stops.bodies")))
    begun = (
        post("/v1/records", "Content-Type: application/json", "Content-Length: 500", body=b"{"),
        post(
            "/v1/records/batch",
            *("Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"),
            body=chunk(b"{}\n{}"),
        ),
    )
    server = Server.of(folder)
    try:
        parts = urlsplit(server.url())
        address = parts.hostname or "", parts.port or 0
        with ExitStack() as opened:
            held = [
                opened.enter_context(socket.create_connection(address, timeout=SECONDS))
                for _ in begun
            ]
            for connection, piece in zip(held, begun, strict=True):
                connection.sendall(piece)
            with client_of(server.url()) as client:  # accepted, and so read, after those
                client.ask("/v1/status")
            assert server.stop() == 0, server.said()
            for connection in held:
                reply = Reply(read_all(connection))
                assert reply.statuses == [503]
                assert reply.problem["rule"] == "unavailable"
        assert "rror" not in server.said()  # nothing was cut short, and nothing failed
    finally:
        server.end()
    assert faults_of(folder) == []
