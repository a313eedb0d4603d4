"""Commands that say something about goods: graded, analysed, located, warranted, documented."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from ledger import drafts
from ledger.cli.options import Context, ParcelArgument, speaking
from ledger.cli.parties import bytes_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_country, read_id, read_time, read_weight
from ledger.drafts import Grades, Spoken
from ledger.errors import BadQuestion
from ledger.records import Record
from ledger.values import HASH_BYTES, NO_HASH, Hash32, from_hex

commands = typer.Typer(no_args_is_help=True)
KIND: Final = "Statement"
_MEASURE: Final = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,3}))?", re.ASCII)

Shape = Literal[
    "round", "oval", "pear", "emerald", "princess", "cushion", "marquise", "radiant", "heart",
    "other",
]  # fmt: skip
ReportOption = Annotated[
    str, typer.Option("--report", metavar="NUMBER", help="Number of the laboratory's report.")
]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file",
        metavar="FILE",
        help="The document, of which the SHA-256 is stated; it is kept outside.",
    ),
]
OfOption = Annotated[
    str,
    typer.Option(
        "--of",
        metavar="RECORD",
        help="The record of its chain that is described; its last one if not said.",
    ),
]


def _state(context: Context, pen: Pen, operation: str, parcel: str, of: str, **said: Any) -> None:  # noqa: ANN401 - what drafts take
    """Say something of a parcel, as its last record or a named one left it.

    Who names both may speak of goods whose book it is not shown, as laboratories do.
    """

    def compose(speech: Speech) -> Record:
        whole = from_hex(parcel, HASH_BYTES)
        if of and whole is not None:
            country, spoken = "", Spoken(Hash32(whole), read_id(of, "--of"))
        else:
            found = speech.parcel(parcel)
            last = bytes_of(found["head"])
            state = read_id(of, "--of") if of else last
            country, spoken = found["country"], Spoken(bytes_of(found["parcelId"]), state)
        speaker = speech.speaker(KIND, operation, country)
        return drafts.statement(speaker, speech.moment(), operation, spoken, **said)

    speak(session_of(context), pen, compose)


def hash_of_file(file: Path | None) -> Hash32:
    """Return the SHA-256 of a document; zeros where there is none.

    Raises:
        BadQuestion: it cannot be read.

    """
    if file is None:
        return NO_HASH
    try:
        with file.open("rb") as opened:
            return Hash32(hashlib.file_digest(opened, "sha256").digest())
    except OSError as error:
        raise BadQuestion("--file", f"a file that can be read: {error.strerror}") from None


def read_measures(text: str) -> tuple[int, ...]:
    """Read three measurements in millimetres: ``6.50x6.52x4.01``; as micrometres.

    Raises:
        BadQuestion: they are not three such numbers.

    """
    if not text:
        return ()
    found = [_MEASURE.fullmatch(part) for part in text.split("x")]
    if len(found) != 3 or None in found:
        raise BadQuestion("--measures", "length, width and depth in mm, such as 6.50x6.52x4.01")
    return tuple(int(one[1]) * 1000 + int((one[2] or "").ljust(3, "0")) for one in found if one)


@commands.command()
@speaking()
def grading(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    report: ReportOption,
    shape: Annotated[
        Shape, typer.Option(metavar="SHAPE", help="Shape and cut, such as round or oval.")
    ],
    weight: Annotated[str, typer.Option(metavar="CARATS", help="As weighed, such as 1.851.")],
    color: Annotated[str, typer.Option(metavar="GRADE", help="Colour: D to Z, or fancy.")] = "",
    clarity: Annotated[str, typer.Option(metavar="GRADE", help="Clarity: FL to I3.")] = "",
    measures: Annotated[
        str, typer.Option(metavar="LxWxD", help="In mm, such as 6.50x6.52x4.01.")
    ] = "",
    file: FileOption = None,
    of: OfOption = "",
) -> None:
    """Grade a stone, as a laboratory.

    The inscription goes along as a private field: --private inscription=….

    Example: adamant state grading 0x… --report 2216843 --shape round --color G --clarity VS1
    --weight 1.851
    """  # fmt: skip
    grades = Grades(shape, color, clarity, read_measures(measures))
    _state(
        context, pen, "grading", parcel, of,
        report_number=report, grades=grades,
        weight_millicarats=read_weight(weight, "--weight"), document=hash_of_file(file),
    )  # fmt: skip


@commands.command()
@speaking()
def origin(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    possible: Annotated[
        list[str],
        typer.Option("--from", metavar="CC", help="A country that is possible; once for each."),
    ],
    report: ReportOption = "",
    weight: Annotated[
        str, typer.Option(metavar="CARATS", help="As weighed; not weighed if not said.")
    ] = "",
    file: FileOption = None,
    of: OfOption = "",
) -> None:
    """State which countries goods can be from, by analysis: all that are possible.

    Example: adamant state origin 0x… --from BW --from CA --report O-17
    """
    _state(
        context, pen, "origin", parcel, of,
        report_number=report, countries=tuple({read_country(one, "--from") for one in possible}),
        weight_millicarats=read_weight(weight, "--weight") if weight else 0,
        document=hash_of_file(file),
    )  # fmt: skip


@commands.command()
@speaking()
def location(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    where: Annotated[
        str, typer.Option("--in", metavar="CC", help="The country where the goods were.")
    ],
    on: Annotated[
        str, typer.Option(metavar="TIME", help="When: 2024-02-15, or 2024-02-15T14:30Z.")
    ],
    file: FileOption = None,
    of: OfOption = "",
) -> None:
    """Attest where goods were at a moment.

    Example: adamant state location 0x… --in AE --on 2024-02-15
    """
    _state(
        context, pen, "location", parcel, of,
        countries=(read_country(where, "--in"),), as_of=read_time(on, "--on"),
        document=hash_of_file(file),
    )  # fmt: skip


@commands.command()
@speaking()
def warranty(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    text: Annotated[
        Literal["wdc-sow-1", "wdc-sow-2"],
        typer.Option(
            "--text",
            metavar="TEXT",
            help="The wording: wdc-sow-2, mandatory for rough from 2024-09-21 and for all else "
            "from 2026-09-21; or the older wdc-sow-1.",
        ),
    ] = "wdc-sow-2",
    file: FileOption = None,
    of: OfOption = "",
) -> None:
    """Give the trade's warranty of goods (System of Warranties).

    Example: adamant state warranty 0x…
    """
    _state(context, pen, "warranty", parcel, of, text_id=text, document=hash_of_file(file))


@commands.command()
@speaking()
def document(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The document; it is kept outside the ledger."),
    ],
    of: OfOption = "",
) -> None:
    """Name a document about goods by its SHA-256.

    Example: adamant state document 0x… invoice.pdf
    """
    _state(context, pen, "document", parcel, of, document=hash_of_file(file))
