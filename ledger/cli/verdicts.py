"""Commands that judge: what each definition says of goods, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.cli.options import Context
from ledger.cli.output import Output
from ledger.cli.parcels import parcel_id_at
from ledger.cli.session import session_of
from ledger.cli.showing import show_findings
from ledger.cli.words import count_of, show_time
from ledger.desk import Plain
from ledger.errors import BadQuestion

commands = typer.Typer()
PANEL: Final = "Ask"
_STYLES: Final = {"pass": "green", "fail": "red", "cannot tell": "yellow"}


SizeOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Only what the first N entries of the log say, by the files that counted then.",
    ),
]


@commands.command(rich_help_panel=PANEL)
def verdict(
    context: Context,
    parcel: Annotated[
        str,
        typer.Argument(
            metavar="PARCEL", help="The parcel or piece: its id, or a link to its page."
        ),
    ],
    *,
    definition: Annotated[
        str,
        typer.Option(metavar="ID", help="One definition alone, with all its reasons."),
    ] = "",
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="The day to judge for; today if not said.")
    ] = "",
    size: SizeOption = None,
    compare_date: Annotated[
        str,
        typer.Option(metavar="DATE", help="Another day, to see what makes the difference."),
    ] = "",
    compare_definition: Annotated[
        str,
        typer.Option(metavar="ID", help="Another definition, to see what makes the difference."),
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option(
            metavar="DEFINITION.toml",
            help="Judge by a definition in a file of your own; for a folder alone.",
        ),
    ] = None,
) -> None:
    """Judge goods by every definition: pass, fail or cannot tell, each with its reasons.

    A verdict says what follows from a text, from tables and from what is recorded. It is not legal
    advice.

    Examples: adamant verdict 0x…; adamant verdict 0x… --definition us-2024 --as-of 2024-09-01;
    adamant verdict 0x… --definition kp-2003 --compare-definition west-2025
    """  # fmt: skip
    if file is not None and definition:
        raise BadQuestion("--definition", "not to be given beside --file, which is judged by")
    asked: dict[str, str | int] = {
        name: value
        for name, value in (
            ("definition", definition),
            ("asOf", _day(as_of, "--as-of")),
            ("compareDate", _day(compare_date, "--compare-date")),
            ("compareDefinition", compare_definition),
        )
        if value
    }
    if size is not None:
        asked["size"] = size
    session = session_of(context)
    with session.desk() as desk:
        parcel_id = parcel_id_at(desk, parcel)
        if file is None:
            answer = desk.verdicts(parcel_id, **asked)
        else:
            answer = desk.verdicts_by(_read(file), parcel_id, **asked)
    if session.out.as_json:
        session.out.document(answer)
        return
    print_verdicts(session.out, answer, whole=bool(definition or file))


def _day(text: str, option: str) -> str:
    if text:
        try:
            is_day = date.fromisoformat(text).isoformat() == text
        except ValueError:
            is_day = False
        if not is_day:
            raise BadQuestion(option, f"a day such as 2025-03-01; came {text}")
    return text


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadQuestion("--file", f"a file that can be read: {error.strerror}") from None


def print_verdicts(out: Output, answer: Plain, *, whole: bool) -> None:
    """Print the matrix, then the reasons that decide; all of them for one definition."""
    origins = ", ".join(answer["origins"])
    out.pairs(
        [
            ("parcel", answer["parcelId"]),
            ("judged for", f"{answer['date']}, by {count_of(answer['size'], 'entry')}"),
            ("mined in", origins if len(answer["origins"]) == 1 else f"one or some of {origins}"),
            ("ancestry", "" if answer["isWhole"] else "longer than was followed"),
        ]
    )
    out.say()
    out.table(["definition", "status", "verdict"], [_row(one) for one in answer["verdicts"]])
    for one in answer["verdicts"]:
        _print_reasons(out, one, whole=whole)
    if answer["comparison"] is not None:
        _print_comparison(out, answer)
    if answer["findings"]:
        out.say()
        show_findings(out, answer["findings"])
    _print_files(out, answer)
    out.say()
    out.say(answer["notice"])


def _row(one: Plain) -> tuple[Any, ...]:
    definition = one["definition"]
    status = definition["status"] + ("" if definition["isAdoptedHere"] else ", not adopted here")
    value = one["value"] + (" (unconfirmed)" if one["isUnconfirmed"] else "")
    return definition["id"], status, value


def _print_reasons(out: Output, one: Plain, *, whole: bool) -> None:
    reasons = [reason for reason in one["reasons"] if whole or reason["isDeciding"]]
    out.say()
    out.say(f"{one['definition']['id']}: {one['value']}", style=_STYLES[one["value"]])
    if whole:
        out.say(f"  {one['definition']['reading']}")
    for reason in reasons:
        marks = [reason["value"]] if whole else []
        marks += ["unconfirmed"] if reason["isUnconfirmed"] else []
        mark = f" [{', '.join(marks)}]" if marks else ""
        out.say(f"  {reason['rule']}: {reason['words']}{mark}")
        if reason["wouldDecide"]:
            out.say(f"    settled by: {reason['wouldDecide']}")
        if reason["grounds"]:
            out.say(f"    rests on {', '.join(map(_ground, reason['grounds'][:8]))}")
        decided = [used for used in reason["tables"] if used["rows"]]
        rows = [f"{used['name']} ({', '.join(used['rows'])})" for used in decided]
        if rows:
            out.say(f"    rows: {'; '.join(rows)}")
        out.say(f"    source: {reason['source']}")


def _ground(ground: Plain) -> str:
    suspect = ", suspect" if ground["isSuspect"] else ""
    what = f"{ground['kind']} {ground['operation']}".strip()
    by = f"{ground['role']} {ground['country']}".strip()
    when = show_time(ground["occurredAt"])[:10]
    return f"entry {ground['index']} ({what} by {by}, {when}{suspect})"


def _print_comparison(out: Output, answer: Plain) -> None:
    compared = answer["comparison"]
    out.say()
    out.say(f"compared with {compared['date']}", style="bold")
    rows = [
        (one["definition"], one["value"], one["other"], one["otherValue"])
        for one in compared["differences"]
    ]
    out.table(["definition", "verdict", "other", "its verdict"], rows)
    for one in compared["differences"]:
        for words in one["words"] if one["isDifferent"] else ():
            out.say(f"  {words}")


def _print_files(out: Output, answer: Plain) -> None:
    """Name every file that the verdicts rest on."""
    definitions = [one["definition"] for one in answer["verdicts"]]
    files = {one["table"]: (one["sha256"], one["isAdoptedHere"]) for one in definitions}
    for one in answer["verdicts"]:
        for reason in one["reasons"]:
            files |= {
                used["name"]: (used["sha256"], used["isAdoptedHere"]) for used in reason["tables"]
            }
    rows = [
        (name, digest[2:18] + "…", "yes" if is_adopted else "no")
        for name, (digest, is_adopted) in sorted(files.items())
    ]
    out.say()
    out.table(["file", "SHA-256", "adopted by this ledger"], rows)
