"""A right record with one or two values changed: accepted, or refused by a name of the document."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from ledger.canonical import read_record, to_plain
from ledger.custody import Changes
from ledger.errors import Refused
from ledger.limits import LIMITS
from ledger.records import SHEETS, Record
from tests.ledger.rules.cases import Said, Stage, new_stage
from tests.ledger.rules.plots import Plot
from tests.ledger.rules.test_order import PLOTS, name_of
from tests.ledger.rules.test_properties import check_shown
from tests.trials import dice, trials
from tests.world import GOVERNORS

COUNT = trials("rules.mutants")
TEXTS = (
    "",
    "x",
    "é" * 24,
    '"',
    "\\" * 48,
    "'",
    "\u200b",
    "💎",
    "BE",
    "EU",
    "FR",
    "governor",
    "miner",
)


def mutated(value: Any, others: list[Any], luck: Random) -> Any:
    """Return another value of the same JSON type: near, extreme, or taken from elsewhere."""
    same = [other for other in others if type(other) is type(value) and other != value]
    if isinstance(value, list):
        return luck.choice([value[:-1], value * 2, [*value, *value[:1]], value[::-1], [], *same])
    if isinstance(value, int):
        near = [0, 1, value - 1, value + 1, value * 2, LIMITS.integer_max, LIMITS.integer_max - 1]
        return luck.choice([number for number in (*near, *same) if number >= 0])
    if value.startswith("0x"):
        digits = [other for other in same if len(other) == len(value)]
        return luck.choice(["0x" + "00" * (len(value) // 2 - 1), *digits])
    return luck.choice([*TEXTS, *(other for other in same if not other.startswith("0x"))])


def mutant(record: Record, stage: Stage, luck: Random) -> Record:
    """Return a record with one or two values changed.

    Raises:
        Refused: the values could never be said.

    """
    plain = to_plain(record)
    others = [value for place in SHEETS for value in plain[place].values()]
    others += [element for value in others if isinstance(value, list) for element in value]
    said = [to_plain(signed.record) for _, signed, _ in luck.sample(stage.log, 3)]
    others += [value for each in said for place in SHEETS for value in each[place].values()]
    for _ in range(luck.randint(1, 2)):
        sheet = plain[luck.choice(SHEETS)]
        name = luck.choice([name for name in sheet if name != "salt"] or ["salt"])
        values = sheet[name]
        if isinstance(values, list) and values and luck.randrange(2):
            at = luck.randrange(len(values))
            sheet[name] = [*values[:at], mutated(values[at], others, luck), *values[at + 1 :]]
        else:
            sheet[name] = mutated(values, others, luck)
    return read_record(record.KIND, plain)


def answer(stage: Stage, said: Said, luck: Random) -> Any:
    """Return what the ledger answers to a mutant: changes, or a refusal."""
    signers = said.signers
    if luck.randrange(12) == 0:
        signers = luck.choice([("stranger",), GOVERNORS, GOVERNORS[:2], ("agent",)])
    try:
        return stage.check(mutant(said.record, stage, luck), *signers)
    except Refused as refused:
        return refused.refusal


@pytest.mark.parametrize("plot", PLOTS, ids=name_of)
def test_a_record_with_values_changed_is_accepted_or_refused_by_name(plot: Plot) -> None:
    luck, stage = dice(f"rules.mutants {plot.name}"), new_stage()
    said = plot.make(stage, {})
    stage.check(said.record, *said.signers)
    met = Counter[str]()
    for _ in range(COUNT):
        came = answer(stage, said, luck)
        check_shown(came)
        met["accepted" if isinstance(came, Changes) else came.rule] += 1
    assert len(met) > 1
