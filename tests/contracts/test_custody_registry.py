"""The mirror takes what the ledger took, and refuses what breaks custody, chains or weights."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import replace

import pytest

from ledger import drafts
from ledger.anchor.mirroring import FUNCTIONS, batch_of, call_of, creation_of, registry
from ledger.canonical import seal
from ledger.drafts import Loss, Output
from ledger.errors import Refused, Reverted
from ledger.records import WRITABLE
from ledger.signing import domain_separator
from ledger.signing.curve import ORDER
from tests.contracts.mirror import Mirror, call_for
from tests.evm import Evm
from tests.ledger.rules.cases import Case, name_of, new_stage
from tests.ledger.rules.test_refusals import CASES
from tests.ledger.rules.troupe import Troupe
from tests.spec_tables import document, table_under
from tests.trials import dice, trials
from tests.world import World, address_of, usual_world

pytestmark = pytest.mark.node

CODE_BYTES_MAX = 24_576  # EIP-170
NOT_MIRRORED = {
    "Charter", "Site", "Report", "Certificate", "Clearance", "Statement", "Setting", "Sale",
    "Correction",
}  # fmt: skip
ELSEWHERE = {
    "charter-first", "charter-again", "charter-values", "time-ahead", "time-before", "period",
    "site-unknown", "site-closed", "site-operator", "site-zone", "parcel-frozen", "parcel-set",
    "parcel-sold", "not-reporter", "state-unknown", "recovery-pending", "recovery-none",
}  # fmt: skip
"""Rules that the mirror cannot judge, for want of a clock, of sites, of reports."""
OF_ONE_MOMENT = ("millisecond", "takes_effect")
"""In the names of cases that only the ledger's own clock decides."""


@functools.cache
def stage_mirror() -> Mirror:
    """Return a mirror of the stage of the cases, to be copied."""
    mirror = Mirror(new_stage())
    mirror.follow()
    return mirror


def test_the_registry_is_small_enough_to_be_deployed():
    assert len(registry().code) <= CODE_BYTES_MAX


def test_every_kind_that_is_taken_is_mirrored_or_said_not_to_be():
    kinds = {record.KIND.name for record in WRITABLE}
    assert kinds - set(FUNCTIONS) == NOT_MIRRORED
    (told,) = [row[0] for row in table_under(document("mirror.md"), "| kind |") if "not" in row[1]]
    assert set(told.split(", ")) == {f"`{kind}`" for kind in NOT_MIRRORED - {"Charter"}}


# -- the ledger decides, the mirror follows -----------------------------------------------------


class Mirrored(Troupe):
    """The troupe, with a mirror that is sent whatever was taken and asked what was refused."""

    def __init__(self) -> None:
        super().__init__()
        self.mirror = Mirror(self.stage)
        self.mirror.follow()
        self.seen: Counter[str] = Counter()

    def attempt(self, record, *signers, allowed):
        """Say something to the ledger; then show it to the mirror."""
        signed = super().attempt(record, *signers, allowed=allowed)
        if signed is not None:
            self.mirror.follow()
            self.seen[record.KIND.name] += 1
            return signed
        envelope = self.stage.sign(record, *signers)
        rule = self.rule_of(envelope)
        call = call_for(envelope, self.stage.ledger_id)
        parcels = {getattr(record.what, "parcel", b""), *getattr(record.what, "inputs", ())}
        if call is None or parcels & self.mirror.left or rule in ELSEWHERE:
            return None
        party = self.stage.state.read(type(self.stage.party("miner-bw")), record.author)
        if rule in ("signer", "stale-previous", "emptiness") and party.next_key != bytes(20):
            return None  # either key may be in force: only the ledger's clock tells
        assert self.mirror.refusal(call) is not None, (rule, record)
        self.seen[f"refused as {rule}"] += 1
        return None

    def rule_of(self, envelope):
        """Return the rule by which the ledger refuses an envelope."""
        with pytest.raises(Refused) as refused:
            self.stage.fork().append(envelope)
        return refused.value.refusal.rule


@pytest.mark.long
def test_whatever_happens_the_mirror_takes_it_and_refuses_what_the_ledger_refuses():
    random = dice("contracts.mirrored")
    seen: Counter[str] = Counter()
    for _ in range(trials("contracts.mirrored")):
        troupe = Mirrored()
        for _ in range(160):
            troupe.act(random)
        for parcel in troupe.model.lots:
            troupe.mirror.compare(troupe.stage.parcel(parcel))
        seen += troupe.seen
    assert {"Registration", "Handoff", "Receipt", "Transformation", "KeyChange"} <= set(seen)
    assert {"refused as not-custodian", "refused as signer", "refused as balance"} <= set(seen)


@pytest.mark.parametrize("told", CASES, ids=name_of)
def test_the_twin_of_every_refusal_is_taken_and_the_refusal_refused(told: Case):
    for wrong in (False, True):
        stage = new_stage()
        mirror = stage_mirror().copy_for(stage)
        said = told.make(stage, wrong)
        before = [call for call, _ in mirror.to_send()]
        call = call_for(stage.sign(said.record, *said.signers), stage.ledger_id)
        if call is None or mirror.leaves(said.record, stage.ledger_id):
            continue
        refusal = mirror.refusal(*before, call)
        if not wrong:
            assert refusal is None
        elif told.rule not in ELSEWHERE and call not in before:  # again: no effect
            is_of_one_moment = any(word in told.make.__name__ for word in OF_ONE_MOMENT)
            assert refusal is not None or is_of_one_moment


@pytest.mark.parametrize(("seconds", "is_taken"), [(0, True), (300, True), (301, False)])
def test_a_role_counts_for_what_the_ledger_may_have_taken_in_its_last_second(seconds, is_taken):
    stage = new_stage()
    until = stage.now_s + 60
    stage.admit("miner-bw", valid_until=until)
    mirror = Mirror(stage)
    mirror.follow()
    speaker, moment = stage.speaker("miner-bw"), stage.moment(until + seconds)
    record = drafts.registration(speaker, moment, stage.site, 1_000)
    call = call_for(stage.sign(record, "miner-bw"), stage.ledger_id)
    assert mirror.refusal(call) == (None if is_taken else "RoleNotHeld")
    stage.later(60)
    assert (stage.refusal_of(record, "miner-bw") is None) is is_taken


@pytest.mark.parametrize("field", ["weight_millicarats", "stones"])
def test_a_number_that_no_record_may_say_makes_no_parcel(field):
    stage = new_stage()
    mirror = Mirror(stage)
    mirror.follow()
    speaker, moment = stage.speaker("miner-bw"), stage.moment()
    record = drafts.registration(speaker, moment, stage.site, 1_000)
    for value, refusal in ((2**53 - 1, None), (2**53, "OutOfRange"), (2**64 - 1, "OutOfRange")):
        said = replace(record, amounts=replace(record.amounts, **{field: value}))
        assert mirror.refusal(call_for(stage.sign(said, "miner-bw"), stage.ledger_id)) == refusal


# -- signatures, ledgers, batches ---------------------------------------------------------------


@pytest.fixture(scope="module")
def mirror() -> Mirror:
    """A mirror of the usual world, with a parcel offered by the miner that is not sent yet."""
    world = usual_world()
    world.later()
    site = world.open_site()
    mirror = Mirror(world)
    mirror.parcel = world.register(site)  # type: ignore[attr-defined]  # for the tests
    mirror.follow()
    world.offer(mirror.parcel, "miner-bw", "trader-be")  # type: ignore[attr-defined]
    return mirror


def offer_of(mirror: Mirror):
    """Return the offer that is not sent yet."""
    return mirror.world.log[-1][1]


def with_signatures(mirror: Mirror, *signatures: bytes) -> bytes:
    """Return the call that says the offer with other signatures."""
    return call_for(seal(offer_of(mirror).record, signatures), mirror.world.ledger_id)


def test_the_offer_itself_would_be_taken(mirror):
    assert mirror.refusal(call_of(offer_of(mirror))) is None


def test_another_spelling_of_a_signature_is_refused(mirror):
    (signature,) = offer_of(mirror).envelope.signatures
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    high = r + (ORDER - s).to_bytes(32, "big") + bytes((55 - v,))
    short = r + (s | (v - 27) << 255).to_bytes(32, "big")  # EIP-2098: 64 bytes
    wrong = [high, short, signature + b"\0", b"", signature[:64] + bytes((v - 27,)), bytes(65)]
    for each in wrong:
        assert mirror.refusal(with_signatures(mirror, each)) == "BadSignature"
    for count in ((), (signature, signature)):
        assert mirror.refusal(with_signatures(mirror, *count)) == "SignatureCount"


def test_a_record_of_another_ledger_is_refused_and_a_second_mirror_takes_all(mirror):
    other = World(now_s=mirror.world.now_s)
    other.found(tolerance_millicarats=6)
    for name in ("miner-bw", "trader-be"):
        other.admit(name)
    stranger = Mirror(other, mirror.evm)
    stranger.follow()
    for _, signed, _ in mirror.world.log[1:]:
        call = call_of(signed)
        assert call is None or stranger.refusal(call) is not None
    second = Mirror(mirror.world, mirror.evm)
    second.follow()
    third = Mirror(mirror.world, Evm(chain_id=5))
    third.follow()
    assert second.address != mirror.address


def test_a_value_outside_its_type_is_refused():
    world = usual_world()
    world.later()
    parcel = world.register(world.open_site())
    world.hand_over(parcel, "miner-bw", "trader-be")
    world.transform("trader-be", "split", [parcel], [Output(2_500, 1), Output(10_000, 2)])
    mirror = Mirror(world)
    for call, _ in mirror.to_send():
        for at in range(4, len(call), 32):
            if call[at] == 0:  # so a number, an address, an offset or a length
                wide = call[:at] + b"\1" + call[at + 1 :]
                with pytest.raises(Reverted):
                    mirror.evm.call(mirror.address, wide)
        mirror.send(call)


def test_a_registry_is_made_with_its_own_charter_alone(mirror):
    world, other = mirror.world, World()
    other.found(tolerance_millicarats=6)
    for ledger_id, charter in (
        (world.ledger_id, other.log[0][1].record),
        (other.ledger_id, world.log[0][1].record),
    ):
        with pytest.raises(Reverted) as refused:
            mirror.evm.deploy(creation_of(ledger_id, charter))
        assert mirror.registry.error(refused.value.data).name == "AnotherLedger"


def test_the_domain_is_told_without_chain_and_contract(mirror):
    answer = mirror.evm.call(mirror.address, mirror.registry.call("eip712Domain"))
    told = mirror.registry.answer("eip712Domain", answer)
    assert told == (b"\x13", "Adamant", "1", 0, bytes(20), mirror.world.ledger_id, ())
    assert mirror.ask("domainSeparator") == domain_separator(mirror.world.ledger_id)
    assert mirror.ask("ledger") == mirror.world.ledger_id


def test_a_record_sent_again_changes_nothing_and_tells_nothing():
    world = usual_world()
    mirror = Mirror(world)
    calls = [call for call, _ in mirror.to_send()]
    last = {}
    for call in calls:
        assert mirror.send(call).logs
    world.later()
    parcel = world.register(world.open_site())
    world.hand_over(parcel, "miner-bw", "trader-be")
    world.transform("trader-be", "split", [parcel], [Output(2_500, 1), Output(10_000, 2)])
    for call, changes in mirror.to_send():
        assert mirror.send(call).logs
        assert not mirror.send(call).logs
        last |= {type(item): item for item in changes.items}
    for item in last.values():
        mirror.compare(item)


def test_a_batch_counts_as_a_whole_or_not_at_all():
    world = usual_world()
    world.later()
    parcel = world.register(world.open_site())
    world.hand_over(parcel, "miner-bw", "trader-be")
    mirror = Mirror(world)
    calls = [call for call, _ in mirror.to_send()]
    with pytest.raises(AssertionError, match="CallRefused"):
        mirror.send(batch_of([*calls, *calls[-2:-1]]))
    assert mirror.ask("parcel", parcel)[0] == 0
    told = mirror.send(batch_of(calls))
    assert len(told.logs) == len(calls)
    mirror.compare(world.parcel(parcel))


def test_events_name_parcel_parties_and_record():
    world = usual_world()
    world.later()
    parcel = world.register(world.open_site())
    mirror = Mirror(world)
    mirror.follow()
    world.hand_over(parcel, "miner-bw", "trader-be", weight_millicarats=12_496)
    world.transform(
        "trader-be", "split", [parcel], [Output(2_496, 1), Output(9_999, 2)], sawing=Loss(1)
    )
    told = [
        [mirror.registry.event(log.topics, log.data) for log in mirror.send(call).logs]
        for call, _ in mirror.to_send()
    ]
    (offered,), (received,), worked = told
    ids = [signed.record_id for _, signed, _ in world.log[-3:]]
    miner, trader = address_of("miner-bw"), address_of("trader-be")
    assert offered.name == "HandedOff"
    assert offered.values == {
        "parcel": parcel, "sender": miner, "recipient": trader, "record": ids[0],
        "weightMillicarats": 12_500, "stones": 3,
    }  # fmt: skip
    assert (received.name, received.values["record"]) == ("Received", ids[1])
    assert received.values["weightMillicarats"] == 12_496
    assert [each.name for each in worked] == ["Spent", "Made", "Made", "Transformed"]
    assert worked[0].values == {"parcel": parcel, "custodian": trader, "record": ids[2]}
    assert worked[3].values["lossWeightMillicarats"] == 1


def test_a_short_receipt_lowers_weight_and_count_and_a_refused_offer_neither():
    stage = new_stage()
    mirror = Mirror(stage)
    mirror.follow()
    parcel = stage.give("miner-bw", 10_000, 3)
    stage.offer(parcel, "miner-bw", "trader-be")
    stage.say(stage.answer(parcel, "trader-be", "refuse"), "trader-be")
    mirror.follow()
    stage.offer(parcel, "miner-bw", "trader-be")
    short = stage.answer(parcel, "trader-be", "acceptShort", weight_millicarats=9_000, stones=2)
    stage.say(short, "trader-be", "miner-bw")
    mirror.follow()
    assert mirror.ask("parcel", parcel)[3:5] == (9_000, 2)


@pytest.mark.long
def test_lists_of_512_are_taken():
    """No chain takes it in one transaction (EIP-7825); nothing else stands in its way."""
    world = usual_world()
    world.later()
    site = world.open_site()
    parcels = [world.register(site, 1_000, 1) for _ in range(512)]
    for parcel in parcels:
        world.hand_over(parcel, "miner-bw", "trader-be")
    outputs = [Output(1_000, 1)] * 511 + [Output(999, 1)]
    made = world.transform("trader-be", "mix", sorted(parcels), outputs, sorting=Loss(1))
    mirror = Mirror(world, Evm(gas_max=10**9))
    calls = [call for call, _ in mirror.to_send()]
    mirror.send(batch_of(calls))
    for parcel in (parcels[0], parcels[511], made[0], made[511]):
        mirror.compare(world.parcel(parcel))
