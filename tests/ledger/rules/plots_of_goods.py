"""Plots of Handoff, Receipt, Withdrawal, Transformation, Registration and Site."""

from __future__ import annotations

from ledger import drafts
from ledger.drafts import Goods, Loss, Output, SiteStatement, Work
from tests.ledger.rules.cases import SOME_HASH, Said, Stage, altered
from tests.ledger.rules.plots import (
    AHEAD,
    AUTHOR,
    BEFORE,
    OTHER,
    RECOVERING,
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
from tests.world import address_of

# Handoff.


def _handoff(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, knobs)
    prepare(stage, AUTHOR, knobs)
    record = stage.offering(parcel, AUTHOR, "lab-be")
    values: dict[str, object] = {}
    if "recipient" in knobs:
        values["who.recipient"] = address_of(knobs["recipient"])
    if "recipient_country" in knobs:
        values["scene.recipient_country"] = knobs["recipient_country"]
    if knobs.get("state") == "absent":
        values["what.parcel"] = SOME_HASH
    values["amounts.weight_millicarats"] = 10_000 + knobs.get("weight", 0)
    values["amounts.stones"] = 3 + knobs.get("stones", 0)
    return finished(stage, altered(record, values), (AUTHOR,), knobs)


HANDOFF = Plot(
    "Handoff",
    _handoff,
    (
        *common_faults((AUTHOR,)),
        Fault("party-unknown", {"recipient": "nobody"}, ("recipient",)),
        RECOVERING,
        Fault("self", {"recipient": AUTHOR}),
        Fault("recipient", {"recipient_country": "AQ"}),
        Fault("not-custodian", {"foreign": True}),
        *state_faults("offered", "spent", "frozen"),
        STALE,
        Fault("book-weight", {"weight": 1}),
        Fault("book-stones", {"stones": 1}),
        AHEAD,
        BEFORE,
    ),
)


# Receipt and Withdrawal.


def _receipt(stage: Stage, knobs: Knobs) -> Said:
    sender = OTHER
    parcel = stage.give(sender)
    state = knobs.get("state", "offered")
    if state == "spent":
        stage.transform(sender, "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    elif state in ("offered", "frozen"):
        stage.offer(parcel, sender, "lab-be" if knobs.get("recipient") else AUTHOR)
        if state == "frozen":
            stage.say(stage.report_on(parcel, sender, "loss"), sender)
    prepare(stage, AUTHOR, knobs)
    named = address_of(knobs.get("sender", sender))
    record = drafts.receipt(
        stage.speaker(AUTHOR), stage.moment(), stage.goods(parcel), named,
        operation=knobs["operation"], weight_millicarats=knobs.get("weight", 10_000),
        stones=knobs.get("stones", 3),
    )  # fmt: skip
    if state == "absent":
        record = altered(record, {"what.parcel": SOME_HASH})
    short = knobs["operation"] == "acceptShort"
    return finished(stage, record, (AUTHOR, sender) if short else (AUTHOR,), knobs)


def _accept(stage: Stage, knobs: Knobs) -> Said:
    return _receipt(stage, {"operation": "accept", **knobs})


def _accept_short(stage: Stage, knobs: Knobs) -> Said:
    return _receipt(stage, {"operation": "acceptShort", **knobs})


_ANSWERS = (
    *state_faults("held", "spent", "frozen", hides=("not-recipient",)),
    Fault("not-recipient", {"recipient": True}),
    STALE,
    Fault("emptiness", {"weight": 0}),
    Fault("weight-over", {"weight": 10_011}),
    Fault("stones-over", {"stones": 4}),
    AHEAD,
    BEFORE,
)
ACCEPT = Plot(
    "Receipt accept",
    _accept,
    (
        *common_faults((AUTHOR,)),
        Fault("party-unknown", {"sender": "nobody"}),
        *_ANSWERS,
        Fault("not-recipient", {"sender": "cutter-in"}),
        Fault("weight-short", {"weight": 9_989}),
        Fault("stones-short", {"stones": 2}),
    ),
)
ACCEPT_SHORT = Plot(
    "Receipt acceptShort",
    _accept_short,
    (
        *common_faults((AUTHOR, OTHER)),
        Fault("signer", {"signers": (AUTHOR, "stranger")}),
        *_ANSWERS,
    ),
)


def _withdrawal(stage: Stage, knobs: Knobs) -> Said:
    parcel = parcel_in(stage, {"state": "offered", **knobs})
    prepare(stage, AUTHOR, knobs)
    record = drafts.withdrawal(stage.speaker(AUTHOR), stage.moment(), stage.goods(parcel))
    if knobs.get("state") == "absent":
        record = altered(record, {"what.parcel": SOME_HASH})
    return finished(stage, record, (AUTHOR,), knobs)


WITHDRAWAL = Plot(
    "Withdrawal",
    _withdrawal,
    (
        *common_faults((AUTHOR,)),
        Fault("not-custodian", {"foreign": True}),
        *state_faults("held", "spent", "frozen"),
        STALE,
        AHEAD,
        BEFORE,
    ),
)


# Transformation.


def _mix(stage: Stage, knobs: Knobs) -> Said:
    first, second = parcel_in(stage, knobs, "first "), parcel_in(stage, knobs, "second ")
    prepare(stage, AUTHOR, knobs)
    inputs = [stage.goods(first), stage.goods(second)]
    if knobs.get("first state") == "absent":
        inputs[0] = Goods(SOME_HASH, SOME_HASH, 10_000, 3, "7102.31")
    if "first previous" in knobs:
        inputs[0] = Goods(inputs[0].parcel, SOME_HASH, 10_000, 3, "7102.31")
    weight = knobs.get("output weight", 9_000)
    outputs = [
        Output(10_000, 3, knobs.get("code", "7102.31")),
        Output(weight, knobs.get("output stones", 3)),
    ]
    work = Work(outputs, {"sorting": Loss(1_000)})
    record = drafts.transformation(stage.speaker(AUTHOR), stage.moment(), "mix", inputs, work)
    values: dict[str, object] = {}
    if "operation" in knobs:
        values["what.operation"] = knobs["operation"]
    if "stated" in knobs:
        values["amounts.input_weight_millicarats"] = knobs["stated"]
    return finished(stage, altered(record, values), (AUTHOR,), knobs)


MIX = Plot(
    "Transformation mix",
    _mix,
    (
        *common_faults((AUTHOR,)),
        RECOVERING,
        Fault("not-custodian", {"first foreign": True}),
        Fault("not-custodian", {"second foreign": True}),
        Fault("parcel-absent", {"first state": "absent", "first foreign": False}),
        *(
            Fault(f"parcel-{state}", {f"{which} state": state})
            for which in ("first", "second")
            for state in ("offered", "spent", "frozen")
        ),
        Fault("stale-previous", {"first previous": True}),
        Fault("form", {"code": "7102.39"}),
        Fault("shape", {"operation": "split"}),
        Fault("overflow", {"output weight": 2**53 - 1}, ("balance",)),
        Fault("book-weight", {"stated": 1}),
        Fault("balance", {"output weight": 9_001}),
        Fault("stones-balance", {"output stones": 4}),
        Fault("stones-counted", {"output stones": 0}),
        AHEAD,
        BEFORE,
    ),
)


# Registration and Site.


def _registration(stage: Stage, knobs: Knobs) -> Said:
    zone = "North" if "zone" in knobs else ""
    operators = (address_of("miner-za"),) if "operators" in knobs else ()
    stage.site = stage.open_site(zone=zone, operators=operators)
    if knobs.get("site") == "closed":
        close = drafts.site(
            stage.speaker("authority-bw"), stage.moment(), "close",
            SiteStatement("BW", "ML-1", zone=zone, operators=operators),
            site_id=stage.site, previous=stage.site_state(stage.site).head,
        )  # fmt: skip
        stage.say(close, "authority-bw")
    prepare(stage, "miner-bw", knobs)
    mined = (2, 1) if "mined" in knobs else (1, 2)
    site = SOME_HASH if knobs.get("site") == "unknown" else stage.site
    speaker, moment = stage.speaker("miner-bw"), stage.moment()
    record = drafts.registration(speaker, moment, site, 10_000, stones=3, mined=mined)
    return finished(stage, record, ("miner-bw",), knobs)


REGISTRATION = Plot(
    "Registration",
    _registration,
    (
        *common_faults(("miner-bw",)),
        Fault("site-unknown", {"site": "unknown"}, ("site-operator", "site-zone")),
        Fault("site-closed", {"site": "closed"}),
        Fault("site-operator", {"operators": True}),
        Fault("site-zone", {"zone": True}),
        AHEAD,
        Fault("period", {"mined": True}),
    ),
)


def _site(stage: Stage, knobs: Knobs) -> Said:
    by = "authority-bw"
    if knobs.get("site") == "closed":
        close = drafts.site(
            stage.speaker(by), stage.moment(), "close", SiteStatement("BW", "ML-1"),
            site_id=stage.site, previous=stage.site_state(stage.site).head,
        )  # fmt: skip
        stage.say(close, by)
    prepare(stage, by, knobs)
    stated = SiteStatement(
        knobs.get("in", "BW"), "ML-2",
        operators=(address_of(knobs.get("operator", "miner-bw")),),
        valid_until=knobs.get("until", 0),
    )  # fmt: skip
    site = SOME_HASH if knobs.get("site") == "unknown" else stage.site
    previous = stage.site_state(stage.site).head
    record = drafts.site(
        stage.speaker(by), stage.moment(), "change", stated, site_id=site, previous=previous
    )
    return finished(stage, record, (by,), knobs)


SITE = Plot(
    "Site change",
    _site,
    (
        *common_faults(("authority-bw",)),
        Fault("party-unknown", {"operator": "nobody"}),
        Fault("country", {"in": "ZA"}),
        Fault("site-unknown", {"site": "unknown"}, ("stale-previous", "time-before")),
        Fault("site-closed", {"site": "closed"}),
        STALE,
        AHEAD,
        Fault("time-before", {"when": "before"}, ("period",)),
        Fault("period", {"until": 2}),
    ),
)

GOODS = (HANDOFF, ACCEPT, ACCEPT_SHORT, WITHDRAWAL, MIX, REGISTRATION, SITE)
