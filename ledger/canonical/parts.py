"""Envelopes of which sheets are withheld, read as strictly as what is shown allows.

In the place of a withheld sheet stands its hash. Signatures are shown with *who* alone, since they
reveal who signed; where it is withheld, the hash that stands for them in the log's line takes their
place.
"""

from __future__ import annotations

from typing import Final

from ledger.canonical.reading import Faults, has_members, read_record_in_part
from ledger.canonical.text import Plain, refuse
from ledger.records import KINDS, WRITABLE, Record, Withheld
from ledger.values import HASH_BYTES, Hash32, from_hex

_MEMBERS: Final = frozenset(("kind", "record", "signatures"))
_KINDS: Final = frozenset(record.KIND.name for record in WRITABLE)


def read_part(plain: Plain) -> tuple[Record, Hash32]:
    """Read an envelope of which *who*, and so the signatures, are withheld.

    Args:
        plain: the envelope as JSON reads it.

    Returns:
        The record, with :class:`~ledger.records.Withheld` in the place of each sheet that is not
        shown; and the hash of its signatures.

    Raises:
        Refused: a rule of the group *bytes*, as far as fields are shown; ``type`` if *who* is shown
            and the signatures are not.

    """
    kind = plain.get("kind") if type(plain) is dict else None
    if type(kind) is not str or kind not in _KINDS:
        raise refuse("kind", "kind", "one of the kinds that are written", "another")
    faults = Faults()
    if not has_members(plain, _MEMBERS, "", faults):
        faults.raise_first()
    record = read_record_in_part(KINDS[kind], plain["record"], faults)
    if not isinstance(record.who, Withheld):
        raise refuse("type", "signatures", "the signatures, since who is shown", "their hash")
    signed = plain["signatures"]
    signatures_hash = from_hex(signed, HASH_BYTES) if type(signed) is str else None
    if signatures_hash is None:
        raise refuse("type", "signatures", "their hash, since who is withheld", "something else")
    return record, Hash32(signatures_hash)
