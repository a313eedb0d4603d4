"""Records that can be wrong in several ways at once.

A *plot* makes one record of one operation. What can be wrong about it is set by named knobs; with
no knob set the record is right. A *fault* is a few knobs and the rule that they break; two faults
that turn different knobs go together into one record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.drafts import Output
from ledger.records import Record
from ledger.values import ParcelId
from tests.ledger.rules.cases import MINUTES_5, SOME_HASH, Said, Stage, altered
from tests.world import GOVERNORS, address_of

Knobs = Mapping[str, Any]
AUTHOR = "trader-be"
OTHER = "trader-ae"
LATER = 1_000
"""Seconds that pass before a record is said, so that it can be dated before what it names."""


@dataclass(frozen=True)
class Fault:
    """Knobs that break one rule.

    ``hides`` names rules that can no longer be asked: a parcel that is absent has no custodian.
    """

    rule: str
    knobs: Knobs
    hides: tuple[str, ...] = ()

    def goes_with(self, other: Fault) -> bool:
        """Tell whether both faults can stand in one record."""
        return (
            self.rule != other.rule
            and not self.knobs.keys() & other.knobs.keys()
            and other.rule not in self.hides
            and self.rule not in other.hides
        )


@dataclass(frozen=True)
class Plot:
    """One operation, and all that can be wrong about it."""

    name: str
    make: Callable[[Stage, Knobs], Said]
    faults: tuple[Fault, ...]


def finished(stage: Stage, record: Record, signers: tuple[str, ...], knobs: Knobs) -> Said:
    """Set what every record has: author, role, country, time and signers."""
    fields = {
        "author": "who.author",
        "role": "what.author_role",
        "country": "scene.author_country",
        "previous": "what.previous",
    }
    values = {path: knobs[name] for name, path in fields.items() if name in knobs}
    when = {"ahead": stage.now_s + MINUTES_5 + 1, "before": 1}.get(knobs.get("when", ""))
    if when is not None:
        values["scene.occurred_at"] = when
    return Said(altered(record, values), tuple(knobs.get("signers", signers)))


def common_faults(signers: tuple[str, ...], role_for_kind: str = "auditor") -> tuple[Fault, ...]:
    """Return the faults of *who* that a record of one party's can have; ``signers`` sign else."""
    others = signers[1:]
    return (
        Fault("party-unknown", {"author": address_of("nobody")}, ("signer", "agent-scope", "role")),
        Fault("signer", {"signers": ("stranger", *others)}),
        Fault("agent-scope", {"signers": ("agent", *others)}),
        Fault("role", {"country": "AQ"}),
        Fault("role-for-kind", {"role": role_for_kind}),
    )


AHEAD = Fault("time-ahead", {"when": "ahead"})
BEFORE = Fault("time-before", {"when": "before"})
STALE = Fault("stale-previous", {"previous": SOME_HASH})
RECOVERING = Fault("recovery-pending", {"recovering": True})


def prepare(stage: Stage, author: str, knobs: Knobs) -> None:
    """Give the author an agent out of scope and another role; announce its recovery if asked."""
    country = stage.speaker(author).country
    stage.admit_agent(author, "agent", "Correction")
    if author in GOVERNORS:
        return
    role = "auditor" if stage.speaker(author).role != "auditor" else "trader"
    stage.admit(author, role, country)
    stage.later(LATER)
    if knobs.get("recovering"):
        stage.change_key("recover", author, f"{author}-2")


def parcel_in(stage: Stage, knobs: Knobs, prefix: str = "", author: str = AUTHOR) -> ParcelId:
    """Return a parcel that the author, or another, holds or held, in the state asked."""
    holder = OTHER if knobs.get(f"{prefix}foreign") else author
    parcel = stage.give(holder)
    state = knobs.get(f"{prefix}state", "held")
    if state == "offered":
        stage.offer(parcel, holder, "lab-be")
    elif state == "spent":
        stage.transform(holder, "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    elif state == "frozen":
        stage.say(stage.report_on(parcel, holder, "theft"), holder)
    return parcel


def state_faults(*states: str, prefix: str = "", hides: tuple[str, ...] = ()) -> tuple[Fault, ...]:
    absent = Fault("parcel-absent", {f"{prefix}state": "absent"}, ("not-custodian", *hides))
    return (absent, *(Fault(f"parcel-{state}", {f"{prefix}state": state}) for state in states))
