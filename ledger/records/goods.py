"""Parcels that move and change: Handoff, Receipt, Withdrawal, Transformation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.records.fields import (
    CUSTODY_ROLES,
    EITHER,
    ListSpec,
    Record,
    Sheet,
    address,
    author,
    author_country,
    author_role,
    choice,
    country,
    filled_for,
    hash32,
    kind,
    occurred_at,
    salt,
    sheet,
    text,
    uint,
)
from ledger.values import HS_CODES, Address, Hash32

TRANSFORMERS: Final = ("miner", "trader", "cutter", "jeweller")
LOSS_REASONS: Final = (
    "cleaning",
    "sorting",
    "sawing",
    "cleaving",
    "bruting",
    "polishing",
    "breakage",
    "weighing",
    "missing",
    "other",
)


@sheet
class HandoffWho(Sheet):
    """From whom to whom."""

    author: Address = author()
    recipient: Address = address("party with a custody role; not the author")
    salt: Hash32 = salt()


@sheet
class HandoffWhat(Sheet):
    """Which parcel, and why it goes."""

    operation: str = choice(
        "sale, consignment (custody without ownership) or return",
        ("sale", "consignment", "return"),
    )
    author_role: str = author_role()
    parcel: Hash32 = hash32("the parcel")
    previous: Hash32 = hash32("parcel chain")
    salt: Hash32 = salt()


@sheet
class HandoffAmounts(Sheet):
    """What the book says, and the seal."""

    weight_millicarats: int = uint("the book weight")
    stones: int = uint("the book count; 0 = not counted", EITHER)
    seal: str = text("seal or bag number", EITHER)
    salt: Hash32 = salt()


@sheet
class HandoffScene(Sheet):
    """When, and to which country."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    recipient_country: str = country("country of one of the recipient's custody roles")
    salt: Hash32 = salt()


@kind(
    details=(
        "priceUsCents",
        "invoiceNumber",
        "carrier",
        "trackingNumber",
        "terms",
        "document",
    ),
    roles=CUSTODY_ROLES,
    correctable=("amounts.seal", "details"),
)
class Handoff(Record):
    """Offers one parcel at its book weight."""

    who: HandoffWho
    what: HandoffWhat
    amounts: HandoffAmounts
    scene: HandoffScene
    details: Hash32


@sheet
class ReceiptWho(Sheet):
    """Who answers whom."""

    author: Address = author()
    sender: Address = address("the party that offered")
    salt: Hash32 = salt()


@sheet
class ReceiptWhat(Sheet):
    """The answer."""

    operation: str = choice(
        "accept; acceptShort (too light or too few, both sign); refuse",
        ("accept", "acceptShort", "refuse"),
    )
    author_role: str = author_role()
    reason: str = choice(
        "why refused; otherwise empty",
        ("", "weight", "stones", "seal", "goods", "other"),
        filled_for("refuse"),
    )
    parcel: Hash32 = hash32("the parcel")
    previous: Hash32 = hash32("parcel chain: the Handoff")
    salt: Hash32 = salt()


@sheet
class ReceiptAmounts(Sheet):
    """What the recipient found."""

    weight_millicarats: int = uint(
        "recipient's own weight; 0 = not weighed, for a refusal or a piece alone", EITHER
    )
    stones: int = uint("recipient's own count; 0 = not counted", EITHER)
    seal: str = text("seal as found", EITHER)
    salt: Hash32 = salt()


@sheet
class ReceiptScene(Sheet):
    """When, and in which country."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(
    details=("remarks", "document"),
    roles=CUSTODY_ROLES,
    correctable=("amounts.seal", "details"),
)
class Receipt(Record):
    """Answers an offer with the recipient's own weight."""

    who: ReceiptWho
    what: ReceiptWhat
    amounts: ReceiptAmounts
    scene: ReceiptScene
    details: Hash32


@sheet
class WithdrawalWho(Sheet):
    """Who takes back."""

    author: Address = author()
    salt: Hash32 = salt()


@sheet
class WithdrawalWhat(Sheet):
    """Which parcel."""

    author_role: str = author_role()
    parcel: Hash32 = hash32("the parcel")
    previous: Hash32 = hash32("parcel chain: the Handoff")
    salt: Hash32 = salt()


@sheet
class WithdrawalAmounts(Sheet):
    """Nothing to weigh or count."""

    salt: Hash32 = salt()


@sheet
class WithdrawalScene(Sheet):
    """When."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(details=("remarks",), roles=CUSTODY_ROLES, correctable=("details",))
class Withdrawal(Record):
    """Takes an unanswered offer back."""

    who: WithdrawalWho
    what: WithdrawalWhat
    amounts: WithdrawalAmounts
    scene: WithdrawalScene
    details: Hash32


@sheet
class TransformationWho(Sheet):
    """Who works on the goods."""

    author: Address = author()
    salt: Hash32 = salt()


_OUTPUTS = ListSpec(least=1)


def _per_output(*, empty: bool) -> ListSpec:
    return ListSpec(least=1, parallel_to="what.hsCodes", empty_elements=empty)


def _per_loss() -> ListSpec:
    return ListSpec(most=16, parallel_to="amounts.lossReasons", empty_elements=True)


@sheet
class TransformationWhat(Sheet):
    """Which goods become which."""

    operation: str = choice("what is done", ("split", "mix", "cut", "polish", "recut", "reweigh"))
    author_role: str = author_role()
    inputs: tuple[Hash32, ...] = hash32("parcels", items=ListSpec(least=1, ascending=True))
    previous: tuple[Hash32, ...] = hash32(
        "parcel chain of each input", items=ListSpec(least=1, parallel_to="what.inputs")
    )
    hs_codes: tuple[str, ...] = choice(
        "code of each output; its form follows from it", HS_CODES, items=_OUTPUTS
    )
    salt: Hash32 = salt()


@sheet
class TransformationAmounts(Sheet):
    """What goes in, comes out and is lost."""

    input_weight_millicarats: int = uint("sum of the inputs' book weights")
    weights_millicarats: tuple[int, ...] = uint("of each output", items=_per_output(empty=False))
    stones: tuple[int, ...] = uint("of each output; 0 = not counted", items=_per_output(empty=True))
    labels: tuple[str, ...] = text("of each output", items=_per_output(empty=True))
    loss_reasons: tuple[str, ...] = choice(
        "named losses", LOSS_REASONS, EITHER, ListSpec(most=16, ascending=True)
    )
    loss_weights_millicarats: tuple[int, ...] = uint(
        "of each loss; 0 where stones alone are lost", EITHER, _per_loss()
    )
    loss_stones: tuple[int, ...] = uint(
        "whole stones of each loss; 0 where weight alone is lost", EITHER, _per_loss()
    )
    salt: Hash32 = salt()


@sheet
class TransformationScene(Sheet):
    """When, and in which country."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(
    details=("planReference", "worker", "machine", "priceUsCents", "document"),
    roles={
        **dict.fromkeys(("split", "mix", "reweigh"), TRANSFORMERS),
        **dict.fromkeys(("cut", "polish", "recut"), ("cutter",)),
    },
    correctable=("amounts.labels.*", "details"),
)
class Transformation(Record):
    """Inputs become outputs and named losses, balanced to the millicarat."""

    who: TransformationWho
    what: TransformationWhat
    amounts: TransformationAmounts
    scene: TransformationScene
    details: Hash32

    def faults(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield every loss that is of neither weight nor stones."""
        # Lists of unequal length are another fault, which is named before this one.
        losses = zip(self.amounts.loss_weights_millicarats, self.amounts.loss_stones, strict=False)
        for position, loss in enumerate(losses):
            if not any(loss):
                field = f"amounts.lossWeightsMillicarats.{position}"
                yield "emptiness", field, "a loss of weight, stones or both", "neither"
