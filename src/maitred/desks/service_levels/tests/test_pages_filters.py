"""Filters on pages of figures: carried by every link, refused with a way out; nothing that is written does harm."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.service_levels.tests.looking import (
    DRILLS,
    FIGURES,
    LONG,
    SPEED,
    TABS,
    Seen,
    csv_rows,
    look,
    params,
    signed_in,
)
from maitred.kit.reading import opened
from maitred.kit.secrets.keyring import Keyring
from maitred.people.models import Team
from maitred.people.tests.floor import Floor, build
from maitred.sync.workspace import create

Sign = Callable[[str], Client]
CHOSEN = {"period": "2025-10-01..2025-12-28", "compare": "year", "channel": "email", "hours": "calendar"}
FILTERED = f"?{urlencode(CHOSEN)}"
OWN = ("period", "compare", "team", "channel", "priority", "hours", "pub", "by", "clock", "sort", "part", "page",
       "statistic", "v", "view", "group", "assignee", "q", "policy", "tab", "mode", "of", "source")  # fmt: skip
SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize("path", FIGURES)
def test_every_link_to_figures_carries_the_filters(sign: Sign, path: str) -> None:
    seen = look(sign("manager"), path + FILTERED)
    assert seen.status == 200
    links = [link for link in seen.links("//a") if _of_figures(link)]
    chips = set(seen.links("//ul[@aria-label='Filters in force']//a"))
    assert links
    for link in set(links) - chips:
        given = params(link)
        assert ".." in given.get("period", ""), f"{link}: a chart's links narrow the period, none drops it"
        assert {**CHOSEN, **{name: given.get(name) for name in CHOSEN if name != "period"}} == CHOSEN, link


def _of_figures(link: str) -> bool:
    """Whether it leads to a page that takes filters."""
    return link.startswith(("/service-levels/", "/drill/", "/tickets/", "/metrics/"))


@pytest.mark.parametrize("path", [SPEED, TABS[1], DRILLS[0]])
def test_chips_take_out_one_filter_each_and_reset_all(sign: Sign, path: str) -> None:
    seen = look(sign("manager"), path + FILTERED)
    chips = seen.links("//ul[@aria-label='Filters in force']//a[not(@class)]")
    assert sorted(next(iter(set(CHOSEN) - set(params(chip)))) for chip in chips) == sorted(CHOSEN)
    (reset,) = seen.links("//a[@class='reset']")
    assert params(reset) == {}


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("period", "last-0d"), ("period", "2026-02-30..2026-03-01"), ("period", "²"), ("compare", "2099"),
        ("team", "999999"), ("team", "²"), ("channel", "fax"), ("priority", "highest"), ("hours", "night"),
        ("pub", "0"), ("pub", "²"), ("pub", "9" * 5_000), ("pub", "77"), ("by", "weather"), ("clock", "sundial"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_and_the_page_without_it_offered(sign: Sign, name: str, word: str) -> None:
    client = sign("manager")
    seen = look(client, f"{SPEED}?{urlencode({**CHOSEN, name: word})}")
    assert (seen.status, seen.marks["data-page"], seen.marks["data-state"]) == (400, "error", "error")
    assert name in seen.heading
    assert seen.all("//*[@data-metric]") == []
    (way_out,) = seen.links("//a[contains(@class, 'pri')]")
    assert params(way_out) == {key: value for key, value in CHOSEN.items() if key != name}
    assert look(client, way_out).status == 200


@pytest.mark.parametrize(
    "address",
    [
        "/drill/frt.business_all/?part=late", "/drill/frt.business_all/?sort=luck", "/drill/frt.business_all/?page=0",
        "/drill/frt.business_all/?page=²", "/drill/frt.business_all/?page=9999",
        "/drill/frt.business_all/?statistic=max",
        f"/drill/frt.business_all/?page={'9' * 5_000}", "/drill/frt.business_all/?policy=1", "/drill/nps/?assignee=1",
        "/service-levels/breaches/queue/?page=9999", "/service-levels/breaches/queue/?page=-1",
        "/service-levels/reconciliation/?page=9999", "/service-levels/bottlenecks/?of=moon",
        "/service-levels/attainment/?by=weather", "/service-levels/backlog/?by=weather",
    ],
)  # fmt: skip
def test_a_page_s_own_words_are_read_as_strictly(sign: Sign, address: str) -> None:
    seen = look(sign("manager"), quote(address, safe="/?=&-"))
    assert seen.status == 400
    (way_out,) = seen.links("//a[contains(@class, 'pri')]")
    assert params(way_out) == {}


def test_a_team_out_of_reach_is_answered_like_one_that_does_not_exist(page_floor: Floor) -> None:
    client = signed_in(page_floor, "lead")
    theirs = page_floor.teams["Technical"].pk
    assert not Team._base_manager.filter(pk=999_999).exists()
    out_of_reach, unknown = (look(client, f"{SPEED}?team={one}") for one in (theirs, 999_999))
    assert out_of_reach.status == unknown.status == 400
    assert _words(out_of_reach).replace(f"={theirs} ", "=N ") == _words(unknown).replace("=999999 ", "=N ")


def _words(seen: Seen) -> str:
    (one,) = seen.all("//main")
    return " ".join(one.text_content().split())


def test_unknown_names_change_nothing(sign: Sign) -> None:
    client = sign("manager")
    plain, more = (
        look(client, SPEED + LONG),
        look(client, f"{SPEED}{LONG}&utm_source=mail&{quote(SCRIPT)}={quote(SCRIPT)}"),
    )
    told = [[dict(one.attrib) for one in seen.all("//*[@data-metric]")] for seen in (plain, more)]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "path",
    [
        *(pytest.param(one, marks=pytest.mark.slow) for one in (SPEED, *TABS[1:], DRILLS[0], "/tickets/demo/10001/")),
        *(TABS[0], DRILLS[1], "/metrics/"),
    ],
)
def test_a_script_in_any_word_of_the_address_is_only_text(sign: Sign, path: str) -> None:
    client = sign("manager")
    for name in OWN if path in (SPEED, DRILLS[0]) else ("period", "by", "q", "policy", "tab", "reason"):
        for word in (SCRIPT, '"><img src=x onerror=alert(1)>'):
            seen = look(client, f"{path}?{urlencode({name: word})}")
            assert seen.status in (200, 400, 403, 404, 422), (name, word)
            _assert_inert(seen)


def _assert_inert(seen: Seen) -> None:
    """No script of somebody's, no handler, no address that runs, no style of its own."""
    assert [one.get("src") for one in seen.all("//script") if not (one.get("src") or "").startswith("/static/")] == []
    assert (
        seen.all("//*[@*[starts-with(name(), 'on')]] | //*[@style] | //img[@src='x'] | //iframe | //svg[@onload]") == []
    )
    assert [link for link in seen.links("//a") if not re.match(r"[/?#]", link)] == []


@pytest.mark.slow
def test_what_customers_wrote_is_only_text_on_every_page(sign: Sign) -> None:
    client = sign("manager")
    drilled = look(client, DRILLS[0] + LONG)
    tickets = [link.partition("?")[0] for link in drilled.links("//tr[@data-row]//a")][:3]
    pages = [drilled, look(client, SPEED + LONG + "&by=account"), look(client, TABS[2] + LONG + "&by=assignee")]
    for ticket in tickets:
        pages += [look(client, ticket), look(client, f"{ticket}?tab=conversation")]
    for seen in pages:
        assert seen.status == 200
        _assert_inert(seen)
    subjects = {one.text for one in drilled.all("//td[contains(@class, 'subject')]/bdi")}
    assert {"<script>alert('subject')</script>", "'; DROP TABLE tickets; --"} <= subjects
    assert any("49" not in one and "{{ 7*7 }}" in one for one in subjects if one)


def test_what_customers_wrote_is_no_formula_in_a_file(sign: Sign) -> None:
    rows = csv_rows(sign("manager"), "/drill/frt.business_all/rows.csv" + LONG)
    cells = {cell for row in rows for cell in row.values() if cell}
    bad = {one for one in cells if one[0] in "=+@\t\r" or (one[0] == "-" and not re.fullmatch(r"-[\d.]+", one))}
    assert bad == set()
    assert any("HYPERLINK" in one for one in cells)
    assert not any(line.startswith("#") for line in (next(iter(row.values())) or "" for row in rows))


def test_charts_carry_names_as_text(sign: Sign) -> None:
    client = sign("manager")
    seen = look(client, TABS[0] + LONG)
    for figure in seen.all("//figure[@data-chart]"):
        answer = client.get(figure.get("data-chart"))
        assert answer["Content-Type"].startswith("application/json")
        assert "<script" not in json.dumps(json.loads(answer.content)).replace("<script>alert('subject')</script>", "")
        assert figure.xpath(".//*[@role='img'][@aria-label]")
        assert figure.xpath(".//details[@data-chart-table]")


def test_thin_data_say_how_much_there_is_and_how_much_is_needed(sign: Sign) -> None:
    seen = look(sign("manager"), SPEED + "?period=2025-12-27..2025-12-28")
    none = seen.all("//*[@data-suppressed]")
    assert seen.status == 200
    assert {one.get("data-suppressed") for one in none} <= {"min-n", "no-data"}
    assert any(re.search(r"too few \(n \d+, needs \d+\)", one.text_content()) for one in none)
    assert "Too little data" in seen.heading or "Cannot tell" in seen.heading


def test_a_period_before_the_first_ticket_is_told_and_never_a_blank_chart(sign: Sign) -> None:
    client = sign("manager")
    for path in (SPEED, *TABS[:4], DRILLS[0]):
        seen = look(client, path + "?period=2019-01-01..2019-01-28")
        assert seen.status == 200, path
        states = {one.get("data-chart-state") for one in seen.all("//figure[@data-chart]")}
        assert states <= {"empty", "suppressed"} or path == TABS[2], "a backlog of nothing is a line at zero"
        assert all(" ".join(one.text_content().split()) for one in seen.all("//figure"))
        assert seen.all("//tr[@data-row]") == []


def test_the_same_address_gives_the_same_numbers(sign: Sign) -> None:
    client = sign("manager")
    address = f"{SPEED}{LONG}&pub=1"
    first, again = look(client, address), look(client, address)
    assert [dict(one.attrib) for one in first.all("//*[@data-metric]")] == [
        dict(one.attrib) for one in again.all("//*[@data-metric]")
    ]
    assert "pinned to publication 1" in first.text


@pytest.fixture
def fresh(db: None, tmp_path: Path, settings: Any) -> Floor:
    """A workspace into which nothing has been imported."""
    settings.MAITRED_HOME, settings.MAITRED_DEMO = tmp_path / "workspace", True
    create(settings.MAITRED_HOME)
    Keyring(settings.MAITRED_HOME / "keys").create()
    opened.forget()
    return build()


@pytest.mark.parametrize("role", ["agent", "manager", "executive", "admin"])
def test_before_the_first_import_the_start_page_is_the_way_there(fresh: Floor, role: str) -> None:
    seen = look(signed_in(fresh, role), "/")
    assert (seen.status, seen.marks["data-state"]) == (200, "first-run")
    assert seen.all("//*[@data-metric]") == []


def test_before_the_first_import_pages_of_figures_say_that_there_is_nothing(fresh: Floor) -> None:
    client = signed_in(fresh, "manager")
    for path in FIGURES:
        seen = look(client, path)
        assert seen.status in (200, 404), path
        assert seen.heading
        assert seen.all("//*[@data-value]") == []


def test_a_day_typed_into_the_form_becomes_one_word_of_the_address(sign: Sign) -> None:
    answer = sign("manager").get(SPEED + "?from=2025-10-01&to=2025-10-28&hours=calendar&period=last-7d")
    assert answer.status_code == 302
    assert params(answer["Location"]) == {"period": "2025-10-01..2025-10-28", "hours": "calendar"}


def test_the_clock_of_the_tests_is_the_log_s(page_floor: Floor) -> None:
    assert clock.now() == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
