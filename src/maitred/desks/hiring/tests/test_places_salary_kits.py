"""Places out of a line, what a job pays, kits for interviews, and what a team's own gaps suggest."""

from __future__ import annotations

from datetime import date

import pytest

from maitred.base.errors import NotFound
from maitred.desks.hiring.posting import kits
from maitred.desks.hiring.postings import duties, places, roles, salary
from maitred.insight import wages
from maitred.insight.text.behaviours import BEHAVIOURS

LINES = [
    ("Austin, TX", "site", ["US-TX/Austin"]), ("New York", "site", ["US-NY/New York City"]),
    ("Remote (US)", "remote", ["US"]), ("Remote, Texas", "remote", ["US-TX"]), ("Remote", "remote", []),
    ("Remote (TX, FL, GA)", "remote", ["US-TX", "US-FL", "US-GA"]), ("Hybrid - Boston, MA", "hybrid", ["US-MA/Boston"]),
    ("Dublin, Ohio", "site", ["US-OH/Dublin"]), ("Dublin, Ireland", "site", ["IE/Dublin"]),
    ("Washington, DC", "site", ["US-DC/Washington"]), ("Seattle, Washington", "site", ["US-WA/Seattle"]),
    ("Toronto, Ontario, Canada", "site", ["CA-ON/Toronto"]), ("Remote within Germany", "remote", ["DE"]),
    ("San Francisco, CA or New York, NY", "site", ["US-CA/San Francisco", "US-NY/New York City"]),
    ("Nowhere Land 12", "site", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "way", "codes"), LINES)
def test_a_location_is_read_as_a_person_reads_it(text: str, way: str, codes: list[str]) -> None:
    found = places.read(text)
    assert (found.way, [one.code for one in found.spots]) == (way, codes)


@pytest.mark.parametrize(("text", "place", "touched"), [
    ("Denver, CO", "US-CO", True), ("Austin, TX", "US-CO", False), ("Remote (US)", "US-CO", True),
    ("Remote", "US-CO", True), ("Remote (Texas)", "US-CO", False), ("Buffalo, NY", "US-NY/New York City", False),
    ("Remote (New York)", "US-NY/New York City", True), ("Berlin", "EU", True), ("London, UK", "EU", False),
    ("Remote (EU)", "DE", True), ("Denver, CO", "CO", False),
])  # fmt: skip
def test_a_rule_touches_sites_and_whoever_may_apply(text: str, place: str, touched: bool) -> None:
    assert places.read(text).touches(place) is touched


def test_a_range_is_placed_beside_both_occupations_in_the_nation() -> None:
    found = salary.told(salary.insight("43-1011", "United States", 42_830, 65_000))
    assert found["range"]["sentence"] == "from under p10 to under the median"
    assert (found["p10"], found["p50"], found["p90"]) == (45_610, 69_500, 104_710)
    assert [one["soc"] for one in found["beside"]] == ["11-9199", "11-3131"]


def test_a_place_offers_metro_state_and_nation_and_another_country_has_no_source() -> None:
    found = salary.told(salary.insight("43-1011.00", "New York"))
    assert [one["area"]["name"] for one in found["areas"]] == [
        "New York-Newark-Jersey City, NY-NJ", "New York", "United States",
    ]  # fmt: skip
    assert found["p50"] == 80_760
    abroad = salary.told(salary.insight("43-1011", "Munich, Germany", 50_000, 60_000))
    assert (abroad["areas"], abroad["range"]) == ([], None)
    assert abroad["notices"] == ["no bundled source for Munich, Germany: type a range with the source it is from"]
    with pytest.raises(NotFound, match="43-4051"):
        salary.insight("99-9999", "Texas")


def test_the_proposed_range_is_no_wider_than_the_check_allows() -> None:
    for area in ("0000000", "0035620"):
        for soc in wages.OCCUPATIONS:
            found = salary.proposal(wages.band(soc, area))
            assert found is None or (found[1] / found[0] <= 1.6 and found[0] < found[1])
    assert salary.proposal(None) is None


def test_an_old_survey_and_another_currency_are_told() -> None:
    old = salary.insight("43-1011", "Texas", 60_000, 80_000, today=date(2028, 6, 1))
    assert "is old" in old.notices[0]
    other = salary.insight("43-1011", "Texas", 60_000, 80_000, currency="EUR")
    assert other.placed is None
    assert "EUR" in other.notices[0]


@pytest.mark.parametrize(("location", "asked"), [
    ("Austin, TX", "Austin, TX"), ("New York, NY", "New York, NY"), ("Remote (US)", "United States"), ("", ""),
    ("Remote", "United States"), ("Remote (Texas)", "TX"), ("Berlin", "Berlin"),
])  # fmt: skip
def test_the_survey_is_asked_for_the_site_of_a_posting(location: str, asked: str) -> None:
    assert salary.place_words(location) == asked


@pytest.mark.parametrize("template", roles.templates())
def test_every_role_has_a_kit_with_anchors_for_each_competency(template: str) -> None:
    found = kits.told(kits.kit_of(template))
    assert kits.told(kits.kit_of(found["role"])) == found
    assert len(found["competencies"]) >= 3
    for one in found["competencies"]:
        assert one["title"] and one["questions"] and list(one["scale"]) == ["1", "3", "5"]
        assert all(one["scale"].values()) and set(one["behaviours"]) <= set(BEHAVIOURS)
    assert any(one["behaviours"] for one in found["competencies"])


def test_a_kit_of_a_role_that_is_none_is_refused() -> None:
    with pytest.raises(NotFound, match=r"support\.manager"):
        kits.kit_of("astronaut")


def test_gaps_suggest_lines_with_their_reason_and_nothing_is_added_unasked() -> None:
    posting = roles.posting("support-manager")
    gaps = [
        duties.Gap("Refunds", "nobody", 40.0, 160, 0, 0, 12.0), duties.Gap("Chat", "ok", 300.0, 900, 2, 0, 31.0, 25, 38),  # noqa: E501
        duties.Gap("Billing", "ok", 10.0, 30, 5, 0, 2.0), duties.Gap("SQL", "unbound", None, 0, 3, 3, None),
        duties.Gap("Data", "no_volume", None, 0, 0, 0, None),
    ]  # fmt: skip
    found = duties.suggestions(gaps, posting)
    assert [one.line.text for one in found if one.block == "qualifications"] == ["Refunds", "Chat", "SQL"]
    assert found[2].reason == (
        "Chat asks 31 hours a week (25 to 38) of each of the 2 who hold it; about 300 contacts a week need it (n = 900)"
    )
    grown = duties.accepted(posting, found[:1])
    assert grown.block("qualifications").lines[-1].source == "skills gap"  # type: ignore[union-attr]
    assert duties.accepted(grown, found[:1]) == grown
    assert not [one for one in duties.suggestions(gaps, grown) if one.line.text == "Refunds"]
