"""The manual of the command is written from the command, and up to date."""

import importlib.util

from tests.tree import ROOT


def generator():
    """Return the module that writes the manual."""
    found = importlib.util.spec_from_file_location("generate_cli", ROOT / "docs/generate_cli.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_manual_is_up_to_date():
    assert (ROOT / "docs/cli.md").read_text("utf-8") == generator().manual()


def test_the_manual_speaks_of_every_command_code_and_document():
    from ledger.cli.documents import DOCUMENTS
    from ledger.cli.outcome import CODES

    manual = generator().manual()
    for name in DOCUMENTS:
        assert f"### `adamant {name}" in manual
    for code, means in CODES.items():
        assert f"| {code} | {means} |" in manual
