"""Annex III on the demo equals an independent recomputation by SQL over the stored envelopes."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from ledger import drafts
from ledger.answers import Answers
from ledger.config import LedgerFolder, found_ledger, make_folder, open_ledger, system_clock
from ledger.demo.customs import area_of
from ledger.demo.figures import load_figures
from ledger.demo.plan import make_plan
from ledger.demo.scribe import GOVERNORS, Actor, Scribe, fresh_secret
from ledger.demo.workshop import DAY
from ledger.demo.world import STORY_DAYS, admit_everybody, from_mine_to_jeweller, open_sites
from ledger.desk import Desk, local_desk
from ledger.drafts import Arrival, Constitution, Found, Goods, Output, Paper
from ledger.errors import Refusal
from ledger.signing import output_id
from ledger.values import NO_ADDRESS, NO_HASH, Hash32
from tests.trials import seed, trials
from tests.world import ORIGIN

SQL = Path(__file__).with_name("annex_iii.sql")
ROUGH, UNSORTED, INDUSTRIAL = "7102.31", "7102.10", "7102.21"


class Trouble:
    """What the demo's world has not: goods refused, certificates void, papers, corrections."""

    def __init__(self, scribe: Scribe, sites: dict[str, bytes]) -> None:
        self.scribe = scribe
        self.authority = {
            actor.speaker.country: actor
            for actor in scribe.actors.values()
            if actor.speaker.role == "authority"
        }
        self.country = min(sites)
        self.site = Hash32(sites[self.country])
        self.miner = scribe.actors[f"miner-{self.country.lower()}"]
        self.numbers = iter(range(900, 999))

    def certify(
        self, goods: list[Goods], to: str, by: str = "", **more: object
    ) -> tuple[str, Hash32]:
        """Issue a certificate; return number and id."""
        authority = self.authority[by or self.country]
        number = f"{authority.speaker.country}{next(self.numbers):07}"
        values = {one.hs_code: 12_345 for one in goods}
        expires_at = self.scribe.occurred_at + 30 * DAY
        paper = Paper(number, to, expires_at, values, **more)
        holder = self.miner.address
        record = drafts.certificate(authority.speaker, self.scribe.moment(), holder, goods, paper)
        return number, self.scribe.say(record, authority)

    def clear(
        self, by: str, number: str, certificate: Hash32 = NO_HASH, reason: str = ""
    ) -> Hash32:
        """Clear a certificate, or one on paper."""
        found = {INDUSTRIAL: Found(7, 3_00), ROUGH: Found(1_234, 56_78)}
        arrival = Arrival(
            number, by if by != "EU" else "BE", 2, found, NO_ADDRESS, NO_ADDRESS, certificate
        )
        authority = self.authority[by]
        record = drafts.clearance(authority.speaker, self.scribe.moment(), arrival, reason=reason)
        return self.scribe.say(record, authority)

    def correct(
        self, of: Hash32, by: Actor, values: dict[str, str], latest: Hash32 = NO_HASH
    ) -> Hash32:
        """Correct a record."""
        record = drafts.correction(by.speaker, self.scribe.moment(), of, values, latest=latest)
        return self.scribe.say(record, by)

    def bag(self, weight: int, code: str = ROUGH) -> Goods:
        """Register a bag."""
        record = drafts.registration(
            self.miner.speaker, self.scribe.moment(), self.site, weight, hs_code=code
        )
        of = self.scribe.say(record, self.miner)
        return Goods(output_id(of, 0), of, weight, 0, code)

    def make(self) -> None:
        """Say all of it."""
        scribe = self.scribe
        self._refused_and_returned()
        home, abroad = self.bag(2_000), self.bag(3_000)
        self.certify([home], "IN")
        scribe.transform(self.miner, "reweigh", [home], [Output(2_000, 0, ROUGH)])
        self.certify([abroad, self.bag(40, INDUSTRIAL)], "EU", origins=("BW", "CA"))
        sold = scribe.hand_over(abroad, self.miner, scribe.actors["aggregator"])
        scribe.transform(scribe.actors["aggregator"], "reweigh", [sold], [Output(3_000, 0, ROUGH)])
        number, member = self.certify([self.bag(60)], "BE")
        self.clear("BE", number, member)
        self._within()
        papers = (("EU", "LR12"), ("IN", "EU77"), ("AE", "BW88"), ("EU", "LR12"), ("IN", "BE5"))
        for by, number in papers:
            self.clear(by, number)
        self.clear("AE", "BW89", reason="documents")
        self._corrected()

    def _within(self) -> None:
        """Send goods from member to member of the European Union, and have them come home."""
        goods = [self.bag(70)]
        number, first = self.certify(goods, "EU")
        self.clear("EU", number, first)
        number, inner = self.certify(goods, "BE", by="EU")
        self.clear("BE", number, inner)
        self.clear("BE", "DE77")

    def _refused_and_returned(self) -> None:
        goods = [self.bag(1_000), self.bag(50, UNSORTED)]
        number, refused = self.certify(goods, "EU")
        self.clear("EU", number, refused, "weight")
        number, technical = self.certify(goods, self.country, by="EU", original=refused)
        self.clear(self.country, number, technical)

    def _corrected(self) -> None:
        authority = self.authority[self.country]
        _, certificate = self.certify([self.bag(7_000), self.bag(9, INDUSTRIAL)], "EU")
        values = {"amounts.valuesUsCents.0": "111", "scene.destination": "IN"}
        first = self.correct(certificate, authority, values)
        values = {"amounts.valuesUsCents.0": "222", "scene.provenance": "ZW"}
        self.correct(certificate, authority, values, latest=first)
        number, shown = self.certify([self.bag(500)], "AE")
        self.correct(shown, authority, {"scene.provenance": "LS"})
        cleared = self.clear("AE", number, shown)
        self.correct(cleared, self.authority["AE"], {"amounts.valuesUsCents.1": "999"})
        before = str(self.scribe.occurred_at - 400 * DAY)
        moved = self.bag(800).previous
        values = {"scene.periodFrom": before, "scene.periodTo": before}
        self.correct(moved, self.miner, values)


def _send(desk: Desk, scribe: Scribe) -> None:
    for line in desk.append([one.raw for one in scribe.take()], atomic=True):
        assert not isinstance(line, Refusal), line


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> LedgerFolder:
    """The demo's ledger in a folder, with what it has not said after it."""
    folder = make_folder(tmp_path_factory.mktemp("demo") / "ledger", ORIGIN)
    plan = make_plan(load_figures(), trials("reporting.demo_scale"), seed())
    scribe = Scribe(NO_HASH, int(time.time()) - STORY_DAYS * DAY)
    governors = [scribe.add(name, fresh_secret(), "governor") for name in GOVERNORS]
    key = str(folder.read_log_key().verifier_key)
    constitution = Constitution(tuple(one.address for one in governors), 2, (key,))
    charter = scribe.sign(constitution.charter(ORIGIN, scribe.moment()), *governors)
    scribe.ledger_id = found_ledger(folder, charter.raw).record_id
    scribe.later(3600)
    with local_desk(folder) as desk:
        admit_everybody(scribe, plan)
        # A member's own authority: its figures are the European Union's.
        scribe.admit(scribe.add("authority-be", fresh_secret(), "authority", "BE"), *governors[:2])
        sites = open_sites(scribe, plan)
        _send(desk, scribe)
        list(from_mine_to_jeweller(scribe, plan, sites, lambda: _send(desk, scribe)))
        scribe.later(DAY)
        Trouble(scribe, sites).make()
        _send(desk, scribe)
    return folder


def _by_sql(folder: LedgerFolder) -> dict[str, tuple[int, int, int | None]]:
    with closing(sqlite3.connect("file::memory:", uri=True)) as memory:
        memory.execute("ATTACH ? AS ledger", (f"file:{folder.log}?mode=ro",))
        memory.executescript(SQL.read_text("utf-8"))
        rows = memory.execute("SELECT name, records, weight, worth FROM figure")
        return {name: (records, weight, worth) for name, records, weight, worth in rows}


def test_every_figure_of_every_participant_is_what_sql_makes_of_the_envelopes(told):
    by_sql = _by_sql(told)
    by_ledger: dict[str, tuple[int, int, int | None]] = {}
    years = sorted({int(name.split(":")[2][:4]) for name in by_sql})
    participants = {name.split(":")[1] for name in by_sql} | {area_of("BE"), "IN", "CH"}
    with open_ledger(told) as ledger:
        answers = Answers(ledger.book, system_clock)
        for participant in sorted(participants):
            for year in years:
                asked = {"country": participant, "year": year}
                figures = answers.ask("/v1/reports/annex-iii", **asked)["figures"]
                by_ledger |= {
                    one["figure"]: (
                        one["records"], one["weightMillicarats"], one["valueUsCents"],
                    )
                    for one in figures
                }  # fmt: skip
    flows = {name.split(":")[0] for name in by_sql}
    assert flows == {
        "production", "exports", "imports", "issued", "technical", "void", "within",
        "received", "returned", "arrived", "refused", "paper",
    }  # fmt: skip
    assert by_ledger == by_sql
    print(f"\n{len(by_sql)} figures of {len(participants)} participants agree with SQL")  # noqa: T201 - the count is told


def test_every_figure_comes_apart_into_entries_that_add_up_to_it(told):
    with open_ledger(told) as ledger:
        answers = Answers(ledger.book, system_clock)
        year = max(int(name.split(":")[2][:4]) for name in _by_sql(told))
        report = answers.ask("/v1/reports/annex-iii", country="EU", year=year)
        assert report["figures"]
        for figure in report["figures"]:
            asked = {"country": "EU", "year": year, "figure": figure["figure"], "limit": 3}
            page = answers.ask("/v1/reports/annex-iii/entries", **asked)
            entries = page["entries"]
            while page["cursor"]:
                page = answers.ask("/v1/reports/annex-iii/entries", **asked, cursor=page["cursor"])
                entries += page["entries"]
            assert len({one["recordId"] for one in entries}) == figure["records"] == len(entries)
            weight = sum(one["weightMillicarats"] for one in entries)
            value = sum(one["valueUsCents"] for one in entries)
            assert (weight, value) == (figure["weightMillicarats"], figure["valueUsCents"])
