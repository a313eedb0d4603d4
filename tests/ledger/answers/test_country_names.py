from __future__ import annotations

from ledger.answers.country_names import NAMES, name_in_text, name_of
from ledger.values import COUNTRIES, EU


def test_every_country_has_one_name_of_its_own() -> None:
    assert set(NAMES) == {*COUNTRIES, EU}
    assert len(set(NAMES.values())) == len(NAMES)


def test_a_name_within_a_sentence_has_its_article() -> None:
    assert name_in_text("BW") == "Botswana"
    assert name_in_text("AE") == "the United Arab Emirates"


def test_what_is_no_country_stays_as_it_is() -> None:
    assert name_of("") == ""
