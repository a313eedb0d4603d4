"""A draft as its signers must see it: in words, as typed data, and signed by whom.

The digest is always computed here, from the checked record; a signer is whoever recovers from that.
So a signature over anything else names a stranger, whatever its maker was shown. Who may sign, and
whether the record is accepted, the rules decide when it is sent; this tells what can be told
before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from ledger.access import reader_of
from ledger.answers.clear_signing import OF_KIND, lines_of, sentence_of
from ledger.answers.reading import Reading
from ledger.answers.shapes import DraftAnswer, LineShown, SignerShown
from ledger.answers.typed_data import data_of
from ledger.canonical import Envelope, decode, read_plain, seal
from ledger.canonical.private import cut_private
from ledger.errors import BadQuestion, Refusal, Refused
from ledger.records import Charter, KeyChange, Receipt, Record
from ledger.signing import SIGNATURES_MAX, record_id, recover, signature_count
from ledger.signing.private import PrivateField, read_private
from ledger.values import Address, Hash32, from_hex

_SIGNATURE: Final = re.compile("(?:0x|0X)?([0-9a-fA-F]{1,400})", re.ASCII)
_AROUND: Final = re.compile(r"[\s\"']")


def read_beside(raw: bytes) -> tuple[Envelope, tuple[PrivateField, ...]]:
    """Read a draft, in canonical bytes or not, with or without signatures and private fields.

    Raises:
        Refused: a rule of the group *bytes*.

    """
    cut, plain = cut_private(raw)
    envelope = seal(*read_plain(decode(cut)))
    return envelope, () if plain is None else read_private(envelope.record, plain)


def signatures_by_signer(envelope: Envelope, ledger_id: Hash32) -> dict[Address, bytes]:
    """Return a draft's signatures by their signers, which ascend.

    Raises:
        Refused: ``signature-form`` or ``signature-count``: one is none, or there are too many.

    """
    if len(envelope.signatures) > SIGNATURES_MAX:
        expected = f"at most {SIGNATURES_MAX}"
        came = str(len(envelope.signatures))
        raise Refused(Refusal("signature-count", "signatures", expected, came))
    digest = record_id(envelope.record, ledger_id)
    found = {
        recover(digest, signature, f"signatures.{at}"): signature
        for at, signature in enumerate(envelope.signatures)
    }
    return dict(sorted(found.items()))


def read_signature(text: str) -> bytes:
    """Read a signature as wallets give it and people paste it: with 0x or without, in either case.

    Raises:
        BadQuestion: it is not hex.

    """
    found = _SIGNATURE.fullmatch(_AROUND.sub("", text))
    read = None if found is None else from_hex("0x" + found[1].lower(), len(found[1]) // 2)
    if read is None:
        raise BadQuestion("signature", "r, s and v as 65 bytes in hex")
    return read


def with_signature(envelope: Envelope, ledger_id: Hash32, signature: bytes) -> Envelope:
    """Return a draft with one more signature, in its place among the others.

    Raises:
        Refused: ``signature-form``: it is no signature.

    """
    found = signatures_by_signer(envelope, ledger_id)
    found[recover(record_id(envelope.record, ledger_id), signature)] = signature
    return seal(envelope.record, tuple(found[signer] for signer in sorted(found)))


def parties_asked(record: Record) -> tuple[Address, ...]:
    """Return whose keys or agents a record asks to sign; of governors, its author alone."""
    if isinstance(record, Charter):
        return record.who.governors
    if isinstance(record, Receipt) and record.what.operation == "acceptShort":
        return (record.author, record.who.sender)
    if isinstance(record, KeyChange) and record.what.operation == "rotate":
        return (record.author, record.who.new_key)
    return (record.author,)


def drafted(ledger: Reading, envelope: Envelope) -> DraftAnswer:
    """Answer what a draft says, and who has signed it.

    Raises:
        Refused: ``signature-form`` or ``signature-count``.

    """
    record, ledger_id = envelope.record, ledger.charter.ledger_id
    needed = signature_count(record)
    by_signer = signatures_by_signer(envelope, ledger_id)
    asked = set(parties_asked(record))
    if needed is None and not isinstance(record, Charter):
        asked |= set(ledger.charter.governors)
    signers = tuple(
        SignerShown(one, not asked.isdisjoint(_spoken_for(ledger, one))) for one in by_signer
    )
    is_enough = bool(signers) if needed is None else len(signers) == needed
    return DraftAnswer(
        kind=record.KIND.name,
        operation=record.operation,
        record_id=record_id(record, ledger_id),
        ledger_id=ledger_id,
        intent=OF_KIND[record.KIND.name].intent,
        sentence=sentence_of(record),
        lines=tuple(LineShown(line.label, line.values) for line in lines_of(record)),
        asked=parties_asked(record),
        by_governors=needed is None,
        signatures_needed=needed,
        signers=signers,
        is_ready=is_enough and all(one.is_asked for one in signers),
        typed_data=data_of(record, ledger_id),
        envelope=json.loads(seal(record, tuple(by_signer.values())).raw),
    )


def _spoken_for(ledger: Reading, signer: Address) -> Iterator[Address]:
    """Yield the address itself, and the party whose key or agent it is now."""
    yield signer
    reader = reader_of(ledger.view, signer, ledger.now_ms)
    if reader is not None:
        yield reader.party
