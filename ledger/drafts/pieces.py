"""Drafts of the jeweller's records: set, unset, sold, returned."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.drafts.base import Goods, Moment, Sheets, Speaker, draft
from ledger.records import Record
from ledger.values import NO_HASH, Hash32


def _setting(
    speaker: Speaker,
    moment: Moment,
    parcels: Sequence[Goods],
    piece: tuple[Hash32, Hash32],
    label: str,
    details: Hash32,
) -> Record:
    ordered = sorted(parcels, key=lambda goods: goods.parcel)
    counts = [goods.stones for goods in ordered]
    sheets: Sheets = {
        "what": {
            "operation": "set" if piece[0] == NO_HASH else "unset",
            "piece": piece[0],
            "piecePrevious": piece[1],
            "parcels": [goods.parcel for goods in ordered],
            "previous": [goods.previous for goods in ordered],
        },
        "amounts": {
            "weightMillicarats": sum(goods.weight_millicarats for goods in ordered),
            "stones": sum(counts) if all(counts) else 0,
            "label": label,
        },
    }
    return draft("Setting", speaker, moment, sheets, details)


def setting(
    speaker: Speaker,
    moment: Moment,
    parcels: Sequence[Goods],
    *,
    label: str = "",
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Setting of polished parcels in a piece; weight and count are theirs together."""
    return _setting(speaker, moment, parcels, (NO_HASH, NO_HASH), label, details)


def unsetting(
    speaker: Speaker,
    moment: Moment,
    piece: Goods,
    parcels: Sequence[Goods],
    *,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Setting that takes all parcels out of a piece again."""
    return _setting(speaker, moment, parcels, (piece.parcel, piece.previous), "", details)


def sale(
    speaker: Speaker,
    moment: Moment,
    goods: Goods,
    *,
    operation: str = "sale",
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Sale of a polished parcel or a piece to a consumer, or its return."""
    sheets: Sheets = {
        "what": {"operation": operation, "parcel": goods.parcel, "previous": goods.previous},
        "amounts": {"weightMillicarats": goods.weight_millicarats, "stones": goods.stones},
    }
    return draft("Sale", speaker, moment, sheets, details)
