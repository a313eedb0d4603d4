"""Wrong envelopes by size, by JSON, by depth, and by bytes that are not canonical."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.vectors.record_cases import Case, changed, example, write, wrong, wrong_pieces
from tests.vectors.record_fields import (
    CHARTER,
    HANDOFF,
    KEY_CHANGE,
    MIX,
    RECEIPT,
    REGISTRATION,
    REPORT,
    SITE,
    WITHDRAWAL,
)

BYTES_MAX = 128 * 1024
HANDED = write(example(*HANDOFF))
REGISTERED = write(example(*REGISTRATION))
MIXED = write(example(*MIX))
WITHDRAWN = write(example(*WITHDRAWAL))


def cases() -> Iterator[Case]:
    """Yield every case of this room."""
    yield from _sizes()
    yield from _encodings()
    yield from _doubles()
    yield from _numbers()
    yield from _strings()
    yield from _grammar()
    yield from _depths()
    yield from _spaces()
    yield from _other_orders()
    yield from _other_escapes()


def _put(text: str, old: str, new: str) -> str:
    """Replace a part of a text that stands in it exactly once."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def _weight(number: str) -> str:
    return _put(HANDED, '"weightMillicarats":12500', f'"weightMillicarats":{number}')


def _label(inside: str) -> str:
    return _put(REGISTERED, '"Bag 7"', f'"{inside}"')


def _sizes() -> Iterator[Case]:
    room = BYTES_MAX - len(HANDED.encode())
    for count, rule in ((room, "canonical"), (room + 1, "size")):
        text = f"an envelope with spaces to {BYTES_MAX - room + count} bytes"
        yield wrong_pieces(text, rule, "", (HANDED, 1), (" ", count))
    yield wrong_pieces("no JSON, but a byte too much", "size", "", ("x", BYTES_MAX + 1))
    start, end = _put(REGISTERED, "Bag 7", "LONG").split("LONG")
    for letter, count, text in (
        ("x", 200_000, "a label of 200,000 letters"),
        ("钻", BYTES_MAX // 3, "fewer characters than bytes allowed, but more bytes"),
    ):
        yield wrong_pieces(text, "size", "", (start, 1), (letter, count), (end, 1))


def _encodings() -> Iterator[Case]:
    utf8 = MIXED.encode()
    latin = MIXED.encode("latin-1")
    cut = utf8.index("ö".encode()) + 1
    for description, raw in (
        ("nothing at all", b""),
        ("a byte order mark", b"\xef\xbb\xbf" + utf8),
        ("a byte order mark alone", b"\xef\xbb\xbf"),
        ("UTF-16, little end first, with its mark", HANDED.encode("utf-16")),
        ("UTF-16, little end first", HANDED.encode("utf-16-le")),
        ("UTF-16, big end first", HANDED.encode("utf-16-be")),
        ("UTF-32, little end first", WITHDRAWN.encode("utf-32-le")),
        ("Latin-1", latin),
        ("a slash in two bytes", _put(HANDED, "BW-0001", "BW/0001").encode().replace(
            b"BW/", b"BW\xc0\xaf")),
        ("a surrogate in UTF-8", _label("?").encode().replace(b"?", b"\xed\xa0\xbd")),
        ("a pair of surrogates in UTF-8 (CESU-8)", _label("?").encode().replace(
            b"?", b"\xed\xa0\xbd\xed\xb2\x8e")),
        ("beyond U+10FFFF", _label("?").encode().replace(b"?", b"\xf4\x90\x80\x80")),
        ("a byte that never stands in UTF-8", _label("?").encode().replace(b"?", b"\xff")),
        ("a sequence that goes on without beginning", utf8[:cut] + utf8[cut + 1 :]),
        ("cut inside a character", utf8[:cut]),
        ("only NUL bytes", bytes(64)),
        ("compressed by gzip", bytes.fromhex("1f8b08000000000002ff")),
    ):  # fmt: skip
        yield wrong(description, "json", "", raw)


def _doubles() -> Iterator[Case]:
    for description, old, new in (
        ("the kind twice", '{"kind":', '{"kind":"Handoff","kind":'),
        ("the kind twice, once another", '{"kind":', '{"kind":"Sale","kind":'),
        ("the signatures twice", '"signatures":', '"signatures":[],"signatures":'),
        ("a sheet twice", '"amounts":', '"amounts":{},"amounts":'),
        ("a field twice, once another", '"stones":3', '"stones":3,"stones":4'),
        ("a field twice, the same", '"stones":3', '"stones":3,"stones":3'),
        ("an operation twice", '"operation":', '"operation":"return","operation":'),
        ("a field twice, once escaped", '"stones":3', '"stones":3,"\\u0073tones":3'),
        ("an undeclared member twice", '"stones":3', '"stones":3,"x":1,"x":1'),
    ):
        raw = _put(HANDED, old, new)
        yield wrong(description, "json", "", raw)
    one = '"operators":[{"a":1,"a":2}],"salt"'
    before, after = write(example(*SITE)).split('"operators":[')
    text = before + one + after.partition('],"salt"')[2]
    yield wrong("a member twice in an object in a list", "json", "", text)


def _numbers() -> Iterator[Case]:
    for number in (
        "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "12500.0", "1.0", "1.25e4", "125e2",
        "1E5", "0.0", "-0.0", "1e-9", "12500.000000000000000000001", "9" * 400 + ".5",
    ):  # fmt: skip
        shown = number if len(number) < 30 else "a fraction of 400 digits"
        yield wrong(f"a weight of {shown}", "json", "", _weight(number))
    for number in (
        "+1", "012", "00", "1.", ".5", "0x30D4", "1_000", "1,000", "--1", "-", "1e", "nan", "True",
        "None", "undefined", "１２５００", "١٢", "²", "1 000", "1n",
    ):  # fmt: skip
        yield wrong(f"a weight written {number}", "json", "", _weight(number))
    stones = '"stones":[0,0]'
    yield wrong("NaN in a list", "json", "", _put(MIXED, stones, '"stones":[0,NaN]'))
    yield wrong("a fraction in a list", "json", "", _put(MIXED, stones, '"stones":[0,0.0]'))
    yield wrong("a fraction for details", "json", "", _put(
        WITHDRAWN, '"details":"0x' + "00" * 32 + '"', '"details":0.5'))  # fmt: skip


def _strings() -> Iterator[Case]:
    for inside, name in (
        ("\\ud83d", "a high surrogate alone"),
        ("\\udc8e", "a low surrogate alone"),
        ("\\udc8e\\ud83d", "a pair of surrogates the wrong way round"),
        ("\\ud83d💎", "a high surrogate before a character"),
        ("\\uD83D\\u0041", "a high surrogate before a letter"),
        ("a\nb", "a newline as it is"),
        ("a\tb", "a tab as it is"),
        ("a\0b", "NUL as it is"),
        ("a\x1fb", "U+001F as it is"),
        ("\\x41", "an escape of other languages"),
        ("\\U0001F48E", "an escape of other languages, long"),
        ("\\u12", "an escape cut short"),
        ("\\u00g1", "an escape with a letter that is no digit"),
        ("\\", "an escape of nothing"),
        ("\\'", "an escaped apostrophe"),
    ):
        yield wrong(f"in a label, {name}", "json", "", _label(inside))
    yield wrong("a lone surrogate in a kind", "json", "", _put(HANDED, '"Handoff"', '"\\ud800"'))
    name = _put(HANDED, '"stones":3', '"stones":3,"\\ud800":1')
    yield wrong("a lone surrogate in a member's name", "json", "", name)
    yield wrong("a lone surrogate for hex", "json", "", write(
        changed(example(*RECEIPT), ("who.sender", "LONE"))).replace("LONE", "\\udfff"))  # fmt: skip


def _grammar() -> Iterator[Case]:
    for description, raw in (
        ("two envelopes", WITHDRAWN + WITHDRAWN),
        ("two envelopes in lines", WITHDRAWN + "\n" + WITHDRAWN),
        ("trailing: a brace", HANDED + "}"),
        ("trailing: a comma", HANDED + ","),
        ("trailing: NUL", HANDED + "\0"),
        ("trailing: a letter", HANDED + "x"),
        ("trailing: a no-break space", HANDED + "\u00a0"),
        ("a line separator in front", "\u2028" + HANDED),
        ("a form feed in front", "\f" + HANDED),
        ("a guard against scripts in front", ")]}'\n" + HANDED),
        ("white space alone", " \n"),
        ("a word", "Handoff"),
        ("cut before its end", HANDED[:-1]),
        ("cut in a text", HANDED[: HANDED.index("BW-0001") + 3]),
        ("cut after a colon", HANDED[: HANDED.index("12500")]),
        ("a comma before a brace", HANDED[:-1] + ",}"),
        ("a comma before a bracket", _put(MIXED, '"stones":[0,0]', '"stones":[0,0,]')),
        ("no comma between members", _put(HANDED, '"stones":3,', '"stones":3 ')),
        ("no colon", _put(HANDED, '"stones":3', '"stones" 3')),
        ("apostrophes for quotes", HANDED.replace('"', "'")),
        ("a name without quotes", _put(HANDED, '"stones":', "stones:")),
        ("a number for a name", _put(HANDED, '"stones":3', '"stones":3,3:3')),
        ("a comment", _put(HANDED, '"stones":3', '"stones":3/* counted */')),
        ("a comment at the end", HANDED + "// signed"),
        ("brackets that do not match", _put(MIXED, '"stones":[0,0]', '"stones":[0,0}')),
        ("64 brackets that never close", "[" * 64),
        ("URL encoded", "kind=Handoff&record=%7B%7D"),
        ("CBOR", "\u00a3dkindgHandoff"),
    ):
        yield wrong(description, "json", "", raw)


def _depths() -> Iterator[Case]:
    nine = "[" * 9 + "]" * 9
    yield wrong("nine lists", "depth", "", nine)
    yield wrong("eight lists are not too deep", "kind", "kind", "[" * 8 + "]" * 8)
    yield wrong("70 lists side by side are not deep", "kind", "kind", "[" + "[]," * 70 + "[]]")
    for times in (500, 50_000):
        around = (("[", times), ("]", times))
        yield wrong_pieces(f"{times} lists", "depth", "", *around)
        yield wrong_pieces(f"{times} lists around 1", "depth", "", around[0], ("1", 1), around[1])
    yield wrong_pieces("500 objects", "depth", "", ('{"a":', 500), ("1", 1), ("}", 500))
    yield wrong_pieces("20,000 objects", "depth", "", ('{"a":', 20_000), ("1", 1), ("}", 20_000))
    yield wrong_pieces("500 lists in objects", "depth", "", ('{"a":[', 500), ("]}", 500))
    weight = '"weightMillicarats":'
    before, after = HANDED.split(weight + "12500")
    start = before + weight
    for times, rule, field in (
        (5, "type", "amounts.weightMillicarats"),
        (6, "depth", ""),
        (500, "depth", ""),
        (50_000, "depth", ""),
    ):
        pieces = ((start, 1), ("[", times), ("]", times), (after, 1))
        yield wrong_pieces(f"a weight in {times} lists", rule, field, *pieces)
    raw = _put(HANDED, '"stones":3', f'"stones":3,"x":{nine}')
    yield wrong("an undeclared member that is deep", "depth", "", raw)
    raw = _put(HANDED, '"Handoff"', nine)
    yield wrong("a kind that is deep", "depth", "", raw)
    for times in (8, 63):
        raw = "[" * times + '["\\ud800"]' + "]" * times
        yield wrong(f"a lone surrogate in {times + 1} lists", "json", "", raw)
    for raw in ("[" * 65, '{"":' * 65, '[{"\\"]":' * 33, '["' + "[" * 99 + '",' + "[" * 64):
        yield wrong(f"too deep to be read: {raw[:9]}...", "depth", "", raw)
    raw = '["' + "[" * 99 + '"'
    yield wrong("brackets in a text are not deep, and the text's own never closes", "json", "", raw)
    yield wrong_pieces("only brackets, as many as fit", "depth", "", ("[", BYTES_MAX))
    yield wrong_pieces("only braces, as many as fit", "depth", "", ('{"":', BYTES_MAX // 4))


def _spaces() -> Iterator[Case]:
    for description, raw in (
        ("a newline at the end", HANDED + "\n"),
        ("a space in front", " " + REGISTERED),
        ("CR LF at the end", WITHDRAWN + "\r\n"),
        ("a tab after a brace", "{\t" + MIXED[1:]),
        ("a space after a colon", _put(HANDED, '"stones":3', '"stones": 3')),
        ("a space after a comma", _put(MIXED, '"stones":[0,0]', '"stones":[0, 0]')),
        ("a space in an empty list", write(example("Admission", "miner")).replace("[]", "[ ]")),
        ("indented", json.dumps(json.loads(WITHDRAWN), indent=2, sort_keys=True)),
        ("as JSON libraries write by default", json.dumps(json.loads(HANDED), sort_keys=True)),
    ):
        yield wrong(f"white space: {description}", "canonical", "", raw)


def _reversed(text: str, *path: str) -> str:
    """Write an envelope with the members of the object at ``path`` in the opposite order."""
    plain = json.loads(text)
    at = plain
    for step in path[:-1]:
        at = at[step]
    if path:
        at[path[-1]] = dict(reversed(at[path[-1]].items()))
    else:
        plain = dict(reversed(plain.items()))
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _other_orders() -> Iterator[Case]:
    yield wrong("another order: of the envelope", "canonical", "", _reversed(HANDED))
    yield wrong("another order: of the record", "canonical", "", _reversed(MIXED, "record"))
    for text, place in ((HANDED, "who"), (MIXED, "what"), (REGISTERED, "amounts")):
        raw = _reversed(text, "record", place)
        yield wrong(f"another order: of {place}", "canonical", "", raw)
    raw = write(example(*CHARTER))
    yield wrong("another order: of a Charter's scene", "canonical", "", _reversed(
        raw, "record", "scene"))  # fmt: skip
    signed = json.dumps(example(*KEY_CHANGE), ensure_ascii=False, separators=(",", ":"))
    yield wrong("another order: that of the declaration", "canonical", "", signed)


def _other_escapes() -> Iterator[Case]:
    made = changed(example(*REGISTRATION), ("amounts.label", 'Größe "/" \\ 💎'))
    text = write(made)
    for description, old, new in (
        ("a letter escaped", "Gr", "\\u0047r"),
        ("a letter beyond ASCII escaped", "ö", "\\u00f6"),
        ("upper-case digits in an escape", "ß", "\\u00DF"),
        ("a pair of surrogates escaped", "💎", "\\ud83d\\udc8e"),
        ("a slash escaped", "/", "\\/"),
        ("a quote escaped by number", '\\"/', "\\u0022/"),
        ("a backslash escaped by number", "\\\\", "\\u005c"),
        ("a member's name escaped", '"stones"', '"\\u0073tones"'),
        ("the kind escaped", '"Registration"', '"\\u0052egistration"'),
        ("hex escaped", '"details":"0x', '"details":"\\u0030x'),
    ):
        yield wrong(f"escapes: {description}", "canonical", "", _put(text, old, new))
    raw = _put(write(example(*REPORT)), '"theft"', '"\\u0074heft"')
    yield wrong("escapes: an operation", "canonical", "", raw)
    yield wrong("-0 for a count of 0", "canonical", "", _put(
        MIXED, '"stones":[0,0]', '"stones":[0,-0]'))  # fmt: skip
    site = write(example(*SITE))
    yield wrong("-0 for no end", "canonical", "", _put(site, '"validUntil":0', '"validUntil":-0'))
