"""The benchmarks run, and say what they must; how fast anything is, is not asked here."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.figures import Figure
from benchmarks.load import ANCESTORS, Mines, Roots
from benchmarks.machine import machine
from ledger.signing import read_signed
from tests.tree import ROOT

FLOORS = {
    "batch-append-ratio": (0.15, "more"),
    "batch-append-growth": (1.5, "less"),
    "single-append-ratio": (0.35, "more"),
    "trace-p99": (20, "less"),
    "trace-growth": (1.3, "less"),
    "audit-ratio": (0.25, "more"),
    "recall-first-page": (200, "less"),
    "recall-party-page": (200, "less"),
    "recall-memory-growth": (1.1, "less"),
    "batch-slowed-by-a-chain-down": (1.1, "less"),
    "single-slowed-by-a-chain-down": (1.1, "less"),
}


@pytest.mark.long
def test_every_figure_is_measured_and_told(tmp_path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--scale", "tiny", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    figures = {figure["name"]: figure for figure in map(json.loads, lines)}
    assert len(figures) == len(lines)
    for name, (floor, better) in FLOORS.items():
        assert (figures[name]["floor"], figures[name]["better"]) == (floor, better)
    for name in (
        "recall-parcels",
        "recall-rate",
        "cold-start",
        "memory-per-million-records",
        "disk-per-record",
    ):
        assert figures[name]["floor"] is None
    for figure in figures.values():
        assert set(figure) == {"name", "value", "unit", "floor", "better", "bound_by"}
        assert figure["bound_by"]
    assert machine().split(" of ")[0] in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "better", "is_reached"),
    [(2, "more", True), (1, "more", False), (2, "less", True), (3, "less", False)],
)
def test_a_floor_is_reached_from_the_better_side(value, better, is_reached) -> None:
    assert Figure("x", value, "", 2, better, "y").is_reached is is_reached


def test_a_figure_without_a_floor_misses_none() -> None:
    assert Figure("x", 0, "", None, "more", "y").is_reached


def test_the_generator_knows_the_parcel_that_a_registration_makes() -> None:
    mines = Mines.open()
    raw, goods = mines.registration(3)
    assert read_signed(raw, mines.world.ledger_id).record_id == goods.previous


def test_a_family_has_a_thousand_ancestors() -> None:
    roots = Roots(5_000)
    for number in range(5_000):
        roots.look(number, number)
    assert len(roots.goods) == roots.count == ANCESTORS // 2 + 1
    assert 2 * roots.count - 2 == ANCESTORS
