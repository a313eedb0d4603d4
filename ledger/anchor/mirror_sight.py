"""What a mirror sees of its contract's events, and what follows: which records are settled.

A record is settled when its event is in a final block, or when the contract refuses it though all
before it are settled: then nothing can change any more what it is refused for. What is refused
earlier is only passed over, and asked for again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ledger.anchor.kept import Deployment, Place, Spot
from ledger.anchor.mirror_batch import Judge
from ledger.anchor.mirror_kept import LeftOut, Mirrored, MirrorJournal, Progress
from ledger.anchor.mirror_queue import Queue, Waiting
from ledger.anchor.mirroring import registry
from ledger.anchor.protocol import Block, Chain
from ledger.anchor.sight import Tips, is_in_chain
from ledger.errors import ChainDown, Diverged
from ledger.limits import AnchorLimits
from ledger.values import Address, Hash32

_log = logging.getLogger(__name__)
_LOOKED_BLOCKS: Final = 256
"""After how many blocks without an event it is kept that they were looked at."""


class MirrorSight:
    """Looks at one mirror.

    Attributes:
        there: where records are on the chain, of which some may not be kept as final yet.
        refused: why the contract refuses records after those that are on the chain, by id.
        counts: how many records are in the mirror for good, and how many were left out.

    Args:
        chain: is asked.
        kept: what must not be forgotten.
        queue: what waits.
        judge: asks what the contract would take.
        limits: how events are asked for.

    """

    def __init__(
        self, chain: Chain, kept: MirrorJournal, queue: Queue, judge: Judge, limits: AnchorLimits
    ) -> None:
        self._chain = chain
        self._kept = kept
        self._queue = queue
        self._judge = judge
        self._limits = limits
        self._final: set[Hash32] = set()  # among what waits
        self.there: Mapping[Hash32, Spot] = {}
        self.refused: dict[Hash32, str] = {}
        self.counts = 0, 0

    def forget(self, place: Place | None) -> None:
        """Begin to look anew."""
        self._queue.clear()
        self._final.clear()
        self.there, self.refused = {}, {}
        self.counts = (0, 0) if place is None else self._kept.counts(place)

    def is_settled(self, one: Waiting) -> bool:
        """Tell whether a record is on the chain, for good or not."""
        return one.record_id in self.there or one.record_id in self._final

    @property
    def on_way(self) -> int:
        """How many records that wait are on the chain, and not yet for good."""
        return sum(1 for one in self._queue.ids if one in self.there and one not in self._final)

    def look(
        self, deployment: Deployment, payer: Address, tips: Tips, *, from_first: bool = False
    ) -> tuple[Progress, list[Waiting]]:
        """See what became of records, and keep it.

        Args:
            deployment: the contract.
            payer: of transactions.
            tips: the chain's last blocks.
            from_first: whether to read all events again, whatever was looked at.

        Returns:
            How far all is settled, and what waits behind that.

        """
        place = deployment.place
        before = self._kept.progress(place)
        first = 0 if from_first else before.looked_to + 1
        there = self._events(place, range(max(first, deployment.first_block), tips.head.number + 1))
        if any(one not in there and not self._is_final(place, one) for one in self.there):
            self.refused.clear()  # a block was taken back: what follows from it is asked again
        self.there = there
        final = tips.final
        if final is not None and not is_in_chain(self._chain, final.number, final.block_hash):
            final = None
        waiting = self._queue.from_position(before.position)
        after, left_out = self._settle(payer, place, before, waiting, final)
        after = self._keep(place, before, after, left_out, final)
        return after, [one for one in waiting if one.index >= after.position]

    def _events(self, place: Place, blocks: range) -> dict[Hash32, Spot]:
        """Return the records that the contract told of, each where it did first."""
        found: dict[Hash32, Spot] = {}
        step = self._limits.event_blocks_max
        for first in blocks[::step]:
            last = min(first + step, blocks.stop) - 1
            for event in self._chain.events(place.contract, (), first, last):
                if event.address != place.contract or not first <= event.block_number <= last:
                    raise ChainDown("the node names events that were not asked for")
                told = registry().event(event.topics, event.data)
                if told is None:
                    raise Diverged("the mirror told something that this package does not know")
                spot = Spot(event.block_number, event.block_hash, event.transaction_hash)
                found.setdefault(Hash32(told.values["record"]), spot)
        return found

    def _settle(
        self,
        payer: Address,
        place: Place,
        before: Progress,
        waiting: list[Waiting],
        final: Block | None,
    ) -> tuple[Progress, list[LeftOut]]:
        """Return how far all is settled, and what is left out for good."""
        left_out: list[LeftOut] = []
        for one in waiting:
            if self._is_final(place, one.record_id) or self._is_good(one.record_id, final):
                continue
            reason = self._reason(payer, place, one, final)
            if not reason:
                return replace(before, position=one.index), left_out
            left_out.append(LeftOut(one.index, one.record_id, reason))
        return replace(before, position=max(before.position, self._queue.read_to)), left_out

    def _reason(self, payer: Address, place: Place, one: Waiting, final: Block | None) -> str:
        """Return why a record is left out for good, or nothing."""
        if one.record_id not in self.refused or final is None:
            return ""
        try:
            if not self._chain.call(place.contract, registry().call("ledger"), final.number):
                return ""  # the contract itself is not final
            call = self._queue.call(one)
            reason = self._judge.reason(payer, place.contract, call, final.number)
        except ChainDown:
            return ""  # nodes forget the state of blocks that are long past
        if not reason:
            del self.refused[one.record_id]
        return reason

    def _is_final(self, place: Place, record_id: Hash32) -> bool:
        if record_id not in self._final and self._kept.mirrored(place, record_id) is not None:
            self._final.add(record_id)
        return record_id in self._final

    def _is_good(self, record_id: Hash32, final: Block | None) -> bool:
        """Tell whether a record's event is in a final block."""
        spot = self.there.get(record_id)
        if spot is None or final is None or spot.block_number > final.number:
            return False
        return is_in_chain(self._chain, spot.block_number, spot.block_hash)

    def _keep(
        self,
        place: Place,
        before: Progress,
        after: Progress,
        left_out: list[LeftOut],
        final: Block | None,
    ) -> Progress:
        below = {
            one: spot
            for one, spot in self.there.items()
            if final is not None and spot.block_number <= final.number
        }
        good = [one for one in below if self._is_good(one, final)]
        if final is not None and len(good) == len(below) and final.number > before.looked_to:
            after = replace(after, looked_to=final.number)
        mirrored = [Mirrored(one, below[one]) for one in good if not self._is_final(place, one)]
        is_far = after.looked_to - before.looked_to >= _LOOKED_BLOCKS
        if mirrored or left_out or after.position != before.position or is_far:
            self._kept.keep(place, after, mirrored, left_out)
            self._final.update(one.record_id for one in mirrored)
            self._tell(place, left_out)
            self._queue.drop(after.position)
            self._final &= self._queue.ids
        return after

    def _tell(self, place: Place, left_out: list[LeftOut]) -> None:
        self.counts = self._kept.counts(place)
        for one in left_out:
            self.refused.pop(one.record_id, None)
            _log.warning("entry %d is not mirrored: %s", one.index, one.reason)
