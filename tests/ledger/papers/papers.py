"""A certificate's answer, as plain JSON, for papers."""

from __future__ import annotations

from typing import Any

ADDRESS = "https://ledger.example/certificates/" + "0123456789abcdef" * 2


def certificate(**more: Any) -> dict[str, Any]:
    """Return the answer about a certificate, with some members others."""
    authority, exporter = "0x" + "12" * 20, "0x" + "34" * 20
    codes = [
        ("7102.10", "unsorted", "12.500", "1,234.00"),
        ("7102.31", "non-industrial, unworked", "7.500", "900.50"),
    ]
    names = ("hsCode", "words", "weightCarats", "valueUsDollars")
    return {
        "title": "Kimberley Process Certificate",
        "statement": "The rough diamonds in this shipment have been handled in accordance",
        "number": "BW20260001",
        "operation": "export",
        "original": "",
        "issuedAt": 1_767_225_600,
        "expiresAt": 1_772_409_599,
        "authority": authority,
        "authorityName": "Botswana",
        "exporter": exporter,
        "importer": None,
        "codes": [dict(zip(names, row, strict=True)) for row in codes],
        "weightCarats": "20.000",
        "valueUsDollars": "2,134.50",
        "parcelCount": 3,
        "originSort": "named",
        "origins": ["BW", "CA"],
        "originNames": ["Botswana", "Canada"],
        "provenance": "BW",
        "provenanceName": "Botswana",
        "destination": "EU",
        "destinationName": "European Union",
        "state": "open",
        "private": [],
        "names": {authority: "Ministry of Minerals"},
        "origin": "ledger.example/adamant",
        "certificateId": "0x" + "ab" * 32,
        "index": 7,
        "recordedAtMs": 1_767_225_601_000,
        "inclusion": {"size": 9, "root": "0x" + "cd" * 32},
        "asOf": {"size": 9},
        **more,
    }
