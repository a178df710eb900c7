"""Cities by name, region and country, and the distance between them."""

from __future__ import annotations

import pytest

from maitred.insight.ranking.places import UNKNOWN_CITY, cities, city_row, distance_km, row_of


@pytest.mark.parametrize(
    ("city", "region", "country", "geonameid"),
    [
        ("New York", "NY", "US", 5128581),
        ("new york city", "", "", 5128581),
        ("Dublin", "", "", 2964574),
        ("Dublin", "Ohio", "US", 5152333),
        ("Saint Louis", "Missouri", "US", 4407066),
        ("München", "Bayern", "DE", 2867714),
        ("Cologne", "", "Germany", 2886242),
        ("Toronto", "ON", "CA", 6167865),
        ("Bangalore", "", "India", 1277333),
        ("LA", "CA", "US", 5368361),
    ],
)
def test_a_city_of_a_profile_is_found(city: str, region: str, country: str, geonameid: int) -> None:
    assert cities()[city_row(city, region, country)].geonameid == geonameid


@pytest.mark.parametrize(
    ("city", "region", "country"), [("Nowhereville", "", ""), ("", "", ""), ("Austin", "", "Germany"), ("\x00", "", "")]
)
def test_a_city_that_is_not_known_has_no_row(city: str, region: str, country: str) -> None:
    assert city_row(city, region, country) == UNKNOWN_CITY


def test_rows_are_places_in_one_sorted_table() -> None:
    numbers = [city.geonameid for city in cities()]
    assert numbers == sorted(set(numbers))
    assert row_of(numbers[100]) == 100


def test_distances_are_great_circles() -> None:
    london, paris = cities()[city_row("London", "", "GB")], cities()[city_row("Paris", "", "FR")]
    assert distance_km(london, paris) == pytest.approx(343.6, abs=1.5)
    assert distance_km(london, london) == 0
