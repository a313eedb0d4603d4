"""Version 3 keystores: read strictly, opened within bounds, written as other wallets write them.

A keystore is a file from anywhere. Every value of it is checked before any of it costs memory or
time, and only checked values reach the wallet library. What is wrong is named by its place in the
file, such as ``crypto.kdfparams.n``. Source: Ethereum's Web3 Secret Storage Definition, version 3;
members may be spelt in capitals, since some wallets write ``Crypto``.

A keystore need not state its address; one that does must hold the key of that address. A key may be
stored without its leading zero bytes, as some wallets did.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from ledger.errors import BadQuestion
from ledger.imports import recursion_limit_kept
from ledger.limits import LIMITS
from ledger.signing import address_of_secret
from ledger.values import ADDRESS_BYTES, Address, to_hex

SCRYPT_COST: Final = 2**18
"""The work factor N that wallets use: about a second a try."""

DEMO_SCRYPT_COST: Final = 2**10
"""For keys that guard nothing, as a demo's: fast, and no protection against guessing."""

SECRET_BYTES: Final = 32
VERSION: Final = 3
_IV_BYTES: Final = 16
_MAC_BYTES: Final = 32
_DERIVED_BYTES: Final = 32
_SALT_BYTES_MAX: Final = 64
_CIPHER: Final = "aes-128-ctr"
_DIGEST: Final = "hmac-sha256"
_HEX: Final = re.compile(r"(?:0x)?((?:[0-9a-f]{2})+)", re.ASCII | re.IGNORECASE)

# What the OWASP Password Storage Cheat Sheet (2023) asks at least: n = 2^17 with r = 8 and p = 1,
# and 600,000 rounds of PBKDF2 with HMAC-SHA256.
_SCRYPT_WORK_ENOUGH: Final = 2**17 * 8
_ROUNDS_ENOUGH: Final = 600_000

Derivation = Literal["scrypt", "pbkdf2"]


@dataclass(frozen=True, slots=True)
class Keystore:
    """A keystore whose every value is within its bounds; its passphrase is not known.

    Attributes:
        address: the address that it states, or None if it states none.
        derivation: how a passphrase becomes a key.
        crypto: the checked values, as the wallet library takes them.

    """

    address: Address | None
    derivation: Derivation
    crypto: Mapping[str, Any]

    @property
    def weakness(self) -> str:
        """Why a passphrase is cheap to guess here, in words; "" if it is not."""
        given = self.crypto["kdfparams"]
        if self.derivation == "pbkdf2":
            rounds = given["c"]
            return f"pbkdf2 with c={rounds} is cheap to guess" if rounds < _ROUNDS_ENOUGH else ""
        n, r, p = given["n"], given["r"], given["p"]
        is_weak = n * r * p < _SCRYPT_WORK_ENOUGH
        return f"scrypt with n={n}, r={r}, p={p} is cheap to guess" if is_weak else ""


# -- reading -------------------------------------------------------------------------------------


def read_keystore(raw: bytes) -> Keystore:
    """Read a keystore.

    Raises:
        BadQuestion: it is none; the field is ``keystore``, or the place of what is wrong in it.

    """
    if len(raw) > LIMITS.keystore_bytes_max:
        raise BadQuestion("keystore", f"a file of at most {LIMITS.keystore_bytes_max} bytes")
    try:
        plain = json.loads(raw.decode("utf-8"), object_pairs_hook=_members)
    except (ValueError, RecursionError):
        raise BadQuestion("keystore", "JSON, with each member once") from None
    if not isinstance(plain, dict):
        raise BadQuestion("keystore", "a JSON object")
    if type(plain.get("version")) is not int or plain["version"] != VERSION:
        raise BadQuestion("version", f"{VERSION}")
    address = _address(plain.get("address"))
    crypto = _object(plain, "crypto", "crypto")
    derivation, given = _derivation(crypto)
    _one_of(crypto.get("cipher"), (_CIPHER,), "crypto.cipher")
    params = _object(crypto, "cipherparams", "crypto.cipherparams")
    checked = {
        "cipher": _CIPHER,
        "cipherparams": {"iv": _hex(params.get("iv"), "crypto.cipherparams.iv", _IV_BYTES)},
        "ciphertext": _hex(crypto.get("ciphertext"), "crypto.ciphertext", 1, SECRET_BYTES),
        "kdf": derivation,
        "kdfparams": given,
        "mac": _hex(crypto.get("mac"), "crypto.mac", _MAC_BYTES),
    }
    return Keystore(address, derivation, checked)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = {name.lower(): value for name, value in pairs}
    if len(members) != len(pairs):
        raise ValueError("a member twice")
    return members


def _object(holder: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    found = holder.get(name)
    if not isinstance(found, dict):
        raise BadQuestion(place, "a JSON object")
    return found


def _one_of(value: object, known: tuple[str, ...], place: str) -> str:
    for one in known:
        if value == one:
            return one
    raise BadQuestion(place, " or ".join(known))


def _hex(value: object, place: str, least: int, most: int | None = None) -> str:
    """Return hex without 0x of a number of bytes."""
    most = least if most is None else most
    found = _HEX.fullmatch(value) if isinstance(value, str) else None
    if found is None or not least <= len(found[1]) // 2 <= most:
        size = str(least) if least == most else f"{least} to {most}"
        raise BadQuestion(place, f"{size} bytes in hex")
    return found[1].lower()


def _number(given: Mapping[str, Any], name: str, most: int) -> int:
    value = given.get(name)
    if type(value) is not int or not 1 <= value <= most:
        raise BadQuestion(f"crypto.kdfparams.{name}", f"a whole number from 1 to {most}")
    return value


def _address(value: object) -> Address | None:
    if value is None:
        return None
    return Address(bytes.fromhex(_hex(value, "address", ADDRESS_BYTES)))


def _derivation(crypto: Mapping[str, Any]) -> tuple[Derivation, dict[str, Any]]:
    """Check how a key is derived: what it may cost is bounded before it is tried."""
    name = _one_of(crypto.get("kdf"), ("scrypt", "pbkdf2"), "crypto.kdf")
    given = _object(crypto, "kdfparams", "crypto.kdfparams")
    if given.get("dklen") != _DERIVED_BYTES or type(given["dklen"]) is not int:
        raise BadQuestion("crypto.kdfparams.dklen", f"{_DERIVED_BYTES}")
    salt = _hex(given.get("salt"), "crypto.kdfparams.salt", 1, _SALT_BYTES_MAX)
    shared = {"dklen": _DERIVED_BYTES, "salt": salt}
    if name == "pbkdf2":
        _one_of(given.get("prf"), (_DIGEST,), "crypto.kdfparams.prf")
        rounds = _number(given, "c", LIMITS.keystore_rounds_max)
        return "pbkdf2", {**shared, "c": rounds, "prf": _DIGEST}
    n, r, p = (_number(given, one, LIMITS.keystore_scrypt_work_max) for one in ("n", "r", "p"))
    if n == 1 or n & (n - 1):
        raise BadQuestion("crypto.kdfparams.n", "a power of two from 2 on")
    if 128 * r * (n + p) > LIMITS.keystore_memory_bytes_max:  # RFC 7914 §2: V, and B
        raise BadQuestion(
            "crypto.kdfparams", f"at most {LIMITS.keystore_memory_bytes_max} bytes of memory"
        )
    if n * r * p > LIMITS.keystore_scrypt_work_max:
        most = LIMITS.keystore_scrypt_work_max
        raise BadQuestion("crypto.kdfparams", f"n times r times p of at most {most}")
    return "scrypt", {**shared, "n": n, "r": r, "p": p}


# -- opening and writing -------------------------------------------------------------------------


def open_keystore(keystore: Keystore, passphrase: str, whose: str = "this keystore") -> bytes:
    """Return the 32-byte secret of a keystore.

    The passphrase is tried as typed, as most wallets take it, and then in Unicode's form NFKC, as
    ethers does.

    Args:
        keystore: what was read.
        passphrase: what may open it.
        whose: what the keystore is called in errors.

    Raises:
        BadQuestion: ``passphrase``: it does not open this keystore, or the MAC was altered;
            ``crypto.ciphertext``: what it holds is no key; ``address``: it holds the key of
            another address than it states.

    """
    for form in dict.fromkeys((passphrase, unicodedata.normalize("NFKC", passphrase))):
        secret = _decrypt(keystore, form)
        if secret is not None:
            break
    else:
        raise BadQuestion("passphrase", f"the one that {whose} was kept under")
    try:
        address = address_of_secret(secret)
    except ValueError:
        raise BadQuestion("crypto.ciphertext", "a secp256k1 key") from None
    if keystore.address not in (None, address):
        raise BadQuestion("address", f"{to_hex(address)}, that of the key which {whose} holds")
    return secret


def _decrypt(keystore: Keystore, passphrase: str) -> bytes | None:
    plain = {"version": VERSION, "crypto": dict(keystore.crypto)}
    try:
        # Bytes of the environment that are no UTF-8 stay what they were.
        found = _wallet().decrypt(plain, passphrase.encode("utf-8", "surrogateescape"))
    except ValueError:  # the MAC is of another passphrase
        return None
    return bytes(found).rjust(SECRET_BYTES, b"\0")


def write_keystore(secret: bytes, passphrase: str, cost: int = SCRYPT_COST) -> str:
    """Return a keystore of a secret, encrypted under a passphrase.

    Args:
        secret: 32 bytes.
        passphrase: what encrypts it, as UTF-8.
        cost: the scrypt work factor N, a power of two.

    Raises:
        BadQuestion: ``secret``: it is no key.

    """
    check_secret(secret)
    raw = passphrase.encode("utf-8", "surrogateescape")
    return json.dumps(_wallet().encrypt(secret, raw, kdf="scrypt", iterations=cost))


def check_secret(secret: bytes) -> Address:
    """Return the address of what must be a 32-byte key.

    Raises:
        BadQuestion: ``secret``: it is no key.

    """
    try:
        if len(secret) == SECRET_BYTES:
            return address_of_secret(secret)
    except ValueError:
        pass
    raise BadQuestion("secret", "a secp256k1 key of 32 bytes")


def _wallet() -> Any:  # noqa: ANN401 - eth_account's Account, imported when a keystore is opened
    """Return eth-account's Account, without what importing it does to the whole process.

    It imports py_ecc, which raises Python's recursion limit.
    """
    with recursion_limit_kept():
        from eth_account import Account
    return Account
