"""The load generator: a process of its own, which writes signed envelopes to files.

``python -m benchmarks.load FOLDER SMALL LARGE MORE`` writes, as NDJSON:

=====================  ======================================================================
``founding.ndjson``    a Charter, a miner admitted, an authority, and its sites
``NNNNNN.ndjson``      bundles of registrations: LARGE of them, and MORE
``family-SIZE.ndjson`` mixes of parcels from all over the first SIZE registrations, after each
                       of which (SMALL and LARGE) they can go in: the last makes a parcel of 1,000
                       ancestors, or of as many as there are
=====================  ======================================================================

A file that is there is whole: it was written under another name.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger import drafts
from ledger.canonical import seal
from ledger.drafts import Goods, Moment, Output, Work
from ledger.records import Registration
from ledger.records.mines import (
    RegistrationAmounts,
    RegistrationScene,
    RegistrationWhat,
    RegistrationWho,
)
from ledger.signing import output_id, record_id, sign, sign_record
from ledger.values import NO_HASH, Hash32, to_hex
from tests.world import World, address_of, secret_of

BUNDLE_RECORDS: Final = 500
ANCESTORS: Final = 1_000
_MINES: Final = 8
_MINER: Final = "miner-bw"
_CODE: Final = "7102.31"


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write a file at once."""
    aside = path.with_suffix(".part")
    aside.write_bytes(b"\n".join(lines) + b"\n")
    aside.rename(path)


@dataclass(frozen=True, slots=True)
class Mines:
    """A founded ledger's miner and sites."""

    world: World
    sites: tuple[Hash32, ...]

    @classmethod
    def open(cls) -> Mines:
        """Found a ledger, an hour ago."""
        world = World(now_s=int(time.time()) - 3600)
        world.found()
        for name in ("authority-bw", _MINER):
            world.admit(name)
        return cls(world, tuple(world.open_site(licence=f"ML-{n}") for n in range(_MINES)))

    def registration(self, number: int) -> tuple[bytes, Goods]:
        """Sign a registration; the parcel that it makes is known before the ledger says so."""
        now, author = self.world.now_s, address_of(_MINER)
        salts = [Hash32(hashlib.sha256(b"%d %d" % (number, at)).digest()) for at in range(4)]
        weight = 1_000 + number % 9_000
        record = Registration(
            RegistrationWho(author, self.sites[number % _MINES], salts[0]),
            RegistrationWhat("miner", _CODE, salts[1]),
            RegistrationAmounts(weight, 1, f"bag {number}", salts[2]),
            RegistrationScene(now, "BW", "", now - 86_400, now, salts[3]),
            NO_HASH,
        )
        digest = record_id(record, self.world.ledger_id)
        raw = seal(record, (sign(digest, secret_of(_MINER)),)).raw
        return raw, Goods(output_id(digest, 0), digest, weight, 1, _CODE)

    def mix(self, one: Goods, other: Goods) -> tuple[bytes, Goods]:
        """Sign a mix of two parcels."""
        weight, stones = (
            one.weight_millicarats + other.weight_millicarats,
            one.stones + other.stones,
        )
        record = drafts.transformation(
            self.world.speaker(_MINER),
            Moment(self.world.now_s, self.world.salt),
            "mix",
            [one, other],
            Work([Output(weight, stones, _CODE)], {}),
        )
        envelope = sign_record(record, self.world.ledger_id, [secret_of(_MINER)])
        digest = record_id(record, self.world.ledger_id)
        return envelope.raw, Goods(output_id(digest, 0), digest, weight, stones, _CODE)

    def family(self, roots: list[Goods]) -> tuple[list[bytes], Goods]:
        """Mix parcels two by two until one is left."""
        lines: list[bytes] = []
        waiting = list(roots)
        while len(waiting) > 1:
            raw, made = self.mix(waiting.pop(0), waiting.pop(0))
            lines.append(raw)
            waiting.append(made)
        return lines, waiting[0]


class Roots:
    """The registrations, evenly spread over a ledger, that a family begins with."""

    def __init__(self, size: int) -> None:
        # Of n registrations mixed two by two come n - 1 mixes, the last of which is no ancestor.
        self.count = min(ANCESTORS // 2 + 1, size)
        self._places = {number * size // self.count for number in range(self.count)}
        self.goods: list[Goods] = []

    def look(self, number: int, goods: Goods) -> None:
        """Take a registration's parcel if it is one of them."""
        if number in self._places:
            self.goods.append(goods)


def bundles(folder: Path) -> Iterator[Path]:
    """Yield the paths of all bundles there will ever be, in order."""
    number = 0
    while True:
        yield folder / f"{number:06}.ndjson"
        number += 1


def write_load(folder: Path, small: int, large: int, more: int) -> None:
    """Write all files, in the order in which they are needed."""
    mines = Mines.open()
    write_lines(
        folder / "founding.ndjson", [signed.envelope.raw for _, signed, _ in mines.world.log]
    )
    families = {small: Roots(small), large: Roots(large)}
    paths, bundle = bundles(folder), []
    for number in range(large + more):
        raw, goods = mines.registration(number)
        bundle.append(raw)
        for roots in families.values():
            roots.look(number, goods)
        if len(bundle) == BUNDLE_RECORDS:
            write_lines(next(paths), bundle)
            bundle = []
        if number + 1 in families:
            lines, last = mines.family(families[number + 1].goods)
            write_lines(folder / f"family-{number + 1}.ndjson", lines)
            (folder / f"family-{number + 1}.json").write_text(json.dumps(to_hex(last.parcel)))


if __name__ == "__main__":
    write_load(Path(sys.argv[1]), *map(int, sys.argv[2:]))
