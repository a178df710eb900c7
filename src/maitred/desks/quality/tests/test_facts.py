"""What quality gives to the warehouse: finished reviews only, changed ones again, and never a word of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maitred.base import clock
from maitred.desks.quality import access, facts, jobs
from maitred.desks.quality.models import Review
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import ROOT, Desk
from maitred.kit.audit.deeds import change, deed
from maitred.metrics.desk_tables import published_rows
from maitred.metrics.refresh import open_workspace

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
