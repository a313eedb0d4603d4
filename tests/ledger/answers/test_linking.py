"""Links: who mints and ends them, what they lead to, and what is told to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from ledger.access import OPERATOR, STRANGER, Reader
from ledger.answers import Answers
from ledger.answers.linking import Linking
from ledger.errors import BadQuestion, LinkEnded, NotYours, SignInNeeded, Unknown
from ledger.limits import LIMITS
from ledger.store.links import MemoryLinks
from ledger.values import ParcelId, to_hex
from tests.scene import Shown, jewel, shown
from tests.world import address_of

NOTHING = ParcelId(b"\x07" * 32)
HOLDER, SELLER, OTHER = "jeweller-fr", "cutter-in", "trader-ae"


def party(name: str, *, is_agent: bool = False) -> Reader:
    """Return a named actor that has signed in."""
    signer = address_of(f"agent of {name}" if is_agent else name)
    return Reader("party", address_of(name), signer, is_agent=is_agent)


@pytest.fixture(params=["open", "trade"])
def made(request: pytest.FixtureRequest) -> Iterator[Shown]:
    with shown(jewel(request.param)) as found:
        yield found


def stone(made: Shown) -> ParcelId:
    return made.scene.parcels["stone"]


def linking(made: Shown) -> Linking:
    return made.answers.linking


def token(made: Shown, by: Reader) -> bytes:
    """Mint a link of the stone."""
    return bytes.fromhex(linking(made).mint(by, stone(made)).token)


# -- minting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reader", [OPERATOR, party(HOLDER), party(HOLDER, is_agent=True)],
    ids=["the operator", "the custodian", "its agent"],
)  # fmt: skip
def test_the_custodian_its_agents_and_the_operator_mint(made: Shown, reader: Reader) -> None:
    minted = linking(made).mint(reader, stone(made))
    assert (minted.parcel_id, minted.is_own, minted.ended_at_ms) == (stone(made), True, None)
    assert minted.path == f"/stones/{minted.token}"
    assert minted.minted_at_ms == made.desk.clock.now_ms
    assert made.answers.stone(minted.token)["token"] == minted.token


def test_a_link_follows_from_no_id_and_is_another_each_time(made: Shown) -> None:
    tokens = [token(made, party(HOLDER)) for _ in range(20)]
    assert len(set(tokens)) == 20
    assert {len(one) for one in tokens} == {16}
    assert not [one for one in tokens if one[:4] in stone(made)]


def test_who_held_or_is_offered_the_goods_mints_none(made: Shown) -> None:
    made.scene.offer(stone(made), HOLDER, OTHER)
    made.catch_up()
    assert linking(made).mint(party(HOLDER), stone(made)), "offered goods are still the holder's"
    for name in (SELLER, OTHER):
        with pytest.raises(NotYours):
            linking(made).mint(party(name), stone(made))


def test_after_a_hand_over_its_recipient_mints_and_its_sender_does_not(made: Shown) -> None:
    made.scene.hand_over(stone(made), HOLDER, OTHER)
    made.catch_up()
    with pytest.raises(NotYours):
        linking(made).mint(party(HOLDER), stone(made))
    assert linking(made).mint(party(OTHER), stone(made))


def act_on(made: Shown, parcel: ParcelId) -> list[Callable[[Reader], object]]:
    """Return everything that can be asked of a parcel's links."""
    own = token(made, OPERATOR)
    return [
        lambda reader: linking(made).mint(reader, parcel),
        lambda reader: linking(made).of(reader, parcel),
        lambda reader: linking(made).end(reader, parcel, own),
    ]


def test_a_stranger_is_asked_to_sign_in_whatever_it_asks_about(made: Shown) -> None:
    for parcel in (stone(made), NOTHING):
        for act in (*act_on(made, parcel), lambda reader: linking(made).one(reader, bytes(16))):
            with pytest.raises(SignInNeeded):
                act(STRANGER)


def test_who_may_not_see_a_parcel_is_told_that_there_is_none() -> None:
    with shown(jewel("trade")) as made:
        for parcel in (stone(made), NOTHING):
            for act in act_on(made, parcel):
                with pytest.raises(Unknown) as told:
                    act(party(OTHER))
                assert str(told.value) == f"no parcel {to_hex(parcel)}"


def test_who_sees_a_parcel_that_another_holds_is_told_so_and_of_no_link(made: Shown) -> None:
    own = token(made, party(HOLDER))
    seller = party(SELLER)
    with pytest.raises(NotYours):
        linking(made).mint(seller, stone(made))
    assert linking(made).of(seller, stone(made)).links == ()
    told = set()
    for act in (
        lambda: linking(made).end(seller, stone(made), own),
        lambda: linking(made).end(seller, stone(made), bytes(16)),
        lambda: linking(made).one(seller, own),
        lambda: linking(made).one(seller, bytes(16)),
    ):
        with pytest.raises(Unknown) as refused:
            act()
        told.add(str(refused.value))
    assert len(told) == 1
    assert linking(made).followed(own) == stone(made)


def test_a_parcel_has_so_many_links_and_no_more(
    made: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.store.links.LIMITS", replace(LIMITS, links_live_max=2))
    first, _ = (token(made, party(HOLDER)) for _ in range(2))
    for reader in (party(HOLDER), OPERATOR):
        with pytest.raises(BadQuestion, match="at most 2 links"):
            linking(made).mint(reader, stone(made))
    linking(made).end(party(HOLDER), stone(made), first)
    assert linking(made).mint(OPERATOR, stone(made))


# -- following and ending ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reader", [OPERATOR, party(HOLDER), party(HOLDER, is_agent=True)],
    ids=["the operator", "the custodian", "its agent"],
)  # fmt: skip
def test_an_ended_link_leads_nowhere_and_another_still_does(made: Shown, reader: Reader) -> None:
    ended, other = token(made, party(HOLDER)), token(made, party(HOLDER))
    for one in (ended, other):
        assert made.answers.stone(one.hex())["weightMillicarats"] == 1_850
    for _ in range(2):
        linking(made).end(reader, stone(made), ended)
        # Kept answers are kept by their links; an ended one is not looked for among them.
        with pytest.raises(LinkEnded):
            made.answers.stone(ended.hex())
    assert made.answers.stone(other.hex())["weightMillicarats"] == 1_850


def test_a_hand_over_ends_no_link_and_its_minter_may_still(made: Shown) -> None:
    own, second = token(made, party(HOLDER)), token(made, party(HOLDER))
    made.scene.hand_over(stone(made), HOLDER, OTHER)
    made.catch_up()
    assert made.answers.stone(own.hex())["held"]["role"] == "trader"
    linking(made).end(party(HOLDER), stone(made), own)
    with pytest.raises(LinkEnded):
        linking(made).followed(own)
    linking(made).end(party(OTHER), stone(made), second)
    with pytest.raises(LinkEnded):
        linking(made).followed(second)


def test_the_holder_lists_all_links_and_others_those_they_minted(made: Shown) -> None:
    before = token(made, party(HOLDER))
    made.scene.hand_over(stone(made), HOLDER, OTHER)
    made.catch_up()
    made.desk.clock.now_ms += 1
    since = token(made, party(OTHER))
    made.desk.clock.now_ms += 1
    gone = token(made, party(OTHER))
    linking(made).end(party(OTHER), stone(made), gone)

    def listed(reader: Reader) -> list[tuple[str, bool]]:
        return [(one.token, one.is_own) for one in linking(made).of(reader, stone(made)).links]

    assert listed(party(OTHER)) == [(before.hex(), False), (since.hex(), True)]
    assert listed(party(HOLDER)) == [(before.hex(), True)]
    assert listed(OPERATOR) == [(before.hex(), False), (since.hex(), False)]
    told = str([linking(made).of(party(OTHER), stone(made))])
    assert address_of(HOLDER).hex() not in told, "who held the goods is not for every later holder"


def test_whoever_may_end_a_link_finds_its_parcel_by_it(made: Shown) -> None:
    own = token(made, party(HOLDER))
    for reader in (OPERATOR, party(HOLDER)):
        assert linking(made).one(reader, own).parcel_id == stone(made)
    linking(made).end(OPERATOR, stone(made), own)
    assert linking(made).one(party(HOLDER), own).ended_at_ms == made.desk.clock.now_ms


def test_a_link_is_ended_under_its_own_parcel_alone(made: Shown) -> None:
    own, rest = token(made, party(HOLDER)), made.scene.parcels["rest"]
    with pytest.raises(Unknown):
        linking(made).end(OPERATOR, rest, own)
    assert linking(made).followed(own) == stone(made)


def test_a_link_that_was_never_minted_is_unknown_and_its_token_not_told(made: Shown) -> None:
    for name in (stone(made)[:16].hex(), "ab" * 16):
        with pytest.raises(Unknown) as told:
            made.answers.stone(name)
        assert not isinstance(told.value, LinkEnded)
        assert name not in str(told.value)


def test_a_link_to_goods_that_the_log_does_not_hold_is_unknown(made: Shown) -> None:
    links = MemoryLinks()
    with shown(jewel()) as other:
        (raw,) = other.registrations(1)
        parcel = other.book.append(raw).parcels[0]
        minted = Linking(other.book, links, other.desk.clock).mint(OPERATOR, parcel)
    answers = Answers(made.book, made.desk.clock, links=links)
    with pytest.raises(Unknown):
        answers.stone(minted.token)
