"""Plots of Amendment, Admission, Revocation and KeyChange."""

from __future__ import annotations

from ledger import drafts
from ledger.values import NO_HASH, Address
from tests.ledger.rules.cases import Said, Stage, altered
from tests.ledger.rules.plots import (
    AHEAD,
    AUTHOR,
    BEFORE,
    LATER,
    OTHER,
    RECOVERING,
    STALE,
    Fault,
    Knobs,
    Plot,
    common_faults,
    finished,
    prepare,
)
from tests.world import GOVERNORS, address_of

# People.


def _admission(stage: Stage, knobs: Knobs) -> Said:
    by = "authority-be"
    prepare(stage, by, knobs)
    if "party" not in knobs:
        stage.admit("new", "cutter", "BE")
    stage.later(LATER)
    name = "agent" if "party" in knobs else "new"
    record = stage.admitting(
        by, name, "trader", knobs.get("in", "BE"),
        previous=stage.head_of(address_of("new")) if "party" not in knobs else NO_HASH,
        valid_until=knobs.get("until", 0),
    )  # fmt: skip
    return finished(stage, record, (by,), knobs)


ADMISSION = Plot(
    "Admission trader",
    _admission,
    (
        *common_faults(("authority-be",)),
        Fault("country", {"in": "NL"}),
        Fault("key-seen", {"party": "agent"}, ("time-before",)),
        STALE,
        AHEAD,
        Fault("time-before", {"when": "before"}, ("period",)),
        Fault("period", {"until": 2}),
    ),
)


def _agent(stage: Stage, knobs: Knobs) -> Said:
    prepare(stage, AUTHOR, {})
    if "recovering" in knobs:
        stage.change_key("recover", AUTHOR, f"{AUTHOR}-2")
    stage.later(LATER)
    name = knobs.get("party", "agent")
    record = stage.admitting(
        AUTHOR, name, "agent", knobs.get("in", "BE"), kinds=("Handoff",),
        previous=stage.head_of(address_of("agent")), valid_until=knobs.get("until", 0),
    )  # fmt: skip
    return finished(stage, record, (AUTHOR,), knobs)


AGENT = Plot(
    "Admission agent",
    _agent,
    (
        Fault("party-unknown", {"author": address_of("nobody")}, ("signer", "agent-scope")),
        Fault("signer", {"signers": ("stranger",)}),
        Fault("agent-scope", {"signers": ("agent",)}),
        Fault("role", {"role": "lab"}),
        Fault("country", {"in": "NL"}),
        Fault("key-seen", {"party": OTHER}, ("time-before",)),
        RECOVERING,
        STALE,
        AHEAD,
        Fault("time-before", {"when": "before"}, ("period",)),
        Fault("period", {"until": 2}),
    ),
)


def _revocation(stage: Stage, knobs: Knobs) -> Said:
    by = "authority-be"
    prepare(stage, by, knobs)
    record = stage.revoking(
        by, AUTHOR, "trader" if "role held" not in knobs else "cutter", knobs.get("in", "BE"),
        compromised_since=knobs.get("since", 0),
    )  # fmt: skip
    if "party" in knobs:
        record = altered(record, {"who.party": address_of(knobs["party"])})
    return finished(stage, record, (by,), knobs)


REVOCATION = Plot(
    "Revocation trader",
    _revocation,
    (
        *common_faults(("authority-be",)),
        Fault("party-unknown", {"party": "nobody"}, ("not-admitted", "stale-previous")),
        Fault("country", {"in": "NL"}),
        Fault("not-admitted", {"role held": False}),
        STALE,
        AHEAD,
        BEFORE,
        Fault("period", {"since": 10_000}),
    ),
)


def _agent_revocation(stage: Stage, knobs: Knobs) -> Said:
    prepare(stage, AUTHOR, knobs)
    prepare_foreign = "foreign" in knobs
    if prepare_foreign:
        stage.admit_agent(OTHER, "agent-2", "Handoff")
    name = "agent-2" if prepare_foreign else knobs.get("party", "agent")
    usual = "AE" if prepare_foreign else "BE"
    stage.later(LATER)
    record = stage.revoking(
        AUTHOR, name, "agent", "NL" if "in" in knobs else usual,
        compromised_since=knobs.get("since", 0),
    )  # fmt: skip
    return finished(stage, record, (AUTHOR,), knobs)


AGENT_REVOCATION = Plot(
    "Revocation agent",
    _agent_revocation,
    (
        Fault("party-unknown", {"author": address_of("nobody")}, ("signer", "agent-scope")),
        Fault("signer", {"signers": ("stranger",)}),
        Fault("agent-scope", {"signers": ("agent",)}),
        Fault("role", {"role": "lab"}),
        Fault("party-unknown", {"party": OTHER}, ("admits", "not-admitted", "stale-previous")),
        Fault("admits", {"foreign": True}),
        Fault("not-admitted", {"in": "NL"}),
        STALE,
        AHEAD,
        BEFORE,
        Fault("period", {"since": 10_000}),
    ),
)


def _key_change(stage: Stage, knobs: Knobs, operation: str) -> Said:
    by = AUTHOR if operation in ("rotate", "object") else "governor-1"
    name = knobs.get("party", AUTHOR)
    prepare(stage, AUTHOR, {})
    stage.admit("governor-1", "trader", "BE")
    stage.later(LATER)
    for party in dict.fromkeys((name, AUTHOR)):
        if party == "nobody":
            continue
        if knobs.get("recovering") or "objected" in knobs:
            stage.change_key("recover", party, f"{party}-2")
        if knobs.get("objected"):
            stage.change_key("object", party)
    stage.later(LATER)
    new_key = "" if operation == "object" else knobs.get("new_key", "fresh")
    record = stage.changing_key(by, operation, name, new_key)
    signers = {
        "rotate": (AUTHOR, new_key),
        "object": (AUTHOR,),
        "recover": GOVERNORS[:2],
        "override": GOVERNORS,
    }
    return finished(stage, record, signers[operation], knobs)


def _rotate(stage: Stage, knobs: Knobs) -> Said:
    if "new_key" in knobs and "signers" in knobs:
        signer = knobs["signers"][0]
        knobs = {**knobs, "signers": (signer, knobs["new_key"])}
    return _key_change(stage, knobs, "rotate")


ROTATE = Plot(
    "KeyChange rotate",
    _rotate,
    (
        Fault("party-unknown", {"author": address_of("nobody")}),
        Fault("party-unknown", {"party": "nobody"}, ("party", "stale-previous", "time-before")),
        Fault("signer", {"signers": ("stranger", "fresh")}),
        Fault("agent-scope", {"signers": ("agent", "fresh")}),
        Fault("role", {"role": "lab"}),
        Fault("key-seen", {"new_key": "miner-za"}),
        RECOVERING,
        Fault("party", {"party": OTHER}),
        STALE,
        AHEAD,
        BEFORE,
    ),
)


def _object(stage: Stage, knobs: Knobs) -> Said:
    return _key_change(stage, {"recovering": True, **knobs}, "object")


OBJECT = Plot(
    "KeyChange object",
    _object,
    (
        Fault("party-unknown", {"author": address_of("nobody")}),
        Fault("signer", {"signers": ("stranger",)}),
        Fault("agent-scope", {"signers": ("agent",)}),
        Fault("role", {"role": "lab"}),
        Fault("recovery-none", {"recovering": False}),
        Fault("party", {"party": OTHER}),
        STALE,
        AHEAD,
        BEFORE,
    ),
)


def _recover(stage: Stage, knobs: Knobs) -> Said:
    return _key_change(stage, knobs, "recover")


def _override(stage: Stage, knobs: Knobs) -> Said:
    return _key_change(stage, {"objected": True, **knobs}, "override")


_BY_GOVERNORS = (
    Fault("party-unknown", {"author": address_of("nobody")}),
    Fault("governors", {"signers": GOVERNORS[1:]}),
    Fault("governors", {"signers": (*GOVERNORS[:2], "stranger")}),
    Fault("role", {"role": "lab", "country": "BE"}),
    Fault("role-for-kind", {"role": "trader", "country": "BE"}),
    STALE,
    AHEAD,
    BEFORE,
)
RECOVER = Plot(
    "KeyChange recover",
    _recover,
    (
        *_BY_GOVERNORS,
        Fault("key-seen", {"new_key": "miner-za"}),
        RECOVERING,
        Fault("recovery-objected", {"objected": True}, ("recovery-pending",)),
    ),
)
OVERRIDE = Plot(
    "KeyChange override",
    _override,
    (
        *_BY_GOVERNORS,
        Fault("key-seen", {"new_key": "miner-za"}),
        Fault("recovery-none", {"objected": False}),
    ),
)


def _amendment(stage: Stage, knobs: Knobs) -> Said:
    stage.admit("governor-1", "trader", "BE")
    stage.later(LATER)
    prepare(stage, AUTHOR, {})
    charter = stage.charter()
    governors = list(charter.governors)
    if "governor" in knobs:
        governors[-1] = Address(address_of(knobs["governor"]))
    constitution = drafts.Constitution(
        tuple(governors), knobs.get("threshold", 2), charter.checkpoint_keys,
        rules_version=knobs.get("version", 1),
    )  # fmt: skip
    record = constitution.amendment(address_of("governor-1"), charter.head, stage.moment())
    return finished(stage, record, GOVERNORS[:2], knobs)


AMENDMENT = Plot(
    "Amendment",
    _amendment,
    (
        *_BY_GOVERNORS,
        Fault("charter-values", {"threshold": 4}),
        Fault("key-seen", {"governor": "agent"}),
    ),
)

PEOPLE = (
    ADMISSION, AGENT, REVOCATION, AGENT_REVOCATION, ROTATE, OBJECT, RECOVER, OVERRIDE, AMENDMENT,
)  # fmt: skip
