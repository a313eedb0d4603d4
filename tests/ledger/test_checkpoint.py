import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import (
    Checkpoint,
    Note,
    Signature,
    SignerKey,
    VerifierKey,
    open_checkpoint,
    sign_checkpoint,
    sign_note,
)
from ledger.errors import AdamantError, BadQuestion, ProofError, ProofFault
from ledger.limits import LIMITS
from ledger.merkle import EMPTY_ROOT
from tests.vectors.log_notes import FOO, FOO_NOTE, LOG, LOG_KEY, LOG_SECRET, LOG_SEED
from tests.vectors.make_log import FOLDER, files

VECTORS = json.loads((FOLDER / "notes.json").read_text("utf-8"))
GOLDEN_NOTE = VECTORS["checkpoints"][0]["note"]
GOLDEN = Checkpoint.parse(GOLDEN_NOTE.partition("\n\n")[0] + "\n")
LOG_VERIFIER = VerifierKey.parse(LOG_KEY)
LOG_SIGNER = SignerKey.parse(LOG_SECRET)
WITNESS = SignerKey("witness.example/w1", bytes(32))


def about(case):
    return case["description"]


def keys_of(case):
    return [VerifierKey.parse(key) for key in case["keys"]]


# --- Golden values ---


def test_the_vectors_are_what_their_generator_writes():
    assert (FOLDER / "notes.json").read_text("utf-8") == files()["notes.json"]


@pytest.mark.parametrize("case", VECTORS["keys"], ids=about)
def test_a_verifier_key_is_read_or_refused_as_its_vector_says(case):
    if case["expected"] == "valid":
        assert str(VerifierKey.parse(case["key"])) == case["key"]
        return
    with pytest.raises(BadQuestion) as refused:
        VerifierKey.parse(case["key"])
    assert refused.value.expected == case["expected"]


@pytest.mark.parametrize("case", VECTORS["notes"], ids=about)
def test_a_note_is_judged_as_its_vector_says(case):
    data = case["note"].encode()
    if case["expected"] == "valid":
        assert Note.parse(data).verify(keys_of(case))
        assert Note.parse(data).encode() == data
        return
    with pytest.raises(ProofError) as refused:
        Note.parse(data).verify(keys_of(case))
    assert refused.value.reason == case["expected"]


@pytest.mark.parametrize("case", VECTORS["checkpoints"], ids=about)
def test_a_checkpoint_is_judged_as_its_vector_says(case):
    data = case["note"].encode()
    if case["expected"] == "valid":
        opened = open_checkpoint(data, keys_of(case))
        assert opened.checkpoint.format() == opened.note.text
        assert opened.note.encode() == data
        return
    with pytest.raises(ProofError) as refused:
        open_checkpoint(data, keys_of(case))
    assert refused.value.reason == case["expected"]


def test_most_vectors_must_fail_and_together_they_show_every_reason():
    expected = [case["expected"] for case in (*VECTORS["notes"], *VECTORS["checkpoints"])]
    assert expected.count("valid") < len(expected) / 4
    of_notes = get_args(ProofFault)[get_args(ProofFault).index("note-bytes") :]
    assert {*expected} == {"valid", *of_notes} - {"note-bytes"}  # Too large for a file.


def test_the_golden_checkpoint_comes_out_byte_for_byte():
    assert sign_checkpoint(GOLDEN, [LOG_SIGNER]).encode() == GOLDEN_NOTE.encode()


def test_the_keys_of_the_golden_log_belong_together():
    assert SignerKey(LOG, LOG_SEED) == LOG_SIGNER
    assert LOG_SIGNER.verifier_key == LOG_VERIFIER
    assert LOG_SIGNER.key_id == LOG_VERIFIER.key_id == bytes.fromhex("33d7b496")
    assert LOG_SIGNER.reveal_secret() == LOG_SECRET


# --- Keys ---


@given(st.binary(min_size=32, max_size=32), st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_key_made_from_a_seed_is_read_again_or_has_an_unfit_name(seed, name):
    try:
        key = SignerKey(name, seed)
    except BadQuestion:
        assert name == "" or any(c.isspace() or c == "+" or c < " " for c in name)
        return
    assert SignerKey.parse(key.reveal_secret()) == key
    assert VerifierKey.parse(str(key.verifier_key)) == key.verifier_key


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\u3000b", "a\u2029", "\ud800"])
def test_an_unfit_name_makes_no_key(name):
    with pytest.raises(BadQuestion):
        SignerKey(name, bytes(32))
    with pytest.raises(BadQuestion):
        VerifierKey(name, bytes(32))


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_seed_of_another_length_makes_no_key(seed):
    with pytest.raises(BadQuestion):
        SignerKey(LOG, seed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PRIVATE+KEY+",
        LOG_KEY,
        LOG_SECRET.removeprefix("PRIVATE+KEY+"),
        LOG_SECRET.replace("PRIVATE", "private"),
        LOG_SECRET.replace("33d7b496", "33D7B496"),
        LOG_SECRET.replace("33d7b496", "33d7b497"),
        LOG_SECRET.replace("testdata", "otherdata"),
        LOG_SECRET.replace("+Aey", "+Bey"),
        LOG_SECRET[:-4],
        LOG_SECRET + "\n",
        "PRIVATE+KEY+" + LOG_SECRET,
    ],
)
def test_a_malformed_signer_key_is_refused_without_showing_it(text):
    with pytest.raises(BadQuestion) as refused:
        SignerKey.parse(text)
    assert "ymY" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_signer_key_shows_its_seed_only_when_asked():
    shown = f"{LOG_SIGNER} {LOG_SIGNER!r} {[LOG_SIGNER]}"
    assert LOG in shown
    assert not any(secret in shown for secret in (repr(LOG_SEED), LOG_SEED.hex(), LOG_SECRET[-44:]))


@given(st.text())
def test_any_text_is_a_key_or_a_bad_question(text):
    for kind in (VerifierKey, SignerKey):
        with pytest.raises(BadQuestion):
            kind.parse(text)


# --- Notes ---


def test_a_line_of_a_known_key_is_told_by_name_and_id_together():
    note = sign_note("text\n", [LOG_SIGNER, WITNESS])
    assert note.verify([LOG_VERIFIER]) == (LOG_VERIFIER,)
    assert note.verify([WITNESS.verifier_key]) == (WITNESS.verifier_key,)
    both = [WITNESS.verifier_key, LOG_VERIFIER]
    assert note.verify(both) == (LOG_VERIFIER, WITNESS.verifier_key)


def test_a_key_that_signs_twice_counts_once():
    note = sign_note("text\n", [LOG_SIGNER, LOG_SIGNER])
    assert len(note.signatures) == 2
    assert note.verify([LOG_VERIFIER]) == (LOG_VERIFIER,)


def test_two_known_keys_of_one_name_and_id_are_a_bad_question():
    class Impostor:
        name = LOG
        key_id = LOG_VERIFIER.key_id

        def verify(self, *_):
            return True

    note = sign_note("text\n", [LOG_SIGNER])
    for other in (LOG_VERIFIER, Impostor()):
        with pytest.raises(BadQuestion):
            note.verify([LOG_VERIFIER, other])


def test_a_note_of_more_than_a_mebibyte_is_refused_before_it_is_read():
    text = "x" * (LIMITS.note_bytes_max - len(FOO_NOTE.encode())) + FOO_NOTE
    assert len(text.encode()) == LIMITS.note_bytes_max
    assert Note.parse(text.encode()).signatures
    with pytest.raises(ProofError) as refused:
        Note.parse(b"x" + text.encode())
    assert refused.value.reason == "note-bytes"


@pytest.mark.parametrize("wrong", [b"\xff", b"\xc0\x8a", b"\xed\xa0\x80", b"\xf5\x80\x80", b"\xe2"])
def test_bytes_that_are_not_utf_8_are_refused(wrong):
    with pytest.raises(ProofError) as refused:
        Note.parse(wrong + FOO_NOTE.encode())
    assert refused.value.reason == "note-text"


@pytest.mark.parametrize("control", [chr(code) for code in range(32) if code != 10])
def test_no_control_character_passes_anywhere(control):
    for at in range(0, len(FOO_NOTE), 11):
        with pytest.raises(ProofError) as refused:
            Note.parse((FOO_NOTE[:at] + control + FOO_NOTE[at:]).encode())
        assert refused.value.reason == "note-text"


@pytest.mark.parametrize("text", ["", "no end", "a\rb\n", "a\0\n", "\ud800\n"])
def test_an_unfit_text_is_not_signed(text):
    with pytest.raises(BadQuestion):
        sign_note(text, [LOG_SIGNER])


@pytest.mark.parametrize("count", [0, 101])
def test_a_note_nobody_would_read_is_not_signed(count):
    with pytest.raises(BadQuestion):
        sign_note("text\n", [LOG_SIGNER] * count)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), st.integers(1, 3))
def test_a_signed_note_is_read_again_whatever_its_text(text, count):
    note = sign_note(text + "\n", [LOG_SIGNER, WITNESS, LOG_SIGNER][:count])
    assert Note.parse(note.encode()) == note
    assert LOG_VERIFIER in note.verify([LOG_VERIFIER, WITNESS.verifier_key])


pieces = st.sampled_from(
    [
        "\n",
        "\n\n",
        "— ",
        "—",
        " ",
        "a.example",
        "+",
        "AAAAAAA=",
        "AAAA",
        "x",
        "\u2028",
        "\xa0",
        "\0",
    ]
)


@given(st.binary() | st.lists(pieces).map(lambda parts: "".join(parts).encode()))
def test_any_bytes_are_written_the_same_again_or_are_no_note(data):
    try:
        note = Note.parse(data)
    except ProofError:
        return
    assert note.encode() == data
    assert note.signatures
    assert all(isinstance(line, Signature) and line.value for line in note.signatures)


# --- Checkpoints ---


def test_no_bit_of_a_checkpoint_can_be_flipped():
    data = GOLDEN_NOTE.encode()
    for bit in range(8 * len(data)):
        other = bytearray(data)
        other[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ProofError):
            open_checkpoint(bytes(other), [LOG_VERIFIER])


def test_no_byte_of_a_checkpoint_can_be_left_out_or_doubled():
    data = GOLDEN_NOTE.encode()
    for at in range(len(data)):
        for other in (data[:at] + data[at + 1 :], data[:at] + data[at : at + 1] + data[at:]):
            with pytest.raises(ProofError):
                open_checkpoint(other, [LOG_VERIFIER])


sizes = st.integers(1, 2**63 - 1)
roots = st.binary(min_size=32, max_size=32)


@given(sizes, roots)
def test_what_is_signed_is_opened_again(size, root):
    checkpoint = Checkpoint(LOG, size, root)
    assert Checkpoint.parse(checkpoint.format()) == checkpoint
    note = sign_checkpoint(checkpoint, [LOG_SIGNER])
    opened = open_checkpoint(note.encode(), [LOG_VERIFIER])
    assert (opened.checkpoint, opened.note) == (checkpoint, note)
    assert opened.signed_by == (LOG_VERIFIER,)


numbers = st.integers().map(str) | st.text(max_size=4) | st.sampled_from(["07", "1_0", " 1", "٣"])


@given(st.text() | st.builds("{}\n{}\n{}\n".format, st.text(max_size=3), numbers, st.text()))
def test_any_text_is_written_the_same_again_or_is_no_checkpoint(text):
    try:
        checkpoint = Checkpoint.parse(text)
    except ProofError:
        return
    assert checkpoint.format() == text


@given(numbers.filter(lambda number: not number.isdecimal()))
def test_a_size_is_digits_alone(number):
    with pytest.raises(ProofError):
        Checkpoint.parse(GOLDEN.format().replace("15", number, 1))


@pytest.mark.parametrize("end", ["", "\nmore", "\n\n", "\nmore\n", "\r\n"])
def test_a_checkpoint_is_three_ended_lines(end):
    with pytest.raises(ProofError):
        Checkpoint.parse(GOLDEN.format().removesuffix("\n") + end)


def test_witnesses_are_told_apart_from_the_log():
    note = sign_checkpoint(GOLDEN, [LOG_SIGNER])
    cosigned = Note(note.text, note.signatures + sign_note(note.text, [WITNESS]).signatures)
    opened = open_checkpoint(cosigned.encode(), [LOG_VERIFIER], [WITNESS.verifier_key])
    assert opened.signed_by == (LOG_VERIFIER, WITNESS.verifier_key)
    with pytest.raises(ProofError) as refused:
        open_checkpoint(cosigned.encode(), [], [WITNESS.verifier_key])
    assert refused.value.reason == "no-known-signature"


def test_a_failing_witness_spoils_the_whole_checkpoint():
    note = sign_checkpoint(GOLDEN, [LOG_SIGNER])
    cosigned = Note(note.text, note.signatures + sign_note("other\n", [WITNESS]).signatures)
    assert open_checkpoint(cosigned.encode(), [LOG_VERIFIER]).checkpoint == GOLDEN
    with pytest.raises(ProofError) as refused:
        open_checkpoint(cosigned.encode(), [LOG_VERIFIER], [WITNESS.verifier_key])
    assert refused.value.reason == "signature"


def test_a_witness_named_like_the_log_does_not_speak_for_it():
    twin = SignerKey(LOG, bytes(32))
    note = sign_checkpoint(GOLDEN, [twin])
    with pytest.raises(ProofError) as refused:
        open_checkpoint(note.encode(), [LOG_VERIFIER], [twin.verifier_key])
    assert refused.value.reason == "no-known-signature"


def test_a_log_signs_under_its_own_name_alone():
    with pytest.raises(BadQuestion):
        sign_checkpoint(GOLDEN, [WITNESS])
    with pytest.raises(BadQuestion):
        sign_checkpoint(GOLDEN, [LOG_SIGNER, WITNESS])


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint(LOG, -1, EMPTY_ROOT),
        Checkpoint(LOG, 2**63, GOLDEN.root),
        Checkpoint(LOG, 0, GOLDEN.root),
        Checkpoint(LOG, 1, GOLDEN.root[1:]),
    ],
)
def test_a_checkpoint_nobody_could_open_is_not_signed(checkpoint):
    with pytest.raises(AdamantError):
        sign_checkpoint(checkpoint, [LOG_SIGNER])


def test_the_example_of_the_note_specification_is_verified():
    foo = VerifierKey.parse(FOO)
    assert Note.parse(FOO_NOTE.encode()).verify([foo]) == (foo,)
