"""Properties of every verdict, from the hand-reasoned goods and whatever is added to them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.limits import LIMITS
from ledger.values import Hash32
from ledger.verdicts.facts import Crossing, Facts, Ground, Origin, Saying, Stay
from ledger.verdicts.judging import judge
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.tables import Table
from ledger.verdicts.verdict import Verdict
from tests.trials import trials
from tests.verdict_cases import (
    FOLDER,
    Case,
    moment,
    read_cases,
    read_facts,
    shipped_definitions,
    shipped_shelf,
)

CASES = [case for file in sorted(FOLDER.glob("*.toml")) for case in read_cases(file)]
SHELF, DEFINITIONS = shipped_shelf(), shipped_definitions()
EXAMPLES = settings(
    max_examples=trials("verdicts.properties"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
FIRST, LAST = moment("1999-01-01"), moment("2027-01-01")

a_case = st.sampled_from(CASES)
a_definition = st.sampled_from(sorted(DEFINITIONS))
a_moment = st.one_of(
    st.sampled_from(
        [
            moment(day)
            for day in "2013-05-23 2014-06-01 2022-03-11 2024-01-01 2024-02-20 2024-03-01 "
            "2024-05-01 2024-09-01 2025-03-01 2026-01-01".split()
        ]
    ),
    st.integers(FIRST, LAST),
)
a_country = st.sampled_from("AE BE BW CF IN RU US ZW".split())


def judged(case: Case, facts: Facts, definition: str | None = None) -> Verdict:
    return judge(facts, DEFINITIONS[definition or case.definition], SHELF, case.as_of)


@st.composite
def a_ground(draw: st.DrawFn, when: int) -> Ground:
    return Ground(
        record_id=Hash32(draw(st.integers(1, 2**32)).to_bytes(32, "big")),
        index=draw(st.integers(0, 1000)),
        kind="Statement",
        operation="",
        role=draw(st.sampled_from(["authority", "trader", "lab"])),
        country=draw(a_country),
        occurred_at=when,
        recorded_at_ms=draw(st.sampled_from([when, when + 90 * 86400])) * 1000,
        is_suspect=draw(st.booleans()),
    )


@st.composite
def more(draw: st.DrawFn, facts: Facts, since: int = FIRST) -> Facts:
    """Add one piece of evidence about all or some of the goods."""
    when = max(draw(a_moment), since)
    may = frozenset(draw(st.sets(st.sampled_from([one.key for one in facts.origins]), min_size=1)))
    sure = may if draw(st.booleans()) else frozenset[str]()
    ground = draw(a_ground(when))
    sort = draw(st.sampled_from(["crossing", "stay", "saying", "polished"]))
    if sort == "crossing":
        crossing = Crossing(
            sort=draw(st.sampled_from(["certificate", "paper", "none"])),
            number="XX1",
            issuer=draw(a_country),
            destination=draw(st.sampled_from(["AE", "EU", "IN", "RU", "US"])),
            issued_at=when,
            expires_at=when + 86400 * 60,
            cleared_at=when + 86400 * 3 if draw(st.booleans()) else None,
            state=draw(st.sampled_from(["open", "confirmed", "void"])),
            named_origins=draw(st.sampled_from([(), ("BW",), ("BW", "RU")])),
            is_technical=False,
            may_concern=may,
            concerns=sure,
            grounds=(ground,),
        )
        if crossing.cleared_at is not None:
            crossing = replace(crossing, state="confirmed")
        return replace(facts, crossings=(*facts.crossings, crossing))
    if sort == "stay":
        until = draw(st.sampled_from([None, when, when + 86400 * 100]))
        basis = draw(st.sampled_from(["book", "statement"]))
        until = when if basis == "statement" else until
        stay = Stay(draw(a_country), when, until, basis, may, sure, (ground,))
        return replace(facts, stays=(*facts.stays, stay))
    if sort == "polished" and facts.form == "polished":
        return replace(facts, polished_in=(*facts.polished_in, (draw(a_country), when, ground)))
    saying = Saying(
        operation=draw(st.sampled_from(["origin", "document", "warranty", "location"])),
        about_self=draw(st.booleans()),
        text_id=draw(st.sampled_from(["wdc-sow-1", "wdc-sow-2"])),
        report_number="",
        document=None,
        countries=draw(st.sampled_from([("BW",), ("RU",), ("BW", "RU")])),
        as_of=when,
        weight_millicarats=0,
        form=facts.form,
        ground=ground,
        may_concern=may,
        concerns=sure,
    )
    return replace(facts, sayings=(*facts.sayings, saying))


@st.composite
def told(draw: st.DrawFn) -> tuple[Case, Facts, str]:
    """A case, its goods with up to three more pieces of evidence, and a definition."""
    case = draw(a_case)
    facts = case.facts
    for _ in range(draw(st.integers(0, 3))):
        facts = draw(more(facts))
    return case, facts, draw(st.sampled_from([case.definition, draw(a_definition)]))


def shuffled(facts: Facts, random: Random) -> Facts:
    def some(items: tuple) -> tuple:
        return tuple(random.sample(items, len(items)))

    return replace(
        facts,
        origins=some(facts.origins),
        crossings=some(facts.crossings),
        stays=some(facts.stays),
        sayings=some(facts.sayings),
        polished_in=some(facts.polished_in),
        parts=some(facts.parts),
    )


@EXAMPLES
@given(told(), st.randoms(use_true_random=False))
def test_a_verdict_never_depends_on_the_order_of_what_is_told(
    asked: tuple[Case, Facts, str], random: Random
) -> None:
    case, facts, definition = asked
    assert judged(case, shuffled(facts, random), definition) == judged(case, facts, definition)


RULES_THAT_NAME_IT = (
    "exempt by",  # an exemption holds
    "that were cleared into",  # the day of import is known
    "the warranty wdc-sow",  # the latest warranty counts
)


@EXAMPLES
@given(st.data())
def test_evidence_never_turns_a_fail_into_a_pass_unless_a_rule_names_it(
    data: st.DataObject,
) -> None:
    case, facts, definition = data.draw(told())
    before = judged(case, facts, definition)
    after = judged(case, data.draw(more(facts)), definition)
    if before.value == "fail" and after.value == "pass":
        words = " ".join(reason.words for reason in after.deciding)
        assert any(named in words for named in RULES_THAT_NAME_IT), words


@EXAMPLES
@given(st.data())
def test_another_possible_origin_never_turns_cannot_tell_into_a_pass(data: st.DataObject) -> None:
    case, facts, definition = data.draw(told())
    before = judged(case, facts, definition)
    country = data.draw(a_country)
    origin = Origin(country, Hash32(bytes([7] * 32)), "", FIRST, LAST, 0, facts.weight_millicarats)
    narrowed = tuple(replace(one, least=0) for one in facts.origins)
    after = judged(case, replace(facts, origins=(*narrowed, origin)), definition)
    if before.value != "pass" and facts.form != "piece":
        words = " ".join(reason.words for reason in after.deciding)
        assert after.value != "pass" or "origin-analysis" in words


@EXAMPLES
@given(told())
def test_suspicion_never_makes_a_pass_nor_takes_a_fail_away(asked: tuple[Case, Facts, str]) -> None:
    case, facts, definition = asked
    origins = tuple(
        replace(one, grounds=tuple(replace(ground, is_suspect=True) for ground in one.grounds))
        for one in facts.origins
    )
    before = judged(case, facts, definition).value
    after = judged(case, replace(facts, origins=origins), definition).value
    assert after == before or (before, after) == ("pass", "cannot tell")


@EXAMPLES
@given(told())
def test_nothing_passes_on_an_ancestry_that_was_not_followed_whole(
    asked: tuple[Case, Facts, str],
) -> None:
    case, facts, definition = asked
    verdict = judged(case, replace(facts, is_whole=False), definition)
    in_force = not verdict.reasons[0].rule.endswith(".in-force")
    assert verdict.value != "pass" or not in_force


@EXAMPLES
@given(st.data())
def test_what_happened_later_does_not_bear_on_a_past_day(data: st.DataObject) -> None:
    case, facts, definition = data.draw(told())
    later = data.draw(more(facts, since=case.as_of + 1))
    assert judged(case, later, definition) == judged(case, facts, definition)


@EXAMPLES
@given(told())
def test_every_verdict_in_force_names_each_table_that_it_read(
    asked: tuple[Case, Facts, str],
) -> None:
    case, facts, name = asked
    definition, verdict = DEFINITIONS[name], judged(case, facts, name)
    if verdict.reasons[0].rule.endswith(".in-force"):
        assert verdict.reasons == verdict.deciding
        return
    named = {table.name: table for reason in verdict.reasons for table in reason.tables}
    assert set(named) == set(definition.tables)
    for name, table in named.items():
        assert table.sha256 == SHELF.tables[name].sha256
        assert set(table.rows) <= {row.key for row in SHELF.tables[name].rows}


@EXAMPLES
@given(told())
def test_deciding_reasons_are_reasons_and_explain_the_value(asked: tuple[Case, Facts, str]) -> None:
    case, facts, definition = asked
    verdict = judged(case, facts, definition)
    assert {reason.rule for reason in verdict.deciding} <= {one.rule for one in verdict.reasons}
    values = {reason.value for reason in verdict.deciding}
    assert values == {verdict.value} or (verdict.value == "cannot tell" and "pass" not in values)
    for reason in verdict.reasons:
        assert reason.words.endswith(".")
        assert (reason.value == "cannot tell") == bool(reason.would_decide), reason


@EXAMPLES
@given(told())
def test_tables_without_rows_are_judged_and_forbid_nothing(asked: tuple[Case, Facts, str]) -> None:
    case, facts, name = asked
    empty = Shelf({name: Table(name, table.sha256, ()) for name, table in SHELF.tables.items()})
    verdict = judge(facts, DEFINITIONS[name], empty, case.as_of)
    for reason in verdict.reasons:
        rule = reason.rule.partition("-")[2]
        if rule in ("standing", "embargo", "rebels", "violence", "armed", "participants"):
            assert reason.value != "fail"


def test_a_table_that_is_not_at_hand_decides_nothing() -> None:
    facts = read_facts("goods", "rough 1.000 x1 BW\norigin BW mined 2019-01-01..2019-06-30")
    verdict = judge(facts, DEFINITIONS["kp-2003"], Shelf({}), moment("2020-01-01"))
    assert verdict.value == "cannot tell"
    assert "the table kp-measures" in {reason.would_decide for reason in verdict.deciding}


def test_the_same_reason_for_every_origin_is_told_once() -> None:
    lines = "\n".join(f"origin BW#{site} mined 2019-01-01..2019-06-30" for site in range(20))
    facts = read_facts("goods", f"polished 1.000 x1 BW\n{lines}\npolished BW 2019-09-01")
    verdict = judge(facts, DEFINITIONS["us-2024"], SHELF, moment("2025-01-01"))
    (reason,) = [one for one in verdict.reasons if one.rule == "US-DET-1ct"]
    assert (verdict.value, reason.origin, len(reason.grounds)) == ("pass", "", 20)


def test_a_reason_tells_what_it_rests_on() -> None:
    (case,) = [one for one in CASES if one.place.startswith("a stone from outside the zones")]
    (reason,) = judged(case, case.facts).deciding
    assert reason.rule == "KP-standing"
    assert "CF (zone Bria) on 2017-06-01, under CF-2015" in reason.words
    assert [table.rows for table in reason.tables] == [("CF-2015",)]
    assert {ground.kind for ground in reason.grounds} == {"Certificate", "Registration"}
    assert not reason.is_unconfirmed


def test_a_reason_from_memory_is_marked() -> None:
    (case,) = [one for one in CASES if "kp-2003 2004-07-01" in one.place and "Lebanon" in one.place]
    (reason,) = [one for one in judged(case, case.facts).deciding if one.rule == "KP-standing"]
    assert reason.is_unconfirmed


def test_adopted_tables_and_definitions_are_marked() -> None:
    (case,) = [one for one in CASES if one.place.startswith("a stone from outside the zones")]
    definition = DEFINITIONS[case.definition]
    measures = SHELF.tables["kp-measures"].sha256
    shelf = replace(SHELF, adopted=frozenset((measures, definition.sha256)))
    verdict = judge(case.facts, definition, shelf, case.as_of)
    adopted = {table.name: table.is_adopted for one in verdict.reasons for table in one.tables}
    assert verdict.is_adopted
    assert adopted["kp-measures"]
    assert not adopted["kp-participants"]


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_a_past_verdict_can_be_made_again(name: str) -> None:
    for case in CASES:
        verdict = judge(case.facts, DEFINITIONS[name], SHELF, case.as_of, 7)
        assert verdict == judge(case.facts, DEFINITIONS[name], SHELF, case.as_of, 7)
        assert (verdict.size, verdict.as_of, verdict.parcel) == (7, case.as_of, case.facts.parcel)


def test_a_piece_without_its_parts_is_not_judged_by_what_is_missing() -> None:
    facts = read_facts("ring", "piece 0.600 x1 IT\norigin BW mined 2023-01-01..2023-06-30")
    for name in sorted(set(DEFINITIONS) - {"wdc-sow"}):
        verdict = judge(facts, DEFINITIONS[name], SHELF, moment("2025-01-15"))
        assert verdict.value == "cannot tell", name


def test_reasons_of_long_histories_stay_short_and_keep_what_fails() -> None:
    lines = [
        f"cert BW{number} BW>AE 2020-01-{1 + number % 28:02d} arrived" for number in range(300)
    ]
    text = "\n".join(
        [
            "rough 1.000 x1 AE",
            "origin BW mined 2019-01-01..2019-06-30",
            *lines,
            "cert X1 BW>PK 2020-02-01 arrived",
        ]
    )
    verdict = judge(read_facts("goods", text), DEFINITIONS["kp-2003"], SHELF, moment("2021-01-01"))
    (reason,) = verdict.deciding
    assert (verdict.value, reason.rule) == ("fail", "KP-participants")
    assert "X1" in reason.words
    for one in verdict.reasons:
        assert len(one.words) < 1500
        assert len(one.grounds) <= LIMITS.reason_grounds_max


def test_too_many_reasons_lose_those_that_pass_first() -> None:
    lines = [
        f"origin BW/zone{zone} 0.000..0.001 mined 2019-01-01..2019-06-30" for zone in range(250)
    ]
    lines.append("origin ZW/Marange 0.250..0.500 mined 2009-12-01..2010-02-28")
    lines.append("cert BW1 BW>AE 2020-01-01 arrived")
    facts = read_facts("goods", "\n".join(["rough 0.500 x5 AE", *lines]))
    verdict = judge(facts, DEFINITIONS["csc-canada-2019"], SHELF, moment("2021-01-01"))
    assert verdict.value == "fail"
    assert len(verdict.reasons) == LIMITS.verdict_reasons_max
    assert set(verdict.deciding) <= set(verdict.reasons)
