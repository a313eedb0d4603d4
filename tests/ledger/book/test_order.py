"""The document of the order of work and the code have the same steps, in the same order."""

from __future__ import annotations

import re

from tests.tree import ROOT

STEP_IN_CODE = re.compile(r"^ *# (\d\.\d+) ", re.MULTILINE)
STEP_IN_DOCUMENT = re.compile(r"^- \*\*(\d\.\d+)\*\* ", re.MULTILINE)


def steps_of(room: str, module: str, function: str) -> list[str]:
    """Return the numbered steps in a function, in their order."""
    text = (ROOT / "ledger" / room / f"{module}.py").read_text("utf-8")
    start = re.search(rf"^( *)def {function}\(", text, re.MULTILINE)
    assert start is not None
    indent = start.group(1)
    body = re.split(rf"^{indent}(?:def|class|@)", text[start.end() :], flags=re.MULTILINE)[0]
    return STEP_IN_CODE.findall(body)


def test_the_steps_in_the_code_are_those_of_the_document() -> None:
    document = (ROOT / "docs/order-of-work.md").read_text("utf-8")
    coded = [
        *steps_of("book", "book", "submit"),
        *steps_of("book", "sequencing", "sequence"),
        *steps_of("book", "publishing", "publish"),
        *steps_of("book", "book", "_show"),
        *steps_of("anchor", "worker", "step"),
        *steps_of("anchor", "worker", "_send"),
        *steps_of("anchor", "mirror", "_step"),
        *steps_of("anchor", "mirror", "_send"),
    ]
    assert coded == STEP_IN_DOCUMENT.findall(document)


def test_no_step_is_left_out() -> None:
    document = (ROOT / "docs/order-of-work.md").read_text("utf-8")
    steps = [tuple(map(int, step.split("."))) for step in STEP_IN_DOCUMENT.findall(document)]
    expected = [
        (part, step)
        for part in range(1, 7)
        for step in range(1, 1 + max(at for found, at in steps if found == part))
    ]
    assert steps == expected
