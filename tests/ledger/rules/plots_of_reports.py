"""Plots of Report: freezing, lifting, speaking."""

from __future__ import annotations

from ledger import drafts
from ledger.values import ParcelId
from tests.ledger.rules.cases import SOME_HASH, Said, Stage, altered
from tests.ledger.rules.plots import (
    AHEAD,
    AUTHOR,
    BEFORE,
    LATER,
    STALE,
    Fault,
    Knobs,
    Plot,
    common_faults,
    finished,
    parcel_in,
    prepare,
    state_faults,
)
from tests.world import GOVERNORS, address_of

# Report.


def _report(stage: Stage, knobs: Knobs, by: str, operation: str, parcel: ParcelId) -> Said:
    record = stage.report_on(parcel, by, operation)
    values: dict[str, object] = {}
    if knobs.get("state") == "absent":
        values["what.parcel"] = SOME_HASH
    signers = GOVERNORS[:2] if operation == "release" else (by,)
    return finished(stage, altered(record, values), signers, knobs)


def _theft(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, knobs)
    prepare(stage, AUTHOR, knobs)
    return _report(stage, knobs, AUTHOR, "theft", parcel)


THEFT = Plot(
    "Report theft",
    _theft,
    (
        *common_faults((AUTHOR,)),
        Fault("not-custodian", {"foreign": True}),
        *state_faults("spent", "frozen"),
        STALE,
        AHEAD,
        BEFORE,
    ),
)


def _seizure(stage: Stage, knobs: Knobs) -> Said:
    by = "authority-be" if knobs.get("abroad") else "authority-bw"
    parcel = parcel_in(stage, knobs if knobs.get("state") == "spent" else {})
    if knobs.get("state") == "frozen":
        stage.say(stage.report_on(parcel, "authority-bw", "seizure"), "authority-bw")
    prepare(stage, by, knobs)
    return _report(stage, knobs, by, "seizure", parcel)


SEIZURE = Plot(
    "Report seizure",
    _seizure,
    (
        *(fault for fault in common_faults(("authority-bw",)) if fault.rule in ("role-for-kind",)),
        Fault("party-unknown", {"author": address_of("nobody")}),
        Fault("signer", {"signers": ("stranger",)}),
        Fault("agent-scope", {"signers": ("agent",)}),
        Fault("country", {"abroad": True}),
        Fault("parcel-absent", {"state": "absent"}, ("country",)),
        Fault("parcel-spent", {"state": "spent"}),
        Fault("parcel-frozen", {"state": "frozen"}),
        STALE,
        AHEAD,
        BEFORE,
    ),
)


def _recovery(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, {"state": "frozen", **knobs})
    prepare(stage, AUTHOR, knobs)
    return _report(stage, knobs, AUTHOR, "recovery", parcel)


RECOVERY = Plot(
    "Report recovery",
    _recovery,
    (
        *common_faults((AUTHOR,)),
        *state_faults("held", "offered", "spent", hides=("not-reporter",)),
        Fault("not-reporter", {"foreign": True}),
        STALE,
        AHEAD,
        BEFORE,
    ),
)


def _release(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, {"state": "frozen", **knobs})
    stage.admit("governor-1", "trader", "BE")
    stage.later(LATER)
    return _report(stage, knobs, "governor-1", "release", parcel)


RELEASE = Plot(
    "Report release",
    _release,
    (
        Fault("party-unknown", {"author": address_of("nobody")}),
        Fault("governors", {"signers": GOVERNORS}),
        Fault("governors", {"signers": GOVERNORS[1:]}),
        Fault("role", {"role": "auditor", "country": "AQ"}),
        Fault("role-for-kind", {"role": "trader", "country": "BE"}),
        *state_faults("held", "offered", "spent"),
        STALE,
        AHEAD,
        BEFORE,
    ),
)


def _dispute(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, {})
    prepare(stage, "auditor-ch", knobs)
    named = SOME_HASH if knobs.get("state") == "absent" else parcel
    state = knobs.get("described") or stage.parcel(parcel).head
    record = drafts.report(
        stage.speaker("auditor-ch"), stage.moment(), "dispute", named, state=state
    )
    return finished(stage, record, ("auditor-ch",), knobs)


DISPUTE = Plot(
    "Report dispute",
    _dispute,
    (
        *(fault for fault in common_faults(("auditor-ch",)) if fault.rule != "role-for-kind"),
        *state_faults(),
        Fault("state-unknown", {"described": SOME_HASH}, ("time-before",)),
        AHEAD,
        BEFORE,
    ),
)

REPORTS = (THEFT, SEIZURE, RECOVERY, RELEASE, DISPUTE)
