"""Keys that a command holds: it signs what it is shown, and nothing it says is believed."""

from __future__ import annotations

import itertools
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import drafts
from ledger.answers.typed_data import typed_data
from ledger.canonical import to_plain
from ledger.drafts import Moment, Speaker
from ledger.errors import BadQuestion
from ledger.keys import CommandSigner, Keyring, RecordStatement, TextStatement, write_settings
from ledger.keys.commands import parse_settings
from ledger.limits import LIMITS
from ledger.signing import recover
from ledger.values import Address, Hash32, to_hex
from tests.world import START, address_of, secret_of

DEVICE = str(Path(__file__).with_name("device.py"))
LEDGER = Hash32(b"\x22" * 32)
ADDRESS = address_of("miner-bw")


def never():
    raise AssertionError("nobody is asked for a passphrase")


def device(behaviour="honest", *more, seconds=60, address=ADDRESS, holds="miner-bw"):
    command = (sys.executable, DEVICE, behaviour, secret_of(holds).hex(), *more)
    return CommandSigner("vault", address, command, seconds)


def a_record():
    salts = (bytes([number]) * 32 for number in itertools.count(1))
    speaker, moment = Speaker(ADDRESS, "miner", "BW"), Moment(START, lambda: next(salts))
    return drafts.admission(
        speaker, moment, address_of("agent"), "agent", "BW", kinds=("Registration", "Handoff")
    )


STATEMENTS = {
    "a record": RecordStatement(a_record(), LEDGER),
    "a text": TextStatement("ledger.example wants you to sign in"),
}


@pytest.mark.long
@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_device_that_computes_the_digest_itself_signs(tmp_path, statement):
    signer = device("honest", str(tmp_path / "asked"))
    assert recover(statement.digest, signer.sign(statement)) == ADDRESS
    told = json.loads((tmp_path / "asked").read_text())["asked"]
    assert told.pop("version") == 1
    assert told.pop("address") == to_hex(ADDRESS)
    assert told.pop("digest") == to_hex(statement.digest)
    assert told == json.loads(json.dumps(statement.plain()))


def test_a_record_is_shown_as_the_typed_data_that_the_ledger_gives_wallets():
    plain = RecordStatement(a_record(), LEDGER).plain()["typedData"]
    known = typed_data("Admission", LEDGER)
    assert (plain["types"], plain["domain"]) == (known.types, known.domain)
    assert plain["primaryType"] == known.primary_type
    assert plain["message"] == to_plain(a_record())


@pytest.mark.long
def test_a_command_sees_no_passphrase_and_no_other_key(tmp_path, monkeypatch):
    monkeypatch.setenv("ADAMANT_PASSPHRASE", "hush")
    monkeypatch.setenv("ADAMANT_KEY_MINER", "11" * 32)
    device("honest", str(tmp_path / "asked")).sign(STATEMENTS["a text"])
    saw = json.loads((tmp_path / "asked").read_text())["saw"]
    assert "PATH" in saw
    assert not [name for name in saw if name.startswith("ADAMANT_")]


@pytest.mark.parametrize(
    ("signer", "reason"),
    [
        (device("deaf", seconds=1), "signer-time"),
        (device("flood"), "signer-size"),
        (device("broken"), "signer-exit"),
        (device("garbage"), "signer-form"),
        pytest.param(device("two-lines"), "signer-form", marks=pytest.mark.long),
        pytest.param(device("high-s"), "signer-form", marks=pytest.mark.long),
        pytest.param(device("v-from-0"), "signer-form", marks=pytest.mark.long),
        pytest.param(device(holds="trader-be"), "signer-address", marks=pytest.mark.long),
        (CommandSigner("vault", ADDRESS, ("/nowhere/at-all",), 5), "signer-start"),
        (CommandSigner("vault", ADDRESS, (DEVICE,), 5), "signer-start"),
        (CommandSigner("vault", ADDRESS, ("/bin/true",), 5), "signer-form"),
        (CommandSigner("vault", ADDRESS, ("/bin/false",), 5), "signer-exit"),
    ],
    ids=lambda one: one if isinstance(one, str) else Path(one.command[-2 % len(one.command)]).name,
)
def test_a_command_that_does_not_sign_as_asked_is_refused_by_name(signer, reason):
    with pytest.raises(BadQuestion) as caught:
        signer.sign(STATEMENTS["a record"])
    assert caught.value.field == reason
    assert "\n" not in str(caught.value)


def test_a_command_is_started_without_a_shell(tmp_path):
    made = tmp_path / "made"
    signer = CommandSigner("vault", ADDRESS, ("/bin/echo", f"$(touch {made}); touch {made}"), 5)
    with pytest.raises(BadQuestion, match="signer-form"):
        signer.sign(STATEMENTS["a text"])
    assert not made.exists()


# -- settings --------------------------------------------------------------------------------


def settings(**changed):
    plain = {
        "kind": '"command"',
        "address": f'"{to_hex(ADDRESS)}"',
        "command": '["/usr/bin/sign"]',
        "timeout_seconds": "7",
        **changed,
    }
    return "".join(f"{name} = {value}\n" for name, value in plain.items() if value)


def test_settings_name_the_command_its_address_and_its_time(tmp_path):
    (tmp_path / "vault.toml").write_text(settings(command='["/usr/bin/sign", "--path", "m/44"]'))
    ring = Keyring(tmp_path)
    signer = ring.signer("vault", never)
    assert signer == CommandSigner("vault", ADDRESS, ("/usr/bin/sign", "--path", "m/44"), 7)
    assert [(key.name, key.address, key.kind) for key in ring.entries()] == [
        ("vault", ADDRESS, "command")
    ]


def test_a_command_may_take_as_long_as_a_person_does():
    read = parse_settings(settings(timeout_seconds="").encode(), "vault")
    assert read.timeout_seconds == LIMITS.signer_seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "no TOML", "[[[[", "kind = 1", "a=" + "[" * 5_000),
        settings(kind='"keystore"'),
        settings(kind=""),
        settings(through="1"),
        *(settings(address=one) for one in ("", '"0x12"', "5", f'"{ADDRESS.hex()}"')),
        *(settings(command=one) for one in ("", "[]", '"/bin/sign"', "[1]", '["sign"]', '["./s"]')),
        settings(command=r'["/bin/sign", "a\u0000b"]'),
        *(settings(timeout_seconds=one) for one in ("0", "-1", "1.5", "true", "3601", '"7"')),
    ],
)
def test_settings_that_are_none_are_refused_by_name(tmp_path, text):
    (tmp_path / "vault.toml").write_text(text)
    with pytest.raises(BadQuestion) as caught:
        Keyring(tmp_path).signer("vault", never)
    assert caught.value.field == "signer-settings"
    assert Keyring(tmp_path).left_out() == ["vault.toml"]


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_settings_that_others_could_write_start_nothing(tmp_path, mode):
    (tmp_path / "vault.toml").write_text(settings())
    (tmp_path / "vault.toml").chmod(mode)
    with pytest.raises(BadQuestion, match="chmod go-w"):
        Keyring(tmp_path).signer("vault", never)


def test_settings_in_a_folder_that_others_could_write_start_nothing(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "vault.toml").write_text(settings())
    folder.chmod(0o777)
    with pytest.raises(BadQuestion, match="signer-settings"):
        Keyring(folder).signer("vault", never)
    folder.chmod(0o755)
    assert Keyring(folder).signer("vault", never)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_settings_of_somebody_else_start_nothing(tmp_path):
    (tmp_path / "vault.toml").write_text(settings())
    os.chown(tmp_path / "vault.toml", 65_534, 65_534)
    with pytest.raises(BadQuestion, match="your own"):
        Keyring(tmp_path).signer("vault", never)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.binary(min_size=20, max_size=20), st.lists(WORDS), st.integers(1, 3_600))
def test_settings_are_read_as_they_were_written(address, words, seconds):
    signer = CommandSigner("vault", Address(address), ("/bin/sign", *words), seconds)
    assert parse_settings(write_settings(signer).encode(), "vault") == signer


def test_what_could_not_be_read_again_is_not_kept(tmp_path):
    for command, seconds in ((("sign",), 5), ((), 5), (("/bin/sign",), 0), (("/s", "\udcff"), 5)):
        with pytest.raises(BadQuestion):
            Keyring(tmp_path).attach(CommandSigner("vault", ADDRESS, command, seconds))
    assert list(tmp_path.iterdir()) == []
