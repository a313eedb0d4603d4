"""A clock that leapt while a ledger was open is not believed after a restart either."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger import config
from ledger.config import LedgerFolder
from ledger.errors import RefusesToStart, StoreFailed
from ledger.limits import LIMITS
from tests.ledger.test_config import charter_of
from tests.world import ORIGIN

TOO_FAR_MS = LIMITS.clock_ahead_ms_max + 60_000


@dataclass
class Machine:
    """A machine whose clock can be set, and that can be started again."""

    boot_file: Path
    ahead_ms: int = 0

    def __post_init__(self) -> None:
        self.boot("the first boot")

    def boot(self, name: str) -> None:
        self.boot_file.write_text(f"{name}\n")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path / "boot_id")
    monkeypatch.setattr("ledger.config.clocks.BOOT_ID_FILE", machine.boot_file)
    monkeypatch.setattr(
        "ledger.config.opening.system_clock", lambda: config.system_clock() + machine.ahead_ms
    )
    return machine


@pytest.fixture
def founded(tmp_path: Path) -> LedgerFolder:
    folder = config.make_folder(tmp_path / "ledger", ORIGIN)
    config.found_ledger(folder, charter_of(folder))
    return folder


def start(folder: LedgerFolder) -> None:
    """Open a ledger and close it."""
    with config.locked(folder), config.open_ledger(folder):
        pass


def test_a_clock_that_leapt_is_not_believed_by_the_next_start_until_it_is_set_right(
    machine: Machine, founded: LedgerFolder
) -> None:
    start(founded)
    machine.ahead_ms = TOO_FAR_MS
    for _ in range(2):
        with pytest.raises(RefusesToStart, match="the clock gained"):
            start(founded)
    machine.ahead_ms = 0
    start(founded)


def test_a_clock_that_was_wrong_and_is_right_is_believed_when_the_named_file_is_removed(
    machine: Machine, founded: LedgerFolder
) -> None:
    start(founded)
    machine.ahead_ms = TOO_FAR_MS
    with pytest.raises(RefusesToStart, match=f"remove {founded.clock_file.name}"):
        start(founded)
    founded.clock_file.unlink()
    start(founded)
    start(founded)


def test_another_boot_begins_anew(machine: Machine, founded: LedgerFolder) -> None:
    start(founded)
    machine.boot("the second boot")
    machine.ahead_ms = TOO_FAR_MS
    start(founded)
    machine.ahead_ms *= 2
    with pytest.raises(RefusesToStart, match="the clock gained"):
        start(founded)


def test_where_nothing_names_the_boot_nothing_is_kept(
    machine: Machine, founded: LedgerFolder
) -> None:
    machine.boot_file.unlink()
    start(founded)
    assert not founded.clock_file.exists()


def test_a_clock_behind_the_last_entry_is_not_kept(machine: Machine, founded: LedgerFolder) -> None:
    machine.ahead_ms = -TOO_FAR_MS
    with pytest.raises(RefusesToStart, match="behind the last entry"):
        start(founded)
    machine.ahead_ms = 0
    start(founded)


@pytest.mark.parametrize("text", ["", "[]", "null", '{"boot": ""}', "\x00", '{"boot": 1e999'])
def test_a_file_that_says_nothing_of_the_clock_is_written_again(
    machine: Machine, founded: LedgerFolder, text: str
) -> None:
    founded.clock_file.write_text(text)
    start(founded)
    assert json.loads(founded.clock_file.read_text())["boot"] == "the first boot"


@pytest.mark.usefixtures("machine")
def test_a_disk_on_which_it_cannot_be_kept_opens_nothing(founded: LedgerFolder) -> None:
    founded.clock_file.mkdir()
    with pytest.raises(StoreFailed, match=r"clock\.json could not be written"):
        start(founded)
