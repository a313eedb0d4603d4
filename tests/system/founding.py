"""Founds a ledger in a process of its own, for a test that kills it: ``python -m … folder charter``.

It says ``ready`` when nothing is left to be loaded.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledger.config import LedgerFolder, found_ledger


def main() -> None:
    """Found the ledger of a folder by the Charter in a file."""
    folder, charter = (Path(word) for word in sys.argv[1:])
    raw = charter.read_bytes()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    found_ledger(LedgerFolder(folder), raw)


if __name__ == "__main__":
    main()
