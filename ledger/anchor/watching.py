"""What the worker sees of the chain, compared with the log and the journal.

Whatever contradicts them is ``Diverged``: another chain, other code, a root that is not the log's,
a final block that is gone. What only lags behind is ``ChainDown``, and asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from ledger.anchor.calls import Anchored, Latest
from ledger.anchor.kept import AnchorState, Deployment, Journal, KeptAnchor, Place
from ledger.anchor.protocol import Block, Chain
from ledger.anchor.sight import Tips, is_in_chain, see_anchored, see_latest, see_tips
from ledger.anchor.tracking import gone, overtaken, seen, walk_back
from ledger.errors import ChainDown, Diverged, Reverted
from ledger.limits import AnchorLimits
from ledger.signing import keccak
from ledger.values import Hash32, to_hex

_LOOKED_BLOCKS: Final = 256
"""After how many blocks without an anchor it is kept that they were looked at."""


class Log(Protocol):
    """What is anchored: an open book, as far as it is published."""

    def published(self) -> tuple[int, Hash32]:
        """Return size and root of the last checkpoint."""

    def root_at(self, size: int) -> Hash32:
        """Return the root of the first ``size`` entries, up to those of the last checkpoint."""

    def consistency(self, old_size: int, new_size: int) -> tuple[Hash32, ...]:
        """Prove that the log of ``new_size`` continues that of ``old_size``, which is above 0."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What became of anchors: all that changed, and up to which block that is for good."""

    changed: tuple[KeptAnchor, ...]
    looked_to: int | None


def contradiction(journal: Journal, log: Log, ledger_id: Hash32) -> str:
    """Say how the last anchor that was final contradicts the log; "" where it does not.

    So it does where the whole log was put back from an older copy, or the journal is another
    ledger's. No chain is asked.
    """
    deployment = journal.deployment()
    last = None if deployment is None else journal.last(deployment.place)
    if last is None:
        return ""
    if last.statement.ledger != ledger_id:
        return f"the journal is of anchors of another ledger: {to_hex(last.statement.ledger)}"
    try:
        _check_prefix(log, last.size, last.statement.root)
    except Diverged as error:
        return str(error)
    return ""


class Watch:
    """Looks at one ledger's anchors on a chain.

    Args:
        chain, journal, log: what is compared.
        ledger_id: whose anchors.
        limits: how finality is told, and how many events are asked for at once.

    """

    def __init__(
        self, chain: Chain, journal: Journal, log: Log, ledger_id: Hash32, limits: AnchorLimits
    ) -> None:
        self._chain = chain
        self._journal = journal
        self._log = log
        self._ledger_id = ledger_id
        self._limits = limits

    def tips(self, deployment: Deployment | None) -> Tips:
        """See that it is the chain that it was, and where it ends."""
        tips = see_tips(self._chain, self._limits)
        if deployment is None:
            return tips
        place = deployment.place
        if self._chain.chain_id != place.chain_id:
            raise Diverged(f"the chain's id is {self._chain.chain_id}, not {place.chain_id}")
        last = self._journal.last(place)
        spot = last.spot if last is not None else None
        seen = max(deployment.first_block, spot.block_number if spot else 0)
        if tips.head.number < seen and not self._limits.may_lag:
            raise Diverged(f"the chain lost blocks: its last is {tips.head.number}, not yet {seen}")
        if tips.head.number < seen:
            raise ChainDown(f"the node is behind: its last block is {tips.head.number}")
        if spot and not is_in_chain(self._chain, spot.block_number, spot.block_hash):
            raise Diverged(f"block {spot.block_number}, which was final, is another one")
        return tips

    def has_code(self, deployment: Deployment, tips: Tips) -> bool:
        """See whether the contract is there, and is the one that it was.

        Where anchors were signed for it, it was final: it is there, or this is another chain. Nodes
        of one address may not all be equally far, so it is asked for as of the final block, too.
        """
        place = deployment.place
        code = self._chain.code(place.contract)
        if code and keccak(code) != deployment.code_hash:
            raise Diverged(f"other code is at {to_hex(place.contract)}")
        if code or not self._journal.anchors(place, 0, 1):
            return bool(code)
        if self._is_final(place, tips.final) or self._is_behind(place, tips.final):
            raise ChainDown("the node does not show the contract")
        raise Diverged(f"the contract at {to_hex(place.contract)} is gone")

    def may_sign(self, place: Place, tips: Tips) -> bool:
        """Tell whether anchors may be signed for the contract: once it is final.

        Before that, it may yet vanish, and its address be somebody else's to fill or nobody's.
        """
        return bool(self._journal.anchors(place, 0, 1)) or self._is_final(place, tips.final)

    def _is_final(self, place: Place, final: Block | None) -> bool:
        if final is None:
            return False
        return see_latest(self._chain, place, self._ledger_id, final) is not None

    def _is_behind(self, place: Place, final: Block | None) -> bool:
        last = self._journal.last(place)
        if final is None or last is None or last.spot is None:
            return True
        return final.number < last.spot.block_number

    def latest(self, place: Place, head: Block) -> Latest:
        """See what the contract holds of the ledger, and that the log begins with it."""
        held = see_latest(self._chain, place, self._ledger_id, head)
        if held is None:
            raise ChainDown("the contract does not answer")
        _check_prefix(self._log, held.size, held.root)
        return held

    def track(self, deployment: Deployment, tips: Tips, latest: Latest, now: int) -> Tracked:
        """See what became of each anchor that has not ended."""
        place = deployment.place
        looked = max(self._journal.looked_to(place), deployment.first_block - 1)
        blocks = range(looked + 1, tips.head.number + 1)
        step = self._limits.event_blocks_max
        found = see_anchored(self._chain, place, self._ledger_id, blocks, step)
        for told in found.values():
            _check_prefix(self._log, told.size, told.root)
        rows = {kept.size: kept for kept in self._journal.unended(place)}
        last = self._journal.last(place)
        final = self._final(place, tips.final, found, last)
        changed: dict[int, KeptAnchor] = {}
        for told in final or ():
            kept = rows.get(told.size)
            changed[told.size] = seen(kept, told, "finalized", place, self._ledger_id, now)
        if final:
            changed |= {one.size: one for one in overtaken(rows.values(), final, final[-1].size)}
        base = last.size if last is not None else 0
        self._track_rest(place, tips, latest, found, rows, changed, base, now)
        looked_to = tips.final.number if final is not None and tips.final is not None else None
        if looked_to is not None and not final and looked_to - looked < _LOOKED_BLOCKS:
            looked_to = None  # not worth a flush
        moved = [one for size, one in sorted(changed.items()) if one != rows.get(size)]
        return Tracked(tuple(moved), looked_to)

    def _track_rest(
        self,
        place: Place,
        tips: Tips,
        latest: Latest,
        found: Mapping[int, Anchored],
        rows: Mapping[int, KeptAnchor],
        changed: dict[int, KeptAnchor],
        base: int,
        now: int,
    ) -> None:
        for size in sorted(rows.keys() | found.keys()):
            kept, told = rows.get(size), found.get(size)
            if size in changed or size <= base:
                continue
            if told is not None and size <= latest.size and self._is_there(told):
                state = _sureness(told, tips)
                changed[size] = seen(kept, told, state, place, self._ledger_id, now)
            elif kept is not None:
                changed[size] = gone(kept)

    def _final(
        self,
        place: Place,
        final: Block | None,
        found: Mapping[int, Anchored],
        last: KeptAnchor | None,
    ) -> list[Anchored] | None:
        """Return what became final, by size; None while that cannot be told."""
        if final is None:
            return None
        base = last.size if last is not None else 0
        if last is not None and last.spot is not None and final.number < last.spot.block_number:
            return None  # its final block fell behind what was final
        try:
            held = see_latest(self._chain, place, self._ledger_id, final)
        except (ChainDown, Reverted):
            return None  # many nodes forget the state of blocks that are long past
        if held is None:
            return None if base else []
        _check_prefix(self._log, held.size, held.root)
        if held.size < base:
            raise Diverged(f"{base} entries were anchored for good, and {held.size} are")
        walked = walk_back(found, held.size, base, final.number)
        if walked is None or not all(map(self._is_there, walked)):
            return None
        return walked if is_in_chain(self._chain, final.number, final.block_hash) else None

    def _is_there(self, told: Anchored) -> bool:
        return is_in_chain(self._chain, told.event.block_number, told.event.block_hash)


def _check_prefix(log: Log, size: int, root: Hash32) -> None:
    """Check that the log begins with what is anchored."""
    if size == 0:
        return
    published, _ = log.published()
    if size > published:
        raise Diverged(f"{size} entries are anchored; the log has published {published}")
    if log.root_at(size) != root:
        raise Diverged(f"another root of {size} entries is anchored: {to_hex(root)}")


def _sureness(told: Anchored, tips: Tips) -> AnchorState:
    is_safe = tips.safe is not None and told.event.block_number <= tips.safe.number
    return "safe" if is_safe else "mined"
