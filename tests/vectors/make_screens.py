"""Makes ``screens.json``: what a wallet shows of an example of each kind and operation.

Run as ``python -m tests.vectors.make_screens``; whoever changes words reads what changes here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ledger.answers.clear_signing import descriptor
from ledger.answers.typed_data import data_of, example
from ledger.canonical import read_record
from ledger.records import KINDS
from ledger.values import Hash32
from tests.vectors.record_examples import OPERATIONS, record
from tests.wallet import screen

FILE = Path(__file__).with_name("screens.json")
LEDGER = Hash32(b"\x07" * 32)


def messages() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return records by what they are called: kind and operation, or the kind of an example."""
    found = {
        f"{kind} {operation}".strip(): (kind, record(kind, operation))
        for kind, operations in OPERATIONS.items()
        for operation in operations
    }
    rest = {name: (name, example(kind)) for name, kind in KINDS.items() if name not in OPERATIONS}
    return found | rest


def make() -> dict[str, Any]:
    """Show every one of them."""
    made = {}
    for name, (kind, message) in messages().items():
        data = data_of(read_record(KINDS[kind], message), LEDGER)
        shown = screen(data, descriptor(KINDS[kind], LEDGER))
        lines = [f"{label}: {value}" if value else label for label, value in shown.lines]
        made[name] = {"intent": shown.intent, "sentence": shown.sentence, "lines": lines}
    return made


def written(plain: dict[str, Any]) -> str:
    """Write the file's text."""
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(make()), "utf-8")
