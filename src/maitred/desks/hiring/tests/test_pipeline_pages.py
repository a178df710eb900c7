"""The pages: from a need to a hire by forms without a script, and what each reader finds or does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import RequestFactory

from maitred.desks.hiring.interviewing import kits
from maitred.desks.hiring.models import Candidate, Hire, Need, Offer, Requisition
from maitred.desks.hiring.pages import due
from maitred.desks.hiring.tests.conftest import Ask, Sign, approved, needed, picked
from maitred.desks.service_levels.tests.looking import look
from maitred.people.tests.floor import Floor

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def press(sign: Sign) -> Callable[..., Any]:
    """Sends a form as somebody."""
    return lambda name, address, **given: sign(name).post(address, given)


def scores(value: str = "4") -> dict[str, str]:
    found: dict[str, str] = {}
    for one in kits.kit("support.manager").competencies:
        found |= {f"value-{one.id}": value, f"evidence-{one.id}": f"{HOSTILE} said"}
    return found


def test_from_a_need_to_a_hire_by_forms(sign: Sign, press: Callable[..., Any], house: Floor, people: None) -> None:
    need = {"title": f"Mornings {HOSTILE}", "headcount": "1", "by": "2026-09-01", "reason": "gap", "forecast": "run-41",
            "gap": "46", "gap_low": "31", "gap_high": "60", "gap_unit": "hours",
            "alternative-overtime": "six hours"}  # fmt: skip
    wrong = press("manager", "/hiring/needs/new/", **{**need, "gap": "70"})
    assert wrong.status_code == 422 and "outside of its interval" in wrong.content.decode()
    address = press("manager", "/hiring/needs/new/", **need).url
    seen = look(sign("manager"), address)
    assert (seen.status, seen.marks["data-page"]) == (200, "hiring") and "80 % between 31" in seen.text
    asked = {"need": Need._base_manager.get().pk, "title": "Support manager", "role": "support.manager",
             "headcount": "1",
             "site": "Austin, TX", "pay_min": "60000", "pay_max": "82000", "currency": "USD", "pay_unit": "year",
             "ramp_weeks": "8", "days_to_hire": "45", "screening": "Which evenings?"}  # fmt: skip
    post = press("manager", "/hiring/requisitions/new/", **asked).url
    assert press("manager", post, do="approve", version="1").status_code == 403
    press("lead2", post, do="approve", version="1")
    assert Requisition._base_manager.get().state == "approved"
    press("manager", post, do="add", profile="7001", basis="applicant", source="careers page")
    one = f"/hiring/candidates/{Candidate._base_manager.get().pk}/"
    assert "Ada" not in look(sign("manager"), one).text
    assert "Ada Quill" in press("manager", one, do="name").content.decode()
    press("manager", one, do="shortlist", version="1", reason="evidence", words=f"led ten {HOSTILE}")
    panel = [house.people["lead"].pk, house.people["manager"].pk]
    talk = press("manager", f"{one}interview/", starts_at="2026-01-08T14:00", minutes="60", panel=panel).url
    mine = look(sign("lead"), talk)
    assert len(mine.all("//fieldset[@data-competency]")) == 5 and not mine.all("//a[contains(@href, '/candidates/')]")
    assert press("lead", talk, do="save", version="1", **scores("2")).status_code == 302
    assert press("lead", talk, do="send", version="2", **scores()).status_code == 422, "a recommendation is missing"
    press("lead", talk, do="send", version="2", recommendation="yes", **scores())
    assert look(sign("manager"), f"{talk}debrief/").status == 409
    press("manager", talk, do="send", version="1", recommendation="yes", **scores())
    shown = look(sign("manager"), f"{talk}debrief/")
    assert shown.status == 200 and "cannot tell" in shown.text
    press("manager", f"{talk}debrief/", do="conclude", version="1", summary="go on")
    assert press("manager", f"{one}offer/", amount="99000", start="2026-02-02").status_code == 422
    offer = press("manager", f"{one}offer/", amount="76000", start="2026-02-02").url
    assert "May 2025" in look(sign("manager"), offer).text
    press("lead2", offer, do="approve", version="1")
    press("manager", offer, do="make", version="2")
    press("manager", offer, do="accept", version="3")
    press("manager", offer, do="hire", version="4", person=house.people["mate"].pk, started_on="2026-02-02")
    row = Hire._base_manager.get()
    assert (row.person_id, row.started_on) == (house.people["mate"].pk, date(2026, 2, 2))
    assert Offer._base_manager.get().state == "accepted" and Candidate._base_manager.get().stage == "hired"
    home = look(sign("manager"), "/hiring/")
    assert home.heading == "Every need is met" and look(sign("manager"), "/hiring/offers/").status == 200


def test_texts_of_others_are_inert_on_every_page(sign: Sign, ask: Ask, people: None) -> None:
    need = needed(ask, title=HOSTILE)
    asked = approved(ask, need=need.id, title=HOSTILE)
    one = picked(ask, asked.id, words=HOSTILE).candidate
    for address in ("/hiring/", f"/hiring/needs/{need.id}/", f"/hiring/requisitions/{asked.id}/",
                    f"/hiring/candidates/{one.id}/", "/hiring/fairness/decisions/"):  # fmt: skip
        page = sign("manager").get(address)
        assert page.status_code == 200 and HOSTILE not in page.content.decode(), address


@pytest.mark.parametrize("name", ["agent", "lead", "admin", "partner", "privacy", "executive", "auditor"])
def test_the_pages_are_not_for_whoever_lacks_the_grant(sign: Sign, ask: Ask, name: str, people: None) -> None:
    asked = approved(ask)
    one = picked(ask, asked.id).candidate
    client = sign(name)
    for address in (f"/hiring/requisitions/{asked.id}/", f"/hiring/candidates/{one.id}/", "/hiring/needs/new/",
                    f"/hiring/needs/{asked.need}/", "/hiring/offers/", "/hiring/outreach/",
                    f"/hiring/candidates/{one.id}/interview/"):  # fmt: skip
        assert look(client, address).status in (403, 404), address


def test_counts_fairness_and_interviews_have_readers_of_their_own(sign: Sign, ask: Ask, people: None) -> None:
    one = picked(ask, approved(ask).id).candidate
    counts = look(sign("executive"), "/hiring/")
    assert counts.heading == "2 people are needed" and one.code not in counts.text
    assert look(sign("auditor"), "/hiring/fairness/").heading.startswith("Not measurable")
    log = sign("auditor").get("/hiring/fairness/decisions/?form=csv")
    assert log["Content-Type"].startswith("text/csv") and one.code in log.content.decode()
    assert look(sign("lead"), "/hiring/interviews/").heading == "No scorecard waits for you"
    assert look(sign("lead"), "/hiring/fairness/").status == 403


def test_what_waits_stands_on_the_card_of_the_start_page(ask: Ask, house: Floor, people: None) -> None:
    one = picked(ask, approved(ask).id).candidate
    panel = [house.people["lead"].pk]
    ask("manager", "hiring.plan_interview", candidate=one.id, starts_at="2026-01-04T14:00:00Z", panel=panel)
    request = RequestFactory().get("/")
    request.actor = house.actor("lead")  # type: ignore[attr-defined]
    card = due.made(request)
    assert card is not None and "without your scorecard" in card["rows"][0]["told"] and len(card["rows"]) == 1
    request.actor = house.actor("lead2")  # type: ignore[attr-defined]
    assert due.made(request) is None


def test_a_letter_is_drafted_and_sent_by_forms(sign: Sign, press: Callable[..., Any], ask: Ask, people: None) -> None:
    one = picked(ask, approved(ask).id).candidate
    bad = press("manager", "/hiring/outreach/", do="add", title="T", subject_line="S", body="{salary}")
    assert bad.status_code == 422
    press("manager", "/hiring/outreach/", do="add", title="T", subject_line="S", body="Dear {first_name}")
    template = ask("manager", "hiring.outreach_templates").templates[0].id
    letter = press("manager", f"/hiring/candidates/{one.id}/letter/", template=template).url
    assert "Dear Ada" in look(sign("manager"), letter).text
    press("manager", letter, do="send", version="1")
    assert ask("manager", "hiring.outreach", state="sent").items[0].attempt == 1
    for wrong in ("/hiring/outreach/?state=nonsense", f"/hiring/requisitions/{one.requisition}/?stage=nonsense"):
        assert look(sign("manager"), wrong).status == 400
