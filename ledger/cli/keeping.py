"""Commands for whoever keeps a ledger: audit it, make its tables again, start it after a loss."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.progress import Progress

from ledger.audit import Fault, Report, audit
from ledger.book import rebuild as rebuild_tables
from ledger.book import recover as recover_from
from ledger.canonical import read_envelope
from ledger.checkpoint import Checkpoint, Note
from ledger.cli.options import Context
from ledger.cli.outcome import REFUSED
from ledger.cli.output import Output, Pair
from ledger.cli.session import session_of
from ledger.cli.tables import missing_tables, tell_missing
from ledger.cli.words import count_of
from ledger.config import (
    LedgerFolder,
    collect_seldom,
    locked,
    open_for_audit,
    open_for_recovery,
    open_stores,
    system_clock,
)
from ledger.custody import Finding, charter_of
from ledger.errors import BadQuestion, Damaged, ProofError, Refused, RefusesToStart, StoreFailed
from ledger.merkle import EMPTY_ROOT
from ledger.records import Charter
from ledger.store.protocol import Store
from ledger.values import carats, to_hex

if TYPE_CHECKING:
    from ledger.audit.chain import ChainReport

commands = typer.Typer()
PANEL: Final = "Keep a ledger"
WAIT_SECONDS: Final = 2.0
UNSEEN: Final = (
    "without --checkpoint, a ledger that was rolled back whole, its checkpoints too, looks the same"
)
"""What no audit can tell from the ledger's own files.

Nor can it tell single claims that were taken out of the second store, if the others were chained
again: the chain has no key. A note of such a claim that somebody else holds is compared all the
same, with the log.
"""


class _Bar:
    """Moves the only bar of a progress display."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._progress.task_ids[0], completed=done, total=total)


NotesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="A checkpoint that somebody else holds, to compare with; may be given again.",
    ),
]


ChainOption = Annotated[
    bool,
    typer.Option(
        "--chain",
        help="Ask the ledger's chain too: compare every anchor that it holds with the log.",
    ),
]


@commands.command("audit", rich_help_panel=PANEL)
def audit_(context: Context, *, checkpoint: NotesOption = None, chain: ChainOption = False) -> None:
    """Check everything again: every byte, signature, rule, chain, tree and checkpoint.

    Each fault is named by its kind (gap, truncated, duplicate, reorder, altered, forked) and its
    place. Nothing is changed. The ledger must not be in use: stop its server, or audit a copy that
    was made while it was stopped. Where the second store lies outside the folder, copy it too, and
    name the copy in ADAMANT_CHECKPOINTS: the settings in the copied folder name the original.
    Whoever holds the files can roll all of them back together, or take single claims out of the
    second store and chain the others again; only checkpoints that somebody else holds show it.

    Example: adamant audit --ledger copy-of-ledger --checkpoint witnessed.note
    """
    session = session_of(context)
    notes = [_read_note(path, "--checkpoint") for path in checkpoint or ()]
    origins = {_origin_in(note, "--checkpoint") for note in notes}
    folder = session.folder
    on_chain: ChainReport | None = None
    with locked(folder, WAIT_SECONDS), open_for_audit(folder) as opened:
        faults = tuple(Fault(one.fault, one.place, one.detail) for one in opened.faults)
        report = None
        if opened.log is not None:
            _check_origins(opened.log, origins)
            collect_seldom()
            with session.out.progress("auditing") as progress:
                report = audit(
                    opened.log,
                    opened.checkpoints,
                    opened.scratch,
                    notes=notes,
                    clock_ms=system_clock(),
                    progress=_Bar(progress),
                )
            on_chain = _audit_chain(folder, opened.log) if chain else None
    found = (
        *faults,
        *(report.faults if report else ()),
        *(on_chain.faults if on_chain else ()),
    )
    missing = missing_tables(opened.missing_tables)
    if session.out.as_json:
        session.out.document({**verdict_document(report, found, on_chain), **missing})
    else:
        _tell_verdict(session.out, report, found, on_chain)
        tell_missing(session.out, opened.missing_tables)
        if not notes:
            session.out.note(UNSEEN)
    if found:
        raise typer.Exit(REFUSED)


def _audit_chain(folder: LedgerFolder, log: Store) -> ChainReport:
    """Compare the anchors on the ledger's chain with its log, and the mirror with its records.

    Raises:
        RefusesToStart: the settings name no chain, or what it needs is not installed.
        ChainDown: it cannot be asked.

    """
    # Loaded here: most have no chain.
    from ledger.audit.chain import ChainReport, audit_anchors
    from ledger.audit.mirror import audit_mirror
    from ledger.config.anchoring import check_chain_file, open_chain, open_journal

    settings = folder.settings()
    damages = check_chain_file(folder, settings)  # its bytes, before anything is opened
    if damages:
        return ChainReport(
            tuple(Fault(one.fault, one.place, one.detail) for one in damages), 0, 0, 0
        )
    try:
        with log.view() as view, ExitStack() as opened:
            charter = charter_of(view)
            if charter is None:
                fault = Fault("gap", "charter in force", "the ledger has no charter")
                return ChainReport((fault,), 0, 0, 0)
            chain = opened.enter_context(closing(open_chain(folder, settings, charter.ledger_id)))
            if not folder.anchors.exists():
                raise RefusesToStart(f"{folder.anchors} is missing: nothing was anchored from here")
            journal = opened.enter_context(closing(open_journal(folder)))
            anchors = audit_anchors(view, chain, journal, charter.ledger_id)
            mirror = audit_mirror(view, chain, journal.mirror, charter.ledger_id)
            faults = (*anchors.faults, *(mirror.faults if mirror else ()))
            return replace(anchors, faults=faults, mirror=mirror)
    except Damaged as damage:  # of the journal's file, or the local chain's
        return ChainReport((Fault(damage.fault, damage.place, damage.detail),), 0, 0, 0)


def verdict_document(
    report: Report | None, faults: tuple[Fault, ...], on_chain: ChainReport | None = None
) -> dict[str, Any]:
    """Return the JSON document of an audit.

    Figures are null where the log cannot be opened, and sums where not every record was decided.
    """
    figures = report.figures if report else None
    # Sums over a part of the records would look like those of all.
    sums = figures if report is not None and report.is_whole else None
    return {
        "isClean": not faults,
        "size": report.size if report else 0,
        "root": to_hex(report.root if report else EMPTY_ROOT),
        "faults": [{"kind": one.kind, "place": one.place, "detail": one.detail} for one in faults],
        "unlistedFaults": report.unlisted if report else 0,
        "chain": on_chain
        and {
            "anchors": on_chain.anchors,
            "anchoredSize": on_chain.anchored_size,
            "blocks": on_chain.blocks,
            "mirror": on_chain.mirror
            and {
                "records": on_chain.mirror.records,
                "events": on_chain.mirror.events,
                "leftOut": on_chain.mirror.left_out,
                "position": on_chain.mirror.position,
            },
        },
        "figures": figures
        and {
            "entries": figures.entries,
            "signatures": figures.signatures,
            "decided": figures.decided,
            "kinds": figures.kinds,
            "tiles": figures.tiles,
            "checkpoints": figures.checkpoints,
            "heldCheckpoints": figures.held_checkpoints,
            "uncoveredEntries": sums and sums.uncovered,
            "findings": figures.findings,
            "firstFindings": [_finding(one) for one in figures.first_findings],
            "registeredMillicarats": sums and sums.registered_millicarats,
            "lostMillicarats": sums and sums.lost_millicarats,
            "heldMillicarats": sums and sums.held_millicarats,
        },
    }


def _tell_verdict(
    out: Output,
    report: Report | None,
    faults: tuple[Fault, ...],
    on_chain: ChainReport | None,
) -> None:
    if report is not None:
        anchored = _told_on_chain(on_chain) if on_chain else []
        out.pairs([*figures_of(report), *anchored])
        _tell_findings(out, report)
    if not faults:
        out.say("no faults found", style="bold green")
        return
    out.table(["fault", "place", "what was seen"], [(f.kind, f.place, f.detail) for f in faults])
    unlisted = report.unlisted if report else 0
    out.say(f"{count_of(len(faults) + unlisted, 'fault')} found", style="bold red")


def _told_on_chain(report: ChainReport) -> list[Pair]:
    anchors = (
        f"{report.anchors:,} in {count_of(report.blocks, 'block')}, the last of "
        f"{count_of(report.anchored_size, 'entry')}"
    )
    if report.mirror is None:
        return [("anchors", anchors)]
    mirror = report.mirror
    told = (
        f"{count_of(mirror.records, 'record')} in {count_of(mirror.events, 'event')}, "
        f"{mirror.left_out:,} left out"
    )
    return [("anchors", anchors), ("mirror of hand-overs", told)]


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "index": found.index,
        "name": found.name,
        "subject": to_hex(found.subject),
        "findingId": to_hex(found.id),
    }


def _tell_findings(out: Output, report: Report) -> None:
    """List the findings, which accuse nobody, so that `show` can follow them up."""
    shown = report.figures.first_findings
    if shown:
        rows = [(one.index, one.name, to_hex(one.subject)) for one in shown]
        out.table([">index", "finding", "about"], rows)
    if len(shown) < report.figures.findings:
        out.say(f"and {count_of(report.figures.findings - len(shown), 'finding')} more")


def figures_of(report: Report) -> list[Pair]:
    """Return what an audit counted, for people; sums only where all of it was checked."""
    figures = report.figures
    read = f"{figures.entries:,} of {report.size:,} read, {figures.decided:,} decided again"
    registered = f"{carats(figures.registered_millicarats)} ct registered"
    held = f"{carats(figures.held_millicarats)} ct held"
    lost = f"{carats(figures.lost_millicarats)} ct lost"
    held_by_others = figures.held_checkpoints
    elsewhere = f", {held_by_others:,} held elsewhere" if held_by_others else ""
    uncovered, weights = "", f"{registered} = {held} + {lost}"
    if not report.is_whole:
        last = figures.decided - 1
        weights = f"not checked past entry {last}" if last >= 0 else "not checked"
        uncovered = f"; {weights}"
    elif figures.uncovered:
        are = "entry is" if figures.uncovered == 1 else "entries are"
        uncovered = f"; {figures.uncovered:,} {are} under no checkpoint yet"
    return [
        ("entries", read),
        ("signatures", f"{figures.signatures:,} recovered"),
        ("tree", f"{figures.tiles:,} tiles, root {to_hex(report.root)}"),
        ("checkpoints", f"{figures.checkpoints:,} verified{elsewhere}{uncovered}"),
        ("findings", f"{figures.findings:,}"),
        ("weights", weights),
    ]


@commands.command(rich_help_panel=PANEL)
def rebuild(context: Context) -> None:
    """Make the derived tables again from the records, byte for byte; the log stays as it is.

    Example: adamant rebuild
    """
    session = session_of(context)
    folder = session.folder
    with locked(folder, WAIT_SECONDS), open_stores(folder) as stores:
        with stores.log.view() as view:
            size, before = view.head().size, _fingerprint(view)
        with session.out.progress("rebuilding") as progress:
            after = rebuild_tables(stores.log, _Bar(progress))
    if session.out.as_json:
        changed = {"size": size, "fingerprint": to_hex(after), "hasChanged": after != before}
        session.out.document(changed)
        return
    session.out.say(f"tables made again from {count_of(size, 'record')}")
    if after != before:
        session.out.say("they were not what the records leave; now they are", style="bold")
    session.out.pairs([("fingerprint", to_hex(after))])


def _fingerprint(view: Any) -> bytes | None:  # noqa: ANN401 - any view of a store
    try:
        fingerprint: bytes = view.fingerprint()
    except Damaged:
        return None  # damaged tables are a reason to rebuild
    return fingerprint


def _origin_in(note: bytes, field: str) -> str:
    """Return which log a note says that it is of."""
    try:
        return Checkpoint.parse(Note.parse(note).text).origin
    except ProofError as error:
        raise BadQuestion(field, f"a signed checkpoint ({error})") from None


def _check_origins(log: Store, origins: set[str]) -> None:
    """Return if notes are of this very log, as far as that can be read; others are a slip.

    Raises:
        BadQuestion: one is of another log.

    """
    try:
        with log.view() as view:
            row = view.row(0)
        record = read_envelope(row.envelope).record if row else None
    except (Damaged, Refused, StoreFailed):
        return  # the audit names it
    if not isinstance(record, Charter):
        return
    for other in sorted(origins - {record.what.origin}):
        expected = f"a checkpoint of {record.what.origin}, this ledger; the file is of {other}"
        raise BadQuestion("--checkpoint", expected)


def _read_note(path: Path, field: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadQuestion(field, f"a file that can be read; {path} cannot") from None


@commands.command(rich_help_panel=PANEL)
def recover(
    context: Context,
    note: Annotated[
        Path,
        typer.Argument(
            metavar="NOTE",
            help="The last checkpoint that somebody else holds: a witness, a member.",
        ),
    ],
) -> None:
    """Start a ledger again whose checkpoint store was lost, against a checkpoint held elsewhere.

    The ledger must reach that checkpoint and have its root: otherwise something was lost or
    rewritten, and nothing is started.

    Example: adamant recover last.note
    """
    session = session_of(context)
    raw = _read_note(note, "NOTE")
    _origin_in(raw, "NOTE")
    folder = session.folder
    with locked(folder, WAIT_SECONDS), open_for_recovery(folder) as stores:
        published = recover_from(stores.log, stores.checkpoints, raw)
    if session.out.as_json:
        session.out.document({"size": published.size, "root": to_hex(published.root)})
    else:
        session.out.say(f"recovered: the log agrees with checkpoint {published.size}")
        session.out.note("next: adamant audit")
