"""Whether an answer is about what was asked.

A desk is asked by id; what comes back names what it is about. Nothing else is ever read out of an
answer that names another thing, so that nobody signs away one parcel having typed another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.errors import Damaged

_SHOWN_MAX = 100


class AnotherAnswer(Damaged):
    """A desk answered about something else than what it was asked.

    Attributes:
        sort: what was asked about: parcel, record, party, ...
        asked, came: what was named in the question, and what in the answer.

    """

    def __init__(self, sort: str, asked: object, came: object) -> None:
        super().__init__("altered", f"the answer about a {sort}")
        self.sort = sort
        self.asked = str(asked)
        self.came = str(came)[:_SHOWN_MAX]

    def __str__(self) -> str:
        """Return what was asked, and what came."""
        return (
            f"the server answered about another {self.sort}: asked for {self.asked}, "
            f"came {self.came}"
        )


def about(answer: Mapping[str, Any], sort: str, **asked: str | int | list[str] | None) -> None:
    """Check that an answer's members are those that were asked for.

    Args:
        answer: what came.
        sort: what was asked about, in one word.
        asked: members by their names on the wire.

    Raises:
        AnotherAnswer: one is another, or is not there.

    """
    for name, value in asked.items():
        came = answer.get(name)
        if came != value or type(came) is not type(value):
            raise AnotherAnswer(sort, value, came)
