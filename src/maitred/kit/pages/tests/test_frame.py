"""The frame: chips that each take one filter out, a bar that shows what is in force, the facts under the title."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from maitred.kit.pages import figures
from maitred.kit.pages.filters import Known, parse
from maitred.kit.pages.frame import Frame, frame

CHOICES = {"team": (("3", "Billing"), ("4", "Orders")), "channel": (("email", "email"),), "priority": (("low", "low"),)}
KNOWN = Known(datetime(2026, 11, 18, 13, 2, tzinfo=UTC), ZoneInfo("Europe/Berlin"), CHOICES)
GIVEN = {"period": "last-7d", "team": "3,4", "hours": "calendar", "compare": "year", "pub": "41"}


def framed(given: dict[str, str], known: Known = KNOWN, kept: dict[str, str] | None = None) -> Frame:
    return frame("service_levels", "/service-levels/", parse(given, known), known, 41, kept)


def made(**given: str) -> Frame:
    return framed(given)


def params(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def test_each_chip_takes_out_one_filter_and_keeps_the_others() -> None:
    shown = framed(GIVEN, kept={"clock": "nrt"})
    gone = [next(iter(set(GIVEN) - set(params(one.without)))) for one in shown.chips]
    assert sorted(gone) == sorted(GIVEN)
    assert all(params(one.without)["clock"] == "nrt" and len(params(one.without)) == len(GIVEN) for one in shown.chips)
    assert [one.label for one in shown.chips if "Billing" in one.label] == ["Billing, Orders"]
    assert shown.narrowed == 5


def test_without_filters_there_are_no_chips() -> None:
    assert made().chips == []
    assert made(period="last-28d", compare="previous", hours="business").chips == []
    assert [one.label for one in made(compare="none").chips] == ["no comparison"]


def test_the_bar_shows_what_is_in_force_also_where_it_is_no_option_of_its_own() -> None:
    shown = {one.name: one for one in made(period="2026-10-01..2026-10-28", team="3,4", compare="year").selects}
    chosen = {name: [choice.label for choice in one.choices if choice.chosen] for name, one in shown.items()}
    assert chosen == {
        "period": ["1 Oct – 28 Oct 2026"], "compare": ["vs a year before"], "team": ["Billing, Orders"],
        "channel": ["All channels"], "priority": ["All priorities"], "hours": ["Business hours"],
    }  # fmt: skip


def test_a_filter_without_choices_is_not_offered() -> None:
    bare = Known(KNOWN.as_of, KNOWN.zone, {}, "calendar")
    assert [one.name for one in framed({}, bare).selects] == ["period", "compare"]


def test_the_facts_name_period_comparison_hours_and_moment() -> None:
    assert list(made().facts) == [
        "21 Oct – 17 Nov 2026", "vs the 28 days before", "business hours", "as of 18 Nov 2026, 14:02 Europe/Berlin",
    ]  # fmt: skip
    assert list(made(compare="none", hours="calendar", pub="41").facts)[1:] == [
        "calendar hours", "as of 18 Nov 2026, 14:02 Europe/Berlin", "pinned to publication 41",
    ]  # fmt: skip
    assert "vs 1 Sep – 28 Sep 2026" in made(compare="2026-09-01..2026-09-28").facts
    assert made(period="2025-12-20..2026-01-10").facts[0] == "20 Dec 2025 – 10 Jan 2026"
    assert made(period="2026-11-10..2026-11-10").facts[0] == "10 Nov 2026"


def test_earlier_and_later_move_the_period_and_keep_the_page_s_own_words() -> None:
    shown = framed({"period": "last-7d", "team": "3"}, kept={"clock": "nrt"})
    earlier, later = params(shown.earlier), params(shown.later)
    assert earlier == {"period": "2026-11-04..2026-11-10", "team": "3", "clock": "nrt"}
    assert later["period"] == "2026-11-11..2026-11-17"


def test_a_pinned_publication_stays_when_a_filter_changes() -> None:
    assert framed({"pub": "41"}, kept={"clock": "nrt"}).kept == {"clock": "nrt", "pub": "41"}
    assert "pub" not in made().kept


def test_the_marks_of_a_figure_hold_value_ends_and_rows() -> None:
    found = figures.marks("frt.business_all#1", "seconds", 3369.0, 3000.5, None, 31, "/drill/frt.business_all/")
    assert found == {
        "data-metric": "frt.business_all#1", "data-value": "3369", "data-unit": "seconds", "data-n": "31",
        "data-low": "3000.5", "data-drill": "/drill/frt.business_all/",
    }  # fmt: skip


def test_an_exact_count_has_no_ends() -> None:
    found = figures.marks("backlog#1", "count", 13, 10, 20, 13, "/drill/backlog/", exact=True)
    assert found["data-exact"] == "true"
    assert not {"data-low", "data-high"} & set(found)


@pytest.mark.parametrize("why", ["min-n", "role", "no-data"])
def test_a_suppressed_figure_carries_no_number_at_all(why: str) -> None:
    found = figures.marks("csat.rate@solver#1", "share", None, 0.1, 0.9, 4, "/drill/csat.rate/", why=why)
    assert found == {"data-metric": "csat.rate@solver#1", "data-suppressed": why}


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1e-9, "0"),
        (0.1, "0.1"),
        (2 / 3, "0.666667"),
        (1e15, "1000000000000000"),
        (-4.5, "-4.5"),
    ],
)
def test_marks_hold_at_most_six_decimals_and_no_exponent(amount: float, written: str) -> None:
    assert figures.plain(amount) == written


def test_too_little_says_how_much_there_is_and_how_much_it_needs() -> None:
    assert figures.too_few(4, 30) == "too few (n 4, needs 30)"
    assert figures.too_few(40, None) == "cannot tell (n 40)"
