"""Keeps the house tidy: names what breaks its rules by file, line and rule.

==========  ==================================================================================
rule        what it keeps
==========  ==================================================================================
room        every room has one line in ARCHITECTURE.md, and every line has its room
floor       a room imports only from rooms on floors below its own
adapter     a concrete adapter (a room ``a/b``) is named by ``config`` and its neighbours alone
library     a room uses only those libraries that its line allows
pure        at or below the line: no IO, no clock, no randomness
cycle       modules do not import each other in a circle
length      no function above 70 lines, no module above 400
history     comments and docstrings speak of what is, not of how it came about
address     no file names a folder of some machine or the host of a package registry
decision    the index of decisions lists every record, and no other
==========  ==================================================================================
"""

from __future__ import annotations

import ast
import functools
import graphlib
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.tree import (
    PACKAGES,
    House,
    Module,
    imports,
    nodes,
    parse,
    read_files,
    read_house,
    read_modules,
)

FUNCTION_LINES_MAX = 70
MODULE_LINES_MAX = 400

# Modules of the standard library that reach files, the network, the clock or the dice.
IMPURE = frozenset(
    """
    asyncio concurrent ctypes fcntl ftplib getpass glob http imaplib importlib io logging mmap
    multiprocessing os pathlib pickle platform poplib queue random resource sched secrets select
    selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess syslog
    tempfile threading time urllib uuid webbrowser
    """.split()
)
IMPURE_CALLS = frozenset({"open", "print", "input", "breakpoint", "__import__"})
CLOCK_CALLS = frozenset({"now", "utcnow", "today"})
HISTORY = re.compile(
    r"\b(?:TODO|FIXME|XXX|HACK|WIP)\b"
    r"|(?i:\b(?:new version|as requested|for now|old code|refactored|phase \d|issue #?\d)\b)"
)
ADDRESS = re.compile(
    r"(?<![\w./-])/(?:work|root|home|Users)/[\w.]|\.\./shared\b"
    r"|\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com"
    r"|(?:deb|security)\.debian\.org|crates\.io|repo1?\.maven(?:\.apache)?\.org)\b"
)
CODE = (".py", ".sol", ".sql", ".html", ".css", ".js", ".mjs", ".sh")
DECISIONS = "docs/decisions/README.md"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One breach: where, which rule, and what was found there."""

    path: str
    line: int
    rule: str
    found: str

    def __str__(self) -> str:
        """Return the fault as compilers write theirs."""
        return f"{self.path}:{self.line}: {self.rule}: {self.found}"


def faults(root: Path) -> list[Fault]:
    """Return every fault of the tree at ``root``, in the order of its files."""
    files = read_files(root)
    house = read_house(files["ARCHITECTURE.md"])
    modules = read_modules(files, house)
    found = [*room_faults(house, modules), *cycle_faults(modules), *decision_faults(files)]
    for module in modules.values():
        found += [*floor_faults(module, modules, house), *library_faults(module, house)]
        found += purity_faults(module, house)
    for path, text in files.items():
        found += address_faults(path, text)
        if path.endswith(CODE):
            found += history_faults(path, text)
        if path.endswith(".py"):
            found += length_faults(path, text)
    return sorted(set(found))


def room_faults(house: House, modules: Mapping[str, Module]) -> Iterator[Fault]:
    """Rooms without a line, and lines without a room."""
    first = {module.room: module.path for module in reversed(list(modules.values()))}
    for room, path in first.items():
        if room and room not in house.rooms:
            yield Fault(path, 1, "room", f"{room} has no line in ARCHITECTURE.md")
    for listed in house.rooms.values():
        if listed.name not in first:
            yield Fault("ARCHITECTURE.md", listed.line, "room", f"{listed.name} does not exist")


def floor_faults(module: Module, modules: Mapping[str, Module], house: House) -> Iterator[Fault]:
    """Imports that do not point down, or that reach an adapter past config."""
    if module.room and module.room not in house.rooms:
        return  # said once, by the rule of rooms
    floor = house.rooms[module.room].floor if module.room else -1  # below all rooms: ledger itself
    for imported in imports(module, modules):
        room = house.room_of(imported.name)
        theirs = house.rooms.get(room)
        ours = imported.name.partition(".")[0] in PACKAGES
        if not ours or theirs is None or are_neighbours(module.room, room):
            continue
        what = f"{module.room or 'ledger'} (floor {floor}) imports {room} (floor {theirs.floor})"
        if theirs.floor >= floor:
            yield Fault(module.path, imported.line, "floor", what)
        if "/" in room and module.room != "config":
            yield Fault(module.path, imported.line, "adapter", what)


def are_neighbours(room: str, other: str) -> bool:
    """Tell whether two rooms share a folder, as ``store`` and ``store/sqlite`` do."""
    return room.partition("/")[0] == other.partition("/")[0]


def library_faults(module: Module, house: House) -> Iterator[Fault]:
    """Libraries outside the standard one that the room's line does not allow."""
    room = house.rooms.get(module.room)
    allowed = sys.stdlib_module_names | {*PACKAGES} | (room.libraries if room else set())
    for imported in imports(module, {}):
        if (top := imported.name.partition(".")[0]) not in allowed:
            yield Fault(module.path, imported.line, "library", f"{module.room} uses {top}")


def purity_faults(module: Module, house: House) -> Iterator[Fault]:
    """IO, clock and randomness at or below the line."""
    room = house.rooms.get(module.room)
    if module.room and (room is None or room.floor > house.pure_floor):
        return
    for imported in imports(module, {}):
        if imported.name.partition(".")[0] in IMPURE:
            yield Fault(module.path, imported.line, "pure", f"imports {imported.name}")
    for node in nodes(module.tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in IMPURE_CALLS:
            yield Fault(module.path, called.lineno, "pure", f"calls {called.id}")
        elif isinstance(called, ast.Attribute) and called.attr in CLOCK_CALLS:
            yield Fault(module.path, called.lineno, "pure", f"calls {called.attr}")


def cycle_faults(modules: Mapping[str, Module]) -> Iterator[Fault]:
    """The first circle of imports, if there is one."""
    graph = {
        name: sorted({found.name for found in imports(module, modules)} & modules.keys() - {name})
        for name, module in modules.items()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle: list[str] = error.args[1]  # each is imported by the next, the last is the first
        name = min(circle)
        imported = circle[circle.index(name, 1) - 1]
        lines = [found.line for found in imports(modules[name], modules) if found.name == imported]
        yield Fault(modules[name].path, lines[0], "cycle", " <- ".join(circle))


def length_faults(path: str, text: str) -> Iterator[Fault]:
    """Functions and modules that have grown too long to be read at once."""
    lines = len(text.splitlines())
    if lines > MODULE_LINES_MAX:
        yield Fault(path, lines, "length", f"a module of {lines} lines")
    for node in nodes(parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield Fault(path, node.lineno, "length", f"{node.name} of {lines} lines")


@functools.lru_cache(maxsize=2048)
def prose(path: str, text: str) -> tuple[tuple[int, str], ...]:
    """Return comments and docstrings by line number; of all but Python, the whole text."""
    if not path.endswith(".py"):
        return tuple(enumerate(text.splitlines(), start=1))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]
    for node in nodes(parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found += enumerate(str(node.value.value).splitlines(), start=node.lineno)
    return tuple(found)


def history_faults(path: str, text: str) -> Iterator[Fault]:
    """Words that tell how the code came about."""
    for line, words in prose(path, text):
        if match := HISTORY.search(words):
            yield Fault(path, line, "history", match.group())


def address_faults(path: str, text: str) -> Iterator[Fault]:
    """Folders of machines and hosts of registries, in any file."""
    if ADDRESS.search(text) is None:
        return
    for line, words in enumerate(text.splitlines(), start=1):
        if match := ADDRESS.search(words):
            yield Fault(path, line, "address", match.group())


def decision_faults(files: Mapping[str, str]) -> Iterator[Fault]:
    """Decision records that the index does not list, and listed ones that are not there."""
    records = {path for path in files if re.fullmatch(r"docs/decisions/\d{4}-[\w-]+\.md", path)}
    listed = {
        f"docs/decisions/{name}": number
        for number, line in enumerate(files[DECISIONS].splitlines(), start=1)
        for name in re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", line)
    }
    for path in records - listed.keys():
        yield Fault(path, 1, "decision", f"{DECISIONS} does not list it")
    for path in listed.keys() - records:
        yield Fault(DECISIONS, listed[path], "decision", f"{path} does not exist")
