"""Filters of an address: every form of a period, refusals that offer the way out, addresses that read back alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maitred.kit.pages import filters
from maitred.kit.pages.filters import BadFilter, Filters, Known, parse

BERLIN = ZoneInfo("Europe/Berlin")
CHOICES = {
    "team": (("3", "Billing"), ("4", "Orders, returns")),
    "channel": (("email", "email"), ("web", "web")),
    "priority": (("high", "high"), ("low", "low")),
}
WEDNESDAY = Known(datetime(2026, 11, 18, 13, 2, tzinfo=UTC), BERLIN, CHOICES)


def read(**params: str) -> Filters:
    return parse(params, WEDNESDAY)


def refused(**params: str) -> BadFilter:
    with pytest.raises(BadFilter) as caught:
        read(**params)
    return caught.value


def params_of(query: str) -> dict[str, str]:
    return dict(parse_qsl(query.removeprefix("?"), strict_parsing=bool(query)))


def test_the_usual_period_is_the_last_four_whole_weeks_of_days() -> None:
    found = read()
    assert (found.first, found.last, found.days) == (date(2026, 10, 21), date(2026, 11, 17), 28)
    assert (found.compare, found.hours, found.publication, found.query()) == ("previous", "business", None, "")


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("last-1d", date(2026, 11, 17), date(2026, 11, 17)),
        ("last-7d", date(2026, 11, 11), date(2026, 11, 17)),
        ("last-13w", date(2026, 8, 19), date(2026, 11, 17)),
        ("this-week", date(2026, 11, 16), date(2026, 11, 18)),
        ("last-week", date(2026, 11, 9), date(2026, 11, 15)),
        ("this-month", date(2026, 11, 1), date(2026, 11, 18)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-10-01..2026-10-28", date(2026, 10, 1), date(2026, 10, 28)),
        ("2026-10-01..2026-10-01", date(2026, 10, 1), date(2026, 10, 1)),
    ],
)
def test_each_form_of_a_period_means_its_days(period: str, first: date, last: date) -> None:
    found = read(period=period)
    assert (found.first, found.last, found.period) == (first, last, period)


@pytest.mark.parametrize(
    "period",
    [
        "last-0d", "last-1000d", "last-999w", "last--7d", "yesterday", "2026-Q5", "2026-Q0", "0000-Q1", "9999-Q4",
        "0000-01", "2026-13", "2026-00", "2026-02-29..2026-03-01", "2026-02-30..2026-03-01", "2026-10-28..2026-10-01",
        "2026-10-01", "1899-01-01..2026-01-01", "0001-01-01..0001-01-02", "9999-12-31..9999-12-32", "..",
        "2026-10-01..", "٢٠٢٦-10",
        "<script>alert(1)</script>", "last-7d' OR 1=1", "last-7d\n", "a" * 5_000, "\x00", "last-２d",
    ],
)  # fmt: skip
def test_a_period_that_means_nothing_is_refused_by_name(period: str) -> None:
    error = refused(period=period, team="3")
    assert (error.name, error.without, error.status) == ("period", "?team=3", 400)
    assert len(error.what) < 100


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("compare", "last year"), ("compare", "2026-02-30..2026-03-01"), ("hours", "night"), ("pub", "0"),
        ("pub", "-1"), ("pub", "1.5"), ("pub", "9999999999"), ("pub", "x"), ("team", "5"), ("team", "3,5"),
        ("team", "Billing"), ("channel", "fax"), ("channel", "email;web"), ("priority", "HIGH"), ("priority", "<b>"),
    ],
)  # fmt: skip
def test_a_known_name_with_a_bad_value_offers_the_address_without_it(name: str, word: str) -> None:
    error = refused(**{"period": "last-7d", "sort": "at", name: word})
    assert (error.name, params_of(error.without)) == (name, {"period": "last-7d", "sort": "at"})


def test_a_value_out_of_reach_is_told_like_one_that_does_not_exist() -> None:
    theirs = Known(WEDNESDAY.as_of, BERLIN, {**CHOICES, "team": (("4", "Orders, returns"),)})
    with pytest.raises(BadFilter) as out_of_reach:
        parse({"team": "3"}, theirs)
    with pytest.raises(BadFilter) as unknown:
        parse({"team": "999"}, theirs)
    assert out_of_reach.value.what.replace("3", "999") == unknown.value.what
    assert out_of_reach.value.remedy == unknown.value.remedy


def test_unknown_names_are_ignored_and_empty_values_count_as_left_out() -> None:
    assert read(utm_source="mail", period="", team="", x="<script>") == read()


def test_what_is_usual_is_not_written_down() -> None:
    assert read(period="last-28d", compare="previous", hours="business").query() == ""
    assert read(hours="calendar").query() == "?hours=calendar"
    calendar = Known(WEDNESDAY.as_of, BERLIN, CHOICES, "calendar")
    assert parse({}, calendar).hours == "calendar"
    assert parse({"hours": "calendar"}, calendar).query() == ""


def test_several_values_of_a_list_are_kept_in_order_once() -> None:
    assert read(team="4,3,4").team == ("4", "3")


def test_a_link_changes_what_it_names_and_keeps_the_rest() -> None:
    found = read(period="last-7d", team="3,4", hours="calendar")
    assert params_of(found.query(team=None)) == {"period": "last-7d", "hours": "calendar"}
    assert params_of(found.query(period="last-28d")) == {"team": "3,4", "hours": "calendar"}
    assert found.link("/drill/frt/", part="missed") == "/drill/frt/?period=last-7d&team=3,4&hours=calendar&part=missed"
    assert params_of(found.query(q="a&b=c <é>"))["q"] == "a&b=c <é>"
    assert found.pinned(41).query() == found.query(pub=41)


_PERIODS = some.one_of(
    some.sampled_from(
        ["last-28d", "last-7d", "last-13w", "this-week", "last-week", "this-month", "2026-Q3", "2025-11"]
    ),
    some.tuples(some.dates(date(1971, 1, 1), date(2030, 1, 1)), some.integers(0, 3_600)).map(
        lambda pair: f"{pair[0]}..{pair[0] + timedelta(days=pair[1])}"
    ),
)
_COMPARES = some.one_of(some.sampled_from(["previous", "year", "none"]), some.just("2026-09-01..2026-09-28"))


def _some_of(name: str) -> some.SearchStrategy[str]:
    values = [value for value, _ in CHOICES[name]]
    return some.lists(some.sampled_from(values), unique=True).map(",".join)


GIVEN = some.fixed_dictionaries(
    {},
    optional={
        "period": _PERIODS,
        "compare": _COMPARES,
        "team": _some_of("team"),
        "channel": _some_of("channel"),
        "priority": _some_of("priority"),
        "hours": some.sampled_from(["business", "calendar"]),
        "pub": some.integers(1, 999_999_999).map(str),
    },
)


@given(GIVEN)
def test_the_address_of_filters_reads_back_as_the_same_filters(params: dict[str, str]) -> None:
    found = parse(params, WEDNESDAY)
    assert parse(params_of(found.query()), WEDNESDAY) == found


@given(GIVEN)
def test_a_default_that_is_left_out_changes_nothing(params: dict[str, str]) -> None:
    found, whole = parse(params, WEDNESDAY), parse({**filters.DEFAULTS, **params}, WEDNESDAY)
    assert found == whole


@given(some.dictionaries(some.sampled_from(filters.NAMES), some.text(max_size=60), max_size=4))
def test_any_text_is_either_understood_or_refused_with_a_way_out(params: dict[str, str]) -> None:
    try:
        found = parse(params, WEDNESDAY)
    except BadFilter as error:
        rest = params_of(error.without)
        assert error.name in filters.NAMES
        assert rest == {name: word for name, word in params.items() if name != error.name and word}
    else:
        assert found.first <= found.last


@given(GIVEN, some.integers(-3, 3))
def test_a_period_that_is_moved_keeps_its_length_and_ends_no_later_than_what_is_known(
    params: dict[str, str], steps: int
) -> None:
    found = parse(params, WEDNESDAY)
    if found.first - timedelta(days=found.days * 3) <= date(1971, 1, 1):
        return
    moved = parse({"period": found.shifted(WEDNESDAY, steps)}, WEDNESDAY)
    assert moved.days == found.days
    assert moved.last <= WEDNESDAY.last_whole_day


@pytest.mark.parametrize(
    ("as_of", "whole"),
    [
        (datetime(2026, 11, 18, 22, 59, 59, tzinfo=UTC), date(2026, 11, 18)),
        (datetime(2026, 11, 18, 22, 59, 58, tzinfo=UTC), date(2026, 11, 17)),
        (datetime(2026, 11, 18, 23, 0, tzinfo=UTC), date(2026, 11, 18)),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), date(2026, 3, 28)),
    ],
)
def test_a_day_is_whole_when_its_last_second_is_known(as_of: datetime, whole: date) -> None:
    assert Known(as_of, BERLIN, CHOICES).last_whole_day == whole
