"""What a query is read into: the reference sentence, each slot, how parts belong together, and a measured floor."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from maitred.base.errors import BadInput
from maitred.insight.ranking.chips import LONGEST_QUERY, SLOTS, Chip, Reading, read, warm
from maitred.insight.ranking.tests.graded_queries import grade, graded, value_of

REFERENCE: dict[str, Any] = json.loads(
    """{"query":"Customer Support Manager with 4 years of experience in New York",
 "chips":[{"slot":"title","value":{"role":"support.manager","label":"customer support manager","soc":"43-1011.00"},
           "span":[0,24],"must":false,"not":false,"any_of":null,"assumed":[]},
          {"slot":"years_min","value":4,"of":"support","span":[30,51],"must":false,"not":false,"any_of":null,
           "assumed":[]},
          {"slot":"place","value":{"kind":"city","geonameid":5128581,"name":"New York City","admin1":"NY",
           "country":"US","radius_km":50},"span":[55,63],"must":false,"not":false,"any_of":null,
           "assumed":["radius_km"],
           "alternatives":[{"kind":"admin1","name":"New York","admin1":"NY","country":"US"}]}],
 "blocked":[],"not_understood":[]}"""
)


def _slots(query: str) -> list[str]:
    return [f"{chip.slot}={value_of(chip)}" for chip in read(query).chips]


def test_the_reference_sentence_is_read_into_exactly_its_chips() -> None:
    assert read(REFERENCE["query"]).told() == REFERENCE


@pytest.mark.parametrize(
    "query",
    [
        "2 years managing people",
        "leading teams for 2 years",
        "2+ years of leadership experience",
        "supervisory experience: 2 years",
        "two years in a management role",
    ],
)
def test_a_leading_word_beside_a_count_makes_it_leading_years(query: str) -> None:
    assert _slots(query) == ["lead_years_min=2"]


def test_the_title_never_makes_years_leading_years() -> None:
    assert _slots("Customer support manager with 4 years") == ["title=support.manager", "years_min=4"]
    assert _slots("4 years, customer service supervisor") == ["years_min=4", "title=support.supervisor"]


def test_two_counts_go_to_the_subject_next_to_them() -> None:
    assert _slots("5 years in support, 2 managing people") == ["years_min=5", "lead_years_min=2"]


def test_a_most_of_years_is_a_chip_with_a_warning_and_not_blocked() -> None:
    reading = read("support lead with 3-5 years")
    assert [(chip.slot, chip.value, bool(chip.warning)) for chip in reading.chips[1:]] == [
        ("years_min", 3, False),
        ("years_max", 5, True),
    ]
    assert reading.blocked == ()


@pytest.mark.parametrize(
    ("query", "words", "about"),
    [
        ("young support manager", "young", "age"),
        ("support manager under 35", "under 35", "age"),
        ("recent graduate as support agent", "recent graduate", "age"),
        ("digital native, support agent", "digital native", "age"),
        ("female support manager", "female", "gender"),
        ("native Spanish speaker", "native", "origin"),
        ("support agent, native speaker", "native speaker", "origin"),
        ("American citizens only, support agent", "American citizens only", "origin"),
        ("Muslim support agent", "Muslim", "religion"),
        ("healthy support agent", "healthy", "health"),
        ("support manager, not pregnant", "not pregnant", "health"),
        ("married support manager", "married", "family"),
        ("support manager with no kids", "no kids", "family"),
        ("energetic support agent", "energetic", "age"),
    ],
)
def test_words_about_what_must_not_matter_are_taken_out_and_named(query: str, words: str, about: str) -> None:
    reading = read(query)
    assert [(one.text, one.about) for one in reading.blocked] == [(words, about)]
    assert reading.blocked[0].reason
    assert query[reading.blocked[0].start : reading.blocked[0].end] == words
    assert reading.chips, "what else the query asks for still runs"


@pytest.mark.parametrize(
    "query",
    ["Six Sigma black belt", "white glove support", "healthcare support manager", "single point of contact", "retail"],
)
def test_harmless_words_are_not_blocked(query: str) -> None:
    assert read(query).blocked == ()


def test_an_impossible_place_is_not_understood() -> None:
    reading = read("support manager in Atlantis")
    assert reading.not_understood == ("Atlantis",)
    assert [chip.slot for chip in reading.chips] == ["title"]


def test_a_town_of_that_name_is_understood_with_its_country() -> None:
    assert read("support manager in Atlantis, South Africa").chips[1].slot == "place"


def test_contradicting_chips_are_kept_and_warned_about() -> None:
    both = read("Zendesk required, no Zendesk").chips
    assert [(chip.negated, bool(chip.warning)) for chip in both] == [(False, True), (True, True)]
    years = read("at least 8 years of experience, at most 5 years").chips
    assert [chip.slot for chip in years] == ["years_min", "years_max"]
    assert all("above the most" in chip.warning for chip in years)


def test_a_word_that_means_nothing_here_is_told() -> None:
    assert read("support manager with Foobarlytics").not_understood == ("Foobarlytics",)


def test_a_city_beats_its_state_and_names_it_as_the_alternative() -> None:
    place = read("support manager in New York").chips[1]
    assert value_of(place) == "city:5128581"
    assert [one["kind"] for one in place.alternatives] == ["admin1"]
    assert _slots("support manager in New York state")[1] == "place=admin1:US-NY"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("Dublin, Ohio", "city:5152333"),
        ("Dublin", "city:2964574"),
        ("Springfield, MA", "city:4951788"),
        ("Cambridge, UK", "city:2653941"),
        ("Cambridge, MA", "city:4931972"),
        ("NYC", "city:5128581"),
        ("SF", "city:5391959"),
        ("LA", "city:5368361"),
        ("the Bay Area", "area:San Francisco Bay Area"),
        ("the Greater New York Area", "area:Greater New York Area"),
        ("St. Louis", "city:4407066"),
        ("Munich", "city:2867714"),
        ("München", "city:2867714"),
        ("Georgia", "admin1:US-GA"),
        ("the UK", "country:GB"),
        ("Portland, OR", "city:5746545"),
    ],
)
def test_a_place_is_understood(place: str, value: str) -> None:
    assert _slots(f"support manager in {place}") == ["title=support.manager", f"place={value}"]


def test_a_radius_is_whole_kilometres_and_no_longer_assumed() -> None:
    place = read("support lead within 30 miles of Chicago").chips[1]
    assert isinstance(place.value, dict)
    assert place.value["radius_km"] == 48
    assert place.assumed == ()


def test_alternatives_share_a_number() -> None:
    reading = read("support manager in Austin or Denver with Zendesk, Intercom or Freshdesk")
    assert [chip.any_of for chip in reading.chips] == [None, 1, 1, 2, 2, 2]


def test_what_is_ruled_out_is_marked() -> None:
    reading = read("support manager without Salesforce, not in California")
    assert [(chip.slot, chip.negated) for chip in reading.chips] == [("title", False), ("tool", True), ("place", True)]


def test_must_and_nice_to_have_reach_as_far_as_they_should() -> None:
    reading = read("support manager, must have Zendesk and Spanish, nice to have Salesforce; Jira required")
    assert {chip.slot + str(chip.must) for chip in reading.chips} == {
        "titleFalse",
        "toolTrue",
        "languageTrue",
        "toolFalse",
    }
    assert [chip.must for chip in reading.chips] == [False, True, True, False, True]


def test_an_ambiguous_title_keeps_what_else_it_may_mean() -> None:
    title = read("CS manager").chips[0]
    assert [one["role"] for one in title.alternatives] == ["success.manager"]


def test_a_bare_rank_stands_for_support_and_says_so() -> None:
    title = read("team lead in Boston").chips[0]
    assert (value_of(title), title.assumed) == ("support.lead", ("family",))


def test_an_empty_query_has_no_chips() -> None:
    assert read("   ") == Reading("   ")


def test_a_query_that_is_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(BadInput, match="2,000 can be read"):
        read("support " * LONGEST_QUERY)


@pytest.mark.parametrize(
    "text",
    [
        "a " * 1000,
        '"' * 2000,
        "zendesk or " * 180,
        "between 3 and " * 140,
        "leading " * 240,
        "years 5 " * 240,
        "u.s. " * 390,
        "\x00\x01\x02" * 600,
        "\u202e" * 500 + "<script>alert(1)</script>",
        "İ" * 1000,
        "\ud800" * 50,
        "'; DROP TABLE profiles;--" * 70,
    ],
)
def test_hostile_text_is_read_in_a_moment_and_spans_stay_inside(text: str) -> None:
    began = time.process_time()
    reading = read(text)
    assert time.process_time() - began < 1
    assert all(0 <= chip.start < chip.end <= len(text) for chip in reading.chips)


def test_every_chip_of_every_graded_query_lies_in_its_words_and_comes_back_from_its_json() -> None:
    for half in ("developing", "held_out"):
        for query, _ in graded(half):
            for chip in read(query).chips:
                assert chip.slot in SLOTS
                assert query[chip.start : chip.end].strip(), query
                assert Chip.from_told(json.loads(json.dumps(chip.told()))).told() == chip.told()


def test_a_chip_of_an_unknown_slot_is_refused() -> None:
    with pytest.raises(BadInput, match="no chip has the slot"):
        Chip.from_told({"slot": "age", "value": 30})


@pytest.mark.parametrize("half", ["developing", "held_out"])
def test_queries_are_read_as_people_expect(half: str) -> None:
    found = grade(half)
    assert found.slots >= 0.99, "\n".join(found.wrong)
    assert found.whole / found.queries >= 0.98, "\n".join(found.wrong)
    assert found.invented == 0, "\n".join(found.wrong)


def test_a_query_takes_well_under_a_millisecond() -> None:
    warm()
    queries = [query for query, _ in graded("developing")]
    for query in queries:
        read(query)
    took = []
    for _ in range(3):
        began = time.process_time()
        for query in queries:
            read(query)
        took.append((time.process_time() - began) / len(queries))
    assert min(took) < 0.001
