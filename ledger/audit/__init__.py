"""The audit: every byte, signature, rule, chain, tree and checkpoint checked again.

It reads through the protocols of ``store`` alone and trusts nothing that is derived: the state is
made again in a scratch store and compared. It changes nothing, never raises on damage, always comes
to an end, and names the kind of each fault and its place:

=============  ==========================================================================
gap            an entry, row or note that must be there is not, and later ones are
truncated      the same, at the end
duplicate      a record stands in the log twice
reorder        entries, or checkpoints, stand in another order than they were written
altered        other bytes than were written
forked         the log is in itself as it must be, but not what a checkpoint says
=============  ==========================================================================

What it cannot see in a ledger's own files, whoever can write them can hide: that the end of the log
was taken away together with the claims over it, or that single claims were taken out of the second
store and the others chained again. Against both there are checkpoints that somebody else holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.audit.held import HeldCheck
from ledger.audit.log import LogCheck, Progress
from ledger.audit.notes import NoteCheck
from ledger.audit.replay import Replay
from ledger.audit.report import Fault, FaultList, Figures, Report
from ledger.audit.tree import TreeCheck
from ledger.errors import BadQuestion, StoreFailed
from ledger.limits import LIMITS
from ledger.merkle import EMPTY_ROOT
from ledger.store.protocol import EMPTY_HEAD, CheckpointStore, Store, View

__all__ = ["Fault", "Figures", "Progress", "Report", "audit"]


def audit(
    store: Store,
    checkpoints: CheckpointStore,
    scratch: Store,
    *,
    notes: Sequence[bytes] = (),
    clock_ms: int | None = None,
    progress: Progress | None = None,
    faults_max: int = LIMITS.audit_faults_max,
) -> Report:
    """Check a ledger, beside a running book or without one.

    Args:
        store: the ledger.
        checkpoints: its second store.
        scratch: an empty store, in which the ledger is made again; of no use afterwards.
        notes: checkpoints that somebody else holds. Without one, a ledger whose end was taken away
            together with the claims over it cannot be told from one that never had it.
        clock_ms: the auditor's time, in milliseconds since 1970-01-01 UTC; None asks nothing of
            the entries' times but their order.
        progress: told how far it is.
        faults_max: how many faults are listed.

    Raises:
        BadQuestion: the scratch store is not empty, or one of ``notes`` is no checkpoint.
        StoreFailed: a medium failed, the scratch store's too, and nothing can be said of the rest.

    """
    faults, figures = FaultList(faults_max), Figures()
    held = HeldCheck(notes, faults, figures)
    with scratch.view() as nothing:
        if nothing.head() != EMPTY_HEAD:
            raise BadQuestion("scratch", "an empty store")
    # The claim first, then the view: what is published in between does not look like a loss.
    claimed = faults.attempt("checkpoint store", lambda: (checkpoints.latest(),))
    latest = claimed[0] if claimed else None
    if claimed and latest is None:
        faults.add("truncated", "checkpoint store", "nothing was ever claimed in it")
    claims = NoteCheck(checkpoints, latest, held, faults, figures)
    try:
        with scratch.write() as writer, store.view() as view:
            writer.clear_derived()
            replay = Replay(writer, view, faults, figures)
            return _audit(view, replay, claims, faults, figures, clock_ms, progress)
    except StoreFailed:
        raise
    except Exception as error:  # damage that nobody thought of is damage all the same
        faults.add_error("store", error)
    return Report(0, EMPTY_ROOT, figures, faults.all, faults.unlisted)


def _audit(
    view: View,
    replay: Replay,
    notes: NoteCheck,
    faults: FaultList,
    figures: Figures,
    clock_ms: int | None,
    progress: Progress | None,
) -> Report:
    head = faults.attempt("head", view.head)
    if head is None:
        return Report(0, EMPTY_ROOT, figures, faults.all, faults.unlisted)
    tree = TreeCheck(view, faults, figures)
    log = LogCheck(view, replay, tree, notes, faults, figures)
    log.walk(head, clock_ms, progress)
    if log.is_clean:
        replay.compare(view)
        if figures.registered_millicarats != figures.held_millicarats + figures.lost_millicarats:
            faults.add("altered", "weights", "parcels and losses are not what was registered")
    notes.finish(tree, replay, log_is_clean=log.is_clean)
    figures.uncovered = max(0, head.size - notes.covered)
    return Report(head.size, tree.root(), figures, faults.all, faults.unlisted)
