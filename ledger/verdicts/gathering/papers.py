"""Certificates over goods, and whether a hand-over across a border went under one."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.custody import NEVER, CertificateNumber, CertificateState
from ledger.records import Clearance
from ledger.values import EU, EU_COUNTRIES, Hash32, ParcelId, is_within
from ledger.verdicts.facts import Crossing
from ledger.verdicts.gathering.known import Past
from ledger.verdicts.gathering.steps import Step


def area_of(country: str) -> str:
    """Return the participant that a country is, or belongs to: the EU takes part as one."""
    return EU if country in EU_COUNTRIES else country


@dataclass(slots=True)
class Paper:
    """A certificate, and the parcels of one ancestry that it was issued for.

    Attributes:
        issued: the Certificate.
        state: at the size asked for; an open one may have expired.
        closed_at: index of what closed it, or NEVER.
        is_reused: its number was shown at a border before it was issued.
        cleared: the Clearance, if that closed it.
        parcels: those that it names and that are looked at.
        prolonged_from: its first last second, if a Correction from after it made it last longer.

    """

    issued: Step
    state: str
    closed_at: int
    is_reused: bool
    cleared: Step | None = None
    parcels: set[ParcelId] = field(default_factory=set)
    prolonged_from: int | None = None

    def covers(self, offer: Step, destination: str) -> bool:
        """Tell whether goods that were offered to a country could travel under it."""
        record = self.issued.record
        return (
            is_within(destination, record.scene.destination)
            and (self.closed_at == NEVER or self.closed_at > offer.index)
            and offer.at <= record.scene.expires_at
        )

    def crossing(self) -> Crossing:
        """Return it as a fact, without saying whom it concerns."""
        record = self.issued.record
        cleared = self.cleared
        is_prolonged = self.prolonged_from is not None and (
            cleared is None or cleared.at > self.prolonged_from
        )
        return Crossing(
            sort="certificate",
            number=record.what.number,
            issuer=record.scene.author_country,
            destination=record.scene.destination,
            issued_at=self.issued.at,
            expires_at=record.scene.expires_at,
            cleared_at=cleared.at if cleared else None,
            state=self.state,
            named_origins=record.scene.origins,
            is_technical=record.what.operation == "technical",
            may_concern=frozenset(),
            concerns=frozenset(),
            grounds=(*self.issued.grounds, *(cleared.grounds if cleared else ())),
            is_reused=self.is_reused,
            is_prolonged=is_prolonged,
        )


class Papers:
    """The certificates met so far, by their id."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self.all: dict[Hash32, Paper] = {}

    def issue(self, step: Step, parcel: ParcelId) -> Paper:
        """Keep a certificate over a parcel."""
        paper = self.all.get(step.record_id)
        if paper is None:
            known = self._past.known.read(CertificateState, step.record_id)
            is_closed = known is not None and NEVER < known.closed_by < self._past.size
            state = known.state if known and is_closed else "open"
            closed_at = known.closed_by if known and is_closed else NEVER
            number = self._past.known.read(CertificateNumber, step.record.what.number.encode())
            is_reused = number is not None and NEVER < number.first_shown < step.index
            paper = self.all[step.record_id] = Paper(
                step, state, closed_at, is_reused, prolonged_from=self._prolonged_from(step)
            )
        paper.parcels.add(parcel)
        return paper

    def _prolonged_from(self, step: Step) -> int | None:
        _, original = self._past.record(step.record_id)
        before: int = original.scene.expires_at
        is_late = any(ground.recorded_at_ms > before * 1000 for ground in step.grounds[1:])
        return before if is_late and step.record.scene.expires_at > before else None

    def clear(self, step: Step, record: Clearance) -> Paper | None:
        """Keep what closed a certificate; None where that is not known."""
        paper = self.all.get(record.what.certificate)
        if paper is not None:
            paper.cleared = step
        return paper


def uncovered(offer: Step, taken: Step | None, from_country: str, to_country: str) -> Crossing:
    """Return a hand-over of rough across a border without a certificate, as a fact."""
    return Crossing(
        sort="none",
        number="",
        issuer=from_country,
        destination=to_country,
        issued_at=offer.at,
        expires_at=0,
        cleared_at=None,
        state="",
        named_origins=(),
        is_technical=False,
        may_concern=frozenset(),
        concerns=frozenset(),
        grounds=(*offer.grounds, *(taken.grounds if taken else ())),
    )
