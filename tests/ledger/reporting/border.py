"""A border in the world of the tests: what was exported, confirmed, refused, void and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from ledger import drafts
from ledger.drafts import Found, Output
from ledger.reporting import Asked, read_period
from ledger.store.protocol import View
from ledger.values import Hash32, ParcelId
from tests.desk import Desk
from tests.scene import Scene, jewel
from tests.world import START

ROUGH, UNSORTED, INDUSTRIAL = "7102.31", "7102.10", "7102.21"
DAY = 86_400
YEAR = 2026  # the world begins on its first day


class Border(Scene):
    """A scene with what reports are made of."""

    def bag(self, weight: int, code: str = ROUGH, **more: object) -> ParcelId:
        """Register a parcel at home."""
        return self.register(self.sites["home"], weight, 1, hs_code=code, zone="South", **more)

    def correct(self, record_id: Hash32, by: str, values: dict[str, str], **more: object) -> Hash32:
        """Correct a record."""
        record = drafts.correction(self.speaker(by), self.moment(), record_id, values, **more)
        return self.say(record, by).record_id


def empty() -> Border:
    """Return the border before anything crossed it, on an open ledger: the jewel's way alone."""
    return border("open")


def border(mode: str) -> Border:
    """Return the border before anything crossed it."""
    scene = jewel(mode)
    values = {name: getattr(scene, name) for name in scene.__dataclass_fields__}
    return Border(**values)


def asked(view: View, country: str, half: int | None = None, quarter: int | None = None) -> Asked:
    """Return the question of a report of the world's year, at the head."""
    from ledger.custody import charter_of

    charter = charter_of(view)
    assert charter is not None
    return Asked(
        country, read_period(YEAR, half, quarter), view.head().size, charter.ledger_id,
        lambda _record: None, has_production=quarter is None, has_trade=half is None,
    )  # fmt: skip


@contextmanager
def viewed(world: Border) -> Iterator[View]:
    """Put a border into a real book, and read its store."""
    desk = Desk(world).fill()
    with desk.store.view() as view:
        yield view


__all__ = [
    "DAY", "INDUSTRIAL", "ROUGH", "START", "UNSORTED", "YEAR", "Border", "Found", "Output",
    "asked", "border", "empty", "replace", "viewed",
]  # fmt: skip
