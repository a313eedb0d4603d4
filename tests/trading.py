"""What the world of the tests says at borders and in shops: certified, cleared, set, sold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ledger import drafts
from ledger.custody import CertificateState
from ledger.signing import SignedRecord
from ledger.values import Hash32, ParcelId


class Trading:
    """The part of a ``World`` that certifies, clears, sets and sells."""

    def certify(
        self: Any, parcels: list[ParcelId], number: str, destination: str, by: str = "authority-bw",
        **paper: object,
    ) -> Hash32:  # fmt: skip
        """Issue a certificate for parcels of one holder, valid for 60 days; return its id."""
        goods = [self.goods(parcel) for parcel in parcels]
        exporter = self.parcel(parcels[0]).custodian
        values = {
            "expires_at": self.now_s + 60 * 86_400,
            "values_us_cents": {one.hs_code: 100_000 for one in goods},
            **paper,
        }
        stated = drafts.Paper(number, destination, **values)
        record = drafts.certificate(self.speaker(by), self.moment(), exporter, goods, stated)
        return self.say(record, by).record_id

    def certificate(self: Any, certificate: Hash32) -> CertificateState:
        """Return a certificate that must exist."""
        known = self.state.read(CertificateState, certificate)
        assert known is not None
        return known

    def clear(
        self: Any, certificate: Hash32, by: str = "authority-be", country: str = "",
        reason: str = "", **found: object,
    ) -> SignedRecord:  # fmt: skip
        """Confirm a certificate as declared, or refuse it for a reason."""
        speaker = self.speaker(by)
        declared = drafts.as_declared(self.certificate(certificate), country or speaker.country)
        arrival = replace(declared, **found)
        return self.say(drafts.clearance(speaker, self.moment(), arrival, reason=reason), by)

    def clear_paper(
        self: Any, number: str, by: str = "authority-be", country: str = "", reason: str = "",
        **found: object,
    ) -> SignedRecord:  # fmt: skip
        """Confirm or refuse a certificate that was shown on paper only."""
        speaker = self.speaker(by)
        values = {"parcel_count": 1, "found": {"7102.31": drafts.Found(5_000, 100_000)}, **found}
        arrival = drafts.Arrival(number, country or speaker.country, **values)
        return self.say(drafts.clearance(speaker, self.moment(), arrival, reason=reason), by)

    def set_in(
        self: Any, parcels: list[ParcelId], by: str = "jeweller-fr", label: str = ""
    ) -> ParcelId:
        """Set parcels in a piece and return its id."""
        goods = [self.goods(parcel) for parcel in parcels]
        record = drafts.setting(self.speaker(by), self.moment(), goods, label=label)
        return self.outputs(self.say(record, by))[0]

    def take_out(
        self: Any, piece: ParcelId, parcels: list[ParcelId], by: str = "jeweller-fr"
    ) -> SignedRecord:
        """Take all parcels out of a piece again."""
        goods = [self.goods(parcel) for parcel in parcels]
        record = drafts.unsetting(self.speaker(by), self.moment(), self.goods(piece), goods)
        return self.say(record, by)

    def sell(
        self: Any, parcel: ParcelId, by: str = "jeweller-fr", operation: str = "sale"
    ) -> SignedRecord:
        """Sell goods to a consumer, or take them back: ``operation`` return."""
        goods = self.goods(parcel)
        record = drafts.sale(self.speaker(by), self.moment(), goods, operation=operation)
        return self.say(record, by)
