"""Reads ``tests/vectors/verdicts/*.toml``: goods in a compact notation, and what is expected.

A file holds ``[[goods]]``, each with a ``name``, its ``facts`` (a line each) and its ``cases``. A
case is one line: definition, day, expected value, the rule that must be among the deciding ones,
then ``|`` and why, reasoned by hand from the sources. Where a case begins with ``TEXT =>``, the
text stands in the facts in place of each ``$``. Days begin at 00:00 UTC; ``2024-02-29T23:59:59``
is a moment. The lines of ``facts``:

* ``rough 1.200 x1 AE``: form, carats, stones (``x?``: not counted), the country where the book has
  them, and ``hs 7102.10`` where the code is not the usual one; ``made DAY`` when they came to be.
* ``origin RU mined DAY..DAY``: ``RU/zone`` and ``RU#1`` for a zone and a site; ``0.000..0.400`` for
  the least and the most in carats (one origin alone: everything; of several: from nothing to all).
* ``cert NUMBER RU>AE DAY``: with ``to DAY`` (the last second of its validity), ``cleared DAY``
  (``arrived``: on the day of issue), ``refused DAY``, ``void``, ``names RU,BW`` (else plain
  mixed), ``technical``, ``reused``, ``prolonged``.
  ``nocert RU>AE DAY``: without a certificate. ``paper NUMBER RU>AE DAY``: seen on paper alone.
* ``stay RU DAY..DAY``: where the book has them (``DAY..`` to this day); ``seen AE DAY``: a dated
  location statement.
* ``polished IN DAY``.
* ``said warranty DAY text wdc-sow-2``, ``said origin DAY names BW,CA``, ``said document DAY``;
  ``ancestor``: of an ancestor
  that they come from certainly only if ``of`` says so; ``denied``: the records contradict it.
* ``part NAME``: of a piece, other goods of this file.
* ``certain RU 0.300``: so much of that country is certain, whatever the sites.
* ``incomplete``, ``contradicted``; ``former 7102.31``: a code that some of it had before;
  ``heaviest 0.501``: what they weighed when nothing but weighing was done to them since.

Each of them may end with ``recorded DAY`` (else on the day itself), ``by ROLE CC``, ``suspect``,
``perhaps`` (it may concern these goods) and ``of KEY,KEY`` (the origins that it concerns).
"""

from __future__ import annotations

import hashlib
import tomllib
from calendar import timegm
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ledger.values import Hash32
from ledger.verdicts.definitions import Definition, read_definition
from ledger.verdicts.facts import Crossing, Facts, Ground, Origin, Saying, Stay
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.tables import read_table
from tests.tree import ROOT

FOLDER = Path(__file__).parent / "vectors" / "verdicts"
REFERENCE = ROOT / "ledger" / "reference"


@dataclass(frozen=True, slots=True)
class Case:
    """One expectation: ``place`` names its goods, its definition and its day."""

    place: str
    facts: Facts
    definition: str
    as_of: int
    value: str
    rule: str
    why: str


def shipped_shelf() -> Shelf:
    """Return the shipped tables."""
    files = sorted((REFERENCE / "data").glob("*.csv"))
    return Shelf({file.stem: read_table(file.stem, file.read_bytes()) for file in files})


def shipped_definitions() -> dict[str, Definition]:
    """Return the shipped definitions by id."""
    files = sorted((REFERENCE / "definitions").glob("*.toml"))
    return {file.stem: read_definition(file.read_bytes(), file.stem) for file in files}


def moment(text: str) -> int:
    """Read a day or a moment, UTC."""
    return timegm(datetime.fromisoformat(text).timetuple())


def read_cases(file: Path) -> list[Case]:
    """Read all cases of a file."""
    made = dict[str, Facts]()
    cases = list[Case]()
    for goods in tomllib.loads(file.read_text("utf-8"))["goods"]:
        name, text = goods["name"], goods["facts"]
        if "$" not in text:
            made[name] = read_facts(name, text, made)
        for line in goods.get("cases", "").strip().splitlines():
            told, _, why = line.partition("|")
            filled, arrow, rest = told.rpartition("=>")
            facts = (
                read_facts(name, text.replace("$", filled.strip()), made) if arrow else made[name]
            )
            definition, day, *value, rule = rest.split()
            place = f"{name}: {told.strip()}"
            cases.append(
                Case(place, facts, definition, moment(day), " ".join(value), rule, why.strip())
            )
    return cases


def read_facts(name: str, text: str, made: dict[str, Facts] | None = None) -> Facts:
    """Read goods in the notation above."""
    lines = [line.split() for line in text.strip().splitlines()]
    form, weight, stones, country, *rest = lines[0]
    words = _Words(rest)
    hs_code = {"rough": "7102.31", "polished": "7102.39", "piece": ""}[form]
    facts = Facts(
        parcel=Hash32(hashlib.sha256(name.encode()).digest()),
        form=form,
        hs_code=words.after("hs") or hs_code,
        weight_millicarats=_millicarats(weight),
        stones=0 if stones == "x?" else int(stones[1:]),
        tolerance_millicarats=5,
        country=country,
        origins=(),
        made_at=moment(day) if (day := words.after("made")) else None,
    )
    words.close()
    origins = _origins(facts, [line[1:] for line in lines[1:] if line[0] == "origin"])
    facts = replace(facts, origins=origins)
    for place, (sort, *line) in enumerate(lines[1:], 1):
        if sort != "origin":
            facts = _with(facts, sort, _Words(line), place, made or {})
    return facts


def _millicarats(carats: str) -> int:
    whole, _, part = carats.partition(".")
    assert len(part) == 3, f"three decimals: {carats}"
    return int(whole) * 1000 + int(part)


class _Words:
    """The words of a line, taken one by one; whatever is left over is a mistake."""

    def __init__(self, words: list[str]) -> None:
        self.words = list(words)

    def next(self) -> str:
        return self.words.pop(0)

    def after(self, word: str) -> str:
        if word not in self.words:
            return ""
        place = self.words.index(word)
        value = self.words[place + 1]
        del self.words[place : place + 2]
        return value

    def flag(self, word: str) -> bool:
        found = word in self.words
        if found:
            self.words.remove(word)
        return found

    def close(self) -> None:
        assert not self.words, f"words that say nothing: {self.words}"


def _origins(facts: Facts, lines: list[list[str]]) -> tuple[Origin, ...]:
    origins = list[Origin]()
    for place, line in enumerate(lines):
        words = _Words(line)
        country, _, site = words.next().partition("#")
        country, _, zone = country.partition("/")
        weight = facts.weight_millicarats
        least, most = (weight, weight) if len(lines) == 1 else (0, weight)
        if words.words and words.words[0][0].isdigit():
            low, high = words.next().split("..")
            least, most = _millicarats(low), _millicarats(high)
        begun, ended = words.after("mined").split("..")
        ground = _ground(words, "Registration", "", moment(ended), ("miner", country), place)
        site_id = Hash32(hashlib.sha256(site.encode()).digest()) if site else None
        words.close()
        origins.append(
            Origin(country, site_id, zone.replace("_", " "), moment(begun), moment(ended),
                   least, most, (ground,))
        )  # fmt: skip
    return tuple(sorted(origins, key=lambda origin: origin.key))


def _ground(
    words: _Words, kind: str, operation: str, when: int, by: tuple[str, str], index: int
) -> Ground:
    recorded = words.after("recorded")
    role, country = by
    if "by" in words.words:
        place = words.words.index("by")
        _by, role, country = words.words[place : place + 3]
        del words.words[place : place + 3]
    is_suspect = words.flag("suspect")
    record_id = Hash32(hashlib.sha256(f"{kind}{operation}{when}{index}".encode()).digest())
    recorded_at = moment(recorded) if recorded else when
    return Ground(
        record_id, index, kind, operation, role, country, when, recorded_at * 1000, is_suspect
    )


def _concerned(facts: Facts, words: _Words) -> tuple[frozenset[str], frozenset[str]]:
    of = words.after("of")
    keys = frozenset(of.split(",")) if of else frozenset(origin.key for origin in facts.origins)
    assert keys <= {origin.key for origin in facts.origins}, f"no such origins: {keys}"
    return keys, frozenset() if words.flag("perhaps") else keys


def _with(facts: Facts, sort: str, words: _Words, place: int, made: dict[str, Facts]) -> Facts:
    """Add what one line says."""
    if sort in ("cert", "paper", "nocert"):
        facts = replace(facts, crossings=(*facts.crossings, _crossing(facts, sort, words, place)))
    elif sort in ("stay", "seen"):
        facts = replace(facts, stays=(*facts.stays, _stay(facts, sort, words, place)))
    elif sort == "polished":
        country, when = words.next(), moment(words.next())
        ground = _ground(words, "Transformation", "polish", when, ("cutter", country), place)
        facts = replace(facts, polished_in=(*facts.polished_in, (country, when, ground)))
    elif sort == "said":
        facts = replace(facts, sayings=(*facts.sayings, _saying(facts, words, place)))
    elif sort == "certain":
        least = (words.next(), _millicarats(words.next()))
        facts = replace(facts, least_by_country=(*facts.least_by_country, least))
    elif sort == "heaviest":
        facts = replace(facts, heaviest_millicarats=_millicarats(words.next()))
    elif sort == "former":
        facts = replace(facts, former_codes=(words.next(),))
    elif sort == "part":
        facts = replace(facts, parts=(*facts.parts, made[" ".join(words.words)]))
        words.words.clear()
    else:
        assert sort in ("incomplete", "contradicted"), f"no such fact: {sort}"
        is_whole = facts.is_whole and sort != "incomplete"
        facts = replace(facts, is_whole=is_whole, is_contradicted=sort == "contradicted")
    words.close()
    return facts


def _crossing(facts: Facts, sort: str, words: _Words, place: int) -> Crossing:
    number = "" if sort == "nocert" else words.next()
    issuer, destination = words.next().split(">")
    issued_at = moment(words.next())
    expires = words.after("to")
    cleared, refused = words.after("cleared"), words.after("refused")
    if words.flag("arrived"):
        cleared = datetime.fromtimestamp(issued_at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    is_void = words.flag("void")
    state = "refused" if refused else "confirmed" if cleared else "void" if is_void else "open"
    names = words.after("names")
    is_technical, is_reused = words.flag("technical"), words.flag("reused")
    is_prolonged = words.flag("prolonged")
    may_concern, concerns = _concerned(facts, words)
    kind = "Handoff" if sort == "nocert" else "Clearance" if sort == "paper" else "Certificate"
    by = ("trader" if sort == "nocert" else "authority", issuer)
    return Crossing(
        sort={"cert": "certificate", "paper": "paper", "nocert": "none"}[sort],
        number=number,
        issuer=issuer,
        destination=destination,
        issued_at=issued_at,
        expires_at=moment(expires) if expires else issued_at + 60 * 86400 if number else 0,
        cleared_at=moment(cleared or refused) if cleared or refused else None,
        state="" if sort == "nocert" else state,
        named_origins=tuple(sorted(names.split(","))) if names else (),
        is_technical=is_technical,
        may_concern=may_concern,
        concerns=concerns,
        grounds=(_ground(words, kind, "", issued_at, by, place),),
        is_reused=is_reused,
        is_prolonged=is_prolonged,
    )


def _stay(facts: Facts, sort: str, words: _Words, place: int) -> Stay:
    country, span = words.next(), words.next()
    may_concern, concerns = _concerned(facts, words)
    if sort == "seen":
        when = moment(span)
        ground = _ground(words, "Statement", "location", when, ("trader", country), place)
        return Stay(country, when, when, "statement", may_concern, concerns, (ground,))
    since, _, until = span.partition("..")
    ground = _ground(words, "Clearance", "confirm", moment(since), ("authority", country), place)
    end = moment(until) if until else None
    return Stay(country, moment(since), end, "book", may_concern, concerns, (ground,))


def _saying(facts: Facts, words: _Words, place: int) -> Saying:
    operation, when = words.next(), moment(words.next())
    text, names = words.after("text"), words.after("names")
    is_of_ancestor, is_denied = words.flag("ancestor"), words.flag("denied")
    is_told = "of" in words.words
    may_concern, concerns = _concerned(facts, words)
    roles = {"origin": "lab", "grading": "lab"}
    by = (roles.get(operation, "trader"), facts.country)
    return Saying(
        operation=operation,
        about_self=not is_of_ancestor,
        text_id=text,
        report_number="",
        document=None,
        countries=tuple(sorted(names.split(","))) if names else (),
        as_of=when,
        weight_millicarats=0,
        form=facts.form,
        ground=_ground(words, "Statement", operation, when, by, place),
        is_contradicted=is_denied,
        may_concern=may_concern,
        concerns=concerns if is_told or not is_of_ancestor else frozenset(),
    )
