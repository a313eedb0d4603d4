"""The plain values that every other room speaks in: addresses, hashes, weights, text, time.

Values are checked when they enter (:mod:`ledger.canonical`) and trusted inside. Bytes are held as
``bytes`` and written as lower-case 0x hex; weights are whole millicarats; signed times are whole
seconds and the ledger's own time whole milliseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NewType

Address = NewType("Address", bytes)
"""20 bytes: a party, an agent or a key."""

Hash32 = NewType("Hash32", bytes)
"""32 bytes: a record, a parcel, a site, a root."""

ParcelId = Hash32
RecordId = Hash32
SiteId = Hash32

Millicarats = NewType("Millicarats", int)
"""1 ct = 1000 millicarats = 0.2 g."""

Milliseconds = NewType("Milliseconds", int)
"""Whole milliseconds since 1970-01-01 UTC, as the ledger records them."""

ADDRESS_BYTES: Final = 20
HASH_BYTES: Final = 32
SIGNATURE_BYTES: Final = 65
NO_ADDRESS: Final = Address(bytes(ADDRESS_BYTES))
NO_HASH: Final = Hash32(bytes(HASH_BYTES))

ROUGH_CODES: Final = ("7102.10", "7102.21", "7102.31")
POLISHED_CODES: Final = ("7102.39",)
HS_CODES: Final = ROUGH_CODES + POLISHED_CODES
"""Harmonized System codes of diamonds: unsorted, industrial rough, other rough, polished."""

COUNTRIES: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO
    BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ
    DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP
    GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML
    MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE
    PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL
    SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM
    US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)
"""ISO 3166-1 alpha-2 codes, as of rules version 1."""

EU: Final = "EU"
EU_COUNTRIES: Final = frozenset(
    """
    AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
    """.split()
)
"""The countries for which an authority of ``EU`` acts."""


def is_within(country: str, area: str) -> bool:
    """Tell whether ``country`` lies in ``area``, which is a country or ``EU``."""
    return country == area or (area == EU and country in EU_COUNTRIES)


def to_hex(value: bytes) -> str:
    """Write bytes as lower-case hex with 0x."""
    return "0x" + value.hex()


_HEX: Final = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII)


def from_hex(text: str, length: int) -> bytes | None:
    """Read lower-case 0x hex of exactly ``length`` bytes; None when it is anything else."""
    if len(text) != 2 + 2 * length or not _HEX.fullmatch(text):
        return None
    return bytes.fromhex(text[2:])


def form_of(hs_code: str) -> str:
    """Name the form that follows from an HS code: rough, polished, or piece for no code."""
    if hs_code in ROUGH_CODES:
        return "rough"
    return "polished" if hs_code in POLISHED_CODES else "piece"


# Assigned in Unicode 15.0 and 15.1, so known to newer Pythons but not to the ledger, which keeps
# to Unicode 14 for ever: the same bytes must be accepted by every version of every verifier.
# Source: UnicodeData.txt 15.1.0 compared with 14.0.0; 5,116 characters.
_ASSIGNED_AFTER_UNICODE_14: Final = re.compile(
    "[\u0cf3\u0ece\u2ffc-\u2fff\u31ef\U00010efd-\U00010eff\U0001123f-\U00011241"
    "\U00011b00-\U00011b09\U00011f00-\U00011f10\U00011f12-\U00011f3a\U00011f3e-\U00011f59"
    "\U0001342f\U00013439-\U00013455\U0001b132\U0001b155\U0001d2c0-\U0001d2d3"
    "\U0001df25-\U0001df2a\U0001e030-\U0001e06d\U0001e08f\U0001e4d0-\U0001e4f9\U0001f6dc"
    "\U0001f774-\U0001f776\U0001f77b-\U0001f77f\U0001f7d9\U0001fa75-\U0001fa77"
    "\U0001fa87\U0001fa88\U0001faad-\U0001faaf\U0001fabb-\U0001fabd\U0001fabf"
    "\U0001face\U0001facf\U0001fada\U0001fadb\U0001fae8\U0001faf7\U0001faf8\U0002b739"
    "\U0002ebf0-\U0002ee5d\U00031350-\U000323af]"
)
# Bidirectional controls reorder what a reader sees without changing what was signed.
_BIDI_CONTROLS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cn", "Cs"})


def text_fault(text: str) -> str | None:
    """Say what makes ``text`` unfit for a record, or None when it is fit.

    Fit text is NFC, of characters assigned in Unicode 14, without control characters, surrogates
    or bidirectional controls (``docs/spec/envelope.md``).
    """
    if text.isascii():
        return None if text.isprintable() else "a control character"
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in text):
        return "a control, surrogate or unassigned character"
    if _BIDI_CONTROLS.search(text):
        return "a bidirectional control character"
    if _ASSIGNED_AFTER_UNICODE_14.search(text):
        return "a character that Unicode 14 does not assign"
    return None if unicodedata.is_normalized("NFC", text) else "text that is not NFC"


def carats(weight_millicarats: int) -> str:
    """Show a weight in carats with all three decimals: 12500 as ``12.500``."""
    return f"{weight_millicarats // 1000}.{weight_millicarats % 1000:03d}"


def trade_carats(weight_millicarats: int) -> str:
    """Show a weight as the trade prints it: two decimals, rounded up only from a third decimal 9.

    For display alone; rules compare integers (1.568 ct is shown as 1.56, 1.569 ct as 1.57).
    """
    hundredths = weight_millicarats // 10 + (weight_millicarats % 10 == 9)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


_MILLICARATS_MAX: Final = 2**53 - 1
_CARATS: Final = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,3}))?", re.ASCII)


def millicarats(carats_text: str) -> Millicarats | None:
    """Read carats as people write them (``12``, ``12.5``, ``12.500``); None when they are not.

    More than the largest weight that a record can hold is none either.
    """
    match = _CARATS.fullmatch(carats_text)
    if match is None:
        return None
    whole, decimals = match.group(1), match.group(2) or ""
    weight = int(whole) * 1000 + int(decimals.ljust(3, "0"))
    return Millicarats(weight) if weight <= _MILLICARATS_MAX else None
