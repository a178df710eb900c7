"""Who sees which reviews: one's own once sent, those of the people one leads, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maitred.base import clock
from maitred.base.errors import Denied, NotFound
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import Desk

WHO = ("agent", "mate", "below", "other", "former")


@pytest.fixture
def reviews(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """A sent review about everybody, made by the lead of another tree or above."""
    found = {one: desk.reviewed(one, "manager").id for one in WHO}
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    return found


@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        ("manager", {*WHO}),
        ("lead", {"agent", "mate", "below"}),
        ("lead2", {"other", "former"}),
        ("agent", {"agent"}),
        ("mate", {"mate"}),
        ("former", {"former"}),
    ],
)
def test_everybody_sees_their_own_and_those_they_lead(
    desk: Desk, reviews: dict[str, int], actor: str, sees: set[str]
) -> None:
    assert {one.id for one in desk.run(actor, "reviews").items} == {reviews[one] for one in sees}
    for who, review in reviews.items():
        if who in sees:
            assert desk.run(actor, "show_review", review=review).about == desk.person(who)
            assert desk.run(actor, "review_conversation", review=review).messages
        else:
            for verb in ("show_review", "review_conversation"):
                with pytest.raises(NotFound):
                    desk.run(actor, verb, review=review)


@pytest.mark.parametrize("actor", ["executive", "admin", "auditor", "partner"])
def test_who_leads_nobody_sees_no_review_at_all(desk: Desk, reviews: dict[str, int], actor: str) -> None:
    for verb, given in (("reviews", {}), ("show_review", {"review": reviews["agent"]}), ("my_reviews", {})):
        with pytest.raises(Denied):
            desk.run(actor, verb, **given)


def test_a_lead_sees_no_review_about_themselves_before_it_is_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = desk.given("agent", "manager")
    type(row)._base_manager.filter(pk=row.pk).update(about=desk.person("lead"))
    with pytest.raises(NotFound):
        desk.run("lead", "show_review", review=row.pk)
    saved = desk.run("manager", "save_answers", review=row.pk, version=1, answers=desk.answers(row.ticket_id))
    desk.run("manager", "submit_review", review=row.pk, version=saved.version)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    assert desk.run("lead", "show_review", review=row.pk).score is not None


def test_answers_that_are_not_submitted_are_the_reviewers_alone(desk: Desk) -> None:
    row = desk.given("agent", "lead")
    answers = [{"item": "solved", "value": "no"}]
    desk.run("lead", "save_answers", review=row.pk, version=1, answers=answers, comment="Thinking")
    seen = desk.run("manager", "show_review", review=row.pk)
    assert (seen.answers, seen.comment, seen.score, seen.state, seen.editable) == ((), "", None, "draft", False)
    for verb, given in (
        ("save_answers", {"answers": answers}), ("submit_review", {}), ("skip_review", {"reason": "x"}),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            desk.run("manager", verb, review=row.pk, version=2, **given)


def test_contests_are_seen_as_far_as_their_reviews(desk: Desk, reviews: dict[str, int]) -> None:
    asked = desk.run("agent", "contest", review=reviews["agent"], item="solved", reason="No")
    for actor, there in (("manager", 1), ("lead", 1), ("agent", 1), ("lead2", 0), ("mate", 0)):
        assert len(desk.run(actor, "contests").contests) == there
    with pytest.raises(NotFound):
        desk.run("lead2", "settle", contest=asked.id, version=1, outcome="upheld", reason="No")
    assert desk.run("lead", "settle", contest=asked.id, version=1, outcome="upheld", reason="No").state == "upheld"
