"""A desk that nobody's rules stand behind: it answers with whatever records it was given.

Its entries, its tree, its proofs and its notes are all in order; only what it says may be made up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.canonical import Envelope
from ledger.checkpoint import Checkpoint, SignerKey, sign_checkpoint
from ledger.desk import Desk
from ledger.desk.books import Books
from ledger.entry import Entry, hash_of
from ledger.errors import Unknown
from ledger.records import Amendment, Charter, Record
from ledger.rules import touches
from ledger.signing import SignedRecord, read_signed, sign_record
from ledger.values import NO_HASH, Address, Hash32, Milliseconds, ParcelId, to_hex
from tests.reference_merkle import Reference
from tests.world import ORIGIN, World, secret_of


@dataclass
class Forger(Desk):
    """Says what it is told to say, under the id of a world's ledger.

    Args:
        world: whose Charter stands at index 0, and who drafts.
        log_key: what signs its checkpoints.
        unlogged: how many of the last records are in no tree.
        replaced: indexes where the tree has another leaf than what is told.

    """

    world: World
    log_key: SignerKey = field(default_factory=lambda: SignerKey(ORIGIN, secret_of("log")))
    unlogged: int = 0
    replaced: set[int] = field(default_factory=set)
    lines: list[tuple[bytes, SignedRecord]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._add(self.world.log[0][1].envelope)

    def say(self, record: Record, *names: str) -> Hash32:
        """Take a record signed by named actors, whoever they are; return its id."""
        secrets = [secret_of(name) for name in names]
        return self._add(sign_record(record, self.world.ledger_id, secrets))

    def _add(self, envelope: Envelope) -> Hash32:
        signed = read_signed(envelope.raw, self.world.ledger_id)
        previous = hash_of(self.lines[-1][0]) if self.lines else NO_HASH
        now_ms = Milliseconds(self.world.now_ms + len(self.lines))
        self.lines.append((Entry(now_ms, previous, signed.root).encode(), signed))
        return Hash32(signed.record_id)

    def head_of(self, address: Address) -> Hash32:
        """Return the last record about a party or an agent; zeros if there is none."""
        return self._last(lambda record: getattr(record.who, "party", None) == address)

    def _last(self, fits: Callable[[Record], bool]) -> Hash32:
        ids = [Hash32(signed.record_id) for _, signed in self.lines if fits(signed.record)]
        return ids[-1] if ids else NO_HASH

    # -- answers -----------------------------------------------------------------------------

    def ask(self, path: str, **given: str | int) -> dict[str, Any]:
        """Answer as far as a story is checked."""
        sort, name = path.split("/")[-2:]
        if name == "story":
            return self._story(sort)
        if path == "/v1/charter":
            head = self._last(lambda record: isinstance(record, Charter | Amendment))
            return {"head": to_hex(head)}
        if path == "/v1/checkpoint":
            return self._checkpoint()
        if path == "/v1/proofs/inclusion":
            return self._inclusion(int(given["index"]), int(given["size"]))
        if sort == "entries":
            return {"index": int(name), "recordId": to_hex(self.lines[int(name)][1].record_id)}
        if sort == "parties":
            head = self.head_of(Address(bytes.fromhex(name[2:])))
            return {"address": name, "head": None if head == NO_HASH else to_hex(head)}
        if sort == "records":
            return self._record(name)
        return self._parcel(name)

    def append(self, envelopes: Sequence[bytes], **_: Any) -> list[Any]:  # type: ignore[override]
        """Take nothing: a story is only told."""
        raise NotImplementedError

    def _parcel(self, parcel: str) -> dict[str, Any]:
        head = [one for one, parcels in self._moves() if parcel in parcels][-1]
        books = Books()
        for _, signed in self.lines:
            books.take(signed.record, Hash32(signed.record_id))
        goods = books.goods(ParcelId(bytes.fromhex(parcel[2:])))
        whole = {"withheld": [], "names": {}}
        return {"parcelId": parcel, "head": head, **whole, **(goods.shown() if goods else {})}

    def _moves(self) -> list[tuple[str, list[str]]]:
        return [
            (
                to_hex(signed.record_id),
                [to_hex(one) for one in touches(signed.record, signed.record_id)],
            )
            for _, signed in self.lines
        ]

    def _story(self, parcel: str) -> dict[str, Any]:
        steps = [{"recordId": one} for one, parcels in self._moves() if parcels]
        return {"parcelId": parcel, "steps": steps, "isWhole": True, "names": {}, "cursor": None}

    def _record(self, record_id: str) -> dict[str, Any]:
        for index, (raw, signed) in enumerate(self.lines):
            if to_hex(signed.record_id) == record_id:
                envelope = json.loads(signed.envelope.raw)
                entry = to_hex(raw)
                return {"recordId": record_id, "index": index, "entry": entry, "envelope": envelope}
        raise Unknown("record", record_id)

    def _tree(self) -> tuple[Reference, int]:
        size = len(self.lines) - self.unlogged
        leaves = {index: raw for index, (raw, _) in enumerate(self.lines[:size])}
        return Reference(leaves | dict.fromkeys(self.replaced, b"another line")), size

    def _checkpoint(self) -> dict[str, Any]:
        tree, size = self._tree()
        checkpoint = Checkpoint(ORIGIN, size, Hash32(tree.mth(0, size)))
        note = sign_checkpoint(checkpoint, [self.log_key]).encode().decode()
        return {"size": size, "note": note}

    def _inclusion(self, index: int, size: int) -> dict[str, Any]:
        proof = self._tree()[0].path(index, size)
        return {"index": index, "size": size, "proof": [to_hex(one) for one in proof]}
