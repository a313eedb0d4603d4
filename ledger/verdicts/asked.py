"""One question of a verdict: these goods, if of this origin, by this rule, on this day.

Everything that happened after ``as_of`` is left out here, in one place: what came later cannot
bear on a past date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ledger.values import is_within
from ledger.verdicts.definitions import Definition, Rule
from ledger.verdicts.facts import Crossing, Facts, Ground, Origin, Saying, Stay
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.spans import DAY_SECONDS, Held, all_of
from ledger.verdicts.tables import Row

_EPOCH: Final = date(1970, 1, 1).toordinal()
_WORDS_MAX: Final = 4
CORRECTION: Final = "Correction"
"""A kind that evidences no day: it restates another record, and leaves its day as it was."""


def day(seconds: int) -> str:
    """Write the day of a moment, UTC."""
    ordinal = _EPOCH + seconds // DAY_SECONDS
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal())).isoformat()


def paper(crossing: Crossing) -> str:
    """Name a certificate; its number may be withheld from a reader."""
    return f"certificate {crossing.number}" if crossing.number else "a certificate"


def several(words: Iterable[str]) -> str:
    """Put what was found in one sentence: each once, the first few, and how many more."""
    distinct = list(dict.fromkeys(words))
    more = len(distinct) - _WORDS_MAX
    told = "; ".join(distinct[:_WORDS_MAX])
    return f"{told}; and {more} more" if more > 0 else told


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a clause holds for the goods asked about, and why.

    Attributes:
        held: yes, no or unknown.
        words: a part of a sentence, without its full stop.
        grounds: the records that say so.
        rows: (table, row) that decided.
        would_decide: of what is unknown: what would settle it.

    """

    held: Held
    words: str
    grounds: tuple[Ground, ...] = ()
    rows: tuple[tuple[str, Row], ...] = ()
    would_decide: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What may have befallen the goods of one origin by a day."""

    crossings: tuple[tuple[Crossing, Held], ...]
    stays: tuple[tuple[Stay, Held], ...]


def in_order(facts: Facts) -> Facts:
    """Put crossings and stays in an order that does not depend on how they came."""
    return replace(
        facts,
        crossings=tuple(sorted(facts.crossings, key=_crossing_order)),
        stays=tuple(sorted(facts.stays, key=_stay_order)),
    )


def told_of(facts: Facts, origin: Origin, as_of: int) -> Told:
    """Return what may have befallen goods of an origin; of a piece, what befell the piece."""

    def touches(may: frozenset[str], certain: frozenset[str]) -> Held:
        if facts.form == "piece":
            return "yes" if certain else "unknown" if may else "no"
        return "yes" if origin.key in certain else "unknown" if origin.key in may else "no"

    return Told(
        tuple(
            (crossing, touched)
            for crossing in facts.crossings
            if crossing.issued_at <= as_of
            and (touched := touches(crossing.may_concern, crossing.concerns)) != "no"
        ),
        tuple(
            (stay, touched)
            for stay in facts.stays
            if stay.since <= as_of and (touched := touches(stay.may_concern, stay.concerns)) != "no"
        ),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: ``on`` is the day whose rules are applied, ``as_of`` the last that is seen."""

    facts: Facts
    origin: Origin
    told: Told
    definition: Definition
    rule: Rule
    shelf: Shelf
    on: int
    as_of: int

    @property
    def where_mined(self) -> str:
        """Name the origin's country and zone."""
        zone = self.origin.zone
        return f"{self.origin.country} (zone {zone})" if zone else self.origin.country

    def crossings(self) -> tuple[tuple[Crossing, Held], ...]:
        """Return what may have carried these goods by the day seen, and whether it did."""
        return self.told.crossings

    def stays(self) -> tuple[tuple[Stay, Held], ...]:
        """Return where these goods may have been by the day seen, and whether they were."""
        return self.told.stays

    def sayings(self, operations: Iterable[str], *, of_ancestors: bool = False) -> list[Saying]:
        """Return what was said of these very goods by the day seen, the latest last.

        With ``of_ancestors``, of goods too that all these certainly come from.
        """
        wanted, key = set(operations), self.origin.key
        kept = [
            saying
            for saying in self.facts.sayings
            if saying.operation in wanted
            and (saying.about_self or (of_ancestors and key in saying.concerns))
            and saying.ground.occurred_at <= self.as_of
        ]
        return sorted(kept, key=_saying_order)

    def polished(self) -> list[tuple[str, int, Ground]]:
        """Return (country, when, ground) of each polishing by the day seen."""
        kept = [made for made in self.facts.polished_in if made[1] <= self.as_of]
        return sorted(kept, key=lambda made: (made[1], made[0], _ground_order(made[2])))

    def place(self) -> tuple[str, tuple[Ground, ...]]:
        """Return the country where the book has these goods on the day seen."""
        sure = [stay for stay, touched in self.stays() if stay.basis == "book" and touched == "yes"]
        if not sure:
            return self.facts.country, ()
        return sure[-1].country, sure[-1].grounds

    def standing(self, crossing: Crossing) -> str:
        """Return the state of a crossing's certificate on the day seen."""
        is_closed = crossing.cleared_at is not None and crossing.cleared_at <= self.as_of
        if crossing.sort == "none" or is_closed or crossing.state == "void":
            return crossing.state
        is_over = crossing.expires_at and crossing.expires_at < self.as_of
        return "expired" if is_over else "open"

    def happened(self, crossing: Crossing) -> Held:
        """Tell whether the goods went that way: a certificate that ended unused does not say.

        They did if the book has them at its destination afterwards; they did not if it has them
        where they were, or if another certificate was issued there for them later. A hand-over
        without a certificate that is recorded here shows neither that there was none nor that the
        goods moved.
        """
        if crossing.sort == "none":
            return "unknown"
        if self.standing(crossing) not in ("void", "expired"):
            return "yes"
        later = [
            stay for stay, touched in self.stays() if touched == "yes" and stay.basis == "book"
        ]
        if any(
            stay.since >= crossing.issued_at and is_within(stay.country, crossing.destination)
            for stay in later
        ):
            return "yes"
        is_home = any(
            stay.until is None and is_within(stay.country, crossing.issuer) for stay in later
        )
        again = any(
            touched == "yes"
            and other.issued_at > crossing.issued_at
            and other.issuer == crossing.issuer
            for other, touched in self.crossings()
        )
        return "no" if is_home or again else "unknown"

    def returned(self, crossing: Crossing) -> Crossing | None:
        """Return the confirmed technical return of goods that were refused, or None."""
        if self.standing(crossing) != "refused":
            return None
        for back, touched in self.crossings():
            if (
                back.is_technical
                and touched == "yes"
                and back.issued_at >= crossing.issued_at
                and self.standing(back) == "confirmed"
                and is_within(back.destination, crossing.issuer)
            ):
                return back
        return None

    def ruled_crossings(self, *, unless_returned: bool) -> list[tuple[Crossing, Held]]:
        """Return the crossings that this rule is about, and whether these goods went that way."""
        kept = list[tuple[Crossing, Held]]()
        for crossing, touched in self.crossings():
            is_late = is_told_late(crossing.grounds, crossing.issued_at, self.rule.since)
            is_early = crossing.issued_at < self.rule.since and not is_late
            if is_early or crossing.issued_at >= self.rule.until:
                continue
            if unless_returned and self.returned(crossing):
                continue
            sure: Held = "unknown" if is_late else "yes"
            both = all_of((touched, self.happened(crossing), sure))
            if both != "no":
                kept.append((crossing, both))
        return kept


def is_told_late(grounds: tuple[Ground, ...], when: int, before: int) -> bool:
    """Tell whether records say that something was before a date, and none of them stood by then.

    So whoever writes them afterwards cannot put a day that a rule is about behind them.
    """
    return when < before and not any(
        ground.kind != CORRECTION and ground.recorded_at_ms < before * 1000 for ground in grounds
    )


def _ground_order(ground: Ground) -> tuple[object, ...]:
    return (
        ground.occurred_at, ground.index, ground.record_id, ground.recorded_at_ms, ground.kind,
        ground.operation, ground.role, ground.country, ground.is_suspect,
    )  # fmt: skip


def _grounds_order(grounds: tuple[Ground, ...]) -> tuple[tuple[object, ...], ...]:
    return tuple(map(_ground_order, grounds))


def _saying_order(saying: Saying) -> tuple[object, ...]:
    return (
        _ground_order(saying.ground), saying.operation, saying.text_id, saying.countries,
        saying.about_self, saying.form, sorted(saying.may_concern), sorted(saying.concerns),
    )  # fmt: skip


def _crossing_order(crossing: Crossing) -> tuple[object, ...]:
    return (
        crossing.issued_at, crossing.number, crossing.issuer, crossing.destination, crossing.sort,
        crossing.state, crossing.expires_at, crossing.cleared_at is None, crossing.cleared_at or 0,
        crossing.named_origins, crossing.is_technical, crossing.is_reused,
        _grounds_order(crossing.grounds), sorted(crossing.may_concern), sorted(crossing.concerns),
    )  # fmt: skip


def _stay_order(stay: Stay) -> tuple[object, ...]:
    return (
        stay.since, stay.country, stay.basis, stay.until is None, stay.until or 0,
        _grounds_order(stay.grounds), sorted(stay.may_concern), sorted(stay.concerns),
    )  # fmt: skip
