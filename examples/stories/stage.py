"""A ledger in memory whose clock a story sets, and the people who speak in it.

Everything is real but time: keys (made from names, so that a story is the same each time it is
told; they guard nothing), signatures, rules, stores, checkpoints and the answers that are printed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from ledger import drafts
from ledger.answers import Answers
from ledger.book import Answer, Book, found
from ledger.checkpoint import SignerKey
from ledger.custody import CertificateState, Parcel, SiteState
from ledger.drafts import Constitution, Goods, Loss, Moment, Output, SiteStatement, Speaker, Work
from ledger.drafts.borders import Arrival, Found, Paper, as_declared, certificate, clearance
from ledger.drafts.sayings import Grades, Spoken, statement
from ledger.records import Record
from ledger.reference import Library
from ledger.reference.shipped import shipped
from ledger.rules import outputs_of
from ledger.signing import address_of_secret, output_id, record_id, sign_record
from ledger.store.checkpoints import MemoryCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.private import MemoryPrivate
from ledger.values import NO_HASH, Hash32, ParcelId, SiteId, millicarats

ORIGIN = "stories.adamant.example/ledger"
GOVERNORS = ("governor-1", "governor-2")
DAY = 86_400
ROUGH, POLISHED = "7102.31", "7102.39"


def secret_of(name: str) -> bytes:
    """Return the key of a named actor: the same each time, and no secret at all."""
    return hashlib.sha256(b"a story's key of " + name.encode()).digest()


def seconds(date: str) -> int:
    """Read ``2017-05-20`` or ``2017-05-20 14:30`` (UTC) as seconds since 1970-01-01."""
    return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())


def weight(carats: str) -> int:
    """Read carats, as people write them, as millicarats."""
    read = millicarats(carats)
    if read is None:
        raise ValueError(f"not a weight: {carats}")
    return read


class Stage:
    """One ledger, open for as long as the story lasts.

    Args:
        begins: the date at which it is founded.

    """

    def __init__(self, begins: str) -> None:
        self.now = seconds(begins)
        self._salts = 0
        self._store, self._checkpoints = MemoryStore(), MemoryCheckpoints()
        self._private = MemoryPrivate()
        self._speakers: dict[str, Speaker] = {
            name: Speaker(address_of_secret(secret_of(name)), "governor") for name in GOVERNORS
        }
        self.ledger_id = NO_HASH
        log_key = SignerKey(ORIGIN, secret_of("log"))
        constitution = Constitution(
            governors=tuple(speaker.author for speaker in self._speakers.values()),
            threshold=2,
            checkpoint_keys=(str(log_key.verifier_key),),
            tables={name: file.sha256 for name, file in shipped().items()},
        )
        envelope = self._signed(constitution.charter(ORIGIN, self.moment()), *GOVERNORS)
        first = found(self._store, self._checkpoints, envelope, [log_key], self.clock)
        self.ledger_id = first.record_id
        self._book = Book.open(
            self._store, self._checkpoints, [log_key], self.clock, private=self._private
        )
        self.answers = Answers(self._book, self.clock, library=Library())

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    # -- time, and who speaks ----------------------------------------------------------------

    def clock(self) -> int:
        """Return the story's time, in milliseconds."""
        return self.now * 1000

    def at(self, date: str) -> None:
        """Let time pass until a date."""
        self.now = max(self.now, seconds(date))

    def moment(self) -> Moment:
        """Return the story's present."""
        return Moment(self.now, self._salt)

    def _salt(self) -> bytes:
        self._salts += 1
        return hashlib.sha256(b"salt %d" % self._salts).digest()

    def speaker(self, name: str) -> Speaker:
        """Return a named actor in its role."""
        return self._speakers[name]

    def cast(self, authorities: str, **others: str) -> None:
        """Admit authorities of countries, and others by name: ``miner="miner CF"``."""
        for country in authorities.split():
            self.admit(f"authority-{country.lower()}", "authority", country)
        for name, place in others.items():
            self.admit(name, *place.split())

    def admit(self, name: str, role: str, country: str) -> None:
        """Admit an actor in a role and country."""
        party = address_of_secret(secret_of(name))
        record = drafts.admission(
            self.speaker(GOVERNORS[0]), self.moment(), party, role, country, previous=NO_HASH
        )
        by_both = role in ("authority", "auditor")
        self.say(record, *(GOVERNORS if by_both else GOVERNORS[:1]))
        self._speakers[name] = Speaker(party, role, country)

    # -- saying things -----------------------------------------------------------------------

    def _signed(self, record: Record, *names: str) -> bytes:
        return sign_record(record, self.ledger_id, [secret_of(name) for name in names]).raw

    def say(self, record: Record, *names: str) -> Hash32:
        """Sign and append a record; it must be accepted. Return its id."""
        (line,) = self._book.submit([self._signed(record, *names)]).result(60)
        if not isinstance(line, Answer):
            raise TypeError(f"{record.KIND.name} was not accepted: {line}")
        self.now += 60
        return record_id(record, self.ledger_id)

    # -- goods -------------------------------------------------------------------------------

    def parcel(self, parcel: ParcelId) -> Parcel:
        """Return a parcel as it is now."""
        with self._store.view() as view:
            known = view.read(Parcel, parcel)
        if known is None:
            raise KeyError(parcel)
        return known

    def goods(self, parcel: ParcelId) -> Goods:
        """Return a parcel as its book stands."""
        known = self.parcel(parcel)
        return Goods(known.id, known.head, known.weight_millicarats, known.stones, known.hs_code)

    def site(self, by: str, label: str, zone: str = "", yearly_carats: str = "0") -> SiteId:
        """Have an authority open a site in its country; 0 ct = no capacity declared."""
        stated = SiteStatement(
            country=self.speaker(by).country,
            licence=f"L-{label}",
            label=label,
            zone=zone,
            yearly_capacity_millicarats=weight(yearly_carats),
        )
        record = drafts.site(self.speaker(by), self.moment(), "open", stated)
        return output_id(self.say(record, by), 0)

    def mine(self, by: str, site: SiteId, carats: str, stones: int, code: str = ROUGH) -> ParcelId:
        """Have a miner register rough from a site, mined in the week before."""
        with self._store.view() as view:
            known = view.read(SiteState, site)
        record = drafts.registration(
            self.speaker(by),
            self.moment(),
            site,
            weight(carats),
            stones=stones,
            hs_code=code,
            zone=known.zone if known else "",
            mined=(self.now - 7 * DAY, self.now),
        )
        return output_id(self.say(record, by), 0)

    def hand_over(self, parcel: ParcelId, sender: str, recipient: str) -> None:
        """Hand a parcel over at its book weight."""
        to = self.speaker(recipient)
        record = drafts.handoff(
            self.speaker(sender), self.moment(), self.goods(parcel), to.author, to.country
        )
        self.say(record, sender)
        goods = self.goods(parcel)
        receipt = drafts.receipt(
            to, self.moment(), goods, self.speaker(sender).author,
            weight_millicarats=goods.weight_millicarats,
        )  # fmt: skip
        self.say(receipt, recipient)

    def transform(
        self,
        by: str,
        operation: str,
        parcels: Sequence[ParcelId],
        outputs: Sequence[tuple[str, int, str]],
        losses: str = "",
    ) -> tuple[ParcelId, ...]:
        """Split, mix, cut or polish; what the outputs do not weigh is lost for one reason.

        Args:
            by: the custodian.
            operation: as in the record.
            parcels: what goes in.
            outputs: carats, stones and code of each.
            losses: the reason of the loss.

        """
        inputs = [self.goods(parcel) for parcel in parcels]
        made = [Output(weight(carats), stones, code) for carats, stones, code in outputs]
        lost = sum(g.weight_millicarats for g in inputs) - sum(o.weight_millicarats for o in made)
        work = Work(made, {losses: Loss(lost)} if losses else {})
        record = drafts.transformation(self.speaker(by), self.moment(), operation, inputs, work)
        return outputs_of(record, self.say(record, by))

    # -- borders -----------------------------------------------------------------------------

    def certify(
        self,
        by: str,
        number: str,
        parcels: Sequence[ParcelId],
        destination: str,
        origins: Sequence[str],
        dollars: int,
    ) -> Hash32:
        """Have an authority issue a certificate, valid for 60 days; return its record id.

        Args:
            by: the authority.
            number: of the certificate.
            parcels: all of one code, and held by one exporter.
            destination: alpha-2, or ``EU``.
            origins: the countries it names; none is plain "mixed".
            dollars: the declared value, of all parcels together.

        """
        goods = [self.goods(parcel) for parcel in parcels]
        paper = Paper(
            number=number,
            destination=destination,
            expires_at=self.now + 60 * DAY,
            values_us_cents={goods[0].hs_code: dollars * 100},
            origins=tuple(origins),
        )
        exporter = self.parcel(parcels[0]).custodian
        record = certificate(self.speaker(by), self.moment(), exporter, goods, paper)
        return self.say(record, by)

    def clear(self, by: str, certificate_id: Hash32, country: str = "", reason: str = "") -> None:
        """Have the authority of the destination confirm, or refuse, what it finds as declared."""
        with self._store.view() as view:
            known = view.read(CertificateState, certificate_id)
        if known is None:
            raise KeyError(certificate_id)
        arrival = as_declared(known, country or self.speaker(by).country)
        self.say(clearance(self.speaker(by), self.moment(), arrival, reason=reason), by)

    def refuse_paper(self, by: str, number: str, carats: str, reason: str) -> Hash32:
        """Have an authority refuse goods that come with a paper that is not on this ledger."""
        arrival = Arrival(
            number=number,
            arrival_country=self.speaker(by).country,
            parcel_count=1,
            found={ROUGH: Found(weight(carats), 0)},
        )
        return self.say(clearance(self.speaker(by), self.moment(), arrival, reason=reason), by)

    def ship(
        self,
        parcel: ParcelId,
        sender: str,
        recipient: str,
        number: str,
        origins: Sequence[str],
        dollars: int = 1_000,
        destination: str = "",
    ) -> Hash32:
        """Take rough across a border as it should be: certificate, hand-over, confirmation.

        The authorities are those named ``authority-`` and the two countries' codes in lower case.
        """
        home = f"authority-{self.parcel(parcel).country.lower()}"
        abroad = self.speaker(recipient).country
        area = destination or abroad
        paper = self.certify(home, number, [parcel], area, origins, dollars)
        self.hand_over(parcel, sender, recipient)
        self.now += 3 * DAY
        self.clear(f"authority-{area.lower()}", paper, abroad)
        return paper

    # -- what is said of goods ---------------------------------------------------------------

    def grade(self, by: str, parcel: ParcelId, number: str, carats: str, grades: Grades) -> Hash32:
        """Have a laboratory grade one stone, under a report number."""
        spoken = Spoken(parcel, self.parcel(parcel).head)
        record = statement(
            self.speaker(by), self.moment(), "grading", spoken,
            report_number=number, grades=grades, weight_millicarats=weight(carats),
        )  # fmt: skip
        return self.say(record, by)

    def locate(self, by: str, parcel: ParcelId, country: str, date: str) -> Hash32:
        """Have somebody say where a parcel was on a date."""
        spoken = Spoken(parcel, self.parcel(parcel).head)
        record = statement(
            self.speaker(by), self.moment(), "location", spoken,
            as_of=seconds(date), countries=[country],
        )  # fmt: skip
        return self.say(record, by)

    def document(self, by: str, parcel: ParcelId, content: str) -> Hash32:
        """Have somebody name a document by its hash; the document itself stays outside."""
        spoken = Spoken(parcel, self.parcel(parcel).head)
        digest = Hash32(hashlib.sha256(content.encode()).digest())
        record = statement(self.speaker(by), self.moment(), "document", spoken, document=digest)
        return self.say(record, by)

    def answer(self, by: str, finding: Hash32, parcel: ParcelId) -> Hash32:
        """Have a party answer a finding."""
        record = drafts.report(
            self.speaker(by), self.moment(), "answer", parcel,
            state=self.parcel(parcel).head, finding=finding,
        )  # fmt: skip
        return self.say(record, by)
