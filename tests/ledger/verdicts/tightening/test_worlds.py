"""Tightened bounds in small random histories, against every possible world."""

from __future__ import annotations

import sys
from collections import Counter

from ledger.verdicts.tightening import Interval, Questions
from tests.ledger.trace.histories import SITES, History
from tests.ledger.trace.test_bounds import RELATED, UNRELATED, grown, intervals
from tests.ledger.verdicts.tightening.small import shares_of_parcel, told
from tests.trials import dice, seed, trials

Pair = tuple[tuple[int, int], tuple[int, int]]
"""What was said and what is true."""


def group_of(history: History) -> str:
    """Name the sort of a history, as the table of the specification does."""
    group = RELATED if history.has_relatives_mixed else UNRELATED
    if history.sites_max < len(SITES):
        return f"{group}, sites over the limit"
    return f"{group}, weighing tolerance" if history.tolerance else group


def narrowed(said: tuple[int, int], found: Interval | None) -> tuple[int, int]:
    """Put together what was kept and what was proved."""
    return said if found is None else (max(said[0], found.least), min(said[1], found.most))


def is_set_exact(pairs: list[Pair]) -> bool:
    """Tell whether what is possible and what is certain are exactly right."""
    return all((a[0] > 0, a[1] > 0) == (b[0] > 0, b[1] > 0) for a, b in pairs)


def tally(history: History, figures: Counter[str]) -> None:
    """Count how often kept and tightened bounds of parcels alive are exact; check that they hold.

    The whole history is known in all worlds that are left, as it is to the program.
    """
    figures["histories"] += 1
    questions = Questions(told(history))
    for number in history.worlds.alive:
        if len(history.parcels[number].ancestry) == 1:
            continue
        kept = intervals(history, number)
        shares = shares_of_parcel(history, number)
        proved: list[Pair] = []
        for (said, true), share in zip(kept, shares, strict=True):
            found = questions.ask(number, share)
            assert found is not None
            assert found.least <= true[0]
            assert true[1] <= found.most
            proved.append((narrowed(said, found), true))
        figures["parcels"] += 1
        figures["intervals"] += len(kept)
        for name, pairs in (("kept", kept), ("tightened", proved)):
            figures[f"{name} exact"] += sum(said == true for said, true in pairs)
            figures[f"{name} sets"] += is_set_exact(pairs)


def line_of(group: str, figures: Counter[str]) -> str:
    """Write one row of the table."""
    counts = ", ".join(
        f"{figures[name]:,} {name}" for name in ("histories", "parcels", "intervals")
    )
    parts = [f"tightening: {group}: {counts} (seed {seed()})"]
    for name in ("kept", "tightened"):
        exact = figures["intervals"] - figures[f"{name} exact"]
        sets = figures["parcels"] - figures[f"{name} sets"]
        parts.append(
            f"{name}: {share(exact, figures['intervals'])} exact, all but {exact:,}; "
            f"{share(sets, figures['parcels'])} of sets, all but {sets:,}"
        )
    return "; ".join(parts)


def share(others: int, whole: int) -> str:
    """Say how many are not among some others, in percent, rounded down."""
    per_mille = 1000 * (whole - others) // max(1, whole)
    return f"{per_mille // 10}.{per_mille % 10} %"


def test_tightened_bounds_hold_in_every_possible_world(record_property) -> None:
    random_ = dice("verdicts.tightened")
    figures: dict[str, Counter[str]] = {}
    for _ in range(trials("verdicts.tightened")):
        history = grown(random_)
        tally(history, figures.setdefault(group_of(history), Counter()))
    for group, counts in sorted(figures.items()):
        line = line_of(group, counts)
        record_property("figure", line)
        sys.stdout.write(f"\n{line}")
    counts = figures[RELATED]
    assert counts["tightened exact"] > 0.98 * counts["intervals"]
    assert counts["tightened exact"] > counts["kept exact"]
