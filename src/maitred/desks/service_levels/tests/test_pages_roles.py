"""Who may open which page of figures, what each sees of it, and the marks that every page carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.service_levels.tests.conftest import NOW
from maitred.desks.service_levels.tests.looking import (
    CATALOGUE,
    DRILLS,
    FIGURES,
    LONG,
    SPEED,
    TABS,
    Seen,
    look,
    pages_of,
)

Sign = Callable[[str], Client]
LOOKERS = ("agent", "lead", "manager", "executive")
SHUT_OUT = ("admin", "auditor")
UNKNOWN = ("/drill/nothing/", "/drill/frt.business_all/?v=9", "/metrics/nothing/", "/tickets/demo/999999/")


@pytest.mark.slow
@pytest.mark.parametrize("role", LOOKERS)
def test_whoever_sees_figures_opens_every_page(sign: Sign, role: str) -> None:
    client = sign(role)
    for path in FIGURES:
        seen = look(client, path + LONG)
        assert seen.status == 200, path
        marks = seen.marks
        assert (marks["data-state"], marks["data-role"], marks["data-publication"]) == ("ok", role, "1"), path
        expected = "drill" if path in DRILLS else "metrics" if path in CATALOGUE else "service_levels"
        assert marks["data-page"] == expected, path


@pytest.mark.parametrize("role", SHUT_OUT)
def test_whoever_sees_none_is_told_so_and_nothing_else(sign: Sign, role: str) -> None:
    client = sign(role)
    for path in (SPEED, *TABS):
        seen = look(client, path)
        assert (seen.status, seen.marks["data-state"]) == (403, "denied"), path
        assert seen.all("//*[@data-metric]") == []
        assert not any("service-levels" in link for link in seen.links("//a"))
        assert "Administrator" in seen.text or "administrator" in seen.text


@pytest.mark.parametrize("role", SHUT_OUT)
def test_the_catalogue_is_for_everybody_and_its_numbers_are_not(sign: Sign, role: str) -> None:
    client = sign(role)
    for path in CATALOGUE:
        seen = look(client, path)
        assert seen.status == 200
        assert {one.get("data-suppressed") for one in seen.all("//*[@data-metric]")} <= {"role"}
        assert seen.all("//*[@data-value or @data-low or @data-high]") == []
    assert "you may not" not in look(client, CATALOGUE[1]).heading.casefold()


@pytest.mark.parametrize("role", [*LOOKERS, *SHUT_OUT])
def test_what_is_not_there_and_what_one_may_not_see_get_the_same_words(sign: Sign, role: str) -> None:
    client = sign(role)
    hidden = ["/tickets/demo/10001/"] if role in ("executive", *SHUT_OUT) else []
    hidden += list(DRILLS) if role in SHUT_OUT else []
    pages = {path: look(client, path) for path in (*UNKNOWN, *hidden)}
    drills = {(one.status, one.heading) for path, one in pages.items() if path.startswith("/drill/")}
    tickets = {(one.status, one.heading) for path, one in pages.items() if path.startswith("/tickets/")}
    assert {one.status for one in pages.values()} == {404}
    assert len(drills) == 1
    assert len({heading.replace("999999", "N").replace("10001", "N") for _, heading in tickets}) == 1
    assert {one.marks["data-page"] for one in pages.values()} == {"error"}


def test_a_ticket_of_others_is_answered_like_one_that_does_not_exist(sign: Sign) -> None:
    everybody = {row.get("data-row") for seen in pages_of(sign("manager"), DRILLS[0] + LONG) for row in _rows(seen)}
    client = sign("agent")
    mine = {row.get("data-row") for seen in pages_of(client, DRILLS[0] + LONG) for row in _rows(seen)}
    assert mine < everybody
    theirs = sorted(everybody - mine)[0].split(":")
    there, unknown = look(client, f"/tickets/{theirs[1]}/{theirs[2]}/"), look(client, "/tickets/demo/999999/")
    assert (there.status, there.heading.replace(theirs[2], "N")) == (404, unknown.heading.replace("999999", "N"))


def test_a_lead_sees_the_figures_of_their_branch_and_no_others(sign: Sign) -> None:
    def count(name: str) -> int:
        (one,) = look(sign(name), "/drill/arrivals/" + LONG).all("//main[@data-n]")
        return int(one.get("data-n"))

    assert 0 < count("agent") < count("lead") < count("manager")
    assert count("lead") + count("lead2") < count("manager")
    assert count("executive") <= count("manager")


def test_agents_may_open_every_row_that_is_theirs(sign: Sign) -> None:
    client = sign("agent")
    links = [link for link in look(client, DRILLS[0] + LONG).links("//tr[@data-row]//a")][:2]
    assert links
    assert {look(client, link).status for link in links} == {200}


def test_executives_see_counts_of_groups_and_no_single_row(sign: Sign) -> None:
    client = sign("executive")
    for path in (*DRILLS, "/service-levels/breaches/queue/"):
        seen = look(client, path + LONG)
        assert seen.all("//tr[@data-row]") == []
        assert not any(link.startswith("/tickets/") for link in seen.links())
        assert seen.all("//*[@data-export and not(contains(@href, '/tables/'))]") == []
    assert client.get("/drill/frt.business_all/rows.csv" + LONG).status_code == 403
    for tile in look(client, SPEED + LONG).all("//*[@data-n]"):
        assert int(tile.get("data-n")) % 5 == 0


@pytest.mark.slow
@pytest.mark.parametrize("role", LOOKERS)
def test_links_that_are_shown_are_never_refused(sign: Sign, role: str) -> None:
    client = sign(role)
    shown = {link for path in (SPEED, TABS[0], TABS[1]) for link in look(client, path + LONG).links("//a")}
    own = sorted({link.partition("#")[0] for link in shown if link.startswith("/")} - {"/accounts/logout/"})
    refused = {link: client.get(link).status_code for link in own[:60]}
    assert {link: status for link, status in refused.items() if status >= 400} == {}


@pytest.mark.parametrize("path", FIGURES)
def test_the_heading_is_a_finding_and_the_title_names_the_place(sign: Sign, path: str) -> None:
    seen = look(sign("manager"), path + LONG)
    (title,) = seen.all("//title")
    current = seen.all("//nav[@aria-label='Main']//a[@aria-current]//*[@data-label]")
    assert seen.heading not in {" ".join(one.text_content().split()) for one in current}
    assert title.text_content().endswith("· maitred")
    assert len(seen.all("//h1")) == 1
    assert len(seen.all("//*[contains(concat(' ', @class, ' '), ' pri ')]")) <= 1


@pytest.mark.parametrize("path", FIGURES)
def test_facts_name_period_hours_zone_and_moment(sign: Sign, path: str) -> None:
    seen = look(sign("manager"), path + LONG)
    told = " ".join(one.text_content() for one in seen.all("//ul[contains(@class, 'factsline')]"))
    for words in ("vs the 364 days before", "business hours", "as of", "America/New_York"):
        assert words in told, words


def test_figures_carry_whole_marks_and_suppressed_ones_carry_no_number(sign: Sign) -> None:
    client = sign("manager")
    for path in (SPEED, TABS[0], CATALOGUE[1]):
        for period in (LONG, "?period=last-7d"):
            for one in look(client, path + period).all("//*[@data-metric and not(self::main)]"):
                names = set(one.attrib)
                assert "#" in one.get("data-metric")
                if "data-suppressed" in names:
                    assert not names & {"data-value", "data-low", "data-high", "data-drill"}
                else:
                    assert {"data-value", "data-unit", "data-n", "data-drill"} <= names
                    assert ("data-exact" in names) != bool(names & {"data-low", "data-high"})
                    assert one.xpath("ancestor-or-self::*[@data-figure]")


def test_old_data_are_called_old(sign: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=100))
    seen = look(sign("manager"), SPEED)
    assert (seen.marks["data-state"], seen.marks["data-notice"]) == ("stale", "stale")


def _rows(seen: Seen) -> list[Any]:
    return seen.all("//tr[@data-row]")
