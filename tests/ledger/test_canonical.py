import json
import subprocess
import sys
from collections import Counter

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import (
    Envelope,
    decode,
    encode,
    read_envelope,
    read_plain,
    read_record,
    seal,
    to_plain,
)
from ledger.canonical.reading import ORDER
from ledger.errors import Refused
from ledger.limits import LIMITS
from ledger.records import KINDS, WRITABLE
from ledger.signing import read_signed
from ledger.values import Hash32
from tests.random_records import largest_transformation, operations, random_record
from tests.tree import ROOT
from tests.trials import dice, trials
from tests.vectors import make_records
from tests.vectors.record_cases import changed, raw_of

TEXT = make_records.FILE.read_text("ascii")
VECTORS = json.loads(TEXT)
VALID, WRONG = VECTORS["valid"], VECTORS["wrong"]
LEDGER_ID = Hash32(bytes.fromhex(VECTORS["ledgerId"][2:]))
RAWS = [raw_of(case) for case in VALID]
SIGNATURE_RULES = ("signature-form", "signature-count", "signature-order")
RULES = ("size", "json", "depth", "kind", *ORDER, "canonical", *SIGNATURE_RULES)
CANARY = "canary5b1d"


def refusal_of(raw):
    with pytest.raises(Refused) as found:
        read_signed(raw, LEDGER_ID)
    return found.value.refusal


def answer_to(raw):
    """Return the rule and field by which bytes are refused, or None when they are taken."""
    try:
        read_signed(raw, LEDGER_ID)
    except Refused as error:
        assert_it_says_little(error.refusal)
        return error.refusal.rule, error.refusal.field
    return None


def assert_it_says_little(refusal, *secrets):
    """A refusal is one of the list, short, and holds nothing of what was sent."""
    assert refusal.rule in RULES
    assert len(refusal.came) <= LIMITS.refusal_value_characters_max
    assert len(refusal.field) <= LIMITS.refusal_value_characters_max
    for secret in secrets:
        assert secret not in f"{refusal} {refusal!r}"


# The golden vectors.


def test_the_vectors_are_what_their_generator_writes():
    assert make_records.contents() == TEXT


def test_the_vectors_hold_every_operation_of_every_writable_kind():
    written = {(case["kind"], json.loads(case["raw"])["record"]["what"].get("operation"))
               for case in VALID}  # fmt: skip
    roles = {(case["kind"], json.loads(case["raw"])["record"]["what"].get("role"))
             for case in VALID}  # fmt: skip
    for record in WRITABLE:
        for operation in operations(record.KIND):
            assert (record.KIND.name, operation or None) in written | roles


@pytest.mark.parametrize("rule", RULES)
def test_the_vectors_break_every_rule_of_form_in_several_ways(rule):
    assert Counter(case["rule"] for case in WRONG)[rule] >= 5


def test_every_vector_has_a_description_of_its_own():
    described = Counter(case["description"] for case in VALID + WRONG)
    assert [text for text, count in described.items() if count > 1] == []


def test_valid_vectors_are_read_and_encode_to_the_same_bytes():
    for case in VALID:
        envelope = read_envelope(raw_of(case))
        assert envelope.kind == case["kind"]
        assert envelope.raw == raw_of(case), case["description"]
        assert seal(envelope.record, envelope.signatures) == envelope


@pytest.mark.parametrize("rule", RULES)
def test_wrong_vectors_are_refused_by_their_rule_at_their_field(rule):
    found = {}
    for case in WRONG:
        if case["rule"] == rule and (answer := answer_to(raw_of(case))) != (rule, case["field"]):
            found[case["description"]] = answer
    assert found == {}


# Whatever comes.

NAMES = st.sampled_from(["kind", "record", "signatures", "who", "author", "salt", CANARY])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=60)
    | st.text(max_size=40).map(lambda text: text + CANARY)
    | st.binary(max_size=40).map(lambda value: "0x" + value.hex())
    | st.just(10**100)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
LONE_LETTERS = st.binary(max_size=12) | st.sampled_from(
    [b"\\u0000", b"\\ud800", b"null", b"-", b"0", b"1e9", b'"', b"[", b"]", b"{", b"}", b",", b" "]
)


def read_or_refused(raw, *secrets):
    """Read an envelope; what is not read is refused, by nothing but a refusal."""
    try:
        signed = read_signed(raw, LEDGER_ID)
    except Refused as error:
        assert_it_says_little(error.refusal, *secrets)
    else:
        assert seal(signed.record, signed.envelope.signatures).raw == raw


@given(st.binary(max_size=300))
def test_any_bytes_give_an_envelope_or_a_refusal(raw):
    read_or_refused(CANARY.encode() + raw + CANARY.encode(), CANARY)
    read_or_refused(raw)


@given(st.sampled_from(RAWS), st.floats(0, 1), st.integers(0, 40), st.lists(LONE_LETTERS))
def test_bytes_of_an_envelope_replaced_by_others_give_an_envelope_or_a_refusal(
    raw, where, length, put
):
    at = int(where * len(raw))
    spliced = raw[:at] + b"".join(put) + raw[at + length :]
    read_or_refused(spliced)
    read_or_refused(raw[:at] + CANARY.encode() + b"".join(put) + raw[at + length :], CANARY)


def places_in(plain, path=()):
    """List the paths of all values inside a plain one."""
    if isinstance(plain, dict):
        inner = list(plain.items())
    else:
        inner = list(enumerate(plain)) if isinstance(plain, list) else []
    for step, value in inner:
        yield (*path, step)
        yield from places_in(value, (*path, step))


def replaced(plain, path, value):
    """Return a plain value with the one at ``path`` replaced."""
    if not path:
        return value
    copied = plain.copy()
    copied[path[0]] = replaced(plain[path[0]], path[1:], value)
    return copied


@given(st.sampled_from(RAWS), st.data(), st.booleans())
def test_mutated_json_gives_an_envelope_or_a_refusal(raw, data, escaped):
    plain = json.loads(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        paths = list(places_in(plain))
        if not paths:
            break
        plain = replaced(plain, data.draw(st.sampled_from(paths)), data.draw(JSON))
    written = json.dumps(
        plain, ensure_ascii=escaped, separators=(",", ":"), sort_keys=True, default=str
    )
    read_or_refused(written.encode(errors="surrogatepass"), CANARY)


@given(JSON, st.sampled_from(sorted(KINDS)))
def test_any_plain_value_gives_a_record_or_a_refusal(plain, kind):
    for asked in (plain, {"kind": kind, "record": plain, "signatures": []}):
        try:
            read_plain(asked)
        except Refused as error:
            assert_it_says_little(error.refusal, CANARY)


def test_a_refusal_repeats_nothing_wherever_the_text_stands():
    made = json.loads(RAWS[0])
    for path in places_in(made):
        raw = encode(replaced(made, path, CANARY))
        try:
            read_signed(raw, LEDGER_ID)
        except Refused as error:
            assert_it_says_little(error.refusal, CANARY)
    raw = encode(changed(made, (CANARY, 1), ("record." + CANARY, 1)))
    assert_it_says_little(refusal_of(raw), CANARY)


# Canonical text.

PLAIN = st.recursive(
    st.text() | st.integers(0, LIMITS.integer_max),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=20), inner)
    ),
)


@given(PLAIN)
def test_canonical_text_is_that_of_the_reference(plain):
    assert encode(plain) == rfc8785.dumps(plain)


@given(PLAIN)
def test_canonical_text_is_read_back_as_it_was(plain):
    assert decode(encode(plain)) == plain


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_random_records_of_every_kind_are_read_and_written_back(kind):
    source = dice(f"canonical {kind}")
    for _ in range(trials("records.random_per_kind")):
        plain = random_record(KINDS[kind], source)
        record = read_record(KINDS[kind], plain)
        assert to_plain(record) == plain
        assert read_record(KINDS[kind], decode(encode(to_plain(record)))) == record
        assert encode(plain) == rfc8785.dumps(plain)


@pytest.mark.parametrize("kind", sorted(record.KIND.name for record in WRITABLE))
def test_envelopes_of_every_writable_kind_are_read_and_written_back(kind):
    source = dice(f"envelopes {kind}")
    for _ in range(trials("records.random_per_kind")):
        record = read_record(KINDS[kind], random_record(KINDS[kind], source))
        signatures = tuple(source.randbytes(65) for _ in range(source.randrange(4)))
        envelope = seal(record, signatures)
        assert read_envelope(envelope.raw) == Envelope(record, signatures, envelope.raw)


def test_an_envelope_of_the_most_bytes_is_read_and_one_byte_more_is_refused():
    kind = KINDS["Transformation"]
    plain = largest_transformation(dice("most bytes"))
    plain["amounts"]["weightsMillicarats"] = [LIMITS.integer_max] * 512
    plain["amounts"]["stones"] = [LIMITS.integer_max] * 512
    size = len(seal(read_record(kind, plain), (bytes(65),)).raw)
    missing = LIMITS.envelope_bytes_max - size
    lengths = [missing // 512 + (number < missing % 512) for number in range(512)]
    # A quote is written in two bytes.
    plain["amounts"]["labels"] = ['"' * (length // 2) + "x" * (length % 2) for length in lengths]
    raw = seal(read_record(kind, plain), (bytes(65),)).raw
    assert len(raw) == LIMITS.envelope_bytes_max
    assert read_envelope(raw).raw == raw
    plain["amounts"]["labels"][0] += "x"
    longer = seal(read_record(kind, plain), (bytes(65),)).raw
    assert refusal_of(longer).rule == "size"


def test_lists_and_objects_may_be_nested_as_deep_as_the_limit():
    levels = LIMITS.envelope_depth_max
    assert refusal_of(b"[" * levels + b"]" * levels).rule == "kind"
    assert refusal_of(b"[" * (levels + 1) + b"]" * (levels + 1)).rule == "depth"


@pytest.mark.parametrize("opening", ["[", '{"":', '[{"":'])
def test_brackets_alone_do_not_end_the_process(opening):
    """Some libraries lift the limit on recursion to where the machine's own stack ends first."""
    program = (
        "import sys; sys.setrecursionlimit(1_000_000)\n"
        "from ledger.canonical import read_envelope\n"
        "from ledger.errors import Refused\n"
        "try: read_envelope(sys.stdin.buffer.read())\n"
        "except Refused as error: print(error.refusal.rule)\n"
    )
    raw = (opening * LIMITS.envelope_bytes_max)[: LIMITS.envelope_bytes_max].encode()
    asked = [sys.executable, "-c", program]
    answered = subprocess.run(asked, input=raw, cwd=ROOT, capture_output=True, check=True)
    assert answered.stdout == b"depth\n"


def test_a_long_list_of_faults_names_the_first_of_the_rule_that_comes_first():
    envelope = json.loads(next(raw for raw in RAWS if json.loads(raw)["kind"] == "Charter"))
    keys = ["x" * 3_000, 7, *[""] * 100, 8]
    envelope["record"]["what"]["checkpointKeys"] = keys
    with pytest.raises(Refused) as caught:
        read_envelope(encode(envelope))
    refusal = caught.value.refusal
    assert (refusal.rule, refusal.field) == ("type", "what.checkpointKeys.1")
