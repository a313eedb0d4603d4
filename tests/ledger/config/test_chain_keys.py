"""The ledger's own keys for a chain: made once, read by their owner alone, never shown."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from eth_account import Account

from ledger.config import read_chain_key, read_or_make_chain_key
from ledger.errors import RefusesToStart


def test_a_key_is_made_once_and_read_from_then_on(tmp_path: Path) -> None:
    made = read_or_make_chain_key(tmp_path / "a.key", "the key")
    assert read_or_make_chain_key(tmp_path / "a.key", "the key") == made
    assert read_chain_key(tmp_path / "a.key", "the key") == made
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert "0x" + made.address.hex() == Account.from_key(made.secret).address.lower()


def test_two_keys_are_two(tmp_path: Path) -> None:
    one = read_or_make_chain_key(tmp_path / "a.key", "the key")
    assert read_or_make_chain_key(tmp_path / "b.key", "the key") != one


def test_a_key_is_not_shown_with_its_secret(tmp_path: Path) -> None:
    key = read_or_make_chain_key(tmp_path / "a.key", "the key")
    assert key.secret.hex() not in repr(key)
    assert str(key.secret) not in repr(key)


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    read_or_make_chain_key(file, "the key")
    file.chmod(0o640)
    with pytest.raises(RefusesToStart, match=r"the key, .* is open to others"):
        read_chain_key(file, "the key")


@pytest.mark.parametrize(
    "text",
    ["", "0x", "0x" + "00" * 32, "0x" + "ff" * 32, "11" * 32, "0x" + "11" * 31, "0x" + "AB" * 32],
)
def test_what_is_no_key_is_named_and_not_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.key"
    file.touch(mode=0o600)
    file.write_text(text)
    with pytest.raises(RefusesToStart, match="is not 32 bytes of a key") as told:
        read_chain_key(file, "the key")
    assert len(text) < 8 or text not in str(told.value)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(RefusesToStart, match=r"the key, .* cannot be read"):
        read_chain_key(tmp_path / "a.key", "the key")
