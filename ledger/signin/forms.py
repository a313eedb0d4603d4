"""The forms of a sign-in message's parts: authorities, URIs, times, nonces.

Each follows the grammar that EIP-4361 names; where that leaves a choice, one form alone is taken,
and ``docs/spec/sign-in.md`` says which. Sources: RFC 3986 appendix A, RFC 3339 §5.6, RFC 5234.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.errors import SignInFault, SignInRefused

_UNRESERVED: Final = r"A-Za-z0-9\-._~"
_SUB_DELIMS: Final = r"!$&'()*+,;="
_ENCODED: Final = r"%[0-9A-Fa-f]{2}"
_PCHAR: Final = rf"(?:[{_UNRESERVED}{_SUB_DELIMS}:@]|{_ENCODED})"
_SEGMENTS: Final = rf"(?:/{_PCHAR}*)*"
_REG_NAME: Final = rf"(?:[{_UNRESERVED}{_SUB_DELIMS}]|{_ENCODED})+"
_OCTET: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_H16: Final = r"[0-9A-Fa-f]{1,4}"
_LS32: Final = rf"(?:{_H16}:{_H16}|{_OCTET}(?:\.{_OCTET}){{3}})"
# Sixteen bits at a time, eight of them, or fewer with "::" in the place of one or more.
_IPV6: Final = "|".join(
    (
        rf"(?:{_H16}:){{6}}{_LS32}",
        rf"::(?:{_H16}:){{5}}{_LS32}",
        *(
            rf"(?:(?:{_H16}:){{0,{before}}}{_H16})?::(?:{_H16}:){{{4 - before}}}{_LS32}"
            for before in range(5)
        ),
        rf"(?:(?:{_H16}:){{0,5}}{_H16})?::{_H16}",
        rf"(?:(?:{_H16}:){{0,6}}{_H16})?::",
    )
)
_IP_LITERAL: Final = rf"\[(?:{_IPV6}|v[0-9A-Fa-f]+\.[{_UNRESERVED}{_SUB_DELIMS}:]+)\]"
# No user information before the host: a domain that shows another host first is for phishing.
_AUTHORITY: Final = rf"(?:{_IP_LITERAL}|{_REG_NAME})(?::[0-9]{{1,5}})?"
_USERINFO: Final = rf"(?:(?:[{_UNRESERVED}{_SUB_DELIMS}:]|{_ENCODED})*@)?"
_HIER_PART: Final = (
    rf"(?://{_USERINFO}(?:{_IP_LITERAL}|(?:{_REG_NAME})?)(?::[0-9]*)?{_SEGMENTS}"
    rf"|/(?:{_PCHAR}+{_SEGMENTS})?|{_PCHAR}+{_SEGMENTS}|)"
)
_SCHEME: Final = r"[A-Za-z][A-Za-z0-9+\-.]*"
_QUERY: Final = rf"(?:{_PCHAR}|[/?])*"

SCHEME: Final = re.compile(_SCHEME, re.ASCII)
AUTHORITY: Final = re.compile(_AUTHORITY, re.ASCII)
URI: Final = re.compile(rf"{_SCHEME}:{_HIER_PART}(?:\?{_QUERY})?(?:\#{_QUERY})?", re.ASCII)
REQUEST_ID: Final = re.compile(rf"{_PCHAR}*", re.ASCII)
STATEMENT: Final = re.compile(rf"[{_UNRESERVED}:/?#\[\]@{_SUB_DELIMS} ]+", re.ASCII)
NONCE: Final = re.compile(r"[A-Za-z0-9]{8,}", re.ASCII)
CHAIN_ID: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_HOUR_MINUTE: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME: Final = re.compile(
    rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_HOUR_MINUTE}:[0-5][0-9])(?:\.([0-9]{{1,9}}))?"
    rf"(Z|[+-]{_HOUR_MINUTE})",
    re.ASCII,
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def check(reason: SignInFault, form: re.Pattern[str], text: str, expected: str) -> str:
    """Return a part that has its form.

    Raises:
        SignInRefused: it has not; by the name of the part.

    """
    if not form.fullmatch(text):
        raise SignInRefused(reason, expected)
    return text


def milliseconds_of(reason: SignInFault, text: str) -> int:
    """Return the moment that a time names, in milliseconds since 1970-01-01 UTC, rounded down.

    Raises:
        SignInRefused: it is no time of RFC 3339 with capital T and Z, or names no moment: no day,
            hour or offset of the calendar, or a leap second.

    """
    match = _TIME.fullmatch(text)
    try:
        to_the_second, fraction, zone = match.groups() if match else ("", "", "")
        since = datetime.fromisoformat(to_the_second + zone) - _EPOCH
    except (ValueError, OverflowError):
        raise SignInRefused(reason, "a time such as 2026-01-31T09:30:00Z (RFC 3339)") from None
    whole = (since.days * 86_400 + since.seconds) * 1000
    return whole + int((fraction or "0").ljust(3, "0")[:3])


def time_text(milliseconds: int) -> str:
    """Write a moment as a time, in UTC, to the second."""
    moment = _EPOCH + timedelta(seconds=milliseconds // 1000)
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
