"""Which versions a ledger judges by, at any size of its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ledger.cli.charters import constitution_of
from ledger.errors import BadQuestion, BadTable, Damaged, TableMissing, Unknown
from ledger.reference import (
    File,
    Library,
    Shelf,
    adopted_at,
    check_file,
    file_of,
    is_definition,
    shipped,
)
from ledger.values import Hash32
from ledger.verdicts.tables import COLUMNS
from tests.desk import Desk
from tests.world import GOVERNORS, World, address_of

NAME = "kp-measures"
OURS = shipped()[NAME]
FIRST = file_of(NAME, OURS.raw.replace(b"the first compliant zone", b"the first zone"))
SECOND = file_of(NAME, OURS.raw.replace(b"the first compliant zone", b"a first zone"))


def hashes(*files: File) -> dict[str, Hash32]:
    return {file.name: file.sha256 for file in files}


def founded(*files: File) -> Desk:
    """Return a ledger whose Charter names these files."""
    world = World()
    world.found(tables=hashes(*files))
    world.admit("authority-bw")
    return Desk(world).fill()


def amend(desk: Desk, tables: Mapping[str, Hash32]) -> None:
    """Amend its charter so that it names these files alone."""
    world = desk.world
    charter = world.log[0][1].record
    restated = replace(constitution_of(charter), tables=tables)
    head = world.charter().head
    world.say(restated.amendment(address_of(GOVERNORS[0]), head, world.moment()), *GOVERNORS[:2])
    with desk.open() as book:
        desk.catch_up(book)


@pytest.fixture
def library(tmp_path) -> Library:
    shelf = Shelf(tmp_path / "tables")
    shelf.add(FIRST)
    shelf.add(SECOND)
    return Library(tmp_path / "tables")


def test_without_adopted_tables_those_of_the_package_count_and_none_is_adopted(library):
    with founded().store.view() as view:
        versions = library.versions_at(view)
        collection = library.collection_at(view)
    assert [version.file for version in versions] == list(shipped().values())
    assert all(one.is_shipped and not one.is_adopted for one in versions)
    assert collection.adopted == frozenset()
    assert set(collection.tables) == set(COLUMNS)
    assert {f"definition-{one}" for one in collection.definitions} == set(
        filter(is_definition, shipped())
    )


def test_an_adopted_version_counts_instead_of_the_packages(library):
    with founded(FIRST).store.view() as view:
        version = library.version_at(view, NAME)
        collection = library.collection_at(view)
    assert (version.is_adopted, version.is_shipped, version.read()) == (True, False, FIRST)
    assert collection.tables[NAME].sha256 == FIRST.sha256
    assert collection.adopted == {FIRST.sha256}
    assert collection.tables["places"].sha256 == shipped()["places"].sha256


def test_the_packages_version_may_be_adopted_and_needs_no_folder():
    with founded(OURS).store.view() as view:
        version = Library().version_at(view, NAME)
    assert (version.is_adopted, version.is_shipped, version.read()) == (True, True, OURS)


def test_a_past_size_is_judged_by_what_was_adopted_then(library):
    desk = founded(FIRST)
    amend(desk, hashes(SECOND))
    desk.world.admit("miner-bw")
    amend(desk, {})
    with desk.store.view() as view:
        read = {
            size: (library.version_at(view, NAME, size).sha256, adopted_at(view, size).index)
            for size in range(1, view.head().size + 1)
        }
        now = library.version_at(view, NAME)
    assert read == {
        **dict.fromkeys((1, 2), (FIRST.sha256, 0)),
        **dict.fromkeys((3, 4), (SECOND.sha256, 2)),
        5: (OURS.sha256, 4),
    }
    assert (now.sha256, now.is_adopted) == (OURS.sha256, False)


@pytest.mark.parametrize("size", [0, -1, 3])
def test_there_is_no_charter_of_a_size_that_the_log_never_had(library, size):
    with founded().store.view() as view, pytest.raises(BadQuestion):
        library.versions_at(view, size)


def test_a_missing_file_is_an_error_and_never_another_version(tmp_path):
    library = Library(tmp_path / "none")
    with founded(FIRST).store.view() as view:
        version = library.version_at(view, NAME)
        assert (version.file, version.sha256, version.is_adopted) == (None, FIRST.sha256, True)
        with pytest.raises(TableMissing, match=FIRST.sha256.hex()):
            version.read()
        with pytest.raises(TableMissing):
            library.collection_at(view)
        assert list(library.missing(view)) == [(NAME, FIRST.sha256)]


def test_whatever_any_charter_ever_named_is_missed(tmp_path):
    desk = founded(FIRST, shipped()["places"])
    amend(desk, hashes(SECOND))
    shelf = Shelf(tmp_path / "tables")
    shelf.add(SECOND)
    with desk.store.view() as view:
        assert list(Library(tmp_path / "tables").missing(view)) == [(NAME, FIRST.sha256)]
        shelf.add(FIRST)
        assert not list(Library(tmp_path / "tables").missing(view))


def test_a_file_that_was_changed_in_the_folder_is_damage(library, tmp_path):
    (tmp_path / "tables" / f"{FIRST.sha256.hex()}.csv").write_bytes(SECOND.raw)
    with founded(FIRST).store.view() as view, pytest.raises(Damaged):
        library.collection_at(view)


def test_a_table_that_this_package_does_not_read_counts_for_nothing(tmp_path):
    other = file_of("a-table-of-our-own", b"whatever")
    library = Library(tmp_path / "tables")
    with founded(other).store.view() as view:
        assert library.version_at(view, other.name).file is None
        assert other.name not in library.collection_at(view).tables


def test_an_adopted_file_that_is_no_such_table_is_an_error(tmp_path):
    bad = file_of(NAME, b"key\n")
    Shelf(tmp_path / "tables").add(bad)
    with founded(bad).store.view() as view, pytest.raises(BadTable):
        Library(tmp_path / "tables").collection_at(view)


def test_a_definition_is_adopted_as_a_table_and_may_be_of_a_ledgers_own(tmp_path):
    name = "definition-kp-2003"
    ours = shipped()[name]
    own = file_of("definition-ours", ours.raw.replace(b'"kp-2003"', b'"ours"'))
    own = file_of(own.name, own.raw.replace(b"kp-2003.", b"ours."))
    other = file_of(name, ours.raw + b"\n# read again\n")
    shelf = Shelf(tmp_path / "tables")
    shelf.add(own)
    shelf.add(other)
    with founded(own, other).store.view() as view:
        collection = Library(tmp_path / "tables").collection_at(view)
    assert collection.definitions["ours"].sha256 == own.sha256
    assert collection.definitions["kp-2003"].sha256 == other.sha256
    assert {own.sha256, other.sha256} == collection.adopted


def test_files_are_found_by_their_hash_alone(library):
    assert library.find(NAME, FIRST.sha256) == FIRST
    assert library.find(NAME, OURS.sha256) == OURS
    with pytest.raises(Unknown):
        library.find("places", FIRST.sha256[::-1])  # type: ignore[arg-type]  # no hash of any file
    with founded().store.view() as view, pytest.raises(Unknown):
        library.version_at(view, "kp-gossip")


@pytest.mark.parametrize("name", ["", "KP", "a" * 41, "a_b", "../places"])
def test_a_file_is_of_a_name_that_a_charter_can_hold(name):
    with pytest.raises(BadQuestion):
        check_file(File(name, OURS.sha256, OURS.raw))
