"""Records that are shown in part: what a client proves of them, and what it cannot.

Proved is that the log holds, at this index and since this time, a record of this id, and that the
sheets shown are that record's. Not proved is what is withheld: who signed it, and that anybody did.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.answers.shapes import RecordAnswer
from ledger.signing import ShownRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInPart(RecordAnswer):
    """A record of which this reader is not shown every sheet, checked as far as it is shown.

    Attributes:
        shown: the sheets in clear, and the hashes of the withheld ones, by place.
            ``shown.record`` is the record; to read a field of a withheld sheet is an error.

    """

    shown: ShownRecord
