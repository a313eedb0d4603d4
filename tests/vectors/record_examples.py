"""One plain, readable record for each writable kind and each of its operations, and who signs it.

Private key n is the integer n: 1, 2 and 3 are the governors, 4 an authority, 5 a miner, 6 a trader
and cutter, 7 an authority to be, 8 the key that follows key 5, 9 signs anchors. Salts, parcels and
earlier records are SHA-256 of their names.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from hashlib import sha256
from typing import Any

from eth_account import Account

from tests.random_records import ZERO

Plain = Any

NO_HASH = ZERO["bytes32"]
NO_PARTY = ZERO["address"]
NOW = 1767225600  # 2026-01-01T00:00:00Z
ORIGIN = "example.com/log/testdata"
LOG_KEY = f"{ORIGIN}+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def secret(key: int) -> bytes:
    """Return a private key: the integer itself, in 32 bytes."""
    return key.to_bytes(32, "big")


@lru_cache
def party(key: int) -> str:
    """Return the address of a key."""
    return str(Account.from_key(secret(key)).address).lower()


def named(name: str) -> str:
    """Return the 32 bytes that stand for a thing of this name."""
    return "0x" + sha256(name.encode()).hexdigest()


def ascending(*values: str) -> list[str]:
    """Return values in the order of their bytes."""
    return sorted(values, key=lambda value: value.encode())


GOVERNORS = ascending(party(1), party(2), party(3))
ROLES = ("authority", "miner", "trader", "cutter", "lab", "jeweller", "auditor", "agent")
OPERATIONS = {
    "Charter": ("",),
    "Amendment": ("",),
    "Admission": ROLES,
    "Revocation": ROLES,
    "KeyChange": ("rotate", "recover", "object", "override"),
    "Site": ("open", "change", "close"),
    "Registration": ("",),
    "Handoff": ("sale", "consignment", "return"),
    "Receipt": ("accept", "acceptShort", "refuse"),
    "Withdrawal": ("",),
    "Transformation": ("split", "mix", "cut", "polish", "recut", "reweigh"),
    "Report": ("theft", "loss", "seizure", "recovery", "release", "dispute", "answer"),
    "Certificate": ("export", "technical"),
    "Clearance": ("confirm", "refuse"),
    "Statement": ("grading", "origin", "location", "warranty", "document"),
    "Setting": ("set", "unset"),
    "Sale": ("sale", "return"),
    "Correction": ("",),
}


def author_of(kind: str, operation: str) -> tuple[int, str, str]:
    """Return the author's key, role and country."""
    if kind in ("Charter", "Amendment") or operation in ("recover", "override", "release"):
        return (1, "governor", "")
    if kind in ("Admission", "Revocation"):
        by_governor = operation in ("authority", "auditor")
        by_party = operation == "agent"
        return (1, "governor", "") if by_governor else (5, "miner", "BW") if by_party else AUTHORITY
    if kind in ("Site", "Certificate", "Clearance") or operation == "seizure":
        return AUTHORITY
    if kind in ("Setting", "Sale"):
        return (6, "jeweller", "BE")
    if kind == "Statement":
        return (6, "trader" if operation == "warranty" else "lab", "BE")
    if kind in ("Receipt", "Transformation"):
        return (6, "cutter" if operation in ("cut", "polish", "recut") else "trader", "BE")
    return (5, "miner", "BW")


AUTHORITY = (4, "authority", "BW")


def keys_of(kind: str, operation: str) -> tuple[int, ...]:
    """Return the keys that sign, in any order; the governors are k = 2 of n = 3."""
    if kind == "Charter" or operation == "override":
        return (1, 2, 3)
    if kind in ("Admission", "Revocation") and operation in ("authority", "auditor"):
        return (1, 2)
    if kind == "Amendment" or operation in ("recover", "release"):
        return (1, 2)
    if operation == "rotate":
        return (5, 8)
    if operation == "acceptShort":
        return (5, 6)
    return (author_of(kind, operation)[0],)


def record(kind: str, operation: str = "") -> dict[str, Plain]:
    """Return the example of a kind and operation."""
    author, role, country = author_of(kind, operation)
    made: dict[str, Plain] = {
        "who": {"author": party(author)},
        "what": {"authorRole": role},
        "amounts": {},
        "scene": {"occurredAt": NOW, "authorCountry": country},
    }
    for place, fields in _OWN[kind](operation).items():
        made[place] |= copy.deepcopy(fields)
    for place, sheet in made.items():
        sheet["salt"] = named(f"salt of {place} of {kind} {operation}")
    made["details"] = named("details") if kind in ("Handoff", "Registration") else NO_HASH
    return made


def _charter(_operation: str) -> Plain:
    return {
        "who": {"author": GOVERNORS[0], "governors": GOVERNORS},
        "what": {
            "origin": ORIGIN,
            "mode": "open",
            "mirror": "forbidden",
            "rulesVersion": 1,
            "checkpointKeys": [LOG_KEY, f"{ORIGIN}+55f3a1e0+AQ"],
            "anchorKey": party(9),
            "tables": ["kp-participants", "production"],
            "tableHashes": [named("kp-participants"), named("production")],
            "predecessor": NO_HASH,
            "predecessorRoot": NO_HASH,
        },
        "amounts": {
            "threshold": 2,
            "toleranceMillicarats": 5,
            "tolerancePartsPerMillion": 1000,
            "recoveryDelaySeconds": 604800,
            "predecessorSize": 0,
        },
    }


def _amendment(operation: str) -> Plain:
    made = _charter(operation)
    for name in ("origin", "predecessor", "predecessorRoot"):
        del made["what"][name]
    del made["amounts"]["predecessorSize"]
    del made["who"]["author"]
    made["what"]["previous"] = named("charter")
    return made


def _admission(role: str) -> Plain:
    key = {"authority": 7, "agent": 8}.get(role, 6)
    kinds = ["Handoff", "Receipt", "Withdrawal"] if role == "agent" else []
    return {
        "who": {"party": party(key)},
        "what": {"role": role, "kinds": kinds, "previous": NO_HASH},
        "scene": {"country": "EU" if role == "authority" else "BW", "validUntil": NOW + 31536000},
    }


def _revocation(role: str) -> Plain:
    return {
        "who": {"party": party(6)},
        "what": {"role": role, "compromisedSince": 0, "previous": named("admission")},
        "scene": {"country": "BW"},
    }


def _key_change(operation: str) -> Plain:
    new_key = NO_PARTY if operation == "object" else party(8)
    return {
        "who": {"party": party(5), "newKey": new_key},
        "what": {"operation": operation, "previous": named("admission")},
    }


def _site(operation: str) -> Plain:
    is_open = operation == "open"
    return {
        "who": {
            "site": NO_HASH if is_open else named("site"),
            "operators": ascending(party(5), party(6)),
        },
        "what": {
            "operation": operation,
            "siteType": "industrial",
            "licence": "ML 2026/17",
            "previous": NO_HASH if is_open else named("site record"),
        },
        "amounts": {"yearlyCapacityMillicarats": 8_000_000_000, "label": "Letlhakane"},
        "scene": {"country": "BW", "zone": "", "place": "5G760000+", "validUntil": 0},
    }


def _registration(_operation: str) -> Plain:
    return {
        "who": {"site": named("site")},
        "what": {"hsCode": "7102.31"},
        "amounts": {"weightMillicarats": 12500, "stones": 3, "label": "Bag 7"},
        "scene": {"zone": "", "periodFrom": NOW - 604800, "periodTo": NOW - 1},
    }


def _parcel(operation: str = "") -> Plain:
    what = {"parcel": named("parcel"), "previous": named("parcel record")}
    return what | ({"operation": operation} if operation else {})


def _handoff(operation: str) -> Plain:
    return {
        "who": {"recipient": party(6)},
        "what": _parcel(operation),
        "amounts": {"weightMillicarats": 12500, "stones": 3, "seal": "BW-0001"},
        "scene": {"recipientCountry": "BE"},
    }


def _receipt(operation: str) -> Plain:
    weight = {"accept": 12498, "acceptShort": 11000, "refuse": 0}[operation]
    return {
        "who": {"sender": party(5)},
        "what": _parcel(operation) | {"reason": "seal" if operation == "refuse" else ""},
        "amounts": {"weightMillicarats": weight, "stones": 3, "seal": "BW-0001"},
    }


def _withdrawal(_operation: str) -> Plain:
    return {"what": _parcel()}


def _transformation(operation: str) -> Plain:
    inputs, outputs = {"split": (1, 2), "reweigh": (1, 1)}.get(operation, (3, 2))
    code = "7102.39" if operation in ("polish", "recut") else "7102.31"
    return {
        "what": {
            "operation": operation,
            "inputs": ascending(*(named(f"input {number}") for number in range(inputs))),
            "previous": [named(f"record of input {number}") for number in range(inputs)],
            "hsCodes": [code] * outputs,
        },
        "amounts": {
            "inputWeightMillicarats": 5000,
            "weightsMillicarats": [4000] if outputs == 1 else [3000, 1000],
            "stones": [0] * outputs,
            "labels": ["", "Größe +11"][:outputs],
            "lossReasons": ["cleaning", "weighing"],
            "lossWeightsMillicarats": [999, 1],
            "lossStones": [1, 0],
        },
    }


def _report(operation: str) -> Plain:
    advances = operation not in ("dispute", "answer")
    return {
        "what": {
            "operation": operation,
            "parcel": named("parcel"),
            "previous": named("parcel record") if advances else NO_HASH,
            "state": NO_HASH if advances else named("parcel record"),
            "finding": named("finding") if operation == "answer" else NO_HASH,
        }
    }


def _certificate(operation: str) -> Plain:
    return {
        "who": {"exporter": party(5), "importer": party(6)},
        "what": {
            "operation": operation,
            "number": "BW004306",
            "original": named("refused certificate") if operation == "technical" else NO_HASH,
            "parcels": ascending(named("parcel"), named("other parcel")),
            "states": [named("parcel record"), named("record of other parcel")],
            "hsCodes": ["7102.21", "7102.31"],
        },
        "amounts": {"weightsMillicarats": [7500, 12500], "valuesUsCents": [90_000, 2_500_000]},
        "scene": {
            "expiresAt": NOW + 5_184_000,
            "origins": ["BW", "ZA"],
            "provenance": "BW",
            "destination": "EU",
        },
    }


def _clearance(operation: str) -> Plain:
    return {
        "who": {"exporter": party(5), "importer": NO_PARTY},
        "what": {
            "operation": operation,
            "certificate": named("certificate"),
            "number": "ZA004306",
            "reason": "weight" if operation == "refuse" else "",
            "hsCodes": ["7102.21", "7102.31"],
        },
        "amounts": {
            "parcelCount": 2,
            "weightsMillicarats": [0, 12498],
            "valuesUsCents": [0, 2_500_000],
        },
        "scene": {"arrivalCountry": "BW"},
    }


def _statement(operation: str) -> Plain:
    is_graded = operation == "grading"
    countries = {"location": ["BE"], "origin": ["BW", "ZA"]}
    return {
        "what": {
            "operation": operation,
            "parcel": named("parcel"),
            "state": named("parcel record"),
            "reportNumber": "2141438171" if is_graded else "",
            "textId": "wdc-sow-2" if operation == "warranty" else "",
            "shape": "round" if is_graded else "",
            "color": "G" if is_graded else "",
            "clarity": "VS1" if is_graded else "",
            "document": named("document") if operation == "document" else NO_HASH,
        },
        "amounts": {
            "weightMillicarats": 1010 if is_graded else 0,
            "measurementsMicrometres": [6430, 6460, 3980] if is_graded else [],
        },
        "scene": {
            "asOf": NOW - 86400 if operation == "location" else 0,
            "countries": countries.get(operation, []),
        },
    }


def _setting(operation: str) -> Plain:
    is_set = operation == "set"
    return {
        "what": {
            "operation": operation,
            "piece": NO_HASH if is_set else named("piece"),
            "piecePrevious": NO_HASH if is_set else named("piece record"),
            "parcels": ascending(named("parcel"), named("other parcel")),
            "previous": [named("parcel record"), named("record of other parcel")],
        },
        "amounts": {"weightMillicarats": 1520, "stones": 2, "label": "Ring" if is_set else ""},
    }


def _sale(operation: str) -> Plain:
    return {"what": _parcel(operation), "amounts": {"weightMillicarats": 1520, "stones": 0}}


def _correction(_operation: str) -> Plain:
    return {
        "what": {
            "record": named("certificate"),
            "state": named("certificate"),
            "fields": [],
            "values": [],
        },
        "amounts": {"fields": ["valuesUsCents.1"], "values": ["2600000"]},
        "scene": {"fields": ["destination", "expiresAt"], "values": ["BE", "1772409600"]},
    }


_OWN = {
    "Charter": _charter,
    "Amendment": _amendment,
    "Admission": _admission,
    "Revocation": _revocation,
    "KeyChange": _key_change,
    "Site": _site,
    "Registration": _registration,
    "Handoff": _handoff,
    "Receipt": _receipt,
    "Withdrawal": _withdrawal,
    "Transformation": _transformation,
    "Report": _report,
    "Certificate": _certificate,
    "Clearance": _clearance,
    "Statement": _statement,
    "Setting": _setting,
    "Sale": _sale,
    "Correction": _correction,
}
