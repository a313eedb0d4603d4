"""Commands for whoever keeps a ledger: audit it, make its tables again, start it after a loss."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import Progress

from ledger.audit import Fault, Report, audit
from ledger.book import rebuild as rebuild_tables
from ledger.book import recover as recover_from
from ledger.cli.options import Context
from ledger.cli.outcome import REFUSED
from ledger.cli.output import Output, Pair
from ledger.cli.session import session_of
from ledger.cli.words import count_of
from ledger.config import locked, open_for_audit, open_for_recovery, open_stores, system_clock
from ledger.errors import BadQuestion, Damaged
from ledger.merkle import EMPTY_ROOT
from ledger.values import carats, to_hex

commands = typer.Typer()
PANEL: Final = "Keep a ledger"
WAIT_SECONDS: Final = 2.0
UNSEEN: Final = (
    "without --checkpoint, a ledger that was rolled back whole, its checkpoints too, looks the same"
)
"""What no audit can tell from the ledger's own files."""


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


@commands.command("audit", rich_help_panel=PANEL)
def audit_(context: Context, checkpoint: NotesOption = None) -> None:
    """Check everything again: every byte, signature, rule, chain, tree and checkpoint.

    Each fault is named by its kind (gap, truncated, duplicate, reorder, altered, forked) and its
    place. Nothing is changed. The ledger must not be in use: stop its server, or audit a copy.
    Whoever holds the files can roll all of them back together; only a checkpoint that somebody
    else holds shows it.

    Example: adamant audit --ledger copy-of-ledger --checkpoint witnessed.note
    """
    session = session_of(context)
    notes = [_read_note(path, "--checkpoint") for path in checkpoint or ()]
    folder = session.folder
    with locked(folder, WAIT_SECONDS), open_for_audit(folder) as opened:
        faults = tuple(Fault(one.fault, one.place, one.detail) for one in opened.faults)
        report = None
        if opened.log is not None:
            with session.out.progress("auditing") as progress:
                report = audit(
                    opened.log,
                    opened.checkpoints,
                    opened.scratch,
                    notes=notes,
                    clock_ms=system_clock(),
                    progress=_Bar(progress),
                )
    found = (*faults, *(report.faults if report else ()))
    if session.out.as_json:
        session.out.document(verdict_document(report, found))
    else:
        _tell_verdict(session.out, report, found)
        if not notes:
            session.out.note(UNSEEN)
    if found:
        raise typer.Exit(REFUSED)


def verdict_document(report: Report | None, faults: tuple[Fault, ...]) -> dict[str, Any]:
    """Return the JSON document of an audit; figures are null where the log cannot be opened."""
    figures = report.figures if report else None
    return {
        "isClean": not faults,
        "size": report.size if report else 0,
        "root": to_hex(report.root if report else EMPTY_ROOT),
        "faults": [{"kind": one.kind, "place": one.place, "detail": one.detail} for one in faults],
        "unlistedFaults": report.unlisted if report else 0,
        "figures": figures
        and {
            "entries": figures.entries,
            "signatures": figures.signatures,
            "decided": figures.decided,
            "kinds": figures.kinds,
            "tiles": figures.tiles,
            "checkpoints": figures.checkpoints,
            "heldCheckpoints": figures.held_checkpoints,
            "uncoveredEntries": figures.uncovered,
            "findings": figures.findings,
            "registeredMillicarats": figures.registered_millicarats,
            "lostMillicarats": figures.lost_millicarats,
            "heldMillicarats": figures.held_millicarats,
        },
    }


def _tell_verdict(out: Output, report: Report | None, faults: tuple[Fault, ...]) -> None:
    if report is not None:
        out.pairs(_figures(report))
    if not faults:
        out.say("no faults found", style="bold green")
        return
    out.table(["fault", "place", "what was seen"], [(f.kind, f.place, f.detail) for f in faults])
    unlisted = report.unlisted if report else 0
    out.say(f"{count_of(len(faults) + unlisted, 'fault')} found", style="bold red")


def _figures(report: Report) -> list[Pair]:
    figures = report.figures
    read = f"{figures.entries:,} of {report.size:,} read, {figures.decided:,} decided again"
    registered = f"{carats(figures.registered_millicarats)} ct registered"
    held = f"{carats(figures.held_millicarats)} ct held"
    lost = f"{carats(figures.lost_millicarats)} ct lost"
    held_by_others = figures.held_checkpoints
    elsewhere = f", {held_by_others:,} held elsewhere" if held_by_others else ""
    uncovered = ""
    if figures.uncovered:
        are = "entry is" if figures.uncovered == 1 else "entries are"
        uncovered = f"; {figures.uncovered:,} {are} under no checkpoint yet"
    return [
        ("entries", read),
        ("signatures", f"{figures.signatures:,} recovered"),
        ("tree", f"{figures.tiles:,} tiles, root {to_hex(report.root)}"),
        ("checkpoints", f"{figures.checkpoints:,} verified{elsewhere}{uncovered}"),
        ("findings", f"{figures.findings:,}"),
        ("weights", f"{registered} = {held} + {lost}"),
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
    folder = session.folder
    with locked(folder, WAIT_SECONDS), open_for_recovery(folder) as stores:
        published = recover_from(stores.log, stores.checkpoints, raw)
    if session.out.as_json:
        session.out.document({"size": published.size, "root": to_hex(published.root)})
    else:
        session.out.say(f"recovered: the log agrees with checkpoint {published.size}")
        session.out.note("next: adamant audit")
