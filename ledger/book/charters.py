"""Which keys may sign a checkpoint of a given size: those of the charter as it then stood."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.checkpoint import VerifierKey
from ledger.store.charters import charters
from ledger.store.protocol import View


def key_sets(view: View) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (index, checkpoint keys) of each Charter or Amendment, the last one first.

    Raises:
        Damaged: the chain of charters has a gap, or leads forward.

    """
    return ((index, charter.what.checkpoint_keys) for index, charter in charters(view))


def keys_at(view: View, size: int) -> tuple[VerifierKey, ...]:
    """Return the keys that may sign a checkpoint of ``size`` entries.

    They are those of the last Charter or Amendment among these entries; the empty log's are the
    Charter's.

    Raises:
        Damaged: the chain of charters has a gap.

    """
    last = max(size, 1)
    keys = next(keys for index, keys in key_sets(view) if index < last)
    return tuple(VerifierKey.parse(key) for key in keys)


def keys_ever(view: View) -> tuple[VerifierKey, ...]:
    """Return every key that could ever sign a checkpoint, each once."""
    texts = {key: None for _, keys in key_sets(view) for key in keys}
    return tuple(VerifierKey.parse(key) for key in texts)
