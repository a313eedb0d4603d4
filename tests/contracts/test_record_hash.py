"""The generated Solidity is up to date, and computes the hashes that Python computes."""

from __future__ import annotations

import json

import pytest

from contracts.generate import FILES, HERE, MIRRORED
from ledger.anchor.mirroring import as_struct
from ledger.canonical import read_envelope, read_record
from ledger.canonical.reading import Faults
from ledger.records import KINDS
from ledger.signing import output_id, record_id
from ledger.values import Hash32, from_hex
from tests.contracts.compiling import contract_of_tests
from tests.evm import Evm
from tests.random_records import largest_transformation, random_record
from tests.trials import dice, trials
from tests.vectors.make_log import FOLDER

pytestmark = pytest.mark.node

VECTORS = json.loads((FOLDER / "records.json").read_text("utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_generating_again_gives_the_same_file(name):
    assert FILES[name]() == (HERE / name).read_text("utf-8")


class Hashes:
    """The library, to be asked from outside."""

    def __init__(self):
        self.contract = contract_of_tests("RecordHashes")
        self.evm = Evm()
        self.address = self.evm.deploy(self.contract.bytecode)

    def ask(self, name, *values):
        """Return what the contract computes."""
        answer = self.evm.call(self.address, self.contract.call(name, *values))
        return self.contract.answer(name, answer)[0]

    def record_id(self, record, ledger_id):
        """Return the id of a record."""
        name = record.KIND.name
        return self.ask(name[0].lower() + name[1:], ledger_id, as_struct(record))


@pytest.fixture(scope="module")
def hashes():
    return Hashes()


def read(kind, plain):
    return read_record(KINDS[kind], plain, Faults())


@pytest.mark.parametrize("kind", MIRRORED)
def test_the_ids_of_random_records_are_those_of_python(hashes, kind):
    random = dice(f"contracts.hashes.{kind}")
    for _ in range(trials("contracts.hashes")):
        record = read(kind, random_record(KINDS[kind], random))
        ledger_id = Hash32(random.randbytes(32))
        assert hashes.record_id(record, ledger_id) == record_id(record, ledger_id)


def test_the_golden_vectors_have_their_ids(hashes):
    ledger_id = from_hex(VECTORS["ledgerId"], 32)
    cases = [case for case in VECTORS["valid"] if case["kind"] in MIRRORED]
    assert {case["kind"] for case in cases} == set(MIRRORED)
    for case in cases:
        record = read_envelope(case["raw"].encode()).record
        assert hashes.record_id(record, ledger_id) == from_hex(case["recordId"], 32), case


def test_lists_of_512_hash_as_in_python(hashes):
    record = read("Transformation", largest_transformation(dice("contracts.largest_record")))
    assert len(record.what.inputs) == len(record.what.hs_codes) == 512
    assert hashes.record_id(record, bytes(32)) == record_id(record, bytes(32))


def test_output_ids_are_those_of_python(hashes):
    record = Hash32(bytes(range(32)))
    for position in (0, 1, 255, 256, 511):
        assert hashes.ask("outputId", record, position) == output_id(record, position)
