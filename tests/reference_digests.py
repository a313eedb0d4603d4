"""EIP-712 digests by two libraries that share no code with ours: eth-account and ethers.

Both are given plain JSON with its types, ``EIP712Domain`` among them, as a wallet would be.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eth_account.messages import SignableMessage, encode_typed_data
from eth_utils.crypto import keccak

from ledger.records import KINDS

Plain = Any

ROOT = Path(__file__).resolve().parent.parent
NO_SALT = "0x" + "00" * 32
_DOMAIN = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "salt", "type": "bytes32"},
]


def typed_data(kind: str, record: Plain, ledger_id: str) -> dict[str, Plain]:
    """Return what a wallet is given to sign."""
    salt = NO_SALT if kind == "Charter" else ledger_id
    return {
        "domain": {"name": "Adamant", "version": "1", "salt": salt},
        "primaryType": kind,
        "types": {"EIP712Domain": _DOMAIN, **KINDS[kind].type_table},
        "message": record,
    }


def signable(typed: Plain) -> SignableMessage:
    """Return what eth-account makes of typed data."""
    return encode_typed_data(full_message=typed)


def eth_account_digest(typed: Plain) -> str:
    """Return the digest that eth-account computes."""
    message = signable(typed)
    return "0x" + keccak(b"\x19" + message.version + message.header + message.body).hex()


def ethers_digests(typed: Sequence[Plain]) -> list[str]:
    """Return the digests that ethers computes, by one run of Node."""
    answered = subprocess.run(
        ["tools/node", "node", "tests/vectors/ethers_digests.mjs"],
        cwd=ROOT,
        input=json.dumps(list(typed)),
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    digests: list[str] = json.loads(answered.stdout)
    return digests
