"""Gathering the facts about one parcel or piece from its whole ancestry, as of some entry.

Nothing is judged here. A fact says which origins of the parcel it may concern and which it
certainly does: an event on an ancestor concerns all goods of an origin when every way from that
origin's registrations to the parcel leads through that ancestor. What concerns none of the goods is
left out. A Clearance that names no Certificate names no parcel either, so a paper that was only
seen at a border is never taken for the certificate of some hand-over.

What the records leave open stays open: where goods are between two countries; what lies behind a
bound of the walk (``is_whole`` is then False). Sources: Kimberley Process Certification Scheme,
section III and Annex I; ``docs/spec/records.md``; ``docs/spec/bounds.md``.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.custody import CharterInForce, Parcel
from ledger.errors import Unknown
from ledger.limits import LIMITS
from ledger.trace.kept import bounds_of
from ledger.values import ParcelId, to_hex
from ledger.verdicts.facts import Facts, Ground
from ledger.verdicts.gathering.ancestry import Ancestry, Ways, ancestry_of
from ledger.verdicts.gathering.known import Budget, Known, Past
from ledger.verdicts.gathering.lives import Life, Lives
from ledger.verdicts.gathering.marks import Marks
from ledger.verdicts.gathering.sources import is_contradicted, sources_of

__all__ = ["Known", "charter_then", "gather", "parcel_then"]


def gather(
    known: Known,
    parcel_id: ParcelId,
    size: int | None = None,
    steps_max: int = LIMITS.facts_steps_max,
) -> Facts:
    """Gather what is known of a parcel or a piece.

    Args:
        known: the ledger.
        parcel_id: the parcel.
        size: only entries below it are looked at; all of them, if not said.
        steps_max: how many operations, inputs and records are looked at, together.

    Raises:
        Unknown: there was no such parcel by then.
        Damaged: what is stored is not what the rules leave.

    """
    end = LIMITS.checkpoint_leaves_max if size is None else size
    parcel = known.read(Parcel, parcel_id)
    if parcel is None or parcel.made_by >= end:
        raise Unknown("parcel", to_hex(parcel_id))
    return _facts(known, parcel, end, Budget(steps_max))


def _facts(known: Known, parcel: Parcel, size: int, budget: Budget) -> Facts:
    past = Past(known, size, budget)
    walked = ancestry_of(known, parcel, max(0, budget.left))
    budget.spend(sum(1 + len(operation.inputs) for operation in walked.operations))
    lives = Lives(past, walked.in_order())
    life = lives.tell(parcel)
    ancestry = _as_it_was(walked, life)
    bounds = bounds_of(known, ancestry.subject)
    sources = sources_of(past, ancestry, bounds)
    ways = Ways(known, ancestry, sources.of_registration, sources.bits)
    marks = Marks(ways, sources.bits)
    weight = ancestry.subject.weight_millicarats
    # What befell the stones of a piece before they were set stands with the facts about each.
    bearing = [parcel] if parcel.form == "piece" else ancestry.in_order()
    told = [one for one in lives.known(one.id for one in bearing) if one]
    _weigh_analyses(known, told, ancestry)
    papers = () if parcel.form == "piece" else lives.papers.all.values()
    return Facts(
        parcel=parcel.id,
        form=parcel.form,
        hs_code=parcel.hs_code,
        weight_millicarats=weight,
        stones=ancestry.subject.stones,
        tolerance_millicarats=past.charter().tolerance(weight),
        country=life.country,
        origins=sources.origins,
        crossings=marks.crossings(told, papers),
        stays=marks.stays(told),
        sayings=marks.sayings(told, parcel.id),
        polished_in=_polished_in(past, ancestry, lives),
        is_whole=not (past.is_cut or ancestry.is_cut or sources.is_cut),
        is_contradicted=bounds.contradicted,
        parts=_parts(known, ancestry, size, budget),
        least_by_country=sources.least_by_country,
        made_at=life.made_at,
        former_codes=_former_codes(parcel, ancestry),
        heaviest_millicarats=life.heaviest_millicarats,
    )


def parcel_then(known: Known, parcel: Parcel, size: int) -> Parcel:
    """Return a parcel with the weight, stones and bounds that it had before an entry.

    Raises:
        Unknown: there was no such parcel by then.

    """
    if parcel.made_by >= size:
        raise Unknown("parcel", to_hex(parcel.id))
    past = Past(known, size, Budget(LIMITS.facts_steps_max))
    return _then(Lives(past, [parcel]).tell(parcel))


def charter_then(known: Known, size: int) -> CharterInForce:
    """Return the charter in force before an entry, as far as it bears on tolerances."""
    return Past(known, size, Budget(0)).charter()


def _then(life: Life) -> Parcel:
    return replace(
        life.parcel,
        weight_millicarats=life.weight_millicarats,
        stones=life.stones,
        blended_by=life.blended_by if life.blended_by >= 0 else life.parcel.made_by,
    )


def _as_it_was(ancestry: Ancestry, life: Life) -> Ancestry:
    """Put the parcel as it was at the size asked for in the place of what became of it."""
    subject = _then(life)
    parcels = {**ancestry.parcels, subject.id: subject}
    return replace(ancestry, subject=subject, parcels=parcels)


def _former_codes(parcel: Parcel, ancestry: Ancestry) -> tuple[str, ...]:
    if parcel.form != "rough":
        return ()
    codes = {one.hs_code for one in ancestry.parcels.values()}
    return tuple(sorted(codes - {parcel.hs_code}))


def _weigh_analyses(known: Known, lives: list[Life], ancestry: Ancestry) -> None:
    """Mark the origin analyses that the records contradict.

    Otherwise goods of one origin could be given another by an analysis, and lose the first by being
    mixed afterwards.
    """
    for life in lives:
        parcel = ancestry.parcels.get(life.parcel.id)
        if parcel is None or not any(saying.countries for saying in life.sayings):
            continue
        bounds = bounds_of(known, parcel)
        life.sayings = [
            replace(saying, is_contradicted=is_contradicted(bounds, saying.countries))
            if saying.countries
            else saying
            for saying in life.sayings
        ]


def _polished_in(
    past: Past, ancestry: Ancestry, lives: Lives
) -> tuple[tuple[str, int, Ground], ...]:
    found: list[tuple[str, int, Ground]] = []
    for operation in ancestry.operations:
        if operation.name == "polish" and past.may_read():
            index, record = past.record(operation.record_id)
            ground = past.ground(index, operation.record_id, record)
            # Where the book had the rough, if elsewhere, is as good a word as the cutter's own.
            told = {one.place for one in lives.known(operation.inputs) if one and one.place}
            places = sorted({operation.country} | told)
            found += [(place, operation.occurred_at, ground) for place in places]
    return tuple(found)


def _parts(known: Known, ancestry: Ancestry, size: int, budget: Budget) -> tuple[Facts, ...]:
    """Gather the facts about each parcel set in a piece."""
    if ancestry.subject.form != "piece" or not ancestry.operations:
        return ()
    setting = ancestry.operations[-1]
    return tuple(_facts(known, ancestry.parcels[parcel], size, budget) for parcel in setting.inputs)
