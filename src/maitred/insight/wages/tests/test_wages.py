"""The wage table as it ships, areas out of what people type, and where a range lies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.insight import wages
from maitred.insight.wages import placing, tables

NATION = "0000000"


def test_the_table_is_small_whole_and_says_where_it_is_from() -> None:
    file = Path(tables.__file__).parent / "oews_2025_05.txt.gz"
    assert file.stat().st_size < 200_000
    areas, bands = tables._read()
    assert (len(areas), len(bands)) == (583, 2_537)
    assert {soc for soc, _area in bands} == set(wages.OCCUPATIONS)
    assert "public domain" in wages.RELEASE.attribution


def test_the_published_figures_stand_in_it() -> None:
    told = [wage.value for _share, wage in wages.band("43-1011", NATION).wages]  # type: ignore[union-attr]
    assert told == [45_610, 55_950, 69_500, 85_090, 104_710]
    assert wages.band("43-4051", NATION).p50.value == 44_770  # type: ignore[union-attr]
    assert wages.band("43-1011", "0035620").p50.value == 80_760  # type: ignore[union-attr]


def test_what_was_suppressed_stays_empty_and_the_ceiling_means_at_least() -> None:
    found = wages.band("11-3131", "0042340")
    assert found is not None
    assert [wage.value for _share, wage in found.wages] == [None] * 5
    assert wages.placed(found, 50_000, 60_000).sentence.startswith("cannot tell")
    capped = tables.parsed(["11-1021", NATION, "", "90000", "", "150000", "200000", "239200+"])
    assert capped.employment is None
    assert [wage.told() for _share, wage in capped.wages] == [
        "$90,000", "suppressed", "$150,000", "$200,000", "at least $239,200",
    ]  # fmt: skip
    notices = wages.placed(capped, 100_000, 250_000).notices
    assert "suppressed p25" in notices[0]
    assert "at least so much" in notices[1]


def test_percentiles_never_fall() -> None:
    for band in tables._read()[1].values():
        known = [wage.value for _share, wage in band.wages if wage.value is not None]
        assert known == sorted(known)


@pytest.mark.parametrize(("asked", "first"), [
    ("New York", "New York-Newark-Jersey City, NY-NJ"), ("NYC", "New York-Newark-Jersey City, NY-NJ"),
    ("Austin, TX", "Austin-Round Rock-San Marcos, TX"), ("Palo Alto, CA", "San Jose-Sunnyvale-Santa Clara, CA"),
    ("Texas", "Texas"), ("TX", "Texas"), ("United States", "United States"), ("", "United States"),
    ("Columbus, GA", "Columbus, GA-AL"), ("Columbus", "Columbus, OH"), ("0035620", "New York-Newark-Jersey City, NY-NJ"),  # noqa: E501
    ("Dublin, Ohio", "Columbus, OH"), ("Boulder, CO, USA", "Boulder, CO"), ("Honolulu, HI", "Urban Honolulu, HI"),
])  # fmt: skip
def test_a_place_is_found_by_the_name_people_use(asked: str, first: str) -> None:
    found = wages.resolve(asked)
    assert found[0].name == first
    assert found[-1].code == NATION


@pytest.mark.parametrize("asked", ["Munich, Germany", "Dublin, Ireland", "Toronto, ON", "Atlantis"])
def test_a_place_elsewhere_has_no_area(asked: str) -> None:
    assert wages.resolve(asked) == ()


@pytest.mark.parametrize(("low", "high", "told"), [
    (42_830, 65_000, "from under p10 to under the median"), (60_000, 80_000, "from under the median to under p75"),
    (69_500, 85_090, "from at the median to at p75"), (90_000, 120_000, "from under p90 to over p90"),
    (None, 50_000, "up to between p10 and p25"), (50_000, None, "at least between p10 and p25"),
    (None, None, "no range is offered"),
])  # fmt: skip
def test_a_range_is_told_by_the_percentiles_around_its_ends(low: float | None, high: float | None, told: str) -> None:
    assert wages.placed(wages.band("43-1011", NATION), low, high).sentence == told


def test_an_hourly_range_is_brought_to_a_year() -> None:
    band = wages.band("43-4051", NATION)
    assert band is not None
    hourly, yearly = wages.placed(band, 20, 25, "hour"), wages.placed(band, 41_600, 52_000)
    assert hourly.sentence == yearly.sentence


def test_a_range_under_the_median_and_an_old_survey_are_warned_of() -> None:
    band = wages.band("43-1011", NATION)
    assert "an earlier year" in wages.placed(band, 42_830, 65_000).notices[0]
    assert wages.placed(band, 60_000, 80_000, today=date(2026, 11, 30)).notices == ()
    assert "is old" in wages.placed(band, 60_000, 80_000, today=date(2028, 1, 1)).notices[0]


@given(st.floats(1, 1_000_000), st.sampled_from(sorted(wages.OCCUPATIONS)))
def test_an_amount_lies_between_the_percentiles_that_are_named(amount: float, soc: str) -> None:
    band = wages.band(soc, NATION)
    assert band is not None
    values = {share: wage.value or 0 for share, wage in band.wages}
    found = placing.spot(amount, band)
    assert found.above is None or amount >= values[found.above]
    assert found.below is None or amount < values[found.below]
