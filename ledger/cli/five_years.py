"""The command that writes the file a trader must keep: its records, each with its proof.

Every record of trade that a party wrote or is named in, over some years: tables to read, the
envelopes as canonical bytes, and a proof of inclusion for each under one checkpoint. The entries
are read one after the other; what cannot be read whole is not in the file, and is counted.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.answers.wire import to_wire
from ledger.cli.options import Context, PartyArgument
from ledger.cli.session import Session, session_of
from ledger.cli.words import count_of, read_last_second
from ledger.desk import Desk, Plain
from ledger.desk.reading import Reread, hash_of
from ledger.errors import BadQuestion, SignInNeeded, Unknown
from ledger.files import written_over
from ledger.limits import LIMITS
from ledger.records import Certificate, Clearance, Correction
from ledger.reporting.keeping import NOTICE, RETENTIONS, TRADE, YEARS_TRADE, involves
from ledger.sheets.writers import Column, write_table
from ledger.values import Address, Hash32, to_hex

commands = typer.Typer()
PANEL: Final = "Figures and files"

RECORDS: Final = (
    Column("index", "integer"),
    Column("recordId"),
    Column("kind"),
    Column("operation"),
    Column("author"),
    Column("authorRole"),
    Column("authorCountry"),
    Column("occurredAt", "integer"),
    Column("recordedAtMs", "integer"),
    Column("parcels", "nested"),
    Column("who", "nested"),
    Column("amounts", "nested"),
    Column("envelope"),
    Column("sha256"),
    Column("proof"),
)
CERTIFICATES: Final = (
    Column("index", "integer"),
    Column("recordId"),
    Column("kind"),
    Column("operation"),
    Column("number"),
    Column("hsCode"),
    Column("weightMillicarats", "integer"),
    Column("valueUsCents", "integer"),
    Column("occurredAt", "integer"),
)
PRIVATE: Final = (
    Column("index", "integer"),
    Column("recordId"),
    Column("kind"),
    Column("name"),
    Column("value"),
)


@commands.command("five-year", rich_help_panel=PANEL)
def five_year(
    context: Context,
    party: PartyArgument,
    *,
    until: Annotated[
        str, typer.Option(metavar="DAY", help="The last day of the five years; today if unsaid.")
    ] = "",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder that is not there.")],
) -> None:
    """Write the file that a trader keeps for five years: its records, with proofs.

    records.csv, certificates.csv and private.csv (private fields of the party's own records, as far
    as they are shown here: keep it where you keep invoices); envelopes/ with the canonical bytes
    of each record; proofs/ with its proof of inclusion under checkpoint.note; README.txt, which
    says what is kept for how long. These periods are not confirmed, and originals on paper are not
    in the file.

    Example: adamant report five-year trader-be --out trader-be-2026
    """
    session = session_of(context)
    address = session.address(party, "PARTY")
    last = read_last_second(until, "--until") or int(datetime.now(UTC).timestamp())
    with session.desk() as desk, session.out.progress("reading") as progress:
        keeper = _Keeper(desk, session.ledger_id(desk), address, _years_before(last), last)
        task = progress.task_ids[0]
        keeper.write(out, lambda done, total: progress.update(task, completed=done, total=total))
    _tell(session, keeper, out)


def _years_before(last: int) -> int:
    then = datetime.fromtimestamp(last, UTC)
    day = min(then.day, 28) if then.month == 2 else then.day
    return int(then.replace(year=then.year - YEARS_TRADE, day=day).timestamp())


@dataclass(slots=True)
class _Keeper:
    """Writes one party's file.

    Attributes:
        since, last: the first and the last second.
        kept: how many records are in it.
        withheld: how many were not shown whole here, so that it is not known whose they are.

    """

    desk: Desk
    ledger_id: Hash32
    party: Address
    since: int
    last: int
    kept: int = 0
    withheld: int = 0
    _size: int = field(default=0)
    _own: set[Hash32] = field(default_factory=set)

    def write(self, out: Path, advance: Any) -> None:  # noqa: ANN401 - called with two numbers
        """Write the folder, there whole or not at all; one that is there already is left as it is.

        A killed process leaves a draft beside it.
        """
        draft = out.with_name(f"{out.name}.{os.getpid()}.draft")
        try:
            if out.exists():
                raise FileExistsError(errno.EEXIST, "it is there already")
            draft.mkdir(parents=True)
        except OSError as error:
            raise BadQuestion("--out", f"a folder that can be made: {error.strerror}") from None
        try:
            self._fill(draft, advance)
            draft.rename(out)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _fill(self, out: Path, advance: Any) -> None:  # noqa: ANN401 - as above
        for name in ("envelopes", "proofs"):
            (out / name).mkdir()
        checkpoint = self.desk.checkpoint()
        self._size = checkpoint["size"]
        _write(out / "checkpoint.note", checkpoint["note"].encode())
        with (
            written_over(out / "records.csv") as records,
            (out / ".kept.ndjson").open("w+", encoding="utf-8") as kept,
        ):
            write_table(records, RECORDS, self._rows(out, kept, advance), "csv")
            for name, columns, key in (
                ("certificates.csv", CERTIFICATES, "certificates"),
                ("private.csv", PRIVATE, "private"),
            ):
                kept.seek(0)
                rows = (row for line in kept for row in json.loads(line)[key])
                with written_over(out / name) as file:
                    write_table(file, columns, rows, "csv")
        (out / ".kept.ndjson").unlink()
        _write(out / "README.txt", self._readme().encode())

    def _rows(self, out: Path, beside: Any, advance: Any) -> Iterator[Plain]:  # noqa: ANN401 - as above
        for entry in self._entries(advance):
            read = self._read(entry)
            if read is None or not self._concerns(read):
                continue
            if not self.since <= read.record.scene.occurred_at <= self.last:
                continue
            self.kept += 1
            self._own.add(read.record_id)
            name = f"{read.index:010}.json"
            raw = read.signed.envelope.raw
            _write(out / "envelopes" / name, raw)
            proof = self.desk.inclusion(read.index, self._size)
            _write(out / "proofs" / name, json.dumps(proof, indent=2).encode() + b"\n")
            more = {"certificates": list(_goods(read)), "private": list(self._private(read))}
            beside.write(json.dumps(more) + "\n")
            yield {
                **_told(read),
                "envelope": f"envelopes/{name}",
                "sha256": hashlib.sha256(raw).hexdigest(),
                "proof": f"proofs/{name}",
            }

    def _concerns(self, read: Reread) -> bool:
        """Tell whether a record is the party's; what corrects one names it by nothing else."""
        record = read.record
        is_of_own = isinstance(record, Correction) and record.what.record in self._own
        return is_of_own or involves(self.party, record)

    def _entries(self, advance: Any) -> Iterator[Plain]:  # noqa: ANN401 - as above
        """Yield the lines under the checkpoint, from the first that can be of these years."""
        start: int | None = self._first()
        while start is not None and start < self._size:
            limit = min(LIMITS.page_rows_max, self._size - start)
            page = self.desk.ask("/v1/entries", start=start, limit=limit)
            for entry in page["entries"]:
                advance(entry["index"] + 1, self._size)
                if entry["kind"] is None:
                    self.withheld += 1
                elif entry["kind"] in TRADE:
                    yield entry
            start = page["nextStart"]

    def _first(self) -> int:
        least_ms = 1000 * (self.since - LIMITS.ahead_seconds_max)
        low, high = 0, self._size
        while low < high:
            middle = (low + high) // 2
            if self.desk.entry(middle)["recordedAtMs"] < least_ms:
                low = middle + 1
            else:
                high = middle
        return low

    def _read(self, entry: Plain) -> Reread | None:
        read = self.desk.read_as_shown(hash_of(entry["recordId"]), self.ledger_id)
        if isinstance(read, Reread):
            return read
        self.withheld += 1
        return None

    def _private(self, read: Reread) -> Iterator[Plain]:
        """Yield the private fields of a record of the party's own, as far as they are shown."""
        if read.record.author != self.party or not any(read.record.details):
            return
        try:
            fields = self.desk.private(read.record_id)["fields"]
        except (Unknown, SignInNeeded):
            return
        for one in fields:
            if one["value"] is not None:
                yield {**_of(read), "name": one["name"], "value": str(one["value"])}

    def _readme(self) -> str:
        days = [
            datetime.fromtimestamp(at, UTC).date().isoformat() for at in (self.since, self.last)
        ]
        lines = [
            f"Records of trade of {to_hex(self.party)}, {days[0]} to {days[1]},",
            f"from ledger {to_hex(self.ledger_id)}.",
            "",
            f"{self.kept} records: records.csv lists them, with the SHA-256 of each envelope.",
            f"Each proof is RFC 6962 inclusion in the tree of {self._size} entries that",
            "checkpoint.note signs (C2SP). What was recorded later is not in this file.",
            f"{self.withheld} entries were not shown whole to whoever wrote this file, and are not",
            "in it: on a trade ledger these are, as a rule, records of others.",
            "",
            "What is kept, and for how long:",
            *(f"- {one.what}: {one.years} years ({one.source}; unconfirmed)" for one in RETENTIONS),
            "",
            NOTICE,
        ]
        return "\n".join(lines) + "\n"


def _write(path: Path, data: bytes) -> None:
    with written_over(path) as file:
        file.write(data)


def _of(read: Reread) -> Plain:
    return {
        "index": read.index,
        "recordId": to_hex(read.record_id),
        "kind": read.record.KIND.name,
    }


def _told(read: Reread) -> Plain:
    plain = json.loads(read.signed.envelope.raw)["record"]
    record = read.record
    goods = [getattr(record.what, "parcel", None), *getattr(record.what, "parcels", ())]
    goods += getattr(record.what, "inputs", ())
    return {
        **_of(read),
        "operation": record.operation,
        "author": to_hex(record.author),
        "authorRole": record.what.author_role,
        "authorCountry": record.scene.author_country,
        "occurredAt": record.scene.occurred_at,
        "recordedAtMs": read.at_ms,
        "parcels": to_wire([one for one in goods if one is not None]),
        "who": _without_salt(plain["who"]),
        "amounts": _without_salt(plain["amounts"]),
    }


def _without_salt(sheet: Plain) -> Plain:
    return {name: value for name, value in sheet.items() if name != "salt"}


def _goods(read: Reread) -> Iterator[Plain]:
    """Yield a row for each HS code of a certificate or a clearance."""
    record = read.record
    if not isinstance(record, Certificate | Clearance):
        return
    amounts = record.amounts
    goods = zip(
        record.what.hs_codes, amounts.weights_millicarats, amounts.values_us_cents, strict=True
    )
    for code, weight, value in goods:
        yield {
            **_of(read),
            "operation": record.operation,
            "number": record.what.number,
            "hsCode": code,
            "weightMillicarats": weight,
            "valueUsCents": value,
            "occurredAt": record.scene.occurred_at,
        }


def _tell(session: Session, keeper: _Keeper, out: Path) -> None:
    if session.out.as_json:
        told = {"folder": str(out), "records": keeper.kept, "withheld": keeper.withheld}
        session.out.document(told)
        return
    session.out.say(f"{count_of(keeper.kept, 'record')} written to {out}")
    if keeper.withheld:
        session.out.say(f"{count_of(keeper.withheld, 'entry')} not shown whole to this reader")
    session.out.say(NOTICE)
