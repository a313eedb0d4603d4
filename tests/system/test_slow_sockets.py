"""Slow sockets beside honest clients: all of these are answered, and about as soon as without."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.system.auditing import faults_of
from tests.system.crew import Crew, found
from tests.system.serving import WAIT_SECONDS, serving
from tests.tree import ROOT
from tests.trials import dice, level, trials

HONEST = 64
APPENDS_EACH = 5
"""One request in so many is a record."""
RATIO_MAX = 2.0
GET = b"GET /v1/status HTTP/1.1\r\nHost: here\r\n\r\n"
POST = (
    b"POST /v1/records?wait=sequenced HTTP/1.1\r\nHost: here\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
)

pytestmark = pytest.mark.long


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> tuple[int, float]:
    """Ask once; return the status, and in how many seconds the whole answer came."""
    began = time.perf_counter()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    await reader.readexactly(int(fields[b"content-length"]))
    return int(head.split(b" ", 2)[1]), time.perf_counter() - began


async def client(url: str, requests: Sequence[bytes]) -> list[tuple[int, float]]:
    """Ask one thing after the other on one connection."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        return [await ask(reader, writer, request) for request in requests]
    finally:
        writer.close()
        await writer.wait_closed()


def measure(url: str, raws: Iterator[bytes]) -> list[float]:
    """Let all honest clients ask at once; return how long each request took, the shortest first."""
    each = trials("system.honest_requests")
    plans = []
    for _ in range(HONEST):
        records = [POST % (len(raw), raw) for raw in islice(raws, each // APPENDS_EACH)]
        reads = [GET] * (each - len(records))
        plans.append([*reads, *records])
    random = dice("system.slow_sockets")
    for plan in plans:
        random.shuffle(plan)

    async def all_at_once() -> list[list[tuple[int, float]]]:
        return await asyncio.gather(*(client(url, plan) for plan in plans))

    answers = [answer for found in asyncio.run(all_at_once()) for answer in found]
    assert len(answers) == HONEST * each
    assert {status for status, _ in answers} <= {200, 201}
    return sorted(seconds for _, seconds in answers)


@contextmanager
def slow_sockets(url: str, count: int) -> Iterator[None]:
    """Keep so many slow sockets open meanwhile."""
    command = [sys.executable, "-m", "tests.system.slow_sockets", url, str(count)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == f"ready {count}\n"
            yield
            process.stdin.close()
            still_open = int(process.stdout.readline().removeprefix("open "))
            assert process.wait(WAIT_SECONDS) == 0
            assert still_open > count // 2, "the server let go of them: nothing was measured"
        finally:
            process.kill()


def p99(seconds: Sequence[float]) -> float:
    return seconds[len(seconds) * 99 // 100]


def test_slow_sockets_take_nothing_from_who_asks_honestly(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    count = trials("system.slow_sockets")
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 3 * count:
        pytest.skip("this machine does not let a process have so many connections")
    crew = Crew(dice("system.slow_sockets"))
    folder = found(tmp_path / "ledger", crew)
    each = HONEST * (trials("system.honest_requests") // APPENDS_EACH)
    miner, bags = crew.actors["miner-bw"], 4 * each
    for _ in range(bags):
        crew.register(miner, crew.site, 1_000, 2, "bag")
    raws = iter([envelope.raw for envelope in crew.take()])
    with serving(folder) as server:
        url = server.url()
        measure(url, raws)  # so that nobody is the first
        before = measure(url, raws)
        with slow_sockets(url, count):
            beside = measure(url, raws)
        after = measure(url, raws)
        assert server.stop() == 0, server.said()
    assert faults_of(folder) == []
    usual = p99(sorted([*before, *after]))
    ratio = p99(beside) / usual
    record_property(
        "figure",
        f"{count} slow sockets beside {HONEST} clients: p99 {1000 * p99(beside):.0f} ms, "
        f"without {1000 * usual:.0f} ms, ratio {ratio:.2f}",
    )
    if level() == "torture":
        assert ratio < RATIO_MAX
