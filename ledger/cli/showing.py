"""Answers of the ledger as people read them: short pairs of names and values, and small tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ledger.canonical import read_part, read_plain
from ledger.canonical.reading import read_record_in_part
from ledger.cli.describe import author, fields, heading, sentence, title
from ledger.cli.output import Output, Pair
from ledger.cli.parcels import WITHHELD, amount, holder_heading, place_of
from ledger.cli.session import Session
from ledger.cli.words import show_time
from ledger.desk import Plain
from ledger.records import KINDS
from ledger.values import carats


def _said(said: Plain | None) -> str:
    if said is None:
        return WITHHELD
    what = f"{said['kind']} {said['operation']}".strip()
    when = show_time(said["recordedAtMs"] // 1000)
    return f"{what}, index {said['index']}, {said['status']}, {when}"


def answers_in_words(finding: Plain) -> Iterator[str]:
    """Say what was answered to a finding, and by whom."""
    for one in finding["answers"]:
        who = one["author"] or f"author {WITHHELD}"
        when = show_time(one["recordedAtMs"] // 1000)
        yield f"answered by {who}, {one['role']} {one['country']}".rstrip() + (
            f", index {one['index']}, {when}, record {one['recordId']}"
        )
    if finding["answersLeftOut"]:
        yield f"and {finding['answersLeftOut']} more answers"


def show_findings(out: Output, findings: list[Plain]) -> None:
    """Print findings, each with its evidence, its id and what was answered to it."""
    for one in findings:
        evidence = one["evidence"] or f"evidence {WITHHELD}"
        told = [("finding", f"{one['name']}: {evidence}"), ("", one["findingId"] or "")]
        out.pairs([*told, *(("", answer) for answer in answers_in_words(one))])


def show_parcel(session: Session, answer: Plain) -> None:
    """Show what the book says of a parcel."""
    said = amount(answer["weightMillicarats"], answer["stones"], answer["label"])
    recipient = answer["recipient"]
    session.out.pairs(
        [
            ("parcel", answer["parcelId"]),
            ("book", f"{said}, {answer['form'] or WITHHELD} {answer['hsCode'] or ''}".rstrip()),
            ("state", (answer["state"] or WITHHELD) + (" (seized)" if answer["isSeized"] else "")),
            (holder_heading(answer), session.name(answer["custodian"])),
            ("offered to", recipient and session.name(recipient)),
            ("frozen by", answer["frozenBy"] and session.name(answer["frozenBy"])),
            ("goods in", place_of(answer)),
            ("made by", _said(answer["made"])),
            ("last", _said(answer["last"])),
            ("used up at", answer["usedBy"]),
        ]
    )
    show_findings(session.out, answer["findings"])


def show_party(session: Session, answer: Plain) -> None:
    """Show who an address is, and what it holds."""
    pairs: list[Pair] = [("address", session.name(answer["address"]))]
    if answer["sort"] != "party":
        pairs.append((f"{answer['sort']} of", session.name(answer["party"])))
    pairs += [
        ("signs with", answer["signingKey"] and session.name(answer["signingKey"])),
        ("recovery to", answer["nextKey"] and session.name(answer["nextKey"])),
        ("governor", "yes" if answer["isGovernor"] else ""),
    ]
    for role in answer["roles"]:
        until = show_time(role["validUntil"]) if role["validUntil"] else "revoked"
        force = "" if role["isInForce"] else ", not in force"
        pairs.append(("role", f"{role['role']} in {role['country']} until {until}{force}"))
    pairs.append(("may sign", " ".join(answer["kinds"])))
    suspicion = answer["suspicion"]
    pairs.append(("suspect", suspicion and f"its records from index {suspicion['since']} on"))
    session.out.pairs(pairs)
    _show_parcels(session, answer)


def _show_parcels(session: Session, answer: Plain) -> None:
    if not answer["parcels"]:
        return
    rows = [
        (
            one["parcelId"],
            carats(one["weightMillicarats"]),
            one["stones"] or "-",
            one["form"],
            one["state"] if one["custodian"] == answer["address"] else "offered to it",
        )
        for one in answer["parcels"]
    ]
    session.out.say()
    session.out.table(["parcel", ">carats", ">stones", "form", "state"], rows)
    if answer["cursor"]:
        session.out.note("and more: --json and the API's pages show all of them")


def show_site(session: Session, answer: Plain) -> None:
    """Show a mine or diggings."""
    capacity = answer["yearlyCapacityMillicarats"]
    until = answer["validUntil"]
    pairs: list[Pair] = [
        ("site", answer["siteId"]),
        ("name", answer["label"]),
        ("country", f"{answer['country']} {answer['zone']}".strip()),
        ("licence", answer["licence"]),
        ("worked", answer["siteType"]),
        ("state", "closed" if answer["isClosed"] else "open"),
        ("until", show_time(until) if until else ""),
        ("capacity", f"{carats(capacity)} ct a year" if capacity else ""),
    ]
    pairs += [("operator", session.name(one)) for one in answer["operators"] or ()]
    pairs += [
        (str(year["year"]), f"{carats(year['weightMillicarats'])} ct registered")
        for year in answer["years"] or ()
    ]
    session.out.pairs([*pairs, ("last", _said(answer["last"]))])
    show_findings(session.out, answer["findings"])


def show_sites(session: Session, answer: Plain) -> None:
    """List the sites."""
    rows = [
        (one["siteId"], one["country"], one["label"], "closed" if one["isClosed"] else "open")
        for one in answer["sites"]
    ]
    session.out.table(["site", "country", "name", "state"], rows)


def show_parties(session: Session, answer: Plain) -> None:
    """List the parties."""
    rows = []
    for one in answer["parties"]:
        held = [f"{role['role']} {role['country']}" for role in one["roles"]]
        offices = ["governor", *held] if one["isGovernor"] else held
        rows.append((session.name(one["address"]), ", ".join(offices) or "no role in force"))
    session.out.table(["party", "roles"], rows)


def tell_names(session: Session, *, is_remote: bool) -> None:
    """Say whose word the names of parties are, if any was written."""
    if session.has_named:
        by = ", as the server says" if is_remote else ""
        session.out.say(
            "Names of parties are those that a private field of their Admission gives"
            f"{by}; nothing here proves them."
        )


def show_record(session: Session, answer: Plain) -> None:
    """Show one record, as far as it is shown to this reader."""
    envelope, hidden = answer["envelope"], answer["withheld"]
    record, _ = read_part(envelope) if hidden else read_plain(envelope)
    session.out.say(f"{author(record, session.name)}", style="bold")
    session.out.say(sentence(record, session.name), style="bold")
    pairs: list[Pair] = [
        ("record", title(record)),
        ("record id", answer["recordId"]),
        ("index", f"{answer['index']}, {answer['status']}"),
        ("recorded", show_time(answer["recordedAtMs"] // 1000)),
    ]
    pairs += [("signed by", session.name(signer)) for signer in answer["signers"] or [None]]
    session.out.pairs([*pairs, *fields(record, session.name)])
    session.out.pairs(corrected(answer["corrections"]))
    if hidden:
        session.out.say(
            "Checked here: its id, its form as far as it is shown, and its entry. Who signed it is "
            "withheld from this reader, and not checked."
        )


def corrected(corrections: list[Plain]) -> Iterator[Pair]:
    """Yield what was corrected of a record: each value as it was signed first, and as it is."""
    for one in corrections:
        if one["became"] is None:
            yield "corrected", f"{one['label']} {WITHHELD}, index {one['index']}"
        else:
            was, became = one["was"] or "empty", one["became"] or "empty"
            yield "corrected", f"{one['label']}: {was} -> {became}, index {one['index']}"


def show_history(session: Session, pages: Iterable[Plain]) -> None:
    """Show what was said of a parcel itself, the latest first."""
    for page in pages:
        session.learn(page["names"])
        for step in page["steps"]:
            record = read_record_in_part(KINDS[step["kind"]], step["record"])
            when = show_time(step["occurredAt"])
            session.out.say(f"{step['index']:>6}  {heading(record)}, {when}", style="bold")
            session.out.say(f"        {author(record, session.name)}")
            session.out.say(f"        {sentence(record, session.name)}")
            for name, value in corrected(step["corrections"]):
                session.out.say(f"        {name} {value}")
        if page["isCut"]:
            session.out.note("and more, further back than one question follows")


def show_charter(session: Session, answer: Plain) -> None:
    """Show the charter values in force."""
    tolerance = carats(answer["toleranceMillicarats"])
    pairs: list[Pair] = [
        ("ledger", answer["origin"]),
        ("ledger id", answer["ledgerId"]),
        ("mode", answer["mode"]),
        ("rules", f"version {answer['rulesVersion']}"),
        ("decided by", f"{answer['threshold']} of {len(answer['governors'])} governors"),
    ]
    pairs += [("governor", session.name(one)) for one in answer["governors"]]
    pairs += [
        ("tolerance", f"{tolerance} ct or {answer['tolerancePartsPerMillion']} ppm"),
        ("recovery after", f"{answer['recoveryDelaySeconds'] // 3600} hours"),
    ]
    pairs += [("log key", key) for key in answer["checkpointKeys"]]
    session.out.pairs(pairs)


SHOWN: Final[dict[str, Callable[[Session, Plain], None]]] = {
    "parcel": show_parcel,
    "party": show_party,
    "site": show_site,
    "sites": show_sites,
    "parties": show_parties,
    "record": show_record,
    "charter": show_charter,
}
"""How each sort of answer is shown."""
