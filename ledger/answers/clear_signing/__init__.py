"""How wallets and pages show what is signed, in words: ERC-7730 descriptors of every kind.

The ``eip712-*.json`` files beside this are what :func:`written` gives: one for each kind of record
and one for anchors, bound to no ledger. A ledger's server binds them to itself. Whether a device
supports any of this is for its maker to say
(``docs/decisions/0028-descriptors-from-declarations.md``).
"""

from __future__ import annotations

import json

from ledger.answers.clear_signing.anchors import FILE, anchor_descriptor
from ledger.answers.clear_signing.descriptors import (
    TELLING_WHEN_EMPTY,
    Plain,
    descriptor,
    descriptors,
)
from ledger.answers.clear_signing.labels import OF_KIND
from ledger.answers.clear_signing.showing import (
    Line,
    label_of_path,
    lines_of,
    private_lines,
    sentence_of,
    written_at,
)


def written() -> dict[str, str]:
    """Return the text of every file of descriptors, by its name."""
    made = {**descriptors(), FILE: anchor_descriptor()}
    return {name: as_text(plain) for name, plain in made.items()}


def as_text(plain: Plain) -> str:
    """Write a descriptor as its file has it."""
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


__all__ = [
    "OF_KIND",
    "TELLING_WHEN_EMPTY",
    "Line",
    "anchor_descriptor",
    "as_text",
    "descriptor",
    "descriptors",
    "label_of_path",
    "lines_of",
    "private_lines",
    "sentence_of",
    "written",
    "written_at",
]
