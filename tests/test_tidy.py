"""The house is tidy, and each kind of untidiness is seen where it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tidy import FUNCTION_LINES_MAX, MODULE_LINES_MAX, Fault, faults
from tests.tree import ROOT, read_house

PARTS = (".gitignore", "ARCHITECTURE.md", "api", "docs/decisions", "ledger")
"""What of the tree the copies hold in which faults are planted."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A fault to plant: text to append to files, and where the check must see what.

    The expected line is the first one of the file at fault that holds ``words``.
    """

    rule: str
    path: str
    words: str
    texts: dict[str, str]


def plant(rule: str, path: str, text: str, words: str = "") -> Plant:
    """Plant ``text`` at the end of one file."""
    return Plant(rule, path, words or text.strip(), {path: text})


def row(room: str, floor: int) -> str:
    """Return a line of the table of rooms."""
    return f"| `{room}` | {floor} | planted | - |\n"


HOST = "".join(("https://", "py", "pi", ".org/simple"))
FOLDER = "/" + "root/adamant"
LONG_FUNCTION = "\n\ndef planted():\n" + "    pass\n" * FUNCTION_LINES_MAX
LOFT = {"ARCHITECTURE.md": row("loft", 9), "ledger/loft.py": ""}
SHED = {
    "ARCHITECTURE.md": row("shed", 5) + row("shed/tin", 5) + row("market", 9),
    "ledger/shed/__init__.py": "",
    "ledger/shed/tin.py": "",
    "ledger/market.py": "from ledger.shed import tin\n",
}
RING = {
    "ARCHITECTURE.md": row("ring", 5),
    "ledger/ring/__init__.py": "",
    "ledger/ring/one.py": "def f():\n    from ledger.ring import two\n",
    "ledger/ring/two.py": "import ledger.ring.one\n",
}

PLANTS = {
    "a room without a line": plant("room", "ledger/attic.py", '"""Planted."""\n'),
    "a line without a room": plant("room", "ARCHITECTURE.md", row("cellar", 0)),
    "an import from a floor above": Plant(
        "floor",
        "ledger/values.py",
        "import ledger.loft",
        LOFT | {"ledger/values.py": "import ledger.loft\n"},
    ),
    "an import from the same floor": plant(
        "floor", "ledger/values.py", "from ledger import limits\n"
    ),
    "a relative import inside a function": Plant(
        "floor",
        "ledger/values.py",
        "from .loft",
        LOFT | {"ledger/values.py": "def f():\n    from .loft import hay\n"},
    ),
    "a room imported by the package itself": plant(
        "floor", "ledger/__init__.py", "from ledger.values import Address\n"
    ),
    "an adapter named by another than config": Plant(
        "adapter", "ledger/market.py", "import tin", SHED
    ),
    "a library without leave": plant("library", "ledger/merkle.py", "import coincurve.keys\n"),
    "a database below the line": plant("pure", "ledger/values.py", "import sqlite3\n"),
    "a clock below the line": plant("pure", "ledger/entry.py", "datetime.now()\n"),
    "a printed word below the line": plant("pure", "ledger/entry.py", "print(1)\n"),
    "a circle of imports": Plant("cycle", "ledger/ring/one.py", "import two", RING),
    "a long function": plant("length", "ledger/values.py", LONG_FUNCTION, "def planted"),
    "a comment about the future": plant("history", "ledger/values.py", "# TO" + "DO: planted\n"),
    "a comment about the past, in SQL": plant(
        "history", "ledger/planted.sql", "\n-- the new version of it\n"
    ),
    "a folder of some machine": plant("address", "docs/decisions/README.md", f"see {FOLDER}\n"),
    "the host of a registry": plant("address", "ledger/planted.txt", f"\n{HOST}\n"),
    "a decision that is not listed": plant(
        "decision", "docs/decisions/9999-planted.md", "# 9999\n"
    ),
    "a listed decision that is not there": plant(
        "decision", "docs/decisions/README.md", "[gone](9998-gone.md)\n"
    ),
}


def test_the_house_is_tidy() -> None:
    found = faults(ROOT)
    assert not found, "\n" + "\n".join(str(fault) for fault in found)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the house that each test leaves as it found it."""
    folder = tmp_path_factory.mktemp("house")
    for part in PARTS:
        source, target = ROOT / part, folder / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, target)
    return folder


@pytest.fixture(scope="module")
def before(house: Path) -> set[Fault]:
    """Return the faults that the house has without any planted one."""
    return set(faults(house))


@contextmanager
def appended(house: Path, texts: dict[str, str]) -> Iterator[None]:
    """Append to files of the house, which are put back in the end."""
    old = {
        path: path.read_text("utf-8") if path.exists() else None
        for path in map(house.joinpath, texts)
    }
    try:
        for path, text in zip(old, texts.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((old[path] or "") + text, "utf-8")
        yield
    finally:
        for path, was in old.items():
            path.unlink() if was is None else path.write_text(was, "utf-8")


@pytest.mark.parametrize("planted", PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_fault_is_named_by_file_line_and_rule(
    house: Path, before: set[Fault], planted: Plant
) -> None:
    with appended(house, planted.texts):
        found = set(faults(house)) - before
        lines = (house / planted.path).read_text("utf-8").splitlines()
    line = next(n for n, words in enumerate(lines, start=1) if planted.words in words)
    assert {(fault.path, fault.line, fault.rule) for fault in found} == {
        (planted.path, line, planted.rule)
    }


def test_a_module_one_line_too_long_is_named(house: Path, before: set[Fault]) -> None:
    with appended(house, {"docs/long.py": "x = 1\n" * MODULE_LINES_MAX}):
        assert set(faults(house)) == before
        with appended(house, {"docs/long.py": "x = 1\n"}):
            assert set(faults(house)) - before == {
                Fault("docs/long.py", 401, "length", "a module of 401 lines")
            }


def test_a_room_shown_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        read_house(row("values", 0) + row("values", 1))


def test_the_verifier_ends_at_the_line_of_the_table() -> None:
    house = read_house(row("a", 0) + row("b", 4) + "| - | - | **no IO** | |\n" + row("c", 5))
    assert house.pure_floor == 4
