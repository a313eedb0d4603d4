"""The descriptor of what a ledger's anchor key signs: checkpoints for a chain, and its successor.

Their domain names a chain and a contract, which a wallet can check: a descriptor of one contract
lists them as its deployments. Each ledger has a salt of its own there, so the one in the file, and
one of a contract, are for every ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ledger.answers.clear_signing.descriptors import NAMED, OWNER, RAW, SCHEMA, Plain, file_name
from ledger.signing.anchors import ANCHOR_DOMAIN_NAME, ANCHOR_DOMAIN_VERSION
from ledger.values import NO_HASH, Address, to_hex

ANCHOR_TYPE: Final = "Anchor(uint64 size,bytes32 root,uint64 previousSize,bytes32 previousRoot)"
ROTATION_TYPE: Final = "Rotation(address oldKey,address newKey,uint64 rotations)"
FILE: Final = file_name("Anchor")


def _field(path: str, label: str, shown_as: Plain, hidden: Any = None) -> Plain:  # noqa: ANN401 - JSON
    visible = {} if hidden is None else {"visible": {"ifNotIn": [hidden]}}
    return {"path": path, "label": label, **shown_as, **visible}


_FORMATS: Final[Plain] = {
    ANCHOR_TYPE: {
        "$id": "Anchor",
        "intent": "Anchor a checkpoint",
        "interpolatedIntent": "Anchor {size} entries with the root {root}",
        "fields": [
            _field("size", "Entries", RAW),
            _field("root", "Root", RAW),
            _field("previousSize", "Entries before", RAW, 0),
            _field("previousRoot", "Root before", RAW, to_hex(NO_HASH)),
        ],
    },
    ROTATION_TYPE: {
        "$id": "Rotation",
        "intent": "Replace the anchor key",
        "interpolatedIntent": "Replace the anchor key {oldKey} by {newKey}",
        "fields": [
            _field("oldKey", "Key until now", NAMED),
            _field("newKey", "Key from then on", NAMED),
            _field("rotations", "Rotations before", RAW),
        ],
    },
}


def anchor_descriptor(deployments: Iterable[tuple[int, Address]] = ()) -> Plain:
    """Return the descriptor of anchors.

    Args:
        deployments: chain ids and addresses of the contracts that it is for; any if there is none.

    """
    places = [{"chainId": chain_id, "address": to_hex(at)} for chain_id, at in deployments]
    bound: Plain = {"domain": {"name": ANCHOR_DOMAIN_NAME, "version": ANCHOR_DOMAIN_VERSION}}
    return {
        "$schema": SCHEMA,
        "context": {
            "$id": ANCHOR_DOMAIN_NAME,
            "eip712": {**bound, **({"deployments": places} if places else {})},
        },
        "metadata": {"owner": OWNER},
        "display": {"formats": _FORMATS},
    }
