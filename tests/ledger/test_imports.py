from __future__ import annotations

import subprocess
import sys

import pytest

from ledger.imports import recursion_limit_kept
from tests.tree import ROOT, imports, read_files, read_house, read_modules

LIFTERS = frozenset({"eth", "eth_account", "py_ecc", "web3"})
PROGRAM = """
import importlib, sys
before = sys.getrecursionlimit()
importlib.import_module(sys.argv[1])
print(sys.getrecursionlimit() - before)
"""


def modules_that_import_lifters() -> list[str]:
    """Return our modules that import a library which lifts Python's recursion limit."""
    files = read_files(ROOT)
    modules = read_modules(files, read_house(files["ARCHITECTURE.md"]))
    return sorted(
        name
        for name, module in modules.items()
        if any(found.name.partition(".")[0] in LIFTERS for found in imports(module, modules))
    )


@pytest.mark.long  # a process for each: such a library is imported once
@pytest.mark.parametrize("name", modules_that_import_lifters())
def test_no_module_lifts_the_recursion_limit_as_it_is_imported(name: str) -> None:
    command = [sys.executable, "-c", PROGRAM, name]
    assert subprocess.check_output(command, cwd=ROOT, text=True) == "0\n"


def test_the_limit_is_put_back_whatever_happens() -> None:
    def lift() -> None:
        sys.setrecursionlimit(before + 1000)
        raise ImportError

    before = sys.getrecursionlimit()
    with pytest.raises(ImportError), recursion_limit_kept():
        lift()
    assert sys.getrecursionlimit() == before
