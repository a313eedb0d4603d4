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
    NOW,
    OPERATIONS,
    ORIGIN,
    ascending,
    named,
    party,
)
from tests.vectors.record_fields import (
    AGENT,
    AMENDMENT,
    CERTIFICATE,
    CHARTER,
    CLEARANCE,
    CORRECTION,
    FIRST,
    HANDOFF,
    MIX,
    REGISTRATION,
    REPORT,
    SETTING,
    SITE,
    STATEMENT,
    TRANSFORMATION,
    WITHDRAWAL,
)

KEYS = [LOG_KEY, f"{ORIGIN}+55f3a1e0+AQ"]
TABLES = ["kp-participants", "production"]
ANSWER = ("Report", "answer")
LOCATION = ("Statement", "location")


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
        (CERTIFICATE, "what.parcels", [], "no parcel"),
        (CERTIFICATE, "what.hsCodes", [], "no code"),
        (CERTIFICATE, "what.hsCodes", ["7102.10"] * 4, "four codes"),
        (CERTIFICATE, "amounts.valuesUsCents", [], "no values"),
        (CLEARANCE, "amounts.weightsMillicarats", [1] * 4, "four weights"),
        (SETTING, "what.parcels", [], "no parcel"),
        (SETTING, "what.previous", [], "no earlier record"),
        (STATEMENT, "amounts.measurementsMicrometres", [6430, 6460], "two measurements"),
        (STATEMENT, "amounts.measurementsMicrometres", [1] * 4, "four measurements"),
        (LOCATION, "scene.countries", ["BE", "BW"], "two countries at once"),
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
    parcels = ascending(named("parcel"), named("other parcel"))
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
        (CERTIFICATE, "what.parcels", parcels[::-1], "parcels descending"),
        (CERTIFICATE, "what.hsCodes", ["7102.31", "7102.21"], "codes descending"),
        (CERTIFICATE, "scene.origins", ["ZA", "BW"], "origins descending"),
        (CERTIFICATE, "scene.origins", ["BW", "BW"], "an origin twice"),
        (CLEARANCE, "what.hsCodes", ["7102.31", "7102.31"], "a code twice"),
        (SETTING, "what.parcels", parcels[:1] * 2, "a parcel twice"),
        (("Statement", "origin"), "scene.countries", ["ZA", "BW"], "countries descending"),
        (CORRECTION, "scene.fields", ["expiresAt", "destination"], "fields descending"),
        (CORRECTION, "amounts.fields", ["values.1", "values.1"], "a field twice"),
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
        (CERTIFICATE, "what.states", _hashes(1), "a state too few"),
        (CERTIFICATE, "amounts.weightsMillicarats", [1, 2, 3], "a weight too many"),
        (CERTIFICATE, "amounts.valuesUsCents", [1], "a value too few"),
        (CLEARANCE, "amounts.weightsMillicarats", [], "no weights of what is found"),
        (SETTING, "what.previous", _hashes(3), "an earlier record too many"),
        (CORRECTION, "scene.values", ["BE"], "a value too few"),
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


def _parallel_to(kind: str, path: str) -> Iterator[tuple[str, Plain]]:
    """Yield the lists that are as long as another, emptied with it."""
    for place in SHEETS:
        for field in KINDS[kind].sheets[place].FIELDS:
            if field.spec.items and field.spec.items.parallel_to == path:
                yield f"{place}.{field.wire}", []


def _emptied() -> Iterator[Case]:
    for kind, operation in FIRST:
        for path, empty in _fields(kind, operation, "filled"):
            name = f"{path} is empty"
            changes = ((path, empty), *_parallel_to(kind, path))
            yield wrong_edit(name, "emptiness", path, (kind, operation), *changes)
    for kind, operations in OPERATIONS.items():
        first = dict(_fields(kind, operations[0], "filled")) if kind != "Admission" else {}
        for operation in operations[1:]:
            for path, empty in _fields(kind, operation, "filled"):
                if kind != "Admission" and path not in first:
                    name = f"{path} is empty"
                    yield wrong_edit(name, "emptiness", path, (kind, operation), (path, empty))
    yield wrong_edit("an agent of no kinds", "emptiness", "what.kinds", AGENT, ("what.kinds", []))


def _filled() -> Iterator[Case]:
    values: dict[str, Plain] = {
        "who.newKey": party(8),
        "what.reason": "seal",
        "what.kinds": ["Handoff"],
        "what.reportNumber": "7",
        "what.textId": "wdc-sow-1",
        "what.shape": "pear",
        "what.color": "D",
        "what.clarity": "IF",
        "amounts.measurementsMicrometres": [6430, 6460, 3980],
        "amounts.label": "Ring",
        "scene.asOf": NOW,
        "scene.countries": ["BW"],
    }
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
        (CERTIFICATE, "what.parcels", [NO_HASH, named("parcel")]),
        (CERTIFICATE, "what.states", [NO_HASH, named("parcel")]),
        (CERTIFICATE, "amounts.weightsMillicarats", [0, 12500]),
        (CERTIFICATE, "amounts.valuesUsCents", [90_000, 0]),
        (CERTIFICATE, "scene.origins", ["", "BW"]),
        (SETTING, "what.previous", [named("parcel record"), NO_HASH]),
        (CORRECTION, "scene.fields", ["", "expiresAt"]),
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
    yield wrong_edit(
        "it corrects nothing",
        "emptiness",
        "what.fields",
        CORRECTION,
        *(
            (f"{place}.{name}", [])
            for place in ("amounts", "scene")
            for name in ("fields", "values")
        ),
    )
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
