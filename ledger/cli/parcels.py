"""Finding a parcel by what people type: its id, the start of its id, or a link to its page."""

from __future__ import annotations

import re
from typing import Any, Final

from ledger.cli.parties import bytes_of
from ledger.desk import Desk
from ledger.drafts import Goods
from ledger.errors import BadQuestion, Refused, Unknown
from ledger.values import HASH_BYTES, Address, Hash32, carats, from_hex

Plain = dict[str, Any]

START_DIGITS_LEAST: Final = 6
_OWN: Final = f"the first {START_DIGITS_LEAST} or more digits of the id of one of your own (0x…)"
FORM: Final = f"a parcel's id (0x and 64 digits), the token of a link to it (32 digits), or {_OWN}"
SIGNED_FORM: Final = (
    f"a parcel's id (0x and 64 digits), or {_OWN}; no link: whose it is, somebody else says"
)
TOKEN: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
"""The form of a link's token."""
WITHHELD: Final = "withheld"
"""In the place of what this reader is not shown."""
START: Final = re.compile(rf"0x[0-9a-f]{{{START_DIGITS_LEAST},63}}", re.ASCII)
"""The form of the first digits of an id."""


def parcel_at(
    desk: Desk, text: str, holder: Address | None = None, *, is_signed: bool = False
) -> Plain:
    """Return what the book says of a parcel; see :func:`parcel_id_at`."""
    return desk.parcel(parcel_id_at(desk, text, holder, is_signed=is_signed))


def parcel_id_at(
    desk: Desk, text: str, holder: Address | None = None, *, is_signed: bool = False
) -> Hash32:
    """Return the id of a parcel by what was typed.

    Args:
        desk: whom to ask.
        text: what was typed.
        holder: whose parcels a short start is looked for in: held by or offered to this party.
        is_signed: whether something is to be signed about it. A link is refused then: nothing
            shows here whose it is, and nobody must sign away one parcel having typed another.

    Raises:
        Unknown: there is no such parcel.
        BadQuestion: the text is none of the forms, or is the start of several.

    """
    whole = from_hex(text, HASH_BYTES)
    if whole is not None:
        return Hash32(whole)
    if TOKEN.fullmatch(text) and not is_signed:
        return _linked(desk, text)
    if holder is None or not START.fullmatch(text):
        raise BadQuestion("parcel", SIGNED_FORM if is_signed else FORM)
    fitting = [one for one in desk.parcels_of(holder) if one["parcelId"].startswith(text)]
    if not fitting:
        raise Unknown("parcel", f"{text}… held by or offered to this party")
    if len(fitting) > 1:
        raise BadQuestion("parcel", f"more digits: {len(fitting)} parcels begin with {text}")
    return bytes_of(fitting[0]["parcelId"])


def _linked(desk: Desk, token: str) -> Hash32:
    """Return the id of the parcel that a link leads to, if the ledger tells it this reader."""
    found = desk.stone(token)["parcelId"]
    if found is not None:
        return bytes_of(found)
    try:
        return bytes_of(desk.link(token)["parcelId"])
    except (Unknown, Refused):
        raise BadQuestion("parcel", "its whole id: this ledger hides whose link it is") from None


def goods_of(parcel: Plain) -> Goods:
    """Return a parcel as a record that moves it must name it."""
    return Goods(
        bytes_of(parcel["parcelId"]),
        bytes_of(parcel["head"]),
        parcel["weightMillicarats"],
        parcel["stones"],
        parcel["hsCode"],
    )


def place_of(parcel: Plain) -> str:
    """Write where the records place goods; rough stays there until it crosses a border by them."""
    country: str | None = parcel["country"]
    if country is None:
        return WITHHELD
    made = parcel["made"]
    is_as_mined = made and made["kind"] == "Registration" and made["country"] == country
    return f"{country}, no border crossing is recorded" if is_as_mined else country


def holder_heading(parcel: Plain) -> str:
    """Write what the custodian of goods is: of those that became others, the last one."""
    return "last held by" if parcel["state"] == "spent" else "held by"


def amount(weight_millicarats: int | None, stones: int | None = 0, label: str | None = "") -> str:
    """Write a weight, a count and a label: ``12.500 ct, 3 stones, "Bag 7"``."""
    text = WITHHELD if weight_millicarats is None else f"{carats(weight_millicarats)} ct"
    if stones:
        text += f", {stones} {'stone' if stones == 1 else 'stones'}"
    return f'{text}, "{label}"' if label else text
