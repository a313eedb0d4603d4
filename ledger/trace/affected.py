"""How much of a parcel can be of recalled goods: the least and the most, in whole millicarats.

Goods are of two sorts here, recalled and other, and an operation mixes and divides them as it does
origins (``docs/spec/bounds.md``, whose step numbers are used): with two sorts, one interval says
all, since the rest of the parcel is of the other sort. So a recall is followed with two numbers a
parcel, wherever it begins, and never reads what origins are kept.

An interval is never too narrow. It may be wider than what a parcel's bounds by site say, which tell
more than two sorts apart. One stone is of one sort: all of it is recalled, none, or either.

    >>> bag, other = whole(3000), nothing(1000)
    >>> spread([bag, other], Made((2500, 1400), (0, 0), 100, lambda: (0, 0)))
    [Share(weight=2500, least=1500, most=2500), Share(weight=1400, least=400, most=1400)]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Share(NamedTuple):
    """What a parcel holds of recalled goods, in millicarats of its book weight.

    Attributes:
        weight: the parcel's.
        least: certainly recalled.
        most: possibly recalled, at most.

    """

    weight: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Made:
    """What an operation makes.

    Attributes:
        weights: of each output, in millicarats.
        stones: of each output; 0 = not counted.
        loss: the sum of the losses.
        tolerances: returns the weighing tolerance of each single stone; asked only if it decides.

    """

    weights: Sequence[int]
    stones: Sequence[int]
    loss: int
    tolerances: Callable[[], Sequence[int]]


def whole(weight: int) -> Share:
    """Return the share of recalled goods in a recalled parcel."""
    return Share(weight, weight, weight)


def nothing(weight: int) -> Share:
    """Return the share of recalled goods in a parcel of others."""
    return Share(weight, 0, 0)


def reweighed(share: Share, weight: int, stones: int = 0) -> Share:
    """Return a parcel's share after Receipts have lowered its weight, or it lost stones."""
    gone = share.weight - weight
    least, most = max(0, share.least - gone), min(share.most, weight)
    if stones == 1:
        return _of_one_stone(weight, may_be=most > 0, may_be_other=least < weight)
    return Share(weight, least, most)


def spread(inputs: Sequence[Share], made: Made) -> list[Share]:
    """Return what each output of an operation holds of the recalled goods that went in."""
    total, least, most = (sum(column) for column in zip(*inputs, strict=True))
    if most == 0:
        return [nothing(weight) for weight in made.weights]
    if least == total:
        return [whole(weight) for weight in made.weights]
    whole_in = Share(total, least, most)
    drawn = _drawn(whole_in, made)
    least_sum = sum(one.least for one, _ in drawn)
    most_sum = sum(one.most for one, _ in drawn)
    # What a part must take when all others take their most, and may when they take their least.
    lost_most = min(made.loss, most)
    lost_least = max(0, made.loss - (total - least))
    found = []
    for (own, slack), stones in zip(drawn, made.stones, strict=True):
        lower = max(own.least, least - (most_sum - own.most) - lost_most)
        upper = min(own.most, most - (least_sum - own.least) - lost_least)
        if stones != 1:
            fits = lower <= upper
            found.append(Share(own.weight, lower, upper) if fits else own)
        elif lower > upper:
            found.append(Share(own.weight, 0, own.weight))  # the records leave nothing that fits
        else:
            found.append(
                _of_one_stone(
                    own.weight,
                    may_be=upper + slack >= own.weight,
                    may_be_other=lower <= slack,
                )
            )
    return found


def _drawn(whole_in: Share, made: Made) -> list[tuple[Share, int]]:
    """Take steps 2 and 3: what each output drew of recalled goods, and its slack as one stone."""
    total, least, most = whole_in
    drawn = [
        Share(weight, max(0, least - (total - weight)), min(most, weight))
        for weight in made.weights
    ]
    # Where a stone can be of either sort whatever its scale shows, no tolerance is asked for.
    decides = any(
        count == 1 and (one.least > 0 or one.most < one.weight)
        for one, count in zip(drawn, made.stones, strict=True)
    )
    tolerances = made.tolerances() if decides else [0] * len(drawn)
    return [
        _drawn_by_one(one, min(tolerance, one.weight - 1)) if count == 1 else (one, 0)
        for one, count, tolerance in zip(drawn, made.stones, tolerances, strict=True)
    ]


def _drawn_by_one(split: Share, slack: int) -> tuple[Share, int]:
    """Take step 3 for one stone: it drew little of what it is not, most of what it is."""
    weight, least, most = split
    may_be, may_be_other = most + slack >= weight, least <= slack
    if may_be and not may_be_other:
        return Share(weight, max(least, weight - slack), most), slack
    if may_be_other and not may_be:
        return Share(weight, least, min(most, slack)), slack
    return split, slack


def _of_one_stone(weight: int, *, may_be: bool, may_be_other: bool) -> Share:
    """Return what one stone is: none of it, all of it, or either where nothing decides."""
    if may_be == may_be_other:
        return Share(weight, 0, weight)
    return whole(weight) if may_be else nothing(weight)
