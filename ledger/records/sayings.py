"""What is said of goods and records: Statement, Report, Correction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.records.fields import (
    CUSTODY_ROLES,
    EITHER,
    ROLES,
    Filling,
    ListSpec,
    Record,
    Sheet,
    author,
    author_country,
    author_role,
    choice,
    country,
    filled_for,
    hash32,
    kind,
    occurred_at,
    optional_for,
    salt,
    sheet,
    text,
    uint,
)
from ledger.records.goods import TRANSFORMERS
from ledger.values import NO_HASH, Address, Hash32

FREEZING: Final = ("theft", "loss", "seizure")
LIFTING: Final = ("recovery", "release")
_ADVANCING = (*FREEZING, *LIFTING)
_SHAPES = (
    "",
    "round",
    "oval",
    "pear",
    "emerald",
    "princess",
    "cushion",
    "marquise",
    "radiant",
    "heart",
    "other",
)
_COLORS = ("", *"DEFGHIJKLMNOPQRSTUVWXYZ", "fancy")
_CLARITIES = ("", "FL", "IF", "VVS1", "VVS2", "VS1", "VS2", "SI1", "SI2", "I1", "I2", "I3")
_GRADED = optional_for("grading", otherwise="empty")


@sheet
class StatementWho(Sheet):
    """Who says it."""

    author: Address = author()
    salt: Hash32 = salt()


@sheet
class StatementWhat(Sheet):
    """What is said of which parcel."""

    operation: str = choice(
        "sort of statement", ("grading", "origin", "location", "warranty", "document")
    )
    author_role: str = author_role()
    parcel: Hash32 = hash32("the parcel or piece")
    state: Hash32 = hash32("the record of its chain that is described, any")
    report_number: str = text(
        "the laboratory's number",
        filling=Filling("empty", {"grading": "filled", "origin": "either"}),
        pattern=r"[0-9A-Z]{1,24}",
    )
    text_id: str = choice(
        "wording of a warranty", ("", "wdc-sow-1", "wdc-sow-2"), filled_for("warranty")
    )
    shape: str = choice("shape and cut of a graded stone", _SHAPES, filled_for("grading"))
    color: str = choice("colour grade", _COLORS, _GRADED)
    clarity: str = choice("clarity grade", _CLARITIES, _GRADED)
    document: Hash32 = hash32(
        "SHA-256 of the document; zero = none",
        optional_for("grading", "origin", "location", "warranty", otherwise="filled"),
    )
    salt: Hash32 = salt()


@sheet
class StatementAmounts(Sheet):
    """What was measured."""

    weight_millicarats: int = uint(
        "as measured; 0 = not weighed, but for grading",
        optional_for("origin", "location", "warranty", "document", otherwise="filled"),
    )
    measurements_micrometres: tuple[int, ...] = uint(
        "length, width, depth: three or none", _GRADED, ListSpec(most=3)
    )
    salt: Hash32 = salt()


@sheet
class StatementScene(Sheet):
    """The moment and the countries spoken of."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    as_of: int = uint("moment spoken of, at most occurredAt", filled_for("location"))
    countries: tuple[str, ...] = country(
        "location: exactly one; origin: all that are possible",
        filled_for("location", "origin"),
        ListSpec(ascending=True),
    )
    salt: Hash32 = salt()


@kind(
    details=("text", "inscription", "document"),
    roles={
        "grading": ("lab",),
        "origin": ("authority", "lab", "auditor"),
        "warranty": TRANSFORMERS,
        "location": ROLES[1:],
        "document": ROLES[1:],
    },
    correctable=(
        "what.reportNumber",
        "what.shape",
        "what.color",
        "what.clarity",
        "amounts.measurementsMicrometres.*",
        "details",
    ),
)
class Statement(Record):
    """Says something about one parcel or piece; changes nothing."""

    who: StatementWho
    what: StatementWhat
    amounts: StatementAmounts
    scene: StatementScene
    details: Hash32

    def faults(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield list lengths that the operation does not allow."""
        if len(self.amounts.measurements_micrometres) not in (0, 3):
            field = "amounts.measurementsMicrometres"
            yield "list-size", field, "three measurements or none", "another number"
        # None at all is `emptiness`, as for every list that an operation asks for.
        if self.what.operation == "location" and len(self.scene.countries) > 1:
            yield "list-size", "scene.countries", "exactly one country", "another number"


@sheet
class ReportWho(Sheet):
    """Who reports."""

    author: Address = author()
    salt: Hash32 = salt()


@sheet
class ReportWhat(Sheet):
    """What is reported of which parcel."""

    operation: str = choice("what is reported", (*_ADVANCING, "dispute", "answer"))
    author_role: str = author_role()
    parcel: Hash32 = hash32(
        "the parcel or piece; zero if an answered finding is not about one",
        optional_for("answer", otherwise="filled"),
    )
    previous: Hash32 = hash32(
        "parcel chain, where the report advances it; dispute, answer: zero",
        filled_for(*_ADVANCING),
    )
    state: Hash32 = hash32(
        "dispute, and answer about a parcel: the record of its chain described; otherwise zero",
        Filling("empty", {"dispute": "filled", "answer": "either"}),
    )
    finding: Hash32 = hash32("answer: the finding's id; otherwise zero", filled_for("answer"))
    salt: Hash32 = salt()


@sheet
class ReportAmounts(Sheet):
    """Nothing to weigh or count."""

    salt: Hash32 = salt()


@sheet
class ReportScene(Sheet):
    """When, and in which country."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(
    details=("text", "caseNumber", "document"),
    roles={
        "theft": CUSTODY_ROLES,
        "loss": CUSTODY_ROLES,
        "seizure": ("authority",),
        "recovery": ("authority", *CUSTODY_ROLES),
        "release": ("governor",),
        "dispute": ROLES,
        "answer": ROLES,
    },
    correctable=("details",),
)
class Report(Record):
    """Freezes, lifts, disputes, or answers a finding."""

    who: ReportWho
    what: ReportWhat
    amounts: ReportAmounts
    scene: ReportScene
    details: Hash32

    def faults(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield an answer whose parcel and state are not both there or both absent."""
        if self.what.operation != "answer":
            return
        if (self.what.parcel == NO_HASH) != (self.what.state == NO_HASH):
            yield (
                "emptiness",
                "what.state",
                "a state exactly when a parcel is named",
                "one without the other",
            )


@sheet
class CorrectionWho(Sheet):
    """Who corrects."""

    author: Address = author()
    salt: Hash32 = salt()


_FIELDS = ListSpec(ascending=True)


@sheet
class CorrectionWhat(Sheet):
    """Which record, and its fields of *what*."""

    author_role: str = author_role()
    record: Hash32 = hash32("the record corrected")
    state: Hash32 = hash32("its latest Correction, or the record itself")
    fields: tuple[str, ...] = text(
        "fields of *what* corrected (reportNumber; an element of a list: name.3)", EITHER, _FIELDS
    )
    values: tuple[str, ...] = text(
        "their values from now on, as text (integers in decimal)",
        EITHER,
        ListSpec(parallel_to="what.fields", empty_elements=True),
    )
    salt: Hash32 = salt()


@sheet
class CorrectionAmounts(Sheet):
    """Fields of *amounts* corrected."""

    fields: tuple[str, ...] = text("fields of *amounts* corrected", EITHER, _FIELDS)
    values: tuple[str, ...] = text(
        "their values from now on",
        EITHER,
        ListSpec(parallel_to="amounts.fields", empty_elements=True),
    )
    salt: Hash32 = salt()


@sheet
class CorrectionScene(Sheet):
    """Fields of *scene* corrected."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    fields: tuple[str, ...] = text("fields of *scene* corrected", EITHER, _FIELDS)
    values: tuple[str, ...] = text(
        "their values from now on",
        EITHER,
        ListSpec(parallel_to="scene.fields", empty_elements=True),
    )
    salt: Hash32 = salt()


@kind(roles=ROLES)
class Correction(Record):
    """Each sheet corrects the same sheet of that record; its details replace the details."""

    who: CorrectionWho
    what: CorrectionWhat
    amounts: CorrectionAmounts
    scene: CorrectionScene
    details: Hash32

    def faults(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield a Correction that corrects nothing."""
        named = self.what.fields or self.amounts.fields or self.scene.fields
        if not named and self.details == NO_HASH:
            yield "emptiness", "what.fields", "at least one field, or details", "nothing corrected"
