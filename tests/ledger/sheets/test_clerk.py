"""The clerk: drafts that the ledger accepts, and what it knows to be wrong before anything is sent.

The ledger is a real one in memory; what the clerk drafts is signed and goes into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from ledger.book import Answer
from ledger.desk import LocalDesk
from ledger.drafts import Output, Speaker
from ledger.errors import Refusal, Refused, Unknown
from ledger.limits import LIMITS
from ledger.records import Transformation
from ledger.rules import outputs_of
from ledger.sheets import Clerk, guess, read_orders, read_table
from ledger.sheets.faults import Unfit
from ledger.signing import sign_record
from ledger.values import to_hex
from tests import desk as desks
from tests.world import CAST, START, address_of, secret_of, usual_world

NOW = START + 3_600


class Asked(LocalDesk):
    """A desk that counts what it is asked."""

    def __init__(self, book) -> None:
        super().__init__(book)
        self.book = book
        self.paths = Counter()

    def ask(self, path, **given):
        self.paths[path.rsplit("/", 1)[0]] += 1
        return super().ask(path, **given)


class Office:
    """A ledger with a mine and a few parcels, and whoever imports into it."""

    def __init__(self) -> None:
        self.world = usual_world()
        self.site = self.world.open_site(label="Jwaneng")
        self.closed = self.world.open_site(licence="ML-2", label="Old pit")
        self.bag = self.world.register(self.site, 12_500, 3, label="Bag 7")
        self.other = self.world.register(self.site, 1_000, 1, label="Bag 8")
        self.world.hand_over(self.other, "miner-bw", "trader-be")
        self.desk = desks.Desk(self.world)
        self.desk.fill()

    def clerk(self, source, name="miner-bw", **more) -> Clerk:
        """Return the clerk of a party."""

        def voice(kind, operation, country):
            return Speaker(address_of(name), *CAST[name])

        def people(text):
            if text not in CAST:
                raise Unknown("key", text)
            return address_of(text)

        said = {"voice": voice, "people": people, "now": NOW, **more}
        return Clerk(source, self.world.ledger_id, address_of(name), **said)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def source(office) -> Iterator[Asked]:
    office.desk.clock.now_ms = NOW * 1000
    with office.desk.open() as book:
        yield Asked(book)


def orders(text):
    """Return the orders of a CSV file, all of which must be good."""
    table = read_table(text.encode())
    read = read_orders(table, guess(table.headings))
    assert not read.faults
    return read.orders


def refused(clerk, text):
    """Return field and reason by which the last row of a CSV file is bad."""
    *before, last = orders(text)
    for order in before:
        clerk.draft(order)
    with pytest.raises(Unfit) as unfit:
        clerk.draft(last)
    return unfit.value.field, unfit.value.reason


def say(office, source, drafts, name="miner-bw"):
    """Sign drafts and hand them in; all must be accepted."""
    secrets = [secret_of(name)]
    raws = [sign_record(one.record, office.world.ledger_id, secrets).raw for one in drafts]
    lines = source.append(raws)
    assert all(isinstance(line, Answer) for line in lines), lines
    assert [line.record_id for line in lines] == [one.record_id for one in drafts]


def test_registrations_by_id_label_and_licence_of_a_site_are_accepted(office, source):
    sites = [to_hex(office.site), "Jwaneng", "ML-1"]
    text = "site,ct,label\n" + "".join(f"{site},1,x{n}\n" for n, site in enumerate(sites))
    clerk = office.clerk(source)
    say(office, source, [clerk.draft(order) for order in orders(text)])


def test_all_that_a_registration_says_stands_in_its_record(office, source):
    (order,) = orders(
        "site,ct,pieces,bag,hs,date,mined from,mined until\n"
        "Jwaneng,1.5,7,B-1,7102.31,2026-01-01,2025-12-01,2025-12-30\n"
    )
    record = office.clerk(source).draft(order).record
    assert (record.amounts.weight_millicarats, record.amounts.stones) == (1_500, 7)
    assert (record.amounts.label, record.what.hs_code) == ("B-1", "7102.31")
    scene, day = record.scene, 24 * 3600
    times = (scene.occurred_at, scene.period_from, scene.period_to)
    assert times == (START, START - 31 * day, START - day - 1)


def test_a_registration_without_a_code_is_of_fresh_rough(office, source):
    (order,) = orders("site,ct\nJwaneng,1\n")
    assert office.clerk(source).draft(order).record.what.hs_code == "7102.10"


def test_all_that_a_split_says_stands_in_its_record(office, source):
    (order,) = orders(
        "parcel,outputs,losses,hs\nBag 7,10:1:Left; 2:1:Right,sorting=0.3; missing=0.2:1,7102.21\n"
    )
    record = office.clerk(source).draft(order).record
    amounts = record.amounts
    assert record.what.hs_codes == ("7102.21", "7102.21")
    assert (amounts.weights_millicarats, amounts.stones) == ((10_000, 2_000), (1, 1))
    assert amounts.labels == ("Left", "Right")
    assert dict(zip(amounts.loss_reasons, amounts.loss_weights_millicarats, strict=True)) == {
        "sorting": 300,
        "missing": 200,
    }
    assert sum(amounts.loss_stones) == 1


def test_all_that_a_hand_over_says_stands_in_its_record(office, source):
    (order,) = orders(
        "parcel,to,to country,purpose,seal,date\nBag 7,trader-be,BE,return,K-1,2026-01-01T00:30\n"
    )
    record = office.clerk(source).draft(order).record
    assert (record.operation, record.amounts.seal) == ("return", "K-1")
    assert record.who.recipient == address_of("trader-be")
    assert record.scene.occurred_at == START + 1_800


def test_a_time_that_was_said_for_all_rows_is_that_of_rows_without_their_own(office, source):
    (order,) = orders("site,ct\nJwaneng,1\n")
    record = office.clerk(source, at=START + 60).draft(order).record
    assert record.scene.occurred_at == START + 60
    (order,) = orders("parcel,to\nBag 7,trader-be\n")
    with pytest.raises(Unfit, match="before the last"):
        office.clerk(source, at=START - 60).draft(order)


def test_a_row_that_says_nothing_of_time_happened_now(office, source):
    (order,) = orders("site,ct\nJwaneng,1\n")
    record = office.clerk(source).draft(order).record
    scene = record.scene
    assert (scene.occurred_at, scene.period_from, scene.period_to) == (NOW, NOW, NOW)


def test_a_period_that_lasts_until_tonight_lasts_until_now(office, source):
    (order,) = orders("site,ct,mined from,mined until\nJwaneng,1,2025-12-31,2026-01-01\n")
    scene = office.clerk(source).draft(order).record.scene
    assert (scene.period_from, scene.period_to) == (START - 24 * 3600, NOW)


def test_no_two_records_have_the_same_salts(office, source):
    clerk = office.clerk(source)
    first, second = (
        clerk.draft(one).record for one in orders("site,ct,bag\nJwaneng,1,a\nJwaneng,1,b\n")
    )
    assert first.who.salt != second.who.salt


def test_a_chain_within_one_table_is_accepted(office, source):
    text = (
        "what,site,ct,label,parcel,outputs,to\n"
        "register,Jwaneng,3,New bag,,,\n"
        "split,,,,New bag,1::Left; 2::Right,\n"
        "handoff,,,,Right,,trader-be\n"
    )
    clerk = office.clerk(source)
    drafts = [clerk.draft(order) for order in orders(text)]
    say(office, source, drafts)
    right = outputs_of(drafts[1].record, drafts[1].record_id)[1]
    assert source.parcel(right)["state"] == "offered"


@pytest.mark.parametrize("form", ["id", "label"])
def test_a_parcel_is_split_by_its_id_or_label(office, source, form):
    text = {"id": to_hex(office.bag), "label": "Bag 7"}[form]
    clerk = office.clerk(source)
    draft = clerk.draft(orders(f"parcel,outputs,losses\n{text},10:2; 2:1,sorting=rest\n")[0])
    assert isinstance(draft.record, Transformation)
    assert draft.record.amounts.loss_weights_millicarats == (500,)
    say(office, source, [draft])


def test_a_hand_over_goes_to_the_only_country_of_its_recipient(office, source):
    clerk = office.clerk(source)
    draft = clerk.draft(orders("parcel,to,ct,purpose\nBag 7,trader-be,12.5,consignment\n")[0])
    assert draft.record.scene.recipient_country == "BE"
    assert draft.record.operation == "consignment"
    say(office, source, [draft])


BAD_REGISTRATIONS = {
    "Nowhere,1,,": ("site", "neither the id of a site"),
    "0x" + "ab" * 32 + ",1,,": ("site", "does not know"),
    "Jwaneng,1,2026-01-02,": ("date", "a time to come"),
    "Jwaneng,1,2025-12-30,2025-12": ("period", "ends after"),
    "Jwaneng,1,2025-12-30T08:00,2025-12-30T09:00": ("period", "begins after"),
}


@pytest.mark.parametrize("row", BAD_REGISTRATIONS)
def test_a_registration_that_the_ledger_would_refuse_is_bad(office, source, row):
    field, reason = refused(office.clerk(source), f"site,ct,date,period\n{row}\n")
    assert field == BAD_REGISTRATIONS[row][0]
    assert BAD_REGISTRATIONS[row][1] in reason


def test_a_site_whose_label_two_have_is_not_chosen_between(office, source):
    office.world.open_site(licence="ML-3", label="Jwaneng")
    office.desk.catch_up(source.book)
    field, reason = refused(office.clerk(source), "site,ct\nJwaneng,1\n")
    assert (field, reason) == ("site", "the label or licence of 2 sites: give its id")


def test_a_site_whose_licence_has_run_out_is_bad(office, source):
    office.world.open_site(licence="ML-3", label="Pit", valid_until=START + 60)
    office.desk.catch_up(source.book)
    field, reason = refused(office.clerk(source), "site,ct\nPit,1\n")
    assert (field, reason) == ("site", "a site whose licence has run out")


def test_a_site_of_other_operators_is_bad(office, source):
    office.world.open_site(licence="ML-3", label="Pit", operators=(address_of("trader-ae"),))
    office.desk.catch_up(source.book)
    field, reason = refused(office.clerk(source), "site,ct\nPit,1\n")
    assert (field, reason) == ("site", "a site where this party may not register")


BAD_SPLITS = {
    "Bag 9,1;2,": ("parcel", "neither an id nor"),
    "0x" + "ab" * 32 + ",1;2,": ("parcel", "does not know"),
    "ab" * 16 + ",1;2,": ("parcel", "neither an id nor"),  # a link names nothing to be signed
    "Bag 8,0.5;0.5,": ("parcel", "neither an id nor"),  # the trader's by now
    "Bag 7,1;2,": ("outputs", "9.500 ct less than the parcel, 12.500 ct"),
    "Bag 7,10;3,": ("outputs", "0.500 ct more than the parcel"),
    "Bag 7,10;2.5,sorting=rest": ("losses", "nothing is left over"),
    "Bag 7,10:2;2.5,": ("outputs", "its stones are counted"),
    "Bag 7,10:2;2.5:2,": ("outputs", "4 stones, the parcel has 3"),
    "Bag 7,10:2;2.4:1,missing=0.1:1": ("outputs", "4 stones, the parcel has 3"),
}


@pytest.mark.parametrize("row", BAD_SPLITS)
def test_a_split_that_the_ledger_would_refuse_is_bad(office, source, row):
    field, reason = refused(office.clerk(source), f"parcel,outputs,losses\n{row}\n")
    assert field == BAD_SPLITS[row][0]
    assert BAD_SPLITS[row][1] in reason


def test_another_partys_parcel_is_bad(office, source):
    row = f"parcel,outputs\n{to_hex(office.other)},0.5;0.5\n"
    assert refused(office.clerk(source), row) == ("parcel", "a parcel that another party holds")


BAD_HAND_OVERS = {
    "Bag 7,nobody,,": ("recipient", "no address, and no name"),
    "Bag 7,0x12,,": ("recipient", "an address that is not whole"),
    "Bag 7,miner-bw,,": ("recipient", "the party that hands over"),
    "Bag 7,auditor-ch,,": ("country", "no role there"),
    "Bag 7,trader-be,AE,": ("country", "no role there"),
    "Bag 7,trader-be,,12.4": ("weight", "the book says 12.500 ct"),
}


@pytest.mark.parametrize("row", BAD_HAND_OVERS)
def test_a_hand_over_that_the_ledger_would_refuse_is_bad(office, source, row):
    field, reason = refused(office.clerk(source), f"parcel,to,to country,ct\n{row}\n")
    assert field == BAD_HAND_OVERS[row][0]
    assert BAD_HAND_OVERS[row][1] in reason


def test_a_key_of_a_party_is_not_taken_for_the_party(office, source):
    office.world.admit_agent("trader-be", "agent", "Receipt")
    office.desk.catch_up(source.book)
    row = f"parcel,to\nBag 7,{to_hex(address_of('agent'))}\n"
    field, reason = refused(office.clerk(source), row)
    assert field == "recipient"
    assert to_hex(address_of("trader-be")) in reason


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("split,Bag 7,10:2;2.5:1,\nsplit,Bag 7,10;2.6,", "became others"),
        ("handoff,Bag 7,,trader-be\nsplit,Bag 7,10;2.5,", "offered"),
        ("handoff,Bag 7,,trader-be\nhandoff,Bag 7,,trader-ae", "offered"),
    ],
)
def test_a_row_after_one_that_moved_the_parcel_is_bad(office, source, rows, reason):
    field, said = refused(office.clerk(source), f"what,parcel,outputs,to\n{rows}\n")
    assert field == "parcel"
    assert reason in said


def test_a_label_of_two_parcels_is_not_chosen_between(office, source):
    office.world.register(office.site, 2_000, 1, label="Bag 7")
    office.desk.catch_up(source.book)
    row = "parcel,to\nBag 7,trader-be\n"
    field, reason = refused(office.clerk(source), row)
    assert (field, reason) == ("parcel", "the label of 2 parcels that you hold: give its id")


def test_a_role_that_may_not_speak_is_said(office, source):
    def voice(kind, operation, country):
        raise Refused(Refusal("role-for-kind", "what.authorRole", "a miner", "trader BE"))

    _, reason = refused(office.clerk(source, voice=voice), "site,ct\nJwaneng,1\n")
    assert reason == "role-for-kind: expected a miner"


def test_a_clock_that_runs_a_little_behind_stops_no_row(office, source):
    early = START - LIMITS.ahead_seconds_max
    (order,) = orders("parcel,to\nBag 7,trader-be\n")
    assert office.clerk(source, now=early).draft(order).record.scene.occurred_at == START
    row = "parcel,to,date\nBag 7,trader-be,2025-12-31\n"
    assert refused(office.clerk(source), row) == (
        "date",
        "before the last that was said of the parcel",
    )


def test_a_row_that_names_the_day_follows_what_was_said_that_day(office, source):
    head = "what,site,ct,bag,parcel,to,date\nregister,Jwaneng,1,b,,,2026-01-01T00:15\n"
    clerk = office.clerk(source)
    drafts = [clerk.draft(one) for one in orders(f"{head}sale,,,,b,trader-be,2026-01-01\n")]
    assert [one.record.scene.occurred_at for one in drafts] == [START + 900, START + 900]
    say(office, source, drafts)
    for earlier in ("2026-01-01T00:14", "2025-12-31"):
        row = f"{head}sale,,,,b,trader-be,{earlier}\n"
        assert refused(office.clerk(source), row)[0] == "date"


def test_a_time_to_come_is_told_beside_the_time_that_it_is(office, source):
    _, reason = refused(office.clerk(source), "site,ct,date\nJwaneng,1,2026-01-02\n")
    assert reason == "a time to come: it is 2026-01-01 01:00:00 UTC"


def test_what_was_signed_before_is_followed(office, source):
    first, second = orders(
        "what,parcel,outputs,to\nsplit,Bag 7,10:2:a; 2.5:1:b,\nhandoff,b,,trader-be\n"
    )
    signed = office.clerk(source).draft(first)
    again = office.clerk(source)
    again.take(signed.record, signed.record_id)
    say(office, source, [signed, again.draft(second)])


def test_what_many_rows_share_is_asked_once(office, source):
    text = "site,ct,bag\n" + "".join(f"Jwaneng,1,b{number}\n" for number in range(50))
    clerk = office.clerk(source)
    for order in orders(text):
        clerk.draft(order)
    assert source.paths == {"/v1": 1, "/v1/sites": 1}


def test_outputs_without_a_code_have_the_parcels_own(office, source):
    order = orders("parcel,outputs\nBag 7,10:2;2.5:1\n")[0]
    assert order.says.outputs == (Output(10_000, 2, "", ""), Output(2_500, 1, "", ""))
    record = office.clerk(source).draft(order).record
    assert set(record.what.hs_codes) == {"7102.31"}
