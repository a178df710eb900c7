"""The pages: what each reader finds, that every form does what it says without a script, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from maitred.desks.escalations.models import Action, Case, PostMortem
from maitred.desks.escalations.tests.conftest import Ask, Sign, closed, escalate
from maitred.desks.service_levels.tests.looking import look
from maitred.kit.commitments.models import Commitment
from maitred.kit.interventions.models import Registered
from maitred.people.tests.floor import Floor

HOSTILE = "<script>alert('x')</script>"
ADDRESSES = ("/escalations/", "/escalations/raise/", "/escalations/on-call/", "/escalations/learned/",
             "/escalations/guides/", "/escalations/watching/")  # fmt: skip


@pytest.fixture
def press(sign: Sign) -> Callable[..., Any]:
    """Sends a form as somebody."""
    return lambda who, address, /, **given: sign(who).post(address, given)


def test_every_page_opens_empty_with_one_heading(house: Floor, sign: Sign) -> None:
    client = sign("lead")
    for address in ADDRESSES:
        seen = look(client, address)
        assert (address, seen.status, seen.marks["data-page"]) == (address, 200, "escalations")
        assert seen.heading
    assert look(client, "/escalations/").heading == "Nobody is about to be lost"
    assert look(sign("agent"), "/escalations/watching/").status in (403, 404)


def test_the_whole_way_by_forms(
    house: Floor, ask: Ask, sign: Sign, press: Callable[..., Any], numbers: list[str]
) -> None:
    ticket = numbers[0]
    page = look(sign("lead"), f"/tickets/demo/{ticket}/")
    links = [one for one in page.links() if one.startswith("/escalations/raise/")] if page.status == 200 else []
    form = links[0] if links else f"/escalations/raise/?source=demo&ticket={ticket}"
    seen = look(sign("lead"), form)
    title = seen.all("//input[@name='title']")[0].get("value") or "It is late"
    done = press("lead", "/escalations/raise/", source="demo", ticket=ticket, title=title, declared_by="agent",
                 kind="customer", severity="high", what=HOSTILE)  # fmt: skip
    case = Case._base_manager.get()
    address = f"/escalations/{case.pk}/"
    assert done.url == address
    assert look(sign("lead"), "/").all("//*[@id='escalations-due']")
    seen = look(sign("lead"), address)
    assert seen.status == 200 and HOSTILE not in seen.text and "alert" in seen.text
    press("lead", address, do="take", version="1")
    wrong = press("lead", address, do="promise", what="call back", due="2020-01-01T10:00")
    assert wrong.status_code == 422
    press("lead", address, do="promise", what="call back", due="2026-01-06T10:00")
    promise = Commitment._base_manager.get()
    press("lead", address, do="step", step="acknowledge")
    press("lead", address, do="later", commitment=promise.pk, version=1, due="2026-01-07T10:00")
    press("lead", address, do="kept", commitment=promise.pk, version=2, proof="called")
    press("lead", address, do="note", text="They want a date")
    version = Case._base_manager.get().version
    end = {"cause": "forgotten", "outcome": "satisfied", "resolution": "done"}
    assert press("lead", address, do="close", version=version, **end).url == address
    press("lead", f"/escalations/{case.pk}/review/", happened="Nobody saw it", why="No rota", learned="")
    review = PostMortem._base_manager.get()
    learned = f"/escalations/learned/{review.pk}/"
    press("lead", learned, do="action", what="a rota", due="2026-01-20T10:00", kind="staffing",
          person=house.people["lead"].pk)  # fmt: skip
    assert Action._base_manager.get().intervention == Registered._base_manager.get()
    press("lead", learned, do="finish", version=1)
    month = look(sign("lead"), "/escalations/learned/?month=2026-01")
    assert month.all(f"//tr[@data-case='{case.pk}']") and "1 of 1 promises were kept in time" in month.text
    bad = look(sign("lead"), "/escalations/learned/?month=soon")
    assert bad.status == 422 and "is no month" in bad.text


def test_others_find_nothing(house: Floor, ask: Ask, sign: Sign, raised: Any) -> None:
    address = f"/escalations/{raised.case.id}/"
    assert look(sign("lead2"), address).status == 404
    for name in ("executive", "admin", "auditor", "partner"):
        for one in (address, "/escalations/"):
            assert look(sign(name), one).status in (403, 404), (name, one)
    closed(ask, raised.case.id)
    review = ask("lead", "escalations.write_post_mortem", case=raised.case.id, happened="x", why="y")
    assert look(sign("lead2"), f"/escalations/learned/{review.id}/").status == 404


def test_rota_templates_and_rules_are_written_by_forms(
    house: Floor, ask: Ask, sign: Sign, press: Callable[..., Any], numbers: list[str]
) -> None:
    put = {"do": "put", "team": house.teams["Care"].pk, "person": house.people["agent"].pk,
           "start": "2026-01-04T08:00", "end": "2026-01-12T08:00", "place": "1"}  # fmt: skip
    assert press("lead", "/escalations/on-call/", **put).status_code == 302
    assert press("lead", "/escalations/on-call/", **put).status_code == 409
    assert look(sign("lead"), "/escalations/on-call/").heading == "Agent is on call"
    press("lead", "/escalations/guides/", do="add", name="First", audience="customer", text="Dear {customer}")
    assert "Dear {customer}" in look(sign("lead"), "/escalations/guides/").text
    assert (
        press("lead", "/escalations/watching/", do="policy", version=1, alerts_a_day="3", hold_out="10").status_code
        == 302
    )
    kept = ask("lead", "escalations.policy")
    assert (kept.alerts_a_day, kept.hold_out) == (3, 0.1)
    assert press("lead", "/escalations/watching/", do="policy", version=1, hold_out="50").status_code == 422
    assert escalate(ask, numbers[0]).case.owner.name == "Agent"
