"""A verdict names the very files that it was made with."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ledger.errors import BadQuestion
from ledger.reference import shipped
from ledger.values import Hash32
from ledger.verdicts.definitions import read_definition
from ledger.verdicts.facts import Crossing, Facts, Ground, Origin
from ledger.verdicts.judging import judge
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.tables import COLUMNS, read_table, sha256_of
from ledger.verdicts.verdict import Verdict
from tests.ledger.verdicts.test_spans import at
from tests.trials import trials

WHEN = at("2014-06-01")
GROUND = Ground(Hash32(bytes(32)), 0, "Registration", "", "miner", "CF", WHEN, WHEN * 1000)
NOLA = Origin("CF", None, "Nola", WHEN, WHEN, 1_000, 1_000, (GROUND,))
CROSSING = Crossing(
    "certificate", "CF1", "CF", "BE", WHEN, WHEN + 1, WHEN, "confirmed", ("CF",), False,
    frozenset({NOLA.key}), frozenset({NOLA.key}), (GROUND,),
)  # fmt: skip
FACTS = Facts(Hash32(bytes(32)), "rough", "7102.31", 1_000, 1, 0, "BE", (NOLA,), (CROSSING,))
TABLES = {name: read_table(name, file.raw) for name, file in shipped().items() if name in COLUMNS}


def judged(tables: dict, definition: bytes, *adopted: Hash32) -> Verdict:
    read = read_definition(definition, "kp-2003")
    return judge(FACTS, read, Shelf(tables, frozenset(adopted)), WHEN)


def used(verdict: Verdict) -> dict:
    return {one.name: one for reason in verdict.reasons for one in reason.tables}


KP_2003 = shipped()["definition-kp-2003"].raw


def test_it_names_the_rows_that_decided_and_whether_the_ledger_adopted_their_file():
    ours = TABLES["kp-measures"].sha256
    verdict = judged(TABLES, KP_2003, ours)
    assert verdict.value == "fail"
    assert used(verdict)["kp-measures"].rows == ("CF-2013",)
    assert used(verdict)["kp-measures"].is_adopted
    assert not used(judged(TABLES, KP_2003))["kp-measures"].is_adopted


@settings(max_examples=trials("tables.bytes"))
@given(st.data())
def test_any_single_byte_of_a_table_that_changes_is_another_version_and_so_named(data):
    raw = bytearray(shipped()["kp-measures"].raw)
    place, by = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.sampled_from((1, 2, 4, 32)))
    raw[place] ^= by
    try:
        changed = read_table("kp-measures", bytes(raw))
    except BadQuestion:
        assume(False)  # no table any more
        return
    verdict = judged({**TABLES, "kp-measures": changed}, KP_2003, TABLES["kp-measures"].sha256)
    for one in used(verdict).values():
        if one.name == "kp-measures":
            assert one.sha256 == sha256_of(bytes(raw)) != TABLES["kp-measures"].sha256
            assert not one.is_adopted


def test_a_zone_is_found_in_the_table_however_it_is_spelt():
    for spelling in ("Berberati", "Berbérati", "BERBERATI "):
        when = at("2018-06-01")
        origin = replace(NOLA, zone=spelling, mined_from=when, mined_to=when)
        crossing = replace(CROSSING, issued_at=when, expires_at=when + 1, cleared_at=when)
        facts = replace(FACTS, origins=(origin,), crossings=(crossing,))
        read = read_definition(KP_2003, "kp-2003")
        reasons = judge(facts, read, Shelf(TABLES), when + 1).reasons
        values = {reason.rule: reason.value for reason in reasons}
        assert values["KP-standing"] == "pass", spelling


def test_any_byte_of_a_definition_that_changes_is_another_version_and_so_named():
    verdict, other = judged(TABLES, KP_2003), judged(TABLES, KP_2003 + b"# a remark\n")
    assert verdict.sha256 == sha256_of(KP_2003) != other.sha256
    assert verdict.value == other.value
