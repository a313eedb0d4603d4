"""What the columns of a table can mean: the fields of a row, and the headings they go by.

The list is closed: a heading that is not in it is never guessed at, and is named in a mapping.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

REGISTER: Final = "register"
SPLIT: Final = "split"
HANDOFF: Final = "handoff"
WHAT: Final = (REGISTER, SPLIT, HANDOFF)
"""What a row can say."""

SAYS: Final = {
    **dict.fromkeys(("register", "registration", "mined"), REGISTER),
    **dict.fromkeys(("split",), SPLIT),
    **dict.fromkeys(("handoff", "hand-over", "handover", "sale", "sell"), HANDOFF),
}
"""What a cell of the column ``what`` may hold, in any case."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a row can give.

    Attributes:
        name: as mappings write it.
        meaning: what its cells hold.
        of: the rows that have it.
        needed_by: the rows that need it.
        headings: by which it is recognised, in lower case, words apart.

    """

    name: str
    meaning: str
    of: tuple[str, ...]
    needed_by: tuple[str, ...]
    headings: tuple[str, ...]


FIELDS: Final = (
    Field("what", "register, split or handoff", WHAT, (), ("what", "operation")),
    Field("date", "when it happened: a date, or a time in UTC", WHAT, (), ("date", "occurred at")),
    Field(
        "weight",
        "carats, at most three decimals; of a hand-over, the book weight it must have",
        (REGISTER, HANDOFF),
        (REGISTER,),
        (
            *("weight", "weight ct", "weight cts", "weight carats", "weight in carats"),
            *("carat", "carats", "carat weight", "ct", "cts"),
        ),
    ),
    Field(
        "stones",
        "number of stones; empty or 0 = not counted",
        (REGISTER,),
        (),
        ("stones", "number of stones", "stone count", "pieces", "pcs"),
    ),
    Field(
        "site",
        "the mine: its id, its label or its licence",
        (REGISTER,),
        (REGISTER,),
        ("site", "site id", "site label", "mine", "licence", "license"),
    ),
    Field(
        "label",
        "bag code or lot name",
        (REGISTER,),
        (),
        ("label", "bag", "bag code", "bag number", "bag no", "lot", "lot name", "lot number"),
    ),
    Field(
        "period",
        "when it was mined: 2026-03, 2026-03-01 or 2026-03-01/2026-03-31",
        (REGISTER,),
        (),
        ("period", "mining period", "mined"),
    ),
    Field(
        "mined_from", "first day of mining", (REGISTER,), (), ("mined from", "period from", "from")
    ),
    Field(
        "mined_until",
        "last day of mining",
        (REGISTER,),
        (),
        ("mined until", "mined to", "period until", "period to", "until"),
    ),
    Field(
        "hs",
        "HS code: 7102.10 of fresh rough, for a split the parcel's own, if it is not said",
        (REGISTER, SPLIT),
        (),
        ("hs", "hs code"),
    ),
    Field(
        "parcel",
        "the parcel: its id, or your own label of it",
        (SPLIT, HANDOFF),
        (SPLIT, HANDOFF),
        ("parcel", "parcel id"),
    ),
    Field(
        "outputs",
        "what comes out: CARATS[:STONES[:LABEL]], apart by semicolons",
        (SPLIT,),
        (SPLIT,),
        ("outputs", "into", "split into"),
    ),
    Field(
        "losses",
        "what is lost: REASON=CARATS[:STONES] or one REASON=rest, apart by semicolons",
        (SPLIT,),
        (),
        ("losses", "loss"),
    ),
    Field(
        "recipient",
        "to whom: an address, the name of a key, or the name of a party",
        (HANDOFF,),
        (HANDOFF,),
        ("recipient", "to", "buyer", "consignee"),
    ),
    Field(
        "country",
        "the recipient's country, if it has several",
        (HANDOFF,),
        (),
        ("recipient country", "country of recipient", "to country", "buyer country"),
    ),
    Field(
        "purpose", "sale, consignment or return; sale if it is not said", (HANDOFF,), (),
        ("purpose",),
    ),
    Field("seal", "number of the seal or bag", (HANDOFF,), (), ("seal", "seal number", "seal no")),
)  # fmt: skip
"""Every field."""

BY_NAME: Final = {field.name: field for field in FIELDS}
_BY_HEADING: Final = {heading: field.name for field in FIELDS for heading in field.headings}
_APART: Final = re.compile(r"[\W_]+")


def field_of(heading: str) -> str | None:
    """Return the name of the field that a heading is known to mean, or None."""
    return _BY_HEADING.get(_APART.sub(" ", heading.casefold()).strip())
