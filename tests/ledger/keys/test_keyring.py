"""Keystores: what is kept opens again, under its passphrase and no other."""

import json
import stat
import subprocess
import sys

import pytest
from eth_account import Account

from ledger.errors import BadQuestion, Unknown
from ledger.keys import DEMO_SCRYPT_COST, Keyring
from ledger.signing import address_of_secret
from ledger.values import to_hex


@pytest.fixture
def keyring(tmp_path):
    return Keyring(tmp_path / "keys")


def test_a_key_opens_under_its_passphrase_and_has_the_address_it_said(keyring):
    address = keyring.create("miner", "correct horse", DEMO_SCRYPT_COST)
    assert address_of_secret(keyring.unlock("miner", "correct horse")) == address
    assert keyring.address("miner") == address
    assert keyring.name_of(address) == "miner"


def test_a_wrong_passphrase_opens_nothing_and_is_not_repeated_in_the_error(keyring):
    keyring.create("miner", "correct horse", DEMO_SCRYPT_COST)
    with pytest.raises(BadQuestion) as caught:
        keyring.unlock("miner", "battery staple")
    assert "battery" not in str(caught.value)


def test_a_wallets_own_keystore_opens_here(keyring, tmp_path):
    secret = bytes(range(1, 33))
    keystore = Account.encrypt(secret, "pass", kdf="scrypt", iterations=DEMO_SCRYPT_COST)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "wallet.json").write_text(json.dumps(keystore), "utf-8")
    assert keyring.unlock("wallet", "pass") == secret


def test_our_keystore_opens_in_another_wallet(keyring, tmp_path):
    keyring.add("miner", bytes(range(1, 33)), "pass", DEMO_SCRYPT_COST)
    text = (tmp_path / "keys" / "miner.json").read_text("utf-8")
    assert bytes(Account.decrypt(text, "pass")) == bytes(range(1, 33))


def test_the_file_is_its_owners_alone_and_never_overwritten(keyring, tmp_path):
    first = keyring.create("miner", "pass", DEMO_SCRYPT_COST)
    with pytest.raises(BadQuestion, match="no key has yet"):
        keyring.create("miner", "pass", DEMO_SCRYPT_COST)
    assert keyring.address("miner") == first
    mode = stat.S_IMODE((tmp_path / "keys" / "miner.json").stat().st_mode)
    assert mode == 0o600


@pytest.mark.parametrize("name", ["", "../miner", "Miner", "a/b", "-x", "x" * 49, "mi\0ner"])
def test_a_name_that_could_leave_the_folder_is_refused(keyring, name):
    with pytest.raises(BadQuestion):
        keyring.create(name, "pass", DEMO_SCRYPT_COST)


def test_an_unknown_key_is_named_as_unknown(keyring):
    with pytest.raises(Unknown, match="no key miner"):
        keyring.unlock("miner", "pass")


@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32, b"short"])
def test_what_is_no_key_is_refused(keyring, secret):
    with pytest.raises(BadQuestion):
        keyring.add("miner", secret, "pass", DEMO_SCRYPT_COST)


@pytest.mark.parametrize("text", ["[]", "{}", "not json", '{"address": "zz"}'])
def test_a_file_that_is_no_keystore_is_refused(keyring, tmp_path, text):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "miner.json").write_text(text, "utf-8")
    with pytest.raises(BadQuestion):
        keyring.address("miner")


def test_the_keys_are_listed_by_name_with_their_addresses(keyring):
    addresses = {name: keyring.create(name, "p", DEMO_SCRYPT_COST) for name in ("b", "a")}
    assert list(keyring) == [("a", addresses["a"]), ("b", addresses["b"])]
    assert to_hex(addresses["a"]) in str(keyring)


def test_a_file_that_is_no_keystore_is_left_out_of_the_list_and_named(keyring, tmp_path):
    address = keyring.create("miner", "p", DEMO_SCRYPT_COST)
    folder = tmp_path / "keys"
    (folder / "bob.json").write_text("")
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "Not A Name.json").write_text("{}")
    (folder / "folder.json").mkdir()
    (folder / "lost.json").symlink_to(folder / "nowhere")
    assert list(keyring) == [("miner", address)]
    assert keyring.name_of(address) == "miner"
    assert keyring.left_out() == [
        "Not A Name.json", "bob.json", "deep.json", "folder.json", "lost.json",
    ]  # fmt: skip


def test_opening_a_keystore_leaves_the_recursion_limit_alone(tmp_path):
    program = (
        "import sys; from pathlib import Path; from ledger.keys import Keyring\n"
        "before = sys.getrecursionlimit()\n"
        f"Keyring(Path({str(tmp_path / 'keys')!r})).create('miner', 'pass', 1024)\n"
        "print(before == sys.getrecursionlimit())"
    )
    done = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert done == "True\n"


def test_a_keystore_that_holds_another_key_than_it_states_opens_nothing(keyring, tmp_path):
    keyring.create("miner", "pass", DEMO_SCRYPT_COST)
    file = tmp_path / "keys" / "miner.json"
    keystore = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**keystore, "address": "11" * 20}), "utf-8")
    assert keyring.address("miner") == b"\x11" * 20
    with pytest.raises(BadQuestion, match="address"):
        keyring.unlock("miner", "pass")


def test_a_keystore_is_encrypted_again_under_another_passphrase(keyring, tmp_path):
    address = keyring.create("miner", "old", DEMO_SCRYPT_COST)
    assert "cheap to guess" in keyring.key("miner").weakness
    with pytest.raises(BadQuestion, match="passphrase"):
        keyring.change_passphrase("miner", "wrong", "new", DEMO_SCRYPT_COST)
    assert keyring.change_passphrase("miner", "old", "new", DEMO_SCRYPT_COST) == address
    assert address_of_secret(keyring.unlock("miner", "new")) == address
    with pytest.raises(BadQuestion):
        keyring.unlock("miner", "old")
    mode = stat.S_IMODE((tmp_path / "keys" / "miner.json").stat().st_mode)
    assert mode == 0o600


def test_a_signer_of_a_keystore_asks_for_its_passphrase_and_no_other(keyring):
    address = keyring.create("miner", "pass", DEMO_SCRYPT_COST)
    signer = keyring.signer("miner", lambda: "pass")
    assert (signer.kind, signer.address) == ("keystore", address)
    with pytest.raises(BadQuestion, match="passphrase"):
        keyring.signer("miner", lambda: "other")


def test_a_keystore_and_a_command_of_one_name_are_neither(keyring, tmp_path):
    keyring.create("miner", "pass", DEMO_SCRYPT_COST)
    (tmp_path / "keys" / "miner.toml").write_text("")
    with pytest.raises(BadQuestion, match="one key called miner"):
        keyring.address("miner")
    assert keyring.left_out() == ["miner.json", "miner.toml"]
