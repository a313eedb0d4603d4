"""Drafts of the records that say what becomes of goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.drafts.base import Goods, Moment, Sheets, Speaker, draft
from ledger.records import Record
from ledger.values import NO_HASH, Address, Hash32, ParcelId, SiteId


@dataclass(frozen=True, slots=True)
class SiteStatement:
    """What a Site record states in full each time."""

    country: str
    licence: str
    site_type: str = "industrial"
    label: str = ""
    zone: str = ""
    place: str = ""
    operators: tuple[Address, ...] = ()
    yearly_capacity_millicarats: int = 0
    valid_until: int = 0


def site(
    speaker: Speaker,
    moment: Moment,
    operation: str,
    stated: SiteStatement,
    *,
    site_id: SiteId = NO_HASH,
    previous: Hash32 = NO_HASH,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft a Site: open, change or close."""
    sheets: Sheets = {
        "who": {"site": site_id, "operators": sorted(stated.operators)},
        "what": {
            "operation": operation,
            "siteType": stated.site_type,
            "licence": stated.licence,
            "previous": previous,
        },
        "amounts": {
            "yearlyCapacityMillicarats": stated.yearly_capacity_millicarats,
            "label": stated.label,
        },
        "scene": {
            "country": stated.country,
            "zone": stated.zone,
            "place": stated.place,
            "validUntil": stated.valid_until,
        },
    }
    return draft("Site", speaker, moment, sheets, details)


def registration(
    speaker: Speaker,
    moment: Moment,
    site_id: SiteId,
    weight_millicarats: int,
    *,
    stones: int = 0,
    hs_code: str = "7102.31",
    label: str = "",
    zone: str = "",
    mined: tuple[int, int] | None = None,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Registration of a parcel of rough; ``mined`` is the period, in seconds."""
    period_from, period_to = mined or (moment.occurred_at, moment.occurred_at)
    sheets: Sheets = {
        "who": {"site": site_id},
        "what": {"hsCode": hs_code},
        "amounts": {"weightMillicarats": weight_millicarats, "stones": stones, "label": label},
        "scene": {"zone": zone, "periodFrom": period_from, "periodTo": period_to},
    }
    return draft("Registration", speaker, moment, sheets, details)


def handoff(
    speaker: Speaker,
    moment: Moment,
    goods: Goods,
    recipient: Address,
    recipient_country: str,
    *,
    operation: str = "sale",
    seal: str = "",
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Handoff of a parcel at its book weight."""
    sheets: Sheets = {
        "who": {"recipient": recipient},
        "what": {"operation": operation, "parcel": goods.parcel, "previous": goods.previous},
        "amounts": {
            "weightMillicarats": goods.weight_millicarats,
            "stones": goods.stones,
            "seal": seal,
        },
        "scene": {"recipientCountry": recipient_country},
    }
    return draft("Handoff", speaker, moment, sheets, details)


def receipt(
    speaker: Speaker,
    moment: Moment,
    goods: Goods,
    sender: Address,
    *,
    operation: str = "accept",
    weight_millicarats: int,
    stones: int = 0,
    seal: str = "",
    reason: str = "",
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Receipt of a parcel at the recipient's own weight: accept, acceptShort, refuse."""
    sheets: Sheets = {
        "who": {"sender": sender},
        "what": {
            "operation": operation,
            "reason": reason,
            "parcel": goods.parcel,
            "previous": goods.previous,
        },
        "amounts": {"weightMillicarats": weight_millicarats, "stones": stones, "seal": seal},
    }
    return draft("Receipt", speaker, moment, sheets, details)


def withdrawal(speaker: Speaker, moment: Moment, goods: Goods, details: Hash32 = NO_HASH) -> Record:
    """Draft the Withdrawal of an offer."""
    sheets: Sheets = {"what": {"parcel": goods.parcel, "previous": goods.previous}}
    return draft("Withdrawal", speaker, moment, sheets, details)


@dataclass(frozen=True, slots=True)
class Output:
    """One parcel that a Transformation makes."""

    weight_millicarats: int
    stones: int = 0
    hs_code: str = "7102.31"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a Transformation loses for one reason."""

    weight_millicarats: int = 0
    stones: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """What is done: the outputs and the losses by reason."""

    outputs: Sequence[Output]
    losses: Mapping[str, Loss] = field(default_factory=dict)


def transformation(
    speaker: Speaker,
    moment: Moment,
    operation: str,
    inputs: Sequence[Goods],
    work: Work,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft a Transformation: split, mix, cut, polish, recut or reweigh."""
    ordered = sorted(inputs, key=lambda goods: goods.parcel)
    reasons = sorted(work.losses)
    sheets: Sheets = {
        "what": {
            "operation": operation,
            "inputs": [goods.parcel for goods in ordered],
            "previous": [goods.previous for goods in ordered],
            "hsCodes": [output.hs_code for output in work.outputs],
        },
        "amounts": {
            "inputWeightMillicarats": sum(goods.weight_millicarats for goods in ordered),
            "weightsMillicarats": [output.weight_millicarats for output in work.outputs],
            "stones": [output.stones for output in work.outputs],
            "labels": [output.label for output in work.outputs],
            "lossReasons": reasons,
            "lossWeightsMillicarats": [work.losses[r].weight_millicarats for r in reasons],
            "lossStones": [work.losses[reason].stones for reason in reasons],
        },
    }
    return draft("Transformation", speaker, moment, sheets, details)


def report(
    speaker: Speaker,
    moment: Moment,
    operation: str,
    parcel: ParcelId,
    *,
    previous: Hash32 = NO_HASH,
    state: Hash32 = NO_HASH,
    finding: Hash32 = NO_HASH,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft a Report: theft, loss, seizure, recovery, release, dispute or answer."""
    sheets: Sheets = {
        "what": {
            "operation": operation,
            "parcel": parcel,
            "previous": previous,
            "state": state,
            "finding": finding,
        }
    }
    return draft("Report", speaker, moment, sheets, details)
