"""Keystores: golden vectors of other wallets, and files that are hostile or wrong in one way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadQuestion
from ledger.keys import DEMO_SCRYPT_COST, open_keystore, read_keystore, write_keystore
from ledger.keys.keystores import SCRYPT_COST
from ledger.limits import LIMITS
from ledger.signing import address_of_secret
from ledger.values import to_hex
from tests.tree import ROOT
from tests.vectors.make_keystores import LIGATURE, contents, ethers

FILE = ROOT / "tests" / "vectors" / "keystores.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text("ascii"))
FIRST = next(case for case in VECTORS["valid"] if "low cost" in case["name"])
SECRET = bytes(range(1, 33))
COSTLY = 2**20
"""n times r times p from which a vector takes about a second."""


def read(plain: Any):
    return read_keystore(json.dumps(plain).encode())


def is_costly(case: dict[str, Any]) -> bool:
    crypto = next(value for name, value in case["keystore"].items() if name.lower() == "crypto")
    given = crypto["kdfparams"]
    return given["n"] * given["r"] * given["p"] >= COSTLY if "n" in given else True


def of(name: str):
    """Parametrize over the cases of a sort."""
    cases = VECTORS[name]
    marked = [
        pytest.param(case, marks=pytest.mark.long) if name == "valid" and is_costly(case) else case
        for case in cases
    ]
    return pytest.mark.parametrize("case", marked, ids=[case["name"] for case in cases])


@pytest.mark.node
def test_the_vectors_are_what_their_generator_writes() -> None:
    assert FILE.read_text("ascii") == contents()


@of("valid")
def test_a_keystore_of_another_wallet_opens(case: dict[str, Any]) -> None:
    secret = open_keystore(read(case["keystore"]), case["passphrase"])
    assert to_hex(secret) == case["secret"]
    assert to_hex(address_of_secret(secret)) == case["address"]


@of("wrong")
def test_a_keystore_that_is_wrong_in_one_way_is_refused_by_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(BadQuestion) as caught:
        open_keystore(read(case["keystore"]), case["passphrase"])
    assert caught.value.field == case["refused"]


def test_most_vectors_are_wrong() -> None:
    assert len(VECTORS["wrong"]) > 3 * len(VECTORS["valid"])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"3",
        b"\xff",
        b"{",
        b"[" * 10_000,
        b'{"version": 3, "version": 3}',
        b'{"crypto": {}, "Crypto": {}, "version": 3}',
        b'{"version": 3, "crypto": {"kdfparams": {"n": 2, "N": 2}}}',
        b'{"version": ' + b"9" * 5_000 + b"}",
        b" " * (LIMITS.keystore_bytes_max + 1),
    ],
)
def test_what_is_no_json_object_of_bounded_size_is_no_keystore(raw: bytes) -> None:
    with pytest.raises(BadQuestion) as caught:
        read_keystore(raw)
    assert caught.value.field == "keystore"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_our_own_error(raw: bytes) -> None:
    with pytest.raises(BadQuestion):
        read_keystore(raw)


@given(
    st.sampled_from([case["refused"] for case in VECTORS["wrong"] if "." in case["refused"]]),
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())
    ),
)
def test_any_value_in_any_place_is_refused_or_read_and_never_tried(place: str, value: Any) -> None:
    keystore = json.loads(json.dumps(FIRST["keystore"]).replace('"Crypto"', '"crypto"'))
    *way, last = place.split(".")
    holder = keystore
    for name in way:
        holder = holder[name]
    holder[last] = value
    try:
        given = read(keystore).crypto["kdfparams"]
    except BadQuestion:
        return
    assert given["n"] * given["r"] * given["p"] <= LIMITS.keystore_scrypt_work_max
    assert 128 * given["r"] * (given["n"] + given["p"]) <= LIMITS.keystore_memory_bytes_max


def test_what_wallets_write_stays_within_the_bounds() -> None:
    crypto = {name.lower(): value for name, value in FIRST["keystore"].items()}["crypto"]
    for n, r, p in ((2**18, 8, 1), (2**18, 1, 8), (2**12, 8, 6), (2**17, 8, 1), (2**13, 8, 1)):
        params = {**crypto["kdfparams"], "n": n, "r": r, "p": p}
        assert read({"version": 3, "crypto": {**crypto, "kdfparams": params}}).address is None


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ({"n": 2**17}, ""),
        ({"n": 2**16}, "scrypt with n=65536, r=8, p=1 is cheap to guess"),
        ({"n": 2**12, "p": 6}, "scrypt with n=4096, r=8, p=6 is cheap to guess"),
    ],
)
def test_a_passphrase_that_is_cheap_to_guess_is_told(cost: dict[str, int], said: str) -> None:
    crypto = {name.lower(): value for name, value in FIRST["keystore"].items()}["crypto"]
    params = {**crypto["kdfparams"], **cost}
    assert read({"version": 3, "crypto": {**crypto, "kdfparams": params}}).weakness == said


def test_few_rounds_of_pbkdf2_are_told() -> None:
    case = next(case for case in VECTORS["valid"] if "pbkdf2" in case["name"])
    assert read(case["keystore"]).weakness == "pbkdf2 with c=262144 is cheap to guess"
    case["keystore"]["crypto"]["kdfparams"]["c"] = 600_000
    assert read(case["keystore"]).weakness == ""


def test_a_wrong_passphrase_opens_nothing_and_is_not_repeated() -> None:
    with pytest.raises(BadQuestion) as caught:
        open_keystore(read(FIRST["keystore"]), "battery staple", "key miner")
    assert str(caught.value) == "passphrase: expected the one that key miner was kept under"


@pytest.mark.long
def test_what_is_written_here_is_no_weaker_than_what_wallets_write() -> None:
    keystore = read_keystore(write_keystore(SECRET, "pass").encode())
    assert keystore.crypto["kdfparams"]["n"] == SCRYPT_COST
    assert keystore.weakness == ""
    assert open_keystore(keystore, "pass") == SECRET


def test_a_keystore_written_here_opens_in_eth_account() -> None:
    text = write_keystore(SECRET, "pässe", DEMO_SCRYPT_COST)
    assert bytes(Account.decrypt(text, "pässe")) == SECRET


@pytest.mark.node
def test_a_keystore_written_here_opens_in_ethers() -> None:
    passphrases = ("pass", "pässe", "пароль 鍵")
    asked = [
        {"keystore": write_keystore(SECRET, one, DEMO_SCRYPT_COST), "passphrase": one}
        for one in passphrases
    ]
    assert ethers({"read": asked})["read"] == [to_hex(SECRET)] * len(passphrases)


def test_a_passphrase_is_tried_as_typed_before_its_normal_form() -> None:
    as_geth = read_keystore(write_keystore(SECRET, LIGATURE, DEMO_SCRYPT_COST).encode())
    assert open_keystore(as_geth, LIGATURE) == SECRET


def test_bytes_of_the_environment_that_are_no_text_are_a_passphrase_too() -> None:
    passphrase = b"\xff\xfe".decode("utf-8", "surrogateescape")
    kept = read_keystore(write_keystore(SECRET, passphrase, DEMO_SCRYPT_COST).encode())
    assert open_keystore(kept, passphrase) == SECRET


@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32, b"short", b""])
def test_what_is_no_key_is_not_written(secret: bytes) -> None:
    with pytest.raises(BadQuestion) as caught:
        write_keystore(secret, "pass", DEMO_SCRYPT_COST)
    assert caught.value.field == "secret"
