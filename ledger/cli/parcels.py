"""Finding a parcel by what people type: its id, the token of its link, or the start of its id."""

from __future__ import annotations

import re
from typing import Any, Final

from ledger.cli.parties import bytes_of
from ledger.desk import Desk
from ledger.drafts import Goods
from ledger.errors import BadQuestion, Unknown
from ledger.values import HASH_BYTES, Address, Hash32, carats, from_hex

Plain = dict[str, Any]

START_DIGITS_LEAST: Final = 6
FORM: Final = (
    "a parcel's id (0x and 64 digits), its token (32 digits), or "
    f"the first {START_DIGITS_LEAST} or more digits of one of your own (0x…)"
)
TOKEN: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
"""The form of a parcel's link: the first half of its id."""
WITHHELD: Final = "withheld"
"""In the place of what this reader is not shown."""
_START: Final = re.compile(rf"0x[0-9a-f]{{{START_DIGITS_LEAST},63}}", re.ASCII)


def parcel_at(desk: Desk, text: str, holder: Address | None = None) -> Plain:
    """Return what the book says of a parcel; see :func:`parcel_id_at`."""
    return desk.parcel(parcel_id_at(desk, text, holder))


def parcel_id_at(desk: Desk, text: str, holder: Address | None = None) -> Hash32:
    """Return the id of a parcel by what was typed.

    Args:
        desk: whom to ask.
        text: what was typed.
        holder: whose parcels a short start is looked for in: held by or offered to this party.

    Raises:
        Unknown: there is no such parcel.
        BadQuestion: the text is none of the forms, or is the start of several.

    """
    whole = from_hex(text, HASH_BYTES)
    if whole is not None:
        return Hash32(whole)
    if TOKEN.fullmatch(text):
        found = desk.stone(text)["parcelId"]
        if found is None:
            raise BadQuestion("parcel", "its whole id: this ledger hides whose link it is")
        return bytes_of(found)
    if holder is None or not _START.fullmatch(text):
        raise BadQuestion("parcel", FORM)
    fitting = [one for one in desk.parcels_of(holder) if one["parcelId"].startswith(text)]
    if not fitting:
        raise Unknown("parcel", f"{text}… held by or offered to this party")
    if len(fitting) > 1:
        raise BadQuestion("parcel", f"more digits: {len(fitting)} parcels begin with {text}")
    return bytes_of(fitting[0]["parcelId"])


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
    return f"{country}, no border crossing is recorded" if parcel["form"] == "rough" else country


def holder_heading(parcel: Plain) -> str:
    """Write what the custodian of goods is: of those that became others, the last one."""
    return "last held by" if parcel["state"] == "spent" else "held by"


def amount(weight_millicarats: int | None, stones: int | None = 0, label: str | None = "") -> str:
    """Write a weight, a count and a label: ``12.500 ct, 3 stones, "Bag 7"``."""
    text = WITHHELD if weight_millicarats is None else f"{carats(weight_millicarats)} ct"
    if stones:
        text += f", {stones} {'stone' if stones == 1 else 'stones'}"
    return f'{text}, "{label}"' if label else text
