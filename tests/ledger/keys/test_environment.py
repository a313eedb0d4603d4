"""Keys of the environment: a variable, or a file that it names and nobody else can read."""

from __future__ import annotations

import os

import pytest

from ledger.errors import BadQuestion, Unknown
from ledger.keys import DEMO_SCRYPT_COST, Keyring, TextStatement
from ledger.signing import recover
from tests.world import address_of, secret_of

SECRET = secret_of("miner-bw")
STATEMENT = TextStatement("hello")


def never():
    raise AssertionError("nobody is asked for a passphrase")


def signer_of(tmp_path, value, name="miner-bw"):
    ring = Keyring(tmp_path / "keys", {"ADAMANT_KEY_MINER_BW": value})
    return ring.signer(name, never)


def closed(path, text, mode=0o600):
    path.write_text(text)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize("form", ["{}", "0x{}", " {}\n"])
def test_a_variable_holds_a_key(tmp_path, form):
    signer = signer_of(tmp_path, form.format(SECRET.hex()))
    assert signer.kind == "environment"
    assert signer.address == address_of("miner-bw")
    assert recover(STATEMENT.digest, signer.sign(STATEMENT)) == signer.address


def test_a_variable_names_a_file_that_holds_a_key(tmp_path):
    file = closed(tmp_path / "secret", f"0x{SECRET.hex()}\nanother line\n", 0o400)
    assert signer_of(tmp_path, file).address == address_of("miner-bw")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o610])
def test_a_file_that_is_open_to_others_is_refused_by_name(tmp_path, mode):
    file = closed(tmp_path / "secret", SECRET.hex(), mode)
    with pytest.raises(BadQuestion, match="chmod go-rwx") as caught:
        signer_of(tmp_path, file)
    assert caught.value.field == "ADAMANT_KEY_MINER_BW"


def test_what_holds_no_key_is_refused_and_not_repeated(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    values = [
        *("", "0x", "zz" * 32, "11" * 31, "11" * 33, "secret", "./secret", "00" * 32, "ff" * 32),
        *(str(tmp_path / "missing"), str(tmp_path), str(pipe), "/dev/null"),
        closed(tmp_path / "empty", ""),
        closed(tmp_path / "text", "hush hush"),
        closed(tmp_path / "long", "11" * 10_000),
    ]
    for value in values:
        with pytest.raises(BadQuestion) as caught:
            signer_of(tmp_path, value)
        assert caught.value.field == "ADAMANT_KEY_MINER_BW"
        assert "hush" not in str(caught.value)
        assert not value or "1111" not in str(caught.value)


def test_keys_of_the_environment_are_listed_among_the_others(tmp_path):
    environ = {
        "ADAMANT_KEY_MINER_BW": SECRET.hex(),
        "ADAMANT_KEY_TORN": "no key",
        "ADAMANT_KEY__": "no name",
        "ADAMANT_KEYS": str(tmp_path),
        "HOME": "/",
    }
    ring = Keyring(tmp_path / "keys", environ)
    ring.add("alice", secret_of("alice"), "pass", DEMO_SCRYPT_COST)
    assert list(ring) == [("alice", address_of("alice")), ("miner-bw", address_of("miner-bw"))]
    assert [key.kind for key in ring.entries()] == ["keystore", "environment"]
    assert set(ring.left_out()) == {"ADAMANT_KEY_TORN", "ADAMANT_KEY__"}


def test_a_name_in_two_places_means_neither_and_is_told(tmp_path):
    Keyring(tmp_path).add("miner-bw", secret_of("alice"), "pass", DEMO_SCRYPT_COST)
    ring = Keyring(tmp_path, {"ADAMANT_KEY_MINER_BW": SECRET.hex()})
    with pytest.raises(BadQuestion, match="one key called miner-bw") as caught:
        ring.signer("miner-bw", never)
    assert "ADAMANT_KEY_MINER_BW" in str(caught.value)
    assert list(ring) == []
    assert ring.left_out() == ["ADAMANT_KEY_MINER_BW", "miner-bw.json"]


def test_a_name_of_the_environment_is_taken(tmp_path):
    ring = Keyring(tmp_path / "keys", {"ADAMANT_KEY_MINER_BW": SECRET.hex()})
    with pytest.raises(BadQuestion, match="no key has yet"):
        ring.create("miner-bw", "pass", DEMO_SCRYPT_COST)


def test_a_key_of_the_environment_has_no_keystore(tmp_path):
    ring = Keyring(tmp_path / "keys", {"ADAMANT_KEY_MINER_BW": SECRET.hex()})
    with pytest.raises(BadQuestion, match="of the kind environment"):
        ring.unlock("miner-bw", "pass")
    with pytest.raises(Unknown):
        ring.signer("alice", never)


def test_a_signer_never_shows_its_secret(tmp_path):
    signer = signer_of(tmp_path, SECRET.hex())
    assert SECRET.hex() not in repr(signer) + str(signer)
