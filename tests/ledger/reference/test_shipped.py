"""The files that come with the package."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.resources import files

import pytest

from ledger.reference import DEFINITION, check_file, file_of, is_definition, shipped
from ledger.verdicts.tables import COLUMNS, sha256_of
from tests.tree import ROOT

CHARTER_TABLES_MAX = 32


def test_every_table_that_is_read_comes_with_the_package():
    assert {name for name in shipped() if not is_definition(name)} == set(COLUMNS)


@pytest.mark.parametrize("name", shipped())
def test_what_comes_with_the_package_can_be_adopted(name):
    file = shipped()[name]
    assert file.sha256 == sha256_of(file.raw)
    check_file(file)


def test_all_of_it_fits_into_one_charter():
    assert len(shipped()) <= CHARTER_TABLES_MAX


def test_it_is_read_from_the_package_and_not_from_a_folder_of_the_sources():
    room = files("ledger.reference")
    assert room.joinpath("data", "kp-measures.csv").read_bytes() == shipped()["kp-measures"].raw
    for name in shipped():
        if is_definition(name):
            file = f"{name.removeprefix(DEFINITION)}.toml"
            assert room.joinpath("definitions", file).read_bytes() == shipped()[name].raw


@pytest.mark.long
def test_a_wheel_holds_it_and_opens_it_where_there_are_no_sources(tmp_path):
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    build = (sys.executable, "-c", code, str(tmp_path))
    made = subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True)
    wheel = tmp_path / made.stdout.split()[-1]
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    assert {f"ledger/reference/data/{name}.csv" for name in COLUMNS} <= names
    # A wheel is a zip of packages, and Python imports from one as it stands.
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import ledger; "
        "from ledger.reference import shipped; print(ledger.__file__, "
        "*(f.sha256.hex() for f in shipped().values()))"
    )
    read = (sys.executable, "-c", code, str(wheel))
    opened = subprocess.run(read, cwd=tmp_path, check=True, capture_output=True, text=True)
    place, *hashes = opened.stdout.split()
    assert place.startswith(str(wheel))
    assert hashes == [file.sha256.hex() for file in shipped().values()]


def test_a_file_is_known_by_its_bytes():
    raw = shipped()["kp-measures"].raw
    assert file_of("kp-measures", raw) == shipped()["kp-measures"]
    assert file_of("kp-measures", raw + b"\n").sha256 != shipped()["kp-measures"].sha256
