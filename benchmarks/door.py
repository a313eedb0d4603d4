"""(b) Single appends over HTTP, against a route that only parses the same body."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from typing import Final

from benchmarks.figures import Figure
from benchmarks.ledgers import Load, Scale
from benchmarks.processes import started, wait_for
from ledger.config import LedgerFolder

CLIENTS: Final = 64
_BOUND_BY = "the framework's and the book's Python, in one interpreter; an fsync for each group"


def door(folder: LedgerFolder, load: Load, scale: Scale) -> Iterator[Figure]:
    """Measure single appends by 64 clients, in turns with the route that only parses."""
    words = ("ledger.cli", "--ledger", str(folder.path), "serve", "--port", "0")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with (
        started("benchmarks.parsing", stdout=subprocess.PIPE) as parsing,
        started(*words, "--log-level", "warning", **quiet) as serving,
    ):
        assert parsing.stdout is not None  # noqa: S101 - asked for
        parser = parsing.stdout.readline().decode().strip()
        ledger = wait_for(folder.server, serving).url
        rates: list[float] = []
        ratios: list[float] = []
        for turn in range(scale.turns + 1):
            bodies = load.more(turn, scale.requests)
            only_parsed = _rate(f"{parser}/v1/records?wait=checkpointed", bodies)
            rates.append(_rate(f"{ledger}/v1/records?wait=checkpointed", bodies))
            ratios.append(rates[-1] / only_parsed)
    # The first turn warms both servers up.
    yield Figure("single-append-ratio", median(ratios[1:]), "", 0.35, "more", _BOUND_BY)
    yield Figure("single-append-rate", median(rates[1:]), "records/s", None, "more", _BOUND_BY)


def _rate(url: str, bodies: list[bytes]) -> float:
    sent = b"".join(bodies)
    command = [sys.executable, "-m", "benchmarks.clients", url, str(CLIENTS)]
    done = subprocess.run(command, input=sent, stdout=subprocess.PIPE, check=True)  # noqa: S603 - a module of this project
    return sent.count(b"\n") / float(done.stdout)
