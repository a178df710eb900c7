"""The pages: what each reader finds, that every form does what it says without a script, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from maitred.desks.compliance.models import Complaint, ComplaintProposal, DataRequest, OwnDay, Scan, ScanFinding
from maitred.desks.compliance.pages import due
from maitred.desks.compliance.tests.conftest import NOW, Ask, Later, Sign, new, step, until
from maitred.desks.service_levels.tests.looking import look
from maitred.kit.audit.deeds import create, deed
from maitred.people.tests.floor import ROOT, Floor

HOSTILE = "<script>alert('x')</script>"
PAGES = ("/compliance/", "/compliance/complaints/", "/compliance/complaints/new/", "/compliance/proposals/",
         "/compliance/requests/",
         "/compliance/causes/", "/compliance/evidence/", "/compliance/packs/", "/compliance/packs/uk.fca.disp/",
         "/compliance/scans/")  # fmt: skip
MAY = {
    "privacy": PAGES, "manager": PAGES,
    "lead": ("/compliance/", "/compliance/complaints/new/", "/compliance/proposals/"),
    "executive": ("/compliance/", "/compliance/causes/"),
    "auditor": ("/compliance/", "/compliance/evidence/", "/compliance/packs/", "/compliance/packs/uk.fca.disp/",
                "/compliance/scans/"),
    "agent": (), "admin": (), "partner": (),
}  # fmt: skip


@pytest.fixture
def press(sign: Sign) -> Callable[..., Any]:
    """Sends a form as somebody."""
    return lambda who, address, /, **given: sign(who).post(address, given)


@pytest.mark.parametrize("name", sorted(MAY))
def test_everybody_finds_the_pages_that_are_theirs(sign: Sign, name: str) -> None:
    client = sign(name)
    opened = {page: look(client, page).status for page in PAGES}
    assert {page for page, status in opened.items() if status == 200} == set(MAY[name])
    assert {status for page, status in opened.items() if page not in MAY[name]} <= {403, 404}
    if MAY[name]:
        home = look(client, "/compliance/")
        tabs = home.links("//nav[@class='tabs']//a")
        assert tabs and all(look(client, one).status == 200 for one in tabs)
        assert "/compliance/" in home.links("//nav//a")


def test_the_entrance_tells_what_is_late_first_and_why_that_day(sign: Sign, ask: Ask, later: Later) -> None:
    empty = look(sign("privacy"), "/compliance/")
    assert (empty.heading, empty.marks["data-state"]) == ("No deadline runs", "empty")
    new(ask)
    assert look(sign("privacy"), "/compliance/").heading == "3 deadlines run, none is due soon"
    later(timedelta(days=4))
    seen = look(sign("privacy"), "/compliance/")
    assert (seen.heading, seen.marks["data-page"]) == ("1 deadline is overdue", "compliance")
    assert [one.get("data-status") for one in seen.all("//tbody/tr")] == ["overdue", "running", "running"]
    assert "late by 1 day" in seen.text and "complaint.received" in seen.text and "iso.10002@2018.1#" in seen.text
    assert "Not legally reviewed" in seen.text
    only = look(sign("privacy"), "/compliance/?state=overdue&pack=iso.10002")
    assert len(only.all("//tbody/tr")) == 1
    for wrong in ("?state=nonsense", "?from=x", "?from=-1"):
        assert look(sign("privacy"), f"/compliance/{wrong}").status == 422


def test_what_is_overdue_stands_on_the_start_page(house: Floor, ask: Ask, later: Later) -> None:
    new(ask)
    request = RequestFactory().get("/")
    request.actor = house.actor("privacy")  # type: ignore[attr-defined]
    assert due.made(request) is None
    later(timedelta(days=4))
    card = due.made(request)
    assert card is not None and (card["title"], card["more"]) == ("1 deadline is overdue", 0)
    text = render_to_string("compliance/due.html", {"card": card})
    assert 'id="compliance-due"' in text and ":acknowledgement" in text and "late by 1 day" in text
    request.actor = house.actor("agent")  # type: ignore[attr-defined]
    assert due.made(request) is None


def test_a_complaint_goes_its_way_by_forms_alone(sign: Sign, press: Callable[..., Any], house: Floor) -> None:
    form = {"description": HOSTILE, "product": "Shop", "channel": "email", "complainant_name": "Ada Byron",
            "tickets": "demo:1, demo:2", "subject": str(house.people["agent"].pk)}  # fmt: skip
    assert press("lead", "/compliance/complaints/new/", **{**form, "product": ""}).status_code == 422
    assert press("lead", "/compliance/complaints/new/", **form).status_code == 302
    row = Complaint._base_manager.get()
    page = f"/compliance/complaints/{row.pk}/"
    seen = look(sign("privacy"), page)
    assert seen.status == 200 and HOSTILE not in seen.text and "Ada Byron" in seen.text and "demo:2" in seen.text
    assert "Ada Byron" not in look(sign("manager"), page).text
    assert not look(sign("manager"), page).all("//section[@id='next']")
    assert look(sign("lead"), page).status == 403

    def go(do: str, **given: str) -> int:
        row.refresh_from_db()
        return int(press("privacy", page, do=do, version=str(row.version), **given).status_code)

    assert go("acknowledge", channel="email") == 422
    assert go("acknowledge", text="We have it", channel="email") == 302
    assert go("assess", severity="low", safety="no", complexity="low", immediate="no", impact="One") == 302
    assert go("note", line="We are at it", event="holding_response.sent") == 302
    assert go("own", owner=str(house.people["privacy"].pk)) == 302
    assert go("investigate", facts="Two charges", root_cause="system", evidence="https://x.example\nlog") == 302
    assert go("decide", decision="rejected", reasons="r", redress="none", alternatives="none",
              recourse="An ombudsman", text="No") == 302  # fmt: skip
    assert go("reject", reason="They insist") == 302
    assert look(sign("privacy"), page).all("//span[text()='rejected, still open']")
    assert go("close", outcome="accepted") == 422
    assert go("close", outcome="accepted", consent="on") == 302
    assert go("reopen", reason="New facts") == 302
    row.refresh_from_db()
    assert (row.state, row.evidence, row.case.owner_id) == (
        "investigated", ["https://x.example", "log"], house.people["privacy"].pk,
    )  # fmt: skip
    assert press("privacy", page, do="nonsense").status_code == 404
    assert go("own", owner=str(house.people["executive"].pk)) == 422
    shown = look(sign("privacy"), page)
    assert "holding_response.sent" in shown.text and len(shown.all("//ol[@class='stages']/li")) == 6


def test_the_register_is_listed_by_state_page_by_page(sign: Sign, ask: Ask) -> None:
    until(ask, "closed")
    for _ in range(2):
        new(ask)
    open_, all_ = (
        look(sign("privacy"), "/compliance/complaints/"),
        look(sign("privacy"), "/compliance/complaints/?state=all"),
    )
    assert (len(open_.all("//tbody/tr")), len(all_.all("//tbody/tr"))) == (2, 3)
    assert look(sign("privacy"), "/compliance/complaints/?state=decided").marks["data-state"] == "empty"
    assert look(sign("privacy"), "/compliance/complaints/?state=nonsense").status == 422


def test_a_proposal_is_confirmed_or_dismissed_by_its_forms(
    sign: Sign, press: Callable[..., Any], house: Floor
) -> None:  # fmt: skip
    with deed(ROOT, "tests.propose"):
        one, two = (create(ComplaintProposal, source_id="demo", ticket_id=number, rule="words", received_at=NOW,
                           team=house.teams["Billing"]) for number in ("1", "2"))  # fmt: skip
    seen = look(sign("lead"), "/compliance/proposals/")
    assert seen.heading == "2 tickets read like a complaint"
    assert "wait for a look" in look(sign("lead"), "/compliance/").text
    given = {"description": "No refund", "product": "Shop", "channel": "email"}
    assert press("lead", f"/compliance/complaints/new/?proposal={one.pk}", **given).status_code == 302
    assert Complaint._base_manager.get().origin == "rule"
    dismiss = {"proposal": str(two.pk), "version": "1"}
    assert press("lead", "/compliance/proposals/", **dismiss, reason="").status_code == 422
    assert press("lead", "/compliance/proposals/", **dismiss, reason="A question").status_code == 302
    assert look(sign("lead"), "/compliance/proposals/").marks["data-state"] == "empty"


def test_packs_show_their_sources_and_marks_and_days_of_our_own_are_kept(
    sign: Sign, press: Callable[..., Any], ask: Ask
) -> None:
    new(ask)
    seen = look(sign("privacy"), "/compliance/packs/")
    assert "not legally reviewed" in seen.heading and len(seen.all("//tr[@data-pack]")) >= 6
    day = {"do": "add", "calendar": "GB-ENG", "day": "2026-01-07", "kind": "closed", "name": HOSTILE}
    assert press("privacy", "/compliance/packs/", **{**day, "kind": "half"}).status_code == 422
    assert press("privacy", "/compliance/packs/", **day).status_code == 302
    assert HOSTILE not in look(sign("auditor"), "/compliance/packs/").text
    row = OwnDay._base_manager.get()
    assert press("privacy", "/compliance/packs/", do="remove", day=str(row.pk), version="1").status_code == 302
    pack = look(sign("privacy"), "/compliance/packs/uk.fca.disp/")
    assert "unverified" in pack.text and "handbook.fca.org.uk" in pack.text and "DISP 1.6.2R" in pack.text
    pin = pack.all("//input[@name='pin']")[0].get("value")
    signed = {"pin": pin, "reviewed_by": "A. Counsel", "reviewed_on": "2026-01-02"}
    assert press("auditor", "/compliance/packs/uk.fca.disp/", **signed).status_code == 403
    assert press("privacy", "/compliance/packs/uk.fca.disp/", **signed).status_code == 302
    assert "A. Counsel looked at this version" in look(sign("auditor"), "/compliance/packs/uk.fca.disp/").text
    assert look(sign("privacy"), "/compliance/packs/no.pack/").status == 404


def test_evidence_and_causes_say_n_and_interval(sign: Sign, ask: Ask) -> None:
    for _ in range(5):
        until(ask, "decided")
    step(ask, "reject", Complaint._base_manager.latest("pk").pk, reason="No")
    seen = look(sign("auditor"), "/compliance/evidence/?pack=iso.10002")
    assert {one.get("data-result") for one in seen.all("//tr[@data-clause]")} == {"evidence present", "not assessed"}
    assert "no gap found" in seen.heading and "5 / 5" in seen.text
    assert look(sign("auditor"), "/compliance/evidence/?pack=nonsense").status == 404
    causes = look(sign("executive"), "/compliance/causes/")
    assert causes.heading == "Most often: system (5)" and causes.all("//dd[@data-n='5']")
    assert look(sign("executive"), "/compliance/causes/?span=nonsense").status == 422


def test_a_scan_is_asked_for_and_shown_with_its_places(sign: Sign, press: Callable[..., Any]) -> None:
    assert press("privacy", "/compliance/scans/", store="logs").status_code == 302
    assert press("auditor", "/compliance/scans/", store="logs").status_code == 403
    assert look(sign("auditor"), "/compliance/scans/").heading == "No scan was made yet"
    with deed(ROOT, "tests.scan"):
        row = create(Scan, store="all", state="done", found=2, items=5, finished_at=NOW, detector="cards-1")
        create(ScanFinding, scan=row, store="logs", place="logs/a.log", kind="card", confidence="medium", count=2,
               masked="•••• 1111")  # fmt: skip
    seen = look(sign("auditor"), f"/compliance/scans/{row.pk}/")
    assert seen.heading == "2 numbers were found where none should be" and "•••• 1111" in seen.text
    assert look(sign("manager"), f"/compliance/scans/{row.pk}/").status == 404
    assert "2 numbers" in look(sign("privacy"), "/compliance/").text


def test_a_request_is_written_down_proved_and_answered_by_its_forms(
    sign: Sign, press: Callable[..., Any], later: Later
) -> None:
    form = {"kind": "access", "jurisdiction": "EU", "channel": "email", "subject_name": "Ada Byron"}
    assert press("privacy", "/compliance/requests/", **{**form, "kind": "nonsense"}).status_code == 422
    assert press("privacy", "/compliance/requests/", **form).status_code == 302
    row = DataRequest._base_manager.get()
    page = f"/compliance/requests/{row.pk}/"
    seen = look(sign("privacy"), page)
    assert "Ada Byron" in seen.text and [one.get("data-status") for one in seen.all("//tr[@data-clock]")] == ["running"]
    assert page in look(sign("privacy"), "/compliance/").links()

    def go(do: str, **given: str) -> int:
        row.refresh_from_db()
        return int(press("privacy", page, do=do, version=str(row.version), **given).status_code)

    assert go("fulfil", answer="Sent") == 422
    assert go("not_proved", method="questions") == 302
    assert go("proved", method="document_seen") == 302
    assert go("extend", reason="Eleven years of records") == 302
    row.refresh_from_db()
    clock = row.case.clocks.get()
    assert clock.due_at is not None and clock.due_at.date().isoformat() == "2026-04-07"  # 5 and 6 April: Easter
    assert go("extend", reason="again") == 409
    assert go("fulfil", answer="Sent", recipients="the carrier") == 302
    row.refresh_from_db()
    assert (row.state, row.recipients, row.case.clocks.get().status) == ("fulfilled", ["the carrier"], "met")
    assert go("refuse", reason="x") == 409
    assert press("privacy", page, do="nonsense").status_code == 404
    assert look(sign("manager"), page).status == 404
    assert look(sign("privacy"), "/compliance/requests/").marks["data-state"] == "empty"
