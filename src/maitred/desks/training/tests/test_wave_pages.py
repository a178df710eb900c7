"""The pages of skills, gaps, starters and waves: what each reader finds, and that every form works without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maitred.base import clock
from maitred.desks.service_levels.tests.looking import look
from maitred.desks.training.models import WavePlan
from maitred.desks.training.tests.conftest import NOW, Ask, Sign, published
from maitred.kit.audit.deeds import create, deed
from maitred.people.models import HelpdeskIdentity, Membership, Person
from maitred.people.tests.floor import ROOT, Floor

THEN = datetime(2025, 7, 6, 9, 0, tzinfo=UTC)
Press = Callable[..., Any]


@pytest.fixture
def press(sign: Sign) -> Press:
    """Sends a form as somebody."""
    return lambda name, address, **given: sign(name).post(address, given)


@pytest.fixture
def course(house: Floor, ask: Ask, home: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """A course, and ten people whom the lead leads; the clock stands before the first wave."""
    with deed(ROOT, "tests.team"):
        for place in range(10):
            person = create(Person, name=f"Person {place:02d}")
            create(Membership, person=person, team=house.teams["Billing"], valid_from=NOW - timedelta(days=700))
            create(HelpdeskIdentity, person=person, source_id="demo", external_id=str(1010 + place))
    monkeypatch.setattr(clock, "now", lambda: THEN)
    made = published(ask, "Refunds", opens_on="2025-06-01", closes_on="2026-06-30")
    key: int = made.course.id
    return key


def form(**changed: Any) -> dict[str, Any]:
    people = list(Person._base_manager.filter(name__startswith="Person ").values_list("pk", flat=True))
    return {
        "people": people, "metric": "frt.business_all#1", "smallest_effect": "20", "start": "2025-07-07", "waves": "2",
        "weeks": "12", "settle": "2", "selected_on": "other", **changed,
    }  # fmt: skip


def test_waves_are_drawn_shown_kept_scheduled_and_judged_by_their_forms(
    sign: Sign, press: Press, course: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"/training/courses/{course}/waves/new/"
    seen = press("lead", page, **form(do="preview"))
    assert seen.status_code == 200 and not WavePlan._base_manager.exists()
    text = seen.content.decode()
    assert "With 10 people and 12 weeks: changes of" in text and "smaller ones cannot be told" in text
    seed = text.partition('name="seed" value="')[2].partition('"')[0]
    done = press("lead", page, **form(do="keep", seed=seed))
    row = WavePlan._base_manager.get()
    assert (done.status_code, row.seed, row.smallest_effect) == (302, int(seed), 0.2)
    plan = done["Location"]
    draft = look(sign("lead"), plan)
    assert (draft.status, draft.heading) == (200, "A draft of waves for Refunds")
    assert len(draft.all("//section[@data-wave]")) == 2
    assert len(draft.all("//section[@data-wave]//li")) == 10
    refused = press("lead", plan, do="schedule", version=1)
    assert (refused.status_code == 409) is (draft.all("//*[@id='seen']")[0].get("data-seen") == "no")
    if refused.status_code == 409:
        assert press("lead", plan, do="schedule", version=1, knowing="on").status_code == 302
    assert "judged from" in look(sign("lead"), plan).heading
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert look(sign("lead"), "/training/waves/").heading == "1 course can be judged now"
    assert press("lead", plan, do="judge", version=2).status_code == 302
    judged = look(sign("manager"), plan)
    (told,) = judged.all("//section[@id='verdict']")
    assert told.get("data-verdict") in judged.heading.lower().replace(" ", "_")
    assert "would have been seen" in judged.text and "Publication 1" in judged.text
    assert "Of all ways in which the lots could have fallen" in judged.text
    assert not judged.all("//button[@value='give_up']")
    drawn = sign("lead").get(f"/charts/training/waves/{row.pk}.json")
    assert drawn.status_code == 200


def test_a_wave_that_cannot_be_is_refused_beside_its_field(press: Press, course: int) -> None:
    page = f"/training/courses/{course}/waves/new/"
    small = press("lead", page, **form(do="preview", waves="6"))
    assert small.status_code == 422
    assert "10 people in 6 waves leave a wave with fewer than two people" in small.content.decode()
    worst = press("lead", page, **form(do="preview", selected_on="worst_of"))
    assert "of which days they were the worst" in worst.content.decode()
    assert press("lead", f"/training/courses/{course}/waves/999/", do="judge", version=1).status_code == 404


def test_skills_gaps_and_starters_have_their_pages(house: Floor, ask: Ask, sign: Sign, press: Press, home: Any) -> None:
    blank = look(sign("lead"), "/training/matrix/")
    assert (blank.status, blank.heading) == (200, "No skill is written down yet")
    agent = house.people["agent"].pk
    ask("lead", "roster.set_skill", person=agent, name="Chat", level=2, evidence="observed", seen_on="2025-02-01")
    matrix = look(sign("lead"), "/training/matrix/")
    assert matrix.heading == "1 skill rests on old evidence"
    assert [one.get("data-level") for one in matrix.all("//td[@data-old='yes']")] == ["2"]
    assert "Mate" not in look(sign("agent"), "/training/matrix/").text
    assert press("lead", "/training/gaps/", do="need", skill="Chat", dimension="channel", value="no").status_code == 422
    bound = press("lead", "/training/gaps/", do="need", skill="Chat", dimension="channel", value="chat", level="3")
    assert bound.status_code == 302
    gaps = look(sign("lead"), "/training/gaps/")
    (row,) = gaps.all("//tr[@data-skill='Chat']")
    assert row.get("data-verdict") in ("nobody", "no_volume", "no_effort")
    assert "Where skills are short" in look(sign("lead"), "/training/").text or row.get("data-verdict") == "no_volume"
    ramp = look(sign("manager"), "/training/ramp/")
    assert ramp.status == 200
    assert "Starters" in ramp.text
    for name in ("executive", "admin"):
        for address in ("/training/matrix/", "/training/gaps/", "/training/ramp/", "/training/waves/"):
            assert look(sign(name), address).status in (403, 404)
    assert look(sign("agent"), "/training/gaps/").status in (403, 404)
