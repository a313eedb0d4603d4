"""The mirror of hand-overs compared with the ledger: every event, every record, the journal.

Every event is read again, from the block of the contract's making to the chain's last. Nothing is
believed because the worker kept it.

=========  ==================================================================================
altered    the contract is not this package's, or of another ledger; it tells of a record
           otherwise than the ledger does; the journal names another block than the chain
truncated  the journal says that more entries are settled than the log has
forked     a record is on the chain that the ledger does not hold: it was signed beside it
reorder    records about one parcel or party stand in another order than in the log
duplicate  the contract tells of one record twice
gap        a record below the mirror's position is neither on the chain nor left out; or the
           journal calls one final that the chain does not hold
=========  ==================================================================================

What the signers of a forked record brought to the chain may still be on its way to the ledger;
once the ledger has something else in its place, it never comes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from ledger.anchor.artifacts import Told
from ledger.anchor.kept import Deployment
from ledger.anchor.mirror_kept import MirrorJournal
from ledger.anchor.mirroring import FUNCTIONS, registry
from ledger.anchor.protocol import Chain, Event
from ledger.audit.mirror_events import expected_events
from ledger.audit.report import Fault
from ledger.canonical import read_envelope
from ledger.errors import ChainDown
from ledger.limits import LIMITS, AnchorLimits
from ledger.signing import record_id
from ledger.store.protocol import View
from ledger.values import Hash32, to_hex

_PAGE: Final = 1_000
_SUBJECTS: Final = ("parcel", "party")
_CHARTER: Final = b"charter"


@dataclass(frozen=True, slots=True)
class MirrorReport:
    """What an audit of a mirror found.

    Attributes:
        faults: what is not as it must be.
        events: how many events the contract told.
        records: of how many records.
        left_out: how many records of the ledger are left out.
        position: below which index of the log every record is settled.

    """

    faults: tuple[Fault, ...]
    events: int = 0
    records: int = 0
    left_out: int = 0
    position: int = 0


@dataclass(slots=True)
class _Seen:
    """What the contract told of one record."""

    events: list[Event] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def audit_mirror(
    view: View, chain: Chain, kept: MirrorJournal, ledger_id: Hash32
) -> MirrorReport | None:
    """Compare a mirror with its ledger; None where there never was one.

    Args:
        view: the log, which was audited itself.
        chain: is asked; nothing is sent.
        kept: what the worker kept.
        ledger_id: whose mirror.

    Raises:
        ChainDown: the chain cannot be asked, or has no last block.

    """
    deployment = kept.deployment()
    if deployment is None:
        return None
    if chain.chain_id != deployment.place.chain_id:
        detail = f"hand-overs are on chain {deployment.place.chain_id}, this is {chain.chain_id}"
        return MirrorReport((Fault("altered", "mirror", detail),))
    check = _Check(view, chain, deployment, ledger_id)
    if not check.code():
        return MirrorReport(tuple(check.faults))
    check.read()
    check.records()
    left_out = check.journal(kept)
    count = sum(len(seen.events) for seen in check.seen.values())
    position = kept.progress(deployment.place).position
    return MirrorReport(tuple(check.faults), count, len(check.seen), left_out, position)


class _Check:
    """One comparison; collects faults."""

    def __init__(self, view: View, chain: Chain, deployment: Deployment, ledger_id: Hash32) -> None:
        self.faults: list[Fault] = []
        self.seen: dict[Hash32, _Seen] = {}
        self._view = view
        self._chain = chain
        self._place = deployment.place
        self._first_block = deployment.first_block
        self._ledger_id = ledger_id
        self._contract = registry()

    def _add(self, kind: str, place: str, detail: str) -> None:
        if len(self.faults) < LIMITS.audit_faults_max:
            self.faults.append(Fault(kind, place, detail))

    def code(self) -> bool:
        """Compare the contract with what this package makes for this ledger."""
        where = f"mirror {to_hex(self._place.contract)}"
        if not self._contract.is_at(self._chain.code(self._place.contract)):
            self._add("altered", where, "other code than this package's: what it tells is unknown")
            return False
        if self._chain.call(self._place.contract, self._contract.call("ledger")) != self._ledger_id:
            self._add("altered", where, "it mirrors another ledger")
            return False
        return True

    def read(self) -> None:
        """Read every event, by record."""
        head = self._chain.block("latest")
        if head is None:
            raise ChainDown("the chain has no block")
        step = AnchorLimits().event_blocks_max
        for first in range(self._first_block, head.number + 1, step):
            last = min(first + step - 1, head.number)
            for event in self._chain.events(self._place.contract, (), first, last):
                told = self._contract.event(event.topics, event.data)
                if told is None:
                    self._add("altered", _block(event), "an event that this package does not know")
                    continue
                seen = self.seen.setdefault(Hash32(told.values["record"]), _Seen())
                seen.events.append(event)
                seen.told.append(told)

    def records(self) -> None:
        """Compare what was told of each record with what the ledger says, and in which order."""
        last: dict[bytes, int] = {}
        for one, seen in self.seen.items():
            where = f"record {to_hex(one)} in {_block(seen.events[0])}"
            index = self._view.index_of(one)
            row = None if index is None else self._view.row(index)
            if index is None or row is None:
                self._add("forked", where, _forked(seen.told))
                continue
            expected = expected_events(self._view, read_envelope(row.envelope).record, one)
            self._compare(where, expected or [], seen.told)
            for subject in _subjects(seen.told):
                if last.get(subject, -1) > index:
                    detail = f"entry {index} stands after entry {last[subject]} of the same chain"
                    self._add("reorder", where, detail)
                last[subject] = index

    def _compare(self, where: str, expected: list[Told], told: list[Told]) -> None:
        if expected and told == 2 * expected:
            self._add("duplicate", where, "the mirror tells of it twice")
        elif told != expected:
            pairs = zip(expected, told, strict=False)
            wrong = next((one.name for one, other in pairs if one != other), "an event")
            self._add("altered", where, f"the ledger says otherwise: {wrong}")

    def journal(self, kept: MirrorJournal) -> int:
        """Compare what the journal calls settled with the chain; return how many are left out."""
        left_out: set[Hash32] = set()
        after = -1
        while page := kept.left_out(self._place, after, _PAGE):
            left_out.update(one.record_id for one in page)
            after = page[-1].index
        self._below(kept.progress(self._place).position, left_out)
        after_id = b""
        while rows := kept.all_mirrored(self._place, after_id, _PAGE):
            for one in rows:
                seen = self.seen.get(one.record_id)
                where = f"record {to_hex(one.record_id)}"
                if seen is None:
                    self._add("gap", where, "the journal calls it mirrored, and the chain does not")
                elif seen.events[0].block_hash != one.spot.block_hash:
                    self._add("altered", where, "the journal names another block than the chain")
            after_id = rows[-1].record_id
        return len(left_out)

    def _below(self, position: int, left_out: set[Hash32]) -> None:
        size = self._view.head().size
        if position > size:
            detail = f"{position} entries are settled there, the log has {size}"
            self._add("truncated", "mirror", detail)
        for row in self._view.rows(0, min(position, size)):
            envelope = read_envelope(row.envelope)
            if envelope.kind not in FUNCTIONS:
                continue
            at = record_id(envelope.record, self._ledger_id)
            if at not in self.seen and at not in left_out:
                detail = f"{to_hex(at)} is neither in the mirror nor left out of it"
                self._add("gap", f"entry {row.index}", detail)


def _subjects(told: list[Told]) -> set[bytes]:
    """Return the parcels and parties whose chains a record stands in."""
    found = {one.values[name] for one in told for name in _SUBJECTS if name in one.values}
    return found or {_CHARTER}


def _forked(told: list[Told]) -> str:
    """Say what a record that the ledger does not hold says."""
    first = told[-1]
    shown = ", ".join(
        f"{name} {_shown(value)}" for name, value in first.values.items() if name != "record"
    )
    return f"the ledger does not hold it: it was signed beside the ledger ({first.name}: {shown})"


def _shown(value: Any) -> str:  # noqa: ANN401 - as the ABI has them
    if isinstance(value, tuple):
        return " ".join(map(_shown, value))
    if not isinstance(value, bytes):
        return str(value)
    word = value.rstrip(b"\0")
    is_word = len(word) < len(value) and word.isascii() and word.decode().isprintable()
    return word.decode() if is_word else to_hex(value)


def _block(event: Event) -> str:
    return f"block {event.block_number}"
