"""Plots of Statement, Correction and the answer to a finding."""

from __future__ import annotations

from ledger import drafts
from ledger.drafts import Spoken
from tests.ledger.rules.cases import SOME_HASH, Said, Stage, altered
from tests.ledger.rules.plots import (
    AHEAD,
    AUTHOR,
    BEFORE,
    Fault,
    Knobs,
    Plot,
    common_faults,
    finished,
    parcel_in,
    prepare,
    state_faults,
)

AUDITOR = "auditor-ch"
UNKNOWN = Fault("state-unknown", {"described": SOME_HASH}, ("time-before",))


def _location(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, {})
    prepare(stage, AUDITOR, knobs)
    named = SOME_HASH if knobs.get("state") == "absent" else parcel
    state = knobs.get("described") or stage.parcel(parcel).head
    record = drafts.statement(
        stage.speaker(AUDITOR), stage.moment(), "location", Spoken(named, state),
        as_of=stage.now_s + 1_000 * bool(knobs.get("later")), countries=("CH",),
    )  # fmt: skip
    said = finished(stage, record, (AUDITOR,), knobs)
    if knobs.get("when") == "before" and not knobs.get("later"):
        return Said(altered(said.record, {"scene.as_of": 1}), said.signers)
    return said


LOCATION = Plot(
    "Statement location",
    _location,
    (
        *(fault for fault in common_faults((AUDITOR,)) if fault.rule != "role-for-kind"),
        *state_faults(),
        UNKNOWN,
        AHEAD,
        BEFORE,
        Fault("period", {"later": True}),
    ),
)


def _warranty(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, knobs)
    prepare(stage, AUTHOR, knobs)
    named = SOME_HASH if knobs.get("state") == "absent" else parcel
    state = knobs.get("described") or stage.parcel(parcel).head
    record = drafts.statement(
        stage.speaker(AUTHOR), stage.moment(), "warranty", Spoken(named, state),
        text_id="wdc-sow-2",
    )  # fmt: skip
    return finished(stage, record, (AUTHOR,), knobs)


WARRANTY = Plot(
    "Statement warranty",
    _warranty,
    (*common_faults((AUTHOR,)), *state_faults(), UNKNOWN, AHEAD, BEFORE),
)


def _answer(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, {})
    prepare(stage, AUDITOR, knobs)
    named = SOME_HASH if knobs.get("state") == "absent" else parcel
    state = knobs.get("described") or stage.parcel(parcel).head
    record = drafts.report(
        stage.speaker(AUDITOR), stage.moment(), "answer", named, state=state, finding=SOME_HASH
    )
    return finished(stage, record, (AUDITOR,), knobs)


ANSWER = Plot(
    "Report answer",
    _answer,
    (
        *(fault for fault in common_faults((AUDITOR,)) if fault.rule != "role-for-kind"),
        *state_faults(),
        UNKNOWN,
        AHEAD,
        BEFORE,
    ),
)


def _correction(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, {})
    stage.offer(parcel, AUTHOR, "lab-be")
    own = stage.log[-1][1].record_id
    others = next(one.record_id for _, one, _ in stage.log if one.record.KIND.name == "Handoff")
    prepare(stage, AUTHOR, knobs)
    of = others if knobs.get("foreign") else own
    of = SOME_HASH if knobs.get("lost") else of
    field = "amounts.weightMillicarats" if knobs.get("field") else "amounts.seal"
    record = drafts.correction(stage.speaker(AUTHOR), stage.moment(), of, {field: "7"})
    if knobs.get("stale"):
        record = altered(record, {"what.state": b"\x08" * 32})
    return finished(stage, record, (AUTHOR,), knobs)


CORRECTION = Plot(
    "Correction",
    _correction,
    (
        # The agent of a plot may sign Corrections, and no other kind.
        *(
            fault
            for fault in common_faults((AUTHOR,))
            if fault.rule not in ("role-for-kind", "agent-scope")
        ),
        Fault("stale-previous", {"stale": True}),
        Fault("state-unknown", {"lost": True}, ("time-before", "correction-author")),
        AHEAD,
        BEFORE,
        Fault("correction-author", {"foreign": True}),
        Fault("correction-field", {"field": True}),
    ),
)

SAYINGS = (LOCATION, WARRANTY, ANSWER, CORRECTION)
