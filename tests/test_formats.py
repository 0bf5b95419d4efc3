"""Figures in the format of a locale, without losing a digit."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise

import pytest

from report.edition.formats import FORMS, NBSP, Form, FormatError, Formats, is_supported, largest_remainder
from report.edition.model import Fact, Prior, Unit

US = Formats("en_US")


def fact(value: str | int, unit: Unit = "count", **more: object) -> Fact:
    return Fact.model_validate({"value": Decimal(value), "unit": unit, "label": "things", "source": "report", **more})


FACTS = {
    "ease.covered": fact(177000, qualifier="nearly"),
    "ease.served": fact(11102),
    "ease.rate": fact("6.3", "percent"),
    "survey.score": fact("2.5", "score"),
    "pillars.count": fact(5, qualifier="all"),
    "da.attendance": fact(10603, prior={"value": Decimal(8318), "period": "2022-23"}),
    "new.thing": fact(10, prior={"value": Decimal(0), "period": "2022-23"}),
    "rank.place": fact(7, "ordinal", outof=Decimal(105)),
    "budget.total": fact(627_000_000, "usd", qualifier="over"),
}


def written(text: str) -> str:
    """Write a reference, without braces, with the facts above."""
    name, *steps = (part.strip() for part in text.split("|"))
    forms = [Form(step.split()[0], [*step.split(), ""][1] or None) for step in steps]
    return US.apply(FACTS[name], forms, FACTS).replace(NBSP, "~")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("177000", "count", "177,000"),
        ("0", "count", "0"),
        ("2.5", "count", "2.5"),
        ("3.75", "score", "3.75"),
        ("3.1416", "score", "3.1416"),
        ("627000000", "usd", "$627~million"),
        ("15250000", "usd", "$15.25~million"),
        ("1200000000", "usd", "$1.2~billion"),
        ("999999", "usd", "$999,999"),
        ("1234567", "usd", "$1,234,567"),
        ("1234560000", "usd", "$1,234,560,000"),
        ("-5000000", "usd", "-$5~million"),
        ("12.50", "usd", "$12.50"),
        ("1234567.5", "usd", "$1,234,567.50"),
        ("6.3", "percent", "6.3%"),
        ("74", "percent", "74%"),
        ("100", "percent", "100%"),
        ("17.0", "percent", "17.0%"),
        ("-3.5", "percent", "-3.5%"),
        ("120", "percent", "120%"),
        ("4084", "square-mile", "4,084~square miles"),
        ("2024", "year", "2024"),
    ],
)
def test_a_number_is_written_with_its_unit_and_loses_no_digit(value: str, unit: str, text: str) -> None:
    assert US.number(Decimal(value), unit).replace(NBSP, "~") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (7, "7th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"),
     (101, "101st"), (111, "111th"), (1000, "1000th")],
)  # fmt: skip
def test_ranks_have_the_right_ending(value: int, text: str) -> None:
    assert US.number(Decimal(value), "ordinal") == text


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("de_DE", ["177.000", "627~Millionen~$", "1.234.567~$", "6,3~%", "17,0~%", "7.", "30. Juni 2024"]),
        ("fr_FR", ["177~000", "627~millions~$US", "1~234~567~$US", "6,3~%", "17,0~%", "7me", "30 juin 2024"]),
        ("es_MX", ["177,000", "USD627~millones", "USD1,234,567", "6.3%", "17.0%", "7º", "30 de junio de 2024"]),
    ],
)
def test_other_locales_format_the_same_figures_differently(locale: str, texts: list[str]) -> None:
    formats = Formats(locale)
    figures: list[tuple[int | str, str]] = [
        (177000, "count"),
        (627_000_000, "usd"),
        (1_234_567, "usd"),
        ("6.3", "percent"),
        ("17.0", "percent"),
        (7, "ordinal"),
    ]
    written_texts = [formats.number(Decimal(value), unit) for value, unit in figures]
    written_texts.append(formats.day(date(2024, 6, 30)))
    assert [text.replace(NBSP, "~").replace("\N{NARROW NO-BREAK SPACE}", "_") for text in written_texts] == texts


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("ease.covered", "nearly~177,000"),
        ("ease.covered | cap", "Nearly~177,000"),
        ("ease.covered | bare", "177,000"),
        ("ease.covered | label", "nearly~177,000 things"),
        ("ease.covered | bare | label", "177,000 things"),
        ("budget.total", "over~$627~million"),
        ("budget.total | exact", "over~$627,000,000"),
        ("budget.total | bare | exact", "$627,000,000"),
        ("pillars.count | words", "all~five"),
        ("pillars.count | bare | words | cap", "Five"),
        ("rank.place", "7th"),
        ("rank.place | words", "seventh"),
        ("rank.place | outof", "105"),
        ("da.attendance | prior", "8,318"),
        ("da.attendance | change", "27.5%"),
        ("ease.served | of ease.covered", "6.3%"),
        ("ease.rate | exact", "6.3%"),
    ],
)
def test_a_reference_is_written_in_the_forms_it_asks_for(reference: str, text: str) -> None:
    assert written(reference) == text


def test_a_qualifier_belongs_to_the_fact_and_not_to_what_is_computed_from_it() -> None:
    assert written("ease.covered | of ease.covered") == "100.0%"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("ease.covered | words", "up to one hundred"),
        ("survey.score | words", "whole numbers"),
        ("ease.served | prior", "no prior value"),
        ("ease.served | change", "no prior value"),
        ("ease.served | period", "the fact has no prior value"),
        ("new.thing | change", "a change from zero has no percentage"),
        ("ease.served | outof", "no `outof`"),
        ("ease.served | of ease.rate", "two facts with the same unit, not count and percent"),
    ],
)
def test_a_form_that_does_not_fit_gives_the_reason(reference: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        written(reference)


@pytest.mark.parametrize(("value", "unit"), [(74, "percent"), (50, "usd"), (12, "square-mile")])
def test_a_figure_spelled_out_does_not_lose_its_unit(value: int, unit: Unit) -> None:
    try:
        text = US.apply(fact(value, unit), [Form("words")], {})
    except FormatError:
        return
    assert any(word in text for word in ("percent", "dollars", "square miles"))


@pytest.mark.parametrize(
    ("value", "unit", "locale", "text"),
    [
        (100, "count", "en_US", "one hundred"),
        (-100, "count", "en_US", "minus one hundred"),
        (9, "score", "en_US", "nine"),
        (99, "year", "en_US", "ninety-nine"),
        (5, "count", "de_DE", "fünf"),
        (21, "count", "fr_FR", "vingt et un"),
    ],
)
def test_a_number_up_to_one_hundred_is_spelled_out_in_the_language(
    value: int, unit: Unit, locale: str, text: str
) -> None:
    assert Formats(locale).apply(fact(value, unit), [Form("words")], {}) == text


@pytest.mark.parametrize(
    ("value", "unit", "locale", "reason"),
    [
        (101, "count", "en_US", "only whole numbers up to one hundred"),
        (-101, "count", "en_US", "only whole numbers up to one hundred"),
        (5, "usd", "en_US", "the unit usd cannot be spelled out"),
        (5, "count", "el_GR", "cannot be spelled out in this language"),
    ],
)
def test_what_cannot_be_spelled_out_gives_the_reason(value: int, unit: Unit, locale: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        Formats(locale).apply(fact(value, unit), [Form("words")], {})


@pytest.mark.parametrize(
    ("value", "unit", "locale", "reason"),
    [
        ("1e29", "count", "en_US", "too many digits"),
        ("0", "ordinal", "en_US", "a whole number of at least 1"),
        ("-3", "ordinal", "en_US", "a whole number of at least 1"),
        ("2.5", "ordinal", "en_US", "a whole number of at least 1"),
        ("7", "ordinal", "el_GR", "the unit ordinal cannot be written in this language"),
    ],
)
def test_a_number_that_cannot_be_written_gives_the_reason(value: str, unit: str, locale: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        Formats(locale).number(Decimal(value), unit)


def test_a_fact_is_written_with_its_qualifier_and_its_unit() -> None:
    assert US.fact(FACTS["budget.total"]).replace(NBSP, "~") == "over~$627~million"
    assert US.fact(FACTS["ease.rate"]) == "6.3%"


@pytest.mark.parametrize(
    ("locale", "known"), [("en_US", True), ("de_CH", True), ("xx_YY", False), ("no locale", False)]
)
def test_only_languages_with_known_formats_are_supported(locale: str, *, known: bool) -> None:
    assert is_supported(locale) is known


def test_a_share_is_rounded_half_up_to_the_decimals_asked_for() -> None:
    assert US.share(Decimal(1), Decimal(8)) == Decimal("12.5")
    assert US.share(Decimal(1), Decimal(8), 0) == Decimal(13)
    assert str(US.share(Decimal(1), Decimal(3))) == "33.3"
    assert US.share(Decimal(11102), Decimal(177000)) == Decimal("6.3")


def test_a_share_of_zero_is_refused() -> None:
    with pytest.raises(FormatError, match="share of zero"):
        US.share(Decimal(1), Decimal(0))
    with pytest.raises(FormatError, match="share of zero"):
        largest_remainder([Decimal(0)], Decimal(0), 1)


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [(8318, 10603, "27.5"), (100, 100, "0"), (200, 150, "-25"), (-10, -5, "50"), (-10, 5, "150")],
)
def test_a_change_is_measured_from_the_earlier_value(before: int, after: int, percent: str) -> None:
    assert US.percent_change(Decimal(before), Decimal(after)) == Decimal(percent)


@pytest.mark.parametrize(
    ("value", "before", "unit", "decimals", "amount"),
    [
        (10603, 8318, "count", 1, "27.5"),
        (10603, 8318, "count", 2, "27.47"),
        (10603, 8318, "count", 0, "27"),
        ("1.75", "1.5", "percent", 1, "0.3"),
        ("2.65", "1.5", "percent", 1, "1.2"),
        ("1.5", "1.75", "score", 1, "-0.3"),
        ("2.25", "1.5", "score", 2, "0.75"),
        ("2.6", "1.3", "percent", 0, "1"),
    ],
)
def test_a_change_is_rounded_half_up_to_the_decimals_asked_for(
    value: str | int, before: str | int, unit: Unit, decimals: int, amount: str
) -> None:
    thing = fact(value, unit, prior={"value": Decimal(before), "period": "2022-23"})
    assert str(US.change(thing, decimals).amount) == amount


@pytest.mark.parametrize(
    ("value", "before", "unit", "text"),
    [
        (10603, 8318, "count", "+27.5%"),
        (8318, 10603, "count", "-21.6%"),
        (100, 100, "count", "0.0%"),
        ("91.9", "91.4", "percent", "+0.5~percentage points"),
        (30, 10, "score", "+20"),
        ("4.6", "4.4", "score", "+0.2"),
    ],
)
def test_only_a_rise_gets_a_plus_sign_where_signs_are_asked_for(
    value: str | int, before: str | int, unit: Unit, text: str
) -> None:
    thing = fact(value, unit, prior={"value": Decimal(before), "period": "2022-23"})
    assert US.change_text(thing, plus=True).replace(NBSP, "~") == text


def test_a_change_from_zero_has_no_percentage() -> None:
    with pytest.raises(FormatError, match="from zero"):
        US.percent_change(Decimal(0), Decimal(5))


def test_the_missing_units_go_to_the_largest_remainders() -> None:
    thirds = largest_remainder([Decimal(1)] * 3, Decimal(3), 0)
    assert thirds == [34, 33, 33]
    assert largest_remainder([Decimal(n) for n in (167, 333, 500)], Decimal(1000), 0) == [17, 33, 50]


def test_shares_of_any_parts_sum_to_exactly_one_hundred() -> None:
    rng = random.Random(2024)
    for _ in range(300):
        parts = [Decimal(rng.randrange(10 ** rng.randrange(1, 10))) for _ in range(rng.randrange(1, 20))]
        parts.append(Decimal(rng.randrange(1, 1000)))
        decimals = rng.randrange(4)
        whole = sum(parts, Decimal(0))
        shares = largest_remainder(parts, whole, decimals)
        assert sum(shares) == 100
        unit = Decimal(1).scaleb(-decimals)
        exact = [part * 100 / whole for part in parts]
        assert all(abs(share - true) < unit for share, true in zip(shares, exact, strict=True))
        ranked = sorted(zip(parts, shares, strict=True))
        assert all(low[1] <= high[1] for low, high in pairwise(ranked) if low[0] < high[0])


def moved(value: str, before: str | None, unit: Unit = "count", locale: str = "en_US") -> str:
    prior = {} if before is None else {"prior": {"value": Decimal(before), "period": "2022-23"}}
    thing = {"a.thing": fact(value, unit, qualifier="over", **prior)}
    return Formats(locale).apply(thing["a.thing"], [Form("trend")], thing).replace(NBSP, "~")


@pytest.mark.parametrize(
    ("value", "before", "unit", "text"),
    [
        ("10603", "8318", "count", "up 27.5% from 8,318"),
        ("8318", "10603", "count", "down 21.6% from 10,603"),
        ("8318", "8318", "count", "unchanged at 8,318"),
        ("0", "8318", "count", "down 100.0% from 8,318"),
        ("1000001", "1000000", "count", "little changed from 1,000,000"),
        ("-5", "-10", "usd", "up 50.0% from -$10"),
        ("-20", "-10", "usd", "down 100.0% from -$10"),
        ("93.1", "91.4", "percent", "up 1.7~percentage points from 91.4%"),
        ("91.4", "92.4", "percent", "down 1.0~percentage points from 92.4%"),
        ("10", "0", "percent", "up 10.0~percentage points from 0%"),
        ("4.6", "4.4", "score", "up 0.2 from 4.4"),
    ],
)
def test_a_trend_has_its_direction_its_size_and_its_start(value: str, before: str, unit: Unit, text: str) -> None:
    assert moved(value, before, unit) == text


@pytest.mark.parametrize(
    ("value", "before", "unit", "reason"),
    [
        ("5", "0", "count", "a change from zero has no percentage"),
        ("0", "0", "usd", "a change from zero has no percentage"),
        ("5", None, "count", "the fact has no prior value"),
        ("5", "7", "ordinal", "a figure with the unit ordinal has no measurable change"),
    ],
)
def test_a_trend_that_cannot_be_measured_is_refused(value: str, before: str | None, unit: Unit, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        moved(value, before, unit)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de_DE", "plus 1,7~Prozentpunkte gegenüber 91,4~%"),
        ("es_ES", "una subida de 1,7~puntos porcentuales desde 91,4~%"),
        ("fr_FR", "en hausse de 1,7~point de pourcentage par rapport à 91,4~%"),
    ],
)
def test_a_trend_is_written_in_the_language_of_the_edition(locale: str, text: str) -> None:
    assert moved("93.1", "91.4", "percent", locale).replace("\N{NARROW NO-BREAK SPACE}", "~") == text


def test_a_language_without_trend_phrases_is_refused() -> None:
    with pytest.raises(FormatError, match=r"in this language .*: de, en, es, fr;"):
        moved("5", "4", "count", "it_IT")


def test_the_change_of_a_percentage_is_in_points_and_signed() -> None:
    thing = fact("91.4", "percent", prior={"value": Decimal("93.1"), "period": "2031"})
    assert US.change_text(thing).replace(NBSP, "~") == "-1.7~percentage points"
    assert US.apply(thing, [Form("period")], {}) == "2031"


EVERY = Fact(
    value=Decimal(1500000), unit="usd", label="in grants", qualifier="over", source="s",
    prior=Prior(value=Decimal(1200000), period="2022-23"), outof=Decimal(2000000),
)  # fmt: skip
SMALL = Fact(
    value=Decimal(7), unit="count", label="prizes", qualifier="over", source="s",
    prior=Prior(value=Decimal(5), period="2022-23"), outof=Decimal(9),
)  # fmt: skip
# What each pair of forms prints, whichever comes first; a pair that is missing is an error.
PAIRS = {
    ("bare", "cap"): "7", ("bare", "exact"): "7", ("bare", "label"): "7 prizes", ("bare", "words"): "seven",
    ("cap", "change"): "40.0%", ("cap", "exact"): "Over~7", ("cap", "label"): "Over~7 prizes", ("cap", "of"): "100.0%",
    ("cap", "outof"): "9", ("cap", "period"): "2022-23", ("cap", "prior"): "5", ("cap", "trend"): "Up 40.0% from 5",
    ("cap", "words"): "Over~seven", ("exact", "label"): "over~7 prizes", ("exact", "outof"): "9",
    ("exact", "prior"): "5",
    ("label", "prior"): "5 prizes", ("label", "words"): "over~seven prizes", ("outof", "words"): "nine",
    ("prior", "words"): "five",
}  # fmt: skip


@pytest.mark.parametrize("pair", list(combinations(sorted(FORMS), 2)), ids=" | ".join)
def test_two_forms_print_the_same_in_either_order_or_are_refused(pair: tuple[str, str]) -> None:
    for names in (pair, pair[::-1]):
        forms = [Form(name, "prizes.all" if name == "of" else None) for name in names]
        if pair in PAIRS:
            assert US.apply(SMALL, forms, {"prizes.all": SMALL}).replace(NBSP, "~") == PAIRS[pair]
        else:
            with pytest.raises(FormatError, match="cannot be combined"):
                US.apply(SMALL, forms, {"prizes.all": SMALL})


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_form_is_written_once(form: str) -> None:
    with pytest.raises(FormatError, match="twice"):
        US.apply(SMALL, [Form(form), Form(form)], {})


def test_the_exact_prior_value_is_the_prior_value() -> None:
    assert US.apply(EVERY, [Form("prior"), Form("exact")], {}) == "$1,200,000"
    assert US.apply(EVERY, [Form("exact"), Form("prior")], {}) == "$1,200,000"


@pytest.mark.parametrize(
    ("locale", "value", "text"),
    [
        ("hi_IN", 123_450_000, "$12,34,50,000"),  # 12.345 crore: two decimals would lose a digit
        ("hi_IN", 123_400_000, "$12.34~करोड़"),
        ("zh_CN", 627_000_000, "US$6.27亿"),
        ("ja_JP", 627_000_000, "$6.27億"),
        ("en_US", 1_234_567_890, "$1,234,567,890"),
        ("en_US", 1_230_000_000, "$1.23~billion"),
        ("es_ES", 1_230_000_000, "1,23~mil~millones~US$"),
    ],
)
def test_large_amounts_are_shortened_by_the_scale_of_the_language_without_losing_a_digit(
    locale: str, value: int, text: str
) -> None:
    assert Formats(locale).number(Decimal(value), "usd").replace("\N{NO-BREAK SPACE}", "~") == text


def test_no_figure_has_a_narrow_space_which_display_fonts_lack() -> None:
    formats = Formats("fr_FR")
    for unit in ("count", "usd", "percent"):
        assert "\N{NARROW NO-BREAK SPACE}" not in formats.number(Decimal(1_234_567), unit)
