"""Whether a rule is about these goods: their form, their code, and the weight of each stone.

A threshold is per stone and compares whole millicarats. Of several stones only the sum is known:
if it is below the threshold no stone reaches it; if the mean is at or above it, the largest does,
though nobody can tell which that is; in between nobody can tell. Uncounted goods may be one stone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ledger.values import carats
from ledger.verdicts.definitions import Scope
from ledger.verdicts.facts import Facts
from ledger.verdicts.spans import Held

SORTED: Final = "7102.31"
"""The code of rough that was sorted as fit for gems: no later sorting by its holder undoes that."""
Reach = Literal["every stone", "some stone", "no stone", "unknown"]


@dataclass(frozen=True, slots=True)
class Covered:
    """Whether goods are in the scope of a rule; ``reach`` tells which of the stones are."""

    held: Held
    reach: Reach
    words: str
    would_decide: str = ""


def reach_of(facts: Facts, at_least_millicarats: int) -> Reach:
    """Tell which stones of a parcel weigh at least so much.

    That they weigh less, by whoever weighed them again, takes none below a threshold for sure.
    """
    now = _reach(facts.weight_millicarats, facts.stones, at_least_millicarats)
    heaviest = max(facts.weight_millicarats, facts.heaviest_millicarats)
    before = _reach(heaviest, facts.stones, at_least_millicarats)
    return "unknown" if now == "no stone" != before else now


def _reach(weight: int, stones: int, at_least_millicarats: int) -> Reach:
    if not at_least_millicarats:
        return "every stone"
    if weight < at_least_millicarats:
        return "no stone"
    if stones == 1:
        return "every stone"
    return "some stone" if stones and weight >= stones * at_least_millicarats else "unknown"


def covered(scope: Scope, facts: Facts) -> Covered:
    """Judge whether a rule is about goods."""
    if facts.form not in scope.forms:
        return Covered("no", "no stone", f"it is about {' and '.join(scope.forms)} goods")
    if facts.hs_code and scope.hs_codes and facts.hs_code not in scope.hs_codes:
        codes = ", ".join(scope.hs_codes)
        if SORTED in facts.former_codes and SORTED in scope.hs_codes:
            words = f"it is about {codes}; these goods were {SORTED} and are {facts.hs_code} now"
            return Covered("unknown", "unknown", words, "what shows which code is right")
        return Covered("no", "no stone", f"it is about {codes}; these goods are {facts.hs_code}")
    threshold = scope.at_least_millicarats
    reach = reach_of(facts, threshold)
    if not threshold:
        return Covered("yes", reach, "")
    limit, weight = carats(threshold), carats(facts.weight_millicarats)
    heaviest = facts.heaviest_millicarats
    if reach == "unknown" and facts.weight_millicarats < threshold:
        words = f"{weight} ct now, and {carats(heaviest)} ct before they were weighed again"
        return Covered("unknown", reach, words, "a weighing that both sides agree to")
    if facts.stones == 1:
        word = "below" if reach == "no stone" else "at or above"
        held: Held = "no" if reach == "no stone" else "yes"
        return Covered(held, reach, f"one stone of {weight} ct is {word} {limit} ct")
    of = f"{facts.stones} stones" if facts.stones else "uncounted stones"
    if reach == "no stone":
        return Covered("no", reach, f"{of} of {weight} ct together: none reaches {limit} ct")
    if reach == "some stone":
        return Covered("yes", reach, f"{of} of {weight} ct: the largest is at least {limit} ct")
    words = f"{of} of {weight} ct together may hold one of {limit} ct"
    return Covered("unknown", reach, words, "the weight of each stone, or a split by weight")
