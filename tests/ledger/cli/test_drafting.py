"""Draft files are written whole, and a pipe or a terminal is written to as it is."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.canonical import Envelope, seal
from ledger.cli.drafting import add_signature, id_of, read_draft, signers_of, write_draft
from ledger.errors import BadQuestion
from ledger.keys import SignerKind, Statement
from ledger.signing import sign
from ledger.values import Address, Hash32
from tests.desk import journey
from tests.world import address_of, secret_of

LEDGER = Hash32(b"\x07" * 32)
MINER = address_of("miner-bw")


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


@dataclass(frozen=True)
class Lying:
    """A signer that gives the signature of another key, or over something else."""

    gives: bytes
    address: Address = MINER
    kind: SignerKind = "command"

    def sign(self, _statement: Statement) -> bytes:
        return self.gives


def test_what_a_signer_gives_is_looked_at_whatever_it_is(drafts: list[Envelope]) -> None:
    draft = drafts[-1]
    digest = id_of(draft.record, LEDGER)
    unsigned = seal(draft.record, ())
    honest = Lying(sign(digest, secret_of("miner-bw")))
    assert signers_of(add_signature(unsigned, LEDGER, honest), LEDGER) == (honest.address,)
    for name, over in (("trader-be", digest), ("miner-bw", LEDGER)):
        with pytest.raises(BadQuestion, match="signer-address"):
            add_signature(unsigned, LEDGER, Lying(sign(over, secret_of(name))))
    with pytest.raises(BadQuestion, match="signer-form"):
        add_signature(unsigned, LEDGER, Lying(honest.gives[:64]))
