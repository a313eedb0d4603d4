"""Work as it is asked for: codes that usually come of it, losses, and what is left over."""

import pytest

from ledger.cli.orders import read_rest, reweighing, usual_code
from ledger.drafts import Goods, Loss, Output
from ledger.errors import BadQuestion, Refused
from ledger.values import Hash32

ROUGH, INDUSTRIAL, UNSORTED, POLISHED = "7102.31", "7102.21", "7102.10", "7102.39"


def goods(code: str, weight: int = 1000, stones: int = 3) -> Goods:
    """Return goods of a code."""
    return Goods(Hash32(b"\x01" * 32), Hash32(b"\x02" * 32), weight, stones, code)


@pytest.mark.parametrize(
    ("operation", "codes", "usual"),
    [
        ("split", [UNSORTED], UNSORTED),
        ("split", [POLISHED], POLISHED),
        ("mix", [ROUGH, ROUGH], ROUGH),
        ("mix", [ROUGH, INDUSTRIAL], UNSORTED),
        ("mix", [POLISHED, POLISHED], POLISHED),
        ("cut", [UNSORTED], ROUGH),
        ("cut", [INDUSTRIAL], INDUSTRIAL),
        ("cut", [ROUGH, INDUSTRIAL], ROUGH),
        ("polish", [UNSORTED], POLISHED),
        ("recut", [POLISHED], POLISHED),
    ],
)
def test_each_operation_has_its_usual_code(operation, codes, usual):
    assert usual_code(operation, [goods(code) for code in codes]) == usual


def test_the_rest_is_what_outputs_and_other_losses_leave():
    losses = read_rest(["sawing=0.10", "cleaning=rest"], 1_000)
    assert losses == {"sawing": Loss(100), "cleaning": Loss(900)}
    assert read_rest(["sawing=0.10"], 1_000) == {"sawing": Loss(100)}
    assert read_rest([], 1_000) == {}


@pytest.mark.parametrize(
    ("texts", "rest"),
    [
        (["sawing=rest", "other=rest"], 100),
        (["sawing=rest", "sawing=0.01"], 100),
        (["sawing=rest"], 0),
        (["sawing=rest"], -1),
        (["sawing=rest", "other=0.10"], 100),
    ],
)
def test_there_is_one_rest_at_most_and_something_of_it(texts, rest):
    with pytest.raises(BadQuestion):
        read_rest(texts, rest)


def test_reweighing_books_the_difference_as_a_loss():
    work = reweighing(goods(ROUGH, 1000, 3), 990, "weighing", 1, "Bag")
    assert work.outputs == [Output(990, 2, ROUGH, "Bag")]
    assert work.losses == {"weighing": Loss(10, 1)}
    assert reweighing(goods(ROUGH, 1000, 3), 1000, "weighing", 0, "").losses == {}


def test_goods_never_grow_and_no_more_stones_are_lost_than_there_are():
    with pytest.raises(Refused) as heavier:
        reweighing(goods(ROUGH, 1000, 3), 1001, "weighing", 0, "")
    assert heavier.value.refusal.rule == "balance"
    with pytest.raises(Refused) as fewer:
        reweighing(goods(ROUGH, 1000, 3), 900, "missing", 4, "")
    assert fewer.value.refusal.rule == "stones-balance"
