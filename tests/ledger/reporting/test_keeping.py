"""What a trader keeps: its own records of trade, for periods that are shown as unconfirmed."""

from ledger.reporting.keeping import NOTICE, RETENTIONS, involves
from tests.ledger.reporting.border import empty
from tests.world import address_of


def test_a_record_of_trade_involves_its_author_and_whoever_it_names():
    world = empty()
    world.certify([world.bag(1_000)], "BW1", "BE")
    log = [signed.record for _, signed, _ in world.log]
    certificate = log[-1]
    assert involves(address_of("authority-bw"), certificate)
    assert involves(address_of("miner-bw"), certificate)  # the exporter
    assert not involves(address_of("trader-be"), certificate)
    admission = next(one for one in log if one.KIND.name == "Admission")
    assert not involves(admission.author, admission)


def test_periods_known_from_memory_are_said_to_be_unconfirmed():
    assert {(one.years, one.confidence) for one in RETENTIONS} == {(5, "M"), (3, "M")}
    assert "not confirmed" in NOTICE
