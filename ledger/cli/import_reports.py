"""What an import was asked for, and what it says: the mapping, bad rows, what became of all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.cli.imports import BAD, RECORDED, WAITING, Checked, Result
from ledger.cli.imports import REFUSED as REFUSED_ROW
from ledger.cli.session import Session
from ledger.cli.words import count_of
from ledger.records import Handoff, Registration
from ledger.sheets import FIELDS, Mapping, Table
from ledger.values import carats, to_hex


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed.

    Attributes:
        file: the spreadsheet.
        mapping: the file of the mapping.
        sheet, says: which worksheet, and what its rows say; "" if not said.
        journal: the file of the journal.
        is_dry, is_strict: whether nothing is to be sent; at all, or if any row is bad.

    """

    file: Path
    mapping: Path
    sheet: str
    says: str
    journal: Path
    is_dry: bool
    is_strict: bool

    @property
    def result(self) -> Path:
        """Where what became of each row is written."""
        return beside(self.file, "result.csv")


def beside(file: Path, ending: str) -> Path:
    """Return the path of a file beside another, with a longer name."""
    return file.with_name(f"{file.name}.{ending}")


def show_rows(session: Session, mapping: Mapping, table: Table, checked: Checked) -> None:
    """Show the mapping, what is to be signed, and every bad row."""
    out = session.out
    if out.as_json:
        return
    rows = [
        (field.name, mapping.columns.get(field.name, ""), mapping.always.get(field.name, ""))
        for field in FIELDS
        if field.name in mapping.columns or field.name in mapping.always
    ]
    out.table(["field", "column", "always"], rows)
    unused = [one for one in table.headings if one and one not in mapping.columns.values()]
    counts = Counter(one.what for one in checked.drafts)
    records = (one.record for one in checked.drafts)
    weight = sum(one.amounts.weight_millicarats for one in records if isinstance(one, Registration))
    out.say()
    out.pairs(
        [
            ("says", mapping.says),
            ("columns not used", ", ".join(unused)),
            ("rows", f"{len(table.rows):,}"),
            ("to sign", ", ".join(f"{count:,} {what}" for what, count in counts.items())),
            ("to register", f"{carats(weight)} ct" if weight else ""),
            ("from the mines", "\n".join(_mines(checked))),
            ("to", "\n".join(_recipients(session, checked))),
            ("signed before", f"{checked.signed:,}" if checked.signed else ""),
            ("bad", f"{len(checked.bad_lines):,}" if checked.faults else ""),
        ]
    )
    if checked.faults:
        out.say()
        told = [(one.line, one.column, one.reason, one.came) for one in checked.faults]
        out.table([">line", "column", "reason", "came"], told)
    out.say()


def _mines(checked: Checked) -> list[str]:
    """Return the mines of what is to be signed, as typed and by id: each once."""
    typed = {order.line: order.texts.get("site", "") for order in checked.orders}
    found = {
        (typed.get(one.line, ""), to_hex(one.record.who.site))
        for one in checked.drafts
        if isinstance(one.record, Registration)
    }
    return sorted(f"{text} {site}" if text != site else site for text, site in found)


def _recipients(session: Session, checked: Checked) -> list[str]:
    """Return the recipients of what is to be signed, by name and address: each once."""
    records = (one.record for one in checked.drafts)
    return sorted({session.name(one.who.recipient) for one in records if isinstance(one, Handoff)})


def tell_results(session: Session, asked: Asked, mapping: Mapping, results: list[Result]) -> None:
    """Say what became of the rows, and name those that the ledger refused."""
    out = session.out
    counts = Counter(one.state for one in results)
    if out.as_json:
        out.document(_document(asked, mapping, results, counts))
        return
    refused = [one for one in results if one.state == REFUSED_ROW]
    if refused:
        told = [
            (one.line, one.told["rule"], one.told["expected"], one.told["came"]) for one in refused
        ]
        out.table([">line", "refused by", "expected", "came"], told)
        out.say()
    said = [
        f"{counts[state]:,} {words}"
        for state, words in (
            (RECORDED, "recorded"),
            (REFUSED_ROW, "refused by the ledger"),
            (BAD, "bad"),
            (WAITING, "ready" if asked.is_dry else "not sent"),
        )
        if counts[state]
    ]
    out.say(f"{count_of(len(results), 'row')}: {', '.join(said)}")
    if asked.is_dry:
        out.note("a dry run: nothing was signed or sent")
    else:
        out.note(f"what became of each row: {asked.result}")


def _document(
    asked: Asked, mapping: Mapping, results: list[Result], counts: Counter[str]
) -> dict[str, Any]:
    return {
        "file": str(asked.file),
        "isDryRun": asked.is_dry,
        "mapping": {
            "says": mapping.says,
            "sheet": mapping.sheet,
            "decimal": mapping.decimal,
            "columns": dict(mapping.columns),
            "always": dict(mapping.always),
        },
        "rows": len(results),
        "recorded": counts[RECORDED],
        "refused": counts[REFUSED_ROW],
        "bad": counts[BAD],
        "waiting": counts[WAITING],
        "resultFile": None if asked.is_dry else str(asked.result),
        "results": [one.document() for one in results],
    }
