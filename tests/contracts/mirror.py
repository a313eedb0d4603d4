"""A mirror of a world of the tests, in py-evm, beside the world itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.anchor.mirroring import FUNCTIONS, batch_of, call_of, creation_of, registry
from ledger.canonical import Envelope
from ledger.custody import Agent, Changes, Parcel, Party
from ledger.errors import Reverted
from ledger.records import Charter, Record
from ledger.rules import touches
from ledger.signing import SignedRecord, record_id
from ledger.values import Hash32, ParcelId
from tests.evm import Done, Evm
from tests.world import World

STATES = ("absent", "held", "offered", "spent")
NOBODY = bytes(20)


class Mirror:
    """The contract, and the parcels that left it since a record of theirs is not mirrored."""

    def __init__(self, world: World, evm: Evm | None = None) -> None:
        """Deploy the mirror of a world's ledger, and send nothing yet."""
        self.world, self.evm, self.registry = world, evm or Evm(), registry()
        charter = world.log[0][1].record
        assert isinstance(charter, Charter)
        self.address = self.evm.deploy(creation_of(world.ledger_id, charter))
        self.sent, self.left = 1, set[ParcelId]()

    def copy_for(self, world: World) -> Mirror:
        """Return this mirror for a world that goes on from the same log."""
        other = object.__new__(Mirror)
        other.__dict__ = {**self.__dict__, "world": world, "left": set(self.left)}
        return other

    def follow(self) -> None:
        """Send all that the world said since; each mirrored record must be taken."""
        for call, changes in self.to_send():
            self.send(call)
            for item in changes.items:
                self.compare(item)

    def to_send(self) -> Iterator[tuple[bytes, Changes]]:
        """Yield the calls that mirror what the world said since, and what the ledger changed."""
        for _, signed, changes in self.world.log[self.sent :]:
            self.sent += 1
            call = call_of(signed)
            if not self.leaves(signed.record, signed.record_id) and call is not None:
                yield call, changes

    def leaves(self, record: Record, at: Hash32) -> bool:
        """Tell whether a record takes parcels out of the mirror, or is about such."""
        touched = touches(record, at)
        is_left = bool(touched) and record.KIND.name not in FUNCTIONS
        if is_left or self.left.intersection(touched):
            self.left.update(touched)
            return True
        return False

    def send(self, call: bytes) -> Done:
        """Send a call that must be taken.

        Raises:
            AssertionError: it is refused; with the contract's error.

        """
        try:
            return self.evm.transact(self.address, call)
        except Reverted as reverted:
            raise AssertionError(self.registry.error(reverted.data)) from reverted

    def refusal(self, *calls: bytes) -> str | None:
        """Return the name of the error by which the last of some calls would be refused, or None.

        Those before it must be taken. Nothing is sent.
        """
        try:
            self.evm.call(self.address, batch_of(calls))
        except Reverted as reverted:
            refused = self.registry.error(reverted.data)
            assert refused is not None
            told = self.registry.error(refused.values["reason"])
            assert refused.values["place"] == len(calls) - 1, told
            return told.name if told else "an answer of no name"
        return None

    def ask(self, name: str, *values: Any) -> Any:
        """Ask a view."""
        answer = self.evm.call(self.address, self.registry.call(name, *values))
        return self.registry.answer(name, answer)[0]

    def compare(self, item: object) -> None:
        """Compare a parcel, a party or an agent of the ledger with the mirror's."""
        if isinstance(item, Parcel) and item.id not in self.left:
            state, custodian, recipient, weight, stones, code, head = self.ask("parcel", item.id)
            assert (STATES[state], custodian, recipient) == (
                item.state, item.custodian, item.recipient
            )  # fmt: skip
            assert (weight, stones) == (item.weight_millicarats, item.stones)
            assert (code.rstrip(b"\0").decode(), head) == (item.hs_code, item.head)
        elif isinstance(item, Party):
            key, announced, objected, head = self.ask("party", item.address)
            keys = [(item.signing_key, item.next_key)]
            if item.next_key != NOBODY:  # in force as soon as it signs
                keys.append((item.next_key, NOBODY))
            assert (key, announced) in keys
            assert (objected, head) == (item.objected, item.head)
            for role in item.roles:
                until = self.ask(
                    "admission", item.address, as_word(role.role), role.country.encode()
                )
                assert until == (role.valid_until or 2**40 - 1)
        elif isinstance(item, Agent):
            organisation, until, _, country, active, head = self.ask("agent", item.address)
            assert (organisation, active) == (item.organisation, item.active)
            assert (country.decode(), head) == (item.country, item.head)
            assert until == (item.valid_until or 2**40 - 1)


def as_word(text: str) -> bytes:
    """Return a text as the contract holds it: 32 bytes, zeros behind it."""
    return text.encode().ljust(32, b"\0")


def call_for(envelope: Envelope, ledger_id: Hash32) -> bytes | None:
    """Return the call that says an envelope, whoever signed it."""
    at = record_id(envelope.record, ledger_id)
    return call_of(SignedRecord(envelope, at, at, ()))
