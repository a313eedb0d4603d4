"""Shapes of what anyone may see of a stone by its link.

On a trade ledger no party is named, no amount but the stone's own weight, and no record and no
parcel by its id: addresses, labels and ids are then null. An index names an entry well enough to
prove it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ledger.answers.shapes.log import AnchorShown, AsOf, CorrectionShown, Names, Status
from ledger.answers.shapes.verdicts import StoneVerdicts
from ledger.values import Address, Hash32, ParcelId, RecordId, SiteId

Sureness = Literal["one", "one-of", "some-of"]
"""Wholly of one place; one stone, of one of several; or several stones, of some of several."""


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A site where the goods may have been mined; ``site_id`` is null if only the country is known.

    Attributes:
        country_name: the country in English.
        name: the site's public name, or "".
        site_type: industrial, artisanal or "".

    """

    country: str
    country_name: str
    site_id: SiteId | None
    name: str
    zone: str
    site_type: str


@dataclass(frozen=True, slots=True)
class MinedShown:
    """Where the goods were mined, by the records; ``countries`` in English, each once."""

    sureness: Sureness
    countries: tuple[str, ...]
    places: tuple[PlaceShown, ...]
    is_contradicted: bool


@dataclass(frozen=True, slots=True)
class CutShown:
    """Where rough became polished: in one of these countries, between these times (declared).

    Attributes:
        first_at, last_at: null if no record of it was found.
        is_whole: whether every record of it was found; else it may also have been done elsewhere,
            at another time, by records further back.

    """

    countries: tuple[str, ...]
    country_names: tuple[str, ...]
    first_at: int | None
    last_at: int | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class HeldShown:
    """Where the goods are, and who holds them.

    Attributes:
        country: where the goods are by the records: rough changes country by a certificate alone.
        role, role_country: in which the holder took them over, or "".
        address: the holder; null on a trade ledger.
        since: when the holder took them over, as declared; null if that lies too far back.

    """

    country: str
    country_name: str
    role: str
    role_country: str
    address: Address | None
    since: int | None


@dataclass(frozen=True, slots=True)
class StoneStep:
    """One signed statement in the goods' story, in words.

    Attributes:
        title: what it is, in a word or two.
        says: what the author declares.
        record_id, author: null on a trade ledger.
        occurred_at: declared; ``recorded_at_ms``: evidenced.
        corrections: values that its author corrected since, old and new; ``says`` has the new ones.
            Those of amounts are null on a trade ledger.

    """

    index: int
    record_id: RecordId | None
    title: str
    says: str
    role: str
    country: str
    country_name: str
    author: Address | None
    occurred_at: int
    recorded_at_ms: int
    status: Status
    is_suspected: bool
    corrections: tuple[CorrectionShown, ...] = ()


@dataclass(frozen=True, slots=True)
class PartShown:
    """A stone, or a parcel of stones, set in a piece: each with its own origin.

    Attributes:
        parcel_id, weight_carats: null on a trade ledger.
        stones: 0 = not counted; null on a trade ledger.

    """

    parcel_id: ParcelId | None
    weight_carats: str | None
    stones: int | None
    mined: MinedShown
    cut: CutShown | None


@dataclass(frozen=True, slots=True)
class StoneFinding:
    """Something that deserves a question, in words.

    Attributes:
        answers: what parties answered, the earliest first; ``answers_left_out`` more are not
            listed. Who they are and their records are null on a trade ledger.

    """

    name: str
    says: str
    index: int
    answers: tuple[StoneReply, ...] = ()
    answers_left_out: int = 0


@dataclass(frozen=True, slots=True)
class StoneReply:
    """That a party answered a finding; what it says is a private field of its record."""

    says: str
    index: int
    author: Address | None
    record_id: RecordId | None


@dataclass(frozen=True, slots=True)
class ProofShown:
    """What the statements rest on.

    Attributes:
        index: the place in the log of the last record about the goods; ``status`` is its own.
        record_id: its id; null on a trade ledger.
        size, root, note: of the checkpoint.
        anchor: the smallest anchor that covers that record, once it is final; null without.

    """

    index: int
    record_id: RecordId | None
    status: Status
    size: int
    root: Hash32
    note: str
    anchor: AnchorShown | None


@dataclass(frozen=True, slots=True)
class PlainWords:
    """What is proven, what is claimed, and what nobody here knows."""

    proven: tuple[str, ...]
    claimed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoneAnswer:
    """A stone, or a parcel of stones, as anyone may see it.

    Attributes:
        token: that of the link by which it was asked for.
        parcel_id: null on a trade ledger.
        alert: what must be seen first (reported stolen, no longer whole), or "".
        cut: null for rough.
        steps: the earliest first.
        steps_left_out: whether anything of the story is not listed.
        earlier_left_out: whether these are earlier steps.
        mentions_left_out: how many disputes and answers about the goods of these steps are not
            listed.
        is_followed_whole: whether the records were followed back to the mines; else where it was
            cut, and findings, may be told in part.
        noticed: what deserves a question by the tables at hand, or by the day: judged anew on each
            day.
        verdicts: what each definition says of it today.
        findings_left_out: how many more findings there are.
        became: the parcels that these goods were made into, or the piece that they are set in; none
            on a trade ledger.
        parts: of a piece: what is set in it; of these ``parts_left_out`` more are not listed.
        names: those shown to everyone.

    """

    token: str
    parcel_id: Hash32 | None
    ledger_id: Hash32
    origin: str
    mode: str
    state: str
    form: str
    hs_code: str
    weight_millicarats: int
    weight_carats: str
    stones: int
    label: str | None
    alert: str
    mined: MinedShown
    cut: CutShown | None
    held: HeldShown
    steps: tuple[StoneStep, ...]
    steps_left_out: bool
    earlier_left_out: bool
    mentions_left_out: int
    is_followed_whole: bool
    became: tuple[ParcelId, ...]
    parts: tuple[PartShown, ...]
    parts_left_out: int
    findings: tuple[StoneFinding, ...]
    findings_left_out: int
    noticed: tuple[StoneFinding, ...]
    verdicts: StoneVerdicts
    proof: ProofShown
    words: PlainWords
    as_of: AsOf
    names: Names = field(default_factory=dict)
