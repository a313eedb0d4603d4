"""What became of a record that was handed in."""

from __future__ import annotations

from typing import Any

from ledger.answers.certificates import CERTIFICATES_PATH
from ledger.book import Answer, Line
from ledger.cli.describe import Name, sentence, title
from ledger.cli.output import Output, Pair
from ledger.cli.parcels import amount
from ledger.cli.words import show_time
from ledger.errors import Refusal
from ledger.records import Certificate, Record, Registration, Setting, Site, Transformation
from ledger.rules import outputs_of, touches
from ledger.rules.borders import link_token
from ledger.signing import output_id
from ledger.values import Hash32, to_hex

Made = list[dict[str, Any]]


def made_by(record: Record, record_id: Hash32) -> Made:
    """Return the parcels that a record makes, with what it says of each."""
    amounts = record.amounts
    if isinstance(record, Registration):
        rows = [(amounts.weight_millicarats, amounts.stones, amounts.label)]
    elif isinstance(record, Transformation):
        rows = list(zip(amounts.weights_millicarats, amounts.stones, amounts.labels, strict=True))
    elif isinstance(record, Setting) and record.operation == "set":
        rows = [(amounts.weight_millicarats, amounts.stones, amounts.label)]
    else:
        return []
    return [
        {
            "parcelId": to_hex(parcel),
            "weightMillicarats": weight,
            "stones": stones,
            "label": label,
        }
        for parcel, (weight, stones, label) in zip(outputs_of(record, record_id), rows, strict=True)
    ]


def site_of(record: Record, record_id: Hash32) -> str | None:
    """Return the id of the site that a record opens, or None."""
    is_opened = isinstance(record, Site) and record.operation == "open"
    return to_hex(output_id(record_id, 0)) if is_opened else None


def paper_of(record: Record) -> str | None:
    """Return the path of the page of a certificate that a record issues, or None."""
    if not isinstance(record, Certificate):
        return None
    return CERTIFICATES_PATH + link_token(record).hex()


def document_of(record: Record, answer: Answer) -> dict[str, Any]:
    """Return the JSON document of a record that was accepted; its id was compared with one's own.

    What it made and touched follows from the record itself.
    """
    record_id = Hash32(answer.record_id)
    return {
        "kind": record.KIND.name,
        "operation": record.operation,
        "recordId": to_hex(record_id),
        "index": answer.index,
        "status": answer.status,
        "recordedAtMs": answer.recorded_at_ms,
        "again": answer.again,
        "parcels": [to_hex(parcel) for parcel in touches(record, record_id)],
        "made": made_by(record, record_id),
        "siteId": site_of(record, record_id),
        "certificatePath": paper_of(record),
    }


def print_result(
    out: Output, record: Record, answer: Answer, name: Name, site_name: Name = to_hex
) -> None:
    """Say where a record stands and what it made."""
    document = document_of(record, answer)
    if out.as_json:
        out.document(document)
        return
    already = " already" if answer.again else ""
    when = show_time(answer.recorded_at_ms // 1000)
    out.say(f"{title(record)}: recorded{already} at index {answer.index}, {answer.status}, {when}")
    made = [("parcel", f"{one['parcelId']}  {_amount(one)}") for one in document["made"]]
    pairs: list[Pair] = [
        ("says", sentence(record, name, site_name)),
        ("record", document["recordId"]),
        ("site", document["siteId"]),
        ("page", document["certificatePath"]),
    ]
    out.pairs([*pairs, *made])


def _amount(made: dict[str, Any]) -> str:
    return amount(made["weightMillicarats"], made["stones"], made["label"])


def print_line(out: Output, record: Record, line: Line) -> None:
    """Say in one line what became of one record of several."""
    if out.as_json:
        out.line(line_document(record, line))
    elif isinstance(line, Answer):
        out.say(f"index {line.index}  {line.status}  {title(record)}  {to_hex(line.record_id)}")
    elif isinstance(line, Refusal):
        out.say(f"refused  {title(record)}  {line}", style="red")
    else:
        out.say(f"not done  {title(record)}  since line {line.refused_line} was refused")


def line_document(record: Record, line: Line) -> dict[str, Any]:
    """Return what became of one record of several, accepted or not."""
    if isinstance(line, Answer):
        return document_of(record, line)
    said = {"kind": record.KIND.name, "operation": record.operation}
    if isinstance(line, Refusal):
        names = ("rule", "field", "expected", "came")
        return {**said, "refused": {name: getattr(line, name) for name in names}}
    return {**said, "notDone": {"refusedLine": line.refused_line}}
