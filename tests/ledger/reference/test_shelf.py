"""The folder of a ledger's table files."""

from __future__ import annotations

import os
import stat

import pytest

from ledger.errors import BadQuestion, Damaged, StoreFailed
from ledger.limits import LIMITS
from ledger.reference import Shelf, file_of, read_file, shipped

TABLE = shipped()["warranty-texts"]
DEFINITION = shipped()["definition-kp-2003"]


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    return Shelf(tmp_path / "tables")


def test_a_file_is_kept_under_its_hash_and_found_again(shelf, tmp_path):
    assert shelf.find(TABLE.name, TABLE.sha256) is None
    assert (shelf.add(TABLE), shelf.add(DEFINITION), shelf.add(TABLE)) == (True, True, False)
    assert shelf.find(TABLE.name, TABLE.sha256) == TABLE
    assert shelf.find(DEFINITION.name, DEFINITION.sha256) == DEFINITION
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == sorted(
        (f"{TABLE.sha256.hex()}.csv", f"{DEFINITION.sha256.hex()}.toml")
    )
    assert not list(shelf.faults())


def test_two_versions_of_a_table_lie_side_by_side(shelf):
    other = file_of(TABLE.name, TABLE.raw.replace(b"the older wording", b"an older wording"))
    shelf.add(TABLE)
    shelf.add(other)
    assert shelf.find(TABLE.name, TABLE.sha256) == TABLE
    assert shelf.find(TABLE.name, other.sha256) == other


def test_a_file_that_was_changed_is_damage_and_never_read_as_another_version(shelf, tmp_path):
    shelf.add(TABLE)
    (path,) = (tmp_path / "tables").iterdir()
    path.write_bytes(TABLE.raw.replace(b"the older wording", b"an older wording"))
    with pytest.raises(Damaged, match=path.name):
        shelf.find(TABLE.name, TABLE.sha256)
    with pytest.raises(Damaged):
        shelf.add(TABLE)
    (fault,) = shelf.faults()
    assert (fault.fault, fault.place) == ("altered", f"tables/{path.name}")


def test_what_has_another_name_than_a_hash_is_left_alone(shelf, tmp_path):
    shelf.add(TABLE)
    (tmp_path / "tables" / "notes.csv").write_text("mine")
    (tmp_path / "tables" / f"{TABLE.sha256.hex()}.csv.7.draft").write_text("half")
    assert not list(shelf.faults())


def test_a_folder_that_is_not_there_holds_nothing(shelf):
    assert not list(shelf.faults())


def test_its_files_are_its_owners_alone(shelf, tmp_path):
    shelf.add(TABLE)
    (path,) = (tmp_path / "tables").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_medium_that_fails_says_so(shelf, tmp_path):
    (tmp_path / "tables").write_text("no folder")
    with pytest.raises(StoreFailed):
        shelf.add(TABLE)
    with pytest.raises(StoreFailed):
        shelf.find(TABLE.name, TABLE.sha256)


def test_a_write_that_breaks_off_leaves_nothing_that_has_the_name(shelf, tmp_path, monkeypatch):
    def breaks(*_given: object, **_named: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", breaks)
    with pytest.raises(StoreFailed, match="No space"):
        shelf.add(TABLE)
    assert shelf.find(TABLE.name, TABLE.sha256) is None
    assert not list((tmp_path / "tables").iterdir())


def test_a_file_that_somebody_names_is_read_as_far_as_a_table_may_be_long(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"x" * LIMITS.table_bytes_max)
    assert len(read_file(path)) == LIMITS.table_bytes_max
    path.write_bytes(b"x" * (LIMITS.table_bytes_max + 1))
    with pytest.raises(BadQuestion):
        read_file(path)
    with pytest.raises(BadQuestion):
        read_file(tmp_path / "gone.csv")
