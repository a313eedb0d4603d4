"""Wrong envelopes by lists, by emptiness and by salts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ledger.records import KINDS, SHEETS
from tests.random_records import ZERO
from tests.vectors.record_cases import (
    Case,
    Plain,
    changed,
    example,
    write,
    wrong_edit,
    wrong_pieces,
)
from tests.vectors.record_examples import (
    GOVERNORS,
    LOG_KEY,
    NO_HASH,
    NO_PARTY,
    OPERATIONS,
    ORIGIN,
    ascending,
    named,
    party,
)
from tests.vectors.record_fields import (
    AGENT,
    AMENDMENT,
    CHARTER,
    FIRST,
    HANDOFF,
    MIX,
    REGISTRATION,
    REPORT,
    SITE,
    TRANSFORMATION,
    WITHDRAWAL,
)

KEYS = [LOG_KEY, f"{ORIGIN}+55f3a1e0+AQ"]
TABLES = ["kp-participants", "production"]
ANSWER = ("Report", "answer")


def cases() -> Iterator[Case]:
    """Yield every case of this room."""
    yield from _sizes()
    yield from _long_lists()
    yield from _orders()
    yield from _parallels()
    yield from _emptied()
    yield from _filled()
    yield from _empty_elements()
    yield from _contradictions()
    yield from _salts()


def _numbered(count: int) -> list[str]:
    return [f"t-{number:03d}" for number in range(count)]


def _hashes(count: int) -> list[str]:
    return ascending(*(named(f"thing {number}") for number in range(count)))


def _parties(count: int) -> list[str]:
    return [value[:42] for value in _hashes(count)]


def _sizes() -> Iterator[Case]:
    for of, path, value, name in (
        (CHARTER, "who.governors", [], "no governor"),
        (CHARTER, "who.governors", _parties(17), "17 governors"),
        (AMENDMENT, "who.governors", [], "no governor"),
        (CHARTER, "what.checkpointKeys", [], "no key"),
        (AMENDMENT, "what.checkpointKeys", _numbered(9), "nine keys"),
        (CHARTER, "what.tables", _numbered(33), "33 tables"),
        (AMENDMENT, "what.tableHashes", _hashes(33), "33 hashes of tables"),
        (SITE, "who.operators", _parties(65), "65 operators"),
        (MIX, "what.inputs", [], "no input"),
        (TRANSFORMATION, "what.hsCodes", [], "no output"),
        (MIX, "amounts.labels", [], "no labels"),
        (MIX, "amounts.lossReasons", ["other"] * 17, "17 reasons of loss"),
        (AGENT, "what.kinds", ["Handoff"] * 513, "513 kinds"),
    ):
        yield wrong_edit(name, "list-size", path, of, (path, value))


def _long_lists() -> Iterator[Case]:
    for of, path, element, name in (
        (MIX, "what.inputs", f'"{named("input")}"', "513 inputs"),
        (MIX, "what.previous", f'"{named("input")}"', "513 earlier records"),
        (MIX, "what.hsCodes", '"7102.31"', "513 outputs"),
        (MIX, "amounts.stones", "0", "513 counts"),
        (REPORT, "signatures", '"0x' + "11" * 65 + '"', "513 signatures"),
    ):
        start, end = write(changed(example(*of), (path, "LONG"))).split('"LONG"')
        pieces = ((start + "[", 1), (element + ",", 512), (element + "]" + end, 1))
        yield wrong_pieces(f"{of[0]} {of[1]}: {name}", "list-size", path, *pieces)


def _orders() -> Iterator[Case]:
    by_utf16 = [f"{ORIGIN}+💎", f"{ORIGIN}+\uff21"]  # ascending by UTF-16, not by UTF-8
    operators = ascending(party(5), party(6))
    inputs = ascending(*(named(f"input {number}") for number in range(3)))
    for of, path, value, name in (
        (CHARTER, "who.governors", GOVERNORS[::-1], "governors descending"),
        (AMENDMENT, "who.governors", [GOVERNORS[0], *GOVERNORS], "a governor twice"),
        (CHARTER, "what.checkpointKeys", KEYS[::-1], "keys descending"),
        (AMENDMENT, "what.checkpointKeys", [LOG_KEY, LOG_KEY], "a key twice"),
        (CHARTER, "what.checkpointKeys", by_utf16, "keys ascending by UTF-16 only"),
        (CHARTER, "what.tables", TABLES[::-1], "tables descending"),
        (AMENDMENT, "what.tables", TABLES[:1] * 2, "a table twice"),
        (AGENT, "what.kinds", ["Receipt", "Handoff"], "kinds as in a hand-over's order"),
        (AGENT, "what.kinds", ["Handoff", "Handoff"], "a kind twice"),
        (SITE, "who.operators", operators[::-1], "operators descending"),
        (SITE, "who.operators", operators[:1] * 2, "an operator twice"),
        (MIX, "what.inputs", inputs[::-1], "inputs descending"),
        (MIX, "what.inputs", [inputs[0], inputs[0], inputs[2]], "an input twice"),
        (MIX, "what.inputs", [inputs[0], inputs[2], inputs[1]], "the last inputs exchanged"),
        (MIX, "amounts.lossReasons", ["weighing", "cleaning"], "reasons descending"),
        (MIX, "amounts.lossReasons", ["cleaning", "cleaning"], "a reason twice"),
    ):
        yield wrong_edit(name, "list-order", path, of, (path, value))


def _parallels() -> Iterator[Case]:
    for of, path, value, name in (
        (CHARTER, "what.tableHashes", [named("production")], "a hash too few"),
        (CHARTER, "what.tableHashes", _hashes(3), "a hash too many"),
        (AMENDMENT, "what.tableHashes", [], "no hashes"),
        (TRANSFORMATION, "what.previous", _hashes(2), "an earlier record too many"),
        (MIX, "what.previous", _hashes(2), "an earlier record too few"),
        (MIX, "amounts.weightsMillicarats", [5000], "a weight too few"),
        (MIX, "amounts.weightsMillicarats", [3000, 999, 1], "a weight too many"),
        (MIX, "amounts.stones", [0], "a count too few"),
        (MIX, "amounts.labels", ["", "", ""], "a label too many"),
        (MIX, "amounts.lossWeightsMillicarats", [1000], "a loss too few"),
        (MIX, "amounts.lossStones", [], "no stones of losses"),
        (MIX, "amounts.lossStones", [0, 0, 0], "stones of a loss too many"),
    ):
        yield wrong_edit(name, "list-parallel", path, of, (path, value))


def _fields(kind: str, operation: str, filling: str) -> Iterator[tuple[str, Plain]]:
    """Yield the fields that an operation fills, or leaves empty, and their empty value."""
    for place in SHEETS:
        for field in KINDS[kind].sheets[place].FIELDS:
            spec = field.spec
            if spec.filling.of(operation) != filling or spec.is_salt:
                continue
            if spec.items is None:
                yield f"{place}.{field.wire}", ZERO[spec.wire_type]
            elif spec.items.least == 0 and not spec.items.parallel_to:
                yield f"{place}.{field.wire}", []


def _emptied() -> Iterator[Case]:
    for kind, operation in FIRST:
        for path, empty in _fields(kind, operation, "filled"):
            name = f"{path} is empty"
            yield wrong_edit(name, "emptiness", path, (kind, operation), (path, empty))
    for kind, operations in OPERATIONS.items():
        first = set(_fields(kind, operations[0], "filled")) if kind != "Admission" else set()
        for operation in operations[1:]:
            for path, empty in _fields(kind, operation, "filled"):
                if kind != "Admission" and (path, empty) not in first:
                    name = f"{path} is empty"
                    yield wrong_edit(name, "emptiness", path, (kind, operation), (path, empty))
    yield wrong_edit("an agent of no kinds", "emptiness", "what.kinds", AGENT, ("what.kinds", []))


def _filled() -> Iterator[Case]:
    values = {"who.newKey": party(8), "what.reason": "seal", "what.kinds": ["Handoff"]}
    for kind, operations in OPERATIONS.items():
        for operation in operations:
            if (kind, operation) in (("Admission", role) for role in ("trader", "cutter", "lab")):
                continue  # as for the other roles
            for path, _empty in _fields(kind, operation, "empty"):
                value = values.get(path, named("something"))
                name = f"{path} is filled"
                yield wrong_edit(name, "emptiness", path, (kind, operation), (path, value))


def _empty_elements() -> Iterator[Case]:
    for of, path, value in (
        (CHARTER, "who.governors", [NO_PARTY, *GOVERNORS]),
        (AMENDMENT, "what.checkpointKeys", ["", LOG_KEY]),
        (CHARTER, "what.tables", ["", "production"]),
        (CHARTER, "what.tableHashes", [named("production"), NO_HASH]),
        (SITE, "who.operators", [NO_PARTY, party(6)]),
        (AGENT, "what.kinds", ["", "Handoff"]),
        (MIX, "what.inputs", [NO_HASH, *_hashes(2)]),
        (MIX, "what.previous", [*_hashes(2), NO_HASH]),
        (MIX, "what.hsCodes", ["7102.31", ""]),
        (MIX, "amounts.weightsMillicarats", [4000, 0]),
        (MIX, "amounts.lossReasons", ["", "weighing"]),
    ):
        yield wrong_edit(f"an empty element of {path}", "emptiness", path, of, (path, value))


def _contradictions() -> Iterator[Case]:
    country = "scene.authorCountry"
    for of, value, name in (
        (CHARTER, "BW", "a governor with a country"),
        (("Report", "release"), "EU", "a governor of the EU"),
        (HANDOFF, "", "a miner without a country"),
        (WITHDRAWAL, "", "a party without a country"),
        (SITE, "", "an authority without a country"),
    ):
        yield wrong_edit(name, "emptiness", country, of, (country, value))
    for path, name in (
        ("what.state", "a parcel without its state"),
        ("what.parcel", "a state without its parcel"),
    ):
        yield wrong_edit(name, "emptiness", "what.state", ANSWER, (path, NO_HASH))
    weights, stones = "amounts.lossWeightsMillicarats", "amounts.lossStones"
    yield wrong_edit(
        "a loss of neither weight nor stones",
        "emptiness",
        f"{weights}.1",
        MIX,
        (weights, [1000, 0]),
        (stones, [0, 0]),
    )


def _salts() -> Iterator[Case]:
    for place, of in zip(SHEETS, (REGISTRATION, MIX, WITHDRAWAL, CHARTER), strict=True):
        path = f"{place}.salt"
        yield wrong_edit(f"{path} is zero", "salt", path, of, (path, NO_HASH))
    for number, (place, other) in enumerate(combinations(SHEETS, 2)):
        of, same = FIRST[2 * number], named("one salt")
        changes = ((f"{place}.salt", same), (f"{other}.salt", same))
        yield wrong_edit(f"one salt for {place} and {other}", "salt", "", of, *changes)
