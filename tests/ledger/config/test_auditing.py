"""A ledger's folder under audit: every byte of its files looked at, and nobody disturbed."""

import shutil

import pytest

from ledger import config
from ledger.config import LedgerFolder
from ledger.errors import Unavailable
from tests.ledger.test_config import charter_of
from tests.world import ORIGIN


@pytest.fixture
def founded(tmp_path):
    folder = config.make_folder(tmp_path / "ledger", ORIGIN)
    config.found_ledger(folder, charter_of(folder))
    return folder


def test_a_sound_ledger_shows_no_fault_as_bytes(founded):
    with config.locked(founded), config.open_for_audit(founded) as opened:
        assert opened.faults == ()
        assert opened.log is not None
        assert opened.checkpoints.latest() is not None


def test_the_scratch_store_of_an_audit_is_empty_and_gone_afterwards(founded):
    with (
        config.locked(founded),
        config.open_for_audit(founded) as opened,
        opened.scratch.view() as view,
    ):
        assert view.head().size == 0
    with pytest.raises(Unavailable), opened.scratch.view():
        pass


@pytest.mark.parametrize("name", ["log.db", "checkpoints.db"])
def test_a_flipped_bit_in_a_file_is_a_fault_of_its_page(founded, name):
    file = founded.path / name
    raw = bytearray(file.read_bytes())
    raw[4096 + 100] ^= 1
    file.write_bytes(raw)
    with config.locked(founded), config.open_for_audit(founded) as opened:
        assert [(one.fault, one.place[: len(name) + 7]) for one in opened.faults][:1] == [
            ("altered", f"{name} page 2")
        ]


def test_files_that_are_missing_are_faults_and_what_is_there_is_still_audited(founded):
    founded.checkpoints().unlink()
    with config.locked(founded), config.open_for_audit(founded) as opened:
        assert any("checkpoints.db" in one.place for one in opened.faults)
        assert opened.log is not None
        assert opened.checkpoints.latest() is None


def test_an_audit_of_a_copy_that_names_a_second_store_in_use_is_refused_and_leaves_it_alone(
    tmp_path, monkeypatch
):
    second = tmp_path / "other-disk" / "second.db"
    second.parent.mkdir()
    live = config.make_folder(tmp_path / "live", ORIGIN, second)
    config.found_ledger(live, charter_of(live))
    aside = tmp_path / "second-copy.db"
    shutil.copyfile(second, aside)
    copy = LedgerFolder(shutil.copytree(live.path, tmp_path / "copy"))
    assert copy.checkpoints() == second
    with config.locked(live), config.open_ledger(live) as opened:
        files = (second, second.with_name("second.db-wal"))
        lying = {path: path.stat().st_mtime_ns for path in files}
        with (
            config.locked(copy),
            pytest.raises(Unavailable, match="ADAMANT_CHECKPOINTS"),
            config.open_for_audit(copy),
        ):
            pass
        assert {path: path.stat().st_mtime_ns for path in lying} == lying
        monkeypatch.setenv("ADAMANT_CHECKPOINTS", str(aside))
        with config.locked(copy), config.open_for_audit(copy) as under:
            assert under.faults == ()
            assert under.checkpoints.latest() == opened.book.published
        assert opened.book.fault is None
    monkeypatch.delenv("ADAMANT_CHECKPOINTS")
    with config.locked(live), config.open_for_audit(live) as under:
        assert under.faults == ()


@pytest.mark.parametrize("name", ["log.db", "checkpoints.db"])
def test_pages_of_zeros_behind_the_end_of_a_file_are_a_fault(founded, name):
    with (founded.path / name).open("ab") as file:
        file.write(bytes(3 * 4096))
    with config.locked(founded), config.open_for_audit(founded) as opened:
        assert [(one.fault, one.place, one.detail) for one in opened.faults] == [
            ("altered", name, "3 pages stand behind its end")
        ]


def test_a_log_key_that_is_none_is_a_fault_and_a_missing_one_is_an_auditors_copy(founded):
    founded.log_key.write_text("no key")
    with config.locked(founded), config.open_for_audit(founded) as opened:
        assert [one.place for one in opened.faults] == ["log.key"]
    founded.log_key.unlink()
    with config.locked(founded), config.open_for_audit(founded) as opened:
        assert opened.faults == ()


def test_a_log_key_that_the_charter_does_not_name_is_a_fault(founded):
    founded.log_key.write_text(config.fresh_log_key(ORIGIN).reveal_secret() + "\n")
    with config.locked(founded), config.open_for_audit(founded) as opened:
        assert [str(one) for one in opened.faults] == [
            "altered at log.key: it holds none of the keys that the charter names"
        ]
