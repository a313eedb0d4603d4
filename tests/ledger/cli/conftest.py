"""A town, founded once and copied for each test."""

from __future__ import annotations

import shutil

import pytest

from tests.ledger.cli.town import Town


@pytest.fixture(scope="session")
def _founded(tmp_path_factory) -> Town:
    town = Town(tmp_path_factory.mktemp("town") / "town")
    town.found()
    return town


@pytest.fixture
def town(_founded, tmp_path, monkeypatch) -> Town:
    """A town of one's own, with everybody admitted and one mine; the test stands in its folder."""
    shutil.copytree(_founded.path, tmp_path / "town")
    monkeypatch.chdir(tmp_path)
    return Town(tmp_path / "town")
