"""``python -m benchmarks [--scale full|small|tiny] [--folder DIRECTORY] [--only a,b,...,i]``."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from benchmarks.anchoring import anchoring
from benchmarks.appends import appends
from benchmarks.audits import audits
from benchmarks.chains import chains
from benchmarks.door import door
from benchmarks.figures import Figure, table_of
from benchmarks.footprint import footprint
from benchmarks.gas import gas
from benchmarks.gas_registry import registry_gas
from benchmarks.ledgers import SCALES, Load, Scale, fill, fill_with_recalled, found
from benchmarks.machine import machine
from benchmarks.processes import started
from benchmarks.recalls import recalls
from benchmarks.traces import traces
from ledger.config import collect_seldom

_COLUMNS = 160


def measure(folder: Path, scale: Scale, only: str, console: Console) -> Iterator[Figure]:
    """Make the load and the ledgers in a folder, and yield each figure when it is known."""
    yield from _on_chains(folder, only, console)
    if not set("abcdefi") & set(only):
        return
    made = folder / "load"
    made.mkdir()
    sizes = {"small": scale.small, "large": scale.large}
    wanted = [str(made), str(scale.small), str(scale.large), str(scale.more)]
    with started("benchmarks.load", *wanted) as generator:
        load = Load(made, scale, generator)
        ledgers = {name: found(folder / name, load) for name in sizes}
        console.print(f"filling ledgers of {scale.small:,} and {scale.large:,}", style="dim")
        last_small = fill(ledgers["small"], load, scale.small)
        last_large, recalled = fill_with_recalled(ledgers["large"], load, scale.large)
        parcels = {"small": last_small, "large": last_large}
        small, large = ledgers["small"], ledgers["large"]
        generator.wait()
        os.sync()  # or the disk would be at work beside what is measured first
        if "d" in only:
            console.print("(d) auditing", style="dim")
            yield from audits(small, scale.turns)
        if "c" in only:
            console.print("(c) tracing", style="dim")
            yield from traces(small, large, parcels, scale)
        if "i" in only:
            console.print("(i) recalling", style="dim")
            yield from recalls(large, recalled)
        if "e" in only:
            console.print("(e) starting", style="dim")
            yield from footprint(small, large, sizes)
        if "a" in only:
            console.print("(a) appending batches", style="dim")
            yield from appends(small, large, load, scale)
        if "b" in only:
            console.print("(b) appending over HTTP", style="dim")
            yield from door(found(folder / "door", load), load, scale)
        if "f" in only:
            console.print("(f) appending while a chain is down", style="dim")
            yield from anchoring(folder, load, scale)


def _on_chains(folder: Path, only: str, console: Console) -> Iterator[Figure]:
    if "g" in only:
        console.print("(g) counting gas", style="dim")
        yield from gas()
        yield from registry_gas()
    if "h" in only:
        console.print("(h) anchoring", style="dim")
        yield from chains(folder)


def main() -> int:
    """Measure, print the table and the lines, and return 1 when a floor is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", choices=SCALES, default="full", help="how large the ledgers are")
    parser.add_argument("--folder", type=Path, help="where the ledgers are made, on a real disk")
    parser.add_argument("--only", default="a,b,c,d,e,f,g,h,i", help="which figures")
    asked = parser.parse_args()
    console = Console(stderr=True)
    collect_seldom()  # as a server does, and an audit
    with tempfile.TemporaryDirectory(prefix="adamant-bench-", dir=asked.folder) as folder:
        figures = list(measure(Path(folder), SCALES[asked.scale], asked.only, console))
    told = Console(width=_COLUMNS)
    told.print(table_of(figures, f"{asked.scale} scale, on {machine()}"))
    for figure in figures:
        sys.stdout.write(figure.line() + "\n")
    return int(not all(figure.is_reached for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
