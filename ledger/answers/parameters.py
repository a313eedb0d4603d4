"""Parameters that several questions take, each written once."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ledger.answers.question import (
    ADDRESS_FORM,
    HASH_FORM,
    TOKEN_FORM,
    Parameter,
    day,
    definition,
    id_in_path,
    integer,
)
from ledger.limits import LIMITS

FOR: Final = Parameter(
    "for",
    "a later parcel of the same goods, that the reader holds or held: what was said up to then is "
    "shown without who and how much",
    {"type": "string", "pattern": HASH_FORM},
    "through",
)
PARCEL: Final = id_in_path("the parcel's id")
TOKEN: Final = Parameter(
    "token", "the link's token", {"type": "string", "pattern": TOKEN_FORM}, "token",
    in_path=True, is_required=True,
)  # fmt: skip
LIMIT: Final = Parameter(
    "limit",
    f"how many rows a page has; {LIMITS.page_rows} if it is not said",
    {"type": "integer", "minimum": 1, "maximum": LIMITS.page_rows_max},
    "limit",
)
CURSOR: Final = Parameter(
    "cursor", "the cursor that the page before gave", {"type": "string"}, "cursor"
)
PAGE: Final = (LIMIT, CURSOR)
SIZE: Final = integer(
    "size", "only what the first so many entries say; all of them if it is not said", "size"
)
PERIOD: Final = (
    Parameter(
        "country",
        "the participant of the Kimberley Process: alpha-2, or EU for its members",
        {"type": "string", "pattern": "^[A-Z]{2}$"},
        "country",
        is_required=True,
    ),
    integer("year", "the year", "year", is_required=True),
    integer("half", "its half, 1 or 2: production alone", "half"),
    integer("quarter", "its quarter, 1 to 4: trade alone", "quarter"),
    SIZE,
)

FIGURE: Final = Parameter(
    "figure",
    "the figure's name, as the report gives it; all of the report if it is not said",
    {"type": "string"},
    "figure",
)
JURISDICTION: Final = Parameter(
    "jurisdiction", "where the goods are imported: us, eu, uk or ca",
    {"type": "string", "pattern": "^[a-z]{2}$"}, "jurisdiction",
    in_path=True, is_required=True,
)  # fmt: skip
RECALLED: Final = (
    Parameter(
        "parcel", "the goods: a parcel", {"type": "string", "pattern": HASH_FORM}, "parcel"
    ),
    Parameter(
        "site", "or all that was registered from a site",
        {"type": "string", "pattern": HASH_FORM}, "site",
    ),
    Parameter("zone", "or from the sites of a zone, as they name it", {"type": "string"}, "zone"),
    Parameter(
        "country", "or from the sites of a country; with a zone, from that zone of it",
        {"type": "string", "pattern": "^[A-Z]{2}$"}, "country",
    ),
    Parameter(
        "party", "or the goods of every record by a party or an agent",
        {"type": "string", "pattern": ADDRESS_FORM}, "party",
    ),
    integer(
        "since",
        "the first entry that counts for where the recall begins; 0 if it is not said, or for a "
        "party the one from which on a Revocation calls its records suspect",
        "since",
    ),
)  # fmt: skip
AS_OF: Final = day("asOf", "the day that the goods are judged for; today if it is not said", "date")
JUDGED: Final = (
    definition("definition", "the id of one definition; all of them if it is not said"),
    AS_OF,
)
COMPARED: Final = (
    day("compareDate", "another day, to tell what makes the difference", "compare_date"),
    definition("compareDefinition", "another definition, to tell what makes the difference"),
)
REJUDGED: Final = (
    replace(definition("definition", "the id of the definition"), is_required=True),
    day("asOf", "the day that the goods are judged for; today if it is not said", "date"),
    integer(
        "factsBefore",
        "compare what the first so many entries say with all that is said",
        "facts_before",
    ),
    integer(
        "tablesBefore",
        "compare by the tables and definitions that counted at this size with those of today",
        "tables_before",
    ),
    day("compareDate", "compare with another day", "compare_date"),
    definition("compareDefinition", "compare with another definition"),
)
