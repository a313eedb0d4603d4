"""What checking a story found out: its steps, what holds of them, and what does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ledger.checkpoint import Checkpoint
from ledger.records import Record
from ledger.values import NO_HASH, Address, Hash32, ParcelId


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that does not prove itself: where, and what was found."""

    place: str
    said: str


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """One record of the story, read again here.

    Attributes:
        index: where the ledger says it stands; proved if ``is_proved``.
        recorded_at_ms: by its entry.
        record: what it says; ``Withheld`` in the place of what this reader is not shown.
        record_id: its id.
        signers: who signed it, ascending; None where *who* is withheld.
        withheld: the sheets that this reader is not shown.
        parcels: the parcels of the story that it makes or advances.
        is_proved: whether the checkpoint proves that it is in the log, at this index.

    """

    index: int
    recorded_at_ms: int
    record: Record
    record_id: Hash32
    signers: tuple[Address, ...] | None
    withheld: tuple[str, ...]
    parcels: tuple[ParcelId, ...]
    is_proved: bool


@dataclass(slots=True)
class Checked:
    """What was checked, and what was found.

    Attributes:
        parcel: what the desk says of the parcel.
        ledger_id, origin: of the Charter.
        mode: of the charter in force: open or trade.
        is_pinned: whether the ledger id is the one that was asked for; otherwise it is the desk's
            word which ledger this is.
        checkpoint: the one that everything was laid on; None when it does not verify.
        steps: the story, the earliest first.
        spoken: what was said of the story's goods, the earliest first.
        signatures: how many all of these bear.
        own_signatures: how many of them are by the first key of whom they speak for, which is its
            address.
        shown_signatures: how many are by a later key or an agent, shown by proved records.
        proofs: how many proofs of inclusion were verified, those of charters, changes of key and
            admissions of agents among them.
        agreed: the members of ``parcel`` that the steps bear out; the others are the desk's word.
        names: what the desk calls the parties, by address; its word.
        anchors: those on a chain that the desk names beside the steps, by size; its word.
        gaps: how many records are named by others and not shown; each is a doubt.
        doubts: what does not prove itself.

    """

    parcel: dict[str, Any]
    ledger_id: Hash32 = NO_HASH
    origin: str = ""
    mode: str = ""
    is_pinned: bool = False
    checkpoint: Checkpoint | None = None
    steps: tuple[CheckedStep, ...] = ()
    spoken: tuple[CheckedStep, ...] = ()
    signatures: int = 0
    own_signatures: int = 0
    shown_signatures: int = 0
    proofs: int = 0
    agreed: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    anchors: list[dict[str, Any]] = field(default_factory=list)
    gaps: int = 0
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def in_part(self) -> int:
        """How many records are shown in part; who signed these is not checked."""
        return sum(bool(step.withheld) for step in (*self.steps, *self.spoken))

    @property
    def in_order(self) -> list[tuple[CheckedStep, bool]]:
        """The steps and what was said of their goods, the earliest first; True for the latter."""
        both = [*((one, False) for one in self.steps), *((one, True) for one in self.spoken)]
        return sorted(both, key=lambda told: told[0].index)

    @property
    def is_sound(self) -> bool:
        """Tell whether all that is shown proves itself."""
        return not self.doubts
