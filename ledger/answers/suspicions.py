"""Whether goods descend from records in doubt: a finding that is derived whenever it is asked for.

A Revocation may say from which index on a party's records are suspect. It refuses nothing and
undoes nothing; it raises ``descends-from-suspected`` on every parcel in whose story such a record
stands. The finding's id follows from the Revocation and the parcel (``docs/spec/records.md``,
"Findings"), so that a party can answer it by a Report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.answers.reading import Reading
from ledger.answers.shapes import FindingShown
from ledger.custody import Agent, Parcel, Suspicion
from ledger.limits import LIMITS
from ledger.records import Receipt, Record
from ledger.rules.findings import finding_id
from ledger.trace.story import Step, story_since
from ledger.values import Address, to_hex

NAME: Final = "descends-from-suspected"


@dataclass(frozen=True, slots=True)
class Descent:
    """What a parcel descends from that is in doubt.

    Attributes:
        findings: one for each party or agent in doubt, by the index of the Revocation.
        is_whole: whether every record in question was looked at.

    """

    findings: tuple[FindingShown, ...]
    is_whole: bool


def descent_of(reading: Reading, parcel: Parcel) -> Descent:
    """Find whose records in doubt a parcel descends from."""
    most = LIMITS.page_rows_max
    items = reading.view.items_of(Suspicion, b"", most)
    suspicions = {item.party: item for item in items if isinstance(item, Suspicion)}
    if not suspicions:
        return Descent((), is_whole=True)
    since = min(suspicion.since for suspicion in suspicions.values())
    steps, is_whole = story_since(reading.view, parcel, since, LIMITS.page_walk_steps_max)
    speakers = _speakers(reading, suspicions)
    latest: dict[Address, int] = {}
    for step in steps:
        for party in _spoken_for(step.record):
            for address in speakers.get(party, ()):
                is_in_doubt = step.index >= suspicions[address].since and address not in latest
                if is_in_doubt and _is_behind(reading, step, party, address):
                    latest[address] = step.index
    found = [_finding(reading, parcel, suspicions[who], at) for who, at in latest.items()]
    ordered = sorted(found, key=lambda finding: (finding.index or 0, finding.finding_id or b""))
    return Descent(tuple(ordered), is_whole and len(items) < most)


def _speakers(
    reading: Reading, suspicions: Mapping[Address, Suspicion]
) -> Mapping[Address, list[Address]]:
    """Tell for which parties those in doubt can have spoken: themselves, or whose agent one is."""
    speakers: defaultdict[Address, list[Address]] = defaultdict(list)
    for address in suspicions:
        agent = reading.view.read(Agent, address)
        speakers[agent.organisation if agent else address].append(address)
    return speakers


def _spoken_for(record: Record) -> Iterator[Address]:
    yield record.author
    if isinstance(record, Receipt) and record.what.operation == "acceptShort":
        yield record.who.sender  # who agrees to it by a signature


def _is_behind(reading: Reading, step: Step, party: Address, address: Address) -> bool:
    """Tell whether an address is behind what a record says for a party.

    A party is behind whatever is said for it; an agent behind what it signed alone, which only the
    signatures tell.
    """
    return address == party or address in reading.line(step.index).signed.signers


def _finding(reading: Reading, parcel: Parcel, suspicion: Suspicion, index: int) -> FindingShown:
    revocation = reading.line(suspicion.index).signed.record_id
    evidence = (
        f"entry {index} is by {to_hex(suspicion.party)}, whose records are suspect from entry "
        f"{suspicion.since} on"
    )
    return FindingShown(
        finding_id=finding_id(NAME, revocation, parcel.id),
        name=NAME,
        index=suspicion.index,
        record_id=revocation,
        subject=parcel.id,
        evidence=evidence,
    )
