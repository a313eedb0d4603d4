"""Records in words: who declares what, as somebody reads it who knows nothing of ledgers.

A sentence is what the author declares, never what is so. Where amounts may not be shown, sentences
are without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ledger.answers.country_names import name_in_text
from ledger.limits import LIMITS
from ledger.records import (
    Handoff,
    Receipt,
    Record,
    Registration,
    Report,
    Transformation,
    Withdrawal,
)
from ledger.values import SiteId, carats, to_hex

_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_LIKE_ADDRESS: Final = re.compile("0x[0-9a-f]+([.…]*[0-9a-f]+)?", re.ASCII | re.IGNORECASE)
_VOWELS: Final = ("a", "e", "i", "o", "u")

_OFFERS: Final = {
    "sale": ("Offered", "offers {goods} for sale to {recipient}"),
    "consignment": ("Sent", "sends {goods} on consignment to {recipient}"),
    # Whether it ever was the recipient's, the sender alone says.
    "return": ("Sent as a return", "sends {goods} as a return to {recipient}"),
}
_WORK: Final = {
    "split": ("Split", "declares a parcel split into {outputs}"),
    "mix": ("Mixed", "declares {inputs} mixed into {outputs}"),
    "cut": ("Sawn or cleaved", "declares rough sawn or cleaved"),
    "polish": ("Polished", "declares rough polished"),
    "recut": ("Cut again", "declares polished goods cut again"),
    "reweigh": ("Weighed again", "declares the goods weighed again"),
}
_REPORTS: Final = {
    "theft": ("Reported stolen", "reports the goods stolen"),
    "loss": ("Reported lost", "reports the goods lost"),
    "seizure": ("Seized", "seizes the goods"),
    "recovery": ("Recovered", "reports the goods recovered"),
    "release": ("Released", "releases the goods"),
    "dispute": ("Disputed", "disputes what is recorded of the goods"),
    "answer": ("Answered", "answers a finding about the goods"),
}
_REASONS: Final = {
    "weight": "the weight differs",
    "stones": "the number of stones differs",
    "seal": "the seal differs",
    "goods": "these are other goods",
    "other": "for another reason",
}
_FINDINGS: Final = {
    "declared-late": "A step was recorded more than 30 days after it is said to have happened",
    "over-capacity": "More was registered from the site in that year than it is said to yield",
    "implausible-yield": "The polished weight is unusual for the rough that it was made from",
    "origin-contradicted": "No origin of the goods that went in can give what is said to come out",
    "descends-from-suspected": "It descends from a record whose key is said to be compromised",
}


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells records in words.

    Attributes:
        shows_amounts: whether weights, counts, addresses and ids may be said.
        site_name: names a site as it stands within a sentence.

    """

    shows_amounts: bool
    site_name: Callable[[SiteId], str]

    def tell(self, record: Record) -> tuple[str, str]:
        """Return a title of a word or two, and what the author declares, without a full stop."""
        if isinstance(record, Registration):
            return "Mined", self._registration(record)
        if isinstance(record, Handoff):
            title, says = _OFFERS[record.what.operation]
            return title, says.format(goods=self._goods(record), recipient=self._recipient(record))
        if isinstance(record, Receipt):
            return self._receipt(record)
        if isinstance(record, Withdrawal):
            return "Offer withdrawn", "takes the offer back"
        if isinstance(record, Transformation):
            return self._work(record)
        if isinstance(record, Report):
            return _REPORTS[record.what.operation]
        return record.KIND.name, "speaks of the goods"

    def _goods(self, record: Any, of: str = "") -> str:  # noqa: ANN401 - whatever has a weight
        if not self.shows_amounts:
            return "the goods"
        amounts = record.amounts
        return f"{carats(amounts.weight_millicarats)} ct{of}{_counted(amounts.stones)}"

    def _registration(self, record: Registration) -> str:
        goods = self._goods(record, " of rough") if self.shows_amounts else "rough"
        return f"declares {goods} mined at {self.site_name(record.who.site)}"

    def _recipient(self, record: Handoff) -> str:
        party = short(record.who.recipient) if self.shows_amounts else "a party"
        return f"{party} in {name_in_text(record.scene.recipient_country)}"

    def _receipt(self, record: Receipt) -> tuple[str, str]:
        if record.what.operation == "refuse":
            return "Refused", f"refuses the goods: {_REASONS[record.what.reason]}"
        weighed = f", weighed at {self._goods(record)}" if self.shows_amounts else ""
        if record.what.operation == "acceptShort":
            return "Received short", f"accepts less than was offered, as the sender agrees{weighed}"
        return "Received", f"accepts the goods{weighed}"

    def _work(self, record: Transformation) -> tuple[str, str]:
        title, says = _WORK[record.what.operation]
        if not self.shows_amounts:
            return title, says.format(inputs="parcels", outputs="parcels")
        amounts = record.amounts
        inputs, outputs = len(record.what.inputs), len(record.what.hs_codes)
        given = carats(amounts.input_weight_millicarats)
        made = carats(sum(amounts.weights_millicarats))
        loss = sum(amounts.loss_weights_millicarats)
        done = says.format(inputs=_parcels(inputs), outputs=_parcels(outputs))
        return title, f"{done}: {given} ct in, {made} ct out, {_lost(loss)}"


def _counted(stones: int) -> str:
    return f" ({stones} {'stone' if stones == 1 else 'stones'})" if stones else ""


def _lost(weight_millicarats: int) -> str:
    return f"{carats(weight_millicarats)} ct lost" if weight_millicarats else "nothing lost"


def _parcels(count: int) -> str:
    return "one parcel" if count == 1 else f"{count} parcels"


def who(role: str, country: str) -> str:
    """Name an author by role and country: ``a miner in Botswana``."""
    if role == "governor":
        return "the governors of this ledger"
    if role == "authority":
        return f"the authority of {name_in_text(country)}"
    article = "an" if role.startswith(_VOWELS) else "a"
    return f"{article} {role} in {name_in_text(country)}"


def short(value: bytes) -> str:
    """Write an address or an id so that a person can compare it: ``0x12ab…cd34``."""
    text = to_hex(value)
    return f"{text[:6]}…{text[-4:]}"


def called(name: str, address: str) -> str:
    """Write a party's name before its address, as both are to be read: ``Name (0x12ab…cd34)``.

    A name is text of up to :data:`LIMITS.detail_text_bytes_max` bytes: more than a line of it would
    put the address, which alone tells who is meant, out of sight.
    """
    return f"{in_line(name)} ({address})"


def in_line(name: str) -> str:
    """Write as much of a name as stands in a line, and of an address in it that it is one.

    The one address beside a name is that of its party, and alone tells who is meant.
    """
    name, most = _LIKE_ADDRESS.sub("0x…", name), LIMITS.refusal_value_characters_max
    return name if len(name) <= most else name[: most - 1] + "…"


def day(seconds: int) -> str:
    """Write the day of a time, in UTC: ``2 January 2026``."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def minute(milliseconds: int) -> str:
    """Write a time to the minute, in UTC: ``2 January 2026, 14:05``."""
    seconds = milliseconds // 1000
    return f"{day(seconds)}, {datetime.fromtimestamp(seconds, UTC):%H:%M}"


def finding_in_words(name: str, evidence: str) -> str:
    """Say what a finding notices, with its evidence if that may be shown."""
    noticed = _FINDINGS.get(name, name.replace("-", " ").capitalize())
    return f"{noticed}: {evidence}." if evidence else f"{noticed}."


def listed(names: tuple[str, ...], last: str = "or") -> str:
    """Join names as a sentence does: ``Angola, Botswana or Canada``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
