"""One act of every kind and operation, by one actor who holds every role, about one parcel.

The actor is the first governor, admitted in each other role in Botswana besides, so that only the
role in which it speaks differs from act to act.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ledger import drafts
from ledger.custody import CertificateState, Operation, Parcel, operation_key
from ledger.drafts import Goods, Output, SiteStatement, Speaker, Work
from ledger.records import KINDS, ROLES, Admission, Record
from ledger.signing import signature_count
from ledger.values import NO_HASH, Hash32, ParcelId
from tests.ledger.rules.cases import SOME_HASH, Said, Stage, new_stage
from tests.random_records import operations
from tests.world import GOVERNORS, ORIGIN, address_of

EVERYONE = GOVERNORS[0]
COUNTRY = "BW"
SENDER = "trader-be"
ROUGH, POLISHED = "7102.31", "7102.39"
DAY = 86_400
STATES = (
    "absent",
    "held",
    "offered",
    "spent",
    "frozen by theft",
    "frozen by seizure",
    "set",
    "sold",
)
Act = Callable[[Stage, Speaker, str, Goods], Record]


def speaker_as(role: str) -> Speaker:
    """Return the actor in one of its roles."""
    return Speaker(address_of(EVERYONE), role, "" if role == "governor" else COUNTRY)


@functools.cache
def full_stage() -> Stage:
    """Return a stage whose actor holds every role, with somebody to act upon."""
    stage = new_stage()
    for name in (EVERYONE, "subject"):
        for role in ROLES[1:]:
            stage.admit(name, role, COUNTRY)
    agent = address_of("agent")
    as_trader, moment = speaker_as("trader"), stage.moment()
    record = drafts.admission(as_trader, moment, agent, "agent", COUNTRY, kinds=("Handoff",))
    stage.say(record, EVERYONE)
    stage.change_key("recover", "trader-ae", "trader-ae-2")
    stage.change_key("object", "trader-ae")
    return stage


def make_parcel(stage: Stage, holder: str, code: str) -> ParcelId:
    """Make a parcel, rough or polished, that somebody holds."""
    miner, moment = stage.speaker("miner-bw"), stage.moment()
    record = drafts.registration(miner, moment, stage.site, 10_000, stones=3)
    (parcel,) = stage.outputs(stage.say(record, "miner-bw"))
    _hand_over(stage, parcel, "miner-bw", EVERYONE)
    if code == POLISHED:
        work = Work([Output(10_000, 3, POLISHED)])
        inputs = [stage.goods(parcel)]
        record = drafts.transformation(speaker_as("cutter"), stage.moment(), "polish", inputs, work)
        (parcel,) = stage.outputs(stage.say(record, EVERYONE))
    if holder != EVERYONE:
        _hand_over(stage, parcel, EVERYONE, holder)
    return parcel


def _speaker(stage: Stage, name: str) -> Speaker:
    return speaker_as("trader") if name == EVERYONE else stage.speaker(name)


def offer(stage: Stage, parcel: ParcelId, sender: str, recipient: str) -> None:
    to = _speaker(stage, recipient)
    record = drafts.handoff(
        _speaker(stage, sender), stage.moment(), stage.goods(parcel), to.author, to.country
    )
    stage.say(record, sender)


def _hand_over(stage: Stage, parcel: ParcelId, sender: str, recipient: str) -> None:
    offer(stage, parcel, sender, recipient)
    record = drafts.receipt(
        _speaker(stage, recipient), stage.moment(), stage.goods(parcel), address_of(sender),
        weight_millicarats=stage.parcel(parcel).weight_millicarats,
    )  # fmt: skip
    stage.say(record, recipient)


def report(stage: Stage, parcel: ParcelId, by: str, role: str, operation: str) -> None:
    speaker = replace(_speaker(stage, by), role=role)
    previous = stage.parcel(parcel).head
    record = drafts.report(speaker, stage.moment(), operation, parcel, previous=previous)
    stage.say(record, by)


def _certify(stage: Stage, parcel: ParcelId, number: str) -> Hash32:
    """Issue a certificate for a parcel of rough, to be cleared where it is; return its id."""
    goods = stage.goods(parcel)
    paper = drafts.Paper(number, COUNTRY, stage.now_s + DAY, {goods.hs_code: 50_000})
    exporter = stage.parcel(parcel).custodian
    moment, authority = stage.moment(), speaker_as("authority")
    record = drafts.certificate(authority, moment, exporter, [goods], paper)
    return stage.say(record, EVERYONE).record_id


def _clear(stage: Stage, certificate: Hash32, reason: str) -> None:
    arrival = drafts.as_declared(stage.certificate(certificate), COUNTRY)
    authority, moment = speaker_as("authority"), stage.moment()
    stage.say(drafts.clearance(authority, moment, arrival, reason=reason), EVERYONE)


@functools.cache
def _stage_with(state: str, code: str, *, incoming: bool, paper: str) -> tuple[Stage, Goods]:
    stage = full_stage().branch()
    if state == "absent":
        return stage, Goods(SOME_HASH, SOME_HASH, 10_000, 3, code)
    holder = SENDER if incoming else EVERYONE
    parcel = make_parcel(stage, holder, code)
    if paper and code == ROUGH:
        certificate = _certify(stage, parcel, "BW1")
        if paper == "refused":
            _clear(stage, certificate, "seal")
    if state == "offered":
        offer(stage, parcel, holder, EVERYONE if incoming else SENDER)
    elif state == "spent":
        work = Work([Output(4_000, 1, code), Output(6_000, 2, code)])
        inputs = [stage.goods(parcel)]
        record = drafts.transformation(
            _speaker(stage, holder), stage.moment(), "split", inputs, work
        )
        stage.say(record, holder)
    elif state == "frozen by theft":
        report(stage, parcel, holder, "trader", "theft")
    elif state == "frozen by seizure":
        report(stage, parcel, EVERYONE, "authority", "seizure")
    elif state == "set":
        goods = [stage.goods(parcel)]
        stage.say(drafts.setting(speaker_as("jeweller"), stage.moment(), goods), EVERYONE)
    elif state == "sold":
        goods = stage.goods(parcel)
        stage.say(drafts.sale(speaker_as("jeweller"), stage.moment(), goods), EVERYONE)
    return stage, stage.goods(parcel)


def stage_with(kind: str, operation: str, state: str) -> tuple[Stage, Goods]:
    """Return a stage with a parcel in a state, as an act needs it: form, holder and recipient."""
    is_jewel = kind in ("Setting", "Sale") or state in ("set", "sold")
    code = POLISHED if operation == "recut" or is_jewel else ROUGH
    incoming = kind == "Receipt" and not is_jewel
    paper = {"Clearance": "open", "Certificate": "refused"}.get(kind, "")
    if operation == "export":
        paper = ""
    stage, goods = _stage_with(state, code, incoming=incoming, paper=paper)
    return stage.branch(), goods


def every_act() -> list[tuple[str, str]]:
    """Return every kind and operation (for Admission and Revocation: role) that has an act."""
    return [(kind, operation) for kind in ACTS for operation in operations(KINDS[kind])]


def act(stage: Stage, kind: str, operation: str, role: str, goods: Goods) -> Said:
    """Return what the actor says in a role, signed by all who must."""
    if (kind, operation) == ("KeyChange", "object"):
        stage.change_key("recover", EVERYONE, "recovered")
    record = ACTS[kind](stage, speaker_as(role), operation, goods)
    return Said(record, _signers(record))


def _signers(record: Record) -> tuple[str, ...]:
    kind, operation = record.KIND.name, record.operation
    if kind == "Charter" or operation == "override":
        return GOVERNORS
    if signature_count(record) is None:
        return GOVERNORS[:2]
    second = {("KeyChange", "rotate"): "fresh", ("Receipt", "acceptShort"): SENDER}
    return (EVERYONE, *(name for key, name in second.items() if key == (kind, operation)))


# The acts.


def _charter(stage: Stage, speaker: Speaker, _operation: str, _goods: Goods) -> Record:
    record = _constitution(stage).charter(ORIGIN, stage.moment())
    return _spoken_by(record, speaker)


def _amendment(stage: Stage, speaker: Speaker, _operation: str, _goods: Goods) -> Record:
    head = stage.charter().head
    record = _constitution(stage).amendment(speaker.author, head, stage.moment())
    return _spoken_by(record, speaker)


def _constitution(stage: Stage) -> drafts.Constitution:
    charter = stage.charter()
    return drafts.Constitution(charter.governors, 2, charter.checkpoint_keys)


def _spoken_by(record: Record, speaker: Speaker) -> Record:
    what = replace(record.what, author_role=speaker.role)
    scene = replace(record.scene, author_country=speaker.country)
    return replace(record, what=what, scene=scene)  # type: ignore[type-var]  # a dataclass each


def _admission(stage: Stage, speaker: Speaker, operation: str, _goods: Goods) -> Record:
    kinds = ("Handoff",) if operation == "agent" else ()
    party = address_of("newcomer")
    return drafts.admission(speaker, stage.moment(), party, operation, COUNTRY, kinds=kinds)


def _revocation(stage: Stage, speaker: Speaker, operation: str, _goods: Goods) -> Record:
    party = address_of("agent" if operation == "agent" else "subject")
    return drafts.revocation(
        speaker, stage.moment(), party, operation, COUNTRY, previous=stage.head_of(party)
    )


def _key_change(stage: Stage, speaker: Speaker, operation: str, _goods: Goods) -> Record:
    others = {"recover": "subject", "override": "trader-ae"}
    party = address_of(others.get(operation, EVERYONE))
    more = {} if operation == "object" else {"new_key": address_of("fresh")}
    return drafts.key_change(
        speaker, stage.moment(), operation, party, previous=stage.head_of(party), **more
    )


def _site(stage: Stage, speaker: Speaker, operation: str, _goods: Goods) -> Record:
    opening = operation == "open"
    return drafts.site(
        speaker, stage.moment(), operation, SiteStatement(COUNTRY, "ML-9"),
        site_id=NO_HASH if opening else stage.site,
        previous=NO_HASH if opening else stage.site_state(stage.site).head,
    )  # fmt: skip


def _registration(stage: Stage, speaker: Speaker, _operation: str, _goods: Goods) -> Record:
    return drafts.registration(speaker, stage.moment(), stage.site, 10_000)


def _handoff(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    to = address_of(SENDER)
    return drafts.handoff(speaker, stage.moment(), goods, to, "BE", operation=operation)


def _receipt(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    reason = "goods" if operation == "refuse" else ""
    return drafts.receipt(
        speaker, stage.moment(), goods, address_of(SENDER), operation=operation,
        weight_millicarats=goods.weight_millicarats, reason=reason,
    )  # fmt: skip


def _withdrawal(stage: Stage, speaker: Speaker, _operation: str, goods: Goods) -> Record:
    return drafts.withdrawal(speaker, stage.moment(), goods)


def _transformation(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    inputs = [goods]
    code = {"polish": POLISHED, "recut": POLISHED}.get(operation, ROUGH)
    outputs = [Output(10_000, 3, code)]
    if operation == "split":
        outputs = [Output(4_000, 1, code), Output(6_000, 2, code)]
    if operation == "mix":
        inputs.append(stage.goods(make_parcel(stage, EVERYONE, ROUGH)))
        outputs = [Output(20_000, 6, code)]
    return drafts.transformation(speaker, stage.moment(), operation, inputs, Work(outputs))


def _report_act(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    speaking = operation in ("dispute", "answer")
    return drafts.report(
        speaker, stage.moment(), operation, goods.parcel,
        previous=NO_HASH if speaking else goods.previous,
        state=goods.previous if speaking else NO_HASH,
        finding=SOME_HASH if operation == "answer" else NO_HASH,
    )  # fmt: skip


def _certificate(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    original = NO_HASH
    if operation == "technical":
        original = _certificate_of(stage) or SOME_HASH
    expires_at, values = stage.now_s + DAY, {goods.hs_code: 50_000}
    paper = drafts.Paper("BW2", COUNTRY, expires_at, values, COUNTRY, original=original)
    if goods.hs_code == POLISHED:  # which no Certificate can say: its form is asked after its state
        goods = replace(goods, hs_code=ROUGH)
        paper = replace(paper, values_us_cents={ROUGH: 50_000})
    return drafts.certificate(speaker, stage.moment(), address_of(EVERYONE), [goods], paper)


def _certificate_of(stage: Stage) -> Hash32 | None:
    """Return the certificate that a stage was prepared with."""
    known = (item for _, _, changes in stage.log for item in changes.items)
    return next((item.id for item in known if isinstance(item, CertificateState)), None)


def _clearance(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    found = {ROUGH: drafts.Found(goods.weight_millicarats, 50_000)}
    certificate = _certificate_of(stage) or SOME_HASH
    arrival = drafts.Arrival("BW1", COUNTRY, 1, found, certificate=certificate)
    reason = "seal" if operation == "refuse" else ""
    return drafts.clearance(speaker, stage.moment(), arrival, reason=reason)


def _statement(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    said: dict[str, dict[str, Any]] = {
        "grading": {
            "report_number": "1",
            "grades": drafts.Grades("round"),
            "weight_millicarats": 10_000,
        },
        "origin": {"countries": [COUNTRY]},
        "location": {"countries": [COUNTRY], "as_of": stage.now_s},
        "warranty": {"text_id": "wdc-sow-2"},
        "document": {"document": SOME_HASH},
    }
    spoken = drafts.Spoken(goods.parcel, goods.previous)
    return drafts.statement(speaker, stage.moment(), operation, spoken, **said[operation])


def _setting(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    if operation == "set":
        return drafts.setting(speaker, stage.moment(), [goods])
    parcel, piece = parcel_after(stage, goods.parcel), None
    if parcel is not None and parcel.state == "set":
        made = stage.state.read(Operation, operation_key(parcel.spent_by))
        piece = made.outputs[0] if made else None
    return drafts.unsetting(speaker, stage.moment(), stage.goods(piece or _piece(stage)), [goods])


def _piece(stage: Stage) -> ParcelId:
    """Make a piece of another parcel."""
    inside = [stage.goods(make_parcel(stage, EVERYONE, POLISHED))]
    record = drafts.setting(speaker_as("jeweller"), stage.moment(), inside)
    return stage.outputs(stage.say(record, EVERYONE))[0]


def _sale(stage: Stage, speaker: Speaker, operation: str, goods: Goods) -> Record:
    return drafts.sale(speaker, stage.moment(), goods, operation=operation)


def _correction(stage: Stage, speaker: Speaker, _operation: str, _goods: Goods) -> Record:
    own = next(
        signed.record_id
        for _, signed, _ in stage.log
        if signed.record.author == speaker.author and isinstance(signed.record, Admission)
    )
    return drafts.correction(speaker, stage.moment(), own, {}, details=SOME_HASH)


ACTS: dict[str, Act] = {
    "Charter": _charter,
    "Amendment": _amendment,
    "Admission": _admission,
    "Revocation": _revocation,
    "KeyChange": _key_change,
    "Site": _site,
    "Registration": _registration,
    "Handoff": _handoff,
    "Receipt": _receipt,
    "Withdrawal": _withdrawal,
    "Transformation": _transformation,
    "Certificate": _certificate,
    "Clearance": _clearance,
    "Statement": _statement,
    "Setting": _setting,
    "Sale": _sale,
    "Report": _report_act,
    "Correction": _correction,
}


def parcel_after(stage: Stage, parcel: ParcelId) -> Parcel | None:
    """Return a parcel, or None where there is none."""
    return stage.state.read(Parcel, parcel)
