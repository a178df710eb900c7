"""Times of foreign logs: one form per column or a refusal, and the zone rules of RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import BadInput
from maitred.connectors.files.eventlog.formats import compile_format
from maitred.connectors.files.eventlog.times import Form, Tally, decide, given_form, iso_text, read_times, tally, to_utc

EPOCH = datetime(1970, 1, 1)


def form_of(*texts: str) -> Form:
    return decide(tally(pa.array(texts)), "column 't'")


def read(*texts: str, form: Form | None = None) -> list[str | None]:
    times = read_times(pa.array(texts), form or form_of(*texts))
    return [iso_text(int(m)) if ok else None for m, ok in zip(times.micros[:-1], times.valid[:-1], strict=True)]


@pytest.mark.parametrize(
    ("text", "form", "instant"),
    [
        ("29/2/2016 01:16", "%d/%m/%Y %H:%M", "2016-02-29T01:16:00Z"),
        ("2/29/2016 01:16", "%m/%d/%Y %H:%M", "2016-02-29T01:16:00Z"),
        ("2016-02-29T01:16:00.123+02:00", "%Y-%m-%dT%H:%M:%S.%f%z", "2016-02-28T23:16:00Z"),
        ("2016-02-29 01:16:00 UTC", "%Y-%m-%d %H:%M:%S %z", "2016-02-29T01:16:00Z"),
        ("2016-02-29T01:16:00Z", "%Y-%m-%dT%H:%M:%S%z", "2016-02-29T01:16:00Z"),
        ("2016-02-29 01:16:00-0530", "%Y-%m-%d %H:%M:%S%z", "2016-02-29T06:46:00Z"),
        ("2012/10/09 14:50:17.000", "%Y/%m/%d %H:%M:%S.%f", "2012-10-09T14:50:17Z"),
        ("29.02.2016", "%d.%m.%Y", "2016-02-29T00:00:00Z"),
        ("29-Feb-2016 10:00 PM", "%d-%b-%Y %I:%M %p", "2016-02-29T22:00:00Z"),
        ("12/31/2016 12:05 am", "%m/%d/%Y %I:%M %p", "2016-12-31T00:05:00Z"),
        ("Mon, 29 Feb 2016 01:16:00 +0100", "%a, %d %b %Y %H:%M:%S %z", "2016-02-29T00:16:00Z"),
        ("20160229T011600Z", "%Y%m%dT%H%M%S%z", "2016-02-29T01:16:00Z"),
        ("1456708560", "%s", "2016-02-29T01:16:00Z"),
        ("1456708560123", "%s (milliseconds)", "2016-02-29T01:16:00Z"),
    ],
)
def test_common_forms_are_recognised(text: str, form: str, instant: str) -> None:
    assert form_of(text).format == form
    assert read(text) == [instant]


def test_one_value_above_twelve_settles_the_order_of_day_and_month() -> None:
    assert read("1/2/2016 10:00", "13/2/2016 10:00") == ["2016-02-01T10:00:00Z", "2016-02-13T10:00:00Z"]
    assert read("1/2/2016 10:00", "2/13/2016 10:00") == ["2016-01-02T10:00:00Z", "2016-02-13T10:00:00Z"]


def test_an_ambiguous_order_is_refused_with_both_forms() -> None:
    with pytest.raises(BadInput) as refusal:
        form_of("1/2/2016 10:00", "3/4/2016 11:00")
    assert "%d/%m/%Y %H:%M" in str(refusal.value)
    assert "%m/%d/%Y %H:%M" in str(refusal.value)
    assert 'time_format = "%d/%m/%Y %H:%M"' in refusal.value.remedy


def test_days_that_equal_their_month_are_not_ambiguous() -> None:
    assert read("3/3/2016 10:00") == ["2016-03-03T10:00:00Z"]


def test_a_neighbouring_column_settles_a_doubt() -> None:
    form = decide(tally(pa.array(["1/2/2016 10:00"])), "column 'opened'", prefer="%d/%m/%Y %H:%M")
    assert form.format == "%d/%m/%Y %H:%M"


@pytest.mark.parametrize(
    "texts",
    [
        ("13/2/2016 10:00", "2/13/2016 10:00"),
        ("2016-02-13 10:00", "13/02/2016 10:00"),
        ("2016-02-13T10:00:00Z", "2016-02-13T10:00:00"),
        ("2016-02-13 10:00", "2016-02-13"),
    ],
)
def test_a_mixture_of_forms_is_refused_with_an_example_of_each(texts: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="more than one way") as refusal:
        form_of(*texts)
    assert repr(texts[0]) in str(refusal.value)
    assert repr(texts[1]) in str(refusal.value)


def test_seconds_and_fractions_may_be_left_out_here_and_there() -> None:
    assert read("2016-02-29T10:00:00.5Z", "2016-02-29T10:00:00Z", "2016-02-29T10:00Z") == ["2016-02-29T10:00:00Z"] * 3


def test_impossible_dates_are_not_read_and_do_not_spoil_the_guess() -> None:
    assert read("31/2/2016 01:16", "29/2/2015 10:00", "25/3/2016 25:00", "25/3/2016 12:00", "soon") == [
        None,
        None,
        None,
        "2016-03-25T12:00:00Z",
        None,
    ]


def test_a_column_without_a_time_is_refused() -> None:
    with pytest.raises(BadInput, match="no value of column 't' looks like a time"):
        form_of("soon", "later")


def test_tallies_of_parts_add_up_to_the_tally_of_the_whole() -> None:
    parts = [tally(pa.array(part)) for part in (["1/2/2016 10:00"], ["13/2/2016 10:00"], ["soon"])]
    assert decide(sum(parts[1:], parts[0]), "t").format == "%d/%m/%Y %H:%M"
    with pytest.raises(BadInput, match="can be read as"):
        decide(Tally() + parts[0], "t")


def test_a_given_format_reads_only_what_it_says() -> None:
    form = given_form("%d/%m/%Y %H:%M")
    assert read("1/2/2016 10:00", "2/13/2016 10:00", "2016-02-13", form=form) == ["2016-02-01T10:00:00Z", None, None]


@pytest.mark.parametrize("wanted", ["%d/%m/%Y %Q", "%H:%M", "%d/%d/%Y", "%d %b", "%d/%m/%Y %"])
def test_a_format_that_cannot_name_an_instant_is_refused(wanted: str) -> None:
    with pytest.raises(ValueError, match="."):
        compile_format(wanted)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)),
    st.sampled_from(["%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d %B %Y %I:%M:%S %p", "%m-%d-%y %H:%M:%S"]),
)
def test_given_formats_read_what_strftime_writes(moment: datetime, wanted: str) -> None:
    moment = moment.replace(microsecond=0)
    expected = datetime.strptime(moment.strftime(wanted), wanted)
    times = read_times(pa.array([moment.strftime(wanted)]), given_form(wanted))
    assert times.valid[0]
    assert EPOCH + timedelta(microseconds=int(times.micros[0])) == expected


def utc(text: str, zone: str) -> str:
    local = int((datetime.fromisoformat(text) - EPOCH).total_seconds()) * 1_000_000
    return iso_text(int(to_utc(np.array([local]), zone)[0]))


def test_a_local_time_in_the_spring_gap_moves_forward() -> None:
    assert utc("2016-03-27 01:30", "Europe/Lisbon") == "2016-03-27T01:30:00Z"  # 01:30 does not exist: 02:30 WEST
    assert utc("2016-03-13 02:30", "America/New_York") == "2016-03-13T07:30:00Z"


def test_a_local_time_that_occurs_twice_is_the_first() -> None:
    assert utc("2016-10-30 01:30", "Europe/Lisbon") == "2016-10-30T00:30:00Z"
    assert utc("2016-11-06 01:30", "America/New_York") == "2016-11-06T05:30:00Z"


@given(
    st.lists(st.datetimes(datetime(1975, 1, 1), datetime(2150, 1, 1)), min_size=1, max_size=30),
    st.sampled_from(["Europe/Lisbon", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Chatham"]),
)
def test_zones_agree_with_the_standard_library(moments: list[datetime], zone: str) -> None:
    local = np.array([(moment - EPOCH) // timedelta(microseconds=1) for moment in moments])
    expected = [moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None) for moment in moments]
    assert [EPOCH + timedelta(microseconds=int(value)) for value in to_utc(local, zone)] == expected
