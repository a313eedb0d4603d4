"""The settings that a fresh ledger's file shows are those that there are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from ledger.config import Settings, read_settings
from ledger.config.settings import FRESH_TOML

EXAMPLES = frozenset(
    """
    public_addresses trusted_proxies metrics_readers webhooks webhook_networks
    chain_url chain_id anchor_contract anchor_seconds anchor_confirmations mirror_contract
    """.split()
)
"""Settings that are empty unless somebody says what belongs there."""


def shown() -> str:
    text = FRESH_TOML.format(checkpoints='"checkpoints.db"')
    return re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE)


def test_every_setting_stands_in_a_fresh_file_and_no_other() -> None:
    assert set(tomllib.loads(shown())) == set(Settings.model_fields)


def test_what_it_shows_is_what_holds_if_nothing_is_said(tmp_path: Path) -> None:
    file = tmp_path / "ledger.toml"
    file.write_text(shown())
    said, unsaid = read_settings(file).model_dump(), Settings().model_dump()
    for name in Settings.model_fields:
        assert (said[name] == unsaid[name]) is (name not in EXAMPLES), name


def test_every_setting_may_stand_in_the_environment(tmp_path: Path, monkeypatch) -> None:
    for name, text in (("trusted_proxies", '["10.0.0.1"]'), ("metrics", "true")):
        monkeypatch.setenv(f"ADAMANT_{name.upper()}", text)
    settings = read_settings(tmp_path / "none.toml")
    assert (settings.trusted_proxies, settings.metrics) == (("10.0.0.1",), True)
