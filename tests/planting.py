"""Stores in which a test plants damage: what is read differs from what was written.

A :class:`Planted` store reads through to a real one, but for the rows, the head, the tiles and the
answers that the test has put in their place; partial tiles are made from the planted rows, as a
real store makes them from its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ledger.custody import SORTS, Item, Parcel
from ledger.store import tiles
from ledger.store.protocol import Derived, Head, Row, Store, View


@dataclass
class Plan:
    """What is read in place of what was written.

    Attributes:
        rows: lines of the log by index; None where a line is not there.
        head: the head.
        tiles: full tiles by level and number; None where one is not there.
        roots: the roots of full tiles.
        raises: what a call raises, by its name.

    """

    rows: dict[int, Row | None] = field(default_factory=dict)
    head: Head | None = None
    tiles: dict[tuple[int, int], bytes | None] = field(default_factory=dict)
    roots: dict[tuple[int, int], bytes] = field(default_factory=dict)
    raises: dict[str, Exception] = field(default_factory=dict)


class PlantedView:
    """A view that follows a plan."""

    def __init__(self, view: Any, plan: Plan) -> None:
        self._view = view
        self._plan = plan

    def __getattr__(self, name: str) -> Any:
        if name in self._plan.raises:
            raise self._plan.raises[name]
        return getattr(self._view, name)

    def head(self) -> Head:
        self._fail("head")
        return self._plan.head or self._view.head()

    def row(self, index: int) -> Row | None:
        self._fail("row")
        self._fail(f"row {index}")
        if index in self._plan.rows:
            return self._plan.rows[index]
        return self._view.row(index)

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        self._fail("rows")
        for index in range(start, min(stop, self.head().size)):
            row = self.row(index)
            if row is not None:
                yield row

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        self._fail("read_tile")
        return tiles.read_tile(self, self.head().size, level, number, width)

    def full_tile(self, level: int, number: int) -> bytes | None:
        if (level, number) in self._plan.tiles:
            return self._plan.tiles[level, number]
        return self._view.full_tile(level, number)

    def tile_roots(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        roots = self._view.tile_roots(level, start, stop)
        return [self._plan.roots.get((level, start + at), root) for at, root in enumerate(roots)]

    def entries(self, start: int, stop: int) -> list[bytes]:
        return [row.entry for row in self.rows(start, stop)]

    def _fail(self, name: str) -> None:
        if name in self._plan.raises:
            raise self._plan.raises[name]


class Planted:
    """A store that follows a plan."""

    def __init__(self, store: Store, plan: Plan) -> None:
        self._store = store
        self._plan = plan

    @contextmanager
    def view(self) -> Iterator[Any]:
        if "view" in self._plan.raises:
            raise self._plan.raises["view"]
        with self._store.view() as view:
            yield PlantedView(view, self._plan)

    view_aside = view

    @contextmanager
    def write(self) -> Iterator[Any]:
        with self._store.write() as writer:
            yield PlantedView(writer, self._plan)

    def close(self) -> None:
        self._store.close()


def lay(rows: Sequence[Row | None]) -> dict[int, Row | None]:
    """Give lines of the log the indices at which they stand in a list."""
    return {at: row and Row(at, row.entry, row.envelope) for at, row in enumerate(rows)}


def _making(item: Item) -> tuple[int, int]:
    """Put parcels in the order of their making, in which stores number them."""
    return (item.made_by, item.position) if isinstance(item, Parcel) else (-1, 0)


@dataclass
class Tables:
    """All that is derived in a store, to be changed and put back."""

    derived: list[Derived]
    items: dict[tuple[type[Item], bytes], Item]

    @classmethod
    def of(cls, view: View, record_ids: Mapping[int, bytes]) -> Tables:
        """Read all derived tables; ``record_ids`` by index."""
        items = [item for sort in SORTS for item in view.items_of(sort, b"", 10_000)]
        items += [item for sort in SORTS if (item := view.read(sort, b"")) is not None]
        items.sort(key=_making)
        mentions: dict[int, list[Any]] = {}
        for item in items:
            if isinstance(item, Parcel):
                for index in view.mentions(item.id):
                    mentions.setdefault(index, []).append(item.id)
        derived = [
            Derived(index, record_id, tuple(mentions.get(index, ())))  # type: ignore[arg-type]
            for index, record_id in record_ids.items()
        ]
        return cls(derived, {(type(item), item.key): item for item in items})

    def put(self, store: Store) -> None:
        """Put these tables into a store in place of its own."""
        with store.write() as writer:
            writer.clear_derived()
            writer.derive(self.derived, list(self.items.values()))
            writer.finish_rebuild()
