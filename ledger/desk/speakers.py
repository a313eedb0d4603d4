"""Whose word a signature is, shown by the ledger's own records.

A party's address is that of its first key, so a signature by that key shows itself. Any other is
shown by records that are read again, checked for their own signers, and proved:

* a later key by the KeyChanges of the party's chain, each signed as ``docs/spec/signatures.md``
  asks: by the old key and the new one, or by the governors;
* an agent by its Admission, signed by a key of the party, for the kind and the time of the record;
* governors by the charter in force at the record's index.

Every record rests on records of lower index only, so that nothing can vouch for itself. What the
desk leaves out of a chain stays unseen: a first key is taken even where a later one had replaced
it, an agent even where it had been revoked.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Literal

from ledger.desk.asking import Desk
from ledger.desk.reading import Reread, hash_of
from ledger.desk.rereading import Reader
from ledger.errors import Damaged, Refused, Unknown
from ledger.records import (
    Admission,
    Amendment,
    Charter,
    KeyChange,
    Receipt,
    Revocation,
)
from ledger.signing import signature_count
from ledger.values import NO_HASH, Address, Hash32, to_hex

Shown = Literal["own", "shown"]
"""By the party's first key, which is its address; or by a key or agent that records show."""


class Speakers:
    """Finds out for whom each signature of a story speaks.

    Args:
        desk: who is asked for the heads of chains; its answers decide nothing.
        reader: reads and proves the records of the chains.

    """

    def __init__(self, desk: Desk, reader: Reader) -> None:
        self._desk = desk
        self._reader = reader
        self._charters: list[Reread] = []
        self._chains: dict[Address, list[Reread]] = {}
        self._holding: dict[bytes, bool] = {}

    def seat(self, charter: Reread) -> None:
        """Put a Charter, or an Amendment whose signers were checked, in force from its index on."""
        self._charters.append(charter)

    def unseat_from(self, size: int) -> None:
        """Put out of force what no checkpoint of a size covers."""
        self._charters = [charter for charter in self._charters if charter.index < size]

    def signatures_of(self, read: Reread) -> Sequence[Shown] | None:
        """Tell for each signature of a record how it is shown; None when one is not.

        Those of a Charter are not its author's to show: :mod:`.founding` checks them.
        """
        record = read.record
        if signature_count(record) is None:
            return self.governors_of(read)
        parties = [record.author]
        if isinstance(record, Receipt) and record.operation == "acceptShort":
            parties.append(record.who.sender)
        if len(parties) != len(read.signed.signers):
            return None  # a change of key, which has no place in a story
        # Signatures stand in the order of their addresses, not of the parties. The order in which
        # most show themselves comes first, and asks for the fewest chains.
        orders = sorted(
            permutations(parties),
            key=lambda order: sum(a != b for a, b in zip(order, read.signed.signers, strict=True)),
        )
        for order in orders:
            found = [
                self._speaks(read, party, signer)
                for party, signer in zip(order, read.signed.signers, strict=True)
            ]
            if all(found):
                return [shown for shown in found if shown]
        return None

    def governors_of(self, read: Reread) -> Sequence[Shown] | None:
        """Tell how a record is signed by exactly the governors it needs; None when it is not.

        The charter in force is that at the record's index: for an Amendment the one before it.
        """
        charter = self._charter_at(read.index)
        if charter is None:
            return None
        governors, signers = charter.who.governors, read.signed.signers
        is_by_all = isinstance(read.record, KeyChange) and read.record.operation == "override"
        needed = len(governors) if is_by_all else charter.amounts.threshold
        seats = {governor: governor for governor in governors}
        if not seats.keys() >= set(signers):
            later = {self._key_at(one, read.index, read.at_ms): one for one in governors}
            seats = later | seats
        seated = {seats[signer] for signer in signers if signer in seats}
        if len(signers) != needed or len(seated) != needed or read.record.author not in seated:
            return None
        return ["own" if signer in governors else "shown" for signer in signers]

    def _charter_at(self, index: int) -> Charter | Amendment | None:
        before = [read.record for read in self._charters if read.index < index]
        last = before[-1] if before else None
        return last if isinstance(last, Charter | Amendment) else None

    def _speaks(self, read: Reread, party: Address, signer: Address) -> Shown | None:
        if signer == party:
            return "own"
        if self._key_at(party, read.index, read.at_ms) == signer:
            return "shown"
        if read.record.what.author_role == "governor":
            return None
        return "shown" if self._is_agent(read, party, signer) else None

    # -- later keys --------------------------------------------------------------------------

    def _key_at(self, party: Address, index: int, at_ms: int) -> Address:
        """Return a party's key before an index, at a time, by the changes of its chain that hold.

        A recovered key takes effect after the delay of the charter, unless the party objects.
        """
        key, next_key, next_from_ms = party, None, 0
        for read in self._chain(party):
            if read.index >= index:
                break
            record = read.record
            if not isinstance(record, KeyChange) or not self._holds(read):
                continue
            if next_key is not None and next_from_ms <= read.at_ms:
                key, next_key = next_key, None
            if record.operation == "recover":
                next_key, next_from_ms = record.who.new_key, read.at_ms + self._delay_ms(read)
            elif record.operation == "object":
                next_key = None
            else:
                key, next_key = record.who.new_key, None
        return next_key if next_key is not None and next_from_ms <= at_ms else key

    def _delay_ms(self, read: Reread) -> int:
        charter = self._charter_at(read.index)
        return charter.amounts.recovery_delay_seconds * 1000 if charter else 0

    def _holds(self, change: Reread) -> bool:
        """Tell whether a KeyChange is signed as it must be, and is proved; doubt it if not."""
        known = self._holding.get(change.record_id)
        if known is None:
            known = self._is_well_signed(change)
            if not known:
                self._reader.doubt(
                    change.place, "a change of key that not all who must have signed"
                )
            known = self._reader.prove(change) and known
            self._holding[change.record_id] = known
        return known

    def _is_well_signed(self, change: Reread) -> bool:
        record, signers = change.record, set(change.signed.signers)
        if record.operation in ("recover", "override"):
            return self.governors_of(change) is not None
        old_key = self._key_at(record.who.party, change.index, change.at_ms)
        new_keys = {record.who.new_key} if record.operation == "rotate" else set()
        return record.author == record.who.party and signers == {old_key, *new_keys}

    # -- agents ------------------------------------------------------------------------------

    def _is_agent(self, read: Reread, party: Address, signer: Address) -> bool:
        """Tell whether the last record of a signer's chain before this one makes it an agent."""
        before = [one for one in self._chain(signer) if one.index < read.index]
        last = before[-1] if before else None
        if last is None or not isinstance(last.record, Admission):
            return False
        what, until = last.record.what, last.record.scene.valid_until
        is_for_this = (
            what.role == "agent"
            and last.record.author == party
            and read.record.KIND.name in what.kinds
            and (until == 0 or read.at_ms // 1000 <= until)
        )
        # Admitting needs the party's key itself: no agent admits another.
        keys = (party, self._key_at(party, last.index, last.at_ms))
        is_by_party = len(last.signed.signers) == 1 and last.signed.signers[0] in keys
        return is_for_this and is_by_party and self._reader.prove(last)

    # -- chains ------------------------------------------------------------------------------

    def _chain(self, address: Address) -> list[Reread]:
        """Return the chain of a party or an agent, the first record first; none if it breaks."""
        if address not in self._chains:
            self._chains[address] = []  # while it is read
            self._chains[address] = self._follow(address)
        return self._chains[address]

    def _follow(self, address: Address) -> list[Reread]:
        def is_of_party(read: Reread) -> bool:
            record = read.record
            is_chained = isinstance(record, Admission | Revocation | KeyChange)
            return is_chained and record.who.party == address

        told = self._reader.follow(self._head(address), NO_HASH, is_of_party)
        if told is None:
            place = f"party {to_hex(address)}"
            self._reader.doubt(place, "its records do not lead back to its first")
        return told or []

    def _head(self, address: Address) -> Hash32:
        try:
            return hash_of(self._desk.party(address)["head"])
        except (Unknown, Refused):
            return NO_HASH
        except Damaged as error:
            self._reader.doubt(f"party {to_hex(address)}", str(error))
            return NO_HASH
