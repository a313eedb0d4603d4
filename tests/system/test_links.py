"""``kill -9`` while links are minted and ended: what was answered holds, and nothing is half there.

A real server mints links and ends some of them as fast as one client asks, and is killed at a
random moment; then the files are audited as they lie there, and another server answers for every
link that the client was told of.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from ledger.config import LedgerFolder
from ledger.limits import LIMITS
from ledger.values import to_hex
from tests.system.auditing import faults_of
from tests.system.clients import CutOff, client_of
from tests.system.crew import Crew, append, found
from tests.system.serving import WAIT_SECONDS, Server, serving
from tests.trials import dice, seed, trials

LOAD_SECONDS = 0.4
PARCELS = 8

pytestmark = pytest.mark.long


@dataclass
class Told:
    """What a client was told of links: which are live, which ended, and which it cannot know."""

    live: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def work(self, url: str, token: str, paths: list[str], random: Random) -> None:
        """Mint and end until the server is there no more."""
        with client_of(url, token) as client:
            while True:
                link, path = "", random.choice(paths)
                try:
                    if len(self.live) < LIMITS.links_live_max // 2 and random.random() < 0.7:
                        minted = client.request("POST", path)
                        assert minted.status == 201, minted
                        self.live[minted.plain["token"]] = path
                    elif self.live:
                        link = random.choice(list(self.live))
                        ended = client.request("DELETE", f"{self.live[link]}/{link}")
                        assert ended.status == 204, ended
                        self.ended.add(link)
                        del self.live[link]
                except CutOff:
                    if link:  # it may have been ended, or not
                        del self.live[link]
                        self.unknown.add(link)
                    return

    def check(self, url: str, token: str, paths: list[str]) -> None:
        """Ask about every link; what is not known must be one of both, and stay so."""
        with client_of(url, token) as client:
            status = {
                link: client.request("GET", f"/stones/{link}.json").status
                for link in {*self.live, *self.ended, *self.unknown}
            }
            listed = {one["token"]: path for path in paths for one in client.ask(path)["links"]}
        assert {status[link] for link in self.live} <= {200}, "a link that was minted is gone"
        assert {status[link] for link in self.ended} <= {410}, "a link that was ended leads on"
        for link in list(self.unknown):
            assert status[link] in (200, 410)
            self.unknown.remove(link)
            if status[link] == 410:
                self.ended.add(link)
            else:
                self.live[link] = listed[link]
        assert self.live.items() <= listed.items()
        assert not listed.keys() & self.ended


def founded(path: Path, random: Random) -> tuple[LedgerFolder, list[str]]:
    """Found a ledger with some parcels; return the paths of their links."""
    crew = Crew(random)
    folder = found(path / "ledger", crew)
    miner = crew.actors["miner-bw"]
    goods = [crew.register(miner, crew.site, 1_000, 1, f"bag {n}") for n in range(PARCELS)]
    append(folder, crew.take())
    return folder, [f"/v1/parcels/{to_hex(one.parcel)}/links" for one in goods]


def kill_at_work(folder: LedgerFolder, paths: list[str], told: Told, random: Random) -> None:
    """Kill a server while a client mints and ends."""
    server = Server.of(folder)
    try:
        url, token = server.url(), server.token()
        told.check(url, token, paths)
        client = threading.Thread(target=told.work, args=(url, token, paths, random))
        client.start()
        while client.is_alive() and not (told.live and told.ended):
            time.sleep(0.005)
        time.sleep(random.uniform(0.02, LOAD_SECONDS))
        server.kill()
        client.join(WAIT_SECONDS)
        assert not client.is_alive()
    finally:
        server.end()


def test_links_that_were_answered_outlive_kills_at_random_moments(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    random = dice("links.kills")
    folder, paths = founded(tmp_path, random)
    told = Told()
    for _ in range(trials("links.kills")):
        kill_at_work(folder, paths, told, random)
        assert faults_of(folder) == []
    with serving(folder) as server:
        told.check(server.url(), server.token(), paths)
        assert server.stop() == 0
    assert faults_of(folder) == []
    assert told.live
    assert told.ended
    record_property(
        "figure",
        f"links under kill -9 with seed {seed()}: {len(told.live)} live, {len(told.ended)} ended",
    )
