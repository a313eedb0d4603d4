"""What an audit found: faults by kind and place, and the figures of what it checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.custody import Finding
from ledger.errors import Damaged
from ledger.values import Hash32

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not what it must be.

    Attributes:
        kind: gap (missing inside), truncated (missing at the end), duplicate, reorder, altered
            (other bytes than were written), forked (not what was published).
        place: the entry, table, tile, checkpoint or store at fault.
        detail: what was seen there, in words.

    """

    kind: str
    place: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} at {self.place}: {self.detail}"


@dataclass(slots=True)
class Figures:
    """How much was checked.

    Attributes:
        entries: lines of the log that were read.
        signatures: signatures that were recovered.
        decided: records that the rules accepted again, with equal changes so far.
        kinds: records by kind.
        tiles: tiles of the tree, full or not.
        checkpoints: kept checkpoints that verify and lie on the tree.
        held_checkpoints: checkpoints held by others that do.
        uncovered: entries behind the last of the kept ones: nobody was shown them yet, or what
            was shown is gone.
        findings: plausibility warnings that the records raise.
        first_findings: the first of them, up to a page of them.
        registered_millicarats: all that was ever registered.
        lost_millicarats: all losses that were ever named.
        held_millicarats: all parcels that are not spent, sold ones among them; those that are set
            by their pieces.

    """

    entries: int = 0
    signatures: int = 0
    decided: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    tiles: int = 0
    checkpoints: int = 0
    held_checkpoints: int = 0
    uncovered: int = 0
    findings: int = 0
    first_findings: list[Finding] = field(default_factory=list)
    registered_millicarats: int = 0
    lost_millicarats: int = 0
    held_millicarats: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an audit.

    Attributes:
        size: how many entries the head says there are.
        root: the Merkle root of the entries that were read.
        figures: how much was checked.
        faults: what was found, in the order in which it was found.
        unlisted: how many more faults there were than are listed.

    """

    size: int
    root: Hash32
    figures: Figures
    faults: tuple[Fault, ...]
    unlisted: int = 0

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not self.faults

    @property
    def is_whole(self) -> bool:
        """Tell whether every record was decided again; the sums say nothing otherwise."""
        return 0 < self.size == self.figures.decided


class FaultList:
    """The faults found so far, each once, up to a limit."""

    def __init__(self, faults_max: int) -> None:
        self._faults: dict[Fault, None] = {}
        self._max = faults_max
        self.unlisted = 0

    def add(self, kind: str, place: str, detail: str) -> None:
        """Note a fault."""
        fault = Fault(kind, place, detail)
        if fault in self._faults:
            return
        if len(self._faults) < self._max:
            self._faults[fault] = None
        else:
            self.unlisted += 1

    @property
    def count(self) -> int:
        """How many faults there are, listed or not."""
        return len(self._faults) + self.unlisted

    @property
    def is_full(self) -> bool:
        """Tell whether no more faults are listed."""
        return len(self._faults) >= self._max

    def attempt(self, place: str, ask: Callable[[], T]) -> T | None:
        """Return what ``ask`` returns; None, and a fault noted, when it cannot be read."""
        try:
            return ask()
        except Exception as error:  # whatever a damaged medium raises is a finding, not our end
            self.add_error(place, error)
        return None

    def add_error(self, place: str, error: Exception) -> None:
        """Note what was raised; damage names its own place."""
        if isinstance(error, Damaged):
            self.add(error.fault, error.place, error.detail or "not what it must be")
        else:
            self.add("altered", place, f"cannot be read: {type(error).__name__}: {error}")

    @property
    def all(self) -> tuple[Fault, ...]:
        """Every fault that is listed."""
        return tuple(self._faults)
