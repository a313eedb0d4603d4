"""Digests, signatures, shown sheets and private fields of checked records.

The only room beside ``checkpoint`` that touches a cryptographic library. A digest is computed only
from a record that :mod:`ledger.canonical` has checked and frozen; no dict from outside reaches an
encoder. Whether a signer may sign is the rules' question; here it is only found out who signed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ledger.canonical import Envelope, read_envelope, seal
from ledger.entry import record_root
from ledger.errors import Refusal, Refused
from ledger.records import KINDS, Record
from ledger.records.compiled import maker
from ledger.signing.curve import address_of_secret, recover, sign
from ledger.signing.details import Detail, details_leaves, details_root
from ledger.signing.hashing import (
    DOMAIN_NAME,
    DOMAIN_VERSION,
    domain_separator,
    output_id,
    record_id,
    sheet_hash,
    sheet_hashes,
    struct_hash,
    type_hash,
)
from ledger.signing.packing import keccak
from ledger.signing.sheets import ShownRecord, read_shown, show
from ledger.values import Address, Hash32


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """An envelope that is well said: its id, its root for the log, and who signed, ascending."""

    envelope: Envelope
    record_id: Hash32
    root: Hash32
    signers: tuple[Address, ...]

    @property
    def record(self) -> Record:
        """The checked record."""
        return self.envelope.record


_make_signed: Final = maker(SignedRecord)

SIGNATURES_MAX: Final = 16
"""No record bears more: the governors are at most as many."""

_SIGNED_BY_TWO: Final = frozenset((("KeyChange", "rotate"), ("Receipt", "acceptShort")))
_GOVERNED_KINDS: Final = frozenset(("Charter", "Amendment"))
_GOVERNED_BY_ROLE: Final = frozenset(("Admission", "Revocation"))
_GOVERNED: Final = frozenset(
    (("KeyChange", "recover"), ("KeyChange", "override"), ("Report", "release"))
)
_SIGNED_BY_ONE: Final = (
    KINDS.keys()
    - _GOVERNED_KINDS
    - _GOVERNED_BY_ROLE
    - {kind for kind, _ in _SIGNED_BY_TWO | _GOVERNED}
)
"""Kinds that one signs whatever the operation: most records by far."""


def _is_governed(record: Record) -> bool:
    """Tell whether governors sign, so that the charter in force decides how many."""
    kind = record.KIND.name
    if kind in _GOVERNED_BY_ROLE:
        by_governor = record.what.author_role == "governor"
        return by_governor and record.operation in ("authority", "auditor")
    return kind in _GOVERNED_KINDS or (kind, record.operation) in _GOVERNED


def signature_count(record: Record) -> int | None:
    """Return how many signatures a record bears; None where the charter's k or n decides.

    Source: ``docs/spec/signatures.md``; it follows from kind, operation and role alone.
    """
    kind = record.KIND.name
    if kind in _SIGNED_BY_ONE:
        return 1
    if _is_governed(record):
        return None
    return 2 if (kind, record.operation) in _SIGNED_BY_TWO else 1


def _check_count(envelope: Envelope) -> None:
    needed, came = signature_count(envelope.record), len(envelope.signatures)
    is_wrong = not 0 < came <= SIGNATURES_MAX if needed is None else came != needed
    if is_wrong:
        expected = str(needed) if needed is not None else "as many as the charter asks"
        raise Refused(Refusal("signature-count", "signatures", expected, str(came)))


def check_signatures(envelope: Envelope, ledger_id: Hash32) -> SignedRecord:
    """Recover the signers of an envelope.

    Args:
        envelope: a checked envelope.
        ledger_id: the ledger it is meant for; not used for a Charter.

    Raises:
        Refused: ``signature-form``, ``signature-count`` or ``signature-order``.

    """
    signatures = envelope.signatures
    if len(signatures) > SIGNATURES_MAX:  # no record bears so many, and each would be recovered
        _check_count(envelope)
    digest = record_id(envelope.record, ledger_id)
    # Before the count, since a signature from which no key recovers is a fault of form.
    signers = tuple(
        [recover(digest, each, f"signatures.{at}") for at, each in enumerate(signatures)]
    )
    _check_count(envelope)
    if len(signers) > 1 and list(signers) != sorted(set(signers)):
        expected = "ascending signers, each once"
        raise Refused(Refusal("signature-order", "signatures", expected, "another order"))
    return _make_signed(envelope, digest, record_root(digest, signatures), signers)


def sign_record(record: Record, ledger_id: Hash32, secrets: Iterable[bytes]) -> Envelope:
    """Sign a checked record with each 32-byte secret key, in the fixed order.

    Raises:
        ValueError: a secret is no key.

    """
    digest = record_id(record, ledger_id)
    signatures = {address_of_secret(secret): sign(digest, secret) for secret in secrets}
    return seal(record, tuple(signatures[signer] for signer in sorted(signatures)))


def read_signed(raw: bytes, ledger_id: Hash32) -> SignedRecord:
    """Read an envelope from bytes and recover its signers.

    Raises:
        Refused: a rule of the groups *bytes* and *signatures*.

    """
    return check_signatures(read_envelope(raw), ledger_id)


__all__ = [
    "DOMAIN_NAME",
    "DOMAIN_VERSION",
    "Detail",
    "ShownRecord",
    "SignedRecord",
    "address_of_secret",
    "check_signatures",
    "details_leaves",
    "details_root",
    "domain_separator",
    "keccak",
    "output_id",
    "read_shown",
    "read_signed",
    "record_id",
    "recover",
    "sheet_hash",
    "sheet_hashes",
    "show",
    "sign",
    "sign_record",
    "signature_count",
    "struct_hash",
    "type_hash",
]
