"""From mine to jeweller by hand, and what the ledger answers on the way."""

import pytest

from ledger.cli.documents import DESCENDANTS, RECORDED, TRACED


@pytest.mark.long
def test_the_whole_way_from_the_mine_to_the_jeweller_proves_itself(town):
    bag, other = town.register(), town.register("7.5", 2)
    for parcel in (bag, other):
        town.hand_over(parcel, "miner-bw", "trader-be")
    (mixed,) = town.work("mix", bag, other, "--label", "Mix 1", by="trader-be")
    first, rest = town.work(
        *("split", mixed, "--into", "4.1:1:Lot 7", "--into", "15.9:4"), by="trader-be"
    )
    town.hand_over(first, "trader-be", "cutter-in", "4.098")
    (sawn,) = town.work("cut", first, "--into", "3.9:1", "--lose", "sawing=rest", by="cutter-in")
    (stone,) = town.work(
        *("polish", sawn, "--into", "1.850:1:Round", "--lose", "polishing=rest"), by="cutter-in"
    )
    town.hand_over(stone, "cutter-in", "jeweller-fr")

    traced = town.json("trace", stone)
    assert tuple(traced) == TRACED
    assert traced["checked"]["isSound"]
    assert traced["checked"]["doubts"] == []
    assert all(step["isProved"] for step in traced["steps"])
    assert [step["kind"] for step in traced["steps"]].count("Registration") == 2
    assert traced["steps"][-1]["author"] == town.json("show", "jeweller-fr")["address"]
    assert traced["origins"]["oneOf"] == ["BW"]
    assert traced["parcel"]["weightMillicarats"] == 1850

    told = town.run("trace", stone)
    for word in (
        "Jwaneng",
        "Mined",
        "Polished",
        "jeweller-fr 0x",
        "1.850 ct",
        "Checked here",
        "by the author's own first key, 0 by a key or agent shown by the ledger's records",
        "Not pinned: which ledger this is",
    ):
        assert word in told.out

    down = town.json("trace", bag, "--down")
    assert tuple(down) == DESCENDANTS
    assert {one["operation"] for one in down["operations"]} == {"mix", "split", "cut", "polish"}
    assert rest in town.run("trace", bag, "--down").out

    assert town.json("audit")["isClean"]


def test_a_record_that_is_accepted_is_told_by_the_same_members_whatever_it_says(town):
    bag = town.json("register", "--weight", "5", "--as", "miner-bw")
    assert tuple(bag) == RECORDED
    assert (bag["kind"], bag["status"], bag["again"]) == ("Registration", "checkpointed", False)
    offer = town.json(
        "handoff", bag["made"][0]["parcelId"], "--to", "trader-be", "--as", "miner-bw"
    )
    assert tuple(offer) == RECORDED
    assert offer["made"] == []
    assert offer["parcels"] == [bag["made"][0]["parcelId"]]


def test_a_parcel_of_ones_own_is_named_by_the_first_digits_of_its_id(town):
    bag = town.register()
    town.run("handoff", bag[:10], "--to", "trader-be", "--as", "miner-bw")
    town.run("withdraw", bag[:12], "--as", "miner-bw")
    town.run("handoff", bag[:10], "--to", "trader-be", "--as", "miner-bw")
    town.run("receive", bag[:10], "--weight", "12.5", "--as", "trader-be")
    assert town.json("show", bag)["custodian"] == town.json("show", "trader-be")["address"]
    assert town.error("withdraw", bag[:10], "--as", "miner-bw", code=3)["sort"] == "unknown"


def test_a_parcel_is_named_by_a_link_to_its_page_where_nothing_is_signed(town):
    bag = town.register()
    token = town.json("link", "mint", bag)["token"]
    assert town.json("show", token)["parcelId"] == bag
    assert town.json("trace", token)["parcel"]["parcelId"] == bag
    error = town.error("handoff", token, "--to", "trader-be", "--as", "miner-bw", code=2)
    assert "no link" in error["expected"]


def test_an_offer_can_be_refused_and_the_goods_stay(town):
    bag = town.register()
    town.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    town.run("receive", bag, "--refuse", "seal", "--as", "trader-be")
    assert town.json("show", bag)["state"] == "held"
    assert town.json("show", bag)["custodian"] == town.json("show", "miner-bw")["address"]


def test_less_than_the_book_is_accepted_only_if_the_sender_signs_too(town):
    bag = town.register()
    town.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    error = town.error("receive", bag, "--weight", "11", "--as", "trader-be", code=1)
    assert error["rule"] == "weight-short"
    assert "--short" in error["next"]
    words = ("receive", bag, "--weight", "11", "--short")
    assert town.error(*words, "--as", "trader-be", code=1)["rule"] == "signature-count"
    town.run(*words, "--as", "trader-be", "--as", "miner-bw")
    assert town.json("show", bag)["weightMillicarats"] == 11_000


def test_a_theft_freezes_a_parcel_and_a_recovery_lifts_it(town):
    bag = town.register()
    town.run("report", "theft", bag, "--as", "miner-bw")
    assert town.json("show", bag)["state"] == "frozen"
    refused = town.error("handoff", bag, "--to", "trader-be", "--as", "miner-bw", code=1)
    assert refused["rule"] == "parcel-frozen"
    town.run("report", "recovery", bag, "--as", "miner-bw")
    assert town.json("show", bag)["state"] == "held"


def test_an_authority_seizes_goods_in_its_country_and_governors_release_them(town):
    bag = town.register()
    town.run("report", "seizure", bag, "--as", "authority-bw")
    assert town.json("show", bag)["isSeized"]
    town.run("report", "release", bag, "--as", "governor-1", "--as", "governor-2")
    assert town.json("show", bag)["state"] == "held"


def test_a_dispute_is_recorded_and_freezes_nothing(town):
    bag = town.register()
    town.run("report", "dispute", bag, "--as", "trader-be")
    assert town.json("show", bag)["state"] == "held"


def test_a_finding_is_answered_by_its_id(town):
    bag = town.register("2000000")
    site = town.json("show", "sites")["sites"][0]["siteId"]
    (finding,) = town.json("show", site)["findings"]
    assert finding["name"] == "over-capacity"
    town.run("report", "answer", "--finding", finding["findingId"], "--as", "miner-bw")
    town.run("report", "answer", bag, "--finding", finding["findingId"], "--as", "miner-bw")


def test_reweighing_takes_the_book_down_and_never_up(town):
    bag = town.register()
    (lighter,) = town.work(
        "reweigh", bag, "--weight", "12.40", "--reason", "cleaning", by="miner-bw"
    )
    assert town.json("show", lighter)["weightMillicarats"] == 12_400
    error = town.error("reweigh", lighter, "--weight", "12.41", "--as", "miner-bw", code=1)
    assert error["rule"] == "balance"


@pytest.mark.long
def test_goods_keep_the_code_that_usually_comes_of_the_work(town):
    bag = town.register()
    assert town.json("show", bag)["hsCode"] == "7102.10"
    one, two = town.work("split", bag, "--into", "6:1", "--into", "6.5:2", by="miner-bw")
    assert town.json("show", one)["hsCode"] == "7102.10"
    (sorted_,) = town.work("mix", one, two, "--hs", "7102.31", by="miner-bw")
    assert town.json("show", sorted_)["hsCode"] == "7102.31"
    town.hand_over(sorted_, "miner-bw", "cutter-in")
    (sawn,) = town.work("cut", sorted_, "--into", "12:3", "--lose", "sawing=rest", by="cutter-in")
    assert town.json("show", sawn)["hsCode"] == "7102.31"
    (stone,) = town.work(
        "polish", sawn, "--into", "5:3", "--lose", "polishing=rest", by="cutter-in"
    )
    assert town.json("show", stone)["hsCode"] == "7102.39"
    (again,) = town.work(
        "recut", stone, "--into", "4.9:3", "--lose", "polishing=rest", by="cutter-in"
    )
    assert town.json("show", again)["form"] == "polished"


# -- who ends where: the exit codes ----------------------------------------------------------


def test_a_parcel_already_spent_is_refused_by_name(town):
    bag = town.register()
    town.work("split", bag, "--into", "6:1", "--into", "6.5:2", by="miner-bw")
    error = town.error("handoff", bag, "--to", "trader-be", "--as", "miner-bw", code=1)
    assert (error["rule"], error["exitCode"]) == ("parcel-spent", 1)
    assert error["next"]


def test_a_signed_record_held_back_becomes_stale(town, tmp_path):
    bag, file = town.register(), tmp_path / "offer.json"
    town.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw", "--out", str(file))
    town.run("handoff", bag, "--to", "trader-ae", "--as", "miner-bw")
    town.run("withdraw", bag, "--as", "miner-bw")
    error = town.error("send", str(file), code=1)
    assert error["rule"] == "stale-previous"
    assert error["field"] == "what.previous"


@pytest.mark.parametrize("weight", ["12.5001", "1e3", "-1", "twelve", "12,50", "0x10", "", "１２"])
def test_a_weight_that_is_none_is_wrong_usage_and_nothing_is_recorded(town, weight):
    size = town.size()
    town.run("register", "--weight", weight, "--as", "miner-bw", code=2)
    assert town.size() == size


def test_output_weights_and_losses_are_read_as_strictly(town):
    bag = town.register()
    for words in (
        ("--into", "6.0001:1", "--into", "6.5:2"),
        ("--into", "6:one", "--into", "6.5:2"),
        ("--into", "6:1", "--into", "6.5:2", "--lose", "sorting"),
        ("--into", "6:1", "--into", "6.5:2", "--lose", "sorting=rest", "--lose", "other=rest"),
    ):
        assert town.error("split", bag, *words, "--as", "miner-bw", code=2)["sort"] == "wrong"


def test_what_does_not_balance_is_refused_in_carats(town):
    bag = town.register()
    said = town.run("split", bag, "--into", "6:1", "--into", "6:2", "--as", "miner-bw", code=1)
    assert said.out == ""
    for word in ("balance", "12.500 ct", "12.000 ct", "--lose"):
        assert word in said.err


@pytest.mark.parametrize(
    "words",
    [
        ("show", "0x" + "9" * 64),
        ("show", "0x" + "9" * 40),
        ("show", "99999"),
        ("show", "nobody"),
        ("trace", "0x" + "9" * 64),
        ("handoff", "0x" + "9" * 64, "--to", "trader-be", "--as", "miner-bw"),
        ("register", "--weight", "1", "--as", "nobody"),
        ("register", "--weight", "1", "--as", "spare-1"),
        ("keys", "show", "nobody"),
    ],
)
def test_what_is_not_there_is_unknown(town, words):
    assert town.error(*words, code=3)["sort"] == "unknown"


def test_a_folder_without_a_ledger_is_unknown(town, tmp_path):
    error = town.error("status", "--ledger", str(tmp_path / "nowhere"), code=3)
    assert "nowhere" in error["said"]


def test_a_server_that_is_away_is_unavailable(town):
    error = town.error("status", "--ledger", "http://127.0.0.1:1", code=4)
    assert error["sort"] == "unavailable"


def test_a_lost_checkpoint_store_refuses_to_start_and_recovers_from_a_note_held_elsewhere(town):
    town.run("checkpoint", "--out", "last.note")
    (town.path / "ledger" / "checkpoints.db").unlink()
    error = town.error("status", code=5)
    assert "recover" in error["said"]
    recovered = town.json("recover", "last.note")
    assert recovered["size"] == town.size()
    town.register()
    assert town.json("audit")["isClean"]


def test_a_note_of_another_ledger_recovers_nothing(town, tmp_path):
    (town.path / "ledger" / "checkpoints.db").unlink()
    (tmp_path / "other.note").write_text("another log\n3\nAAAA\n\n— another log AAAA\n")
    assert "signature-line" in town.error("recover", "other.note", code=2)["expected"]
    assert town.error("recover", "missing.note", code=2)["field"] == "NOTE"


def test_a_damaged_ledger_is_named_by_the_audit(town):
    town.register()
    log = town.path / "ledger" / "log.db"
    raw = bytearray(log.read_bytes())
    raw[-2000] ^= 4
    log.write_bytes(raw)
    verdict = town.json("audit", code=1)
    assert not verdict["isClean"]
    assert verdict["faults"][0]["kind"] == "altered"
    assert "page" in verdict["faults"][0]["place"]
    told = town.run("audit", code=1).out
    assert "altered" in told
    assert "found" in told


def test_an_audit_compares_with_checkpoints_that_others_hold(town, tmp_path):
    (tmp_path / "held.note").write_text(town.json("checkpoint")["note"])
    assert "rolled back" in town.run("audit").err
    verdict = town.json("audit", "--checkpoint", "held.note", "--checkpoint", "held.note")
    assert verdict["isClean"]
    assert verdict["figures"]["heldCheckpoints"] == 2
    assert verdict["figures"]["uncoveredEntries"] == 0
    told = town.run("audit", "--checkpoint", "held.note")
    assert "held elsewhere" in told.out
    assert "rolled back" not in told.err
    assert town.error("audit", "--checkpoint", "none.note", code=2)["field"] == "--checkpoint"


def test_rebuilding_changes_nothing_of_a_sound_ledger(town):
    town.register()
    one, two = town.json("rebuild"), town.json("rebuild")
    assert one["fingerprint"] == two["fingerprint"]
    assert not one["hasChanged"]
    assert one["size"] == town.size()


def test_wrong_usage_is_code_two(town):
    for words in ((), ("no-such-command",), ("register",), ("register", "--weight")):
        said = town.run(*words, code=2)
        assert "Traceback" not in said.out + said.err
