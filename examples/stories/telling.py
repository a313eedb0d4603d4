"""How a story is printed: what happened, the matrix of verdicts, and every reason that decides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from examples.stories.stage import Stage
from ledger.values import Hash32, ParcelId, to_hex

Values = tuple[str, ...]


class Teller:
    """Prints a story, and remembers what it said.

    Attributes:
        values: by title, the value of each definition asked, in the order in which they were asked.
        found: the names of all findings that were shown.
        lines: all that was printed.

    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self.values: dict[str, Values] = {}
        self.found: set[str] = set()
        self.lines: list[str] = []

    def note(self, words: str = "") -> None:
        """Print a line."""
        self.lines.append(words)
        self._write(words)

    def judge(self, stage: Stage, title: str, parcel: ParcelId, definitions: Sequence[str]) -> None:
        """Ask the ledger for verdicts as of the story's day, and print them with their reasons."""
        answer: Any = stage.answers.ask(f"/v1/parcels/{to_hex(parcel)}/verdicts")
        told = {verdict["definition"]["id"]: verdict for verdict in answer["verdicts"]}
        if not self.values:
            self.note(f"{answer['notice']}\n")
        self.values[title] = tuple(told[name]["value"] for name in definitions)
        self.note(f"{title} ({answer['date']})")
        for name in definitions:
            verdict = told[name]
            self.note(f"  {name:16} {verdict['value']:12} {verdict['definition']['title']}")
            for reason in (reason for reason in verdict["reasons"] if reason["isDeciding"]):
                self._reason(reason)
        self.note()

    def _reason(self, reason: dict[str, Any]) -> None:
        doubt = " [unconfirmed]" if reason["isUnconfirmed"] else ""
        self.note(f"{'':19}{reason['rule']}: {reason['words']}{doubt}")
        rests_on = [f"{ground['kind']} (entry {ground['index']})" for ground in reason["grounds"]]
        rests_on += [
            f"{table['name']} {table['sha256'][2:10]} row {row}"
            for table in reason["tables"]
            for row in table["rows"]
        ]
        if rests_on:
            self.note(f"{'':19}  rests on {', '.join(rests_on)}")
        if reason["wouldDecide"]:
            self.note(f"{'':19}  would decide: {reason['wouldDecide']}")

    def findings(self, stage: Stage, parcel: ParcelId) -> dict[str, Hash32]:
        """Print the findings about a parcel, with their answers; return their ids by name."""
        answer: Any = stage.answers.ask(f"/v1/parcels/{to_hex(parcel)}/trace")
        return self._findings(answer["findings"])

    def certificate_findings(self, stage: Stage, number: str) -> dict[str, Hash32]:
        """Print the state of a certificate, and the findings about it."""
        answer: Any = stage.answers.ask(f"/v1/certificates/{number}")
        self.note(f"certificate {number}: {answer['state']}")
        return self._findings(answer["findings"])

    def _findings(self, findings: Sequence[dict[str, Any]]) -> dict[str, Hash32]:
        for finding in findings:
            self.note(f"  finding {finding['name']}: {finding['evidence']}")
            for answered in finding["answers"]:
                self.note(f"    answered by entry {answered['index']}")
            self.found.add(finding["name"])
        self.note()
        return {
            finding["name"]: Hash32(bytes.fromhex(finding["findingId"][2:])) for finding in findings
        }

    @staticmethod
    def checked(stage: Stage, record_id: Hash32, content: str) -> str:
        """Compare a document with the hash that a statement names."""
        answer: Any = stage.answers.ask(f"/v1/records/{to_hex(record_id)}")
        stated = answer["envelope"]["record"]["what"]["document"]
        is_it = stated == "0x" + hashlib.sha256(content.encode()).hexdigest()
        return "as stated" if is_it else "NOT as stated"

    @staticmethod
    def declared_dollars(stage: Stage, certificate: Hash32) -> int:
        """Return the value that a certificate declares, in whole US dollars."""
        answer: Any = stage.answers.ask(f"/v1/records/{to_hex(certificate)}")
        cents: list[int] = answer["envelope"]["record"]["amounts"]["valuesUsCents"]
        return sum(cents) // 100
