"""The scene that the tests of the door share; who changes it takes a fresh one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
