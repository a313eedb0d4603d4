"""Showing part of a record: some sheets in clear, the rest as hashes, one record id for both.

Whoever checks a shown record computes its id again from what is shown and the hashes of what is
withheld, and its root in the log from the id and the signatures. These are shown only when *who*
is shown, since a signature reveals its signer; otherwise their hash takes their place, which tells
nothing that could not be tried at the root itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ledger.canonical import Plain, read_part
from ledger.entry import root_of, signatures_hash
from ledger.errors import BadQuestion
from ledger.records import KINDS, SHEETS, Record, Sheet, Withheld, withheld_of
from ledger.signing.hashing import digest, sheet_hash, struct_hash
from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record of which some sheets are withheld.

    Attributes:
        kind: the kind's name.
        shown: the sheets in clear, by place.
        withheld: the hashes of the other sheets, by place.
        details: the root of the private fields.
        signatures: all of them if *who* is shown, otherwise their hash.

    """

    kind: str
    shown: dict[str, Sheet]
    withheld: dict[str, Hash32]
    details: Hash32
    signatures: tuple[bytes, ...] | Hash32

    def record_id(self, ledger_id: Hash32) -> Hash32:
        """Compute the record id from the shown sheets and the hashes of the withheld ones.

        Raises:
            BadQuestion: a sheet is missing, or both shown and withheld: nothing would then tie
                what is shown to the id.

        """
        if sorted((*self.shown, *self.withheld)) != sorted(SHEETS):
            raise BadQuestion("sheets", "each of " + " ".join(SHEETS) + " once")
        hashes = {place: sheet_hash(sheet) for place, sheet in self.shown.items()} | self.withheld
        return digest(self.kind, struct_hash(self.kind, hashes, self.details), ledger_id)

    def root(self, ledger_id: Hash32) -> Hash32:
        """Compute the record's root in the log; see :func:`ledger.entry.record_root`.

        Raises:
            BadQuestion: see :meth:`record_id`; or what stands for the signatures is no hash.

        """
        given = self.signatures
        signed = signatures_hash(given) if isinstance(given, tuple) else given
        return root_of(self.record_id(ledger_id), signed)

    @property
    def record(self) -> Record:
        """The record, with ``Withheld`` in the place of each sheet that is not shown."""
        made: Any = KINDS[self.kind].record
        hidden = {place: Withheld(value) for place, value in self.withheld.items()}
        record: Record = made(**self.shown, **hidden, details=self.details)
        return record


def show(record: Record, signatures: tuple[bytes, ...], places: Collection[str]) -> ShownRecord:
    """Show the sheets at ``places`` (of who, what, amounts, scene) and withhold the rest."""
    return ShownRecord(
        kind=record.KIND.name,
        shown={place: getattr(record, place) for place in SHEETS if place in places},
        withheld={
            place: sheet_hash(getattr(record, place)) for place in SHEETS if place not in places
        },
        details=record.details,
        signatures=signatures if "who" in places else signatures_hash(signatures),
    )


def read_shown(plain: Plain) -> ShownRecord:
    """Read an envelope of which *who*, and so the signatures, are withheld.

    Raises:
        Refused: a rule of the group *bytes*, as far as fields are shown; see
            :func:`ledger.canonical.read_part`.

    """
    record, signed = read_part(plain)
    hidden = withheld_of(record)
    return ShownRecord(
        kind=record.KIND.name,
        shown={place: getattr(record, place) for place in SHEETS if place not in hidden},
        withheld={place: getattr(record, place).hash for place in hidden},
        details=record.details,
        signatures=signed,
    )
