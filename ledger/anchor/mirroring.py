"""Records as calls to the contract ``CustodyRegistry``, a mirror of a ledger's custody on a chain.

A call says exactly what the parties signed: the record field for field, then the signatures. What
kinds are mirrored, and why the others are not, stands in ``docs/spec/mirror.md``. Whether a record
that can be said is taken depends on what the mirror holds: what comes of a parcel that left it, or
of a record that was never sent, is refused there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ledger.anchor.artifacts import Contract, contract
from ledger.records import SHEETS, Charter, Record
from ledger.signing import SignedRecord
from ledger.values import Hash32

FUNCTIONS: Final = {
    "Amendment": "amend",
    "Admission": "admit",
    "Revocation": "revoke",
    "KeyChange": "changeKey",
    "Registration": "register",
    "Handoff": "handOff",
    "Receipt": "receive_",
    "Withdrawal": "withdraw",
    "Transformation": "transform",
}
"""The function of the registry that takes each mirrored kind."""


def registry() -> Contract:
    """Return the compiled contract."""
    return contract("CustodyRegistry")


def creation_of(ledger_id: Hash32, charter: Charter) -> bytes:
    """Return what makes the mirror of a ledger, as the data of a transaction without recipient.

    Args:
        ledger_id: the record id of the ledger's Charter; the contract refuses any other.
        charter: that Charter.

    """
    return registry().creation(ledger_id, as_struct(charter))


def call_of(signed: SignedRecord) -> bytes | None:
    """Return the call that mirrors a record; None where its kind is not mirrored.

    The Charter is not: the contract is made with it.
    """
    function = FUNCTIONS.get(signed.envelope.kind)
    if function is None:
        return None
    return registry().call(function, as_struct(signed.record), signed.envelope.signatures)


def batch_of(calls: Iterable[bytes]) -> bytes:
    """Return one call that makes several, all of them or none."""
    return registry().call("batch", tuple(calls))


def as_struct(record: Record) -> tuple[Any, ...]:
    """Return a record as the value of its Solidity struct: four sheets and details."""
    sheets = [getattr(record, place) for place in SHEETS]
    fields = [tuple(getattr(sheet, field.name) for field in sheet.FIELDS) for sheet in sheets]
    return (*fields, record.details)
