"""Where each parcel was, what it weighed and what was said of it, told again from its records.

Rules of place, where records leave it open. Goods are in a country from the record that says so
until the one that sends them elsewhere; in between two countries nothing says where they are. A
Handoff to another country sends them off; an accepting Receipt says where they are, unless they
are rough and crossed into another participant: then a confirming Clearance does, and without a
certificate nothing does but the recipient's word for that moment. The European Union is one
participant. What happens to a piece happens to the parcels set in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ledger.custody import Parcel
from ledger.errors import Damaged
from ledger.records import (
    FREEZING,
    LIFTING,
    Certificate,
    Clearance,
    Handoff,
    Receipt,
    Record,
    Registration,
    Report,
    Sale,
    Setting,
    Statement,
    Transformation,
    Withdrawal,
)
from ledger.signing import output_id
from ledger.values import NO_HASH, ParcelId, to_hex
from ledger.verdicts.facts import Crossing, Saying, Stay
from ledger.verdicts.gathering.known import Past
from ledger.verdicts.gathering.papers import Paper, Papers, area_of, uncovered
from ledger.verdicts.gathering.steps import Step, steps_of

REWEIGH = "reweigh"
_SPEAKING = (*FREEZING, "dispute")


@dataclass(slots=True)
class Life:
    """One parcel, up to the size asked for.

    Attributes:
        country: where it is, by the book's rule (records, "What the ledger keeps").
        place: where it is, as far as records say; "" while nothing does.
        weight_millicarats, stones: by the book.
        blended_by: index of the last operation that bears on its origin bounds.
        heaviest_millicarats: the most that it weighed since something but weighing was done to it.
        made_at: when it came to be, seconds; None where its beginning was not read.
        stays, crossings, sayings: facts that do not yet say which origins they concern.

    """

    parcel: Parcel
    country: str
    place: str
    weight_millicarats: int
    stones: int
    blended_by: int
    heaviest_millicarats: int = 0
    made_at: int | None = None
    stays: list[Stay] = field(default_factory=list)
    crossings: list[Crossing] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)


class Lives:
    """The lives of the parcels of an ancestry, and of the pieces that they were set in."""

    def __init__(self, past: Past, parcels: Iterable[Parcel]) -> None:
        """Tell the lives of parcels, each after those that it was made from."""
        self.papers = Papers(past)
        self._past = past
        self._lives: dict[ParcelId, Life] = {}
        for parcel in parcels:
            self.tell(parcel)

    def tell(self, parcel: Parcel) -> Life:
        """Tell a parcel's life, once."""
        if parcel.id not in self._lives:
            self._lives[parcel.id] = _Telling(self._past, self, parcel).life
        return self._lives[parcel.id]

    def known(self, parcels: Iterable[ParcelId]) -> list[Life | None]:
        """Return the lives of some parcels; None for those that were not told."""
        return [self._lives.get(parcel) for parcel in parcels]


class _Telling:
    """The telling of one life, record by record."""

    def __init__(self, past: Past, lives: Lives, parcel: Parcel) -> None:
        self._past = past
        self._lives = lives
        self._since: Step | None = None
        self._offer: Step | None = None
        self._home = ""
        self._papers: list[Paper] = []
        self._piece: Life | None = None
        self.life = Life(parcel, parcel.country, "", parcel.weight_millicarats, parcel.stones, -1)
        for step in steps_of(past, parcel):
            self._take(step)
        self._end()

    def _take(self, step: Step) -> None:
        record, parcel = step.record, self.life.parcel
        if step.index == parcel.made_by:
            self._made(step)
        elif isinstance(record, Certificate):
            self._papers.append(self._lives.papers.issue(step, parcel.id))
        elif isinstance(record, (Clearance, Report, Statement)):
            self._spoken(step, record)
        else:
            self._moved(step, record)

    def _spoken(self, step: Step, record: Clearance | Report | Statement) -> None:
        if isinstance(record, Clearance):
            self._cleared(step, record)
        elif isinstance(record, Report):
            self._reported(step, record)
        else:
            self._stated(step, record)

    def _moved(self, step: Step, record: Record) -> None:
        if isinstance(record, Handoff):
            self._offer = step
            self._home = self.life.place
            if record.scene.recipient_country != self.life.place:
                self._leave(step)
        elif isinstance(record, (Receipt, Withdrawal)):
            self._answered(step)
        elif isinstance(record, Sale):
            self._sold(step, record)
        elif isinstance(record, (Transformation, Setting)):
            self._leave(step)
            if isinstance(record, Setting):
                self._set(step, record)

    # -- how a parcel begins -------------------------------------------------------------------

    def _made(self, step: Step) -> None:
        life, record = self.life, step.record
        life.made_at, life.blended_by = step.at, step.index
        author_country = record.scene.author_country
        if isinstance(record, Registration):
            life.weight_millicarats = record.amounts.weight_millicarats
            life.stones = record.amounts.stones
            life.country, place = author_country, author_country
        elif isinstance(record, Transformation):
            position = life.parcel.position
            life.weight_millicarats = record.amounts.weights_millicarats[position]
            life.stones = record.amounts.stones[position]
            inputs = self._lives.known(record.what.inputs)
            life.country = _shared((one.country if one else "" for one in inputs), author_country)
            if record.what.operation == REWEIGH:
                life.heaviest_millicarats = max(
                    one.heaviest_millicarats if one else 0 for one in inputs
                )
            _gather_abroad(step, [one for one in inputs if one], life.country)
            # Of goods from two countries, where they are now is its author's word alone.
            place = _shared((one.place if one else "" for one in inputs), "")
            if not place and "" not in {one.place if one else "" for one in inputs}:
                self._seen(author_country, step.at, step)
        else:
            life.weight_millicarats = record.amounts.weight_millicarats
            life.stones = record.amounts.stones
            life.country, place = author_country, author_country
        life.heaviest_millicarats = max(life.heaviest_millicarats, life.weight_millicarats)
        self._arrive(place, step)

    # -- where it is ---------------------------------------------------------------------------

    def _arrive(self, place: str, step: Step) -> None:
        """Let the parcel be in a country from a record on; "" where nothing says so."""
        if place and place == self.life.place and self._since is not None:
            return
        self._leave(step)
        self.life.place = place
        self._since = step if place else None

    def _leave(self, step: Step) -> None:
        """End the stay that a record ends."""
        if self._since is not None:
            self._stay(self._since, step)
            self._since = None

    def _stay(self, since: Step, until: Step | None) -> None:
        # The record that ends a stay is no evidence of how it began, so it is none of its grounds.
        end = max(since.at, until.at) if until else None
        nobody: frozenset[str] = frozenset()
        self.life.stays.append(
            Stay(self.life.place, since.at, end, "book", nobody, nobody, since.grounds)
        )

    def _answered(self, step: Step) -> None:
        """An offer was answered, or taken back."""
        record, offer = step.record, self._offer
        self._offer = None
        if isinstance(record, Withdrawal) or record.what.operation == "refuse":
            self._arrive(self._home, step)
            return
        life, here = self.life, record.scene.author_country
        self._weighed(step)
        if life.parcel.form != "rough":
            life.country = here
            self._arrive(here, step)
        elif area_of(life.country) == area_of(here):
            self._arrive(here, step)
        else:
            self._arrive("", step)
            self._seen(here, step.at, step)
            if offer is not None and not self._is_covered(offer, here):
                life.crossings.append(uncovered(offer, step, life.country, here))

    def _is_covered(self, offer: Step, destination: str) -> bool:
        return any(paper.covers(offer, destination) for paper in self._papers)

    def _weighed(self, step: Step) -> None:
        life, amounts = self.life, step.record.amounts
        weight = min(life.weight_millicarats, amounts.weight_millicarats or life.weight_millicarats)
        stones = amounts.stones if life.stones and amounts.stones else life.stones
        if (weight, stones) != (life.weight_millicarats, life.stones):
            life.weight_millicarats, life.stones, life.blended_by = weight, stones, step.index

    def _cleared(self, step: Step, record: Clearance) -> None:
        paper = self._lives.papers.clear(step, record)
        if paper is None:
            return
        self._leave(paper.issued)  # the last time that they were certainly where they were
        if record.what.operation == "confirm":
            self.life.country = record.scene.arrival_country
            self._arrive(record.scene.arrival_country, step)
        else:
            self._arrive("", step)

    # -- what becomes of it --------------------------------------------------------------------

    def _set(self, step: Step, record: Setting) -> None:
        life = self.life
        if record.what.operation == "unset":
            if self._piece is not None:
                life.country = self._piece.country
                self._arrive(self._piece.place, step)
            return
        piece = self._past.known.read(Parcel, output_id(step.record_id, 0))
        if piece is None:
            raise Damaged("gap", f"piece of entry {step.index}", "a Setting made it")
        told = self._lives.tell(piece)
        life.stays += told.stays
        life.sayings += [replace(saying, about_self=False) for saying in told.sayings]
        life.place = told.place
        self._piece = told

    def _sold(self, step: Step, record: Sale) -> None:
        if record.what.operation == "sale":
            self._arrive("", step)
        else:
            self._arrive(record.scene.author_country, step)

    def _reported(self, step: Step, record: Report) -> None:
        operation = record.what.operation
        if operation in _SPEAKING:
            self._say(step, operation, step.at)
        if operation in FREEZING:
            self._offer = None
            if operation != "seizure":
                self._home = self.life.place if self._since is not None else ""
                self._arrive("", step)
        elif operation in LIFTING:
            self._lift()
            if not self.life.place:
                self._arrive(self._home, step)

    def _lift(self) -> None:
        self.life.sayings = [
            replace(saying, is_lifted=True) if saying.operation in FREEZING else saying
            for saying in self.life.sayings
        ]

    def _stated(self, step: Step, record: Statement) -> None:
        what, scene = record.what, record.scene
        as_of = scene.as_of or step.at
        self._say(
            step,
            what.operation,
            as_of,
            text_id=what.text_id,
            report_number=what.report_number,
            document=None if what.document == NO_HASH else what.document,
            countries=scene.countries if what.operation == "origin" else (),
            weight_millicarats=record.amounts.weight_millicarats,
        )
        if what.operation == "location":
            self._seen(scene.countries[0], as_of, step)

    def _seen(self, country: str, as_of: int, step: Step) -> None:
        """Keep somebody's word for where the goods were at one moment."""
        nobody: frozenset[str] = frozenset()
        seen = Stay(country, as_of, as_of, "statement", nobody, nobody, step.grounds)
        self.life.stays.append(seen)

    def _say(self, step: Step, operation: str, as_of: int, **said: object) -> None:
        usual: dict[str, object] = {
            "text_id": "", "report_number": "", "document": None, "countries": (),
            "weight_millicarats": 0,
        }  # fmt: skip
        saying = Saying(
            operation=operation,
            about_self=True,
            as_of=as_of,
            form=self.life.parcel.form,
            ground=step.ground,
            **{**usual, **said},  # type: ignore[arg-type]  # named as the fields are
        )
        self.life.sayings.append(saying)

    def _end(self) -> None:
        """Close the telling: what is still open at the size asked for."""
        life = self.life
        if life.blended_by < 0 and not self._past.is_cut:
            place = f"parcel {to_hex(life.parcel.id)}"
            raise Damaged("gap", place, "nothing in its chain made it")
        if self._since is not None:
            self._stay(self._since, None)
        if self._offer is not None and life.parcel.form == "rough":
            going = self._offer.record.scene.recipient_country
            if area_of(life.country) != area_of(going) and not self._is_covered(self._offer, going):
                life.crossings.append(uncovered(self._offer, None, life.country, going))


def _gather_abroad(step: Step, inputs: Iterable[Life], country: str) -> None:
    """Tell of rough of several countries, made one parcel, that some of it crossed a border."""
    for one in inputs:
        is_abroad = one.country and country and area_of(one.country) != area_of(country)
        told = {crossing.grounds for crossing in one.crossings}
        if is_abroad and one.parcel.form == "rough" and step.grounds not in told:
            one.crossings.append(uncovered(step, None, one.country, country))


def _shared(values: Iterable[str], otherwise: str) -> str:
    """Return what all inputs share; unknown where one is; otherwise the author's country."""
    found = set(values)
    if len(found) == 1:
        return found.pop()
    return "" if "" in found else otherwise
