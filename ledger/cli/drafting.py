"""Draft files: an envelope with no, some or all of its signatures, passed round to be signed.

A draft file is the envelope itself, one line of JSON. It holds no key; of what is secret it holds
the private fields that are to be handed in with it, if there are any. It does not say which ledger
it is for: each signature does, and a signature for another ledger is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from ledger.answers.drafted import parties_asked, read_beside, with_signature
from ledger.canonical import Envelope
from ledger.canonical.private import join_private
from ledger.cli.describe import Name, author, fields, sentence, title
from ledger.cli.output import Output
from ledger.cli.session import Session
from ledger.desk import Desk
from ledger.errors import BadQuestion, Refusal, Refused, SignInNeeded, Unavailable, Unknown
from ledger.files import write_over
from ledger.keys import RecordStatement, Signer, check_signature
from ledger.records import Admission, Charter, KeyChange, Record
from ledger.signing import SignedRecord, record_id, recover, signature_count
from ledger.signing.private import PrivateField, private_to_plain
from ledger.values import NO_HASH, Address, Hash32, to_hex

STDIN = "-"
Private: TypeAlias = tuple[PrivateField, ...]


def read_draft(file: str) -> Envelope:
    """Read a draft; "-" reads stdin.

    Raises:
        BadQuestion: there is no such file.
        Refused: a rule of the group *bytes*: it is no envelope.

    """
    return read_beside(_bytes_of(file).strip())[0]


def read_with_private(file: str) -> tuple[Envelope, Private]:
    """Read a draft and the private fields in it; raises as :func:`read_draft` does."""
    return read_beside(_bytes_of(file).strip())


def sent_bytes(envelope: Envelope, private: Private) -> bytes:
    """Return an envelope as it is sent, with the private fields that go with it."""
    return join_private(envelope.raw, private_to_plain(private)) if private else envelope.raw


def read_envelopes(file: str) -> list[tuple[Envelope, Private]]:
    """Read envelopes, one a line; raises as :func:`read_draft` does."""
    lines = [line for line in _bytes_of(file).splitlines() if line.strip()]
    if not lines:
        raise BadQuestion("file", f"an envelope on each line; {file} has none")
    return [read_beside(line.strip()) for line in lines]


def _bytes_of(file: str) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError:
        raise BadQuestion("file", f"a file that can be read; {file} cannot") from None


def write_draft(file: Path, envelope: Envelope, private: Private = ()) -> None:
    """Write a draft, and its private fields, in place of what the file held; whole, or not at all.

    Raises:
        BadQuestion: it cannot be written there.

    """
    raw = sent_bytes(envelope, private)
    try:
        if file.is_symlink() or (file.exists() and not file.is_file()):  # /dev/stdout, a pipe
            file.write_bytes(raw + b"\n")
        else:
            write_over(file, raw.decode() + "\n")
    except OSError as error:
        raise BadQuestion("--out", f"a file that can be written: {error.strerror}") from None


def signers_of(envelope: Envelope, ledger_id: Hash32) -> tuple[Address, ...]:
    """Return who has signed a draft so far, ascending.

    Raises:
        Refused: ``signature-form``: a signature is none.

    """
    digest = id_of(envelope.record, ledger_id)
    return tuple(sorted(recover(digest, signature) for signature in envelope.signatures))


def id_of(record: Record, ledger_id: Hash32) -> Hash32:
    """Return a record's id; a Charter's does not depend on the ledger, which it founds."""
    return record_id(record, NO_HASH if isinstance(record, Charter) else ledger_id)


def add_signature(envelope: Envelope, ledger_id: Hash32, signer: Signer) -> Envelope:
    """Return a draft with one more signature, in its place among the others.

    Raises:
        BadQuestion: the signer does not sign.

    """
    statement = RecordStatement(envelope.record, ledger_id)
    signature = signer.sign(statement)
    # Whatever signed, what it gave is looked at before it is written or sent.
    check_signature(statement.digest, signature, signer.address, "from the key")
    return with_signature(envelope, ledger_id, signature)


def check_signers(session: Session, desk: Desk, signed: Iterable[SignedRecord]) -> None:
    """Check that the signers of records are those whom they ask, as far as this desk tells.

    Of governors the ledger tells which ones sign. Whom an earlier record of the same batch names,
    it may make a key or an agent of somebody: that is told when it is recorded.

    Raises:
        Refused: ``signer``: one is nobody's here, or another's; or something else was signed.

    """
    owners: dict[Address, str | None] = {}
    named: set[Address] = set()
    for one in signed:
        record, asked = one.record, parties_asked(one.record)
        for signer in one.signers if signature_count(record) is not None else ():
            if signer in asked or signer in named:
                continue
            if signer not in owners:
                owners[signer] = _owner(desk, signer)
            owner = owners[signer]
            if owner is not None and owner not in map(to_hex, asked):
                parties = " or ".join(map(session.name, asked))
                expected = f"a signature over {to_hex(one.record_id)} by a key of {parties}"
                raise Refused(Refusal("signer", "signatures", expected, session.name(signer)))
        named |= _people_named(record)


def _owner(desk: Desk, signer: Address) -> str | None:
    """Return whose key or agent an address is; "" for nobody's, None where the desk does not tell.

    What a desk does not tell, the ledger looks at anyway.
    """
    try:
        party = desk.party(signer)
    except Unknown:
        return ""
    except (SignInNeeded, Unavailable, BadQuestion):
        return None
    # An agent is told by its own address, with its party's beside it.
    owner: str = party["address"] if party["sort"] == "party" else party["party"]
    return owner


def _people_named(record: Record) -> set[Address]:
    if isinstance(record, Admission):
        return {record.who.party}
    return {record.who.new_key} if isinstance(record, KeyChange) else set()


def show_draft(out: Output, envelope: Envelope, ledger_id: Hash32, name: Name) -> None:
    """Show people what a draft says, in full, on stderr."""
    record = envelope.record
    out.note(f"{author(record, name)}\n{sentence(record, name)}", style="bold")
    signed = [("signed by", name(signer)) for signer in signers_of(envelope, ledger_id)]
    id_text = to_hex(id_of(record, ledger_id))
    ledger_text = "" if isinstance(record, Charter) else to_hex(ledger_id)
    ids = [("record id", id_text), ("for ledger", ledger_text)]
    out.pairs([("record", title(record)), *fields(record, name), *ids, *signed], aside=True)


def document_of(
    envelope: Envelope, ledger_id: Hash32, file: str, needed: int | None = None
) -> dict[str, Any]:
    """Return the JSON document of a draft that was written to a file.

    Args:
        envelope: the draft.
        ledger_id: the ledger that it is for.
        file: where it was written.
        needed: how many governors sign, where that is theirs to do and known.

    """
    record = envelope.record
    return {
        "file": file,
        "kind": record.KIND.name,
        "operation": record.operation,
        "recordId": to_hex(id_of(record, ledger_id)),
        "signers": [to_hex(signer) for signer in signers_of(envelope, ledger_id)],
        "signaturesNeeded": signature_count(record) or needed,
    }
