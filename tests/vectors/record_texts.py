"""Wrong envelopes by texts and by closed lists."""

from __future__ import annotations

from collections.abc import Iterator

from tests.vectors.record_cases import Case, wrong_edit
from tests.vectors.record_examples import LOG_KEY, ORIGIN
from tests.vectors.record_fields import (
    ADMISSION,
    AGENT,
    AMENDMENT,
    CERTIFICATE,
    CHARTER,
    CLEARANCE,
    CORRECTION,
    HANDOFF,
    KEY_CHANGE,
    MIX,
    RECEIPT,
    REGISTRATION,
    REPORT,
    REVOCATION,
    SALE,
    SETTING,
    SITE,
    STATEMENT,
)

LABEL = (REGISTRATION, "amounts.label")
SEAL = (HANDOFF, "amounts.seal")
LICENCE = (SITE, "what.licence")
OUTPUT = (MIX, "amounts.labels.1")
# U+061C, U+200E to U+200F, U+202A to U+202E, U+2066 to U+2069.
BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]


def cases() -> Iterator[Case]:
    """Yield every case of this room."""
    yield from _characters()
    yield from _forms()
    yield from _lengths()
    yield from _patterns()
    yield from _closed_lists()


def _characters() -> Iterator[Case]:
    for (of, path), code, name in (
        (LABEL, 0x00, "NUL"),
        (SEAL, 0x07, "BEL"),
        (OUTPUT, 0x09, "a tab"),
        (LICENCE, 0x0A, "a newline"),
        (LABEL, 0x1B, "ESC"),
        (SEAL, 0x7F, "DEL"),
        (OUTPUT, 0x85, "NEL"),
        (LICENCE, 0x9B, "CSI"),
        (LABEL, 0x0378, "a code point that no version assigns"),
        (SEAL, 0xFDD0, "a noncharacter"),
        (OUTPUT, 0xFFFE, "a noncharacter"),
        (LICENCE, 0x10FFFF, "the last noncharacter"),
        (LABEL, 0x0CF3, "a Kannada sign of Unicode 15.0"),
        (SEAL, 0x1FAE8, "a face of Unicode 15.0"),
        (OUTPUT, 0x31350, "an ideograph of Unicode 15.0"),
        (LABEL, 0x2FFC, "an ideographic description character of Unicode 15.1"),
        (LICENCE, 0x2EBF0, "an ideograph of Unicode 15.1"),
        (SEAL, 0x1C89, "a Cyrillic letter of Unicode 16.0"),
    ):
        description = f"U+{code:04X} in a text, {name}"
        yield wrong_edit(description, "text", path, of, (path, f"7{chr(code)}7"))
    for number, code in enumerate(BIDI):
        of, path = (LABEL, SEAL, OUTPUT, LICENCE)[number % 4]
        description = f"U+{code:04X} in a text, a bidirectional control"
        yield wrong_edit(description, "text", path, of, (path, f"7{chr(code)}7"))


def _forms() -> Iterator[Case]:
    for (of, path), text, name in (
        (LABEL, "e\u0301", "e and a combining acute for U+00E9"),
        (SEAL, "\u212b", "the Angstrom sign for U+00C5"),
        (OUTPUT, "\u1100\u1161", "two jamo for a syllable"),
        (LICENCE, "\u2126", "the Ohm sign for Omega"),
        (LABEL, "a\u0323\u0302 \u0302\u0323a\u0302\u0323", "marks in another order"),
        (SEAL, "\uf900", "a compatibility ideograph"),
        (OUTPUT, "\u0344", "a mark that is always decomposed"),
    ):
        yield wrong_edit(f"not NFC: {name}", "text", path, of, (path, text))


def _lengths() -> Iterator[Case]:
    for (of, path), text, name in (
        (LABEL, "x" * 49, "49 letters"),
        (SEAL, "é" * 24 + "x", "25 letters in 49 bytes"),
        (OUTPUT, "钻" * 17, "17 ideographs in 51 bytes"),
        (LICENCE, "💎" * 12 + "x", "13 characters in 49 bytes"),
        (LABEL, "x" * 5000, "5,000 letters"),
        ((SITE, "scene.zone"), "z" * 49, "49 letters"),
        ((CERTIFICATE, "what.number"), "BW" + "0" * 47, "49 letters"),
        ((SETTING, "amounts.label"), "x" * 49, "49 letters"),
        ((CORRECTION, "scene.values.0"), "x" * 49, "49 letters"),
        ((CHARTER, "what.checkpointKeys.1"), LOG_KEY + "A" * (2049 - len(LOG_KEY)), "2,049 bytes"),
    ):
        yield wrong_edit(f"too long: {name}", "text", path, of, (path, text))


def _patterns() -> Iterator[Case]:
    origin, table, place = (CHARTER, "what.origin"), (CHARTER, "what.tables.0"), "scene.place"
    for (of, path), text, name in (
        (origin, "example.com/a b", "an origin with a space"),
        (origin, ORIGIN + "+1", "an origin with a plus"),
        (origin, "o" * 101, "an origin of 101 letters"),
        (origin, "größe.example", "an origin beyond ASCII"),
        (origin, "example.com\u3000", "an origin with an ideographic space"),
        (table, "kp_participants", "a table with an underscore"),
        (table, "KP", "a table in capitals"),
        (table, "k" * 41, "a table of 41 letters"),
        ((AMENDMENT, "what.tables.1"), "production.csv", "a table with a full stop"),
        ((AMENDMENT, "what.tables.1"), "tabelle-größe", "a table beyond ASCII"),
        ((STATEMENT, "what.reportNumber"), "214-143", "a report number with a hyphen"),
        ((STATEMENT, "what.reportNumber"), "1" * 25, "a report number of 25 digits"),
        ((STATEMENT, "what.reportNumber"), "lg1", "a report number in lower case"),
        ((SITE, place), "5G760000", "a place without its plus"),
        ((SITE, place), "5G76CP22+", "a place of eight digits: too exact"),
        ((SITE, place), "5G76CP22+22", "a place of ten digits: too exact"),
        ((SITE, place), "5G000000+", "a place of two digits: too coarse"),
        ((SITE, place), "5g760000+", "a place in lower case"),
        ((SITE, place), "5A760000+", "a place with a letter of no code"),
        ((SITE, place), "DG760000+", "a place beyond the pole"),
        ((SITE, place), "5G760000+ ", "a place and a space"),
        ((SITE, place), "\uff15G760000+", "a place with a full-width digit"),
    ):
        yield wrong_edit(name, "text", path, of, (path, text))


def _closed_lists() -> Iterator[Case]:
    for of, path, text, name in (
        (HANDOFF, "what.authorRole", "owner", "no role"),
        (CHARTER, "what.authorRole", "Governor", "a role with a capital"),
        (REGISTRATION, "what.authorRole", "agent", "an agent as author"),
        (ADMISSION, "what.role", "governor", "a governor admitted"),
        (REVOCATION, "what.role", "miner ", "a role and a space"),
        (AGENT, "what.kinds.0", "Amendment", "a kind that no agent signs"),
        (AGENT, "what.kinds.2", "Zircon", "a kind that does not exist"),
        (CHARTER, "what.mode", "public", "no mode"),
        (AMENDMENT, "what.mirror", "true", "no mirror"),
        (KEY_CHANGE, "what.operation", "replace", "no operation"),
        (SITE, "what.operation", "Open", "an operation with a capital"),
        (HANDOFF, "what.operation", "gift", "no operation"),
        (RECEIPT, "what.operation", "accept-short", "another spelling"),
        (MIX, "what.operation", "mix\u200b", "an operation and a zero-width space"),
        (REPORT, "what.operation", "fire", "no operation"),
        (SITE, "what.siteType", "alluvial", "no type"),
        (RECEIPT, "what.reason", "none", "no reason"),
        (REGISTRATION, "what.hsCode", "7102.39", "polished where rough is asked"),
        (REGISTRATION, "what.hsCode", "710231", "a code without its point"),
        (MIX, "what.hsCodes.1", "7103.10", "a code of other stones"),
        (MIX, "amounts.lossReasons.0", "boiling", "no reason of loss"),
        (SITE, "scene.country", "bw", "a country in lower case"),
        (SITE, "scene.country", "EU", "the EU where a country is asked"),
        (HANDOFF, "scene.recipientCountry", "UK", "no code of a country"),
        (HANDOFF, "scene.recipientCountry", "BEL", "an alpha-3 code"),
        (REGISTRATION, "scene.authorCountry", "XX", "no code of a country"),
        (RECEIPT, "scene.authorCountry", "\uff22\uff25", "full-width letters"),
        (ADMISSION, "scene.country", "AN", "a country that has ended"),
        (CERTIFICATE, "what.operation", "import", "no operation"),
        (CERTIFICATE, "what.hsCodes.1", "7102.39", "polished where rough is asked"),
        (CERTIFICATE, "scene.origins.1", "EU", "the EU where a country is asked"),
        (CERTIFICATE, "scene.destination", "XX", "no code of a country"),
        (CLEARANCE, "what.reason", "late", "no reason"),
        (CLEARANCE, "scene.arrivalCountry", "EU", "the EU where a country is asked"),
        (STATEMENT, "what.operation", "opinion", "no operation"),
        (STATEMENT, "what.shape", "Round", "a shape with a capital"),
        (STATEMENT, "what.clarity", "SI3", "no grade"),
        (("Statement", "warranty"), "what.textId", "wdc-sow-3", "no wording"),
        (SETTING, "what.operation", "reset", "no operation"),
        (SALE, "what.operation", "gift", "no operation"),
    ):
        yield wrong_edit(f"{name} in {path}", "enumeration", path, of, (path, text))
