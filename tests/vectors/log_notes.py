"""Cases of keys, signed notes and checkpoints: what is read, and what is refused by which name."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Case = dict[str, Any]

GOLDEN = "the test log of transparency-dev/tessera, whose key is published"
GOLDEN_ROOT_15 = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="
NOTE = "the example of c2sp.org/signed-note@v1.0.0"
OWN = "made here"

FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_TEXT = "This is an example message.\n"
FOO_SIGNATURE = (
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
)
FOO_LINE = f"— example.com/foo {FOO_SIGNATURE}\n"
FOO_NOTE = f"{FOO_TEXT}\n{FOO_LINE}"
LOG = "example.com/log/testdata"
LOG_KEY = f"{LOG}+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
LOG_SECRET = f"PRIVATE+KEY+{LOG}+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg"
LOG_SEED = b64decode(LOG_SECRET.split("+", 4)[4])[1:]
LOG_SIGNATURE = (
    "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI="
)
WITNESS = "witness.example/w1"
WITNESS_SEED = b"\x07" * 32
STRANGER_LINE = "— stranger.example/s AAAAAAA=\n"


def _key_id(name: str, public_key: bytes, signature_type: int = 1) -> bytes:
    named = name.encode() + b"\n" + bytes([signature_type]) + public_key
    return sha256(named).digest()[:4]


def _public_key(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _verifier_key(name: str, public_key: bytes, signature_type: int = 1) -> str:
    material = b64encode(bytes([signature_type]) + public_key).decode()
    return f"{name}+{_key_id(name, public_key, signature_type).hex()}+{material}"


def _line(text: str, name: str = LOG, seed: bytes = LOG_SEED) -> str:
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    payload = _key_id(name, _public_key(seed)) + signature
    return f"— {name} {b64encode(payload).decode()}\n"


def _key_cases() -> Iterator[Case]:
    foo = b64decode(FOO.split("+", 2)[2])[1:]
    name = "a name without space, plus or control character"
    form = "base64 of the Ed25519 type 0x01 and 32 bytes"
    fits = "the key id that follows from the name and the key"
    for origin, description, text, expected in (
        (NOTE, "the example", FOO, "valid"),
        (GOLDEN, "a key whose base64 has a plus", LOG_KEY, "valid"),
        (OWN, "a name of other scripts", _verifier_key("beispiel.example/größe", foo), "valid"),
        (OWN, "the id of another name", FOO.replace("/foo", "/fop"), fits),
        (OWN, "another id", FOO.replace("530d903a", "530d903b"), fits),
        (OWN, "an id in upper case", FOO.replace("530d903a", "530D903A"), fits),
        (OWN, "an id of seven digits", FOO.replace("530d903a", "530d903"), fits),
        (OWN, "an id that is empty", FOO.replace("530d903a", ""), fits),
        (OWN, "a signer key in its place", LOG_SECRET, form),
        (OWN, "no base64", FOO.rpartition("+")[0] + "+", form),
        (OWN, "no id", "example.com/foo+" + FOO.rpartition("+")[2], form),
        (OWN, "a newline at the end", FOO + "\n", form),
        (OWN, "base64 without its padding", _verifier_key("a.example", foo[:31]).rstrip("="), form),
        (OWN, "ECDSA, type 0x02", _verifier_key("a.example", foo, 2), form),
        (OWN, "a cosigner, type 0x04", _verifier_key("a.example", foo, 4), form),
        (OWN, "a key of 31 bytes", _verifier_key("a.example", foo[:31]), "a key of 32 bytes"),
        (OWN, "a key of 33 bytes", _verifier_key("a.example", foo + b"\0"), "a key of 32 bytes"),
        (OWN, "no key", _verifier_key("a.example", b""), "a key of 32 bytes"),
        (OWN, "an empty name", _verifier_key("", foo), name),
        (OWN, "a space in the name", _verifier_key("an example", foo), name),
        (OWN, "a no-break space in the name", _verifier_key("an\xa0example", foo), name),
        (OWN, "a line separator in the name", _verifier_key("an\u2028example", foo), name),
        (OWN, "a newline in the name", _verifier_key("an\nexample", foo), name),
        (OWN, "a NUL in the name", _verifier_key("an\0example", foo), name),
        (OWN, "nothing", "", form),
    ):
        yield {"origin": origin, "description": description, "key": text, "expected": expected}


def _note(
    origin: str, description: str, note: str, expected: str, *, keys: tuple[str, ...] = (FOO,)
) -> Case:
    return {
        "origin": origin,
        "description": description,
        "note": note,
        "keys": keys,
        "expected": expected,
    }


def _valid_notes() -> Iterator[Case]:
    yield _note(NOTE, "the example", FOO_NOTE, "valid")
    payload = b64decode(FOO_SIGNATURE)
    other_id = b64encode(b"\0\0\0\0" + payload[4:]).decode()
    for description, strangers in (
        ("an unknown name", STRANGER_LINE),
        ("the known name with another id", f"— example.com/foo {other_id}\n"),
        ("the known id with another name", f"— example.com/bar {FOO_SIGNATURE}\n"),
        ("15 unknown lines, 16 in all", STRANGER_LINE * 15),
        ("99 unknown lines, 100 in all", STRANGER_LINE * 99),
    ):
        before = f"{FOO_TEXT}\n{strangers}{FOO_LINE}"
        yield _note(OWN, f"{description} before the known line", before, "valid")
    yield _note(OWN, "an unknown line after it", FOO_NOTE + STRANGER_LINE, "valid")
    yield _note(OWN, "the known line twice", FOO_NOTE + FOO_LINE, "valid")
    for description, text in (
        ("empty lines in the text", "a\n\n\nb\n\n"),
        ("a text of one empty line", "\n"),
        ("a text that looks like a note", FOO_NOTE),
        ("a text with other line separators", "a\u2028b\u0085c\n"),
    ):
        yield _note(OWN, description, f"{text}\n{_line(text)}", "valid", keys=(LOG_KEY,))
    both = f"{FOO_TEXT}\n{_line(FOO_TEXT)}{FOO_LINE}"
    yield _note(OWN, "two keys, two lines", both, "valid", keys=(FOO, LOG_KEY))
    yield _note(OWN, "two keys, one line", FOO_NOTE, "valid", keys=(FOO, LOG_KEY))


def _unverified_notes() -> Iterator[Case]:
    payload = b64decode(FOO_SIGNATURE)

    def line(value: bytes) -> str:
        return f"— example.com/foo {b64encode(value).decode()}\n"

    bad = line(payload[:-1] + bytes([payload[-1] ^ 1]))
    for description, note, expected in (
        ("another text", FOO_NOTE.replace("example message", "example massage"), "signature"),
        ("an empty line more in the text", f"{FOO_TEXT}\n\n{FOO_LINE}", "signature"),
        ("one bit of the signature flipped", f"{FOO_TEXT}\n{bad}", "signature"),
        ("a signature of 63 bytes", f"{FOO_TEXT}\n{line(payload[:-1])}", "signature"),
        ("a signature of 65 bytes", f"{FOO_TEXT}\n{line(payload + bytes(1))}", "signature"),
        ("a good line, then a bad one of the same key", FOO_NOTE + bad, "signature"),
        ("a bad line, then a good one of that key", f"{FOO_TEXT}\n{bad}{FOO_LINE}", "signature"),
        ("unknown lines alone", f"{FOO_TEXT}\n{STRANGER_LINE}", "no-known-signature"),
        ("101 lines", f"{FOO_TEXT}\n{STRANGER_LINE * 100}{FOO_LINE}", "signature-count"),
    ):
        yield _note(OWN, description, note, expected)
    yield _note(OWN, "nobody is known", FOO_NOTE, "no-known-signature", keys=())
    both = f"{FOO_TEXT}\n{_line('another text')}{FOO_LINE}"
    yield _note(OWN, "one known key fails", both, "signature", keys=(FOO, LOG_KEY))


def _malformed_notes() -> Iterator[Case]:
    value = FOO_SIGNATURE
    for description, note, expected in (
        ("nothing", "", "note-form"),
        ("a text alone", FOO_TEXT, "note-form"),
        ("no signature line", f"{FOO_TEXT}\n", "note-form"),
        ("no empty line", FOO_TEXT + FOO_LINE, "note-form"),
        ("no newline at the end", FOO_NOTE.removesuffix("\n"), "note-form"),
        ("an empty line at the end", FOO_NOTE + "\n", "note-form"),
        ("something after the last line", FOO_NOTE + "more", "note-form"),
        ("lines that end in CR LF", FOO_NOTE.replace("\n", "\r\n"), "note-text"),
        ("a tab in the text", "\t" + FOO_NOTE, "note-text"),
        ("a NUL in the text", "\0" + FOO_NOTE, "note-text"),
    ):
        yield _note(OWN, description, note, expected)
    for description, line in (
        ("a hyphen in place of the dash", f"- example.com/foo {value}"),
        ("an en dash in place of the dash", f"– example.com/foo {value}"),
        ("no space after the dash", f"—example.com/foo {value}"),
        ("a space before the dash", f" — example.com/foo {value}"),
        ("no name", f"—  {value}"),
        ("no signature", "— example.com/foo"),
        ("an empty signature", "— example.com/foo "),
        ("two spaces before the signature", f"— example.com/foo  {value}"),
        ("a space after the signature", f"— example.com/foo {value} "),
        ("a no-break space before the signature", f"— example.com/foo\xa0{value}"),
        ("a plus in the name", f"— example.com+foo {value}"),
        ("a no-break space in the name", f"— example.com\xa0foo {value}"),
        ("base64 without its padding", f"— example.com/foo {value.rstrip('=')}"),
        ("base64 with rest bits", f"— example.com/foo {value.replace('QM=', 'QN=')}"),
        ("base64 of the URL alphabet", f"— example.com/foo {value.replace('A', '_')}"),
        ("base64 of the key id alone", "— example.com/foo Uw2QOg=="),
        ("base64 of three bytes", "— example.com/foo Uw2Q"),
    ):
        yield _note(OWN, description, f"{FOO_TEXT}\n{line}\n", "signature-line")
        if "base64" in description:  # Strict for those who are not known, too.
            stranger = line.replace("/foo", "/bar")
            about = f"{description}, in an unknown line"
            yield _note(OWN, about, f"{FOO_TEXT}\n{stranger}\n{FOO_LINE}", "signature-line")


def _checkpoint_cases() -> Iterator[Case]:
    root, empty = GOLDEN_ROOT_15, b64encode(sha256(b"").digest()).decode()
    text = f"{LOG}\n15\n{root}\n"
    if _line(text) != f"— {LOG} {LOG_SIGNATURE}\n":
        raise ValueError("golden checkpoint")

    def case(description: str, text: str, expected: str, line: str = "", **more: str) -> Case:
        note = f"{text}\n{line or _line(text)}"
        origin = more.get("origin", OWN)
        return _note(origin, description, note, expected, keys=(LOG_KEY,))

    yield case("the golden checkpoint", text, "valid", origin=GOLDEN)
    yield case("the empty tree", f"{LOG}\n0\n{empty}\n", "valid")
    yield case("the largest size", f"{LOG}\n{2**63 - 1}\n{root}\n", "valid")
    cosigned = _line(text) + _line(text, WITNESS, WITNESS_SEED)
    yield case("with an unknown witness's line", text, "valid", cosigned)
    for number in (
        *("015", "00", "+15", "-1", "-15", "", " 15", "15 ", "1_5", "1e1", "0xf", "15.0"),
        *("١٥", "²", "１５", str(2**63), str(2**64), "9" * 30, "9" * 5000),
    ):
        shown = number if len(number) < 40 else f"{len(number)} digits"
        yield case(f"the size {shown!r}", f"{LOG}\n{number}\n{root}\n", "checkpoint-size")
    for description, value in (
        ("31 bytes", b64encode(b64decode(root)[:31]).decode()),
        ("33 bytes", b64encode(b64decode(root) + b"\0").decode()),
        ("no padding", root.rstrip("=")),
        ("rest bits", root.replace("cs=", "ct=")),
        ("the URL alphabet", root.replace("/", "_")),
        ("hex", b64decode(root).hex()),
        ("nothing", ""),
        ("a space after it", root + " "),
    ):
        yield case(f"a root of {description}", f"{LOG}\n15\n{value}\n", "checkpoint-root")
    yield case("no leaves, but a root", f"{LOG}\n0\n{root}\n", "checkpoint-root")
    for description, body in (
        ("an extension line", f"{text}more\n"),
        ("an empty line at the end", f"{text}\n"),
        ("an empty line at the beginning", f"\n{text}"),
        ("no root line", f"{LOG}\n15\n"),
        ("no origin", f"\n15\n{root}\n"),
        ("an empty text", "\n"),
    ):
        yield case(description, body, "checkpoint-form")
    for description, origin in (
        ("another log's origin, signed by this log's key", "example.com/log/other"),
        ("a space after the origin", f"{LOG} "),
        ("an origin in upper case", LOG.upper()),
        ("a byte order mark before the origin", f"\ufeff{LOG}"),
    ):
        yield case(description, f"{origin}\n15\n{root}\n", "origin")
    grown = text.replace("15", "16")
    yield case("another size than was signed", grown, "signature", _line(text))
    witnessed = _line(text, WITNESS, WITNESS_SEED)
    yield case("signed by a witness alone", text, "no-known-signature", witnessed)


def notes() -> dict[str, list[Case]]:
    """Return the cases of ``notes.json``."""
    return {
        "keys": [*_key_cases()],
        "notes": [*_valid_notes(), *_unverified_notes(), *_malformed_notes()],
        "checkpoints": [*_checkpoint_cases()],
    }
