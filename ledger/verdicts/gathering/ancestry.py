"""Which ways goods came into a parcel, origin by origin.

The ancestry is a graph without circles: operations lead to parcels, parcels into the one operation
of it that takes them. Goods of an origin flow along it from its registrations to the parcel asked
about, and only through parcels whose bounds leave room for that origin.

*Every* way of an origin leads through a parcel when, of all edges in the order of the log, none
that can carry the origin passes over it. So one sweep tells it for all parcels and origins at once;
sets of origins are whole numbers, one bit for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.custody import Operation, Parcel, State
from ledger.errors import Damaged
from ledger.trace.kept import REGISTRATION, Blends, bounds_of
from ledger.trace.origins import OriginBounds
from ledger.trace.walk import upstream
from ledger.values import ParcelId, to_hex


@dataclass(frozen=True, slots=True)
class Ancestry:
    """The operations that lead to a parcel, and the parcels between them.

    Attributes:
        subject: the parcel asked about.
        operations: ascending by index.
        parcels: the subject, and all inputs of these operations, by id.
        is_cut: whether a bound cut the walk, so that the oldest operations are missing.

    """

    subject: Parcel
    operations: tuple[Operation, ...]
    parcels: Mapping[ParcelId, Parcel]
    is_cut: bool

    def registrations(self) -> Iterable[Operation]:
        """Return the registrations among the operations."""
        return (operation for operation in self.operations if operation.name == REGISTRATION)

    def in_order(self) -> list[Parcel]:
        """Return the parcels, each after all that it was made from."""
        return sorted(self.parcels.values(), key=lambda parcel: (parcel.made_by, parcel.position))


def ancestry_of(state: State, subject: Parcel, steps_max: int) -> Ancestry:
    """Walk up from a parcel; an operation is a step, and so is each parcel that it takes.

    Raises:
        Damaged: an operation names a parcel that is not there.

    """
    page = upstream(state, subject, max(1, steps_max), steps_max=steps_max)
    operations = page.steps[::-1]
    parcels = {subject.id: subject}
    for operation in operations:
        for parcel_id in operation.inputs:
            parcel = state.read(Parcel, parcel_id)
            if parcel is None:
                raise Damaged("gap", f"parcel {to_hex(parcel_id)}", "an operation names it")
            parcels[parcel_id] = parcel
    return Ancestry(subject, operations, parcels, page.is_cut)


class Ways:
    """Which origins can have come through each parcel of an ancestry, and which certainly did.

    An origin is a bit. Goods of a registration are of the origins that ``bits`` gives; ``room``
    tells which origins a parcel's bounds leave room for.
    """

    def __init__(
        self, state: State, ancestry: Ancestry, bits: Mapping[int, int], origins: Origins
    ) -> None:
        self._ancestry = ancestry
        self._origins = origins
        self._bits = bits
        self._room = _rooms(state, ancestry, origins)
        self._nodes = _nodes(ancestry)
        self._through = self._reached(frozenset())
        self._over = self._passing_over()
        # Where records contradict each other, an origin may be left without any way.
        self._pathless = origins.all & ~self._through[ancestry.subject.id]

    def may_concern(self, parcels: Iterable[ParcelId]) -> int:
        """Return the origins whose goods in the subject may have been in one of some parcels."""
        found = self._pathless
        for parcel in parcels:
            found |= self._through.get(parcel, 0)
        return found

    def concerns(self, parcels: frozenset[ParcelId], *, is_exact: bool = True) -> int:
        """Return the origins whose goods in the subject were certainly all in these parcels.

        Args:
            parcels: one or more of the ancestry.
            is_exact: whether several parcels are tried together, at the cost of a whole sweep; if
                not, only those are told of which each went through a single one.

        """
        if self._ancestry.is_cut:
            # Goods of the oldest operations may have come any way.
            return 0
        if is_exact and len(parcels) > 1:
            past = self._reached(parcels).get(self._ancestry.subject.id, 0)
            return self._through.get(self._ancestry.subject.id, 0) & ~past
        found = 0
        for parcel in parcels:
            found |= self._through.get(parcel, 0) & ~self._over.get(parcel, 0)
        return found

    def _reached(self, without: frozenset[ParcelId]) -> dict[ParcelId | int, int]:
        """Return the origins that flow through each node to the subject, past some parcels."""
        down: dict[ParcelId | int, int] = {}
        for operation in self._ancestry.operations:
            given = self._bits.get(operation.index, 0)
            for parcel in operation.inputs:
                if parcel not in down:  # its maker lies behind the bound of the walk
                    down[parcel] = 0 if parcel in without else self._room[parcel]
                given |= down[parcel]
            down[operation.index] = given
            for made in operation.outputs:
                if made in self._room:
                    down[made] = 0 if made in without else given & self._room[made]
        subject = self._ancestry.subject.id
        down.setdefault(subject, 0 if subject in without else self._room[subject])
        return self._arriving(down)

    def _arriving(self, down: dict[ParcelId | int, int]) -> dict[ParcelId | int, int]:
        """Keep of what can come to each node what can go on from it to the subject."""
        subject = self._ancestry.subject.id
        through: dict[ParcelId | int, int] = {subject: down[subject]}
        for operation in reversed(self._ancestry.operations):
            onward = 0
            for made in operation.outputs:
                onward |= through.get(made, 0)
            through[operation.index] = onward & down[operation.index]
            for parcel in operation.inputs:
                through[parcel] = down[parcel] & onward
        return through

    def _passing_over(self) -> dict[ParcelId | int, int]:
        """Return, for each node, the origins that some edge carries from before it to behind it."""
        at = {node: place for place, node in enumerate(self._nodes)}
        spans = _Spans(len(self._nodes))
        for operation in self._ancestry.operations:
            here = at[operation.index]
            if operation.index in self._bits:
                spans.add(0, here, self._through[operation.index])
            for parcel in operation.inputs:
                spans.add(at[parcel] + 1, here, self._through[parcel])
            for made in operation.outputs:
                if made in self._room:
                    spans.add(here + 1, at[made], self._through.get(made, 0))
        return dict(zip(self._nodes, spans.joined(), strict=True))


class Origins:
    """The origins of a subject as bits, and the room that bounds leave for each."""

    def __init__(self, places: Iterable[tuple[str, bytes | None, str]]) -> None:
        """Number the origins: (country, site, key) of each; no site: of the country's others."""
        self._places = tuple(places)
        self.all = (1 << len(self._places)) - 1

    def room(self, bounds: OriginBounds) -> int:
        """Return the origins that a parcel's bounds leave room for."""
        countries = {part.country: part for part in bounds.countries}
        found = 0
        for place, (country, site, _) in enumerate(self._places):
            part = countries.get(country)
            if part is not None and (site is None or part.site(site).most > 0):  # type: ignore[arg-type]  # a site id
                found |= 1 << place
        return found

    def names(self, bits: int) -> frozenset[str]:
        """Return the keys of origins."""
        return frozenset(key for at, (_, _, key) in enumerate(self._places) if bits >> at & 1)


def _rooms(state: State, ancestry: Ancestry, origins: Origins) -> dict[ParcelId | int, int]:
    """Return the origins that the bounds of each parcel leave room for.

    Only where single stones are told apart by their weight can bounds exclude what went in.
    """
    telling = {operation.index for operation in ancestry.operations if 1 in operation.stones}
    made = {operation.index for operation in ancestry.operations}
    blends = Blends()
    rooms: dict[ParcelId | int, int] = {}
    for parcel in ancestry.parcels.values():
        tells = parcel.stones == 1 or parcel.made_by in telling or parcel.made_by not in made
        if tells and origins.all.bit_count() > 1:
            rooms[parcel.id] = origins.room(bounds_of(state, parcel, blends))
        else:
            rooms[parcel.id] = origins.all
    return rooms


def _nodes(ancestry: Ancestry) -> list[ParcelId | int]:
    """Put operations and parcels in one order that all edges follow."""
    made = {made for operation in ancestry.operations for made in operation.outputs}
    nodes: list[ParcelId | int] = [parcel for parcel in ancestry.parcels if parcel not in made]
    for operation in ancestry.operations:
        nodes.append(operation.index)
        nodes += [made for made in operation.outputs if made in ancestry.parcels]
    return nodes


class _Spans:
    """Bits laid over ranges of places, and joined at each place."""

    def __init__(self, count: int) -> None:
        self._levels = [[0] * count for _ in range(max(1, count.bit_length()))]

    def add(self, start: int, stop: int, bits: int) -> None:
        """Lay bits over the places from ``start`` to before ``stop``."""
        if start < stop:
            level = (stop - start).bit_length() - 1
            row = self._levels[level]
            row[start] |= bits
            row[stop - (1 << level)] |= bits

    def joined(self) -> list[int]:
        """Return the bits over each place."""
        for level in range(len(self._levels) - 1, 0, -1):
            half, row, below = 1 << level - 1, self._levels[level], self._levels[level - 1]
            for place, bits in enumerate(row):
                if bits:
                    below[place] |= bits
                    below[place + half] |= bits
        return self._levels[0]
