"""Private fields are shown to whom their owner says, and are otherwise as if there were none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ledger import drafts
from ledger.access import OPERATOR, STRANGER, Reader
from ledger.book import Book
from ledger.canonical.private import join_private
from ledger.database.pages import bad_pages
from ledger.disclosing import Disclosing, read_grantee
from ledger.errors import Damaged, SignInNeeded, Unknown
from ledger.records import KINDS, Record
from ledger.signing.private import private_to_plain, with_private
from ledger.store.private import EVERYONE, Keeping
from ledger.store.sqlite import SqlitePrivate
from ledger.values import Address, Hash32
from tests.desk import Desk, journey
from tests.planting import Plan, PlantedView
from tests.world import address_of

NAME, CONTACT = "Antwerp Trading", "desk@example"
SUBJECT, AUTHOR = "trader-ae", "governor-1"
NOW_MS = 1_800_000_000_000


@dataclass
class Shown:
    """A ledger that holds an Admission with private fields."""

    desk: Desk
    book: Book
    disclosing: Disclosing
    admission: Hash32

    def seen_by(self, reader: Reader) -> dict[str, object] | None:
        """Return what a reader is shown, by name; None where it is told of nothing."""
        try:
            plain = self.disclosing.shown(reader, self.admission)
        except (Unknown, SignInNeeded):
            return None
        return {one["name"]: one["value"] for one in plain["fields"]}

    def names(self, reader: Reader, addresses: list[Address]) -> dict[Address, str]:
        """Return the names that a reader is shown, as the log stands."""
        with self.book.view() as view:
            return self.disclosing.names_in(view, reader, addresses)


def party(name: str, *, is_agent: bool = False) -> Reader:
    """Return a named actor that has signed in."""
    return Reader("party", address_of(name), address_of(name), is_agent=is_agent)


def admit(desk: Desk, book: Book, subject: str, role: str = "trader", **values: str) -> Hash32:
    """Admit somebody, again, with private fields."""
    world = desk.world
    record = drafts.admission(
        world.speaker(AUTHOR), world.moment(), address_of(subject), role, "AE",
        previous=world.head_of(address_of(subject)),
    )  # fmt: skip
    return keep(desk, book, record, AUTHOR, values)


def keep(desk: Desk, book: Book, record: Record, author: str, values: dict[str, str]) -> Hash32:
    """Append a record with private fields."""
    world = desk.world
    record, fields = with_private(record, values, world.salt)
    signed = world.say(record, author)
    desk.clock.now_ms = world.now_ms
    body = join_private(signed.envelope.raw, private_to_plain(fields))
    return book.append(body).record_id


@pytest.fixture
def shown() -> Iterator[Shown]:
    desk = Desk(journey()).fill()
    with desk.open() as book:
        made = admit(desk, book, SUBJECT, name=NAME, contact=CONTACT)
        yield Shown(desk, book, Disclosing(book, book.private, lambda: NOW_MS), made)


def test_owners_and_the_operator_see_all_and_nobody_else_anything(shown: Shown) -> None:
    everything = {"name": NAME, "contact": CONTACT}
    for reader in (OPERATOR, party(AUTHOR), party(SUBJECT), party(SUBJECT, is_agent=True)):
        assert shown.seen_by(reader) == everything
    for name in ("governor-2", "trader-be", "auditor-ch", "authority-be"):
        assert shown.seen_by(party(name)) is None
    assert shown.seen_by(STRANGER) is None


def test_a_grant_shows_one_field_to_one_party(shown: Shown) -> None:
    shown.disclosing.grant(party(SUBJECT), shown.admission, "name", address_of("trader-be"))
    assert shown.seen_by(party("trader-be")) == {"name": NAME}
    assert shown.seen_by(party("cutter-in")) is None
    assert shown.seen_by(STRANGER) is None
    plain = shown.disclosing.shown(party("trader-be"), shown.admission)
    assert plain["fields"][0]["grants"] == [], "to whom else is the owner's business"
    shown.disclosing.withdraw(party(SUBJECT), shown.admission, "name", address_of("trader-be"))
    assert shown.seen_by(party("trader-be")) is None


def test_what_is_opened_to_everyone_strangers_see_too(shown: Shown) -> None:
    shown.disclosing.grant(party(AUTHOR), shown.admission, "contact", EVERYONE)
    for reader in (STRANGER, party("cutter-in")):
        assert shown.seen_by(reader) == {"contact": CONTACT}
    plain = shown.disclosing.shown(OPERATOR, shown.admission)
    assert {one["name"]: one["grants"] for one in plain["fields"]} == {
        "name": [], "contact": ["everyone"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "reader",
    [party("trader-be"), party(SUBJECT, is_agent=True), party("governor-2"), STRANGER],
    ids=["another party", "an agent", "another governor", "a stranger"],
)
def test_only_an_owner_disposes_even_of_what_others_may_see(shown: Shown, reader: Reader) -> None:
    shown.disclosing.grant(party(SUBJECT), shown.admission, "name", EVERYONE)
    own, to = shown.disclosing, address_of("trader-be")
    expected = SignInNeeded if reader == STRANGER else Unknown
    with pytest.raises(expected):
        own.grant(reader, shown.admission, "contact", to)
    with pytest.raises(expected):
        own.withdraw(reader, shown.admission, "name", EVERYONE)
    with pytest.raises(expected):
        own.erase(reader, shown.admission, "name")
    assert shown.seen_by(party("cutter-in")) == {"name": NAME}


def test_an_erased_field_is_shown_to_its_owners_as_erased_and_to_nobody_else(shown: Shown) -> None:
    shown.disclosing.grant(party(SUBJECT), shown.admission, "name", EVERYONE)
    for _ in range(2):
        shown.disclosing.erase(party(SUBJECT), shown.admission, "name")
    assert shown.seen_by(STRANGER) is None
    assert shown.seen_by(party(AUTHOR)) == {"name": None, "contact": CONTACT}
    plain = shown.disclosing.shown(party(SUBJECT), shown.admission)
    gone = next(one for one in plain["fields"] if one["name"] == "name")
    assert gone == {
        "name": "name", "position": 0, "value": None, "salt": None, "proof": [], "grants": [],
        "erasedAtMs": NOW_MS,
    }  # fmt: skip


def test_what_is_not_there_and_what_is_not_shown_are_told_alike(shown: Shown) -> None:
    told = set()
    for reader, record_id, name in (
        (party("trader-be"), shown.admission, "name"),
        (party("trader-be"), Hash32(b"\x07" * 32), "name"),
        (party(SUBJECT), shown.admission, "street"),
        (party(SUBJECT), shown.admission, "no such name"),
    ):
        with pytest.raises(Unknown) as found:
            shown.disclosing.erase(reader, record_id, name)
        told.add(str(found.value))
    for record_id in (shown.admission, Hash32(b"\x07" * 32)):
        with pytest.raises(Unknown) as found:
            shown.disclosing.shown(party("trader-be"), record_id)
        told.add(str(found.value))
    assert len(told) == 1


def test_a_field_is_granted_to_parties_of_the_ledger_alone(shown: Shown) -> None:
    for nobody in (Address(b"\x07" * 20), address_of("nobody")):
        with pytest.raises(Unknown, match="no party"):
            shown.disclosing.grant(party(SUBJECT), shown.admission, "name", nobody)


def test_what_is_kept_of_a_record_that_the_log_does_not_hold_is_nobodys(shown: Shown) -> None:
    held = shown.desk.private.of(shown.admission)
    fields = [one.field for one in held if one.field]
    other = Hash32(b"\x09" * 32)
    shown.desk.private.keep([Keeping(other, fields, address_of(SUBJECT))])
    with pytest.raises(Unknown):
        shown.disclosing.shown(OPERATOR, other)
    assert shown.names(OPERATOR, [address_of(SUBJECT)]) == {address_of(SUBJECT): NAME}


def test_names_are_those_that_the_reader_may_see(shown: Shown) -> None:
    both = [address_of(SUBJECT), address_of("trader-be")]
    seen = {address_of(SUBJECT): NAME}
    assert shown.names(OPERATOR, both) == seen
    assert shown.names(party(SUBJECT), both) == seen
    assert shown.names(party("trader-be"), both) == {}
    assert shown.names(STRANGER, both) == {}
    shown.disclosing.grant(party(SUBJECT), shown.admission, "name", EVERYONE)
    assert shown.names(STRANGER, both) == seen


def test_a_name_is_that_of_the_latest_admission_with_one_to_see(shown: Shown) -> None:
    later = admit(shown.desk, shown.book, SUBJECT, "cutter", name="Dubai Cutting")
    assert shown.names(OPERATOR, [address_of(SUBJECT)]) == {address_of(SUBJECT): "Dubai Cutting"}
    shown.disclosing.grant(party(SUBJECT), shown.admission, "name", EVERYONE)
    assert shown.names(STRANGER, [address_of(SUBJECT)]) == {address_of(SUBJECT): NAME}
    shown.disclosing.erase(OPERATOR, later, "name")
    assert shown.names(OPERATOR, [address_of(SUBJECT)]) == {address_of(SUBJECT): NAME}


def test_what_an_agent_is_called_by_its_party_is_no_partys_name(shown: Shown) -> None:
    world, agent = shown.desk.world, address_of("scribe")
    record = drafts.admission(
        world.speaker("trader-be"), world.moment(), agent, "agent", "BE", kinds=("Handoff",)
    )
    admission = keep(shown.desk, shown.book, record, "trader-be", {"name": "The clerk"})
    assert shown.disclosing.shown(OPERATOR, admission)["fields"][0]["value"] == "The clerk"
    assert shown.names(OPERATOR, [agent]) == {}


def test_grantees_are_addresses_or_everyone() -> None:
    address = address_of("trader-be")
    assert read_grantee("0x" + address.hex()) == address
    assert read_grantee("everyone") == EVERYONE
    for wrong in ("0x" + "00" * 20, "Everyone", "", None, 7, "0x" + address.hex().upper(), []):
        assert read_grantee(wrong) is None


def test_a_ledger_that_keeps_no_private_fields_shows_none(shown: Shown) -> None:
    bare = Disclosing(shown.book, None, lambda: NOW_MS)
    with pytest.raises(Unknown):
        bare.shown(OPERATOR, shown.admission)
    assert replace(shown, disclosing=bare).names(OPERATOR, [address_of(SUBJECT)]) == {}


def test_names_that_cannot_be_read_are_left_out_and_logged_or_raised(
    shown: Shown,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_through: list[Path] = []

    def counted(path: Path, page_bytes: int) -> Iterator[int]:
        looked_through.append(path)
        return bad_pages(path, page_bytes)

    monkeypatch.setattr("ledger.database.health.bad_pages", counted)
    asked = [address_of("trader-be"), address_of(SUBJECT)]
    fields = [one.field for one in shown.desk.private.of(shown.admission) if one.field]
    path = tmp_path / "private.db"
    with closing(SqlitePrivate(path)) as store:
        store.keep([Keeping(shown.admission, fields, address_of(SUBJECT))])
    raw = bytearray(path.read_bytes())
    page_bytes = 4096
    for at in range(page_bytes + 64, len(raw), page_bytes):
        raw[at] ^= 1
    path.write_bytes(raw)
    with closing(SqlitePrivate(path)) as store, shown.book.view() as view:
        names_in = Disclosing(shown.book, store, lambda: NOW_MS).names_in
        for _ in range(2):
            assert names_in(view, OPERATOR, asked) == {}
        assert [record.levelname for record in caplog.records] == ["ERROR"] * 2
        assert "private.db page" in caplog.text
        with pytest.raises(Damaged):
            names_in(view, OPERATOR, asked, must=True)
    assert looked_through == [path], "not the whole file again for every answer"


def test_what_the_log_raises_is_no_missing_name(shown: Shown) -> None:
    damage = Damaged("altered", "entry 3", "not what was written")
    plan = Plan(raises={"record": damage})
    with shown.book.view() as view:
        planted: Any = PlantedView(view, plan)
        with pytest.raises(Damaged, match="entry 3"):
            shown.disclosing.names_in(planted, OPERATOR, [address_of(SUBJECT)])


def test_a_corrections_fields_are_its_authors_under_the_names_of_what_it_corrects(
    shown: Shown,
) -> None:
    world = shown.desk.world
    record = world.correction_of(AUTHOR, shown.admission, {}, details=Hash32(b"\x08" * 32))
    record, fields = with_private(record, {"licence": "7"}, world.salt, KINDS["Admission"])
    signed = world.say(record, AUTHOR)
    shown.desk.clock.now_ms = world.now_ms
    body = join_private(signed.envelope.raw, private_to_plain(fields))
    corrected = shown.book.append(body).record_id
    (told,) = shown.disclosing.shown(party(AUTHOR), corrected)["fields"]
    assert (told["name"], told["position"], told["value"]) == ("licence", 2, "7")
    shown.disclosing.erase(party(AUTHOR), corrected, "licence")
    (told,) = shown.disclosing.shown(party(AUTHOR), corrected)["fields"]
    assert (told["name"], told["value"]) == ("licence", None)
    with pytest.raises(Unknown):
        shown.disclosing.erase(party(AUTHOR), corrected, "name")
