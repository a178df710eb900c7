"""What quality gives to the warehouse: finished reviews only, changed ones again, and never a word of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from maitred.base import clock
from maitred.base.errors import Denied
from maitred.desks.quality import access, facts, jobs
from maitred.desks.quality.models import Review
from maitred.desks.quality.pages import section
from maitred.desks.quality.sections import section as report
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import ROOT, Desk
from maitred.desks.service_levels.tests.looking import look, signed_in
from maitred.kit.audit.deeds import change, create, deed
from maitred.kit.documents.contributions import Asked
from maitred.kit.documents.sections import Sentence
from maitred.kit.pages.person import Subject
from maitred.kit.reading import published as opened
from maitred.metrics.desk_tables import published_rows
from maitred.metrics.refresh import open_workspace
from maitred.people.reach import figures_scope

Go = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Go:
    def go(by: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + by)

    return go


@pytest.fixture
def own_home(desk: Desk, quality_home: Path, tmp_path: Path, settings: Any) -> Path:
    """A workspace that this test may write to."""
    shutil.copytree(quality_home, tmp_path / "home")
    settings.MAITRED_HOME = tmp_path / "home"
    return tmp_path / "home"


def published(home: Path) -> list[dict[str, Any]]:
    with closing(open_workspace(home)) as workspace:
        publication = workspace.publication()
        assert publication is not None
        rows: list[dict[str, Any]] = published_rows(workspace, publication, "reviews").to_pylist()
        return rows


def number(home: Path) -> int:
    with closing(open_workspace(home)) as workspace:
        publication = workspace.publication()
        assert publication is not None
        return publication.number


def test_a_review_is_a_fact_once_it_cannot_be_taken_back(desk: Desk, own_home: Path, later: Go) -> None:
    run: Any = None
    row = desk.reviewed("agent", "lead", kind="random", safe="no")
    jobs.publish(run)
    assert (published(own_home), number(own_home)) == ([], 1)
    later(timedelta(minutes=10))
    jobs.publish(run)
    jobs.publish(run)
    assert number(own_home) == 2
    (fact,) = published(own_home)
    identities = {user for (source, user), who in access.identities().items() if who == desk.person("agent")}
    assert fact["agent_id"] in identities
    told = ("review_id", "ticket_id", "person_id", "reviewer_id", "kind", "state", "score", "points", "submitted_at")
    assert {name: fact[name] for name in told} == {
        "review_id": row.id, "ticket_id": row.ticket, "person_id": desk.person("agent"),
        "reviewer_id": desk.person("lead"), "kind": "random", "state": "submitted", "score": 0.0, "points": 0,
        "submitted_at": NOW,
    }  # fmt: skip
    assert (fact["critical"], fact["critical_failed"]) == (["safe"], ["safe"])
    assert (fact["probability"], fact["weight"], fact["stratum_tickets"]) == (0.5, 2.0, 2)
    assert fact["submitted_month"] == 202601


def test_what_changed_since_is_written_again_and_nothing_that_was_said(desk: Desk, own_home: Path, later: Go) -> None:
    run: Any = None
    row = desk.reviewed("agent", "lead", kind="targeted")
    later(timedelta(minutes=11))
    jobs.publish(run)
    before = published(own_home)
    assert before[0]["points"] == 9_250
    with deed(ROOT, "tests.settled"):
        change(Review._base_manager.get(pk=row.id), None, state="void", why="the ticket was deleted", score=12.5)
    jobs.publish(run)
    assert [(one["state"], one["points"], one["weight"]) for one in published(own_home)] == [("void", 1_250, None)]
    review = Review._base_manager.get(pk=row.id)
    words = {quote["text"] for one in review.answers.values() for quote in one["quotes"]} | {review.why}
    assert words
    assert not any(word in str(value) for one in published(own_home) for value in one.values() for word in words)


def test_reviews_of_a_running_calibration_are_nobodys_facts(desk: Desk, own_home: Path, later: Go) -> None:
    ticket = {"source": "demo", "ticket": desk.tickets("agent")[0]}
    reviewers = [desk.person("lead"), desk.person("manager")]
    session = desk.run("manager", "calibrate", name="June", scorecard=desk.card, tickets=[ticket], reviewers=reviewers)
    for who in ("lead", "manager"):
        review = Review._base_manager.get(session=session.id, reviewer=desk.person(who))
        saved = desk.run(
            who, "save_answers", review=review.pk, version=1, answers=desk.answers(ticket["ticket"], solved="no")
        )
        if who == "lead":
            desk.run(who, "submit_review", review=review.pk, version=saved.version)
    later(timedelta(hours=1))
    assert facts.facts().num_rows == 0
    desk.run("manager", "close_calibration", calibration=session.id, version=session.version)
    assert facts.facts()["kind"].to_pylist() == ["calibration"]


def test_a_review_taken_back_was_never_a_fact(desk: Desk, own_home: Path, later: Go) -> None:
    row = desk.reviewed("agent", "lead")
    later(timedelta(minutes=5))
    desk.run("lead", "undo_submit", review=row.id, version=row.version)
    later(timedelta(hours=1))
    assert facts.facts().num_rows == 0


def _random(desk: Desk, about: str, scores: list[float]) -> None:
    """Random reviews of tickets that somebody answered, finished days ago."""
    tickets = desk.tickets(about)
    edition = access.published_edition(access.known_scorecard(desk.card))
    person = desk.person(about)
    with deed(ROOT, "tests.kept"):
        for place, score in enumerate(scores):
            at = NOW - timedelta(days=1 + place)
            create(
                Review, kind="random", edition=edition, source_id="demo", ticket_id=tickets[place % len(tickets)],
                about_id=person, reviewer_id=desk.person("manager"), probability=0.5, size=2, state="submitted",
                score=score, submitted_at=at, sent_at=at, team_id=access.teams_of([person]).get(person),
            )  # fmt: skip


def test_a_score_of_the_page_is_a_figure_of_the_catalogue_with_its_rows(desk: Desk, own_home: Path) -> None:
    scores = [80.0, 92.5, 33.33, 66.67, *[70.0 + n for n in range(10)]]
    _random(desk, "agent", scores)
    run: Any = None
    jobs.publish(run)
    for who in ("lead", "agent"):
        client = signed_in(desk.floor, who)
        page = look(client, "/quality/")
        (row,) = page.all(f"//tr[@data-person='person:{desk.person('agent')}']")
        (figure,) = row.xpath(".//*[@data-metric]")
        assert figure.get("data-metric") == "iqs.mean#1"
        assert (figure.get("data-n"), figure.get("data-unit")) == ("14", "points")
        assert float(figure.get("data-value")) == pytest.approx(sum(scores) / 14, abs=1e-6)
        assert float(figure.get("data-low")) < float(figure.get("data-value")) < float(figure.get("data-high"))
        drill = look(client, figure.get("data-drill"))
        (main,) = drill.all("//main[@data-value]")
        assert [main.get(name) for name in ("data-metric", "data-value", "data-n")] == [
            figure.get(name) for name in ("data-metric", "data-value", "data-n")
        ]
        (table,) = drill.all("//table[@data-total]")
        assert table.get("data-total") == "14"
        rows = [one.get("data-row") for one in table.xpath(".//tr[@data-row]")]
        assert len(set(rows)) == len(rows) == 14
        request = RequestFactory().get("/")
        request.actor = desk.floor.actor(who)  # type: ignore[attr-defined]
        there = section.made(request, Subject("person", desk.person("agent"), "Agent"))
        assert there is not None
        assert there["figure"].marks["data-value"] == figure.get("data-value")


def test_a_report_has_reviews_of_five_people_or_more_and_names_nobody(desk: Desk, own_home: Path) -> None:
    run: Any = None
    asked = Asked(ROOT, 2, NOW.date(), "UTC")
    people = ["agent", "mate", "below", "other"]
    for who in people:
        _random(desk, who, [80.0, 90.0, 70.0, 85.0, 95.0])
    jobs.publish(run)
    assert report(asked) is None
    _random(desk, "former", [80.0, 90.0, 70.0, 85.0, 95.0])
    jobs.publish(run)
    made = report(replace(asked, publication=3))
    assert made is not None
    (first, *_more) = made.blocks
    assert isinstance(first, Sentence)
    assert first.text.startswith("Quality score is at 84")
    assert first.figures[0].n_text == "n 25"
    text = str(made)
    assert not any(one in text for one in ("Agent", "Mate", "Below", "Other", "Former"))
    assert report(replace(asked, actor=desk.floor.actor("lead"), publication=3)) is None


def test_nobody_sees_by_the_metric_whom_the_page_does_not_show(desk: Desk, own_home: Path) -> None:
    _random(desk, "agent", [90.0] * 12)
    run: Any = None
    jobs.publish(run)
    ids = {user for (_, user), who in access.identities().items() if who == desk.person("agent")}
    seen = {"agent": True, "lead": True, "manager": True, "mate": False, "lead2": False, "executive": False}
    for who, sees in seen.items():
        with opened(None) as ask:
            scope = figures_scope(desk.floor.actor(who))
            for where in ({}, {"assignee": sorted(ids)}):
                try:
                    row = ask.show("iqs", where=where, scope=scope).rows[0]
                    found: tuple[float | None, int] = (row.value, row.n)
                except Denied:
                    found = (None, 0)
                assert found == ((90.0, 12) if sees else (None, 0)), (who, where)
