"""What anyone may see of a stone by its link: origin, cut, holder, story, proof.

Whose link it is was found out before (:mod:`.linking`). On a trade ledger no party is named, no
amount is shown but the stone's own weight, and no record and no parcel can be told from what is
shown: a record's id would give away the ids of the parcels that it made.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.access import ALL, PARTS
from ledger.answers.correcting import corrected_record, corrections_shown
from ledger.answers.country_names import name_in_text, name_of
from ledger.answers.log import anchors_of, note_of
from ledger.answers.mentions import spoken_of
from ledger.answers.parcels import label_of
from ledger.answers.plainly import plain_words
from ledger.answers.reading import Line, Reading
from ledger.answers.replies import chosen_of, lines_of, shown
from ledger.answers.shapes import (
    AnchorShown,
    FindingShown,
    HeldShown,
    MinedShown,
    ProofShown,
    StoneAnswer,
    StoneFinding,
    StoneReply,
    StoneStep,
)
from ledger.answers.stone_verdicts import matrix_of
from ledger.answers.telling import Teller, finding_in_words
from ledger.answers.tracing import findings_along
from ledger.answers.whence import cut_in, mined_in, parts_of
from ledger.answers.wording import day, short, who
from ledger.custody import NEVER, Operation, Parcel, SiteState, as_held, operation_key
from ledger.errors import Unknown
from ledger.limits import LIMITS
from ledger.records import Receipt, Registration, Report, Setting, Transformation
from ledger.reference import Library
from ledger.trace import story as stories
from ledger.trace.walk import read_parcel, upstream
from ledger.values import ParcelId, SiteId, carats

_SUSPECTED = "suspected-record"
_PUT_AWAY = {"set": "Set in a piece of jewellery", "sold": "Sold to a consumer"}


def stone(
    reading: Reading, parcel_id: ParcelId, token: str, library: Library | None = None
) -> StoneAnswer:
    """Answer with what anyone may see of the parcel that a link leads to.

    Raises:
        Unknown: there is no such parcel: the link was minted in a ledger that is there no more.

    """
    parcel = reading.view.read(Parcel, parcel_id)
    if parcel is None:
        raise Unknown("stone", "by this link")
    parcel = as_held(reading.view, parcel)
    is_open = reading.charter.mode == "open"
    most = LIMITS.page_walk_steps_max
    walk = upstream(reading.view, parcel, most, steps_max=most)
    mined, cut = mined_in(reading, parcel), cut_in(parcel, walk)
    lines, earlier_left_out, mentions_left_out = _lines(reading, parcel)
    teller = Teller(is_open, lambda site: _site_name(reading, site))
    steps = tuple(_step(reading, line, teller) for line in lines)
    made = reading.line(parcel.made_by)
    proof = _proof(reading, parcel, is_open=is_open)
    matrix, noticed = matrix_of(reading, library or Library(), parcel, is_open=is_open)
    findings = _findings(reading, parcel, walk.steps, steps, is_open=is_open)
    shown = findings[: LIMITS.stone_lines_max]
    parts, parts_left_out = parts_of(reading, parcel, is_open=is_open)
    return StoneAnswer(
        token=token,
        parcel_id=parcel.id if is_open else None,
        ledger_id=reading.charter.ledger_id,
        origin=reading.charter.origin,
        mode=reading.charter.mode,
        state=parcel.state,
        form=parcel.form,
        hs_code=parcel.hs_code,
        weight_millicarats=parcel.weight_millicarats,
        weight_carats=carats(parcel.weight_millicarats),
        stones=parcel.stones,
        label=label_of(made.record, parcel.position) if is_open else None,
        alert=_alert(reading, parcel),
        mined=mined,
        cut=cut,
        held=_held(reading, parcel, is_open=is_open),
        steps=steps,
        steps_left_out=earlier_left_out or mentions_left_out > 0,
        earlier_left_out=earlier_left_out,
        mentions_left_out=mentions_left_out,
        is_followed_whole=not walk.is_cut,
        became=_became(reading, parcel) if is_open else (),
        parts=parts,
        parts_left_out=parts_left_out,
        findings=shown,
        findings_left_out=len(findings) - len(shown),
        noticed=tuple(
            _finding(reading, one, is_open=is_open) for one in noticed[: LIMITS.stone_lines_max]
        ),
        verdicts=matrix,
        proof=proof,
        words=plain_words(
            mined,
            cut,
            proof,
            steps,
            ruled_out=_ruled_out(lines, mined),
            is_stone=parcel.stones == 1,
            is_open=is_open,
        ),
        as_of=reading.as_of,
    )


def _site_name(reading: Reading, site_id: SiteId) -> str:
    site = reading.view.read(SiteState, site_id)
    if site is None:
        return f"site {short(site_id)}"
    name = site.label or f"site {short(site_id)}"
    return f"{name} in {name_in_text(site.country)}"


def _ruled_out(lines: Sequence[Line], mined: MinedShown) -> tuple[str, ...]:
    """Name the countries of the story's mines that the goods cannot be from."""
    told = {
        line.record.scene.author_country for line in lines if isinstance(line.record, Registration)
    }
    return tuple(
        name_in_text(country) for country in sorted(told) if name_of(country) not in mined.countries
    )


def _held(reading: Reading, parcel: Parcel, *, is_open: bool) -> HeldShown:
    """Find the record by which the custodian took the parcel over, on the parcel's own chain.

    Of goods that are set in a piece, on the piece's: whoever holds it holds them.
    """
    if parcel.state == "set":
        setting = reading.view.read(Operation, operation_key(parcel.spent_by))
        parcel = read_parcel(reading.view, setting.outputs[0]) if setting else parcel
    role, role_country, since = "", "", None
    chain = stories.story(reading.view, parcel, LIMITS.stone_lines_max, ancestors=False)
    for step in chain.steps:
        record = step.record
        is_made = isinstance(record, (Registration, Setting)) or (
            isinstance(record, Transformation) and parcel.id not in record.what.inputs
        )
        is_accepted = isinstance(record, Receipt) and record.what.operation != "refuse"
        if is_made or is_accepted:
            role, role_country = record.what.author_role, record.scene.author_country
            since = record.scene.occurred_at
            break
    return HeldShown(
        country=parcel.country,
        country_name=name_of(parcel.country),
        role=role,
        role_country=role_country,
        address=parcel.custodian if is_open else None,
        since=since,
    )


def _lines(reading: Reading, parcel: Parcel) -> tuple[list[Line], bool, int]:
    """Read the story's last lines, the earliest first, with what was said of its parcels.

    Returns:
        The lines; whether earlier ones are left out; how many lines of others are left out.

    """
    page = stories.story(
        reading.view, parcel, LIMITS.stone_lines_max, steps_max=LIMITS.page_walk_steps_max
    )
    parcels = {told for step in page.steps for told in step.parcels} | {parcel.id}
    spoken = spoken_of(reading, parcels)
    lines = [*(reading.line(step.index) for step in page.steps), *spoken.lines]
    lines.sort(key=lambda line: line.index)
    return lines, page.cursor is not None or page.is_cut, spoken.left_out


def _step(reading: Reading, line: Line, teller: Teller) -> StoneStep:
    said = reading.said(line, ALL)
    title, says = teller.tell(corrected_record(reading, line))
    shown = ALL if teller.shows_amounts else PARTS
    return StoneStep(
        index=said.index,
        record_id=said.record_id if teller.shows_amounts else None,
        title=title,
        says=says,
        role=said.role,
        country=said.country,
        country_name=name_of(said.country),
        author=said.author if teller.shows_amounts else None,
        occurred_at=said.occurred_at,
        recorded_at_ms=said.recorded_at_ms,
        status=said.status,
        is_suspected=bool(said.is_suspected),
        corrections=corrections_shown(reading, line, shown, names_records=teller.shows_amounts),
    )


def _alert(reading: Reading, parcel: Parcel) -> str:
    if parcel.state == "frozen":
        record = reading.line(reading.index_of(parcel.head)).record
        by = who(record.what.author_role, record.scene.author_country)
        title = {"theft": "Reported stolen", "loss": "Reported lost", "seizure": "Seized"}
        what = title.get(record.operation, "Frozen") if isinstance(record, Report) else "Frozen"
        return f"{what} on {day(record.scene.occurred_at)} by {by}."
    if parcel.state in ("set", "sold"):
        record = reading.line(reading.index_of(parcel.head)).record
        done, when = _PUT_AWAY[parcel.state], day(record.scene.occurred_at)
        return f"{done} on {when} by {who(record.what.author_role, record.scene.author_country)}."
    if parcel.state == "spent":
        record = reading.line(parcel.spent_by).record
        done = Teller(shows_amounts=False, site_name=short).tell(record)[0].lower()
        when = day(record.scene.occurred_at)
        return f"These goods are no longer kept like this: {done} on {when}."
    return ""


def _became(reading: Reading, parcel: Parcel) -> tuple[ParcelId, ...]:
    if parcel.spent_by == NEVER:
        return ()
    operation = reading.view.read(Operation, operation_key(parcel.spent_by))
    outputs = operation.outputs if operation else ()
    return tuple(outputs[: LIMITS.stone_lines_max])


def _findings(
    reading: Reading,
    parcel: Parcel,
    operations: Sequence[Operation],
    steps: Sequence[StoneStep],
    *,
    is_open: bool,
) -> tuple[StoneFinding, ...]:
    found = [
        _finding(reading, finding, is_open=is_open)
        for finding in findings_along(reading, parcel, operations)
    ]
    suspected = {step.index for step in steps if step.is_suspected} | {
        operation.index
        for operation in operations
        if reading.is_suspected(operation.index, operation.author)
    }
    words = "A party to this story is suspected since: records of its key from then on are in doubt"
    found += [StoneFinding(_SUSPECTED, f"{words}.", index) for index in sorted(suspected)]
    return tuple(sorted(found, key=lambda finding: finding.index))


def _finding(reading: Reading, finding: FindingShown, *, is_open: bool) -> StoneFinding:
    evidence = (finding.evidence or "") if is_open else ""
    lines = lines_of(reading, finding.finding_id) if finding.finding_id else []
    chosen = chosen_of(lines)
    return StoneFinding(
        finding.name,
        finding_in_words(finding.name, evidence),
        finding.index or 0,
        tuple(_reply(reading, line, is_open=is_open) for line in chosen),
        len(lines) - len(chosen),
    )


def _reply(reading: Reading, line: Line, *, is_open: bool) -> StoneReply:
    answer = shown(reading, line)
    by, when = who(answer.role, answer.country), day(answer.recorded_at_ms // 1000)
    return StoneReply(
        says=f"Answered by {by} on {when}.",
        index=answer.index,
        author=answer.author if is_open else None,
        record_id=answer.record_id if is_open else None,
    )


def _final_anchor(reading: Reading, index: int) -> AnchorShown | None:
    """Return the smallest anchor of an entry, once it is final."""
    found = anchors_of(reading, [index])
    return next((one for one in found if one.state == "finalized"), None)


def _proof(reading: Reading, parcel: Parcel, *, is_open: bool) -> ProofShown:
    index = reading.index_of(parcel.head)
    return ProofShown(
        index=index,
        record_id=parcel.head if is_open else None,
        status=reading.status(index),
        size=reading.published.size,
        root=reading.published.root,
        note=note_of(reading),
        anchor=_final_anchor(reading, index),
    )
