"""The matrix of a stone's page: each definition's verdict beside the others, for today.

It is shorter than the answer about a parcel's verdicts: of each definition what decides, in a few
sentences. On a trade ledger nothing is said there that the page does not say: roles, countries,
days, and the stone's own weight.
"""

from __future__ import annotations

from typing import Final

from ledger.access.lineage import EVER
from ledger.answers.definitions import NOTICE, day_of, in_order, today
from ledger.answers.reading import Reading
from ledger.answers.shapes import FindingShown, StoneVerdict, StoneVerdicts, VerdictShown
from ledger.answers.verdicts import Discretion, bench_of
from ledger.custody import Parcel
from ledger.errors import BadQuestion, TableMissing
from ledger.limits import LIMITS
from ledger.reference import Library

SENTENCES_MAX: Final = 3
ENTRIES_MAX: Final = 8
_STATUSES: Final = ("adopted", "proposed", "rejected")


def matrix_of(
    reading: Reading, library: Library, parcel: Parcel, *, is_open: bool
) -> tuple[StoneVerdicts, tuple[FindingShown, ...]]:
    """Judge a stone, a parcel or a piece by every definition, for today.

    Returns:
        The matrix; and what is noticed with the tables at hand.

    """
    at = today(reading.now_ms)
    # Which records decide is not said on the page by their ids, but by their places in the log.
    discretion = Discretion(EVER, is_open)
    try:
        bench = bench_of(
            reading,
            library,
            parcel.id,
            reading.as_of.size,
            discretion,
            LIMITS.page_walk_steps_max,
        )
    except (TableMissing, BadQuestion) as error:
        # What the governors adopted is not at hand: nothing is judged by anything else.
        return StoneVerdicts(day_of(at), (), str(error), NOTICE), ()
    rows = [_row(one) for one in bench.verdicts(in_order(bench.collection), at)]
    rows.sort(key=lambda row: _STATUSES.index(row.status))
    return StoneVerdicts(day_of(at), tuple(rows), "", NOTICE), bench.findings(reading, at)


def _row(one: VerdictShown) -> StoneVerdict:
    deciding = [reason for reason in one.reasons if reason.is_deciding]
    said = list(dict.fromkeys(reason.words for reason in deciding))
    entries = sorted({ground.index for reason in deciding for ground in reason.grounds})
    settle = dict.fromkeys(reason.would_decide for reason in deciding if reason.would_decide)
    tables = {used.name: used for reason in deciding for used in reason.tables}
    definition = one.definition
    return StoneVerdict(
        definition=definition.id,
        title=definition.title,
        short=definition.short,
        status=definition.status,
        adopted_by=definition.adopted_by,
        sources=definition.sources,
        reading=definition.reading,
        sha256=definition.sha256,
        is_adopted_here=definition.is_adopted_here,
        value=one.value,
        because=tuple(said[:SENTENCES_MAX]),
        because_left_out=len(said[SENTENCES_MAX:]),
        would_decide=tuple(settle)[:SENTENCES_MAX],
        entries=tuple(entries[:ENTRIES_MAX]),
        entries_left_out=len(entries[ENTRIES_MAX:]),
        tables=tuple(tables[name] for name in sorted(tables)),
        is_unconfirmed=one.is_unconfirmed or not definition.is_confirmed,
    )
