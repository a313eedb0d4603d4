"""One stone's way, asked for at a desk in the same process and at one behind HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.desk import Desk, LocalDesk, RemoteDesk
from tests.ledger.desk.in_part import at_this_time
from tests.scene import Shown, jewel, shown


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
def trade() -> Iterator[Shown]:
    """The stone's way on a trade ledger; read only."""
    with at_this_time(jewel("trade")) as made:
        yield made


@pytest.fixture(scope="package")
def openly() -> Iterator[Shown]:
    """The stone's way on an open ledger, at the time of this machine; read only."""
    with at_this_time(jewel()) as made:
        yield made


def local(made: Shown) -> Desk:
    """Return the desk of the book itself."""
    return LocalDesk(made.book, made.links)


def remote(made: Shown) -> Desk:
    """Return the desk behind HTTP; the requests go through the whole application."""
    made.client.headers["accept"] = "application/json"
    return RemoteDesk(made.client, "http://testserver")


@pytest.fixture(params=[local, remote])
def desk(request, told) -> Desk:
    """Each sort of desk of the shared ledger."""
    return request.param(told)


@pytest.fixture(params=[local, remote])
def fresh_desk(request, fresh) -> Desk:
    """Each sort of desk of a ledger of one's own."""
    return request.param(fresh)
