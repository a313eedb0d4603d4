"""Step 1.1 of the order of work: envelopes read strictly, and their signers recovered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.book.helper import Helper, Signed
from ledger.canonical import read_envelope
from ledger.errors import Refusal, Refused
from ledger.signing import SaidRecord, SignedRecord, attribute, identify, read_signed, signers_of
from ledger.values import Address, Hash32


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
        said: list[SaidRecord | Refusal] = []
        found = self._helper.signers(self._say(raws, said), len(raws))
        if found is None:
            yield from map(self._read, raws)
            return
        signers = iter(found)
        for each in said:
            yield each if isinstance(each, Refusal) else _attributed(each, next(signers))

    def _say(self, raws: Sequence[bytes], said: list[SaidRecord | Refusal]) -> Iterator[Signed]:
        """Read envelopes as far as they go without their signers, which are asked for."""
        for raw in raws:
            try:
                each = identify(read_envelope(raw), self._ledger_id)
            except Refused as refused:
                said.append(refused.refusal)
            else:
                said.append(each)
                yield each.record_id, each.envelope.signatures

    def _read(self, raw: bytes) -> SignedRecord | Refusal:
        try:
            return read_signed(raw, self._ledger_id)
        except Refused as refused:
            return refused.refusal

    def close(self) -> None:
        """End the helper."""
        self._helper.close()


def _attributed(said: SaidRecord, signers: tuple[Address, ...] | None) -> SignedRecord | Refusal:
    try:
        if signers is None:  # done again here, where the fault is named
            signers = signers_of(said.record_id, said.envelope.signatures)
        return attribute(said, signers)
    except Refused as refused:
        return refused.refusal
