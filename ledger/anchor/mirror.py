"""Hand-overs mirrored on a chain, by the parties' own signatures (``docs/order-of-work.md``, 6).

A mirror walks the log in its order, up to the last checkpoint, and sends each record that a
contract ``CustodyRegistry`` takes; what the contract refuses, or no transaction can carry, is left
out, with the reason. It works in the anchoring worker's thread, with its account and nonces, when
nothing of anchors is to be done. It trusts the log, the journal and, for good, only what is final.

Whether a record is on the chain is told by the contract's events, which bear record ids: so a
record that somebody else brought is not sent again, one whose block was taken back is, and a
restart goes on from the journal and the chain alone. Nothing here keeps anchors or the log waiting:
what is wrong with the mirror stops the mirror.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, Final

from ledger.anchor.carrying import Carrier
from ledger.anchor.errands import Errand
from ledger.anchor.kept import Deployment, Journal, Place
from ledger.anchor.mirror_batch import Judge
from ledger.anchor.mirror_kept import (
    DEPLOY_MIRROR,
    MirrorJournal,
    MirrorStatus,
    entries_of_errand,
    errand_of_batch,
    status_of,
)
from ledger.anchor.mirror_queue import Queue, Records, Waiting
from ledger.anchor.mirror_sight import MirrorSight
from ledger.anchor.mirroring import registry
from ledger.anchor.protocol import Chain
from ledger.anchor.sight import Tips, is_in_chain
from ledger.anchor.submitting import contract_of
from ledger.errors import ChainDown, ChainRefused, Diverged, Reverted
from ledger.limits import AnchorLimits, MirrorLimits
from ledger.signing import keccak
from ledger.values import NO_HASH, Address, Hash32, to_hex

_log = logging.getLogger(__name__)
_UNSEEN_MAX: Final = 3
"""After how many looks in a row that miss what is mined all events are read again."""


class Mirror:
    """Mirrors one ledger's hand-overs; one thread steps, any thread asks how it is.

    Args:
        chain: where the contract is.
        journal: keeps transactions.
        kept: what must not be forgotten of the mirror.
        log: what is mirrored.
        ledger_id: whose it is.
        anchor_limits: how patient to be, and how events are asked for.
        limits: how much is mirrored at a time.
        contract: the mirror; None for the one that is kept.
        first_block: where to begin to look for events of ``contract``.
        creation: makes a contract where there is none; empty where none is to be made.

    """

    def __init__(
        self,
        chain: Chain,
        journal: Journal,
        kept: MirrorJournal,
        log: Records,
        ledger_id: Hash32,
        anchor_limits: AnchorLimits | None = None,
        limits: MirrorLimits | None = None,
        *,
        contract: Address | None = None,
        first_block: int = 0,
        creation: bytes = b"",
    ) -> None:
        self._chain = chain
        self._journal = journal
        self._kept = kept
        self._log = log
        self._ledger_id = ledger_id
        self._patience = anchor_limits or AnchorLimits()
        self._limits = limits or MirrorLimits()
        self._contract = contract
        self._first_block = first_block
        self._creation = creation
        self._queue = Queue(log, ledger_id, self._limits.waiting_max)
        self._judge = Judge(chain, self._limits)
        self._sight = MirrorSight(chain, kept, self._queue, self._judge, self._patience)
        self._is_asked = False
        self._sent_at = 0
        self._unseen = 0
        self._fails = 0
        self._not_before = 0
        self._is_over = False
        self._status = self._begun()

    # -- the order of events -------------------------------------------------------------------

    def step(self, carrier: Carrier, now: int, tips: Tips, *, only_look: bool = False) -> bool:
        """Look at the chain once, and send what comes next.

        Args:
            carrier: makes and sends transactions, the worker's.
            now: the time, in seconds since 1970-01-01 UTC.
            tips: the chain's last blocks.
            only_look: whether to end before 6.3.

        Returns:
            Whether something was handed in.

        """
        if self._is_over or now < self._not_before:
            return False
        try:
            is_taken = self._step(carrier, now, tips, only_look=only_look)
        except Diverged as error:
            _log.critical("the mirror has stopped: %s", error)
            self._is_over = True
            self._say(condition="diverged", detail=str(error))
        except (ChainDown, ChainRefused, Reverted) as error:
            self._pause(error, now)
        else:
            self._fails = 0
            return is_taken
        return False

    def _step(self, carrier: Carrier, now: int, tips: Tips, *, only_look: bool) -> bool:
        # 6.1 See that the charter in force allows it, and that the contract is there with its code.
        if not self._log.may_mirror():
            self._say(condition="forbidden", detail="the charter in force says mirror: forbidden")
            return False
        deployment = self._known()
        if deployment is None or not self._has_code(deployment):
            return not only_look and self._deploy(deployment, carrier, now, tips)
        # 6.2 Read its events: which records are on the chain, and which of them for good. Move the
        #     position past what is settled; keep all that.
        from_first, self._unseen = self._unseen >= _UNSEEN_MAX, self._unseen % _UNSEEN_MAX
        after, waiting = self._sight.look(deployment, carrier.address, tips, from_first=from_first)
        due = [one for one in waiting if not self._sight.is_settled(one)]
        self._tell_looked(after.position)
        if only_look:
            self._say_waiting(due)
            return False
        # 6.3 Choose what goes into one transaction: what was sent and is still right, or the first
        #     records that are not on the chain and that the contract takes.
        errand = self._errand(carrier, deployment.place, due, now, tips)
        if errand is None:
            return False
        if not is_in_chain(self._chain, tips.head.number, tips.head.block_hash):
            self._sight.refused.clear()  # what was judged is of a block that was taken back
            return False
        return self._send(errand, carrier, now)

    def _send(self, errand: Errand, carrier: Carrier, now: int) -> bool:
        # 6.4 Make its transaction for the account's next nonce, keep it, hand it in: as 5.6 to 5.8.
        self._say(condition="working", detail=errand.name)
        nonce = carrier.nonce()
        if carrier.is_mined(errand):
            self._unseen += 1  # since the events were read; the next look shows it
            return False
        transaction = carrier.due(errand, nonce, now)
        if carrier.is_dear:
            self._say(detail=f"{errand.name}: the chain asks more than the cap")
        if transaction is None:
            return False
        self._journal.keep_transaction(transaction)
        is_taken = carrier.hand_in(transaction, now)
        self._sent_at, self._unseen = now, 0
        return is_taken

    # -- the contract --------------------------------------------------------------------------

    def _known(self) -> Deployment | None:
        """Return the contract: as configured, else as kept; None where there is none."""
        kept, wanted = self._kept.deployment(), self._contract
        if wanted is not None and (kept is None or kept.place.contract != wanted):
            kept = Deployment(Place(self._chain.chain_id, wanted), NO_HASH, self._first_block)
            self._kept.keep_deployment(kept)
        if kept is not None and kept.place != self._status.place:
            self._status = self._begun()
        if kept is not None and kept.place.chain_id != self._chain.chain_id:
            raise Diverged(f"the mirror is on chain {kept.place.chain_id}")
        return kept

    def _has_code(self, deployment: Deployment) -> bool:
        """See whether the contract is there, and is the mirror of this ledger."""
        where = to_hex(deployment.place.contract)
        code = self._chain.code(deployment.place.contract)
        if not code:
            if any(self._sight.counts):
                raise ChainDown(f"the node does not show the mirror at {where}")
            return False
        if deployment.code_hash == keccak(code):
            return True
        if deployment.code_hash != NO_HASH or not registry().is_at(code):
            raise Diverged(f"the contract at {where} is not the mirror that this package makes")
        if (
            self._chain.call(deployment.place.contract, registry().call("ledger"))
            != self._ledger_id
        ):
            raise Diverged(f"the mirror at {where} is another ledger's")
        self._kept.keep_deployment(replace(deployment, code_hash=keccak(code)))
        return True

    def _deploy(
        self, deployment: Deployment | None, carrier: Carrier, now: int, tips: Tips
    ) -> bool:
        """Make the contract; where one is on its way, that one."""
        before = carrier.kept(DEPLOY_MIRROR)
        data, contract = self._creation, carrier.following()
        if deployment is not None:
            contract = deployment.place.contract
            ours = [one for one in before if contract_of(one.sender, one.nonce) == contract]
            data = ours[-1].data if ours else b""
        if not data:
            self._say(condition="undeployed", detail="adamant chain deploy makes its contract")
            return False
        self._say(condition="working", detail=DEPLOY_MIRROR)
        nonce = carrier.nonce()
        if carrier.is_mined(Errand(DEPLOY_MIRROR, None, data, contract)):
            return False
        place = Place(self._chain.chain_id, contract_of(carrier.address, nonce))
        errand = Errand(DEPLOY_MIRROR, None, data, place.contract)
        transaction = carrier.due(errand, nonce, now)
        if transaction is None:
            return False
        if deployment is not None and deployment.place == place:
            self._journal.keep_transaction(transaction)
        else:
            first_block = tips.final.number if tips.final is not None else 0
            self._kept.keep_deployment(Deployment(place, NO_HASH, first_block), transaction)
        return carrier.hand_in(transaction, now)

    # -- what comes next -----------------------------------------------------------------------

    def _errand(
        self, carrier: Carrier, place: Place, due: list[Waiting], now: int, tips: Tips
    ) -> Errand | None:
        """Return what to send: what is on its way, or a new batch, or nothing."""
        able = [one for one in due if one.record_id not in self._sight.refused]
        on_way = self._on_way(carrier, place, able)
        if on_way is not None:
            return on_way
        limits = self._limits
        is_late = now - self._sent_at >= limits.seconds
        if not able or not (len(able) >= limits.records_max or is_late or self._is_asked):
            self._is_asked = self._is_asked and bool(able)
            self._say_waiting(due)
            return None
        calls = [self._queue.call(one) for one in able[: limits.records_max]]
        batch = self._judge.batch(carrier.address, place.contract, calls, tips.head.number)
        self._sight.refused |= batch.refused
        if not batch.calls:
            self._say(condition="working", detail=f"{len(due)} wait, what comes first is refused")
            return None
        name = errand_of_batch(call.index for call in batch.calls)
        return Errand(name, place.contract, batch.data, place.contract, batch.gas)

    def _on_way(self, carrier: Carrier, place: Place, able: list[Waiting]) -> Errand | None:
        """Return what waits at the account's next nonce, if all of it is still to be mirrored."""
        there = self._journal.at_nonce(self._chain.chain_id, carrier.address, carrier.nonce())
        last = there[-1] if there else None
        if last is None or last.to != place.contract:
            return None
        entries = entries_of_errand(last.errand)
        if not entries or not entries <= {one.index for one in able}:
            return None
        return Errand(last.errand, place.contract, last.data, place.contract, last.gas)

    # -- how it is -----------------------------------------------------------------------------

    def ask(self) -> None:
        """Mirror what waits, though it may not be due; any thread."""
        self._is_asked = True

    def status(self) -> MirrorStatus:
        """Say how it is; any thread."""
        return self._status

    def _begun(self) -> MirrorStatus:
        """Begin at what is kept."""
        kept = self._kept.deployment()
        place = None if kept is None else kept.place
        self._sight.forget(place)
        return status_of(self._kept)

    def _tell_looked(self, position: int) -> None:
        mirrored, left_out = self._sight.counts
        self._say(
            position=position, mirrored=mirrored, left_out=left_out, on_way=self._sight.on_way
        )

    def _say_waiting(self, due: list[Waiting]) -> None:
        self._say(condition="waiting", detail=f"{len(due)} wait" if due else "")

    def _pause(self, error: Exception, now: int) -> None:
        self._fails += 1
        pause = self._patience.retry_seconds * 2.0 ** min(self._fails - 1, 30)
        self._not_before = now + int(min(pause, self._patience.retry_seconds_max))
        _log.warning("the mirror waits: %s", error)
        self._say(condition="down", detail=str(error))

    def _say(self, **changes: Any) -> None:  # noqa: ANN401 - fields of the status
        self._status = replace(self._status, **changes)
