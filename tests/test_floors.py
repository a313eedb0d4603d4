"""Locks and what is installed stay above ``requirements/floors.toml``; locks hold what they say."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import version
from itertools import pairwise

import apsw
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.tree import ROOT

FLOORS = tomllib.loads((ROOT / "requirements/floors.toml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = ("run", "evm", "dev")  # each holds all of those before it
PIN = re.compile(r"^([a-z0-9-]+)==([\w.]+)", re.MULTILINE)


def lock_text(name: str) -> str:
    """Return the text of a Python lock."""
    return (ROOT / f"requirements/{name}.txt").read_text("utf-8")


def pins(name: str) -> dict[str, Version]:
    """Return what a Python lock pins."""
    return {package: Version(pinned) for package, pinned in PIN.findall(lock_text(name))}


def node_packages() -> dict[str, dict[str, str]]:
    """Return the packages of the npm lock by name."""
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    return {path.rpartition("node_modules/")[2]: entry for path, entry in packages.items() if path}


@pytest.mark.parametrize("package", FLOORS["python"])
def test_the_locks_and_what_is_installed_keep_above_the_floor(package: str) -> None:
    floor = FLOORS["python"][package]
    least = Version(floor["floor"])
    pinned = [pins(lock)[package] for lock in LOCKS if package in pins(lock)]
    assert pinned
    assert min(pinned) >= least, floor["why"]
    assert Version(version(package)) >= least, floor["why"]


@pytest.mark.parametrize("package", FLOORS["npm"])
def test_the_npm_lock_keeps_above_the_floor(package: str) -> None:
    floor = FLOORS["npm"][package]
    assert Version(node_packages()[package]["version"]) >= Version(floor["floor"]), floor["why"]


def test_the_sqlite_that_runs_has_no_wal_reset_bug() -> None:
    assert Version(apsw.sqlite_lib_version()) >= Version("3.51.3")


def test_every_requirement_of_the_project_is_locked_within_its_bounds() -> None:
    extras = {"run": [], **PROJECT["optional-dependencies"]}
    for lock in LOCKS:
        for requirement in map(Requirement, PROJECT["dependencies"] + extras[lock]):
            pinned = pins(lock)[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(pinned), f"{requirement} in {lock}.txt"


@pytest.mark.parametrize(("smaller", "larger"), [*pairwise(LOCKS)])
def test_each_lock_holds_all_of_the_one_before(smaller: str, larger: str) -> None:
    assert pins(smaller).items() <= pins(larger).items()


def test_what_the_tests_need_of_the_other_extras_is_asked_for_alike() -> None:
    extras = PROJECT["optional-dependencies"]
    assert {*extras["evm"], *extras["parquet"]} <= {*extras["dev"]}


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash_and_no_lock_has_an_address(name: str) -> None:
    text = lock_text(name)
    starts = [match.start() for match in PIN.finditer(text)]
    for start, end in pairwise([*starts, len(text)]):
        assert "--hash=sha256:" in text[start:end]
    assert "//" not in text
    assert "--index" not in text


def test_the_npm_lock_has_hashes_and_no_address() -> None:
    for entry in node_packages().values():
        assert entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry
