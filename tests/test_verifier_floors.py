"""The verifier, floors up to the line, works where there is nothing but it and its curves."""

from __future__ import annotations

import subprocess
import sys

from tests.tree import ROOT, read_files, read_house, read_modules

BLOCKED = (
    "sqlite3 apsw web3 fastapi starlette uvicorn typer httpx2 eth_account pydantic jinja2 rich"
).split()

IMPORT_ALL = """
import importlib, importlib.abc, sys

class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ImportError(f"{name} is blocked")

blocked = sys.argv[1].split()
sys.meta_path.insert(0, Blocker())
for name in sys.argv[2:]:
    importlib.import_module(name)
    sys.stdout.write(name + " ")
"""


def import_blocked(*modules: str) -> subprocess.CompletedProcess[str]:
    """Import modules in a Python of their own in which the blocked libraries are missing."""
    command = [sys.executable, "-W", "error", "-c", IMPORT_ALL, " ".join(BLOCKED), *modules]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_module_up_to_the_line_imports_without_databases_web_or_wallets() -> None:
    house = read_house((ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    modules = [
        name
        for name, module in read_modules(read_files(ROOT), house).items()
        if module.room in house.rooms and house.rooms[module.room].floor <= house.pure_floor
    ]
    assert {"ledger.values", "ledger.merkle", "ledger.signing"} <= set(modules)
    done = import_blocked(*modules)
    assert done.stderr == ""
    assert done.stdout.split() == modules


def test_the_block_holds() -> None:
    for library in BLOCKED:
        done = import_blocked(library)
        assert done.returncode == 1
        assert f"{library} is blocked" in done.stderr
