"""The anchor contract as most tests find it."""

from __future__ import annotations

import pytest

from tests.contracts.anchoring import LEDGER, OPENING, Anchored, head


@pytest.fixture
def anchored() -> Anchored:
    """Return the contract with the ledger opened, and nothing anchored."""
    made = Anchored()
    made.open(OPENING)
    return made


@pytest.fixture
def at_five(anchored) -> Anchored:
    """Return the contract with the ledger anchored at five entries."""
    anchored.anchor(LEDGER, head(5))
    return anchored
