"""Evidence of the other desks on an agenda: a review that was sent, with the words that it quotes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maitred.desks.coaching.tests.conftest import NOW, Ask
from maitred.desks.quality.models import Edition, Review, Scorecard
from maitred.kit.audit.deeds import create, deed
from maitred.people.tests.floor import ROOT, Floor


@pytest.fixture
def reviewed(house: Floor) -> Review:
    """A review of the agent by their lead, submitted yesterday."""
    item = {"key": "next_step", "title": "Said the next step", "kind": "yes_no", "weight": 1.0}
    answers = {"next_step": {"value": "yes", "comment": "", "quotes": [{"message": "1", "text": "I call you at four"}]}}
    moment = NOW - timedelta(days=1)
    with deed(ROOT, "tests.review"):
        card = create(Scorecard, name="Support")
        edition = create(
            Edition, scorecard=card, number=1, state="published", items=[item], published_at=moment,
            published_by=house.people["manager"],
        )  # fmt: skip
        return create(
            Review, kind="targeted", state="submitted", edition=edition, source_id="demo", ticket_id="10007",
            about=house.people["agent"], team=house.teams["Billing"], reviewer=house.people["lead"], answers=answers,
            score=82.0, submitted_at=moment, sent_at=moment, comment="good call",
        )  # fmt: skip


def test_a_review_is_on_the_agenda_with_its_words(house: Floor, ask: Ask, reviewed: Any) -> None:
    for name in ("lead", "agent"):
        found = ask(name, "coaching.agenda", person=house.people["agent"].pk)
        (line,) = [one for one in found.lines if one.kind == "feedback"]
        assert (line.key, line.href) == (f"review:{reviewed.pk}", f"/quality/reviews/{reviewed.pk}/")
        assert line.text == "Review of #10007: 82 of 100, not read yet"
        assert line.quote == "I call you at four"


def test_whoever_may_not_see_reviews_prepares_without_them(house: Floor, ask: Ask, reviewed: Any) -> None:
    found = ask("agent", "coaching.agenda", person=house.people["agent"].pk)
    assert [one for one in found.lines if one.kind == "feedback"]
    others = ask("mate", "coaching.agenda", person=house.people["mate"].pk)
    assert not [one for one in others.lines if one.kind == "feedback"]
