"""Findings: plausibility warnings about accepted records."""

from __future__ import annotations

import hashlib

import pytest

from ledger.canonical import encode
from ledger.custody import Finding
from ledger.drafts import Loss, Output, registration
from ledger.limits import LIMITS
from ledger.rules.findings import finding_id
from ledger.values import Hash32, to_hex
from tests.ledger.rules.cases import SOME_HASH, Stage, altered, new_stage

DAY = 24 * 3600
MONTH_30 = 30 * DAY


def raised(stage: Stage) -> list[Finding]:
    """Return the findings that the last record raised."""
    return [item for item in stage.log[-1][2].items if isinstance(item, Finding)]


def test_an_id_is_the_hash_of_name_record_and_subject_as_canonical_json() -> None:
    subject = Hash32(b"\x08" * 32)
    text = encode(["over-capacity", to_hex(SOME_HASH), to_hex(subject)])
    assert finding_id("over-capacity", SOME_HASH, subject) == hashlib.sha256(text).digest()


@pytest.mark.parametrize("late", [False, True])
def test_a_record_is_late_when_it_comes_more_than_30_days_after(late: bool) -> None:
    stage = new_stage()
    at = stage.now_s - MONTH_30 - late
    record = registration(stage.speaker("miner-bw"), stage.moment(at), stage.site, 100)
    signed = stage.say(record, "miner-bw")
    findings = raised(stage)
    assert [finding.name for finding in findings] == ["declared-late"] * late
    if late:
        (finding,) = findings
        (parcel,) = stage.outputs(signed)
        assert (finding.subject, finding.record_id) == (parcel, signed.record_id)
        assert finding.index == len(stage.log) - 1
        assert finding.id == finding_id("declared-late", signed.record_id, parcel)
        assert stage.state.read(Finding, finding.key) == finding


def test_a_late_record_about_no_parcel_is_its_own_subject() -> None:
    stage = new_stage()
    record = stage.admitting("governor-1", "new", "trader", "BE")
    late = altered(record, {"scene.occurred_at": stage.now_s - MONTH_30 - 1})
    signed = stage.say(late, "governor-1")
    assert [finding.subject for finding in raised(stage)] == [signed.record_id]


@pytest.mark.parametrize("over", [False, True])
def test_a_site_is_over_its_capacity_when_a_year_exceeds_it(over: bool) -> None:
    stage = new_stage()
    stage.site = stage.open_site(yearly_capacity_millicarats=1_000)
    stage.register(stage.site, 600, 1)
    assert raised(stage) == []
    stage.register(stage.site, 400 + over, 1)
    assert [(f.name, f.subject) for f in raised(stage)] == [("over-capacity", stage.site)] * over


def test_a_site_without_a_declared_capacity_is_never_over_it() -> None:
    stage = new_stage()
    stage.register(stage.site, LIMITS.integer_max, 1)
    stage.register(stage.site, LIMITS.integer_max, 1)
    assert raised(stage) == []


@pytest.mark.parametrize("operation", ["polish", "cut", "recut"])
@pytest.mark.parametrize(
    ("weight", "flagged"), [(199, True), (200, False), (900, False), (901, True)]
)
def test_a_yield_is_flagged_outside_20_to_90_percent_when_polishing(
    operation: str, weight: int, flagged: bool
) -> None:
    stage = new_stage()
    code = "7102.31" if operation == "cut" else "7102.39"
    if operation == "recut":
        parcel = stage.polished("cutter-in", 1_000)
    else:
        parcel = stage.give("cutter-in", 1_000)
    output = Output(weight, 3, code)
    made = stage.transform(
        "cutter-in", operation, [parcel], [output], polishing=Loss(1_000 - weight)
    )
    expected = [("implausible-yield", made[0])] if flagged and operation == "polish" else []
    assert [(finding.name, finding.subject) for finding in raised(stage)] == expected


def test_a_record_may_raise_several_findings() -> None:
    stage = new_stage()
    stage.site = stage.open_site(yearly_capacity_millicarats=1)
    at = stage.now_s - 2 * MONTH_30
    record = registration(stage.speaker("miner-bw"), stage.moment(at), stage.site, 100)
    stage.say(record, "miner-bw")
    assert [finding.name for finding in raised(stage)] == ["declared-late", "over-capacity"]
    assert stage.log[-1][2].items[-2:] == tuple(raised(stage))
