"""Who may read what: which sheets of a record a reader is shown (``docs/spec/access.md``).

The rules of the room:

* What a reader sees follows from the ledger's mode, from what signed records say of the reader at
  the time of asking, and from the facts of the record; never from a setting or a session.
* It decides about reading alone: acceptance knows no reader.
* A sheet is shown whole or not at all. Who is shown neither *what* nor *scene* of a record is not
  told that there is such a record.

    reader = reader_of(state, signer, now_ms)
    sheets_shown(mode, reader, facts_of(state, record, signers))
"""

from ledger.access.facts import Facts, facts_of
from ledger.access.lineage import held_until, is_ancestor
from ledger.access.readers import OPERATOR, STRANGER, Office, Reader, reader_of
from ledger.access.sheets import ALL, NONE, PARTS, is_whole_for, may_withhold, sheets_shown

__all__ = [
    "ALL",
    "NONE",
    "OPERATOR",
    "PARTS",
    "STRANGER",
    "Facts",
    "Office",
    "Reader",
    "facts_of",
    "held_until",
    "is_ancestor",
    "is_whole_for",
    "may_withhold",
    "reader_of",
    "sheets_shown",
]
