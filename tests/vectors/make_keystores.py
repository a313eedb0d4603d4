"""Write the golden vectors of keystores: ``keystores.json``.

Run as ``python -m tests.vectors.make_keystores``; it needs Node, and a second run changes nothing.
Keystores that open are those that others published, and those that ethers writes here. Nothing of
``ledger`` is used. A wrong keystore is wrong in one way, and says by which place in it it is
refused.
"""

from __future__ import annotations

import copy
import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_utils import keccak

FILE = Path(__file__).with_name("keystores.json")
SPECIFIED = "Web3 Secret Storage Definition, test vectors"
GETH = "go-ethereum, accounts/keystore/testdata/v3_test_vector.json"
ETHERS = "written by ethers 6.17, with the random values given"
CHANGED = "the one that ethers wrote first, changed in one place"

SECRET = "0x" + "17" * 32
PASSPHRASE = "correct horse battery staple"
COMPOSED: Final = "\N{LATIN SMALL LETTER E WITH ACUTE}t\N{LATIN SMALL LETTER E WITH ACUTE}"
LIGATURE: Final = "o\N{LATIN SMALL LIGATURE FFI}ce \N{FULLWIDTH DIGIT ONE}"
ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def ethers(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Have ethers write keystores, or read them."""
    done = subprocess.run(
        ["tools/node", "node", "tests/vectors/ethers_keystores.mjs"],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return json.loads(done.stdout)


def _plan(number: int, passphrase: str, n: int) -> dict[str, Any]:
    return {
        "secret": SECRET,
        "passphrase": passphrase,
        "salt": "0x" + bytes([number] * 32).hex(),
        "iv": "0x" + bytes([number + 1] * 16).hex(),
        "uuid": "0x" + bytes([number + 2] * 16).hex(),
        "scrypt": {"N": n, "r": 8, "p": 1},
    }


PLANS = {
    "written by ethers, at a low cost": _plan(1, PASSPHRASE, 2**10),
    "written by ethers, at its own cost": _plan(2, PASSPHRASE, 2**17),
    "a passphrase with accents, composed": _plan(3, COMPOSED, 2**10),
    "a passphrase that ethers brings into NFKC first": _plan(4, LIGATURE, 2**10),
    "an empty passphrase": _plan(5, "", 2**10),
}


def published() -> Iterator[dict[str, Any]]:
    """Keystores that others published with their passphrase and secret."""
    wiki = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"
    wiki_id = "3198bc9c-6672-5ab3-d995-4942343ae5b6"
    yield _case(
        "the definition's scrypt vector", SPECIFIED, "testpassword", wiki,
        _scrypt(
            wiki_id, "83dbcc02d8ccb40e466191a123791e0e",
            "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
            {"n": 262144, "r": 1, "p": 8},
            "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
            "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
        ),
    )  # fmt: skip
    pbkdf2 = _scrypt(
        wiki_id, "6087dab2f9fdbbfaddc31a909735c1e6",
        "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        {},
        "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
        "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
    )  # fmt: skip
    pbkdf2["crypto"]["kdf"] = "pbkdf2"
    pbkdf2["crypto"]["kdfparams"] |= {"c": 262144, "prf": "hmac-sha256"}
    yield _case("the definition's pbkdf2 vector", SPECIFIED, "testpassword", wiki, pbkdf2)
    yield _case(
        "a key without its leading zero byte", GETH, "foo",
        "00fa7b3db73dc7dfdf8c5fbdb796d741e4488628c41fc4febd9160a866ba0f35",
        _scrypt(
            "fecfc4ce-e956-48fd-953b-30f8b52ed66c", "e0c41130a323adc1446fc82f724bca2f",
            "9517cd5bdbe69076f9bf5057248c6c050141e970efa36ce53692d5d59a3984",
            {"n": 2, "r": 8, "p": 1},
            "711f816911c92d649fb4c84b047915679933555030b3552c1212609b38208c63",
            "d5e116151c6aa71470e67a7d42c9620c75c4d23229847dcc127794f0732b0db5",
        ),
    )  # fmt: skip
    yield _case(
        "a key without its two leading zero bytes", GETH, "foo",
        "000081c29e8142bb6a81bef5a92bda7a8328a5c85bb2f9542e76f9b0f94fc018",
        _scrypt(
            "a37e1559-5955-450d-8075-7b8931b392b2", "3ca92af36ad7c2cd92454c59cea5ef00",
            "108b7d34f3442fc26ab1ab90ca91476ba6bfa8c00975a49ef9051dc675aa",
            {"n": 2, "r": 8, "p": 1},
            "d0769e608fb86cda848065642a9c6fa046845c928175662b8e356c77f914cd3b",
            "75d0e6759f7b3cefa319c3be41680ab6beea7d8328653474bd06706d4cc67420",
        ),
    )  # fmt: skip


def _scrypt(
    number: str, iv: str, ciphertext: str, cost: Mapping[str, int], salt: str, mac: str
) -> dict[str, Any]:
    return {
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": {"iv": iv},
            "ciphertext": ciphertext,
            "kdf": "scrypt",
            "kdfparams": {"dklen": 32, **cost, "salt": salt},
            "mac": mac,
        },
        "id": number,
        "version": 3,
    }


def _case(
    name: str, origin: str, passphrase: str, secret: str, keystore: Mapping[str, Any]
) -> dict[str, Any]:
    address = Account.from_key(bytes.fromhex(secret)).address.lower()
    return {
        "name": name,
        "origin": origin,
        "passphrase": passphrase,
        "secret": "0x" + secret,
        "address": address,
        "keystore": keystore,
    }


MISSING: Final = object()
# What is put where, and the place by which it is refused, if that is another.
CHANGES: Final[tuple[tuple[str, str, Any], ...]] = (
    ("no version", "version", MISSING),
    ("version 1", "version", 1),
    ("version 4", "version", 4),
    ("a version in words", "version", "3"),
    ("a version that is true", "version", True),
    ("a version with a point", "version", 3.0),
    ("an address of 19 bytes", "address", "ab" * 19),
    ("an address that is no hex", "address", "zz" * 20),
    ("an address that is a number", "address", 5),
    ("no crypto", "crypto", MISSING),
    ("crypto that is a list", "crypto", []),
    ("another cipher", "crypto.cipher", "aes-128-cbc"),
    ("no cipher", "crypto.cipher", MISSING),
    ("no cipherparams", "crypto.cipherparams", MISSING),
    ("no iv", "crypto.cipherparams.iv", MISSING),
    ("an iv of 15 bytes", "crypto.cipherparams.iv", "02" * 15),
    ("an iv of 17 bytes", "crypto.cipherparams.iv", "02" * 17),
    ("no ciphertext", "crypto.ciphertext", MISSING),
    ("an empty ciphertext", "crypto.ciphertext", ""),
    ("a ciphertext of 33 bytes", "crypto.ciphertext", "00" * 33),
    ("a ciphertext with a space", "crypto.ciphertext", "00 " + "00" * 31),
    ("half a byte of ciphertext", "crypto.ciphertext", "0" * 63),
    ("no kdf", "crypto.kdf", MISSING),
    ("another kdf", "crypto.kdf", "argon2id"),
    ("no kdfparams", "crypto.kdfparams", MISSING),
    ("no dklen", "crypto.kdfparams.dklen", MISSING),
    ("dklen 16", "crypto.kdfparams.dklen", 16),
    ("dklen of four billion", "crypto.kdfparams.dklen", 2**32),
    ("dklen with a point", "crypto.kdfparams.dklen", 32.0),
    ("no salt", "crypto.kdfparams.salt", MISSING),
    ("an empty salt", "crypto.kdfparams.salt", ""),
    ("a salt of 65 bytes", "crypto.kdfparams.salt", "01" * 65),
    ("no n", "crypto.kdfparams.n", MISSING),
    ("n of 0", "crypto.kdfparams.n", 0),
    ("n of 1", "crypto.kdfparams.n", 1),
    ("n below zero", "crypto.kdfparams.n", -1024),
    ("n that is no power of two", "crypto.kdfparams.n", 1000),
    ("n in words", "crypto.kdfparams.n", "1024"),
    ("n that is true", "crypto.kdfparams.n", True),
    ("n with a point", "crypto.kdfparams.n", 1024.0),
    ("n of a hundred digits", "crypto.kdfparams.n", 2**333),
    ("r of 0", "crypto.kdfparams.r", 0),
    ("no r", "crypto.kdfparams.r", MISSING),
    ("p of 0", "crypto.kdfparams.p", 0),
    ("no p", "crypto.kdfparams.p", MISSING),
    ("no mac", "crypto.mac", MISSING),
    ("a mac of 31 bytes", "crypto.mac", "00" * 31),
)
COSTS: Final = (
    ("half a gigabyte by n", {"n": 2**19, "r": 8, "p": 1}),
    ("half a gigabyte by r", {"n": 2, "r": 2**21, "p": 1}),
    ("half a gigabyte by p", {"n": 2, "r": 1, "p": 2**22}),
    ("eight times what wallets ask", {"n": 2**18, "r": 8, "p": 8}),
)
ROUNDS: Final = (
    ("rounds without end", "crypto.kdfparams.c", 10**12),
    ("no rounds", "crypto.kdfparams.c", 0),
    ("rounds in words", "crypto.kdfparams.c", "262144"),
    ("another prf", "crypto.kdfparams.prf", "hmac-sha1"),
    ("no prf", "crypto.kdfparams.prf", MISSING),
)


def changed(keystore: Mapping[str, Any], place: str, value: Any) -> dict[str, Any]:
    """Return a keystore with one value changed, or left out."""
    made = copy.deepcopy(dict(keystore))
    *way, last = place.split(".")
    holder = made
    for name in way:
        holder = holder[name]
    if value is MISSING:
        del holder[last]
    else:
        holder[last] = value
    return made


def wrong(first: Mapping[str, Any], pbkdf2: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Keystores that are wrong in one way; ``refused`` names the place."""
    for name, place, value in CHANGES:
        yield _wrong(name, place, changed(first, place, value))
    for name, cost in COSTS:
        asks = changed(first, "crypto.kdfparams", {**first["crypto"]["kdfparams"], **cost})
        yield _wrong(name, "crypto.kdfparams", asks)
    for name, place, value in ROUNDS:
        case = _wrong(name, place, changed(pbkdf2, place, value))
        yield {**case, "origin": f"{SPECIFIED}, changed in one place"}
    other = Account.from_key("0x" + "18" * 32).address[2:].lower()
    yield _wrong("the address of another key", "address", changed(first, "address", other))
    mac = first["crypto"]["mac"]
    flipped = f"{int(mac, 16) ^ 1:064x}"
    yield _wrong("one bit of the mac", "passphrase", changed(first, "crypto.mac", flipped))
    text = first["crypto"]["ciphertext"]
    for bit in (1, 1 << 255):
        moved = f"{int(text, 16) ^ bit:064x}"
        keystore = changed(first, "crypto.ciphertext", moved)
        yield _wrong(f"one bit of the ciphertext, {bit:x}", "passphrase", keystore)
    salt = "01" * 31 + "02"
    yield _wrong("another salt", "passphrase", changed(first, "crypto.kdfparams.salt", salt))
    yield _wrong("another iv", "address", changed(first, "crypto.cipherparams.iv", "03" * 16))
    for name, number in (("a key of zero", 0), ("a key of the curve's order", ORDER)):
        yield _wrong(name, "crypto.ciphertext", holding(first, number))


def holding(first: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return a keystore that holds another number, its mac right for it."""
    crypto = first["crypto"]
    salt, cost = bytes.fromhex(crypto["kdfparams"]["salt"]), crypto["kdfparams"]
    derived = hashlib.scrypt(
        PASSPHRASE.encode(), salt=salt, n=cost["n"], r=cost["r"], p=cost["p"], dklen=32
    )
    stream = int(crypto["ciphertext"], 16) ^ int(SECRET, 16)
    text = (stream ^ number).to_bytes(32, "big")
    made = changed(first, "crypto.ciphertext", text.hex())
    return changed(made, "crypto.mac", keccak(derived[16:32] + text).hex())


def _wrong(name: str, place: str, keystore: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "origin": CHANGED,
        "passphrase": PASSPHRASE,
        "refused": place,
        "keystore": keystore,
    }


def contents() -> str:
    """Return the vectors as they stand in the file."""
    written = ethers({"write": list(PLANS.values())})["written"]
    own = [
        _case(name, ETHERS, plan["passphrase"], SECRET[2:], keystore)
        for (name, plan), keystore in zip(PLANS.items(), written, strict=True)
    ]
    others = list(published())
    first = {name.lower(): value for name, value in written[0].items()}
    vectors = {
        "valid": [*others, *own],
        "wrong": list(wrong(first, others[1]["keystore"])),
    }
    return json.dumps(vectors, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(contents(), "ascii")
