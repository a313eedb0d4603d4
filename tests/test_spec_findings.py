"""The findings that ``docs/spec/records.md`` §6.1 lists are those that the code raises.

Each is raised once by real records, and compared with its row: by which kind, about what, with
which evidence and which id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger import drafts
from ledger.answers.suspicions import NAME as SUSPECTED
from ledger.drafts import Loss, Output
from ledger.limits import LIMITS
from ledger.rules.findings import PLAUSIBLE_YIELD_PERCENT, RAISED, finding_id
from ledger.signing import output_id
from ledger.values import Hash32, ParcelId, from_hex, to_hex
from tests.scene import POLISHED, ROUGH, Scene, jewel, shown
from tests.spec_tables import document, table_under

RECORDS = document("records.md")
ROWS = {row[0].strip("`"): row[1:] for row in table_under(RECORDS, "<!-- findings -->")[1:]}
BLANK = re.compile(r"\\{[^}]*\\}")


def late(scene: Scene) -> tuple[bytes, bytes]:
    """Register a parcel a day more than a month after it was mined."""
    at = scene.moment(scene.now_s - LIMITS.late_seconds - 86_400)
    home = scene.sites["home"]
    record = drafts.registration(scene.speaker("miner-bw"), at, home, 100, zone="South")
    return scene.outputs(scene.say(record, "miner-bw"))[0], scene.log[-1][1].record_id


def over_capacity(scene: Scene) -> tuple[bytes, bytes]:
    """Register a carat more than a site is said to yield."""
    site = scene.open_site(yearly_capacity_millicarats=1_000)
    scene.register(site, 2_000, 1)
    return site, scene.log[-1][1].record_id


def polished(scene: Scene) -> tuple[bytes, bytes]:
    """Polish a stone of which nothing is lost."""
    rough = scene.register(scene.sites["home"], 1_000, 1, zone="South")
    scene.hand_over(rough, "miner-bw", "cutter-in")
    made = scene.transform(
        "cutter-in", "polish", [rough], [Output(990, 1, POLISHED)], polishing=Loss(10)
    )
    return made[0], scene.log[-1][1].record_id


def stones(scene: Scene) -> tuple[ParcelId, ParcelId]:
    """Take a stone of five carats, polished, apart from its like."""
    rough = scene.register(scene.sites["home"], 20_000, 2, zone="South")
    scene.hand_over(rough, "miner-bw", "cutter-in")
    made = scene.transform(
        "cutter-in", "polish", [rough], [Output(5_000, 1, POLISHED)] * 2, polishing=Loss(10_000)
    )
    return made[0], made[1]


def renumbered(scene: Scene) -> tuple[bytes, bytes]:
    """Use a report's number for a second stone, of another shape."""
    one, other = stones(scene)
    scene.grade("lab-be", one, "R1")
    signed = scene.grade("lab-be", other, "R1", grades=drafts.Grades("oval"))
    return other, signed.record_id


def outweighed(scene: Scene) -> tuple[bytes, bytes]:
    """Grade a stone of a millicarat less."""
    stone = scene.parcels["stone"]
    signed = scene.grade("lab-be", stone, "R2", weight_millicarats=1_849)
    return stone, signed.record_id


def likened(scene: Scene) -> tuple[bytes, bytes]:
    """Grade two stones alike, a millicarat for each carat apart."""
    one, other = stones(scene)
    near = drafts.Grades("round", "H", "IF", (11_000, 11_010, 6_900))
    scene.grade("lab-be", one, "R3", grades=near)
    signed = scene.grade(
        "lab-be", other, "R4", weight_millicarats=5_005,
        grades=replace(near, measurements_micrometres=(11_030, 10_980, 6_870)),
    )  # fmt: skip
    return other, signed.record_id


def contradicted(scene: Scene) -> tuple[bytes, bytes]:
    """Take a stone of 1.5 carats out of a carat of each of two sites."""
    bags = [scene.register(scene.sites["home"], 1_000, 0, zone="South")]
    bags.append(scene.register(scene.open_site(), 1_000, 0))
    made = scene.transform(
        "miner-bw", "mix", sorted(bags), [Output(500, 0, ROUGH), Output(1_500, 1, ROUGH)]
    )
    return made[1], scene.log[-1][1].record_id


def suspected(scene: Scene) -> tuple[bytes, bytes]:
    """Call the records of a cutter suspect."""
    revocation = scene.revoke("cutter-in", compromised_since=1)
    return scene.parcels["stone"], revocation.record_id


def renewed(scene: Scene) -> tuple[bytes, bytes]:
    """Show a certificate's number, and show it again."""
    rough = scene.register(scene.sites["home"], 1_000, 1, zone="South")
    certificate = scene.certify([rough], "BW900", "BE")
    scene.clear(certificate)
    return certificate, scene.clear_paper("BW900").record_id


def out_of_range(scene: Scene) -> tuple[bytes, bytes]:
    """Issue a certificate under a number far above all others."""
    rough = scene.register(scene.sites["home"], 1_000, 1, zone="South")
    certificate = scene.certify([rough], "BW9000000", "BE")
    return certificate, certificate


ACTS = {
    "declared-late": (late, "every kind", "the last parcel"),
    "over-capacity": (over_capacity, "Registration", "the site"),
    "report-weight-mismatch": (outweighed, "Statement", "the parcel"),
    "implausible-yield": (polished, "Transformation `polish`", "the first output"),
    "certificate-number-reused": (renewed, "Clearance", "of a Clearance: the Certificate"),
    "certificate-number-range": (out_of_range, "Certificate", "the record"),
    "report-number-reused": (renumbered, "Statement", "the parcel"),
    "lookalike-stone": (likened, "Statement `grading`", "the parcel"),
    "origin-contradicted": (contradicted, "Transformation", "each such output"),
    "descends-from-suspected": (suspected, "Revocation", "each parcel"),
}


@pytest.fixture(scope="module")
def raised() -> Iterator[dict[str, tuple[dict[str, Any], bytes, bytes]]]:
    """Return what was found of each name, with the subject and the record that are meant."""
    scene = jewel()
    meant = {name: act(scene) for name, (act, _, _) in ACTS.items()}
    with shown(scene) as made:
        found = {}
        for name, (subject, record_id) in meant.items():
            if name == "over-capacity":
                # A site's findings are shown with the goods that were mined there.
                findings = made.answers.trace(to_hex(output_id(Hash32(record_id), 0)))["findings"]
            elif name.startswith("certificate-"):
                findings = made.answers.certificate(to_hex(subject))["findings"]
            else:
                findings = made.answers.parcel(to_hex(subject))["findings"]
            (one,) = [finding for finding in findings if finding["name"] == name]
            found[name] = (one, subject, record_id)
        yield found


def test_the_table_names_every_finding() -> None:
    assert list(ROWS) == [*RAISED, SUSPECTED] == list(ACTS)


@pytest.mark.parametrize("name", ACTS)
def test_a_finding_is_raised_as_its_row_says(raised: Any, name: str) -> None:
    finding, subject, record_id = raised[name]
    by, about, _, evidence = ROWS[name]
    assert by.startswith(ACTS[name][1])
    assert about.startswith(ACTS[name][2])
    assert finding["subject"] == to_hex(subject)
    assert finding["recordId"] == to_hex(record_id)
    assert re.fullmatch(BLANK.sub(".+", re.escape(evidence)), finding["evidence"])
    text = f'["{name}","{to_hex(record_id)}","{to_hex(subject)}"]'
    assert finding["findingId"] == to_hex(hashlib.sha256(text.encode()).digest())


def test_the_thresholds_are_those_in_force() -> None:
    condition = ROWS["declared-late"][2]
    assert f"more than {LIMITS.late_seconds:,} seconds ({LIMITS.late_seconds // 86_400} days)" in (
        condition
    )
    least, most = PLAUSIBLE_YIELD_PERCENT
    assert f"less than {least} % or more than {most} %" in ROWS["implausible-yield"][2]
    part = RECORDS.partition("### 6.1 Findings")[2]
    assert f"< {least} × inputs, or > {most} × inputs" in part


def test_the_example_of_an_id_is_right() -> None:
    part = RECORDS.partition("### 6.1 Findings")[2]
    text, told = part.partition("```text\n")[2].partition("\n```")[0].split("\nSHA-256 ")
    assert to_hex(hashlib.sha256(text.encode()).digest()) == told
    name, record_id, subject = re.findall(r'"([^"]*)"', text)
    given = [from_hex(value, 32) for value in (record_id, subject)]
    assert to_hex(finding_id(name, *given)) == told  # type: ignore[arg-type]  # 32 bytes each
    assert record_id in part
