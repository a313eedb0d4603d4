"""The load generator: a process of its own, which writes signed envelopes to files.

``python -m benchmarks.load FOLDER SMALL LARGE MORE`` writes, as NDJSON:

=====================  ======================================================================
``founding.ndjson``    a Charter, a miner admitted, an authority, and its sites
``NNNNNN.ndjson``      bundles of registrations: LARGE of them, and MORE
``family-SIZE.ndjson`` mixes of parcels from all over the first SIZE registrations, after each
                       of which (SMALL and LARGE) they can go in: the last makes a parcel of 1,000
                       ancestors, or of as many as there are
``recalled.ndjson``    goods of a site of their own, that go on into one parcel for ten of LARGE:
                       mixed with early registrations, split into stones, half of them mixed again
                       and split again; ``recalled.json`` names the site, and counts the parcels
=====================  ======================================================================

A file that is there is whole: it was written under another name.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
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
_UNIT_STONES: Final = 400
UNIT_PARCELS: Final = _UNIT_STONES + _UNIT_STONES // 2 + 3
"""How many parcels the goods of one recalled registration go on into, that one included."""

_UNITS_AT_ONCE: Final = 10


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
        return cls(world, tuple(world.open_site(licence=f"ML-{n}") for n in range(_MINES + 1)))

    def registration(
        self, number: int, site: Hash32 | None = None, stones: int = 1
    ) -> tuple[bytes, Goods]:
        """Sign a registration; the parcel that it makes is known before the ledger says so."""
        now, author = self.world.now_s, address_of(_MINER)
        salts = [Hash32(hashlib.sha256(b"%d %d" % (number, at)).digest()) for at in range(4)]
        weight = (1_000 + number % 9_000) * stones
        site = site or self.sites[number % _MINES]
        record = Registration(
            RegistrationWho(author, site, salts[0]),
            RegistrationWhat("miner", _CODE, salts[1]),
            RegistrationAmounts(weight, stones, f"bag {number}", salts[2]),
            RegistrationScene(now, "BW", "", now - 86_400, now, salts[3]),
            NO_HASH,
        )
        digest = record_id(record, self.world.ledger_id)
        raw = seal(record, (sign(digest, secret_of(_MINER)),)).raw
        return raw, Goods(output_id(digest, 0), digest, weight, stones, _CODE)

    def mix(self, *parcels: Goods) -> tuple[bytes, Goods]:
        """Sign a mix of parcels."""
        weight = sum(one.weight_millicarats for one in parcels)
        stones = sum(one.stones for one in parcels)
        raw, (made,) = self._work("mix", parcels, [Output(weight, stones, _CODE)])
        return raw, made

    def _work(
        self, operation: str, parcels: Sequence[Goods], outputs: Sequence[Output]
    ) -> tuple[bytes, list[Goods]]:
        record = drafts.transformation(
            self.world.speaker(_MINER),
            Moment(self.world.now_s, self.world.salt),
            operation,
            sorted(parcels, key=lambda goods: goods.parcel),
            Work(list(outputs), {}),
        )
        envelope = sign_record(record, self.world.ledger_id, [secret_of(_MINER)])
        digest = record_id(record, self.world.ledger_id)
        made = [
            Goods(output_id(digest, at), digest, one.weight_millicarats, one.stones, _CODE)
            for at, one in enumerate(outputs)
        ]
        return envelope.raw, made

    def split(self, parcel: Goods) -> tuple[bytes, list[Goods]]:
        """Sign a split of a parcel into its stones; what is over goes with the last."""
        each = parcel.weight_millicarats // parcel.stones
        rest = parcel.weight_millicarats - each * (parcel.stones - 1)
        weights = [each] * (parcel.stones - 1) + [rest]
        return self._work("split", [parcel], [Output(weight, 1, _CODE) for weight in weights])

    def unit(self, number: int, root: Goods) -> Iterator[bytes]:
        """Sign what becomes of one recalled registration, record by record."""
        raw, bag = self.registration(-1 - number, self.sites[-1], _UNIT_STONES - root.stones)
        yield raw
        raw, mixed = self.mix(bag, root)
        yield raw
        raw, stones = self.split(mixed)
        yield raw
        raw, again = self.mix(*stones[: _UNIT_STONES // 2])
        yield raw
        yield self.split(again)[0]

    def recalled(self, roots: Sequence[Goods]) -> Iterator[bytes]:
        """Sign what becomes of recalled goods, some of them at a time."""
        waiting = deque(self.unit(number, root) for number, root in enumerate(roots))
        at_work: deque[Iterator[bytes]] = deque()
        while waiting or at_work:
            while waiting and len(at_work) < _UNITS_AT_ONCE:
                at_work.append(waiting.popleft())
            unit = at_work.popleft()
            raw = next(unit, None)
            if raw is not None:
                yield raw
                at_work.append(unit)

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
        self.places = {number * size // self.count for number in range(self.count)}
        self.goods: list[Goods] = []

    def look(self, number: int, goods: Goods) -> None:
        """Take a registration's parcel if it is one of them."""
        if number in self.places:
            self.goods.append(goods)


def bundles(folder: Path) -> Iterator[Path]:
    """Yield the paths of all bundles there will ever be, in order."""
    number = 0
    while True:
        yield folder / f"{number:06}.ndjson"
        number += 1


def first_part(large: int) -> int:
    """Return after how many registrations the recalled goods can come: a tenth, in bundles."""
    return max(1, large // 10 // BUNDLE_RECORDS) * BUNDLE_RECORDS


def recalled_units(large: int) -> int:
    """Return from how many registrations a tenth as many parcels come as there are records."""
    return max(1, -(-large // 10 // UNIT_PARCELS))


def write_load(folder: Path, small: int, large: int, more: int) -> None:
    """Write all files, in the order in which they are needed."""
    mines = Mines.open()
    write_lines(
        folder / "founding.ndjson", [signed.envelope.raw for _, signed, _ in mines.world.log]
    )
    families = {small: Roots(small), large: Roots(large)}
    early: list[Goods] = []
    first, units = first_part(large), recalled_units(large)
    paths, bundle = bundles(folder), []
    for number in range(large + more):
        raw, goods = mines.registration(number)
        bundle.append(raw)
        for roots in families.values():
            roots.look(number, goods)
        if len(early) < units and number not in families[large].places:
            early.append(goods)
        if len(bundle) == BUNDLE_RECORDS:
            write_lines(next(paths), bundle)
            bundle = []
        if number + 1 == first:
            write_lines(folder / "recalled.ndjson", mines.recalled(early))
            told = {"site": to_hex(mines.sites[-1]), "parcels": len(early) * UNIT_PARCELS}
            write_lines(folder / "recalled.json", [json.dumps(told).encode()])
        if number + 1 in families:
            lines, last = mines.family(families[number + 1].goods)
            write_lines(folder / f"family-{number + 1}.ndjson", lines)
            (folder / f"family-{number + 1}.json").write_text(json.dumps(to_hex(last.parcel)))


if __name__ == "__main__":
    write_load(Path(sys.argv[1]), *map(int, sys.argv[2:]))
