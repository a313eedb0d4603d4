"""Records of which sheets are not shown: what stands in the place of such a sheet.

A record read in part has the class of its kind, so that whoever asks what it does need not ask how
much of it is shown. Reading a field that is withheld is an error; so is hashing or signing what
such a record says, since only whole sheets have a form to be hashed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from ledger.records.fields import SHEETS, Record
from ledger.values import Hash32


class NotShown(AttributeError):
    """A field of a sheet that is withheld was read."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Stands in the place of a sheet that is not shown.

    Attributes:
        hash: the hash of the sheet, as it stands in the record's id.

    """

    hash: Hash32

    def __getattr__(self, name: str) -> NoReturn:
        """Raise NotShown: nothing but the hash is there."""
        raise NotShown(f"{name} is withheld")


def withheld_of(record: Record) -> tuple[str, ...]:
    """Return which sheets of a record are not shown; none of one that is whole."""
    return tuple(place for place in SHEETS if isinstance(getattr(record, place), Withheld))
