"""Step 5 of the order of work: anchor (``docs/order-of-work.md``).

One worker per ledger carries checkpoints to a contract on a chain. It trusts the log, its journal
and, for good, only what is final of the chain. It keeps everything before it sends anything, and
goes on from its journal and the chain alone. It takes nothing from who appends: whatever the chain
does, the log is written as ever. On any doubt about what is anchored it stops and says why.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ledger.anchor.calls import Latest
from ledger.anchor.carrying import Carrier
from ledger.anchor.choosing import Chooser
from ledger.anchor.errands import (
    AnchorSigner,
    Errand,
    Founding,
    anchoring,
    deploying,
    opening,
)
from ledger.anchor.kept import (
    DEPLOY,
    OPEN,
    AnchorState,
    Deployment,
    Journal,
    KeptAnchor,
    Place,
    Transaction,
)
from ledger.anchor.mirror import Mirror
from ledger.anchor.protocol import Chain
from ledger.anchor.sight import Tips
from ledger.anchor.status import Condition, Status
from ledger.anchor.submitting import Submitter, contract_of
from ledger.anchor.watching import Log, Watch, contradiction
from ledger.errors import Damaged, Diverged, RefusesToStart, StoreFailed
from ledger.limits import AnchorLimits
from ledger.signing import keccak
from ledger.values import NO_HASH, Address, Hash32, to_hex

_log = logging.getLogger(__name__)


class Worker:
    """Anchors one ledger's checkpoints; the chain is asked by one thread alone.

    Args:
        chain: where anchors go.
        journal: what must not be forgotten; no other worker's.
        log: what is anchored.
        ledger_id: whose anchors these are.
        anchor_signer: speaks for the ledger.
        submitter: pays; another key than the one that speaks.
        limits: when to anchor, what that may cost, and how patient to be.
        contract: where anchors go; None for the one in the journal.
        code_hash: keccak256 of the code that must be at ``contract``; None for whatever is there
            when it is first seen.
        first_block: where to begin to look for events of ``contract``: not after it was made.
        founding: deploys a contract where there is none, and opens the ledger.
        clock: gives seconds since 1970-01-01 UTC.
        on_final: is told of each anchor that became final, in the worker's thread.
        on_doubt: is told when it stops for doubt: what was final may be so no longer.
        dice: gives numbers from 0 to below 1, by which waits are shortened.
        mirror: hand-overs mirrored on the same chain, when nothing of anchors is to be done.

    """

    def __init__(
        self,
        chain: Chain,
        journal: Journal,
        log: Log,
        ledger_id: Hash32,
        anchor_signer: AnchorSigner,
        submitter: Submitter,
        limits: AnchorLimits | None = None,
        *,
        contract: Address | None = None,
        code_hash: Hash32 | None = None,
        first_block: int = 0,
        founding: Founding | None = None,
        clock: Callable[[], float] = time.time,
        on_final: Callable[[KeptAnchor], None] | None = None,
        on_doubt: Callable[[], None] | None = None,
        dice: Callable[[], float] = random.random,
        mirror: Mirror | None = None,
    ) -> None:
        if anchor_signer.address == submitter.address:
            raise RefusesToStart("one key cannot both speak for the ledger and pay")
        self._chain = chain
        self._journal = journal
        self._log = log
        self._ledger_id = ledger_id
        self._limits = limits or AnchorLimits()
        self._contract = contract
        self._code_hash = code_hash
        self._first_block = first_block
        self._founding = founding
        self._clock = clock
        self._on_final = on_final
        self._on_doubt = on_doubt
        self._dice = dice
        self._mirror = mirror
        self._watch = Watch(chain, journal, log, ledger_id, self._limits)
        self._chooser = Chooser(journal, log, ledger_id, anchor_signer, self._limits)
        self._carrier = Carrier(chain, journal, submitter, self._limits)
        self._left_chain = self._chain_left()
        self._doubt = contradiction(journal, log, ledger_id)
        self._diverged = self._doubt or None
        self._status = self._first_status()
        self._is_over = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self.run, name="anchoring", daemon=True)

    # -- the order of events -----------------------------------------------------------------

    def look(self) -> None:
        """Look at the chain once, and keep what became of anchors; nothing is signed or sent.

        Raises:
            Exception: as :meth:`step` does.

        """
        self.step(only_look=True)

    def step(self, *, only_look: bool = False) -> bool:
        """Look at the chain once, and do the one thing that comes next.

        Args:
            only_look: whether to end before 5.5.

        Returns:
            Whether something was handed in; then looking again at once may show it mined.

        Raises:
            ChainDown: the chain cannot be asked.
            ChainRefused: a node takes no transaction, or the contract no anchor.
            Diverged: nothing more is anchored until somebody has looked.
            RefusesToStart: there is no contract, and none is to be deployed.

        """
        with self._told():
            now = int(self._clock())
            # 5.1 See that it is the chain that it was, and where it ends: its last block, the safe
            #     one and the final one.
            deployment = self._known()
            tips = self._watch.tips(deployment)
            self._tell_looked(tips, deployment)
            # 5.2 See that the contract is there with the code that it had.
            if deployment is None or not self._watch.has_code(deployment, tips):
                return not only_look and self._send(self._deploying(deployment), now, tips)
            # 5.3 See what it holds of the ledger, and that the log begins with that.
            place = deployment.place
            latest = self._watch.latest(place, tips.head)
            self._tell_latest(latest)
            if not latest.is_open:
                return not only_look and self._send(self._opening(place), now, tips)
            # 5.4 See what became of each anchor; keep that, then tell who waits for final ones.
            tracked = self._watch.track(deployment, tips, latest, now)
            if tracked.changed or tracked.looked_to is not None:
                self._journal.keep(place, tracked.changed, tracked.looked_to)
            if any(kept.state == "submitted" for kept in tracked.changed):
                self._carrier.forget_when()  # taken back, and perhaps forgotten by the node
            self._tell_final(tracked.changed)
            if only_look:
                self._step_mirror(now, tips, only_look=True)
                return False
            # 5.5 Choose one anchor: the first that is kept and not on the chain, or one that is
            #     due. Sign it over what the contract holds, and keep it.
            if not self._watch.may_sign(place, tips):
                self._say(condition="working", detail="the contract is not final yet")
                return False
            kept = self._chooser.choose(place, latest, now)
            if kept is None:
                self._say(condition="waiting", detail="")
                return self._step_mirror(now, tips)
            if kept != self._journal.anchor(place, kept.size):
                self._journal.keep(place, (kept,))
            return self._send(anchoring(self._log, kept), now, tips, kept)

    def _send(self, errand: Errand, now: int, tips: Tips, kept: KeptAnchor | None = None) -> bool:
        self._say(condition="working", detail=errand.name)
        # 5.6 Make its transaction, for the account's next nonce; or take the one that was kept for
        #     that nonce. Raise its fees where it has waited for long. Keep it.
        nonce = self._carrier.nonce()
        if self._carrier.is_mined(errand):
            return False  # since the contract was asked; the next look will show it
        if errand.name == DEPLOY:
            errand = replace(errand, contract=contract_of(self._carrier.address, nonce))
        transaction = self._carrier.due(errand, nonce, now)
        if self._carrier.is_dear:
            self._say(detail=f"{errand.name}: the chain asks more than the cap")
        if transaction is None:
            return False
        self._keep(errand, transaction, tips)
        # 5.7 Hand it in. Whatever the node says, only the chain tells what became of it.
        is_taken = self._carrier.hand_in(transaction, now)
        # 5.8 Keep that it was sent.
        if is_taken and kept is not None and kept.state == "signed":
            self._journal.keep(kept.place, (kept.moved("submitted"),))
        return is_taken

    def _step_mirror(self, now: int, tips: Tips, *, only_look: bool = False) -> bool:
        """Let the mirror do what comes next; whatever it meets, anchors go on."""
        if self._mirror is None:
            return False
        is_taken = self._mirror.step(self._carrier, now, tips, only_look=only_look)
        self._say(mirror=self._mirror.status())
        return is_taken

    # -- what it decides -----------------------------------------------------------------------

    def _known(self) -> Deployment | None:
        """Return the contract: as configured, else as kept; None where one is to be deployed."""
        kept, wanted = self._journal.deployment(), self._contract
        chain_id = self._chain.chain_id
        if wanted is None:
            is_left = kept is not None and kept.place.chain_id == self._left_chain
            return None if is_left else kept
        if kept is not None and kept.place == Place(chain_id, wanted):
            return kept
        code = self._chain.code(wanted)
        if not code or self._code_hash not in (None, keccak(code)):
            raise Diverged(f"the contract is not at {to_hex(wanted)}, or is another")
        found = Deployment(Place(chain_id, wanted), keccak(code), self._first_block)
        self._journal.keep_deployment(found)
        self._say(anchored_size=_size(self._journal.last(found.place)))
        return found

    def _chain_left(self) -> int | None:
        """Return the chain that is left: whoever deploys on another one begins anew there."""
        kept = self._journal.deployment()
        if self._founding is None or kept is None:
            return None
        chain_id = kept.place.chain_id
        return None if chain_id == self._chain.chain_id else chain_id

    def _deploying(self, deployment: Deployment | None) -> Errand:
        before = self._carrier.kept(DEPLOY)
        return deploying(self._founding, deployment, before, self._carrier.following())

    def _opening(self, place: Place) -> Errand:
        return opening(self._founding, self._ledger_id, place, self._carrier.kept(OPEN))

    def _keep(self, errand: Errand, transaction: Transaction, tips: Tips) -> None:
        place = Place(self._chain.chain_id, errand.contract)
        kept = self._journal.deployment()
        if errand.name != DEPLOY or (kept is not None and kept.place == place):
            self._journal.keep_transaction(transaction)
            return
        code_hash = keccak(self._founding.code) if self._founding else NO_HASH
        if kept is not None and kept.place.chain_id == place.chain_id:
            code_hash = kept.code_hash
        first_block = tips.final.number if tips.final is not None else 0
        self._journal.keep_deployment(Deployment(place, code_hash, first_block), transaction)
        self._say(anchored_size=_size(self._journal.last(place)))

    # -- the thread ----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to anchor, in a thread."""
        self._thread.start()

    def run(self) -> None:
        """Step until closed, or until an operator must look."""
        while not self._is_over:
            try:
                wait = 0.0 if self.step() else self._limits.poll_seconds
            except (Diverged, StoreFailed, Damaged, RefusesToStart) as error:
                _log.critical("anchoring has stopped: %s", error)
                return
            except Exception as error:  # whatever an adapter or a signer raises: the log goes on
                wait, fails = self.pause(), self._status.fails
                if fails & (fails - 1) == 0:  # the first, second, fourth, eighth ...
                    _log.warning("anchors wait: %s: %s", type(error).__name__, error)
            self._wake.wait(wait)
            self._wake.clear()

    def ask(self) -> None:
        """Anchor what is published, though it may not be due; and look at the chain at once."""
        self._chooser.ask()
        if self._mirror is not None:
            self._mirror.ask()
        self._wake.set()

    def close(self) -> None:
        """Stop anchoring; what is on its way is found again at the next start."""
        self._is_over = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(self._limits.close_seconds)
        if self._status.condition not in ("diverged", "failed"):
            self._say(condition="closed", detail="")

    def pause(self) -> float:
        """Return how many seconds to wait after so many fails."""
        limits = self._limits
        doubled = limits.retry_seconds * 2.0 ** min(self._status.fails - 1, 30)
        return min(doubled, limits.retry_seconds_max) * (1 - self._dice() / 2)

    # -- what it answers -----------------------------------------------------------------------

    @property
    def doubt(self) -> str:
        """How the journal contradicted the log at the start; "" where it did not."""
        return self._doubt

    def status(self) -> Status:
        """Say how it is; any thread."""
        return self._status

    def anchors(self, after: int = 0, limit: int = 100) -> list[KeptAnchor]:
        """Return anchors by size, from after the size ``after`` on; any thread."""
        place = self._place()
        return self._journal.anchors(place, after, limit) if place else []

    def anchored_size(self, state: AnchorState = "finalized") -> int:
        """Return how many entries an anchor covers that is at least as sure as a state."""
        place = self._place()
        last = self._journal.last(place, state) if place else None
        return _size(last)

    def covering(self, size: int) -> KeptAnchor | None:
        """Return the smallest anchor that covers ``size`` entries."""
        place = self._place()
        return self._journal.covering(place, size) if place else None

    def _place(self) -> Place | None:
        kept = self._journal.deployment()
        return kept.place if kept else None

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say how a step went."""
        if self._diverged is not None:
            raise Diverged(self._diverged)
        try:
            yield
        except Diverged as error:
            self._diverged = str(error)
            self._say(condition="diverged", detail=str(error))
            if self._on_doubt is not None:
                self._on_doubt()
            raise
        except Exception as error:
            is_lasting = isinstance(error, StoreFailed | Damaged | RefusesToStart)
            condition: Condition = "failed" if is_lasting else "down"
            self._say(condition=condition, detail=str(error), fails=self._status.fails + 1)
            raise
        self._say(fails=0)

    def _first_status(self) -> Status:
        place = self._place()
        last = self._journal.last(place) if place else None
        mirror = self._mirror.status() if self._mirror is not None else None
        condition: Condition = "diverged" if self._doubt else "starting"
        return Status(condition, self._doubt, place, anchored_size=_size(last), mirror=mirror)

    def _tell_looked(self, tips: Tips, deployment: Deployment | None) -> None:
        final = tips.final.number if tips.final is not None else None
        size, _ = self._log.published()
        self._say(
            place=deployment.place if deployment else None,
            head_block=tips.head.number,
            final_block=final,
            published_size=size,
        )

    def _tell_latest(self, latest: Latest) -> None:
        self._say(is_open=latest.is_open, is_forked=latest.is_forked, chain_size=latest.size)

    def _tell_final(self, changed: Sequence[KeptAnchor]) -> None:
        for kept in changed:
            if kept.state != "finalized":
                continue
            self._say(anchored_size=kept.size)
            if self._on_final is not None:
                try:
                    self._on_final(kept)
                except Exception:  # who listens does not decide what is anchored
                    _log.exception("a listener failed")

    def _say(self, **changes: Any) -> None:  # noqa: ANN401 - fields of the status
        self._status = replace(self._status, **changes)


def _size(last: KeptAnchor | None) -> int:
    return last.size if last is not None else 0
