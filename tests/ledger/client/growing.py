"""Ledgers of one charter that grow, each its own way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.values import Hash32
from tests.scene import Shown, jewel, shown


def grow(made: Shown, *weights: int) -> None:
    """Let a ledger grow by a registration of each weight."""
    for weight in weights:
        made.scene.register(made.scene.sites["home"], weight, 1, zone="South")
    made.catch_up()


@contextmanager
def grown(*weights: int) -> Iterator[Shown]:
    """Open another copy of the same ledger, which goes its own way."""
    with shown(jewel()) as made:
        grow(made, *weights)
        yield made


def root(made: Shown) -> Hash32:
    """Return the ledger's root."""
    return made.desk.head().root
