"""Draft files are written whole, and a pipe or a terminal is written to as it is."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ledger.canonical import Envelope
from ledger.cli.drafting import read_draft, write_draft
from ledger.errors import BadQuestion
from tests.desk import journey


@pytest.fixture(scope="module")
def drafts() -> list[Envelope]:
    return [signed.envelope for _, signed, _ in journey().log[:2]]


def test_a_draft_is_read_back_as_it_was_written(tmp_path: Path, drafts: list[Envelope]) -> None:
    for draft in drafts:
        write_draft(tmp_path / "draft.json", draft)
        assert read_draft(str(tmp_path / "draft.json")) == draft


def test_a_draft_that_could_not_be_written_leaves_the_one_before(
    tmp_path: Path, drafts: list[Envelope], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "draft.json"
    write_draft(file, drafts[0])

    def fill(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fill)
    with pytest.raises(BadQuestion, match="No space left"):
        write_draft(file, drafts[1])
    assert read_draft(str(file)) == drafts[0]
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_no_file_of_its_own_is_written_to_and_not_replaced(
    tmp_path: Path, drafts: list[Envelope]
) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.touch()
    link.symlink_to(target)
    write_draft(link, drafts[0])
    assert link.is_symlink()
    assert read_draft(str(target)) == drafts[0]
    read, write = os.pipe()
    with os.fdopen(read, "rb") as pipe:
        write_draft(Path(f"/dev/fd/{write}"), drafts[1])
        os.close(write)
        assert pipe.read() == drafts[1].raw + b"\n"
