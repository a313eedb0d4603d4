"""Whose word a signature is: forged ledgers, whose trees and notes are all in order, are found."""

import pytest

from ledger import drafts
from ledger.checkpoint import SignerKey
from ledger.desk.checked import Checked
from ledger.desk.checking import check_story
from ledger.drafts import Constitution, Goods, Speaker
from ledger.rules import outputs_of
from ledger.values import Hash32, ParcelId
from tests.ledger.desk.conftest import local
from tests.ledger.desk.forger import Forger
from tests.scene import jewel, shown
from tests.world import GOVERNORS, ORIGIN, World, address_of, secret_of

STRANGERS = ("a stranger", "another stranger")
SITE = Hash32(b"\x05" * 32)
DELAY_SECONDS = 7 * 24 * 3600


@pytest.fixture
def forger() -> Forger:
    """A forger with a real Charter, and the key that signs its checkpoints."""
    world = World()
    world.found()
    return Forger(world)


def register(forger: Forger, by: str = "miner-bw", signer: str = "") -> ParcelId:
    """Register a parcel in a miner's name; return its id."""
    world = forger.world
    record = drafts.registration(world.speaker(by), world.moment(), SITE, 12_500, stones=3)
    return outputs_of(record, forger.say(record, signer or by))[0]


def admit_agent(forger: Forger, signer: str = "miner-bw", **more) -> None:
    """Make a named actor the miner's agent."""
    world, agent = forger.world, address_of("agent")
    record = drafts.admission(
        world.speaker("miner-bw"), world.moment(), agent, "agent", "BW",
        previous=forger.head_of(agent), **{"kinds": ("Registration",), **more},
    )  # fmt: skip
    forger.say(record, signer)


def change_key(forger: Forger, operation: str, of: str, new: str, *signers: str) -> None:
    """Change a named actor's key; the governors speak by the first of them."""
    world, party = forger.world, address_of(of)
    is_own = operation in ("rotate", "object")
    speaker = Speaker(party, "miner", "BW") if is_own else world.speaker("governor-1")
    if of in GOVERNORS:
        speaker = world.speaker(of if is_own else "governor-1")
    record = drafts.key_change(
        speaker, world.moment(), operation, party, previous=forger.head_of(party),
        **({"new_key": address_of(new)} if new else {}),
    )  # fmt: skip
    forger.say(record, *signers)


def amend(forger: Forger, *signers: str, **values) -> None:
    """Amend the charter in the name of a governor."""
    world, charter = forger.world, forger.world.charter()
    stated = {"checkpoint_keys": charter.checkpoint_keys, "threshold": 2, **values}
    constitution = Constitution(charter.governors, **stated)
    author = address_of("governor-1")
    forger.say(constitution.amendment(author, charter.head, world.moment()), *signers)


def checked_by(forger: Forger, parcel: ParcelId) -> Checked:
    """Check what the forger tells, under the id of the real ledger."""
    return check_story(forger, parcel, forger.world.ledger_id)


def doubts_of(forger: Forger, parcel: ParcelId) -> str:
    """Return why the story is not sound; it must not be."""
    checked = checked_by(forger, parcel)
    assert not checked.is_sound
    assert checked.shown_signatures + checked.own_signatures <= checked.signatures
    return "\n".join(f"{doubt.place}: {doubt.said}" for doubt in checked.doubts)


# -- the whole ledger ------------------------------------------------------------------------


def test_a_ledger_forged_under_the_pinned_id_with_nobodys_key_is_not_believed(forger):
    forger.log_key = SignerKey(ORIGIN, secret_of("the forger's log"))
    keys = (str(forger.log_key.verifier_key),)
    amend(forger, *STRANGERS, checkpoint_keys=keys)
    parcel = register(forger, signer=STRANGERS[0])
    assert "entry 1: an amendment that is not signed by exactly" in doubts_of(forger, parcel)
    checked = checked_by(forger, parcel)
    assert checked.checkpoint is None
    assert checked.steps == ()


@pytest.mark.parametrize(
    "signers",
    [
        GOVERNORS[:1],  # too few
        GOVERNORS,  # too many
        (GOVERNORS[0], STRANGERS[0]),
        GOVERNORS[1:],  # without the author
    ],
)
def test_an_amendment_that_exactly_its_governors_did_not_sign_does_not_count(forger, signers):
    amend(forger, *signers)
    assert "entry 1: an amendment" in doubts_of(forger, register(forger))


def test_an_amendment_that_its_governors_signed_counts_and_names_the_keys_of_the_log(forger):
    forger.log_key = SignerKey(ORIGIN, secret_of("the next log key"))
    amend(forger, *GOVERNORS[:2], checkpoint_keys=(str(forger.log_key.verifier_key),))
    checked = checked_by(forger, register(forger))
    assert checked.is_sound, checked.doubts
    assert checked.proofs == 3


def test_an_amendment_signed_by_a_governors_later_key_counts(forger):
    change_key(forger, "rotate", "governor-2", "later", "governor-2", "later")
    amend(forger, "governor-1", "later")
    checked = checked_by(forger, register(forger))
    assert checked.is_sound, checked.doubts


def test_one_governor_with_two_keys_is_one_governor(forger):
    change_key(forger, "rotate", "governor-1", "later", "governor-1", "later")
    amend(forger, "governor-1", "later")
    assert "an amendment" in doubts_of(forger, register(forger))


def test_a_governors_key_that_only_strangers_vouch_for_signs_nothing(forger):
    change_key(forger, "rotate", "governor-2", "later", STRANGERS[0], "later")
    amend(forger, "governor-1", "later")
    told = doubts_of(forger, register(forger))
    assert "entry 1: a change of key" in told
    assert "entry 2: an amendment" in told


def test_an_amendment_that_no_checkpoint_covers_is_not_in_force(forger):
    parcel = register(forger)
    amend(forger, *GOVERNORS[:2], checkpoint_keys=(str(forger.log_key.verifier_key),))
    forger.unlogged = 1
    checked = checked_by(forger, parcel)
    assert checked.is_sound, checked.doubts
    assert checked.proofs == 2


def test_without_a_pinned_id_the_ledger_is_sound_and_said_not_to_be_pinned(forger):
    parcel = register(forger)
    assert checked_by(forger, parcel).is_pinned
    unpinned = check_story(forger, parcel)
    assert unpinned.is_sound
    assert not unpinned.is_pinned


# -- its records -----------------------------------------------------------------------------


def test_a_record_signed_by_a_stranger_is_doubted_even_under_a_true_checkpoint(forger):
    told = doubts_of(forger, register(forger, signer=STRANGERS[0]))
    assert "entry 1: nothing shows that" in told
    assert address_of("miner-bw").hex() in told


def test_a_record_that_is_in_no_log_is_doubted(forger):
    parcel = register(forger)
    forger.unlogged = 1
    assert "entry 1: no checkpoint covers it" in doubts_of(forger, parcel)


def test_a_record_by_the_authors_first_key_shows_itself(forger):
    checked = checked_by(forger, register(forger))
    assert checked.is_sound, checked.doubts
    assert (checked.signatures, checked.own_signatures, checked.shown_signatures) == (1, 1, 0)


def test_an_agent_is_shown_by_its_admission(forger):
    admit_agent(forger)
    checked = checked_by(forger, register(forger, signer="agent"))
    assert checked.is_sound, checked.doubts
    assert (checked.own_signatures, checked.shown_signatures) == (0, 1)
    assert checked.proofs == 3  # the Charter's, the Admission's, the Registration's


@pytest.mark.parametrize(
    ("signer", "more"),
    [
        (STRANGERS[0], {}),
        ("agent", {}),  # vouching for itself
        ("miner-bw", {"kinds": ("Handoff",)}),
        ("miner-bw", {"valid_until": 1_767_225_599}),
    ],
)
def test_an_agent_that_the_author_did_not_admit_for_this_is_doubted(forger, signer, more):
    admit_agent(forger, signer, **more)
    assert "nothing shows" in doubts_of(forger, register(forger, signer="agent"))


def test_an_agent_admitted_after_the_record_is_doubted(forger):
    parcel = register(forger, signer="agent")
    admit_agent(forger)
    assert "nothing shows" in doubts_of(forger, parcel)


def test_an_agent_of_another_party_is_doubted(forger):
    admit_agent(forger)
    world = forger.world
    record = drafts.handoff(
        world.speaker("trader-be"), world.moment(),
        Goods(register(forger), Hash32(forger.lines[-1][1].record_id), 12_500, 3, "7102.10"),
        address_of("cutter-in"), "IN",
    )  # fmt: skip
    parcel = record.what.parcel
    forger.say(record, "agent")
    assert "nothing shows" in doubts_of(forger, parcel)


def test_an_agent_revoked_before_the_record_is_doubted(forger):
    admit_agent(forger)
    world, agent = forger.world, address_of("agent")
    record = drafts.revocation(
        world.speaker("miner-bw"), world.moment(), agent, "agent", "BW",
        previous=forger.head_of(agent), compromised_since=0,
    )  # fmt: skip
    forger.say(record, "miner-bw")
    assert "nothing shows" in doubts_of(forger, register(forger, signer="agent"))


# -- keys that changed -----------------------------------------------------------------------


def test_a_later_key_is_shown_by_the_change_that_both_keys_signed(forger):
    change_key(forger, "rotate", "miner-bw", "second", "miner-bw", "second")
    change_key(forger, "rotate", "miner-bw", "third", "second", "third")
    checked = checked_by(forger, register(forger, signer="third"))
    assert checked.is_sound, checked.doubts
    assert (checked.own_signatures, checked.shown_signatures) == (0, 1)
    assert checked.proofs == 4


@pytest.mark.parametrize("old", [STRANGERS[0], "governor-1"])
def test_a_key_that_the_old_one_did_not_hand_over_to_is_doubted(forger, old):
    change_key(forger, "rotate", "miner-bw", "second", old, "second")
    told = doubts_of(forger, register(forger, signer="second"))
    assert "entry 1: a change of key" in told
    assert "entry 2: nothing shows" in told


def test_a_key_that_was_left_again_is_doubted(forger):
    change_key(forger, "rotate", "miner-bw", "second", "miner-bw", "second")
    change_key(forger, "rotate", "miner-bw", "third", "second", "third")
    assert "nothing shows" in doubts_of(forger, register(forger, signer="second"))


def test_a_key_taken_up_only_after_the_record_is_doubted(forger):
    parcel = register(forger, signer="second")
    change_key(forger, "rotate", "miner-bw", "second", "miner-bw", "second")
    assert "nothing shows" in doubts_of(forger, parcel)


@pytest.mark.parametrize("sort", ["key", "agent", "charter"])
def test_what_others_rest_on_shows_nothing_unless_it_is_in_the_log(forger, sort):
    if sort == "key":
        change_key(forger, "rotate", "miner-bw", "agent", "miner-bw", "agent")
    elif sort == "agent":
        admit_agent(forger)
    else:
        amend(forger, *GOVERNORS[:2])
    parcel = register(forger, signer="miner-bw" if sort == "charter" else "agent")
    assert checked_by(forger, parcel).is_sound
    forger.replaced = {1}
    assert "entry 1: its proof does not hold" in doubts_of(forger, parcel)


def test_a_recovered_key_is_shown_by_the_governors_once_the_delay_is_over(forger):
    change_key(forger, "recover", "miner-bw", "second", *GOVERNORS[:2])
    early = register(forger, signer="second")
    assert "nothing shows" in doubts_of(forger, early)
    forger.world.later(DELAY_SECONDS)
    checked = checked_by(forger, register(forger, signer="second"))
    assert checked.is_sound, checked.doubts


@pytest.mark.parametrize("signers", [STRANGERS, GOVERNORS[:1], ("governor-1", STRANGERS[0])])
def test_a_recovery_that_too_few_governors_signed_shows_nothing(forger, signers):
    change_key(forger, "recover", "miner-bw", "second", *signers)
    forger.world.later(DELAY_SECONDS)
    assert "a change of key" in doubts_of(forger, register(forger, signer="second"))


def test_an_objection_stops_a_recovery_and_only_all_governors_override_it(forger):
    change_key(forger, "recover", "miner-bw", "second", *GOVERNORS[:2])
    change_key(forger, "object", "miner-bw", "", "miner-bw")
    forger.world.later(DELAY_SECONDS)
    assert "nothing shows" in doubts_of(forger, register(forger, signer="second"))
    change_key(forger, "override", "miner-bw", "second", *GOVERNORS)
    checked = checked_by(forger, register(forger, signer="second"))
    assert checked.is_sound, checked.doubts


def test_an_override_by_two_of_three_governors_shows_nothing(forger):
    change_key(forger, "override", "miner-bw", "second", *GOVERNORS[:2])
    assert "a change of key" in doubts_of(forger, register(forger, signer="second"))


def test_a_chain_that_breaks_off_shows_nothing(forger):
    change_key(forger, "rotate", "miner-bw", "second", "miner-bw", "second")
    forger.world.later()
    parcel = register(forger, signer="third")
    world, party = forger.world, address_of("miner-bw")
    torn = drafts.key_change(
        Speaker(party, "miner", "BW"), world.moment(), "rotate", party,
        previous=Hash32(b"\x77" * 32), new_key=address_of("third"),
    )  # fmt: skip
    forger.say(torn, "second", "third")
    assert "do not lead back" in doubts_of(forger, parcel)


# -- true ledgers ----------------------------------------------------------------------------


def test_a_true_story_with_agents_later_keys_and_both_sides_signing_is_sound():
    scene = jewel()
    site = scene.sites["home"]
    scene.admit_agent("miner-bw", "desk of the miner", "Registration", "Handoff")
    scene.change_key("rotate", "trader-be", "trader's second key")
    scene.later()
    record = drafts.registration(
        scene.speaker("miner-bw"), scene.moment(), site, 9_000, stones=2, zone="South"
    )
    (bag,) = scene.outputs(scene.say(record, "desk of the miner"))
    scene.offer(bag, "miner-bw", "trader-be")
    short = drafts.receipt(
        scene.speaker("trader-be"), scene.moment(), scene.goods(bag), address_of("miner-bw"),
        operation="acceptShort", weight_millicarats=8_000,
    )  # fmt: skip
    scene.say(short, "trader's second key", "miner-bw")
    with shown(scene) as made:
        checked = check_story(local(made), bag, scene.ledger_id)
    assert checked.is_sound, checked.doubts
    assert (checked.signatures, checked.own_signatures, checked.shown_signatures) == (4, 2, 2)


def test_a_release_by_governors_is_shown_by_the_charter_in_force():
    scene = jewel()
    stone = scene.parcels["stone"]
    scene.report("theft", stone, "jeweller-fr", previous=scene.goods(stone).previous)
    release = drafts.report(
        scene.speaker("governor-1"), scene.moment(), "release", stone,
        previous=scene.goods(stone).previous,
    )  # fmt: skip
    scene.say(release, *GOVERNORS[:2])
    with shown(scene) as made:
        checked = check_story(local(made), stone, scene.ledger_id)
    assert checked.is_sound, checked.doubts
    assert checked.signatures == checked.own_signatures == len(checked.steps) + 1
