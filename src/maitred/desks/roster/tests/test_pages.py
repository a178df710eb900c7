"""The pages of the roster: who opens which, what each shows, its forms, and what happens with bad words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from lxml import html

from maitred.desks.roster.models import Leave, SkillHeld, WorkingTime
from maitred.desks.service_levels.tests.looking import Seen, look, signed_in
from maitred.kit.audit.deeds import create, deed
from maitred.kit.pages import person as sections
from maitred.kit.verbs import run
from maitred.people.models import Membership, Person
from maitred.people.tests.floor import ROOT, Floor

Sign = Callable[[str], Client]
HOSTILE = "<script>alert('roster')</script>"


def page(floor: Floor, name: str) -> str:
    return f"/roster/person/{floor.people[name].pk}/"


def team(floor: Floor, name: str) -> str:
    return f"/roster/team/{floor.teams[name].pk}/"


@pytest.fixture
def bot(floor: Floor) -> str:
    with deed(ROOT, "tests"):
        return f"/roster/bot/{create(Person, kind='bot', name=HOSTILE).pk}/"


def sent(client: Client, address: str, **words: str) -> Seen:
    answer = client.post(address, words)
    text = answer.content.decode()
    return Seen(answer.status_code, text, html.document_fromstring(text or "<p></p>"), answer.headers)


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("agent", (200, 200, 404, 404, 200, 404, 200, 403)),
        ("lead", (200, 200, 200, 404, 200, 404, 200, 200)),
        ("manager", (200, 200, 200, 200, 200, 200, 200, 200)),
        ("executive", (200, 403, 403, 403, 200, 200, 200, 403)),
        ("admin", (403,) * 8),
        ("auditor", (403,) * 8),
    ],
)
def test_who_opens_which_page(floor: Floor, sign: Sign, bot: str, who: str, statuses: tuple[int, ...]) -> None:
    addresses = ("/roster/", page(floor, "agent"), page(floor, "mate"), page(floor, "other"), team(floor, "Billing"),
                 team(floor, "Support"), bot, "/roster/compare/")  # fmt: skip
    client = sign(who)
    seen = {address: look(client, address) for address in addresses}
    assert tuple(one.status for one in seen.values()) == statuses
    for one in seen.values():
        if one.status != 200:
            assert one.marks["data-state"] in ("denied", "error")
            assert one.all("//*[@data-person or @data-metric]") == []


def test_a_page_of_a_person_carries_its_marks_and_sections(floor: Floor, sign: Sign) -> None:
    seen = look(sign("lead"), page(floor, "agent"))
    agent = floor.people["agent"].pk
    marks = {name: seen.marks[name] for name in ("data-page", "data-state", "data-person", "data-publication")}
    assert marks == {"data-page": "person", "data-state": "ok", "data-person": f"person:{agent}",
                     "data-publication": "1"}  # fmt: skip
    shown = [one.get("data-section") for one in seen.all("//section[@data-section]")]
    assert [one for one in shown if one in ("load", "speed", "targets", "satisfaction", "skills", "roster")] == [
        "load", "speed", "targets", "satisfaction", "skills", "roster",
    ]  # fmt: skip
    assert seen.heading == "Agent"
    for one in seen.all("//*[@data-value]"):
        assert one.get("data-n"), html.tostring(one)
        assert one.get("data-low") or one.get("data-high") or one.get("data-exact")
        assert one.get("data-drill") == one.get("href")


def test_every_figure_opens_as_many_rows_as_it_says(floor: Floor, sign: Sign) -> None:
    client = sign("lead")
    shown = look(client, page(floor, "agent")).all("//a[@data-value and @data-drill]")
    assert len(shown) >= 4
    for one in shown:
        (rows,) = look(client, one.get("data-drill")).all("//main[@data-n]")
        assert rows.get("data-n") == one.get("data-n"), one.get("data-drill")


def test_oneself_sees_who_looked_and_others_do_not(floor: Floor, sign: Sign) -> None:
    client, own = sign("agent"), page(floor, "agent")
    assert "Nobody but you" in look(client, own).text
    lead = look(sign("lead"), own)
    assert lead.all("//section[@id='looks']") == []
    (looks,) = look(client, own).all("//section[@id='looks']")
    assert "Lead" in looks.text_content()
    answer = client.get("/people/me/")
    assert (answer.status_code, answer["Location"]) == (302, own)


def test_a_desk_adds_its_section_without_touching_the_roster(
    floor: Floor, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    from maitred.kit.access.rights import Right

    monkeypatch.setattr(sections, "_SECTIONS", dict(sections._SECTIONS))
    seen: list[sections.Subject] = []

    def make(_: object, subject: sections.Subject) -> dict[str, object]:
        seen.append(subject)
        return {"tiles": []}

    template = "roster/sections/figures.html"
    for kind, needs in (("mine", Right.ROSTER_READ), ("theirs", Right.MEMBERS_WRITE)):
        sections.register(sections.Section(kind, 40, kind.title(), template, make, needs))
    shown = look(sign("lead"), page(floor, "agent"))
    names = [one.get("data-section") for one in shown.all("//section[@data-section]")]
    assert "theirs" not in names
    assert names.index("targets") < names.index("mine") < names.index("satisfaction")
    assert (seen[0].kind, seen[0].id, seen[0].own) == ("person", floor.people["agent"].pk, False)
    assert seen[0].start < seen[0].end


def test_the_forms_of_a_person_do_what_they_say(floor: Floor, sign: Sign) -> None:
    client, address, mate = sign("lead"), page(floor, "mate"), floor.people["mate"]
    week = dict.fromkeys(("monday", "tuesday", "wednesday"), "7.5") | {"thursday": "7,5", "friday": "4"}
    for words in (
        {"do": "skill", "name": HOSTILE, "level": "3", "evidence": "observed", "reference": "#12"},
        {"do": "hours", "zone": "Europe/Berlin", **week},
        {"do": "leave", "first": "2026-02-02", "last": "2026-02-04", "kind": "study"},
        {"do": "place", "teams": f"{floor.teams['Billing'].pk}=60 {floor.teams['Orders'].pk}=40"},
    ):
        assert sent(client, address, **words).status == 302, words["do"]
    assert SkillHeld._base_manager.get(person=mate).name == HOSTILE
    assert WorkingTime._base_manager.get(person=mate).minutes == [450, 450, 450, 450, 240, 0, 0]
    assert Membership._base_manager.filter(person=mate, valid_to__isnull=True).count() == 2
    shown = look(client, address)
    assert HOSTILE not in shown.text, "a foreign text stands escaped"
    assert "study" in shown.text
    assert "60%" in shown.text
    leave = Leave._base_manager.get(person=mate)
    assert sent(client, address, do="remove", leave=str(leave.pk), version="1").status == 302
    assert not Leave._base_manager.filter(person=mate).exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"do": "leave", "first": "2026-02-04", "last": "2026-02-02"}, "before it begins"),
        ({"do": "leave", "first": "soon", "last": "2026-02-02"}, "date"),
        ({"do": "hours", "zone": "Mars/Olympus"}, "no time zone"),
        ({"do": "hours", "zone": "UTC", "monday": "much"}, "7.5"),
        ({"do": "hours", "zone": "UTC", "monday": "25"}, "25 hours"),
        ({"do": "hours", "zone": "UTC", "monday": "1e400"}, "7.5"),
        ({"do": "skill", "name": "", "level": "9", "evidence": "quiz"}, "less than or equal to 4"),
        ({"do": "place", "teams": "1=50"}, "come to 50 per cent"),
        ({"do": "place", "teams": "one"}, "pattern"),
    ],
)
def test_bad_words_come_back_beside_their_field(floor: Floor, sign: Sign, words: dict[str, str], named: str) -> None:
    shown = sent(sign("lead"), page(floor, "mate"), **words)
    assert (shown.status, shown.marks["data-state"]) == (422, "error")
    problems = " ".join(one.text_content() for one in shown.all("//*[@class='errorlist' or @role='alert']"))
    assert named in problems.casefold() or named in problems
    assert not Leave._base_manager.exists()
    assert not WorkingTime._base_manager.exists()


def test_an_unknown_form_and_a_foreign_page_change_nothing(floor: Floor, sign: Sign) -> None:
    assert sent(sign("lead"), page(floor, "mate"), do="promote").status == 400
    words = {"do": "skill", "name": "Chat", "level": "1", "evidence": "observed"}
    assert sent(sign("lead"), page(floor, "other"), **words).status == 404
    assert sent(sign("agent"), page(floor, "mate"), **words).status == 404
    assert not SkillHeld._base_manager.exists()


def test_a_move_shows_first_what_it_would_do(floor: Floor, sign: Sign) -> None:
    client, orders = sign("lead"), floor.teams["Orders"]
    words = {"people": str(floor.people["mate"].pk), "to": str(orders.pk)}
    shown = sent(client, "/roster/move/", do="preview", **words)
    assert shown.status == 200
    assert "Move them" in shown.text
    here = Membership._base_manager.filter(person=floor.people["mate"], valid_to__isnull=True)
    assert here.get().team_id == floor.teams["Billing"].pk
    assert sent(client, "/roster/move/", do="move", **words).status == 302
    assert here.get().team_id == orders.pk
    mine = {"people": str(floor.people["lead"].pk), "to": str(orders.pk)}
    assert sent(client, "/roster/move/", do="move", **mine).status == 422
    assert sent(sign("agent"), "/roster/move/", do="move", **words).status == 404


def test_the_roster_lists_by_name_and_marks_each_person(floor: Floor, sign: Sign) -> None:
    shown = look(sign("manager"), "/roster/")
    assert (shown.marks["data-page"], shown.marks["data-state"]) == ("roster", "ok")
    bodies = shown.all("//table[contains(@class, 'roster-lines')]/tbody")
    assert len(bodies) >= 5
    for body in bodies:
        names = [one.text_content().strip() for one in body.xpath("./tr[@data-person]/th/a")]
        assert names == sorted(names)
    people = {one.get("data-person") for one in shown.all("//tr[@data-person]")}
    assert f"person:{floor.people['other'].pk}" in people
    assert not shown.all("//*[contains(@class, 'rank')]")


def test_a_comparison_tells_groups_and_no_order(floor: Floor, sign: Sign) -> None:
    shown = look(sign("manager"), "/roster/compare/?measure=durable")
    assert shown.status == 200
    assert "cannot be told apart" in shown.heading
    bands = shown.all("//ul[@class='bands']/li")
    assert len(bands) == 1
    thin = look(sign("lead"), "/roster/compare/?measure=satisfaction")
    assert thin.status == 200
    assert "too few" in thin.text
    for bad in ("?measure=rank", "?team=nobody", f"?team={floor.teams['Technical'].pk}"):
        assert look(sign("lead"), f"/roster/compare/{bad}").status in (404, 422)


@pytest.mark.parametrize(("price", "status"), [("0.99", 200), ("0,99", 200), ("free", 422), ("-1", 422)])
def test_a_price_is_a_number_above_nothing(sign: Sign, bot: str, price: str, status: int) -> None:
    shown = look(sign("manager"), f"{bot}?price={price}")
    assert (shown.status, shown.marks["data-page"]) == (status, "bot")
    assert HOSTILE not in shown.text


@pytest.mark.parametrize("name", ["load", "compare"])
def test_a_drawing_comes_from_its_own_address_with_the_same_rights(sign: Sign, name: str) -> None:
    address = f"/charts/roster/{name}.json" + ("?measure=durable" if name == "compare" else "")
    assert sign("manager").get(f"{address}{'&' if '?' in address else '?'}theme=dark").status_code == 200
    assert sign("executive").get(address).status_code == 403
    assert sign("manager").get("/charts/roster/salary.json").status_code == 404


def test_before_anything_is_published_the_pages_say_so(empty: Floor) -> None:
    client = signed_in(empty, "lead")
    for address in ("/roster/", page(empty, "agent"), team(empty, "Billing")):
        shown = look(client, address)
        assert (shown.status, shown.marks["data-state"]) == (200, "ok"), address
        assert "nothing has been published yet" in shown.text
        assert shown.all("//*[@data-value]") == []
    assert look(client, "/roster/compare/").status == 404


def test_somebody_without_a_helpdesk_user_has_a_page_that_says_so(floor: Floor, sign: Sign) -> None:
    shown = look(sign("manager"), page(floor, "lead"))
    assert shown.status == 200
    assert "No helpdesk user is linked" in shown.text
    assert run("roster.person", floor.actor("manager"), {"person": floor.people["lead"].pk}).linked is False


def test_the_shared_addresses_lead_to_the_pages(empty: Floor) -> None:
    client = signed_in(empty, "lead")
    agent, billing = empty.people["agent"].pk, empty.teams["Billing"].pk
    for address, there in (
        (f"/people/person/{agent}/", f"/roster/person/{agent}/"),
        (f"/people/team/{billing}/", f"/roster/team/{billing}/"),
        ("/people/bot/7/?price=2", "/roster/bot/7/?price=2"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, there)
        assert client.post(address).status_code == 405
