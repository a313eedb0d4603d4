"""Origin bounds through splits and mixes: the least and the most of each origin in a parcel.

An origin is a country and, below it, a site. A registration is wholly of its own site. Where
parcels are split and mixed the records no longer say which goods went where; what stays provable
is an interval per origin, in whole millicarats of book weight. Intervals are never too narrow, and
not always as narrow as an exact solution over the whole history; ``docs/spec/bounds.md`` gives
the method, whose step numbers are used here, its model of truth and its measured tightness.

One :class:`Blend` is kept per operation, whatever the number of its outputs; an output's bounds
are computed from it on demand. A Receipt at a smaller weight, a reweigh and a polishing are
operations like a split or a mix.

    >>> inputs = [registered("BW", b"1" * 32, 3000), registered("CA", b"2" * 32, 1000)]
    >>> mixed = blend(inputs, [2500, 1400], [0, 0], 100, lambda weight: 5)
    >>> mixed.output(0).country("BW")
    Bound(least=1500, most=2500, pro_rata=1875)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.trace.intervals import Box, Span, one_stone, part, settle
from ledger.trace.origins import OTHER_SITES, Bound, CountryBounds, OriginBounds, registered
from ledger.trace.rows import Origins, assemble, gather, spans_of
from ledger.trace.shares import Halves, fit, share_of
from ledger.values import HASH_BYTES, Hash32, SiteId, from_hex, to_hex

__all__ = [
    "OTHER_SITES",
    "Blend",
    "Bound",
    "CountryBounds",
    "OriginBounds",
    "Outputs",
    "blend",
    "registered",
]

_ROW_LISTS: Final = ("least", "most", "least_sum", "most_sum", "pro_rata")
_OUTPUT_LISTS: Final = ("weights", "stones", "tolerances")


@dataclass(frozen=True, slots=True)
class Blend:
    """What is kept of one operation, to bound any of its outputs.

    The lists of rows follow ``origins``: each country's row and behind it those of its sites.

    Attributes:
        origins: the countries and sites of the inputs.
        least: of each row, in all inputs together (L).
        most: of each row, in all inputs together (U).
        least_sum: of each row, the sum of the outputs' least after step 3.
        most_sum: of each row, the sum of the outputs' most after step 3.
        pro_rata: of each row, the sum of the inputs' pro-rata amounts.
        weights: of each output, in millicarats.
        stones: of each output; 0 = not counted.
        tolerances: the weighing tolerance of each single stone; 0 for other outputs.
        loss: the sum of the operation's losses, in millicarats.

    """

    origins: Origins
    least: tuple[int, ...]
    most: tuple[int, ...]
    least_sum: tuple[int, ...]
    most_sum: tuple[int, ...]
    pro_rata: tuple[int, ...]
    weights: tuple[int, ...]
    stones: tuple[int, ...]
    tolerances: tuple[int, ...]
    loss: int

    def output(self, position: int) -> OriginBounds:
        """Bound the output at ``position``, from 0.

        Costs O(rows), and O(rows x log outputs) for the pro-rata amounts; who asks for many
        outputs makes one :class:`Outputs`.

        Raises:
            IndexError: there is no such output.

        """
        return Outputs(self).output(position)

    def lost(self) -> dict[str, int]:
        """Give the losses' pro-rata amount per country, in millicarats; they sum to ``loss``."""
        spans, parts = spans_of(self.origins), (*self.weights, self.loss)
        rows = share_of(self.pro_rata, spans, parts, len(self.weights))
        return {
            country: rows[span.start]
            for (country, _), span in zip(self.origins, spans, strict=True)
        }

    def to_plain(self) -> dict[str, Any]:
        """Give the blend as plain values: lists, whole numbers and text, site ids as 0x hex."""
        origins = [[country, [to_hex(site) for site in sites]] for country, sites in self.origins]
        lists = {name: list(getattr(self, name)) for name in _ROW_LISTS + _OUTPUT_LISTS}
        return {"loss": self.loss, "origins": origins, **lists}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Blend:
        """Read what :meth:`to_plain` gave.

        Raises:
            Damaged: it would not be written so.

        """
        try:
            origins = tuple(
                (str(country), tuple(_site(text) for text in sites))
                for country, sites in plain["origins"]
            )
            lists = {name: tuple(map(_amount, plain[name])) for name in _ROW_LISTS + _OUTPUT_LISTS}
            found = cls(origins=origins, loss=_amount(plain["loss"]), **lists)
        except (KeyError, TypeError, ValueError) as error:
            raise Damaged("altered", "origin bounds", "not the plain values of a blend") from error
        rows = sum(1 + len(sites) for _, sites in origins)
        outputs = len(found.weights)
        if (
            found.to_plain() != plain
            or any(len(lists[name]) != rows for name in _ROW_LISTS)
            or any(len(lists[name]) != outputs for name in _OUTPUT_LISTS)
        ):
            raise Damaged("altered", "origin bounds", "lists that do not belong together")
        return found


class Outputs:
    """The outputs of one blend: what they share is worked out once, however many are asked for."""

    def __init__(self, blend: Blend) -> None:
        self._blend = blend
        self._spans = spans_of(blend.origins)
        self._whole = Box(blend.least, blend.most)
        self._parts = (*blend.weights, blend.loss)
        self._total = sum(self._parts)
        # What a part must take of each row when all others take their most, and may take when
        # all others take their least, before what it takes itself is known.
        lost = [min(blend.loss, most) for most in blend.most]
        most = zip(blend.least, blend.most_sum, lost, strict=True)
        self._least_left = [least - (others + gone) for least, others, gone in most]
        self._most_left = [
            most - others for most, others in zip(blend.most, blend.least_sum, strict=True)
        ]
        self._halves: Halves = {}
        self._bounds: dict[int, OriginBounds] = {}

    def output(self, position: int) -> OriginBounds:
        """Bound the output at ``position``, from 0.

        Raises:
            IndexError: there is no such output.

        """
        if not 0 <= position < len(self._blend.weights):
            raise IndexError(f"no output {position}")
        if position not in self._bounds:
            self._bounds[position] = self._bound(position)
        return self._bounds[position]

    def slack(self, position: int) -> int | None:
        """Say by how much one stone's book weight may exceed what it drew; None for others."""
        blend = self._blend
        return _slack(blend.weights[position], blend.stones[position], blend.tolerances[position])

    def contradicted(self) -> tuple[int, ...]:
        """List the outputs, by position, for which the records leave no composition.

        Each is bounded but for its pro-rata amounts. Where no output is one stone there is none:
        the shares by weight are then a composition that fits all outputs.
        """
        if 1 not in self._blend.stones:
            return ()
        positions = range(len(self._blend.weights))
        return tuple(position for position in positions if self._fitting(position)[1] is None)

    def _fitting(self, position: int) -> tuple[Box, Box | None]:
        """Bound an output by the split alone, and by steps 2 to 4; None where nothing fits."""
        blend = self._blend
        weight = blend.weights[position]
        slack = _slack(weight, blend.stones[position], blend.tolerances[position])
        split, drawn = _alone(self._whole, self._spans, self._total, weight, slack)
        return split, self._among_siblings(drawn, weight, slack) if drawn else None

    def _bound(self, position: int) -> OriginBounds:
        blend, spans = self._blend, self._spans
        weight = blend.weights[position]
        split, known = self._fitting(position)
        box = known or split
        held = share_of(blend.pro_rata, spans, self._parts, position, self._halves)
        shares = fit(held, spans, box, weight)
        countries = assemble(blend.origins, box, shares)
        return OriginBounds(weight, countries, contradicted=known is None)

    def _among_siblings(self, drawn: Box, weight: int, slack: int | None) -> Box | None:
        """Take step 4 from what steps 2 and 3 gave; None when no composition is left."""
        least = [
            max(own, own_most + left)
            for own, own_most, left in zip(drawn.least, drawn.most, self._least_left, strict=True)
        ]
        most = [
            min(own, own_least + left)
            for own, own_least, left in zip(drawn.most, drawn.least, self._most_left, strict=True)
        ]
        box = settle(Box(tuple(least), tuple(most)), self._spans, weight)
        if box.is_empty:
            return None
        if slack is None:
            return box
        stone = one_stone(box, self._spans, weight, slack)
        return stone.whole if stone else None


def blend(
    inputs: Sequence[OriginBounds],
    weights: Sequence[int],
    stones: Sequence[int],
    loss: int,
    tolerance: Callable[[int], int],
    *,
    sites_max: int = LIMITS.origin_sites_max,
) -> Blend:
    """Work out what is kept of one operation; the inputs' order does not matter.

    Args:
        inputs: the bounds of each input, at least one.
        weights: of each output, in millicarats, > 0; at least one.
        stones: of each output; 0 = not counted. An output of one stone has one origin.
        loss: the sum of the operation's losses, in millicarats.
        tolerance: the weighing tolerance of a book weight, both in millicarats, by the charter
            in force.
        sites_max: how many sites are told apart; from here on the goods of the others are known
            by their country alone.

    Raises:
        ValueError: inputs are not outputs plus loss, or an output lacks a weight or a count.

    """
    total = sum(parcel.weight_millicarats for parcel in inputs)
    if not weights or min(weights) < 1 or loss < 0 or total != sum(weights) + loss:
        raise ValueError("inputs are outputs plus loss, and every output weighs something")
    outputs = [
        (weight, count, tolerance(weight) if count == 1 else 0)
        for weight, count in zip(weights, stones, strict=True)
    ]
    origins, box, pro_rata = gather(inputs, sites_max)
    spans = spans_of(origins)
    whole = settle(box, spans, total)
    least_sum, most_sum = [0] * len(pro_rata), [0] * len(pro_rata)
    for weight, count, allowed in outputs:
        split, drawn = _alone(whole, spans, total, weight, _slack(weight, count, allowed))
        known = drawn or split
        least_sum = [sum(pair) for pair in zip(least_sum, known.least, strict=True)]
        most_sum = [sum(pair) for pair in zip(most_sum, known.most, strict=True)]
    return Blend(
        origins=origins,
        least=whole.least,
        most=whole.most,
        least_sum=tuple(least_sum),
        most_sum=tuple(most_sum),
        pro_rata=pro_rata,
        weights=tuple(weights),
        stones=tuple(stones),
        tolerances=tuple(allowed for _, _, allowed in outputs),
        loss=loss,
    )


def _alone(
    whole: Box, spans: Sequence[Span], total: int, weight: int, slack: int | None
) -> tuple[Box, Box | None]:
    """Take steps 2 and 3 for one output: bounds by the split, and by what one stone can be.

    The second is what the output may have drawn from the inputs; None when no origin fits it.
    """
    split = part(whole, spans, total, weight)
    if slack is None:
        return split, split
    stone = one_stone(split, spans, weight, slack)
    return split, stone.drawn if stone else None


def _slack(weight: int, stones: int, tolerance: int) -> int | None:
    """Say by how much one stone's book weight may exceed what it drew; None for other outputs.

    A stone draws at least something of its own origin, however small it is.
    """
    return min(tolerance, weight - 1) if stones == 1 else None


def _site(text: str) -> SiteId:
    """Read a site id; ValueError when it is none."""
    site = from_hex(text, HASH_BYTES)
    if site is None:
        raise ValueError("a site id is 32 bytes of lower-case 0x hex")
    return Hash32(site)


def _amount(value: object) -> int:
    """Read a plain amount; ValueError when it is none."""
    if type(value) is not int or value < 0:
        raise ValueError("an amount is a whole number, not negative")
    return value
