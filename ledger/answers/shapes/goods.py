"""Shapes of what is said about goods: parcels, their stories, where they come from and went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.answers.shapes.log import AnchorShown, AsOf, CorrectionShown, Names, Status
from ledger.values import Address, Hash32, ParcelId, RecordId, SiteId


@dataclass(frozen=True, slots=True)
class Said:
    """Who said something, when, and how sure that is.

    Attributes:
        operation: the record's operation, or "".
        author: the party spoken for; ``signers`` are the keys that signed.
        withheld: the sheets of the record that this reader is not shown; what stands in them is
            null: of *who*, author and signers.
        occurred_at: when it happened, as the author declares.
        recorded_at_ms: when the ledger recorded it: evidenced.
        is_suspected: whether a Revocation says that records of the author, or of a signer, are
            suspect from an index on, and this is one of them; null where *who* is withheld, since
            those Revocations name their party.

    """

    index: int
    record_id: RecordId
    kind: str
    operation: str
    author: Address | None
    role: str
    country: str
    signers: tuple[Address, ...] | None
    occurred_at: int
    recorded_at_ms: int
    status: Status
    is_suspected: bool | None
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step(Said):
    """One record of a story.

    Attributes:
        parcels: the parcels of this story that it makes, advances or speaks of.
        is_mention: whether it only speaks of the parcel, and changes nothing.
        record: all of it, as it was signed; in the place of a withheld sheet its hash, so that the
            record's id can still be computed.
        corrections: values that its author corrected since, old and new, the earliest first.

    """

    parcels: tuple[ParcelId, ...]
    is_mention: bool
    record: Mapping[str, Any]
    corrections: tuple[CorrectionShown, ...]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """The Report by which a party answers a finding; what it says is a private field of it.

    Attributes:
        record_id: null to whoever only holds a paper that the finding is about.
        author: null if this reader is not shown *who*; ``role`` and ``country`` are its own.

    """

    index: int
    record_id: RecordId | None
    author: Address | None
    role: str
    country: str
    occurred_at: int
    recorded_at_ms: int
    status: Status


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A plausibility warning about an accepted record; never a refusal.

    Attributes:
        finding_id: follows from the name, the record and the subject; null if this reader is not
            told of the record.
        index, record_id: the record that raised it; null if this reader is not told.
        evidence: what was compared; null if this reader is not shown that record whole.
        answers: of those that this reader is shown, the earliest first; ``answers_left_out`` more
            are not listed.

    """

    finding_id: Hash32 | None
    name: str
    index: int | None
    record_id: RecordId | None
    subject: Hash32
    evidence: str | None
    answers: tuple[AnswerShown, ...] = ()
    answers_left_out: int = 0


@dataclass(frozen=True, slots=True)
class ParcelShown:
    """A parcel as its book stands.

    Attributes:
        stones: 0 = not counted.
        recipient: to whom it is offered, or null.
        withheld: what of the book this reader is not shown, named as the sheets of records; it is
            null then: of *who*, who holds it; of *amounts*, weight and stones; of *what* and
            *scene*, all the rest.

    """

    parcel_id: ParcelId
    state: str | None
    form: str | None
    hs_code: str | None
    weight_millicarats: int | None
    stones: int | None
    country: str | None
    custodian: Address | None
    recipient: Address | None
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParcelAnswer(ParcelShown):
    """Everything about one parcel but its story.

    Attributes:
        label: the bag code or lot name that its maker gave it.
        position: its place among the outputs of the record that made it.
        frozen_by: who froze it, or null; ``is_seized`` if as an authority.
        used_by: the index of the record that used it up, or null.
        head: the id of its chain's last record: the ``previous`` of the next one.
        head_at: when that record happened; the next one may not be earlier.
        made, last: the record that made it, and the last one of its chain.
        findings: about it, and what it descends from that is in doubt.
        is_followed_whole: whether all that it descends from was looked at for records in doubt.

    All but ``position`` and ``findings`` is null where this reader is not shown it.

    """

    label: str | None
    position: int
    frozen_by: Address | None
    is_seized: bool | None
    used_by: int | None
    head: RecordId | None
    head_at: int | None
    made: Said | None
    last: Said | None
    findings: tuple[FindingShown, ...]
    is_followed_whole: bool
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryAnswer:
    """Records of a story, the latest first.

    Attributes:
        is_whole: whether this reader is told of every record; else those that it may not read are
            left out, if there are any.
        cursor: asks for the next page; null at the end.
        is_cut: whether the walk's bound was reached: what lies beyond is not told.
        anchors: for each step the smallest anchor that covers it, by size, each once; none for
            steps that no anchor in a block covers.

    """

    parcel_id: ParcelId
    steps: tuple[Step, ...]
    is_whole: bool
    cursor: str | None
    is_cut: bool
    anchors: tuple[AnchorShown, ...]
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteOrigin:
    """How much of a parcel is of one site.

    Attributes:
        site_id: null for goods known by their country alone.
        label: the site's public name.
        least_millicarats: certainly in the parcel.
        most_millicarats: possibly in it, at most.
        pro_rata_millicarats: the share if goods mix by weight, evidence of nothing; null for a
            single stone, which is wholly of one site.

    All three are null for a reader who is not shown the parcel's own weight.

    """

    site_id: SiteId | None
    label: str
    zone: str
    least_millicarats: int | None
    most_millicarats: int | None
    pro_rata_millicarats: int | None


@dataclass(frozen=True, slots=True)
class CountryOrigin:
    """How much of a parcel is of one country; see :class:`SiteOrigin`."""

    country: str
    least_millicarats: int | None
    most_millicarats: int | None
    pro_rata_millicarats: int | None
    sites: tuple[SiteOrigin, ...]


@dataclass(frozen=True, slots=True)
class Origins:
    """Where a parcel's goods can come from; what is not listed is certainly not in it.

    Attributes:
        one_of: for a single stone, the countries of which it is one; otherwise null.
        is_contradicted: the records leave no composition; the bounds are those of the split alone.

    """

    one_of: tuple[str, ...] | None
    is_contradicted: bool
    countries: tuple[CountryOrigin, ...]


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A parcel that went into an operation, with its book weight; null if withheld."""

    parcel_id: ParcelId
    weight_millicarats: int | None


@dataclass(frozen=True, slots=True)
class Product:
    """A parcel that came out of an operation, as it was made; amounts are null if withheld."""

    parcel_id: ParcelId
    weight_millicarats: int | None
    stones: int | None


@dataclass(frozen=True, slots=True)
class OperationShown(Said):
    """A record that made parcels, or lowered the weight of one.

    Attributes:
        site_id: where a registration was mined; otherwise null.
        loss_millicarats: what was lost, all reasons together; null if withheld.

    """

    site_id: SiteId | None
    inputs: tuple[Ingredient, ...]
    outputs: tuple[Product, ...]
    loss_millicarats: int | None


@dataclass(frozen=True, slots=True)
class TraceAnswer:
    """Upstream to the mines: operations, the latest first, and what follows for the origin.

    Attributes:
        findings: about the parcels of these operations, raised by registrations among them about
            their sites, and what the parcel descends from that is in doubt.
        is_followed_whole: whether all that it descends from was looked at for records in doubt.
        is_whole: see :class:`HistoryAnswer`.
        spoken: certificates, clearances, gradings, statements and the like of these goods, the
            earliest first: those of authorities before others, and a few of each author.
        spoken_left_out: how many more there are; None where not every record is shown.

    """

    parcel_id: ParcelId
    weight_millicarats: int | None
    stones: int | None
    origins: Origins
    operations: tuple[OperationShown, ...]
    spoken: tuple[Step, ...]
    spoken_left_out: int | None
    is_whole: bool
    findings: tuple[FindingShown, ...]
    is_followed_whole: bool
    cursor: str | None
    is_cut: bool
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Descent:
    """An operation that goods went into, and what it made, as that stands today."""

    index: int
    record_id: RecordId
    operation: str
    author: Address | None
    country: str
    occurred_at: int
    recorded_at_ms: int
    status: Status
    withheld: tuple[str, ...]
    made: tuple[ParcelShown, ...]


@dataclass(frozen=True, slots=True)
class DescendantsAnswer:
    """Downstream to every descendant and holder: operations, the earliest first.

    Attributes:
        is_whole: see :class:`HistoryAnswer`.

    """

    parcel: ParcelShown
    operations: tuple[Descent, ...]
    is_whole: bool
    cursor: str | None
    is_cut: bool
    as_of: AsOf
    names: Names = field(default_factory=dict)
