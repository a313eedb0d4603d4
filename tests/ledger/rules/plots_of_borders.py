"""Plots of Certificate and Clearance."""

from __future__ import annotations

from ledger import drafts
from ledger.drafts import Found, Goods, Output, Paper
from ledger.values import NO_HASH
from tests.ledger.rules.cases import SOME_HASH, Said, Stage, altered
from tests.ledger.rules.plots import (
    AHEAD,
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
from tests.world import address_of

ISSUER, EXPORTER = "authority-bw", "trader-be"


def _parcel(stage: Stage, knobs: Knobs) -> Goods:
    if knobs.get("state") == "set":
        parcel = stage.polished("jeweller-fr")
        stage.set_in([parcel])
    elif knobs.get("state") == "sold":
        parcel = stage.polished("jeweller-fr")
        stage.sell(parcel)
    elif knobs.get("polished"):
        parcel = stage.polished(EXPORTER, 10_000)
    else:
        parcel = parcel_in(stage, knobs, author=EXPORTER)
    goods = stage.goods(parcel)
    if knobs.get("state") == "absent":
        return Goods(SOME_HASH, SOME_HASH, 10_000, 3, "7102.31")
    return goods


def _certificate(stage: Stage, knobs: Knobs) -> Said:
    technical = knobs["operation"] == "technical"
    goods = _parcel(stage, {} if technical else knobs)
    original = NO_HASH
    if technical:
        original = stage.certify([goods.parcel], "BW7", "BW")
        refuses = "" if knobs.get("confirmed") else "seal"
        stage.clear(original, ISSUER, reason=refuses)
        if knobs.get("state") == "spent":
            outputs = [Output(4_000, 1), Output(6_000, 2)]
            stage.transform(EXPORTER, "split", [goods.parcel], outputs)
        elif knobs.get("state") == "frozen":
            stage.say(stage.report_on(goods.parcel, EXPORTER, "theft"), EXPORTER)
        goods = stage.goods(goods.parcel)
    if knobs.get("open"):
        stage.certify([goods.parcel], "BW8", "AE")
    if knobs.get("elsewhere"):
        stage.clear(stage.certify([goods.parcel], "BW9", "BE"))
    stage.certify([stage.give(EXPORTER)], "BW5", "AE")
    exporter = address_of("trader-ae" if knobs.get("foreign") and technical else EXPORTER)
    if knobs.get("state") in ("set", "sold"):
        exporter = address_of("jeweller-fr")
    prepare(stage, ISSUER, knobs)
    rough = Goods(goods.parcel, goods.previous, 10_000, 3, "7102.31")
    paper = Paper(
        "BW100", "AE", stage.now_s + 100, {"7102.31": 90_000}, "BW", original=original
    )  # fmt: skip
    record = drafts.certificate(stage.speaker(ISSUER), stage.moment(), exporter, [rough], paper)
    fields = {
        "exporter": "who.exporter",
        "importer": "who.importer",
        "number": "what.number",
        "original": "what.original",
        "state named": "what.states",
        "weight": "amounts.weights_millicarats",
        "expires": "scene.expires_at",
    }
    values = {path: knobs[name] for name, path in fields.items() if name in knobs}
    return finished(stage, altered(record, values), (ISSUER,), knobs)


def _export(stage: Stage, knobs: Knobs) -> Said:
    return _certificate(stage, {"operation": "export", **knobs})


def _technical(stage: Stage, knobs: Knobs) -> Said:
    return _certificate(stage, {"operation": "technical", **knobs})


_ISSUED = (
    *common_faults((ISSUER,)),
    Fault("party-unknown", {"exporter": address_of("nobody")}, ("not-custodian",)),
    Fault("party-unknown", {"importer": address_of("nobody")}),
    Fault("not-custodian", {"foreign": True}),
    Fault("stale-previous", {"state named": (SOME_HASH,)}),
    AHEAD,
    Fault("time-before", {"when": "before"}, ("period",)),
    Fault("period", {"expires": 2}),
    Fault("certificate-number", {"number": "BW-100"}, ("certificate-used",)),
    Fault("certificate-prefix", {"number": "ZA100"}),
    Fault("certificate-used", {"number": "BW5"}),
    Fault("certificate-sum", {"weight": (9_999,)}),
)
_UNFIT = ("certificate-country", "certificate-open", "form")
_GONE = ("certificate-country", "certificate-open", "form", "not-custodian")
EXPORT = Plot(
    "Certificate export",
    _export,
    (
        *_ISSUED,
        *state_faults(hides=_GONE),
        Fault("parcel-spent", {"state": "spent"}, _UNFIT),
        Fault("parcel-frozen", {"state": "frozen"}, _UNFIT),
        Fault("parcel-set", {"state": "set"}, _GONE),
        Fault("parcel-sold", {"state": "sold"}, _GONE),
        Fault(
            "form",
            {"polished": True},
            ("certificate-country", "certificate-open", "not-custodian"),
        ),
        Fault("certificate-country", {"elsewhere": True}, ("certificate-open",)),
        Fault("certificate-open", {"open": True}),
    ),
)
TECHNICAL = Plot(
    "Certificate technical",
    _technical,
    (
        *_ISSUED,
        Fault("parcel-spent", {"state": "spent"}, ("certificate-open",)),
        Fault("parcel-frozen", {"state": "frozen"}, ("certificate-open",)),
        Fault("state-unknown", {"original": SOME_HASH}),
        Fault("certificate-country", {"confirmed": True}, ("state-unknown", "role")),
        Fault("certificate-open", {"open": True}),
    ),
)


# Clearance.

CLEARER = "authority-be"


def _clearance(stage: Stage, knobs: Knobs) -> Said:
    parcel = stage.give(EXPORTER)
    destination = knobs.get("destination", "BE")
    certificate = stage.certify([parcel], "BW100", destination)
    if knobs.get("void"):
        stage.transform(EXPORTER, "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    prepare(stage, CLEARER, knobs)
    arrival = drafts.as_declared(stage.certificate(certificate), "BE")
    record = drafts.clearance(
        stage.speaker(CLEARER), stage.moment(), arrival, reason=knobs["reason"]
    )
    fields = {
        "exporter": "who.exporter",
        "importer": "who.importer",
        "number": "what.number",
        "certificate": "what.certificate",
        "arrival": "scene.arrival_country",
    }
    values = {path: knobs[name] for name, path in fields.items() if name in knobs}
    return finished(stage, altered(record, values), (CLEARER,), knobs)


def _confirm(stage: Stage, knobs: Knobs) -> Said:
    return _clearance(stage, {"reason": "", **knobs})


def _refuse(stage: Stage, knobs: Knobs) -> Said:
    return _clearance(stage, {"reason": "weight", **knobs})


_FOUND = (
    *common_faults((CLEARER,)),
    Fault("party-unknown", {"exporter": address_of("nobody")}),
    Fault("party-unknown", {"importer": address_of("nobody")}),
    Fault("country", {"arrival": "FR"}),
    Fault(
        "state-unknown",
        {"certificate": SOME_HASH},
        ("time-before", "certificate-not-open", "certificate-destination"),
    ),
    AHEAD,
    BEFORE,
    Fault("certificate-number", {"number": "BW101"}),
    Fault("certificate-number", {"number": "BW 100"}),
    Fault("certificate-not-open", {"void": True}),
    Fault("certificate-destination", {"destination": "IN"}),
)
CONFIRM = Plot("Clearance confirm", _confirm, _FOUND)
REFUSE = Plot("Clearance refuse", _refuse, _FOUND)


def _on_paper(stage: Stage, knobs: Knobs) -> Said:
    prepare(stage, CLEARER, knobs)
    arrival = drafts.Arrival(knobs.get("number", "ZA1"), "BE", 1, {"7102.31": Found(0, 0)})
    record = drafts.clearance(stage.speaker(CLEARER), stage.moment(), arrival)
    values = {"scene.arrival_country": knobs["arrival"]} if "arrival" in knobs else {}
    return finished(stage, altered(record, values), (CLEARER,), knobs)


ON_PAPER = Plot(
    "Clearance on paper",
    _on_paper,
    (
        *common_faults((CLEARER,)),
        Fault("country", {"arrival": "FR"}),
        AHEAD,
        Fault("certificate-number", {"number": "ZA"}),
    ),
)

BORDERS = (EXPORT, TECHNICAL, CONFIRM, REFUSE, ON_PAPER)
