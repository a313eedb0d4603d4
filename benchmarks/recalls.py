"""(i) Recalling all that was registered from a site: its first page, and all of it as a stream.

``python -m benchmarks.recalls FOLDER SITE`` asks the door of a ledger in a process of its own, so
that its memory is that of the recall, and prints one line of JSON. The door is the real one, over
ASGI; what it sends is counted and forgotten, as fast as it comes.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figure
from benchmarks.ledgers import RecalledGoods, opened
from ledger.answers import Answers
from ledger.config import LedgerFolder, collect_seldom
from ledger.values import to_hex
from tests.world import address_of

_TOKEN: Final = "token-of-the-benchmark"  # noqa: S105 - of a door that nobody else comes to
_BOUND_BY: Final = "SQLite and Python, for each parcel and for each operation with its inputs"
_SILENT: Final = "authority-bw"
_FIRST_PART: Final = 10
"""Memory after one part in so many is what memory at the end is compared with."""


def recalls(folder: LedgerFolder, goods: RecalledGoods) -> Iterator[Figure]:
    """Measure a recall of so many parcels; raises if one is missing."""
    command = [sys.executable, "-m", "benchmarks.recalls", str(folder.path), goods.site]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - of this project
    told = json.loads(done.stdout.splitlines()[-1])
    if told["parcels"] != goods.parcels:
        raise RuntimeError(f"{told['parcels']} of {goods.parcels} parcels were told")
    yield Figure("recall-first-page", told["first_seconds"] * 1000, "ms", 200, "less", _BOUND_BY)
    page = told["party_page_seconds"] * 1000
    yield Figure("recall-party-page", page, "ms", 200, "less", "lines read and looked through")
    yield Figure("recall-parcels", told["parcels"], "parcels", None, "more", "the load")
    rate = told["parcels"] / told["seconds"]
    yield Figure("recall-rate", rate, "parcels/s", None, "more", _BOUND_BY)
    yield Figure(
        "recall-memory-growth", told["growth"], "", 1.1, "less", "pages that the database keeps"
    )


class Sink:
    """A client that counts lines and forgets them, and notes how large the process has been."""

    def __init__(self) -> None:
        self.status = 0
        self.parcels = 0
        self.largest: list[int] = []
        self.last = b""

    async def receive(self) -> dict[str, object]:
        """Stay until the end."""
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Count what came."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        body: bytes = message.get("body", b"")
        self.parcels += body.count(b'{"line":"parcel"')
        self.largest.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        self.last = body or self.last


async def _ask(app: Any, path: str, query: str) -> Sink:  # noqa: ANN401 - an ASGI application
    sink = Sink()
    bearer = (b"authorization", f"Bearer {_TOKEN}".encode())
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "root_path": "", "query_string": query.encode(),
        "server": ("here", 80), "client": ("127.0.0.1", 1), "headers": [bearer],
    }  # fmt: skip
    await app(scope, sink.receive, sink.send)
    if sink.status != 200:
        raise RuntimeError(f"{path} was answered with {sink.status}: {sink.last!r}")
    return sink


def _measure(folder: LedgerFolder, site: str) -> dict[str, float]:
    from api import create_app
    from api.sessions import Sessions

    with opened(folder) as ledger:
        answers = Answers(ledger.book)
        sessions = Sessions(answers, ["http://here"], operator_token=_TOKEN)
        app = create_app(ledger.book, answers, sessions=sessions)
        begin = time.perf_counter()
        asyncio.run(_ask(app, "/v1/recalls", f"site={site}"))
        first = time.perf_counter() - begin
        begin = time.perf_counter()  # of whoever has said least: all lines are looked through
        asyncio.run(_ask(app, "/v1/recalls", f"party={to_hex(address_of(_SILENT))}&since=1"))
        party_page = time.perf_counter() - begin
        begin = time.perf_counter()
        sink = asyncio.run(_ask(app, "/v1/recalls/stream", f"site={site}"))
        seconds = time.perf_counter() - begin
    growth = sink.largest[-1] / sink.largest[len(sink.largest) // _FIRST_PART]
    return {
        "first_seconds": first,
        "party_page_seconds": party_page,
        "seconds": seconds,
        "parcels": sink.parcels,
        "growth": growth,
        "largest_kilobytes": sink.largest[-1],
    }


if __name__ == "__main__":
    collect_seldom()
    sys.stdout.write(json.dumps(_measure(LedgerFolder(Path(sys.argv[1])), sys.argv[2])) + "\n")
