"""The pages of one question, taken one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from ledger.client.exchange import Steps
from ledger.desk import Plain
from ledger.errors import Damaged
from ledger.limits import LIMITS

Shape = TypeVar("Shape")
Check = Callable[[Plain], None]
"""Raises ``AnotherAnswer`` when an answer is about something else."""


class Pages(Generic[Shape]):
    """The pages of one question, taken one by one.

    Attributes:
        is_over: whether the last page was taken.

    """

    def __init__(
        self,
        take: Callable[[Mapping[str, str]], Steps[Shape]],
        following: Callable[[Shape], str | None],
        parameter: str,
        first: str | None = None,
    ) -> None:
        self.is_over = False
        self._take = take
        self._following = following
        self._parameter = parameter
        self._cursor = first
        self._seen: set[str] = set()

    def take(self) -> Steps[Shape]:
        """Take the next page.

        Raises:
            Damaged: the pages come to no end.

        """
        query = {} if self._cursor is None else {self._parameter: self._cursor}
        page = yield from self._take(query)
        cursor = self._following(page)
        if cursor is not None and (
            cursor in self._seen or len(self._seen) == LIMITS.answer_pages_max
        ):
            raise Damaged("duplicate", "the pages of an answer", "they come to no end")
        self.is_over = cursor is None
        self._seen.add(cursor or "")
        self._cursor = cursor
        return page
