"""What every draft needs: who speaks, which goods, when, and fresh salts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.canonical import read_record
from ledger.records import KINDS, SHEETS, Record
from ledger.values import NO_HASH, Address, Hash32, ParcelId, to_hex


@dataclass(frozen=True, slots=True)
class Speaker:
    """A party in one of its roles; a governor has no country."""

    author: Address
    role: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """A parcel as its book stands: what a record that moves it must name."""

    parcel: ParcelId
    previous: Hash32
    weight_millicarats: int
    stones: int
    hs_code: str


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, in seconds, and where 32 random bytes come from."""

    occurred_at: int
    random: Callable[[], bytes]


Sheets = Mapping[str, Mapping[str, Any]]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field of any declared type
    if isinstance(value, bytes):
        return to_hex(value)
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    return value


def draft(
    kind: str, speaker: Speaker, moment: Moment, sheets: Sheets, details: Hash32 = NO_HASH
) -> Record:
    """Make a checked record of a kind.

    Args:
        kind: the kind's name.
        speaker: who speaks.
        moment: when, and the source of the salts.
        sheets: the fields that every kind does not have, by sheet and wire name.
        details: the root of the private fields.

    Raises:
        Refused: a rule of the group *bytes*: the record could not be said like this.

    """
    common: dict[str, dict[str, Any]] = {
        "who": {"author": speaker.author},
        "what": {"authorRole": speaker.role},
        "amounts": {},
        "scene": {"occurredAt": moment.occurred_at, "authorCountry": speaker.country},
    }
    plain: dict[str, Any] = {
        place: _plain_sheet({**common[place], **sheets.get(place, {}), "salt": moment.random()})
        for place in SHEETS
    }
    plain["details"] = to_hex(details)
    return read_record(KINDS[kind], plain)


def _plain_sheet(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in fields.items()}
