"""What the page on deploying says of settings, numbers and files is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from api.connections import TAKEN_BYTES_MIN
from ledger.config import LedgerFolder, Settings, read_settings
from ledger.limits import LIMITS, DoorLimits, StreamLimits
from tests.tree import ROOT

DEPLOY = (ROOT / "docs/deploy.md").read_text("utf-8")
SERVING = (ROOT / "docs/serving.md").read_text("utf-8")
MIB = 1024 * 1024


def block(sort: str) -> str:
    """Return the page's one block of a sort."""
    (found,) = re.findall(rf"```{sort}\n(.*?)```", DEPLOY, re.DOTALL)
    text: str = found
    return text


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    table = page.partition(f"{heading}\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_the_settings_it_shows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "ledger.toml"
    file.write_text(block("toml"))
    assert (
        read_settings(file).model_dump().items()
        >= {name: tuple(value) for name, value in tomllib.loads(block("toml")).items()}.items()
    )


def test_every_limit_in_its_table_is_a_setting_or_the_machine_s() -> None:
    places = [place for _, place, _ in rows(DEPLOY, "| limit | where | value |")[1:]]
    named = {name for place in places for name in re.findall(r"`(\w+)`", place)}
    assert named <= set(Settings.model_fields)
    assert len(named) >= 8
    assert f"{DoorLimits().connections_max:,}" in DEPLOY
    assert f"{TAKEN_BYTES_MIN // 1024} KiB of it in {DoorLimits().client_seconds_max:.0f}" in DEPLOY


@pytest.mark.parametrize("row", rows(SERVING, "| setting | is | may be |")[1:], ids=str)
def test_limits_are_told_with_what_holds_and_what_may(row: list[str]) -> None:
    names, meaning, bounds = row
    numbers = re.findall(r"\d[\d,]*", bounds)
    for name in re.findall(r"`(\w+)`", names):
        field = Settings.model_fields[name]
        assert f"{field.default:,.0f}" in meaning
        given = [getattr(one, "ge", None) or getattr(one, "le", None) for one in field.metadata]
        assert [f"{one:,}" for one in given] == numbers[: len(given)]


def test_the_table_of_limits_is_whole() -> None:
    table = "".join(names for names, _, _ in rows(SERVING, "| setting | is | may be |")[1:])
    fields = {*DoorLimits.__dataclass_fields__, *StreamLimits.__dataclass_fields__}
    settable = {
        name
        for name in Settings.model_fields
        if name in fields or name.removeprefix("stream_") in fields
    }
    assert set(re.findall(r"`(\w+)`", table)) == settable
    assert len(settable) == 11


def test_proxies_let_the_largest_batch_through_and_outlast_the_server() -> None:
    (nginx,) = re.findall(r"client_max_body_size (\d+)m;", block("nginx"))
    (caddy,) = re.findall(r"max_size (\d+)MiB\n", block("caddyfile"))
    assert int(nginx) * MIB > LIMITS.batch_bytes_max
    assert int(caddy) * MIB > LIMITS.batch_bytes_max
    (seconds,) = re.findall(r"read_body (\d+)s", block("caddyfile"))
    assert int(seconds) > DoorLimits().body_seconds_max


def test_a_block_of_caddy_s_opens_at_the_end_of_its_line() -> None:
    assert not re.findall(r"\{[^\n]", block("caddyfile"))


def test_every_file_that_a_ledger_may_have_is_spoken_of_under_backups() -> None:
    backups = DEPLOY.partition("## Backups")[2]
    paths = {
        value.fget(LedgerFolder(Path("x"))).name
        for value in vars(LedgerFolder).values()
        if isinstance(value, property) and value.fget is not None
        if isinstance(value.fget(LedgerFolder(Path("x"))), Path)
    } - {"charter.json"}  # a draft, until the ledger is founded
    for name in (*paths, "checkpoints.db", "private.db", "webhook.secret", "webhooks.json"):
        assert f"`{name}" in backups, name
