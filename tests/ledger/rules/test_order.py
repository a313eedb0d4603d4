"""Of two faults in one record, the one that stands first in the document is the answer."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from tests import spec_tables
from tests.ledger.rules.cases import new_stage
from tests.ledger.rules.plots import Fault, Plot
from tests.ledger.rules.plots_of_borders import BORDERS
from tests.ledger.rules.plots_of_goods import GOODS
from tests.ledger.rules.plots_of_people import PEOPLE
from tests.ledger.rules.plots_of_pieces import PIECES
from tests.ledger.rules.plots_of_reports import REPORTS
from tests.ledger.rules.plots_of_sayings import SAYINGS

NAMES = [name for _, name in spec_tables.refusals()]
# Whether a Receipt may leave its weight 0 depends on the parcel: the first check of *weights*.
NAMES.remove("emptiness")
NAMES.insert(NAMES.index("overflow"), "emptiness")

PLOTS: tuple[Plot, ...] = (
    *GOODS,
    *REPORTS,
    *PEOPLE,
    *SAYINGS,
    *BORDERS,
    *PIECES,
)
SINGLES = [(plot, fault) for plot in PLOTS for fault in plot.faults]
PAIRS = [
    (plot, one, other)
    for plot in PLOTS
    for one, other in itertools.combinations(plot.faults, 2)
    if one.goes_with(other)
]
PAIRS_LEAST, RULE_PAIRS_LEAST = 1_500, 450


def name_of(value: Plot | Fault) -> str:
    if isinstance(value, Plot):
        return value.name
    return "+".join(f"{key}={value.knobs[key]!r:.14}" for key in value.knobs)


def answer(plot: Plot, *faults: Fault) -> str | None:
    """Return the rule by which a record with these faults is refused."""
    stage = new_stage()
    knobs = {name: value for fault in faults for name, value in fault.knobs.items()}
    said = plot.make(stage, knobs)
    refusal = stage.refusal_of(said.record, *said.signers)
    return refusal.rule if refusal else None


@pytest.mark.parametrize("plot", PLOTS, ids=name_of)
def test_a_plot_without_a_fault_is_accepted(plot: Plot) -> None:
    assert answer(plot) is None


@pytest.mark.parametrize(("plot", "fault"), SINGLES, ids=name_of)
def test_a_plot_with_one_fault_is_refused_by_its_rule(plot: Plot, fault: Fault) -> None:
    assert answer(plot, fault) == fault.rule


@pytest.mark.parametrize("plot", PLOTS, ids=name_of)
def test_of_two_faults_the_first_in_the_document_is_the_answer(plot: Plot) -> None:
    wrong = []
    for _, one, other in (pair for pair in PAIRS if pair[0] is plot):
        expected = min(one.rule, other.rule, key=NAMES.index)
        came = answer(plot, one, other)
        if came != expected:
            wrong.append(f"{one.rule} + {other.rule}: {came} ({name_of(one)}, {name_of(other)})")
    assert wrong == []


def test_many_pairs_of_faults_are_combined(
    record_property: Callable[[str, object], None],
) -> None:
    rules = {frozenset((one.rule, other.rule)) for _, one, other in PAIRS}
    figure = f"order: {len(PAIRS)} records with two faults, {len(rules)} pairs of rules"
    record_property("figure", figure)
    assert len(PAIRS) >= PAIRS_LEAST
    assert len(rules) >= RULE_PAIRS_LEAST
