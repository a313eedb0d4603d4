"""Write the golden vectors of records: ``records.json``.

Run as ``python -m tests.vectors.make_records``; a second run changes nothing. Digests are those of
eth-account, signatures of its keys (RFC 6979), canonical text of ``rfc8785``; of ``ledger`` nothing
is used but the declarations, to draw random records and to find which fields may be empty. A wrong
case says by which rule it is refused and at which field; those of ``record_precedence`` apart, it
is wrong in that one way. Its signatures are then well formed, but of no particular signer.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.vectors import (
    record_bytes,
    record_fields,
    record_lists,
    record_precedence,
    record_signatures,
    record_texts,
    record_valid,
)
from tests.vectors.record_cases import LEDGER_ID

FILE = Path(__file__).with_name("records.json")
ORIGIN = (
    "made here, by make_records.py; rules by the written record formats, digests and signatures by "
    "eth-account 0.14 (private key n is the integer n), canonical text by rfc8785 0.1"
)
_WRONG = (
    record_bytes,
    record_fields,
    record_texts,
    record_lists,
    record_signatures,
    record_precedence,
)


def contents() -> str:
    """Return the whole text of the file."""
    made = {
        "origin": ORIGIN,
        "ledgerId": LEDGER_ID,
        "valid": list(record_valid.cases()),
        "wrong": [case for room in _WRONG for case in room.cases()],
    }
    return json.dumps(made, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(contents(), "ascii")
