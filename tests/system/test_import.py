"""A spreadsheet that is imported by a process which is killed again and again on the way.

However often, and wherever: every bad row is named, every other row is in the ledger, exactly once.
"""

from __future__ import annotations

import csv
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from ledger.canonical import read_envelope
from ledger.config import LedgerFolder
from ledger.keys import DEMO_SCRYPT_COST, Keyring
from ledger.records import Registration
from ledger.rules import outputs_of
from ledger.values import from_hex, to_hex
from tests.system.auditing import copy_of, under_audit
from tests.system.crew import Crew, found
from tests.system.serving import WAIT_SECONDS, Adamant
from tests.trials import dice, seed, trials
from tests.world import secret_of

pytestmark = pytest.mark.long

PASSPHRASE = "of the miner"
HEADINGS = ("Mine", "Bag", "Weight (ct)", "Stones", "Period", "HS code", "Date")
KILLS = ((0.02, 0.2), (0.25, 0.45), (0.5, 0.7))
"""Where on the way the process is killed: between these parts of what it will have kept."""

JOURNAL_BYTES_A_ROW = 1_100
AFTER_SECONDS = 0.03

Registered = dict[str, list[tuple[Registration, int]]]

BAD = {
    "four decimals": ("Weight (ct)", "1.2345"),
    "nothing": ("Weight (ct)", "0.00"),
    "less than nothing": ("Weight (ct)", "-2"),
    "no number": ("Weight (ct)", "two"),
    "empty": ("Weight (ct)", ""),
    "no count": ("Stones", "2.5"),
    "an unknown mine": ("Mine", "Nowhere"),
    "no month": ("Period", "2026-13"),
    "no code of rough": ("HS code", "7102.39"),
    "a long label": ("Bag", "x" * 49),
    "a label that turns text around": ("Bag", "{}\u202e"),
    "a time to come": ("Date", "2999-01-01"),
}
"""Each sort of bad row: the column at fault, and what stands there ({} = what stood there)."""


@dataclass
class Sheet:
    """A spreadsheet with bad rows among the good ones.

    Attributes:
        bad: the column at fault, by line.
        good: the label, by line.

    """

    path: Path
    bad: dict[int, str] = field(default_factory=dict)
    good: dict[int, str] = field(default_factory=dict)

    def write(self, random: Random, rows: int, bad_rows: int) -> None:
        """Write rows, so many of them bad, each sort as often as the others."""
        places = random.sample(range(rows), bad_rows)
        sorts = {place: list(BAD)[number % len(BAD)] for number, place in enumerate(places)}
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADINGS)
            for number in range(rows):
                row = self._row(random, number)
                if number in sorts:
                    column, text = BAD[sorts[number]]
                    row[column] = text.replace("{}", row[column])
                    self.bad[number + 2] = column
                else:
                    self.good[number + 2] = row["Bag"]
                writer.writerow([row[heading] for heading in HEADINGS])

    def _row(self, random: Random, number: int) -> dict[str, str]:
        weight = random.randrange(10, 90_000)
        cells = ("ML-1", f"B-{number}", f"{weight // 1000}.{weight % 1000:03d}")
        more = (str(random.randrange(1, 9)), "2025-11", "7102.10", "")
        return dict(zip(HEADINGS, (*cells, *more), strict=True))


class Importing:
    """An import into a ledger, by processes."""

    def __init__(self, path: Path, random: Random) -> None:
        self.random = random
        self.folder: LedgerFolder = found(path / "ledger", Crew(random))
        self.sheet = Sheet(path / "bags.csv")
        self.journal = path / "bags.csv.journal"
        self.keys = path / "keys"
        self.passphrase = path / "passphrase"
        self.passphrase.write_text(PASSPHRASE)
        Keyring(self.keys).add("miner-bw", secret_of("miner-bw"), PASSPHRASE, DEMO_SCRYPT_COST)

    def begin(self) -> Adamant:
        """Start the command, and do not wait for it."""
        keys = ("--keys", str(self.keys), "--passphrase-file", str(self.passphrase))
        words = ("import", str(self.sheet.path), "--as", "miner-bw", *keys)
        return Adamant.begin(self.folder, *words)

    def kill_at(self, journal_bytes: int) -> bool:
        """Kill the command a moment after it has kept so much; tell whether it was alive."""
        child = self.begin()
        until = time.monotonic() + WAIT_SECONDS
        try:
            while not self.journal.exists() or self.journal.stat().st_size < journal_bytes:
                assert time.monotonic() < until, child.said()
                if child.process.poll() is not None:
                    return False
                time.sleep(0.001)
            time.sleep(self.random.uniform(0, AFTER_SECONDS))
            was_alive = child.process.poll() is None
        finally:
            child.end()
        return was_alive

    def finish(self) -> None:
        """Run the command to its end: some rows are bad, the others are in."""
        child = self.begin()
        try:
            assert child.process.wait(WAIT_SECONDS * 10) == 1, child.said()
        finally:
            child.end()

    def registrations(self) -> Registered:
        """Audit the ledger, and return what registered each label, with its index."""
        copy = copy_of(self.folder, self.folder.path.with_name("copy"))
        by_label: Registered = {}
        with under_audit(copy) as (under, faults):
            assert faults == []
            assert under.log is not None
            with under.log.view() as view:
                for index in range(view.head().size):
                    row = view.row(index)
                    assert row is not None
                    record = read_envelope(row.envelope).record
                    if isinstance(record, Registration):
                        by_label.setdefault(record.amounts.label, []).append((record, index))
        shutil.rmtree(copy.path)
        return by_label


def test_a_spreadsheet_is_in_once_however_often_its_import_is_killed(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    random, tally = dice("system.import"), Counter[str]()
    rows, bad_rows = trials("system.import_rows"), trials("system.import_bad_rows")
    importing = Importing(tmp_path, random)
    importing.sheet.write(random, rows, bad_rows)
    good = importing.sheet.good
    whole = len(good) * JOURNAL_BYTES_A_ROW
    for least, most in KILLS:
        was_alive = importing.kill_at(int(whole * random.uniform(least, most)))
        tally["kills" if was_alive else "ends before a kill"] += 1
        so_far = importing.registrations()
        assert all(len(found) == 1 for found in so_far.values())
        assert set(so_far) <= set(good.values())
        tally["rows in at a kill"] += len(so_far)
    assert tally["kills"] == len(KILLS), tally

    importing.finish()
    recorded = importing.registrations()
    assert {label: len(found) for label, found in recorded.items()} == dict.fromkeys(
        good.values(), 1
    )
    _check_results(importing, recorded)

    importing.finish()
    assert importing.registrations() == recorded
    told = ", ".join(f"{count} {name}" for name, count in tally.items())
    record_property("figure", f"import of {rows} rows, {bad_rows} bad, seed {seed()}: {told}")


def _check_results(importing: Importing, recorded: Registered) -> None:
    """Each row of the result file says what became of it: the column at fault, or the parcel."""
    path = importing.sheet.path.with_name("bags.csv.result.csv")
    with path.open(encoding="utf-8", newline="") as file:
        results = {int(row["line"]): row for row in csv.DictReader(file)}
    named = {line: row["column"] for line, row in results.items() if row["status"] == "bad"}
    assert named == importing.sheet.bad
    said = importing.folder.path.with_name("output").read_text()
    for line, label in importing.sheet.good.items():
        ((record, index),) = recorded[label]
        row = results[line]
        assert (row["status"], row["index"]) == ("recorded", str(index))
        parcels = outputs_of(record, from_hex(row["recordId"], 32))
        assert row["parcels"] == to_hex(parcels[0])
    assert f"{len(importing.sheet.bad)} bad" in said
