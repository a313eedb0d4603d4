"""``docs/spec/mirror.md`` names every function, event and error of the contract, and no other."""

from __future__ import annotations

import json
import re

import pytest

from ledger.anchor.artifacts import __file__ as artifacts
from ledger.anchor.mirroring import FUNCTIONS
from tests.tree import ROOT

DOCUMENT = (ROOT / "docs/spec/mirror.md").read_text("utf-8")
ABI = json.loads((ROOT / artifacts).with_name("CustodyRegistry.json").read_text("utf-8"))["abi"]
LISTED = re.compile(r"^\| `(\w+\([^)`]*\))` \|", re.MULTILINE)


@pytest.mark.parametrize(
    ("sort", "heading"), [("event", "## Events"), ("error", "## Errors"), ("function", None)]
)
def test_the_document_lists_what_the_contract_has(sort, heading):
    before, _, errors = DOCUMENT.partition("## Errors")
    rest, _, events = before.partition("## Events")
    part = {"## Events": events, "## Errors": errors, None: rest}[heading]
    has = {
        f"{entry['name']}({', '.join(each['name'] for each in entry['inputs'])})"
        for entry in ABI
        if entry["type"] == sort
    }
    assert set(LISTED.findall(part)) == has
    assert len(LISTED.findall(part)) == len(has)


def test_the_document_says_which_function_takes_each_kind():
    for kind, function in FUNCTIONS.items():
        assert f"| `{kind}` | `{function}` |" in DOCUMENT
