"""Commands for work on goods: what goes in, what comes out, what is lost on the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import typer

from ledger import drafts
from ledger.cli.options import (
    Context,
    HsOption,
    IntoOption,
    LoseOption,
    ParcelArgument,
    ParcelsArgument,
    speaking,
)
from ledger.cli.parcels import goods_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_carats, read_losses, read_output
from ledger.drafts import Goods, Loss, Output, Work
from ledger.errors import BadQuestion, Refusal, Refused
from ledger.records import Record
from ledger.values import Millicarats, carats, form_of

commands = typer.Typer()
PANEL: Final = "Work on goods"
SORTED_CODE: Final = "7102.31"
UNSORTED_CODE: Final = "7102.10"
POLISHED_CODE: Final = "7102.39"
_REST: Final = "=rest"

Reason = Literal["weighing", "cleaning", "sorting", "missing", "other"]


@dataclass(frozen=True, slots=True)
class Order:
    """What was typed about a piece of work.

    Attributes:
        operation: split, mix, cut, polish or recut.
        parcels, into, lose, hs: as typed.
        label: of what comes out, where all goes into one.

    """

    operation: str
    parcels: Sequence[str]
    into: Sequence[str]
    lose: Sequence[str] = ()
    hs: Sequence[str] = ()
    label: str = ""

    def compose(self, speech: Speech) -> Record:
        """Draft the Transformation."""
        found = [speech.parcel(text) for text in self.parcels]
        inputs = [goods_of(parcel) for parcel in found]
        countries = {parcel["country"] for parcel in found}
        likely = countries.pop() if len(countries) == 1 else ""
        speaker = speech.speaker("Transformation", self.operation, likely)
        work = self._work(inputs)
        return drafts.transformation(speaker, speech.moment(), self.operation, inputs, work)

    def _work(self, inputs: Sequence[Goods]) -> Work:
        codes = self._codes(inputs, max(len(self.into), 1))
        outputs = [read_output(text, code) for text, code in zip(self.into, codes, strict=False)]
        book = sum(goods.weight_millicarats for goods in inputs)
        losses = read_rest(self.lose, book - sum(one.weight_millicarats for one in outputs))
        if not outputs:
            outputs = [_all_in_one(inputs, losses.values(), codes[0], self.label)]
        return Work(outputs, losses)

    def _codes(self, inputs: Sequence[Goods], outputs: int) -> list[str]:
        """Return the HS code of each output: as said, or what usually comes of these inputs."""
        if len(self.hs) > 1:
            if len(self.hs) != outputs:
                raise BadQuestion("--hs", f"one for all, or one for each of {outputs} outputs")
            return list(self.hs)
        code = self.hs[0] if self.hs else usual_code(self.operation, inputs)
        return [code] * outputs


def usual_code(operation: str, inputs: Sequence[Goods]) -> str:
    """Return the HS code that usually comes of an operation.

    Work that needs sorted rough gives sorted rough; what is mixed of several codes of rough is
    unsorted again.
    """
    codes = {goods.hs_code for goods in inputs}
    if operation in ("polish", "recut"):
        return POLISHED_CODE
    if operation == "cut":
        return codes.pop() if len(codes) == 1 and UNSORTED_CODE not in codes else SORTED_CODE
    if len(codes) == 1:
        return codes.pop()
    is_rough = all(form_of(code) == "rough" for code in codes)
    return UNSORTED_CODE if is_rough else POLISHED_CODE


def read_rest(texts: Sequence[str], rest_millicarats: int) -> dict[str, Loss]:
    """Read losses, of which one may be ``REASON=rest``.

    Raises:
        BadQuestion: one is not of its form; or there is no rest, or two.

    """
    losses = read_losses([text for text in texts if not text.endswith(_REST)])
    asked = [text.removesuffix(_REST) for text in texts if text.endswith(_REST)]
    rest = rest_millicarats - sum(loss.weight_millicarats for loss in losses.values())
    for reason in asked:
        if len(asked) > 1 or reason in losses or rest <= 0:
            raise BadQuestion("--lose", "one REASON=rest at most, where something is left over")
        losses[reason] = Loss(rest)
    return losses


def _all_in_one(inputs: Sequence[Goods], losses: Collection[Loss], code: str, label: str) -> Output:
    """Return the one parcel that everything goes into."""
    weight = sum(goods.weight_millicarats for goods in inputs)
    stones = sum(goods.stones for goods in inputs)
    is_counted = all(goods.stones for goods in inputs)
    return Output(
        weight - sum(loss.weight_millicarats for loss in losses),
        stones - sum(loss.stones for loss in losses) if is_counted else 0,
        code,
        label,
    )


@commands.command(rich_help_panel=PANEL)
@speaking()
def split(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    into: IntoOption,
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Split a parcel into several.

    Example: adamant split 0x1a2b3c4d --into 2.50:1:"Lot 7" --into 10.00:2
    """
    order = Order("split", [parcel], into, lose or (), hs or ())
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def mix(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    into: Annotated[
        list[str] | None,
        typer.Option(
            "--into",
            metavar="CARATS[:STONES[:LABEL]]",
            help="One parcel that comes out, once for each; all in one if not said.",
        ),
    ] = None,
    label: Annotated[
        str, typer.Option(metavar="TEXT", help="Name of the mix, if it is all in one.")
    ] = "",
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Mix parcels; from there on their origin is bounds, not one place.

    Example: adamant mix 0x1a2b3c4d 0x5e6f7a8b --label "Mix 12"
    """
    order = Order("mix", parcels, into or (), lose or (), hs or (), label)
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def cut(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    into: IntoOption,
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Saw or cleave rough, as a cutter: rough stays rough.

    Example: adamant cut 0x1a2b3c4d --into 6.10:1 --into 6.00:1 --lose sawing=rest
    """
    order = Order("cut", parcels, into, lose or (), hs or ())
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def polish(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    into: IntoOption,
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Polish rough, as a cutter: rough becomes polished, and never rough again.

    Example: adamant polish 0x1a2b3c4d --into 2.71:1:"Round 1" --lose polishing=rest
    """
    order = Order("polish", parcels, into, lose or (), hs or ())
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def recut(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    into: IntoOption,
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Cut polished goods again, as a cutter.

    Example: adamant recut 0x1a2b3c4d --into 2.60:1 --lose polishing=rest
    """
    order = Order("recut", parcels, into, lose or (), hs or ())
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def reweigh(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    weight: Annotated[str, typer.Option(metavar="CARATS", help="What it weighs today.")],
    reason: Annotated[Reason, typer.Option(help="Why it weighs less.")] = "weighing",
    lost_stones: Annotated[
        int, typer.Option(metavar="N", min=0, help="Whole stones that are lost.")
    ] = 0,
    label: Annotated[str, typer.Option(metavar="TEXT", help="Bag code or lot name.")] = "",
) -> None:
    """Weigh a parcel again: its book goes down to a smaller weight, never up.

    Example: adamant reweigh 0x1a2b3c4d --weight 12.40 --reason weighing
    """

    def compose(speech: Speech) -> Record:
        found = speech.parcel(parcel)
        goods = goods_of(found)
        work = reweighing(goods, read_carats(weight, "--weight"), reason, lost_stones, label)
        speaker = speech.speaker("Transformation", "reweigh", found["country"])
        return drafts.transformation(speaker, speech.moment(), "reweigh", [goods], work)

    speak(session_of(context), pen, compose)


def reweighing(
    goods: Goods, weight: Millicarats, reason: str, lost_stones: int, label: str
) -> Work:
    """Return what comes of weighing a parcel again.

    Raises:
        Refused: ``balance``: it would be heavier than its book; ``stones-balance``: fewer than no
            stones would be left.

    """
    less = goods.weight_millicarats - weight
    if less < 0:
        expected = f"at most the book's {carats(goods.weight_millicarats)} ct: goods never grow"
        raise Refused(Refusal("balance", "--weight", expected, f"{carats(weight)} ct"))
    if lost_stones > goods.stones:
        raise Refused(
            Refusal("stones-balance", "--lost-stones", f"at most {goods.stones}", f"{lost_stones}")
        )
    loss = Loss(less, lost_stones)
    losses = {reason: loss} if less or lost_stones else {}
    stones = goods.stones - lost_stones
    return Work([Output(weight, stones, goods.hs_code, label)], losses)
