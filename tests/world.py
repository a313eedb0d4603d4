"""A small world in memory, with real keys, real signatures and the real rules.

``World`` founds a ledger, admits the usual parties and says things as any of them, one record after
the other. Nothing is mocked: what it appends has passed :func:`ledger.rules.check`. A record that a
test wants refused is made the same way and given to :meth:`World.refusal_of`.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field, fields, replace

from ledger import drafts
from ledger.canonical import Envelope
from ledger.checkpoint import SignerKey
from ledger.custody import (
    Agent,
    Changes,
    CharterInForce,
    Corrected,
    Item,
    Nothing,
    Overlay,
    Parcel,
    Party,
    SiteState,
    charter_of,
)
from ledger.drafts import Goods, Moment, Output, SiteStatement, Speaker, Work
from ledger.errors import Refusal, Refused
from ledger.records import Record
from ledger.rules import check, outputs_of
from ledger.signing import SignedRecord, address_of_secret, read_signed, sign_record
from ledger.values import NO_HASH, Address, Hash32, ParcelId
from tests.trading import Trading

ORIGIN = "ledger.example/adamant"
START = 1_767_225_600  # 2026-01-01T00:00:00Z
WEEK = 7 * 24 * 3600


def secret_of(name: str) -> bytes:
    """Return the 32-byte secret key of a named actor, the same in every run."""
    return hashlib.sha256(b"secret of " + name.encode()).digest()


@functools.cache
def address_of(name: str) -> Address:
    """Return the address of a named actor's key."""
    return address_of_secret(secret_of(name))


GOVERNORS = ("governor-1", "governor-2", "governor-3")
CAST = {
    "authority-bw": ("authority", "BW"),
    "authority-be": ("authority", "BE"),
    "authority-in": ("authority", "IN"),
    "miner-bw": ("miner", "BW"),
    "trader-be": ("trader", "BE"),
    "trader-ae": ("trader", "AE"),
    "cutter-in": ("cutter", "IN"),
    "lab-be": ("lab", "BE"),
    "jeweller-fr": ("jeweller", "FR"),
    "auditor-ch": ("auditor", "CH"),
}
"""Every actor of the usual world: its role and country."""


@dataclass
class World(Trading):
    """A ledger in memory whose clock the test sets."""

    now_s: int = START
    state: Overlay = field(default_factory=lambda: Overlay(Nothing()))
    log: list[tuple[int, SignedRecord, Changes]] = field(default_factory=list)
    ledger_id: Hash32 = NO_HASH
    rest_ms: int = 0
    salts_given: int = 0

    def fork(self) -> World:
        """Return a world that goes on from here, and leaves this one as it is."""
        names = {
            one.name: dict(getattr(self, one.name))
            for one in fields(self)
            if isinstance(getattr(self, one.name), dict)
        }
        return replace(self, state=Overlay(self.state), log=list(self.log), **names)

    # -- who speaks, and when ----------------------------------------------------------------

    def salt(self) -> bytes:
        """Return 32 bytes that differ each time and repeat in each run."""
        self.salts_given += 1
        return hashlib.sha256(b"salt %d" % self.salts_given).digest()

    @property
    def now_ms(self) -> int:
        """The time that the next entry would bear, milliseconds."""
        return self.now_s * 1000 + self.rest_ms

    def moment(self, occurred_at: int | None = None) -> Moment:
        """Return the present moment, or another."""
        return Moment(self.now_s if occurred_at is None else occurred_at, self.salt)

    def speaker(self, name: str) -> Speaker:
        """Return a named actor in its role."""
        if name in GOVERNORS:
            return Speaker(address_of(name), "governor")
        role, country = CAST[name]
        return Speaker(address_of(name), role, country)

    def later(self, seconds: int = 60) -> None:
        """Let time pass."""
        self.now_s += seconds

    # -- saying things -----------------------------------------------------------------------

    def sign(self, record: Record, *names: str) -> Envelope:
        """Sign a record with the keys of named actors."""
        return sign_record(record, self.ledger_id, [secret_of(name) for name in names])

    def read(self, envelope: Envelope) -> SignedRecord:
        """Read an envelope as it would come from outside."""
        return read_signed(envelope.raw, self.ledger_id)

    def check(self, record: Record, *names: str) -> Changes:
        """Decide about a record signed by named actors, without keeping it."""
        signed = self.read(self.sign(record, *names))
        return check(self.state, signed, len(self.log), self.now_ms)

    def refusal_of(self, record: Record, *names: str) -> Refusal | None:
        """Return why a record would be refused, or None when it would be accepted."""
        try:
            self.check(record, *names)
        except Refused as refused:
            return refused.refusal
        return None

    def refusal_of_signed(self, signed: SignedRecord) -> tuple[str, str] | None:
        """Return rule and field by which a signed record would be refused, or None."""
        try:
            check(self.state, signed, len(self.log), self.now_ms)
        except Refused as refused:
            return refused.refusal.rule, refused.refusal.field
        return None

    def say(self, record: Record, *names: str) -> SignedRecord:
        """Append a record signed by named actors; it must be accepted."""
        return self.append(self.sign(record, *names))

    def append(self, envelope: Envelope) -> SignedRecord:
        """Append an envelope; it must be accepted."""
        signed = self.read(envelope)
        changes = check(self.state, signed, len(self.log), self.now_ms)
        self.state.apply(signed.record_id, signed.record, changes.items)
        self.log.append((self.now_ms, signed, changes))
        return signed

    def place(self, *items: Item) -> None:
        """Put items into the state that no record of this rules version can make."""
        self.state.apply(self.ledger_id, self.log[0][1].record, items)

    # -- asking ------------------------------------------------------------------------------

    def parcel(self, parcel: ParcelId) -> Parcel:
        """Return a parcel that must exist."""
        known = self.state.read(Parcel, parcel)
        assert known is not None
        return known

    def goods(self, parcel: ParcelId) -> Goods:
        """Return a parcel as its book stands."""
        known = self.parcel(parcel)
        return Goods(known.id, known.head, known.weight_millicarats, known.stones, known.hs_code)

    def party(self, name: str) -> Party:
        """Return a named party that must exist."""
        known = self.state.read(Party, address_of(name))
        assert known is not None
        return known

    def head_of(self, address: Address) -> Hash32:
        """Return the head of the chain of a party or an agent; zeros before its first record."""
        known = self.state.read(Party, address) or self.state.read(Agent, address)
        return known.head if known else NO_HASH

    def charter(self) -> CharterInForce:
        """Return the charter in force."""
        charter = charter_of(self.state)
        assert charter is not None
        return charter

    def site_state(self, site: Hash32) -> SiteState:
        """Return a site that must exist."""
        known = self.state.read(SiteState, site)
        assert known is not None
        return known

    # -- the usual acts ----------------------------------------------------------------------

    @staticmethod
    def log_key() -> SignerKey:
        """Return the key that signs the world's checkpoints."""
        return SignerKey(ORIGIN, secret_of("log"))

    def found(self, **values: object) -> SignedRecord:
        """Found the ledger: three governors, two of whom decide."""
        key = str(self.log_key().verifier_key)
        constitution = drafts.Constitution(
            governors=tuple(address_of(name) for name in GOVERNORS),
            **{"threshold": 2, "checkpoint_keys": (key,), **values},
        )
        signed = self.say(constitution.charter(ORIGIN, self.moment()), *GOVERNORS)
        self.ledger_id = signed.record_id
        return signed

    def admit(self, name: str, role: str = "", country: str = "", **more: object) -> SignedRecord:
        """Admit a named actor, by two governors or by one as its role asks."""
        usual = CAST.get(name, ("", ""))
        role, country = role or usual[0], country or usual[1]
        party = address_of(name)
        record = drafts.admission(
            self.speaker("governor-1"), self.moment(), party, role, country,
            previous=self.head_of(party), **more,
        )  # fmt: skip
        both = role in ("authority", "auditor")
        return self.say(record, *(GOVERNORS[:2] if both else GOVERNORS[:1]))

    def admit_agent(self, of: str, name: str, *kinds: str, valid_until: int = 0) -> SignedRecord:
        """Have a named actor admit a key that signs these kinds for it."""
        speaker, agent = self.speaker(of), address_of(name)
        record = drafts.admission(
            speaker, self.moment(), agent, "agent", speaker.country,
            previous=self.head_of(agent), kinds=kinds, valid_until=valid_until,
        )  # fmt: skip
        return self.say(record, of)

    def revoke(self, name: str, role: str = "", country: str = "", **more: object) -> SignedRecord:
        """End a role of a named actor, by two governors or by one as the role asks."""
        usual = CAST.get(name, ("", ""))
        role, country = role or usual[0], country or usual[1]
        party = address_of(name)
        record = drafts.revocation(
            self.speaker("governor-1"), self.moment(), party, role, country,
            previous=self.head_of(party), **more,
        )  # fmt: skip
        both = role in ("authority", "auditor")
        return self.say(record, *(GOVERNORS[:2] if both else GOVERNORS[:1]))

    def change_key(
        self, operation: str, name: str, new_key: str = "", signers: tuple[str, ...] = ()
    ) -> SignedRecord:
        """Change the key of a named actor; by governors if the operation is theirs."""
        by_party = operation in ("rotate", "object")
        usual = {
            "rotate": (name, new_key),
            "object": (name,),
            "recover": GOVERNORS[:2],
            "override": GOVERNORS,
        }
        record = drafts.key_change(
            self.speaker(name if by_party else GOVERNORS[0]), self.moment(), operation,
            address_of(name), previous=self.head_of(address_of(name)),
            **({"new_key": address_of(new_key)} if new_key else {}),
        )  # fmt: skip
        return self.say(record, *(signers or usual[operation]))

    def open_site(self, by: str = "authority-bw", **stated: object) -> Hash32:
        """Open a site in the authority's country and return its id."""
        values = {"country": self.speaker(by).country, "licence": "ML-1", **stated}
        record = drafts.site(self.speaker(by), self.moment(), "open", SiteStatement(**values))
        signed = self.say(record, by)
        return next(i.id for i in self.log[-1][2].items if isinstance(i, SiteState)) or signed

    def register(
        self, site: Hash32, weight_millicarats: int = 12_500, stones: int = 3, **more: object
    ) -> ParcelId:
        """Register a parcel as the miner of Botswana and return its id."""
        miner = str(more.pop("by", "miner-bw"))
        record = drafts.registration(
            self.speaker(miner), self.moment(), site, weight_millicarats, stones=stones, **more
        )
        return self.outputs(self.say(record, miner))[0]

    def hand_over(self, parcel: ParcelId, sender: str, recipient: str, **more: object) -> None:
        """Offer a parcel and have it accepted, at its book weight unless told otherwise."""
        self.offer(parcel, sender, recipient)
        weight = int(more.pop("weight_millicarats", self.parcel(parcel).weight_millicarats))
        record = drafts.receipt(
            self.speaker(recipient), self.moment(), self.goods(parcel), address_of(sender),
            weight_millicarats=weight, **more,
        )  # fmt: skip
        self.say(record, recipient)

    def offer(self, parcel: ParcelId, sender: str, recipient: str) -> SignedRecord:
        """Offer a parcel."""
        record = drafts.handoff(
            self.speaker(sender), self.moment(), self.goods(parcel),
            address_of(recipient), self.speaker(recipient).country,
        )  # fmt: skip
        return self.say(record, sender)

    def transform(
        self,
        by: str,
        operation: str,
        parcels: list[ParcelId],
        outputs: list[Output],
        **losses: object,
    ) -> tuple[ParcelId, ...]:
        """Transform parcels and return the ids of the outputs."""
        inputs = [self.goods(parcel) for parcel in parcels]
        record = drafts.transformation(
            self.speaker(by), self.moment(), operation, inputs, Work(outputs, losses)
        )
        return self.outputs(self.say(record, by))

    def state_that(
        self, by: str, operation: str, parcel: ParcelId, at: Hash32 = NO_HASH, **said: object
    ) -> SignedRecord:
        """State something of a parcel, as its last record left it unless told otherwise."""
        spoken = drafts.Spoken(parcel, at if at != NO_HASH else self.parcel(parcel).head)
        record = drafts.statement(self.speaker(by), self.moment(), operation, spoken, **said)
        return self.say(record, by)

    def grade(self, by: str, parcel: ParcelId, number: str, **said: object) -> SignedRecord:
        """Grade a stone at its book weight, unless told otherwise."""
        usual = {
            "grades": drafts.Grades("round", "G", "VS1", (6_500, 6_520, 4_010)),
            "weight_millicarats": self.parcel(parcel).weight_millicarats,
        }
        return self.state_that(by, "grading", parcel, report_number=number, **{**usual, **said})

    def correction_of(
        self, by: str, signed: SignedRecord | Hash32, values: dict[str, str], **more: object
    ) -> Record:
        """Draft the Correction of a record, after its latest one."""
        of = signed.record_id if isinstance(signed, SignedRecord) else signed
        latest = self.state.read(Corrected, of)
        known = {"latest": latest.correction} if latest else {}
        return drafts.correction(self.speaker(by), self.moment(), of, values, **{**known, **more})

    def correct(
        self, by: str, signed: SignedRecord | Hash32, values: dict[str, str], **more: object
    ) -> SignedRecord:
        """Correct a record."""
        return self.say(self.correction_of(by, signed, values, **more), by)

    def answer_finding(self, by: str, finding: Hash32, parcel: ParcelId = NO_HASH) -> SignedRecord:
        """Answer a finding; about a parcel, as its last record left it."""
        state = self.parcel(parcel).head if parcel != NO_HASH else NO_HASH
        record = drafts.report(
            self.speaker(by), self.moment(), "answer", parcel, state=state, finding=finding
        )
        return self.say(record, by)

    @staticmethod
    def outputs(signed: SignedRecord) -> tuple[ParcelId, ...]:
        """Return the parcels that a record made."""
        return outputs_of(signed.record, signed.record_id)


def usual_world() -> World:
    """Return a world with a Charter and the whole cast admitted."""
    world = World()
    world.found()
    for name in CAST:
        world.admit(name)
    return world
