"""The scene that the tests of the door share; who changes it takes a fresh one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.borders import journey
from tests.scene import Shown, jewel, shown


@pytest.fixture(scope="package")
def jewel_shown() -> Iterator[Shown]:
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


@pytest.fixture(scope="package")
def bordered() -> Iterator[Shown]:
    """The journey over borders on an open ledger; read only."""
    with shown(journey()) as made:
        yield made


@pytest.fixture(scope="package")
def bordered_trade() -> Iterator[Shown]:
    """The journey over borders on a trade ledger; read only."""
    with shown(journey("trade")) as made:
        yield made
