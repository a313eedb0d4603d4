"""The anchors of a ledger compared with its log: what the chain holds, and what the journal says.

Every event by which the contract told of an anchor is read again, from the block of the contract's
making to the chain's last, and laid on the log's tree. Nothing is believed because the worker kept
it: where the journal calls an anchor final, the chain must hold it in that very block.

=========  ==================================================================================
altered    another root than the log's is anchored, or the contract is not this package's
truncated  more entries are anchored than the log has
forked     the contract says that two roots of one size were signed
gap        the contract is not there; the journal calls an anchor final that the chain does not
           hold; or the chain's anchors do not follow one another
=========  ==================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from ledger.anchor.artifacts import Told, contract
from ledger.anchor.kept import Deployment, Journal, KeptAnchor
from ledger.anchor.protocol import Chain, Event
from ledger.audit.mirror import MirrorReport
from ledger.audit.report import Fault
from ledger.errors import ChainDown
from ledger.limits import LIMITS, AnchorLimits
from ledger.merkle import node_from_tiles, root
from ledger.signing import keccak
from ledger.store.protocol import View
from ledger.values import Hash32, to_hex

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What an audit of anchors found.

    Attributes:
        faults: what is not as it must be.
        anchors: how many anchors the chain holds of this ledger.
        anchored_size: how many entries the last of them has.
        blocks: how many blocks were looked through.
        mirror: what was found of the mirror of hand-overs; None where there never was one. Its
            faults are among the faults.

    """

    faults: tuple[Fault, ...]
    anchors: int
    anchored_size: int
    blocks: int
    mirror: MirrorReport | None = None


def audit_anchors(view: View, chain: Chain, journal: Journal, ledger_id: Hash32) -> ChainReport:
    """Compare every anchor on a chain with the log.

    Args:
        view: the log, which was audited itself.
        chain: is asked; nothing is sent.
        journal: what the worker kept.
        ledger_id: whose anchors.

    Raises:
        ChainDown: the chain cannot be asked, or has no last block.

    """
    deployment = journal.deployment()
    if deployment is None:
        fault = Fault("gap", "anchors", "no contract was ever deployed or named")
        return ChainReport((fault,), 0, 0, 0)
    if chain.chain_id != deployment.place.chain_id:
        expected = f"chain {deployment.place.chain_id} was anchored on, this is {chain.chain_id}"
        return ChainReport((Fault("altered", "chain", expected),), 0, 0, 0)
    head = chain.block("latest")
    if head is None:
        raise ChainDown("the chain has no block")
    check = _Check(view, chain, deployment, ledger_id)
    anchored: list[_Anchored] = []
    if check.code():
        anchored = check.events(range(deployment.first_block, head.number + 1))
        check.latest(head.number, anchored)
    check.journal(journal, anchored)
    last = anchored[-1] if anchored else None
    return ChainReport(
        tuple(check.faults),
        len(anchored),
        0 if last is None else last.size,
        max(head.number + 1 - deployment.first_block, 0),
    )


@dataclass(frozen=True, slots=True)
class _Anchored:
    size: int
    root: Hash32
    event: Event


class _Check:
    """One comparison; collects faults."""

    def __init__(self, view: View, chain: Chain, deployment: Deployment, ledger_id: Hash32) -> None:
        self.faults: list[Fault] = []
        self._chain = chain
        self._place = deployment.place
        self._code_hash = deployment.code_hash
        self._ledger_id = ledger_id
        self._log_size = view.head().size
        self._nodes = partial(node_from_tiles, read_tile=view.read_tile)
        self._contract = contract("CheckpointAnchor")

    def _add(self, kind: str, place: str, detail: str) -> None:
        if len(self.faults) < LIMITS.audit_faults_max:
            self.faults.append(Fault(kind, place, detail))

    def code(self) -> bool:
        """Compare the contract's code with this package's; tell whether there is any."""
        code = self._chain.code(self._place.contract)
        where = f"contract {to_hex(self._place.contract)}"
        if not code:
            self._add("gap", where, "it is not on the chain")
            return False
        if keccak(code) != self._code_hash:
            self._add("altered", where, "other code than when it was first seen")
        if not self._contract.is_at(code):
            self._add("altered", where, "other code than this package's: what it checks is unknown")
        return True

    def events(self, blocks: range) -> list[_Anchored]:
        """Lay every anchor that was told on the log; return them in their order."""
        topics = (self._contract.topic("Anchored"), self._ledger_id)
        step = AnchorLimits().event_blocks_max
        found: list[_Anchored] = []
        before: tuple[int, Hash32] = (0, Hash32(bytes(32)))
        for first in blocks[::step]:
            last = min(first + step, blocks.stop) - 1
            for event in self._chain.events(self._place.contract, topics, first, last):
                told = self._contract.event(event.topics, event.data)
                if told is None or told.name != "Anchored":
                    raise ChainDown("the chain names events that were not asked for")
                found.append(self._laid(told, event, before))
                before = (found[-1].size, found[-1].root)
        return found

    def _laid(self, told: Told, event: Event, before: tuple[int, Hash32]) -> _Anchored:
        size, anchored_root = told.values["size"], Hash32(told.values["root"])
        where = f"anchor {size} in block {event.block_number}"
        if (told.values["previousSize"], told.values["previousRoot"]) != before:
            self._add("gap", where, f"it does not follow the anchor of {before[0]} entries")
        self._compare(where, size, anchored_root)
        return _Anchored(size, anchored_root, event)

    def _compare(self, where: str, size: int, anchored_root: Hash32) -> None:
        if size > self._log_size:
            self._add("truncated", where, f"the log has {self._log_size} entries")
        elif size and root(size, self._nodes) != anchored_root:
            self._add("altered", where, f"the log's root of {size} entries is another")

    def latest(self, block: int, anchored: list[_Anchored]) -> None:
        """Compare what the contract holds with what it told."""
        data = self._contract.call("latest", self._ledger_id)
        answer = self._chain.call(self._place.contract, data, block)
        ((size, held_root, _, _, is_forked),) = self._contract.answer("latest", answer)
        where = f"contract {to_hex(self._place.contract)}"
        if is_forked:
            self._add("forked", where, "an anchor key of this ledger signed two roots of one size")
        last = anchored[-1] if anchored else None
        if (size, held_root) != ((last.size, last.root) if last else (0, bytes(32))):
            self._add("gap", where, f"it holds {size} entries, which it did not tell last")

    def journal(self, journal: Journal, anchored: list[_Anchored]) -> None:
        """Compare what the journal calls final with what the chain holds."""
        on_chain = {one.size: one for one in anchored}
        after = 0
        while page := journal.anchors(self._place, after, _PAGE):
            for kept in page:
                if kept.state == "finalized":
                    self._kept(kept, on_chain.get(kept.size))
            after = page[-1].size

    def _kept(self, kept: KeptAnchor, told: _Anchored | None) -> None:
        where = f"anchor {kept.size}"
        if told is None:
            self._add("gap", where, "the journal calls it final, and the chain does not hold it")
        elif kept.spot is None or kept.spot.block_hash != told.event.block_hash:
            self._add("altered", where, "the journal names another block than the chain")
        elif kept.statement.root != told.root:
            self._add("altered", where, "the journal names another root than the chain")
