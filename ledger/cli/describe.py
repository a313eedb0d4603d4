"""Records in plain words, for whoever is about to sign one: a sentence, then every field.

Nothing of a record is left out but its salts, so nobody signs blind. Of one that is shown in part
it is said what is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from ledger.answers.clear_signing import TELLING_WHEN_EMPTY
from ledger.answers.telling import Teller
from ledger.answers.wording import dollars, short
from ledger.cli.words import show_time
from ledger.records import (
    SHEETS,
    Admission,
    Amendment,
    Charter,
    Handoff,
    KeyChange,
    Record,
    Registration,
    Revocation,
    Site,
    Withheld,
    withheld_of,
)
from ledger.values import NO_HASH, carats, to_hex

Name = Callable[[bytes], str]
"""Writes an address, with the name of its key where it has one."""

AUTHOR_WITHHELD: Final = "withheld"
"""In the place of an author that this reader is not shown."""

_KEY_CHANGES: Final = {
    "rotate": "changes its key to {new}",
    "recover": "announces a recovery of {party}: its key will be {new}",
    "object": "objects to the announced recovery of its key",
    "override": "changes the key of {party} to {new}, over its objection",
}
_TIMES: Final = re.compile(r".*At|.*Until|period(From|To)|asOf")


def sentence(record: Record, name: Name, site_name: Name = to_hex) -> str:
    """Say what a record declares, in one sentence without its author."""
    if withheld_of(record):
        return _sentence_in_part(record)
    if isinstance(record, Charter):
        people = len(record.who.governors)
        return (
            f"founds the ledger {record.what.origin} ({record.what.mode}), "
            f"governed by {record.amounts.threshold} of {people}"
        )
    if isinstance(record, Amendment):
        people = len(record.who.governors)
        return f"restates the charter, governed by {record.amounts.threshold} of {people}"
    if isinstance(record, Admission):
        role = f"{record.what.role} in {record.scene.country}"
        return f"admits {name(record.who.party)} as {role}"
    if isinstance(record, Revocation):
        role = f"{record.what.role} in {record.scene.country}"
        return f"ends the role of {name(record.who.party)} as {role}"
    if isinstance(record, KeyChange):
        says = _KEY_CHANGES[record.what.operation]
        return says.format(party=name(record.who.party), new=name(record.who.new_key))
    if isinstance(record, Site):
        label = f' "{record.amounts.label}"' if record.amounts.label else ""
        return f"{record.what.operation}s the site{label} in {record.scene.country}"
    says = Teller(shows_amounts=True, site_name=site_name).tell(record)[1]
    if isinstance(record, Handoff):
        return says.replace(short(record.who.recipient), name(record.who.recipient))
    return says


def _sentence_in_part(record: Record) -> str:
    """Say what a record declares of which *who* and *amounts* are withheld."""
    if isinstance(record, Registration):
        return f"declares rough mined in {record.scene.author_country}"
    if isinstance(record, Site):
        return f"{record.what.operation}s a site in {record.scene.country}"
    return Teller(shows_amounts=False, site_name=to_hex).tell(record)[1]


def heading(record: Record) -> str:
    """Name in a word or two what a record about goods tells: ``Mined``, ``Received short``."""
    if isinstance(record, Registration):
        return "Mined"  # whether or not its site is shown
    return Teller(shows_amounts=not withheld_of(record), site_name=to_hex).tell(record)[0]


def title(record: Record) -> str:
    """Name a record's kind and operation: ``Handoff sale``."""
    return f"{record.KIND.name} {record.operation}".strip()


def author(record: Record, name: Name) -> str:
    """Say who speaks: ``miner-bw 0x… as miner in BW``."""
    role, country = record.what.author_role, record.scene.author_country
    who = AUTHOR_WITHHELD if "who" in withheld_of(record) else name(record.author)
    return f"{who} as {role}" + (f" in {country}" if country else "")


def fields(record: Record, name: Name) -> Iterator[tuple[str, str]]:
    """Yield every field that is not empty, or says something by that, as people read it.

    Salts are left out.
    """
    for place in SHEETS:
        sheet = getattr(record, place)
        if isinstance(sheet, Withheld):
            yield place, f"withheld; its hash is {to_hex(sheet.hash)}"
            continue
        for field in type(sheet).FIELDS:
            value = getattr(sheet, field.name)
            if field.spec.is_salt:
                continue
            if not _is_filled(value) and field.wire not in TELLING_WHEN_EMPTY:
                continue
            yield f"{place}.{field.wire}", _value(field.wire, value, name)
    if record.details != NO_HASH:
        yield "details", to_hex(record.details)


def _is_filled(value: Any) -> bool:  # noqa: ANN401 - a field of any declared type
    return any(value) if isinstance(value, bytes) else bool(value)


def _value(wire: str, value: Any, name: Name) -> str:  # noqa: ANN401 - likewise
    if isinstance(value, tuple):
        return "\n".join(_value(wire, element, name) for element in value)
    if isinstance(value, bytes):
        return name(value)
    if wire.endswith("Millicarats"):
        return f"{carats(value)} ct"
    if wire.endswith("UsCents"):
        return f"US$ {dollars(value)}"
    if wire.endswith("Micrometres"):
        return f"{value // 1000}.{value % 1000:03d} mm"
    if isinstance(value, int) and _TIMES.fullmatch(wire):
        return show_time(value)
    return str(value)
