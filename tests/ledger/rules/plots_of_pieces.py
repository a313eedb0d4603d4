"""Plots of Setting and Sale."""

from __future__ import annotations

from ledger import drafts
from ledger.drafts import Goods, Output
from ledger.values import ParcelId
from tests.ledger.rules.cases import SOME_HASH, Said, Stage, altered
from tests.ledger.rules.plots import (
    AHEAD,
    BEFORE,
    RECOVERING,
    STALE,
    Fault,
    Knobs,
    Plot,
    common_faults,
    finished,
    prepare,
    state_faults,
)

JEWELLER, OTHER = "jeweller-fr", "lab-be"
ABSENT = Goods(SOME_HASH, SOME_HASH, 4_000, 3, "7102.39")


def _jewel(stage: Stage, knobs: Knobs, usual: str = "held") -> Goods:
    """Return polished goods that the jeweller, or another, holds or held, in the state asked."""
    holder = OTHER if knobs.get("foreign") else JEWELLER
    state = knobs.get("state", usual)
    if state == "absent":
        return ABSENT
    parcel = stage.give(holder, 4_000) if knobs.get("rough") else stage.polished(holder)
    if state == "offered":
        stage.offer(parcel, holder, "trader-be")
    elif state == "frozen":
        stage.say(stage.report_on(parcel, holder, "theft"), holder)
    elif state == "spent":
        stage.admit(holder, "trader", stage.speaker(holder).country)
        code = stage.goods(parcel).hs_code
        work = [Output(1_000, 1, code), Output(3_000, 2, code)]
        record = stage.working(holder, "split", [parcel], work)
        stage.say(altered(record, {"what.author_role": "trader"}), holder)
    elif state in ("set", "sold"):
        _jewellers(stage, parcel, holder, state)
    return stage.goods(parcel)


def _jewellers(stage: Stage, parcel: ParcelId, holder: str, state: str) -> None:
    """Set or sell goods, as a jeweller whoever holds them."""
    stage.admit(holder, "jeweller", stage.speaker(holder).country)
    goods, speaker, moment = stage.goods(parcel), stage.speaker(holder), stage.moment()
    if state == "set":
        record = drafts.setting(speaker, moment, [goods])
    else:
        record = drafts.sale(speaker, moment, goods)
    stage.say(altered(record, {"what.author_role": "jeweller"}), holder)


def _set(stage: Stage, knobs: Knobs) -> Said:
    goods = _jewel(stage, knobs)
    second = stage.goods(stage.polished(JEWELLER))
    prepare(stage, JEWELLER, knobs)
    record = drafts.setting(stage.speaker(JEWELLER), stage.moment(), [goods, second], label="ring")
    values: dict[str, object] = {
        "amounts.weight_millicarats": 8_000 + knobs.get("weight", 0),
        "amounts.stones": 6 + knobs.get("stones", 0),
    }
    if "stale" in knobs:
        values["what.previous"] = (SOME_HASH, *record.what.previous[1:])
    return finished(stage, altered(record, values), (JEWELLER,), knobs)


SET = Plot(
    "Setting set",
    _set,
    (
        *common_faults((JEWELLER,)),
        RECOVERING,
        Fault("not-custodian", {"foreign": True}),
        *state_faults("offered", "spent", "frozen", "set", "sold", hides=("form",)),
        Fault("stale-previous", {"stale": True}),
        Fault("form", {"rough": True}, ("parcel-set", "parcel-sold")),
        Fault("book-weight", {"weight": 1}),
        Fault("book-stones", {"stones": 1}),
        AHEAD,
        BEFORE,
    ),
)


def _piece(stage: Stage, knobs: Knobs, inside: ParcelId) -> Goods:
    """Return a piece of one parcel, in the state asked; or what is named in its place."""
    piece = stage.set_in([inside])
    holder = OTHER if knobs.get("foreign") else JEWELLER
    if knobs.get("foreign"):
        stage.hand_over(piece, JEWELLER, OTHER)
    state = knobs.get("state", "held")
    if state == "offered":
        stage.offer(piece, holder, "trader-be")
    elif state == "frozen":
        stage.say(stage.report_on(piece, holder, "theft"), holder)
    elif state == "sold":
        _jewellers(stage, piece, holder, "sold")
    if knobs.get("no piece"):
        return stage.goods(stage.polished(JEWELLER))
    return ABSENT if state == "absent" else stage.goods(piece)


def _unset(stage: Stage, knobs: Knobs) -> Said:
    inside = stage.polished(JEWELLER)
    piece = _piece(stage, knobs, inside)
    part = knobs.get("part")
    if part:
        inside = stage.polished(JEWELLER)
    if part == "other":
        stage.set_in([inside])
    parcel = stage.goods(inside)
    prepare(stage, JEWELLER, knobs)
    record = drafts.unsetting(stage.speaker(JEWELLER), stage.moment(), piece, [parcel])
    values: dict[str, object] = {
        "amounts.weight_millicarats": 4_000 + knobs.get("weight", 0),
        "amounts.stones": 3 + knobs.get("stones", 0),
    }
    if "piece previous" in knobs:
        values["what.piece_previous"] = SOME_HASH
    if "stale" in knobs:
        values["what.previous"] = (SOME_HASH,)
    return finished(stage, altered(record, values), (JEWELLER,), knobs)


UNSET = Plot(
    "Setting unset",
    _unset,
    (
        *common_faults((JEWELLER,)),
        RECOVERING,
        Fault("not-custodian", {"foreign": True}, ("form",)),
        *state_faults(hides=("form", "piece-parcels")),
        *(Fault(f"parcel-{at}", {"state": at}, ("form",)) for at in ("offered", "frozen", "sold")),
        Fault("parcel-held", {"part": "held"}),
        Fault("stale-previous", {"piece previous": True}),
        Fault("stale-previous", {"stale": True}),
        Fault("form", {"no piece": True}),
        Fault("piece-parcels", {"part": "other"}),
        Fault("book-weight", {"weight": 1}),
        Fault("book-stones", {"stones": 1}),
        AHEAD,
        BEFORE,
    ),
)


def _sold(stage: Stage, knobs: Knobs) -> Said:
    is_sale = knobs["operation"] == "sale"
    goods = _jewel(stage, knobs, "held" if is_sale else "sold")
    prepare(stage, JEWELLER, knobs)
    record = drafts.sale(
        stage.speaker(JEWELLER), stage.moment(), goods, operation=knobs["operation"]
    )
    values: dict[str, object] = {
        "amounts.weight_millicarats": 4_000 + knobs.get("weight", 0),
        "amounts.stones": 3 + knobs.get("stones", 0),
    }
    return finished(stage, altered(record, values), (JEWELLER,), knobs)


def _sale(stage: Stage, knobs: Knobs) -> Said:
    return _sold(stage, {"operation": "sale", **knobs})


def _return(stage: Stage, knobs: Knobs) -> Said:
    return _sold(stage, {"operation": "return", **knobs})


_ANY = (
    *common_faults((JEWELLER,)),
    RECOVERING,
    Fault("not-custodian", {"foreign": True}),
    STALE,
    Fault("book-weight", {"weight": 1}),
    Fault("book-stones", {"stones": 1}),
    AHEAD,
    BEFORE,
)
SALE = Plot(
    "Sale",
    _sale,
    (
        *_ANY,
        *state_faults("offered", "spent", "frozen", "set", "sold", hides=("form",)),
        Fault("form", {"rough": True}, ("parcel-set", "parcel-sold")),
    ),
)
RETURN = Plot(
    "Sale return", _return, (*_ANY, *state_faults("held", "offered", "spent", "frozen", "set"))
)

PIECES = (SET, UNSET, SALE, RETURN)
