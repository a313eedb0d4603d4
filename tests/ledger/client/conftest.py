"""Both clients, and one stone's way to ask about; who changes it takes a fresh one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ledger.client.wire import Both
from tests.scene import Shown, jewel, shown


@pytest.fixture(params=["blocking", "awaited"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    """Each sort of client."""
    made = Both(is_awaited=request.param == "awaited")
    yield made
    made.close()


@pytest.fixture(scope="package")
def told() -> Iterator[Shown]:
    """The stone's way on an open ledger; read only."""
    with shown(jewel()) as made:
        yield made


@pytest.fixture
def fresh() -> Iterator[Shown]:
    """The stone's way on an open ledger, of one's own."""
    with shown(jewel()) as made:
        yield made


@pytest.fixture(scope="package")
def traded() -> Iterator[Shown]:
    """The stone's way on a trade ledger; read only."""
    with shown(jewel("trade")) as made:
        yield made
