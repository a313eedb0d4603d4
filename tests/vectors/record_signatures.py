"""Wrong envelopes by signatures: their form, their number and their order."""

from __future__ import annotations

from collections.abc import Iterator

from tests.vectors.record_cases import Case, Plain, changed, envelope, write, wrong
from tests.vectors.record_examples import keys_of, record
from tests.vectors.record_fields import (
    CHARTER,
    HANDOFF,
    MIX,
    OBJECT,
    REGISTRATION,
    REPORT,
    SITE,
    WITHDRAWAL,
)

# SEC 2 v2 §2.4.1: the order of the group of secp256k1.
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
FIELD = 2**256 - 2**32 - 977
NO_POINT = 5  # no point of the curve has this x: 5^3 + 7 is no square
BELOW_BY_ORDER = 2  # with the order added, it is x of a point
ROTATE = ("KeyChange", "rotate")
OVERRIDE = ("KeyChange", "override")
ACCEPT_SHORT = ("Receipt", "acceptShort")
AUTHORITY = ("Admission", "authority")
AUDITOR = ("Revocation", "auditor")
RELEASE = ("Report", "release")
MINER = ("Admission", "miner")


def cases() -> Iterator[Case]:
    """Yield every case of this room."""
    yield from _forms()
    yield from _forms_of_several()
    yield from _counts()
    yield from _orders()


def _signed(of: tuple[str, str]) -> dict[str, Plain]:
    return envelope(of[0], record(*of), keys_of(*of))


def _with(of: tuple[str, str], signatures: list[str]) -> str:
    return write(changed(_signed(of), ("signatures", signatures)))


def _joined(r: int, s: int, v: int) -> str:
    return f"0x{r:064x}{s:064x}{v:02x}"


def _split(signature: str) -> tuple[int, int, int]:
    raw = bytes.fromhex(signature[2:])
    return int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:64], "big"), raw[64]


def _mangled(signature: str) -> Iterator[tuple[str, str]]:
    """Yield other encodings of a signature, and what is no signature, by name."""
    r, s, v = _split(signature)
    half = ORDER // 2
    yield "no byte", "0x"
    yield "64 bytes: no v", _joined(r, s, v)[:-2]
    yield (
        "64 bytes: v in the highest bit of s (ERC-2098)",
        (f"0x{r:064x}{s | (v - 27) << 255:064x}"),
    )
    yield "66 bytes", signature + "00"
    yield "130 bytes: twice the same", signature + signature[2:]
    for other in (0, 1, 2, 26, 29, 30, 35, 36, 37, 255):
        yield f"v {other}", _joined(r, s, other)
    yield "s in the upper half, v exchanged: the same signer", _joined(r, ORDER - s, 55 - v)
    yield "s in the upper half", _joined(r, ORDER - s, v)
    yield "s one above half of the order", _joined(r, half + 1, v)
    yield "s the order", _joined(r, ORDER, v)
    yield "s all ones", _joined(r, 2**256 - 1, v)
    yield "s 0", _joined(r, 0, v)
    yield "r 0", _joined(0, s, v)
    yield "r the order", _joined(ORDER, s, v)
    yield "r above the order, as x of a point may be", _joined(FIELD - 1, s, v)
    yield "r and s 0", _joined(0, 0, 27)
    yield "r that is x of no point", _joined(NO_POINT, s, v)
    for other in (29, 30):
        # As recovery ids 2 and 3 these give a key.
        yield f"v {other}, r below a point's x by the order", _joined(BELOW_BY_ORDER, s, other)


def _forms() -> Iterator[Case]:
    of = HANDOFF
    signature = _signed(of)["signatures"][0]
    for name, mangled in _mangled(signature):
        yield wrong(f"a signature: {name}", "signature-form", "signatures.0", _with(of, [mangled]))
    for of in (REGISTRATION, MIX, SITE, OBJECT, MINER):
        r, s, v = _split(_signed(of)["signatures"][0])
        for name, mangled in (
            (f"v {v - 27}", _joined(r, s, v - 27)),
            ("s in the upper half", _joined(r, ORDER - s, 55 - v)),
        ):
            text = f"{of[0]} {of[1]}: {name}".replace(" :", ":")
            yield wrong(text, "signature-form", "signatures.0", _with(of, [mangled]))


def _forms_of_several() -> Iterator[Case]:
    for of, position in ((CHARTER, 2), (ROTATE, 1), (ACCEPT_SHORT, 0), (RELEASE, 1)):
        signatures = _signed(of)["signatures"]
        r, s, v = _split(signatures[position])
        signatures[position] = _joined(r, ORDER - s, 55 - v)
        text = f"{of[0]} {of[1]}: s of signature {position} in the upper half".replace(" :", ":")
        yield wrong(text, "signature-form", f"signatures.{position}", _with(of, signatures))
    (signature,) = _signed(WITHDRAWAL)["signatures"]
    raw = _with(WITHDRAWAL, [signature, _joined(NO_POINT, 1, 27)])
    text = "one too many, of which no key recovers"
    yield wrong(text, "signature-form", "signatures.1", raw)


def _counts() -> Iterator[Case]:
    for of, keys in (
        (CHARTER, ()),
        (("Amendment", ""), ()),
        (AUTHORITY, ()),
        (MINER, ()),
        (MINER, (4, 5)),
        (AUDITOR, ()),
        (("Revocation", "agent"), (5, 8)),
        (ROTATE, ()),
        (ROTATE, (5,)),
        (ROTATE, (5, 6, 8)),
        (OBJECT, (5, 8)),
        (OVERRIDE, ()),
        (SITE, (4, 5)),
        (REGISTRATION, ()),
        (REGISTRATION, (5, 6)),
        (HANDOFF, ()),
        (HANDOFF, (5, 6)),
        (("Receipt", "accept"), (5, 6)),
        (("Receipt", "refuse"), (5, 6)),
        (ACCEPT_SHORT, (6,)),
        (ACCEPT_SHORT, (4, 5, 6)),
        (WITHDRAWAL, (1, 2, 3, 4, 5, 6, 7, 8, 9)),
        (MIX, ()),
        (REPORT, (4, 5)),
        (RELEASE, ()),
    ):
        raw = write(envelope(of[0], record(*of), keys))
        text = f"{of[0]} {of[1]}: {len(keys)} signatures".replace(" :", ":")
        yield wrong(text, "signature-count", "signatures", raw)


def _orders() -> Iterator[Case]:
    for of in (CHARTER, ("Amendment", ""), AUTHORITY, AUDITOR, ROTATE, OVERRIDE, ACCEPT_SHORT,
               RELEASE):  # fmt: skip
        signatures = _signed(of)["signatures"]
        for name, other in (
            ("signers descending", signatures[::-1]),
            ("a signer twice", [signatures[0], *signatures[:-1]]),
        ):
            text = f"{of[0]} {of[1]}: {name}".replace(" :", ":")
            yield wrong(text, "signature-order", "signatures", _with(of, other))
    yield _by_bytes()


def _by_bytes() -> Case:
    """Return a Charter whose signatures ascend by their bytes, and so not by their signers."""
    ascending = sorted(_signed(CHARTER)["signatures"])
    assert ascending != _signed(CHARTER)["signatures"]
    raw = _with(CHARTER, ascending)
    text = "signatures ascending by their bytes"
    return wrong(text, "signature-order", "signatures", raw)
