"""What a trader keeps, and for how long.

Sources: KPCS core document, Section III (originals of certificates, no less than three years) and
the recommendations of Annex II to traders (records of buying, selling and exporting, five years).
How long is known from memory, and is shown as unconfirmed; national law may ask for more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ledger.records import Record
from ledger.values import Address

YEARS_TRADE: Final = 5
YEARS_ORIGINALS: Final = 3


@dataclass(frozen=True, slots=True)
class Retention:
    """How long something is kept.

    Attributes:
        what: in words.
        years: at least so many.
        source: where that stands.
        confidence: ``M``: from memory; to be verified.

    """

    what: str
    years: int
    source: str
    confidence: str = "M"


RETENTIONS: Final = (
    Retention(
        "records of buying, selling, exporting and importing: parties, weights, values, dates",
        YEARS_TRADE,
        "KPCS core document, Annex II",
    ),
    Retention(
        "originals of Kimberley Process certificates, on paper",
        YEARS_ORIGINALS,
        "KPCS core document, Section III",
    ),
)
NOTICE: Final = (
    "The periods are known from memory and not confirmed; national law may ask for more. Originals "
    "on paper are not in this file: keep them beside it. Not legal advice."
)


def involves(party: Address, record: Record) -> bool:
    """Tell whether a party wrote a record of trade or is named in it."""
    if record.KIND.name not in TRADE:
        return False
    return any(party in _addresses(value) for value in _fields(record.who))


TRADE: Final = frozenset(
    (
        "Registration",
        "Handoff",
        "Receipt",
        "Withdrawal",
        "Transformation",
        "Certificate",
        "Clearance",
        "Statement",
        "Setting",
        "Sale",
        "Report",
        "Correction",
    )
)
"""The kinds that say something of goods."""


def _fields(sheet: Any) -> list[Any]:  # noqa: ANN401 - any sheet
    return [getattr(sheet, field.name) for field in sheet.FIELDS]


def _addresses(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)
