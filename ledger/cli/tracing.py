"""The command that tells a parcel's way from its mines, and checks what it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import typer

from ledger.answers.wording import listed
from ledger.canonical import part_to_plain
from ledger.checkpoint import Checkpoint
from ledger.cli.describe import Name, author, heading, sentence
from ledger.cli.options import Context, ParcelArgument
from ledger.cli.outcome import REFUSED
from ledger.cli.output import Output, Pair
from ledger.cli.parcels import WITHHELD, amount, holder_heading, parcel_id_at, place_of
from ledger.cli.session import Session, session_of
from ledger.cli.showing import answers_in_words
from ledger.cli.words import anchor_line, count_of, show_time
from ledger.desk import Desk, Plain
from ledger.desk.checked import Checked, CheckedStep
from ledger.desk.checking import check_story
from ledger.records import Registration
from ledger.values import ParcelId, carats, to_hex

_BORNE_OUT: Final = {
    "weight": "weightMillicarats",
    "stones": "stones",
    "label": "label",
    "form": "form",
    "holder": "custodian",
}
"""What records can bear out of a parcel's own line, and its members."""

commands = typer.Typer()
PANEL: Final = "Ask"


@commands.command(rich_help_panel=PANEL)
def trace(
    context: Context,
    parcel: ParcelArgument,
    *,
    down: Annotated[
        bool, typer.Option("--down", help="What became of it instead: every descendant.")
    ] = False,
) -> None:
    """Tell a parcel's way from mine to holder: who declared what, and what of it proves itself.

    From the Charter on, checked on this machine whoever told the story: the amendments, by their
    governors; the checkpoint, by its keys; each record's signers, by the author's first key or by
    changes of key and admissions of agents that are in the log; inclusion proofs, links and
    weights; and the parcel's weight, stones, label, form and holder by what these records leave. If
    any of it cannot be shown, the command says where, and ends with exit code 1.
    Of records that a trade ledger shows in part, all is checked but signers and weights; the
    command says how many these are. Which ledger it is, only --ledger-id settles.

    Examples: adamant trace 0x…; adamant --ledger https://ledger.example trace 0x…
    """
    session = session_of(context)
    with session.desk() as desk:
        parcel_id = parcel_id_at(desk, parcel)
        if down:
            _tell_down(session, desk, parcel_id)
            return
        # What was said of the goods is asked for before the checkpoint that must cover it.
        traced = _merge(list(desk.trace(parcel_id)))
        with session.out.progress("checking") as bar:
            checked = check_story(
                desk,
                parcel_id,
                session.pinned,
                lambda count: bar.update(bar.task_ids[0], completed=count),
                [one["recordId"] for one in traced["spoken"]],
            )
        sites = _site_names(desk, checked)
    if session.out.as_json:
        session.out.document(document_of(traced, checked))
    else:
        _tell(session, traced, checked, sites)
    if not checked.is_sound:
        raise typer.Exit(REFUSED)


def _merge(pages: list[Plain]) -> Plain:
    """Return one answer of all pages; origins and the like stand in the first."""
    findings = {one["findingId"]: one for page in pages for one in page["findings"]}
    spoken = {one["index"]: one for page in pages for one in page["spoken"]}
    return {
        **pages[0],
        "findings": list(findings.values()),
        "spoken": [spoken[index] for index in sorted(spoken)],
        "spokenLeftOut": None if None in (left_out := _left_out(pages)) else sum(left_out),
        "isCut": pages[-1]["isCut"],
    }


def _left_out(pages: list[Plain]) -> list[int | None]:
    return [page["spokenLeftOut"] for page in pages]


# -- as JSON ---------------------------------------------------------------------------------


def document_of(traced: Plain, checked: Checked) -> dict[str, Any]:
    """Return the JSON document: the parcel, its origins, its steps, and what was checked."""
    return {
        "parcel": checked.parcel,
        "origins": traced["origins"],
        "findings": traced["findings"],
        "names": checked.names,
        "anchors": checked.anchors,
        "steps": [_step(step, is_mention=said) for step, said in checked.in_order],
        "spokenLeftOut": traced["spokenLeftOut"],
        "checked": checked_document(checked),
    }


def _step(step: CheckedStep, *, is_mention: bool) -> dict[str, Any]:
    record, shows_who = step.record, "who" not in step.withheld
    return {
        "index": step.index,
        "recordId": to_hex(step.record_id),
        "recordedAtMs": step.recorded_at_ms,
        "kind": record.KIND.name,
        "operation": record.operation,
        "author": to_hex(record.author) if shows_who else None,
        "role": record.what.author_role,
        "country": record.scene.author_country,
        "signers": None if step.signers is None else [to_hex(one) for one in step.signers],
        "occurredAt": record.scene.occurred_at,
        "parcels": [to_hex(one) for one in step.parcels],
        "isMention": is_mention,
        "isProved": step.is_proved,
        "withheld": list(step.withheld),
        "record": part_to_plain(record),
    }


def checked_document(checked: Checked) -> dict[str, Any]:
    """Return what was checked on this machine."""
    checkpoint = checked.checkpoint
    return {
        "isSound": checked.is_sound,
        "ledgerId": to_hex(checked.ledger_id),
        "isPinned": checked.is_pinned,
        "origin": checked.origin,
        "checkpointSize": checkpoint.size if checkpoint else None,
        "checkpointRoot": to_hex(checkpoint.root) if checkpoint else None,
        "signatures": checked.signatures,
        "ownSignatures": checked.own_signatures,
        "shownSignatures": checked.shown_signatures,
        "proofs": checked.proofs,
        "inPart": checked.in_part,
        "agreed": list(checked.agreed),
        "doubts": [{"place": doubt.place, "said": doubt.said} for doubt in checked.doubts],
    }


# -- for people ------------------------------------------------------------------------------


def _tell(session: Session, traced: Plain, checked: Checked, sites: Mapping[str, str]) -> None:
    """Tell a parcel's way; ``sites`` are the names of mines by id."""
    out, found = session.out, checked.parcel
    session.learn(checked.names)

    def site_name(site: bytes) -> str:
        return sites.get(to_hex(site), f"site {to_hex(site)}")

    goods = amount(found["weightMillicarats"], found["stones"], found["label"])
    form, state = found["form"] or WITHHELD, found["state"] or WITHHELD
    out.say(f"{goods}, {form}, {state}", style="bold")
    pairs: list[Pair] = [
        ("parcel", found["parcelId"]),
        (holder_heading(found), session.name(found["custodian"])),
        ("goods in", place_of(found)),
    ]
    out.pairs([*pairs, *_origins(traced["origins"]), *_ruled_out(traced["origins"], checked)])
    out.say()
    for number, (step, _) in enumerate(checked.in_order, start=1):
        _tell_step(session, site_name, number, step, _sureness(step, checked.checkpoint))
    if traced["spokenLeftOut"]:
        more = count_of(traced["spokenLeftOut"], "record")
        out.say(f"{more} more speak of these goods; `adamant history` of a parcel tells them all.")
    for anchored in checked.anchors:
        out.pairs([("anchor", anchor_line(anchored))])
    for finding in traced["findings"]:
        evidence = finding["evidence"] or f"evidence {WITHHELD}"
        place = WITHHELD if finding["index"] is None else finding["index"]
        out.say(f"finding at index {place}: {finding['name']}: {evidence}")
        for answer in answers_in_words(finding):
            out.say(f"  {answer}")
    _tell_checked(out, checked)


def _site_names(desk: Desk, checked: Checked) -> dict[str, str]:
    """Return the public names of the sites where the story's goods were mined, by id."""
    mined = [step.record for step in checked.steps if "who" not in step.withheld]
    sites = {one.who.site for one in mined if isinstance(one, Registration)}
    answers = [desk.site(site) for site in sorted(sites)]
    return {one["siteId"]: one["label"] for one in answers if one["label"]}


def _origins(origins: Plain) -> Iterator[Pair]:
    """Say where the goods can be from: bounds, never a share."""
    if origins["isContradicted"]:
        yield "origin", "the records leave no composition that fits; bounds by weight alone"
    countries = origins["countries"]
    if origins["oneOf"] is not None:
        places = [f"{one['country']} ({_sites(one)})" for one in countries]
        yield "origin", ("one of " if len(places) > 1 else "") + ", ".join(places)
        return
    for country in countries:
        yield "origin", f"{country['country']}  {_bound(country)}"
        for site in country["sites"]:
            yield "", f"    {site['label'] or site['siteId'] or 'other sites'}  {_bound(site)}"


def _ruled_out(origins: Plain, checked: Checked) -> Iterator[Pair]:
    """Say why a country of the story's mines is none that the goods can be from."""
    if origins["isContradicted"]:
        return  # no weight speaks against one country more than another
    mined = [step.record for step in checked.steps]
    told = {one.scene.author_country for one in mined if isinstance(one, Registration)}
    gone = sorted(told - {one["country"] for one in origins["countries"]})
    if gone:
        why = "goods from there were in the mix; by weights and counts none of it is in this"
        yield "not from", f"{', '.join(gone)}: {why}"


def _sites(country: Plain) -> str:
    names = (one["label"] or one["siteId"] or "another site" for one in country["sites"])
    return " or ".join(names)


def _bound(origin: Plain) -> str:
    least, most = origin["leastMillicarats"], origin["mostMillicarats"]
    if least is None or most is None:
        return WITHHELD
    if least == most:
        return f"{carats(most)} ct"
    return f"{carats(least)} to {carats(most)} ct"


def _sureness(step: CheckedStep, checkpoint: Checkpoint | None) -> str:
    if step.is_proved:
        return f"index {step.index}"
    is_covered = checkpoint is not None and step.index < checkpoint.size
    why = "its proof does not hold" if is_covered else "no checkpoint yet"
    return f"index {step.index}, {why}"


def _tell_step(
    session: Session, site_name: Name, number: int, step: CheckedStep, sure: str
) -> None:
    out, record = session.out, step.record
    out.say(f"{number:>3}. {show_time(record.scene.occurred_at)}  {heading(record)}  ({sure})")
    out.say(f"     {author(record, session.name)}")
    out.say(f"     {sentence(record, session.name, site_name)}")


def _tell_checked(out: Output, checked: Checked) -> None:
    out.say()
    checkpoint = checked.checkpoint
    size = (
        f"a checkpoint of {count_of(checkpoint.size, 'entry')}" if checkpoint else "no checkpoint"
    )
    out.say(
        f"Checked here: {count_of(len(checked.steps), 'step')}"
        f"{'' if checked.gaps else ' back to the mines'}, {_spoken(checked)}"
        f"{count_of(checked.signatures, 'signature')} "
        f"({checked.own_signatures} by the author's own first key, {checked.shown_signatures} by "
        f"a key or agent shown by the ledger's records), "
        f"{count_of(checked.proofs, 'proof')} of inclusion under {size}, the links, the "
        f"weights{' that are shown' if checked.in_part else ''}{_agreed(checked)}."
    )
    if checked.in_part:
        out.say(
            f"Shown in part: {count_of(checked.in_part, 'record')}, of which authors, signatures "
            "and weights are withheld from this reader. Of these the ids, the form, the links and "
            "the proofs are checked; not who signed them, nor what they weigh. That no more may be "
            "shown is the ledger's own word."
        )
    if checked.parcel["head"] is None:
        out.say("What became of the parcel after these steps is withheld from this reader.")
    anchors_too = "what is anchored on a chain, " if checked.anchors else ""
    out.say(
        "The ledger's own word: the parcel's state and country, names of sites and of parties "
        f"(which a private field of their Admission gives), {anchors_too}that authors were "
        "admitted and held their roles, the bounds of origin, the findings, and that nothing was "
        "left out or came later."
    )
    if not checked.is_pinned:
        out.say(
            "Not pinned: which ledger this is, is the word of whoever answered. If you know it to "
            f"be the one you mean, give --ledger-id {to_hex(checked.ledger_id)} from then on."
        )
    if checked.gaps and checked.mode == "trade":
        out.say(
            "A trade ledger tells the whole way of goods to those alone who hold or held them: "
            "what is not shown at all may concern others alone, or be kept back. Which of the two "
            "it is, cannot be told here."
        )
    for doubt in checked.doubts:
        out.say(f"DOES NOT HOLD  {doubt.place}: {doubt.said}", style="bold red")


def _spoken(checked: Checked) -> str:
    """Say how many records that speak of the goods were checked, if any."""
    if not checked.spoken:
        return ""
    speak = "speaks" if len(checked.spoken) == 1 else "speak"
    return f"{count_of(len(checked.spoken), 'record')} that {speak} of these goods, "


def _agreed(checked: Checked) -> str:
    """Say what of the parcel's own line the records bear out, if they were told to their end."""
    names = [name for name, member in _BORNE_OUT.items() if member in checked.agreed]
    return f", and by them the parcel's {listed(tuple(names), 'and')}" if names else ""


# -- downstream ------------------------------------------------------------------------------


def _tell_down(session: Session, desk: Desk, parcel: ParcelId) -> None:
    pages = list(desk.descendants(parcel))
    operations = [one for page in pages for one in page["operations"]]
    names = {address: name for page in pages for address, name in page["names"].items()}
    session.learn(names)
    if session.out.as_json:
        last = pages[-1]
        session.out.document(
            {
                "parcel": pages[0]["parcel"],
                "operations": operations,
                "names": names,
                "isCut": last["isCut"],
                "isChecked": False,
                "asOf": last["asOf"],
            }
        )
        return
    for operation in operations:
        when = show_time(operation["occurredAt"])
        who = session.name(operation["author"])
        session.out.say(f"{operation['index']:>6}  {when}  {operation['operation']} by {who}")
        for made in operation["made"]:
            goods = amount(made["weightMillicarats"], made["stones"])
            holder = session.name(made["custodian"])
            state = made["state"] or WITHHELD
            session.out.say(f"        {made['parcelId']}  {goods}, {state}, {holder}")
    if not operations:
        nothing = "it went into nothing else"
        is_whole = pages[0]["isWhole"]
        session.out.say(nothing if is_whole else f"{nothing} that this reader is shown")
    session.out.say()
    session.out.say(
        "The ledger's own word, all of it: nothing is checked on the way down. `adamant trace` of "
        "a parcel checks the way that led to it."
    )
