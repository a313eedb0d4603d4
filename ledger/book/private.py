"""Private fields on their way in: taken apart from their records, and settled after a crash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ledger.canonical import Plain
from ledger.canonical.private import PLACE, cut_private
from ledger.errors import Refusal, Refused
from ledger.records import Admission
from ledger.signing import SignedRecord
from ledger.signing.private import read_private
from ledger.store.private import Keeping, PrivateStore
from ledger.store.protocol import Store


class Apart:
    """What was handed in, with the private fields taken from between the records.

    Args:
        raws: envelopes, each with or without private fields in it.
        keeps: whether such fields are kept here.

    Attributes:
        envelopes: the same without the fields; empty where these cannot be told apart.
        keepings: the fields that prove themselves, by the place of their record; filled while
            :meth:`check` is asked.

    """

    def __init__(self, raws: Sequence[bytes], *, keeps: bool) -> None:
        self.envelopes: list[bytes] = []
        self.keepings: dict[int, Keeping] = {}
        self._keeps = keeps
        self._beside: dict[int, Plain] = {}
        self._refused: dict[int, Refusal] = {}
        for place, raw in enumerate(raws):
            self.envelopes.append(self._cut(place, raw))

    def _cut(self, place: int, raw: bytes) -> bytes:
        try:
            envelope, plain = cut_private(raw)
        except Refused as refused:
            self._refused[place] = refused.refusal
            return b""
        if plain is not None:
            self._beside[place] = plain
        return envelope

    def check(self, reads: Iterable[SignedRecord | Refusal]) -> Iterator[SignedRecord | Refusal]:
        """Check the fields of each record that could be read, and yield what became of both.

        Args:
            reads: what reading :attr:`envelopes` gave, in their order.

        """
        for place, read in enumerate(reads):
            if place in self._refused:
                yield self._refused[place]
            elif place not in self._beside or isinstance(read, Refusal):
                yield read
            else:
                yield self._checked(place, read)

    def _checked(self, place: int, signed: SignedRecord) -> SignedRecord | Refusal:
        if not self._keeps:
            return Refusal("fields", PLACE, "none: this ledger keeps no private fields", "some")
        record = signed.record
        try:
            fields = read_private(record, self._beside[place])
        except Refused as refused:
            return refused.refusal
        subject = record.who.party if isinstance(record, Admission) else None
        self.keepings[place] = Keeping(signed.record_id, fields, subject)
        return signed


def settle_private(store: Store, private: PrivateStore) -> None:
    """End what a crash left pending: the log alone says whether a record was accepted."""
    pending = private.pending()
    if not pending:
        return
    with store.view() as view:
        accepted = {one for one in pending if view.index_of(one) is not None}
    private.settle(sorted(accepted), [one for one in pending if one not in accepted])
