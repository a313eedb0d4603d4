"""Records in words: who declares what, as somebody reads it who knows nothing of ledgers.

A sentence is what the author declares, never what is so. Where amounts may not be shown, sentences
are without them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ledger.answers.country_names import name_in_text
from ledger.answers.told import told
from ledger.answers.wording import counted, parcels, short
from ledger.records import (
    Handoff,
    Receipt,
    Record,
    Registration,
    Report,
    Transformation,
    Withdrawal,
)
from ledger.values import SiteId, carats

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
    "answer": ("Answered", "answers a finding"),
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
    "certificate-number-reused": "The number of this certificate was shown before for other goods",
    "certificate-number-range": "The number of this certificate does not fit those in use then",
    "report-number-reused": "The laboratory gave this report number before to another stone",
    "report-weight-mismatch": "The weight differs from that of the laboratory's report",
    "not-in-good-standing": "A country was no participant, or was under a measure, on that day",
    "border-without-certificate": "Rough is recorded as crossing a border without a certificate",
    "confirmation-missing": "A certificate was not confirmed where it was to arrive, in its time",
    "warranty-out-of-date": "A warranty has an older wording than its day asks for",
    "impossible-travel": "Two records place the goods too far apart for the time between them",
    "lookalike-stone": "Another stone on record has nearly the same grades, weight and measures",
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
        return told(record, shows_amounts=self.shows_amounts)

    def _goods(self, record: Any, of: str = "") -> str:  # noqa: ANN401 - whatever has a weight
        if not self.shows_amounts:
            return "the goods"
        amounts = record.amounts
        return f"{carats(amounts.weight_millicarats)} ct{of}{counted(amounts.stones)}"

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
        done = says.format(inputs=parcels(inputs), outputs=parcels(outputs))
        return title, f"{done}: {given} ct in, {made} ct out, {_lost(loss)}"


def _lost(weight_millicarats: int) -> str:
    return f"{carats(weight_millicarats)} ct lost" if weight_millicarats else "nothing lost"


def finding_in_words(name: str, evidence: str) -> str:
    """Say what a finding notices, with its evidence if that may be shown."""
    noticed = _FINDINGS.get(name, name.replace("-", " ").capitalize())
    return f"{noticed}: {evidence}." if evidence else f"{noticed}."
