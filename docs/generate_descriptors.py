"""Writes the ERC-7730 descriptors in ``ledger/answers/clear_signing`` from the declarations.

From the project's folder::

    python -m docs.generate_descriptors

``tests/ledger/answers/test_clear_signing.py`` finds them out of date if this would change them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from ledger.answers.clear_signing import written

FOLDER: Final = Path(str(files("ledger.answers.clear_signing")))


def main() -> None:
    """Write every file."""
    for name, text in written().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
