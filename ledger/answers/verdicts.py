"""The same goods under every definition, for whoever may read of them.

Who may read of a parcel is told what follows from it: of countries, roles and days, as the page of
a link to it tells them. On a trade ledger numbers of certificates are said to those alone who are
shown every record whole, and records are named to those of whose line of goods they are. Whoever
gave the goods on is answered by what was said until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
from ledger.answers.replies import with_answers
from ledger.answers.seeing import known_parcel
from ledger.answers.shapes import (
    ComparisonShown,
    DifferenceShown,
    FindingShown,
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
from ledger.verdicts.comparing import Difference, compare
from ledger.verdicts.definitions import Definition
from ledger.verdicts.facts import Facts, Ground
from ledger.verdicts.gathering import gather
from ledger.verdicts.judging import judge
from ledger.verdicts.noticing import Noticed, noticed
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.tightening import tightened
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
        tighten: narrows the origins by the whole ancestry.

    """

    facts: Facts
    collection: Collection
    size: int
    discretion: Discretion
    tighten: Callable[[], Facts]
    _weights: dict[ParcelId, str] = field(default_factory=dict)
    _narrow: Facts | None = None

    def __post_init__(self) -> None:
        self._weights = {part.parcel: carats(part.weight_millicarats) for part in self.facts.parts}

    @property
    def shelf(self) -> Shelf:
        """The tables."""
        return Shelf(self.collection.tables, self.collection.adopted)

    @property
    def is_tightened(self) -> bool:
        """Whether a verdict needed narrower origins than the bounds of each step give."""
        return self._narrow is not None and self._narrow.is_tightened

    def judged(self, definition: Definition, at: int) -> Verdict:
        """Judge by one definition for one moment; by narrower origins where these may decide."""
        found = judge(self.facts, definition, self.shelf, at, self.size)
        if found.value != "cannot tell" or not _is_open_by_origin(self.facts):
            return found
        if self._narrow is None:
            self._narrow = self.discretion.facts(self.tighten())
        return judge(self._narrow, definition, self.shelf, at, self.size)

    def verdict(self, definition: Definition, at: int) -> VerdictShown:
        """Show what one definition says for one moment."""
        return self.shown(self.judged(definition, at), definition)

    def verdicts(self, definitions: Iterable[Definition], at: int) -> tuple[VerdictShown, ...]:
        """Show what several definitions say for one moment."""
        return tuple(self.verdict(one, at) for one in definitions)

    def findings(self, reading: Reading, at: int) -> tuple[FindingShown, ...]:
        """Show what is noticed of the goods with the tables at hand, and what was answered."""
        found = (
            self._finding(reading, one) for one in noticed(self.facts, self.shelf, at)
        )  # fmt: skip
        return tuple(dict.fromkeys(found))

    def _finding(self, reading: Reading, one: Noticed) -> FindingShown:
        ground = one.grounds[0]
        is_named = self._is_named(ground)
        finding = FindingShown(
            finding_id=one.finding_id if is_named else None,
            name=one.name,
            index=ground.index,
            record_id=ground.record_id if is_named else None,
            subject=one.subject if is_named else self.facts.parcel,
            evidence=one.evidence if self.discretion.is_whole else None,
        )
        return with_answers(reading, finding, self.discretion.until)

    def shown(self, verdict: Verdict, definition: Definition) -> VerdictShown:
        """Show a verdict, as far as its reader may be told what it rests on."""
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

    def difference(self, one: Difference) -> DifferenceShown:
        """Show what makes the difference between two verdicts."""
        changed = () if one.is_same else one.rules
        return DifferenceShown(
            definition=one.before.definition,
            value=one.before.value,
            other=one.after.definition,
            other_value=one.after.value,
            is_different=not one.is_same,
            only=self._reasons(rule.before for rule in changed),
            other_only=self._reasons(rule.after for rule in changed),
            words=tuple(map(self._words, one.words)),
        )

    def _reasons(self, reasons: Iterable[Reason | None]) -> tuple[ReasonShown, ...]:
        return tuple(self._reason(one, is_deciding=True) for one in reasons if one is not None)

    def _words(self, words: str) -> str:
        """Say nothing of what is set in a piece that its page does not say: no weight of it."""
        if not self.discretion.is_whole:
            for weight in self._weights.values():
                words = words.replace(f"{weight} ct", "its weight")
        return words

    def _is_named(self, ground: Ground) -> bool:
        return 0 <= ground.index <= self.discretion.until

    def _reason(self, reason: Reason, *, is_deciding: bool) -> ReasonShown:
        words = reason.words if reason.parcel is None else self._words(reason.words)
        return ReasonShown(
            rule=reason.rule,
            value=reason.value,
            words=words,
            source=reason.source,
            origin=reason.origin,
            parcel=reason.parcel if self.discretion.is_whole else None,
            is_deciding=is_deciding,
            is_unconfirmed=reason.is_unconfirmed,
            would_decide=reason.would_decide,
            grounds=tuple(map(self._ground, reason.grounds)),
            tables=tuple(map(_table, reason.tables)),
        )

    def _ground(self, ground: Ground) -> GroundShown:
        is_named = self._is_named(ground)
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


def _is_open_by_origin(facts: Facts) -> bool:
    return len(facts.origins) > 1 or any(len(part.origins) > 1 for part in facts.parts)


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
    judged = [bench.judged(one, at) for one in wanted]
    found = tuple(bench.shown(one, of) for one, of in zip(judged, wanted, strict=True))
    comparison, facts = _comparison(bench, judged, wanted, at, asked), bench.facts
    return VerdictsAnswer(
        parcel_id=parcel_id,
        date=day_of(at),
        judged_at=at,
        size=bench.size,
        form=facts.form,
        country=facts.country,
        origins=tuple(dict.fromkeys(name_of(origin.country) for origin in facts.origins)),
        is_whole=facts.is_whole,
        is_tightened=bench.is_tightened,
        verdicts=found,
        comparison=comparison,
        findings=bench.findings(reading, at),
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
    ledger = known_of(reading)
    facts = gather(ledger, parcel_id, size, steps_max)
    collection = library.collection_at(reading.view, size)

    def tighten() -> Facts:
        # Where the ancestry is longer than was followed, nothing passes whatever it is.
        return tightened(ledger, facts, size) if facts.is_whole else facts

    return Bench(discretion.facts(facts), collection, size, discretion, tighten)


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
    judged: Sequence[Verdict],
    wanted: Sequence[Definition],
    at: int,
    asked: Asked,
) -> ComparisonShown | None:
    if asked.compare_date:
        at = last_second("compareDate", asked.compare_date)
    elif asked.compare_definition:
        wanted = [known(bench.collection, asked.compare_definition)]
    else:
        return None
    others = [bench.judged(one, at) for one in wanted]
    shown = tuple(bench.shown(one, of) for one, of in zip(others, wanted, strict=True))
    pairs = zip(judged, others, strict=True)
    differences = tuple(bench.difference(compare(*pair)) for pair in pairs)
    return ComparisonShown(day_of(at), shown, differences)
