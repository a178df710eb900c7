"""Members, accounts and teams: who opens them, what they show, what becomes of what is sent."""

from __future__ import annotations

import pytest

from maitred.kit.audit.models import AuditRow
from maitred.people import access
from maitred.people.models import Account, Person, Team
from maitred.people.tests.floor import ROOT, Floor
from maitred.people.tests.markup import assert_well_made, marks
from maitred.surfaces.console.tests.inside import As, floor, signed_in

__all__ = ["floor", "signed_in"]
PAGES = ("/settings/members/", "/settings/accounts/")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("name", "status"),
    [("agent", 403), ("lead", 403), ("manager", 403), ("executive", 403), ("admin", 200), ("auditor", 200)],
)
def test_members_are_for_administrators_and_auditors(signed_in: As, path: str, name: str, status: int) -> None:
    answer = signed_in(name).get(path)
    assert answer.status_code == status
    if status == 200:
        assert_well_made(answer, "settings")
        assert marks(answer).all("body")[0]["data-state"] == "ok"


def test_a_row_carries_the_account_and_no_page_counts_as_one_about_a_person(signed_in: As, floor: Floor) -> None:
    page = signed_in("admin").get("/settings/members/")
    rows = [one.get("data-account") for one in marks(page).all("tr")]
    assert f"account:{floor.accounts['agent'].pk}" in rows
    assert "data-person" not in page.content.decode()


def test_people_are_found_by_name_team_and_role(signed_in: As, floor: Floor) -> None:
    client = signed_in("auditor")

    def found(query: str) -> set[str]:
        page = client.get(f"/settings/members/{query}").content.decode()
        return {name for name in floor.people if f"{name.title()}</bdi></a>" in page}

    assert found("?words=mat") == {"mate"}
    assert found(f"?team={floor.teams['Care'].pk}") == {"lead", "agent", "mate", "below", "former"} - {"former"}
    assert found("?role=manager") == {"manager"}
    assert found("?state=left") == set()
    for wrong in ("?state=elsewhere", "?team=9999", "?team=x", "?role=king"):
        bad = client.get(f"/settings/members/{wrong}&words=a")
        assert bad.status_code == 400
        assert 'href="/settings/members/?words=a"' in bad.content.decode()
    assert 'data-state="empty"' in client.get("/settings/members/?words=nobody").content.decode()


def test_a_list_goes_on_where_a_page_ends(signed_in: As, floor: Floor) -> None:
    from maitred.kit.audit.deeds import create, deed

    with deed(ROOT, "tests.many"):
        for number in range(60):
            create(Person, name=f"Extra {number}")
    client = signed_in("auditor")
    first = client.get("/settings/members/?words=Extra")
    following = next(one["href"] for one in marks(first).all("a") if one.get("rel") == "next")
    second = client.get(f"/settings/members/{following}")
    assert "Extra 59" in second.content.decode() and "Extra 0<" not in second.content.decode()
    assert [one for one in marks(second).all("a") if one.get("rel") == "next"] == []


def test_an_auditor_reads_without_a_button_that_would_be_refused(signed_in: As, floor: Floor) -> None:
    client = signed_in("auditor")
    paths = [f"/settings/members/{floor.people['agent'].pk}/", f"/settings/accounts/{floor.accounts['agent'].pk}/",
             f"/settings/teams/{floor.teams['Billing'].pk}/", *PAGES, "/settings/teams/"]  # fmt: skip
    for path in paths:
        page = client.get(path)
        assert page.status_code == 200
        assert_well_made(page, "settings")
        ways = {str(one.get("action")) for one in marks(page).all("form") if one.get("method") == "post"}
        assert ways <= {"/accounts/logout/", "/settings/theme/"}, path
        assert [one for one in marks(page).all("input") if one.get("name") == "do"] == [], path
    assert client.post(PAGES[0], {"do": "person", "name": "Zoe"}).status_code == 403


def test_an_unknown_person_account_or_team_is_not_there(signed_in: As) -> None:
    client = signed_in("admin")
    for path in ("/settings/members/9999/", "/settings/accounts/9999/", "/settings/teams/9999/"):
        assert client.get(path).status_code == 404


def test_a_person_is_added_and_put_into_a_team(signed_in: As, floor: Floor) -> None:
    client = signed_in("admin")
    given = {"do": "person", "name": "Zoe Blum", "email": "zoe@example.org", "team": floor.teams["Orders"].pk}
    answer = client.post("/settings/members/", given)
    made = Person._base_manager.get(name="Zoe Blum")
    assert answer["Location"] == f"/settings/members/{made.pk}/"
    page = client.get(answer["Location"])
    assert "The person is added." in page.content.decode() and ">Orders<" in page.content.decode()
    client.post(answer["Location"], {"do": "join", "team": floor.teams["Technical"].pk, "leads": "on"})
    assert [one.leads for one in made.memberships.order_by("pk")] == [False, True]


def test_what_does_not_fit_comes_back_with_its_words_and_the_error_beside_the_field(signed_in: As) -> None:
    answer = signed_in("admin").post("/settings/members/", {"do": "person", "name": "", "email": "no address"})
    assert answer.status_code == 422
    assert_well_made(answer, "settings")
    field = next(one for one in marks(answer).all("input") if one.get("id") == "person-email")
    assert (field["value"], field["aria-invalid"]) == ("no address", "true")
    assert field["aria-describedby"] == "person-email-error"
    assert 'id="person-email-error"' in answer.content.decode()


def test_a_stale_change_is_answered_with_both_values(signed_in: As, floor: Floor) -> None:
    client = signed_in("admin")
    path = f"/settings/members/{floor.people['agent'].pk}/"
    change = {"do": "change", "version": 1, "email": "agent@example.org"}
    assert client.post(path, {**change, "name": "Ana Ruiz"}).status_code == 302
    stale = client.post(path, {**change, "name": "Ana R."})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert 'value="Ana R."' in page and "Ana Ruiz</bdi>" in page
    assert 'name="version" value="2"' in page
    assert client.post(path, {**change, "name": "Ana R.", "version": 2}).status_code == 302


def test_memberships_end_and_helpdesk_users_are_linked(signed_in: As, floor: Floor) -> None:
    client = signed_in("admin")
    person = floor.people["agent"]
    path = f"/settings/members/{person.pk}/"
    held = person.memberships.get()
    assert client.post(path, {"do": "leave", "membership": held.pk, "version": 1}).status_code == 302
    held.refresh_from_db()
    assert held.valid_to is not None
    known = person.identities.get()
    taken = client.post(path, {"do": "link", "source": "demo", "external_id": known.external_id})
    assert (taken.status_code, "unlink it there first" in taken.content.decode()) == (409, True)
    assert client.post(path, {"do": "link", "source": "other", "external_id": "7"}).status_code == 302
    assert client.post(path, {"do": "unlink", "identity": known.pk, "version": 1}).status_code == 302
    assert [one.source_id for one in person.identities.all()] == ["other"]


def test_roles_grants_and_closing_ask_for_a_fresh_proof_and_come_back(signed_in: As, floor: Floor) -> None:
    account = floor.accounts["mate"]
    path = f"/settings/accounts/{account.pk}/"
    roles = {"do": "roles", "version": account.version, "roles": ["agent", "lead"]}
    away = signed_in("admin", fresh=False).post(path, roles)
    assert away["Location"] == f"/accounts/reauthenticate/?next=%2Fsettings%2Faccounts%2F{account.pk}%2F"
    client = signed_in("admin")
    assert client.post(path, roles).status_code == 302
    assert {one.role for one in access.roles_of(account)} == {"agent", "lead"}
    account.refresh_from_db()
    grant = {"do": "grant", "version": account.version, "grant": "hiring"}
    assert client.post(path, {**grant, "reason": " "}).status_code == 422
    assert client.post(path, {**grant, "reason": "sits on the panel"}).status_code == 302
    row = AuditRow._base_manager.order_by("-seq").first()
    assert row is not None and row.verb == "people.add_grant" and row.reason
    account.refresh_from_db()
    assert client.post(path, {"do": "close", "version": account.version}).status_code == 302
    account.refresh_from_db()
    assert not account.is_active
    assert client.post(path, {"do": "reopen", "version": account.version}).status_code == 302


def test_nobody_is_offered_to_change_their_own_account(signed_in: As, floor: Floor) -> None:
    page = signed_in("admin").get(f"/settings/accounts/{floor.accounts['admin'].pk}/")
    assert [one for one in marks(page).all("input") if one.get("name") == "do"] == []
    assert "another administrator does" in page.content.decode()


def test_an_account_is_added_for_a_person_and_the_leaving_recorded(signed_in: As, floor: Floor) -> None:
    client = signed_in("admin")
    client.post("/settings/members/", {"do": "person", "name": "Spare"})
    spare = Person._base_manager.get(name="Spare")
    path = f"/settings/members/{spare.pk}/"
    given = {"do": "account", "username": "spare", "roles": ["agent"]}
    assert client.post(path, {**given, "username": "no blanks please"}).status_code == 422
    assert client.post(path, given).status_code == 302
    assert Account._base_manager.get(person=spare).username == "spare"
    late = client.post(path, {"do": "left", "left_on": "2100-01-01", "version": 1})
    assert (
        late.status_code,
        "has not come yet" in late.content.decode() or "lies ahead" in late.content.decode().lower(),
    ) == (422, True)
    assert client.post(path, {"do": "left", "left_on": "2024-01-31", "version": 1}).status_code == 302
    assert not Account._base_manager.get(person=spare).is_active


def test_the_tree_of_teams_is_for_everybody_with_a_role(signed_in: As, floor: Floor) -> None:
    for name in ("agent", "lead", "manager", "executive", "admin", "auditor"):
        page = signed_in(name).get("/settings/teams/")
        assert page.status_code == 200
        assert ">Technical<" in page.content.decode()
    assert signed_in("partner").get("/settings/teams/").status_code == 403


def test_teams_are_added_moved_linked_and_removed(signed_in: As, floor: Floor) -> None:
    client = signed_in("admin")
    given = {"do": "team", "name": "Refunds", "parent": floor.teams["Care"].pk}
    assert client.post("/settings/teams/", given).status_code == 302
    again = client.post("/settings/teams/", given)
    assert (again.status_code, "already" in again.content.decode()) == (422, True)
    made = Team._base_manager.get(name="Refunds")
    path = f"/settings/teams/{made.pk}/"
    assert client.post(path, {"do": "link", "source": "demo", "external_id": "77"}).status_code == 302
    assert client.post(path, {"do": "rename", "name": "Returns", "version": 1}).status_code == 302
    assert client.post(path, {"do": "move", "parent": floor.teams["Product"].pk, "version": 2}).status_code == 302
    page = client.get(path).content.decode()
    assert "Returns" in page and ">Product<" in page and ">77<" in page
    assert client.post(path, {"do": "remove", "version": 3})["Location"] == "/settings/teams/"
    kept = client.post(f"/settings/teams/{floor.teams['Billing'].pk}/", {"do": "remove", "version": 1})
    assert (kept.status_code, "history" in kept.content.decode()) == (409, True)


def test_a_form_that_is_none_of_the_page_is_refused(signed_in: As, floor: Floor) -> None:
    client = signed_in("admin")
    for path in (f"/settings/members/{floor.people['agent'].pk}/", "/settings/teams/", "/settings/accounts/"):
        assert client.post(path, {"do": "burn"}).status_code == 400
