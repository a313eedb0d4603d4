"""Write the golden vectors of the log: ``merkle.json``, ``entries.json`` and ``notes.json``.

Run as ``python -m tests.vectors.make_log``; a second run changes nothing. Each case says where it
is from, what it shows, and what is expected: ``valid`` or the value, or the error it must fail
with. Nothing of ``ledger`` is used: trees are the RFC's own recursion, signatures those of the
libraries, and what others published is compared with what is computed.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.vectors.log_entries import entries
from tests.vectors.log_merkle import merkle
from tests.vectors.log_notes import notes

FOLDER = Path(__file__).parent


def files() -> dict[str, str]:
    """Return each file's name and whole text."""
    contents = {"merkle.json": merkle(), "entries.json": entries(), "notes.json": notes()}
    return {
        name: json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        for name, content in contents.items()
    }


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, "utf-8")
