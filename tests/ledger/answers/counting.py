"""A ledger whose look-ups are counted: every call of a view's methods is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ledger.book import Book
from ledger.store.protocol import Published


@dataclass
class CountedView:
    """A view that counts what is asked of it, by the method's name."""

    view: Any
    asked: Counter[str]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.view, name)

        def counted(*args: Any) -> Any:
            self.asked[name] += 1
            return method(*args)

        return counted


@dataclass
class Counted:
    """A book, with the look-ups of all questions since the last reset counted."""

    book: Book
    asked: Counter[str] = field(default_factory=Counter)
    fault: Exception | None = None
    private: None = None

    @property
    def published(self) -> Published:
        """The last checkpoint."""
        return self.book.published

    @contextmanager
    def view(self) -> Iterator[Any]:
        """Open a view that counts."""
        with self.book.view() as view:
            yield CountedView(view, self.asked)
