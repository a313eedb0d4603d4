"""The same goods under every definition, for whoever may read of them.

Who may read of a parcel is told what follows from it: of countries, roles and days, as the page of
a link to it tells them. On a trade ledger numbers of certificates are said to those alone who are
shown every record whole, and records are named to those of whose line of goods they are. Whoever
gave the goods on is answered by what was said until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ledger.access.lineage import EVER
from ledger.answers.country_names import name_of
from ledger.answers.definitions import (
    NOTICE,
    day_of,
    definition_shown,
    in_order,
    known,
    last_second,
    today,
)
from ledger.answers.gathered import known_of
from ledger.answers.reading import Reading
from ledger.answers.seeing import known_parcel
from ledger.answers.shapes import (
    ComparisonShown,
    DifferenceShown,
    GroundShown,
    ReasonShown,
    TableUsedShown,
    VerdictsAnswer,
    VerdictShown,
)
from ledger.custody import NEVER
from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS
from ledger.reference import Collection, Library
from ledger.values import ParcelId, carats, to_hex
from ledger.verdicts.definitions import Definition
from ledger.verdicts.facts import Facts, Ground
from ledger.verdicts.gathering import gather
from ledger.verdicts.judging import judge
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.verdict import Reason, TableUsed, Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a parcel's verdicts, as it was typed.

    Attributes:
        definition: the id of one definition; "" is all of them.
        date: the day to judge for; "" is today.
        size: how many entries count; None is all of them.
        compare_date: another day to judge for; "" is none.
        compare_definition: another definition; "" is none.
        own: a definition of the asker's own, beside those of the ledger; it alone is judged by, if
            none is named.

    """

    definition: str = ""
    date: str = ""
    size: int | None = None
    compare_date: str = ""
    compare_definition: str = ""
    own: Definition | None = None


@dataclass(frozen=True, slots=True)
class Discretion:
    """What a reader is shown of the records behind a verdict.

    Attributes:
        until: records up to this index are named.
        is_whole: whether numbers of certificates are said, and all parts of a piece named.

    """

    until: int
    is_whole: bool

    def facts(self, facts: Facts) -> Facts:
        """Return facts of which nothing is said that this reader may not know."""
        if self.is_whole:
            return facts
        return replace(
            facts,
            crossings=tuple(replace(crossing, number="") for crossing in facts.crossings),
            parts=tuple(self.facts(part) for part in facts.parts),
        )


@dataclass(slots=True)
class Bench:
    """Judges one parcel as of one size, by the files that counted then.

    Args:
        facts: what is known of it.
        collection: the definitions and tables.
        size: told in the verdicts.
        discretion: what may be shown of the records behind them.

    """

    facts: Facts
    collection: Collection
    size: int
    discretion: Discretion
    _weights: dict[ParcelId, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._weights = {part.parcel: carats(part.weight_millicarats) for part in self.facts.parts}

    def verdict(self, definition: Definition, at: int) -> VerdictShown:
        """Judge by one definition for one moment."""
        shelf = Shelf(self.collection.tables, self.collection.adopted)
        return self._shown(judge(self.facts, definition, shelf, at, self.size), definition)

    def verdicts(self, definitions: Iterable[Definition], at: int) -> tuple[VerdictShown, ...]:
        """Judge by several definitions for one moment."""
        return tuple(self.verdict(definition, at) for definition in definitions)

    def _shown(self, verdict: Verdict, definition: Definition) -> VerdictShown:
        deciding = verdict.deciding
        others = [reason for reason in verdict.reasons if reason not in deciding]
        reasons = [self._reason(reason, is_deciding=True) for reason in deciding]
        reasons += [self._reason(reason, is_deciding=False) for reason in others]
        return VerdictShown(
            definition=definition_shown(definition, self.collection.adopted),
            value=verdict.value,
            because=reasons[0].words if reasons else "",
            is_unconfirmed=any(reason.is_unconfirmed for reason in deciding),
            reasons=tuple(reasons),
        )

    def _reason(self, reason: Reason, *, is_deciding: bool) -> ReasonShown:
        words, part = reason.words, reason.parcel
        if part is not None and not self.discretion.is_whole:
            # Of what is set in a piece the page tells no weight.
            words = words.replace(f"{self._weights.get(part, '-')} ct", "its weight")
        return ReasonShown(
            rule=reason.rule,
            value=reason.value,
            words=words,
            source=reason.source,
            origin=reason.origin,
            parcel=part if self.discretion.is_whole else None,
            is_deciding=is_deciding,
            is_unconfirmed=reason.is_unconfirmed,
            would_decide=reason.would_decide,
            grounds=tuple(map(self._ground, reason.grounds)),
            tables=tuple(map(_table, reason.tables)),
        )

    def _ground(self, ground: Ground) -> GroundShown:
        is_named = 0 <= ground.index <= self.discretion.until
        return GroundShown(
            index=ground.index,
            record_id=ground.record_id if is_named else None,
            kind=ground.kind,
            operation=ground.operation,
            role=ground.role,
            country=ground.country,
            occurred_at=ground.occurred_at,
            recorded_at_ms=ground.recorded_at_ms,
            is_suspect=ground.is_suspect,
        )


def _table(used: TableUsed) -> TableUsedShown:
    return TableUsedShown(used.name, used.sha256, used.is_adopted, used.rows)


def verdicts(
    reading: Reading, library: Library, parcel_id: ParcelId, asked: Asked, through: ParcelId | None
) -> VerdictsAnswer:
    """Answer what every definition, or one, says of a parcel.

    Raises:
        Unknown: there is no such parcel that the reader may read, by then; or no such definition.
        BadQuestion: a day or a size is none, or both comparisons are asked for.
        TableMissing: a file that the charter then in force names is not here.

    """
    if asked.compare_date and asked.compare_definition:
        raise BadQuestion("compareDate", "one of compareDate and compareDefinition")
    if asked.compare_definition and not (asked.definition or asked.own):
        raise BadQuestion("definition", "the definition that the other is compared with")
    at = last_second("asOf", asked.date) if asked.date else today(reading.now_ms)
    size, discretion = as_readable(reading, parcel_id, asked.size, through)
    bench = bench_of(reading, library, parcel_id, size, discretion)
    wanted = in_order(bench.collection)
    if asked.own is not None:
        definitions = {**bench.collection.definitions, asked.own.id: asked.own}
        bench.collection, wanted = replace(bench.collection, definitions=definitions), [asked.own]
    if asked.definition:
        wanted = [known(bench.collection, asked.definition)]
    found, facts = bench.verdicts(wanted, at), bench.facts
    return VerdictsAnswer(
        parcel_id=parcel_id,
        date=day_of(at),
        judged_at=at,
        size=bench.size,
        form=facts.form,
        country=facts.country,
        origins=tuple(dict.fromkeys(name_of(origin.country) for origin in facts.origins)),
        is_whole=facts.is_whole,
        is_tightened=facts.is_tightened,
        verdicts=found,
        comparison=_comparison(bench, found, wanted, at, asked),
        notice=NOTICE,
        as_of=reading.as_of,
    )


def bench_of(
    reading: Reading,
    library: Library,
    parcel_id: ParcelId,
    size: int,
    discretion: Discretion,
    steps_max: int = LIMITS.facts_steps_max,
) -> Bench:
    """Gather the facts of a parcel from the first entries, and the files that counted then."""
    facts = gather(known_of(reading), parcel_id, size, steps_max)
    collection = library.collection_at(reading.view, size)
    return Bench(discretion.facts(facts), collection, size, discretion)


def as_readable(
    reading: Reading, parcel_id: ParcelId, size: int | None, through: ParcelId | None
) -> tuple[int, Discretion]:
    """Return how many entries count for a reader, and what it is shown of them."""
    head = reading.as_of.size
    if size is not None and not 1 <= size <= head:
        raise BadQuestion("size", f"1 to {head}")
    _, standing = known_parcel(reading, parcel_id, through)
    discretion = Discretion(standing.until, reading.is_whole)
    if standing.until == EVER or "amounts" in standing.book:
        return size or head, discretion
    if standing.until == NEVER:
        raise Unknown("parcel", f"{to_hex(parcel_id)} whose story this reader is shown")
    return min(size or head, standing.until + 1), discretion


# -- comparing -----------------------------------------------------------------------------------


def _comparison(
    bench: Bench,
    found: Sequence[VerdictShown],
    wanted: Sequence[Definition],
    at: int,
    asked: Asked,
) -> ComparisonShown | None:
    if asked.compare_date:
        at = last_second("compareDate", asked.compare_date)
        others = bench.verdicts(wanted, at)
    elif asked.compare_definition:
        others = bench.verdicts([known(bench.collection, asked.compare_definition)], at)
    else:
        return None
    pairs = zip(found, others, strict=True)
    return ComparisonShown(day_of(at), others, tuple(difference_of(*pair) for pair in pairs))


def difference_of(one: VerdictShown, other: VerdictShown) -> DifferenceShown:
    """Tell what decides the one verdict and not the other."""
    of_one = [reason for reason in one.reasons if reason.is_deciding]
    of_other = [reason for reason in other.reasons if reason.is_deciding]
    is_different = one.value != other.value
    return DifferenceShown(
        definition=one.definition.id,
        value=one.value,
        other=other.definition.id,
        other_value=other.value,
        is_different=is_different,
        only=_but(of_one, of_other) if is_different else (),
        other_only=_but(of_other, of_one) if is_different else (),
    )


def _but(reasons: Sequence[ReasonShown], without: Sequence[ReasonShown]) -> tuple[ReasonShown, ...]:
    said = {(reason.value, reason.words) for reason in without}
    return tuple(reason for reason in reasons if (reason.value, reason.words) not in said)
