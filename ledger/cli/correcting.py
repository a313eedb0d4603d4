"""Commands for what was said wrongly, and what was noticed: correct a record, answer a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from ledger import drafts
from ledger.answers.clear_signing.descriptors import TIMES
from ledger.cli.options import Context, speaking
from ledger.cli.parcels import goods_of
from ledger.cli.parties import bytes_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_id, read_last_second, read_time
from ledger.errors import BadQuestion
from ledger.records import Correction, Kind, Record
from ledger.values import NO_HASH, Hash32

commands = typer.Typer()
PANEL: Final = "Goods"
_SOME: Final = Hash32(bytes([1]) * len(NO_HASH))
_UNTIL: Final = ("expiresAt", "periodTo")


@commands.command(rich_help_panel=PANEL)
@speaking()
def correct(
    context: Context,
    *,
    pen: Pen,
    record: Annotated[
        str, typer.Argument(metavar="RECORD", help="The record that you signed: its id.")
    ],
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SHEET.NAME=VALUE",
            help="A field and its right value, such as what.reportNumber=2216843 or "
            "scene.expiresAt=2026-05-01; an element of a list with its place from 0, such as "
            "amounts.valuesUsCents.0=125000. Once for each.",
        ),
    ] = None,
) -> None:
    """Correct values of a record of your own; both values stay, and both are shown.

    Which fields may be corrected, docs/spec/records.md lists by kind. Private fields of the record
    are corrected as a whole: --private NAME=VALUE for each that it is to have.

    Example: adamant correct 0x… --field amounts.label="Bag 8"
    """
    if not field and not pen.private:
        raise BadQuestion("--field, --private", "what is to be corrected")

    def compose(speech: Speech) -> Record:
        record_id = read_id(record, "RECORD")
        of = speech.follows(record_id)
        latest = _latest(speech, record_id)
        if pen.private:
            speech.private_of = of.KIND
        values = read_fields(of.KIND, field or ())
        speaker = speech.speaker("Correction", "", of.scene.author_country)
        # What stands here as their root is replaced by the private fields that were typed.
        details = _SOME if pen.private else NO_HASH
        return drafts.correction(
            speaker, speech.moment(), record_id, values, latest=latest, details=details
        )

    speak(session_of(context), pen, compose)


def _latest(speech: Speech, record_id: Hash32) -> Hash32:
    """Return the latest Correction of a record, read again here; zeros if there is none."""
    found = speech.desk.record(record_id, speech.ledger_id)["corrections"]
    if not found:
        return NO_HASH
    latest = bytes_of(found[-1]["recordId"])
    known = speech.follows(latest)
    if not isinstance(known, Correction) or known.what.record != record_id:
        raise BadQuestion("RECORD", "a record whose corrections are its own")
    return latest


def read_fields(kind: Kind, texts: Sequence[str]) -> dict[str, str]:
    """Read corrected values: ``SHEET.NAME=VALUE`` each; times as people write them.

    Raises:
        BadQuestion: one is not of that form, or names a field that may not be corrected, or twice.

    """
    found: dict[str, str] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        name, _, position = path.rpartition(".")
        is_known = path in kind.correctable or (
            f"{name}.*" in kind.correctable and position.isdecimal()
        )
        if not equals or not is_known or path in found:
            may = ", ".join(one.replace(".*", ".N") for one in kind.correctable if "." in one)
            expected = f"SHEET.NAME=VALUE once each; of a {kind.name}: {may or 'private fields'}"
            raise BadQuestion("--field", expected)
        wire = path.split(".")[1]
        if wire in TIMES and not value.isdecimal():
            read = read_last_second if wire in _UNTIL else read_time
            value = str(read(value, "--field"))
        found[path] = value
    return found


@commands.command(rich_help_panel=PANEL)
@speaking()
def answer(
    context: Context,
    *,
    pen: Pen,
    finding: Annotated[
        str, typer.Argument(metavar="FINDING", help="The finding that you answer: its id.")
    ],
    parcel: Annotated[
        str,
        typer.Argument(metavar="[PARCEL]", help="The parcel that it is about, if about one."),
    ] = "",
) -> None:
    """Answer a finding; the answer is shown beside it, wherever it is shown.

    What you have to say goes along as a private field: --private text=…, shown to whom you grant
    it. `adamant show` lists the findings about goods with their ids.

    Example: adamant answer 0x… 0x1a2b3c4d --private text=@reply.txt
    """
    finding_id = read_id(finding, "FINDING")

    def compose(speech: Speech) -> Record:
        if not parcel:
            speaker = speech.speaker("Report", "answer")
            return drafts.report(speaker, speech.moment(), "answer", NO_HASH, finding=finding_id)
        found = speech.parcel(parcel)
        goods = goods_of(found)
        return drafts.report(
            speech.speaker("Report", "answer", found["country"]),
            speech.moment(),
            "answer",
            goods.parcel,
            state=goods.previous,
            finding=finding_id,
        )

    speak(session_of(context), pen, compose)
