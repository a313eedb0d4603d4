"""Mines and parcels: Site, Registration, Handoff, Receipt, Withdrawal, Transformation."""

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
    filled_but_for,
    filled_for,
    hash32,
    kind,
    occurred_at,
    salt,
    sheet,
    text,
    uint,
)
from ledger.values import HS_CODES, ROUGH_CODES, Address, Hash32

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
# Open Location Code of 4 or 6 digits, padded with zeros: about 100 km or 5 km of side.
# Source: Open Location Code specification, "Code Precision" and "Padding".
_COARSE_PLACE = r"[2-9C][2-9CFGHJMPQRV][2-9CFGHJMPQRVWX]{2}(?:0000|[2-9CFGHJMPQRVWX]{2}00)\+"


@sheet
class SiteWho(Sheet):
    """Which site, and who may register there."""

    author: Address = author()
    site: Hash32 = hash32("site id; zero for open", filled_but_for("open"))
    operators: tuple[Address, ...] = address(
        "miners that may register here; empty = any miner of the country",
        EITHER,
        ListSpec(most=64, ascending=True),
    )
    salt: Hash32 = salt()


@sheet
class SiteWhat(Sheet):
    """What kind of site, under which licence."""

    operation: str = choice("open, change or close", ("open", "change", "close"))
    author_role: str = author_role()
    site_type: str = choice("how it is worked", ("industrial", "artisanal"))
    licence: str = text("licence number as printed")
    previous: Hash32 = hash32(
        "site chain: the site's last Site record; zero for open", filled_but_for("open")
    )
    salt: Hash32 = salt()


@sheet
class SiteAmounts(Sheet):
    """Capacity and name."""

    yearly_capacity_millicarats: int = uint("declared yearly capacity; 0 = none declared", EITHER)
    label: str = text("public name", EITHER)
    salt: Hash32 = salt()


@sheet
class SiteScene(Sheet):
    """Where, and until when licensed."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    country: str = country("the site's country")
    zone: str = text("zone as the reference tables spell it; empty = no zone", EITHER)
    place: str = text("coarse Open Location Code", EITHER, pattern=_COARSE_PLACE)
    valid_until: int = uint("last second of the licence; 0 = until closed", EITHER)
    salt: Hash32 = salt()


@kind(
    details=("operatorName", "exactPlace", "contact", "document"),
    roles=("authority",),
    correctable=("details",),
)
class Site(Record):
    """A mine or diggings; states it in full each time."""

    who: SiteWho
    what: SiteWhat
    amounts: SiteAmounts
    scene: SiteScene
    details: Hash32


@sheet
class RegistrationWho(Sheet):
    """Who mined, and where."""

    author: Address = author()
    site: Hash32 = hash32("the site it comes from, open and licensed")
    salt: Hash32 = salt()


@sheet
class RegistrationWhat(Sheet):
    """What sort of rough."""

    author_role: str = author_role()
    hs_code: str = choice("HS code of the rough", ROUGH_CODES)
    salt: Hash32 = salt()


@sheet
class RegistrationAmounts(Sheet):
    """Weight and count."""

    weight_millicarats: int = uint("weight of the parcel")
    stones: int = uint("number of stones; 0 = not counted", EITHER)
    label: str = text("bag code or lot name", EITHER)
    salt: Hash32 = salt()


@sheet
class RegistrationScene(Sheet):
    """When and where it was mined."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    zone: str = text("the site's zone, copied; empty if it has none", EITHER)
    period_from: int = uint("mined from; seconds")
    period_to: int = uint("mined until; seconds; its year (UTC) counts for the capacity")
    salt: Hash32 = salt()


@kind(
    details=(
        "seller",
        "slipNumber",
        "priceUsCents",
        "productionBook",
        "exactPlace",
        "document",
    ),
    roles=("miner",),
    correctable=("amounts.label", "scene.periodFrom", "scene.periodTo", "details"),
)
class Registration(Record):
    """A new parcel of rough."""

    who: RegistrationWho
    what: RegistrationWhat
    amounts: RegistrationAmounts
    scene: RegistrationScene
    details: Hash32


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

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield every loss that is of neither weight nor stones."""
        losses = zip(self.amounts.loss_weights_millicarats, self.amounts.loss_stones, strict=True)
        for position, loss in enumerate(losses):
            if not any(loss):
                field = f"amounts.lossWeightsMillicarats.{position}"
                yield field, "a loss of weight, stones or both", "neither"
