"""Changing tickets from the pages: allowed first, seen ticket by ticket, approved, followed, taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from maitred.connectors.zendesk.double import Zendesk
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.pages import lag
from maitred.desks.helpdesks.tests.conftest import Connect
from maitred.desks.helpdesks.tests.test_pages import Sign, counts, read, words
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import Seen, look
from maitred.kit.audit.deeds import create, deed
from maitred.kit.jobs.worker import work
from maitred.people.models import GroupLink
from maitred.people.tests.floor import ROOT, Floor

CHANGES = "/helpdesks/zendesk/changes/"


@pytest.fixture
def sign(floor: Floor) -> Sign:
    lag.forget()
    return lambda name: looking.signed_in(floor, name)


@pytest.fixture
def there(connect: Connect, floor: Floor) -> Connection:
    """A helpdesk that was read, whose tickets the manager leads, and that may be changed."""
    row = connect()
    read(row)
    with deed(ROOT, "tests.link"):
        for group in range(360_002_000_000, 360_002_000_012):
            create(GroupLink, source_id="zendesk", external_id=str(group), team=floor.teams["Support"])
    Connection._base_manager.filter(pk=row.pk).update(write_back=True)
    return Connection._base_manager.get()


def planned(client: Client, **more: Any) -> Seen:
    given = {"do": "plan", "tickets": "1 2", "reason": "asked for by the lead", **more}
    answer = client.post(CHANGES, given)
    assert answer.status_code == 302, answer.content.decode()[:2_000]
    return look(client, answer["Location"])


def test_nothing_can_be_planned_until_somebody_allowed_it(sign: Sign, connect: Connect) -> None:
    row = connect()
    seen = look(sign("manager"), CHANGES)
    assert "an administrator can allow them" in words(seen)
    assert not seen.all("//form[@method='post'][.//textarea]")
    admin = sign("admin")
    page = "/helpdesks/zendesk/settings/"
    without = admin.post(page, {"do": "allow", "version": row.version, "reason": ""})
    assert without.status_code == 422
    admin.post(page, {"do": "allow", "version": row.version, "reason": "tags of escalations"})
    assert Connection._base_manager.get().write_back
    assert look(sign("manager"), CHANGES).all("//form[@method='post'][.//textarea[@name='tickets']]")


def test_a_plan_shows_before_and_after_ticket_by_ticket(sign: Sign, there: Connection, desk: Zendesk) -> None:
    before = [list(desk.tickets[number]["tags"]) for number in (1, 2)]
    seen = planned(sign("manager"), tickets="1, 2", status="pending", add="vip", remove="shop")
    assert seen.heading == "2 tickets would change"
    rows = {one.get("data-ticket"): one for one in seen.all("//tr[@data-ticket]")}
    assert {one.get("data-verdict") for one in rows.values()} == {"ready"}
    told = " ".join(rows["1"].text_content().split())
    assert "taken off: shop" in told
    assert "put on: vip" in told
    assert "pending" in told
    assert counts(seen)["would change"] == "2"
    assert int(counts(seen)["Requests"]) >= 2
    assert [desk.tickets[number]["tags"] for number in (1, 2)] == before


@pytest.mark.django_db(transaction=True)  # the worker looks at its job over a connection of its own
def test_an_approved_plan_is_sent_followed_and_taken_back(sign: Sign, there: Connection, desk: Zendesk) -> None:
    manager = sign("manager")
    before = list(desk.tickets[1]["tags"])
    seen = planned(manager, add="vip")
    page = CHANGES + seen.main["data-plan"] + "/"
    assert manager.post(page, {"do": "approve"}).status_code == 302
    under_way = look(manager, page)
    assert under_way.heading == "2 tickets are being changed"
    assert under_way.all("//*[@id='outcome'][@hx-get]")
    work(once=True)
    done = look(manager, page)
    assert done.heading == "2 tickets were changed"
    assert not done.all("//*[@id='outcome'][@hx-get]")
    assert sorted(desk.tickets[1]["tags"]) == sorted([*before, "vip"])
    assert len(done.all("//section[@id='journal']//tbody/tr")) == 2
    again = manager.post(page, {"do": "approve"})
    assert again.status_code == 409
    back = manager.post(page, {"do": "undo"})
    assert look(manager, back["Location"]).heading == "2 tickets would change"
    manager.post(back["Location"], {"do": "approve"})
    work(once=True)
    assert sorted(desk.tickets[1]["tags"]) == sorted(before)


def test_what_cannot_be_meant_comes_back_with_what_was_typed(sign: Sign, there: Connection) -> None:
    manager = sign("manager")
    nothing = manager.post(CHANGES, {"do": "plan", "tickets": "1", "reason": "because of the storm"})
    assert nothing.status_code == 422
    assert b"choose at least one change" in nothing.content.lower()
    assert b"because of the storm" in nothing.content
    wrong = manager.post(CHANGES, {"do": "plan", "tickets": "1", "reason": "x", "more": "nonsense"})
    assert wrong.status_code == 422


def test_chosen_rows_of_a_list_come_to_the_form(sign: Sign, there: Connection) -> None:
    answer = sign("manager").post("/helpdesks/change/", {"row": ["zendesk:3", "zendesk:4"]})
    assert answer.status_code == 200
    assert b">3 4</textarea>" in answer.content
    other = sign("manager").post("/helpdesks/change/", {"row": ["demo:3"]})
    assert other.status_code == 422


@pytest.mark.parametrize("name", ["agent", "executive", "auditor", "admin"])
def test_others_see_no_changes(sign: Sign, there: Connection, name: str) -> None:
    assert look(sign(name), CHANGES).status in (403, 404)
    assert sign(name).post(CHANGES, {"do": "plan", "tickets": "1", "reason": "x", "add": "vip"}).status_code in (
        403,
        404,
    )


def test_lists_and_tickets_lead_to_the_form_where_changes_are_allowed(sign: Sign, there: Connection) -> None:
    manager = sign("manager")
    drill = look(manager, "/drill/arrivals/?period=last-52w")
    assert drill.status == 200
    pressed = drill.all("//form[@data-bulk]//button[@formaction]")
    assert [one.get("formaction") for one in pressed] == ["/helpdesks/change/"]
    ticket = look(manager, "/tickets/zendesk/3/")
    assert f"{CHANGES}?ticket=3" in ticket.links()
    assert ">3</textarea>" in look(manager, f"{CHANGES}?ticket=3").text
    Connection._base_manager.update(write_back=False)
    assert not look(manager, "/drill/arrivals/?period=last-52w").all("//button[@formaction]")
    assert f"{CHANGES}?ticket=3" not in look(manager, "/tickets/zendesk/3/").links()
