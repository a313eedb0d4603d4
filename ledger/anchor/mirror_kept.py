"""What is remembered of a mirror, durably: its contract, what is in it for good, and how far it is.

The *position* is an index of the log: every record below it that can be mirrored is final on the
chain, or was left out. Transactions are in the journal of anchors, since one account sends both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from ledger.anchor.kept import Deployment, Place, Spot, Transaction
from ledger.values import Hash32

DEPLOY_MIRROR: Final = "deploy mirror"
_MIRROR: Final = "mirror "

MirrorCondition = Literal[
    "starting", "waiting", "working", "undeployed", "forbidden", "down", "diverged"
]
"""What a mirror does.

*starting*: it has not looked yet. *waiting*: all that can be mirrored now is on the chain.
*working*: something is on its way. *undeployed*: there is no contract, and none is to be made.
*forbidden*: the charter in force forbids it. *down*: the chain does not take what is sent; tried
again. *diverged*: the contract is not what it must be; an operator must look.
"""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A record that is in the mirror for good, and where its event is.

    The ledger may not hold it: whoever has two parties' signatures can bring anything they signed.
    """

    record_id: Hash32
    spot: Spot


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record of the log that is not mirrored, and why.

    Attributes:
        index: of its entry.
        record_id: its id.
        reason: the contract's error, or that it is too large for a transaction.

    """

    index: int
    record_id: Hash32
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mirror is.

    Attributes:
        looked_to: up to which block all events are known for good; -1 for none.
        position: below which index of the log every record is settled.

    """

    looked_to: int = -1
    position: int = 0


@dataclass(frozen=True, slots=True)
class MirrorStatus:
    """How a mirror is.

    Attributes:
        condition: what it does.
        detail: why, in words; may be empty.
        place: its contract; None before there is one.
        position: below which index of the log every record is settled.
        mirrored: how many records are in it for good.
        on_way: how many of those that wait are on the chain, and not yet for good.
        left_out: how many records were left out.

    """

    condition: MirrorCondition = "starting"
    detail: str = ""
    place: Place | None = None
    position: int = 0
    mirrored: int = 0
    on_way: int = 0
    left_out: int = 0


class MirrorJournal(Protocol):
    """Keeps what a mirror must not forget; what returns is durable.

    One worker writes; any thread reads. Methods raise as those of
    :class:`ledger.anchor.kept.Journal`.
    """

    def deployment(self) -> Deployment | None:
        """Return the mirror's contract; its code's hash is zero until it was seen."""

    def keep_deployment(
        self, deployment: Deployment, transaction: Transaction | None = None
    ) -> None:
        """Keep the contract in the place of the one before, and the transaction that makes it."""

    def progress(self, place: Place) -> Progress:
        """Return how far the mirror at a place is."""

    def keep(
        self,
        place: Place,
        progress: Progress,
        mirrored: Sequence[Mirrored] = (),
        left_out: Sequence[LeftOut] = (),
    ) -> None:
        """Keep what was settled and how far that is; all or none."""

    def mirrored(self, place: Place, record_id: Hash32) -> Mirrored | None:
        """Return what is known of a record that is in the mirror for good."""

    def left_out(self, place: Place, after: int = -1, limit: int = 100) -> list[LeftOut]:
        """Return what was left out, by index, from after the index ``after`` on."""

    def all_mirrored(self, place: Place, after: bytes, limit: int) -> list[Mirrored]:
        """Return what is in the mirror for good by record id, from after the id ``after`` on."""

    def counts(self, place: Place) -> tuple[int, int]:
        """Return how many records are in the mirror for good, and how many were left out."""


def errand_of_batch(indices: Iterable[int]) -> str:
    """Name the errand of mirroring entries of the log."""
    return _MIRROR + ",".join(map(str, indices))


def entries_of_errand(errand: str) -> frozenset[int]:
    """Return which entries of the log an errand mirrors; none for another errand."""
    if not errand.startswith(_MIRROR):
        return frozenset()
    return frozenset(map(int, errand.removeprefix(_MIRROR).split(",")))


def status_of(kept: MirrorJournal) -> MirrorStatus:
    """Return what is known of a mirror without asking a chain."""
    deployment = kept.deployment()
    if deployment is None:
        return MirrorStatus()
    place = deployment.place
    mirrored, left_out = kept.counts(place)
    return MirrorStatus(
        place=place,
        position=kept.progress(place).position,
        mirrored=mirrored,
        left_out=left_out,
    )
