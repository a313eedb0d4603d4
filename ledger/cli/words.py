"""What people type, as values: carats, outputs, losses, dates, ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.drafts import Loss, Output
from ledger.errors import BadQuestion
from ledger.values import (
    ADDRESS_BYTES,
    HASH_BYTES,
    Address,
    Hash32,
    Millicarats,
    from_hex,
    millicarats,
)


def read_carats(text: str, field: str = "--weight") -> Millicarats:
    """Read carats: ``12``, ``12.5``, ``12.500``.

    Raises:
        BadQuestion: it is not a weight with at most three decimals.

    """
    weight = millicarats(text.removesuffix("ct").strip())
    if weight is None:
        raise BadQuestion(field, "carats with at most three decimals, such as 12.50")
    return weight


def read_weight(text: str, field: str) -> Millicarats:
    """Read the weight of goods, which weigh something.

    Raises:
        BadQuestion: it is no weight, or 0.

    """
    weight = read_carats(text, field)
    if weight == 0:
        raise BadQuestion(field, "more than 0 ct")
    return weight


def read_country(text: str, field: str) -> str:
    """Read the code of a country; "" where none was typed.

    Raises:
        BadQuestion: it is not of two capital letters.

    """
    if text and not (len(text) == 2 and text.isascii() and text.isalpha() and text.isupper()):
        raise BadQuestion(field, "a country as two capital letters, such as IT")
    return text


def _read_count(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadQuestion(field, "a whole number of stones")
    return int(text)


def read_output(text: str, hs_code: str) -> Output:
    """Read one output: ``CARATS[:STONES[:LABEL]]``, as in ``2.50:1:Lot 7``.

    Raises:
        BadQuestion: it is not of that form.

    """
    weight, _, rest = text.partition(":")
    stones, _, label = rest.partition(":")
    count = _read_count(stones, "--into") if stones else 0
    return Output(read_weight(weight, "--into"), count, hs_code, label)


def read_losses(texts: Sequence[str]) -> dict[str, Loss]:
    """Read losses: ``REASON=CARATS[:STONES]`` each, as in ``sawing=0.10`` or ``missing=0.05:1``.

    Raises:
        BadQuestion: one is not of that form, or names a reason twice.

    """
    losses: dict[str, Loss] = {}
    for text in texts:
        reason, equals, rest = text.partition("=")
        if not equals or reason in losses:
            raise BadQuestion("--lose", "REASON=CARATS[:STONES], each reason once")
        weight, _, stones = rest.partition(":")
        count = _read_count(stones, "--lose") if stones else 0
        losses[reason] = Loss(read_carats(weight, "--lose"), count)
    return losses


def read_time(text: str, field: str = "--at") -> int:
    """Read a date or a time in UTC as seconds: ``2026-03-01``, ``2026-03-01T14:30:00Z``.

    Raises:
        BadQuestion: it is neither.

    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuestion(field, "a date or a time in UTC, such as 2026-03-01T14:30Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


def read_last_second(text: str, field: str = "--until") -> int:
    """Read until when something holds: a date means the end of that day; "" means for ever (0)."""
    if not text:
        return 0
    at = read_time(text, field)
    is_a_date = len(text) == len("2026-03-01")
    return at + int(timedelta(days=1).total_seconds()) - 1 if is_a_date else at


def read_id(text: str, field: str) -> Hash32:
    """Read a record, parcel or site id.

    Raises:
        BadQuestion: it is not lower-case 0x hex of 32 bytes.

    """
    value = from_hex(text, HASH_BYTES)
    if value is None:
        raise BadQuestion(field, "an id: 0x and 64 lower-case hex digits")
    return Hash32(value)


def read_address(text: str, field: str) -> Address:
    """Read an address in lower-case 0x hex.

    Raises:
        BadQuestion: it is not of that form.

    """
    value = from_hex(text, ADDRESS_BYTES)
    if value is None:
        raise BadQuestion(field, "the name of a key, or 0x and 40 lower-case hex digits")
    return Address(value)


def show_time(seconds: int) -> str:
    """Show a time in seconds as UTC; one that no calendar holds, as the number it is."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"


def anchor_line(one: Mapping[str, Any]) -> str:
    """Say what is known of an anchor: its size, how sure it is, and where it is found."""
    where = "in no block yet"
    if one["blockNumber"] is not None:
        where = f"block {one['blockNumber']} of chain {one['chainId']}"
    found = f", transaction {one['transaction']}" if one["transaction"] else ""
    return f"{count_of(one['size'], 'entry')}, {one['state']}, {where}{found}"


def count_of(number: int, thing: str) -> str:
    """Count things in words: ``1 signature``, ``2 signatures``; ``entry`` gives ``2 entries``."""
    if number == 1:
        return f"1 {thing}"
    plural = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number:,} {plural}"
