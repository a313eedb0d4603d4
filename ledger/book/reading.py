"""Step 1.1 of the order of work: envelopes read strictly, and their signers recovered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ledger.book.helper import Helper, Signed
from ledger.canonical import Envelope, read_envelope
from ledger.errors import Refusal, Refused
from ledger.records.compiled import maker
from ledger.signing import SignedRecord, check_signatures, read_signed
from ledger.values import Hash32

_make_signed: Final = maker(SignedRecord)


class Reader:
    """Reads envelopes in whatever thread asks, with a helper where there is one.

    Args:
        ledger_id: the ledger they are meant for.
        helper: its own, unless one is given.

    """

    def __init__(self, ledger_id: Hash32, helper: Helper | None = None) -> None:
        self._ledger_id = ledger_id
        self._helper = helper or Helper()

    def read(self, raws: Sequence[bytes]) -> Iterator[SignedRecord | Refusal]:
        """Yield, for each envelope in turn, what it says or why it is refused."""
        said: list[Envelope | Refusal] = []
        found = self._helper.signed(self._ledger_id, self._well_formed(raws, said), len(raws))
        if found is None:
            yield from map(self._read, raws)
            return
        signed = iter(found)
        for each in said:
            yield each if isinstance(each, Refusal) else self._attributed(each, next(signed))

    def _well_formed(
        self, raws: Sequence[bytes], said: list[Envelope | Refusal]
    ) -> Iterator[bytes]:
        """Read envelopes as far as their form goes, and yield those that are in order."""
        for raw in raws:
            try:
                said.append(read_envelope(raw))
            except Refused as refused:
                said.append(refused.refusal)
            else:
                yield raw

    def _attributed(self, envelope: Envelope, signed: Signed) -> SignedRecord | Refusal:
        if signed is not None:
            return _make_signed(envelope, *signed)
        try:  # again, where the fault is named
            return check_signatures(envelope, self._ledger_id)
        except Refused as refused:
            return refused.refusal

    def _read(self, raw: bytes) -> SignedRecord | Refusal:
        try:
            return read_signed(raw, self._ledger_id)
        except Refused as refused:
            return refused.refusal

    def close(self) -> None:
        """End the helper."""
        self._helper.close()
