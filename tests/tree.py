"""Reads the project's tree for the tests of the house: its files, its rooms, its imports.

Nothing here imports the code that it reads. The floors come from the table of rooms in
``ARCHITECTURE.md``, so that map and check cannot drift.
"""

from __future__ import annotations

import ast
import fnmatch
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ledger", "api")


@dataclass(frozen=True, slots=True)
class Room:
    """One line of the table: a room, its floor, and the libraries that it may use."""

    name: str
    floor: int
    libraries: frozenset[str]
    line: int


@dataclass(frozen=True, slots=True)
class House:
    """The table of rooms; those on floors up to ``pure_floor`` do no IO."""

    rooms: Mapping[str, Room]
    pure_floor: int

    def room_of(self, module_name: str) -> str:
        """Name a module's room: ``api``, ``merkle``, ``store/sqlite`` if that has a line, or ""."""
        parts = module_name.split(".")
        if parts[0] != "ledger":
            return parts[0]
        inner = "/".join(parts[1:3])
        return inner if inner in self.rooms else "".join(parts[1:2])


@dataclass(frozen=True, slots=True)
class Module:
    """One source file of our packages: its dotted name, its room and its syntax tree."""

    name: str
    path: str
    room: str
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, by its full name where it is ours, and the line that imports it."""

    name: str
    line: int


def read_house(architecture: str) -> House:
    """Read the table of rooms: ``| `room` | floor | idea | `library`, `library` |``."""
    rooms: dict[str, Room] = {}
    pure_floor = -1
    for number, line in enumerate(architecture.splitlines(), start=1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4:
            continue
        if cells[1].isdecimal():
            name = cells[0].strip("`")
            if name in rooms:
                raise ValueError(f"ARCHITECTURE.md lists {name} twice")
            libraries = frozenset(re.findall(r"`([\w.]+)`", cells[3]))
            rooms[name] = Room(name, int(cells[1]), libraries, number)
        elif "no IO" in cells[2]:
            pure_floor = max(room.floor for room in rooms.values())
    return House(rooms, pure_floor)


def read_files(root: Path) -> dict[str, str]:
    """Return each text file that belongs to the tree by its path; .gitignore's are left out."""
    lines = (root / ".gitignore").read_text("utf-8").split()
    ignored = [".git", *(line.rstrip("/") for line in lines)]
    files: dict[str, str] = {}
    folders = [root]
    while folders:
        for path in folders.pop().iterdir():
            name = path.relative_to(root).as_posix()
            if path.is_symlink() or any(is_ignored(name, pattern) for pattern in ignored):
                continue
            if path.is_dir():
                folders.append(path)
                continue
            try:
                files[name] = path.read_text("utf-8")
            except UnicodeDecodeError:
                continue  # a picture or the like holds no words
    return dict(sorted(files.items()))


def is_ignored(name: str, pattern: str) -> bool:
    """Tell whether a line of .gitignore, anchored or not, leaves the path ``name`` out."""
    if pattern.startswith("/"):
        return fnmatch.fnmatch(name, pattern[1:])
    return fnmatch.fnmatch(name.rpartition("/")[2], pattern)


def read_modules(files: Mapping[str, str], house: House) -> dict[str, Module]:
    """Return the modules of our packages by dotted name."""
    modules: dict[str, Module] = {}
    for path, text in files.items():
        parts = path.removesuffix(".py").split("/")
        if not path.endswith(".py") or parts[0] not in PACKAGES:
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = Module(name, path, house.room_of(name), parse(text))
    return modules


@functools.lru_cache(maxsize=2048)
def parse(text: str) -> ast.Module:
    """Parse a source once, however often it is asked for."""
    return ast.parse(text)


@functools.lru_cache(maxsize=2048)
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Walk a tree once, however often its nodes are asked for."""
    return tuple(ast.walk(tree))


def imports(module: Module, modules: Mapping[str, Module]) -> Iterator[Import]:
    """Yield all that a module imports, wherever in it, with relative names resolved."""
    package = module.name.split(".")
    if not module.path.endswith("__init__.py"):
        package = package[:-1]
    for node in nodes(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *(node.module.split(".") if node.module else ())])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield Import(full if full in modules else base, node.lineno)
