"""Work as it is asked for: outputs and losses from what was typed and what the book says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from ledger import drafts
from ledger.cli.parcels import goods_of
from ledger.cli.speaking import Speech
from ledger.cli.words import read_losses, read_output
from ledger.drafts import Goods, Loss, Output, Work
from ledger.errors import BadQuestion, Refusal, Refused
from ledger.records import Record
from ledger.values import Millicarats, carats, form_of

SORTED_CODE: Final = "7102.31"
UNSORTED_CODE: Final = "7102.10"
POLISHED_CODE: Final = "7102.39"
_REST: Final = "=rest"


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
