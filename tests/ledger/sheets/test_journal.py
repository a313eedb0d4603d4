"""The journal of an import: what was signed outlives a crash at any byte, and is signed once."""

import hashlib
import json
from dataclasses import replace

import pytest

from ledger.errors import BadQuestion, Damaged, Unavailable
from ledger.sheets.journal import Kept, Tie, open_journal, signed_elsewhere
from ledger.values import Hash32

TIE = Tie("0x01", "0x02", "0x03", "0x04")


def kept(*lines):
    """Return rows as they are signed."""
    return [Kept(line, Hash32(bytes([line]) * 32), b'{"line":%d}' % line) for line in lines]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bags.csv.journal"


@pytest.fixture
def written(path):
    """Return the path of a journal of two batches, the first of which was told."""
    with open_journal(path, TIE) as journal:
        journal.keep(kept(2, 3))
        journal.tell({2: {"state": "recorded", "index": 9}, 3: {"state": "refused"}})
        journal.keep(kept(5))
    return path


def test_a_journal_gives_back_what_it_was_given(written):
    with open_journal(written, TIE) as journal:
        assert list(journal.kept.values()) == kept(2, 3, 5)
        assert journal.told == {2: {"state": "recorded", "index": 9}, 3: {"state": "refused"}}


def test_a_journal_goes_on_after_its_last_line(written):
    with open_journal(written, TIE) as journal:
        journal.keep(kept(7))
    with open_journal(written, TIE) as journal:
        assert list(journal.kept) == [2, 3, 5, 7]


def test_a_journal_torn_anywhere_holds_all_lines_before(written):
    raw = written.read_bytes()
    ends = [at + 1 for at, byte in enumerate(raw) if byte == ord("\n")]
    beside_ends = {end + more for end in ends for more in (-2, -1, 0, 1)}
    for size in sorted({*range(0, len(raw), 13), *beside_ends} & {*range(len(raw))}):
        written.write_bytes(raw[:size])
        whole = sum(end <= size for end in ends)
        with open_journal(written, TIE) as journal:
            assert list(journal.kept) == [[], [], [2, 3], [2, 3], [2, 3, 5]][whole]
            assert bool(journal.told) == (whole >= 3)
            journal.keep(kept(8))
        with open_journal(written, TIE) as journal:
            assert list(journal.kept)[-1] == 8


def test_a_last_line_that_was_not_written_whole_is_dropped(written):
    raw = bytearray(written.read_bytes())
    raw[-20:-10] = bytes(10)
    written.write_bytes(raw)
    with open_journal(written, TIE) as journal:
        assert list(journal.kept) == [2, 3]


def test_an_earlier_line_that_was_changed_is_damage(written):
    lines = written.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b"03", b"04")
    written.write_bytes(b"\n".join(lines))
    with pytest.raises(Damaged, match="line 2"), open_journal(written, TIE):
        pass
    assert written.read_bytes() == b"\n".join(lines)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("file", "the spreadsheet has changed"),
        ("mapping", "the mapping or an option has changed"),
        ("ledger", "another ledger"),
        ("party", "another party"),
    ],
)
def test_a_journal_of_something_else_is_refused_and_left_alone(written, part, said):
    before = written.read_bytes()
    other = replace(TIE, **{part: "0xff"})
    said = pytest.raises(BadQuestion, match=f"{said}.*take the change back")
    with said, open_journal(written, other):
        pass
    assert written.read_bytes() == before


def test_a_journal_under_which_nothing_was_signed_is_begun_again(path):
    with open_journal(path, TIE):
        pass
    with open_journal(path, replace(TIE, file="0xff")) as journal:
        journal.keep(kept(2))
    with open_journal(path, replace(TIE, file="0xff")) as journal:
        assert list(journal.kept) == [2]


@pytest.mark.parametrize("text", ["a note of mine", "0" * 64 + " a note of mine\n", "[]\n[]\n"])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(path, text):
    path.write_text(text)
    with pytest.raises(BadQuestion, match="is none"), open_journal(path, TIE):
        pass
    assert path.read_text() == text


def test_two_imports_do_not_write_into_one_journal(path):
    refused = pytest.raises(Unavailable, match="another process")
    with open_journal(path, TIE), refused, open_journal(path, TIE):
        pass


def test_a_journal_is_for_its_owner_alone(path):
    with open_journal(path, TIE):
        assert path.stat().st_mode & 0o077 == 0


def test_each_line_is_its_digest_and_json(written):
    for line in written.read_bytes().splitlines():
        digest, _, text = line.partition(b" ")
        assert digest == hashlib.sha256(text).hexdigest().encode()
        assert isinstance(json.loads(text), dict)


def test_another_journal_that_holds_rows_of_the_same_spreadsheet_is_found(written):
    renamed = written.with_name("other.csv.journal")
    other_options = replace(TIE, mapping="0xff")
    assert signed_elsewhere(renamed, TIE) == written
    assert signed_elsewhere(renamed, other_options) == written
    assert signed_elsewhere(written, TIE) is None


@pytest.mark.parametrize("part", ["file", "ledger", "party"])
def test_a_journal_of_other_goods_is_not_taken_for_it(written, part):
    assert signed_elsewhere(written.with_name("b"), replace(TIE, **{part: "0xff"})) is None


def test_a_journal_that_holds_no_row_or_is_none_is_not_taken_for_it(path):
    with open_journal(path, TIE):
        pass
    path.with_name("a.journal").write_text("a note of mine\n" * 1_000)
    path.with_name("b.journal").mkdir()
    assert signed_elsewhere(path.with_name("c.journal"), TIE) is None
