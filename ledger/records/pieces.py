"""The jeweller's end: Setting and Sale."""

from __future__ import annotations

from ledger.records.fields import (
    EITHER,
    ListSpec,
    Record,
    Sheet,
    author,
    author_country,
    author_role,
    choice,
    filled_but_for,
    hash32,
    kind,
    occurred_at,
    optional_for,
    salt,
    sheet,
    text,
    uint,
)
from ledger.values import Address, Hash32


@sheet
class SettingWho(Sheet):
    """Who sets."""

    author: Address = author()
    salt: Hash32 = salt()


@sheet
class SettingWhat(Sheet):
    """Which stones, which piece."""

    operation: str = choice("set or unset", ("set", "unset"))
    author_role: str = author_role()
    piece: Hash32 = hash32("unset: the piece; set: zero", filled_but_for("set"))
    piece_previous: Hash32 = hash32(
        "unset: parcel chain of the piece; set: zero", filled_but_for("set")
    )
    parcels: tuple[Hash32, ...] = hash32(
        "set: polished parcels; unset: exactly those in the piece",
        items=ListSpec(least=1, ascending=True),
    )
    previous: tuple[Hash32, ...] = hash32(
        "parcel chain of each", items=ListSpec(least=1, parallel_to="what.parcels")
    )
    salt: Hash32 = salt()


@sheet
class SettingAmounts(Sheet):
    """Weight, count and name."""

    weight_millicarats: int = uint("sum of the book weights")
    stones: int = uint("sum of the counts; 0 if any is not counted", EITHER)
    label: str = text("what the piece is; unset: empty", optional_for("set", otherwise="empty"))
    salt: Hash32 = salt()


@sheet
class SettingScene(Sheet):
    """When, and in which country."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(
    details=("design", "serialNumber", "document"),
    roles=("jeweller",),
    correctable=("amounts.label", "details"),
)
class Setting(Record):
    """Stones set in a piece, or all of them taken out again."""

    who: SettingWho
    what: SettingWhat
    amounts: SettingAmounts
    scene: SettingScene
    details: Hash32


@sheet
class SaleWho(Sheet):
    """Who sells."""

    author: Address = author()
    salt: Hash32 = salt()


@sheet
class SaleWhat(Sheet):
    """What is sold, or comes back."""

    operation: str = choice("sale or return", ("sale", "return"))
    author_role: str = author_role()
    parcel: Hash32 = hash32("a polished parcel or a piece")
    previous: Hash32 = hash32("parcel chain")
    salt: Hash32 = salt()


@sheet
class SaleAmounts(Sheet):
    """What the book says."""

    weight_millicarats: int = uint("the book weight")
    stones: int = uint("the book count; 0 = not counted", EITHER)
    salt: Hash32 = salt()


@sheet
class SaleScene(Sheet):
    """When, and in which country."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(
    details=("priceUsCents", "invoiceNumber"),
    roles=("jeweller",),
    correctable=("details",),
)
class Sale(Record):
    """Sold to, or returned by, a consumer; never any personal data."""

    who: SaleWho
    what: SaleWhat
    amounts: SaleAmounts
    scene: SaleScene
    details: Hash32
