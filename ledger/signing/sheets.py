"""Showing part of a record: some sheets in clear, the rest as hashes, one record id for both.

Whoever checks a shown record computes its id again from what is shown and the hashes of what is
withheld. Signatures are shown only when *who* is shown, since a signature reveals its signer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ledger.errors import BadQuestion
from ledger.records import SHEETS, Record, Sheet
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
        signatures: all of them if *who* is shown, otherwise none.

    """

    kind: str
    shown: dict[str, Sheet]
    withheld: dict[str, Hash32]
    details: Hash32
    signatures: tuple[bytes, ...]

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


def show(record: Record, signatures: tuple[bytes, ...], places: Collection[str]) -> ShownRecord:
    """Show the sheets at ``places`` (of who, what, amounts, scene) and withhold the rest."""
    return ShownRecord(
        kind=record.KIND.name,
        shown={place: getattr(record, place) for place in SHEETS if place in places},
        withheld={
            place: sheet_hash(getattr(record, place)) for place in SHEETS if place not in places
        },
        details=record.details,
        signatures=signatures if "who" in places else (),
    )
