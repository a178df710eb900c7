"""The audit log: who sees which part, its filters, whether it is whole, copy and sign-off."""

from __future__ import annotations

import json

import pytest

from maitred.kit.audit.models import AuditRow
from maitred.people.tests.floor import Floor
from maitred.people.tests.markup import assert_well_made, marks
from maitred.surfaces.console.tests.inside import As, floor, signed_in

__all__ = ["floor", "signed_in"]
PATH = "/settings/audit/"


@pytest.mark.parametrize(
    ("name", "status"),
    [("agent", 200), ("lead", 200), ("manager", 200), ("executive", 403), ("admin", 200), ("auditor", 200)],
)
def test_who_reads_the_log(signed_in: As, name: str, status: int) -> None:
    client = signed_in(name)
    assert client.get(PATH).status_code == status
    assert client.get(f"{PATH}?from=someday").status_code == (400 if status == 200 else 403)


def test_an_agent_sees_their_own_deeds_and_an_auditor_all(signed_in: As, floor: Floor) -> None:
    agent = signed_in("agent")
    empty = agent.get(PATH)
    assert marks(empty).all("body")[0]["data-state"] == "empty"
    assert_well_made(empty, "settings")
    agent.post("/settings/", {"version": 1, "theme": "dark"})
    page = agent.get(PATH)
    assert_well_made(page, "settings")
    assert page.content.decode().count('<th scope="row"') == 1
    assert "people.change_settings" in page.content.decode()
    assert "tests.floor" in signed_in("auditor").get(PATH).content.decode()


def test_old_and_new_value_are_shown_and_personal_ones_sealed(signed_in: As, floor: Floor) -> None:
    signed_in("agent").post("/settings/", {"version": 1, "theme": "dark"})
    page = signed_in("auditor").get(f"{PATH}?verb=people.change_settings").content.decode()
    assert '<del><bdi dir="auto">system</bdi></del>' in page and '<ins><bdi dir="auto">dark</bdi></ins>' in page
    made = signed_in("auditor").get(f"{PATH}?verb=tests.floor").content.decode()
    assert "(sealed)" in made and "agent@example.org" not in made


def test_filters_narrow_and_a_bad_day_is_named_with_the_way_out(signed_in: As, floor: Floor) -> None:
    signed_in("agent").post("/settings/", {"version": 1, "theme": "dark"})
    client = signed_in("auditor")
    account = floor.accounts["agent"].pk

    def rows(query: str) -> int:
        return client.get(f"{PATH}{query}").content.decode().count('<th scope="row"')

    assert rows(f"?who=account:{account}") == 1
    assert rows(f"?object=account:{account}") == 1
    assert rows("?object=account") == 1
    assert rows("?to=2001-01-01") == 0
    assert rows("?from=2001-01-01") == 2
    bad = client.get(f"{PATH}?who=account:1&to=%3Cscript%3E")
    assert bad.status_code == 400
    assert marks(bad).all("body")[0]["data-state"] == "error"
    assert "<script>" not in bad.content.decode().replace("<script src", "")
    assert [one for one in marks(bad).all("a") if one.get("href") == f"{PATH}?who=account%3A1"]


def test_the_log_goes_on_page_by_page(signed_in: As, floor: Floor) -> None:
    from maitred.kit.audit.deeds import deed, note
    from maitred.people.tests.floor import ROOT

    for number in range(60):
        with deed(ROOT, "tests.many"):
            note("run", "command", number)
    client = signed_in("auditor")
    first = client.get(f"{PATH}?verb=tests.many")
    following = next(one["href"] for one in marks(first).all("a") if one.get("rel") == "next")
    second = client.get(f"{PATH}{following}").content.decode()
    assert first.content.decode().count('<th scope="row"') == 50
    assert second.count('<th scope="row"') == 10


def test_the_log_is_verified_for_those_who_see_all_of_it(signed_in: As) -> None:
    page = signed_in("auditor").get(f"{PATH}?verify=1").content.decode()
    assert "audit chain" in page and "public key" in page
    assert "audit chain" not in signed_in("agent").get(f"{PATH}?verify=1").content.decode()


def test_an_auditor_takes_a_copy_and_signs_off(signed_in: As) -> None:
    client = signed_in("auditor")
    copy = client.post(PATH, {"do": "export", "after": "0"})
    assert copy.status_code == 200
    assert copy["Content-Disposition"] == 'attachment; filename="audit-1-1.jsonl"'
    assert json.loads(copy.content.decode().splitlines()[0])["seq"] == 1
    assert client.post(PATH, {"do": "sign", "through": "1", "finding": ""}).status_code == 422
    signed = client.post(PATH, {"do": "sign", "through": "1", "finding": "Nothing to remark."})
    assert signed.status_code == 302
    row = AuditRow._base_manager.order_by("-seq").first()
    assert row is not None and row.verb == "audit.sign_off"


def test_only_an_auditor_with_a_fresh_proof_exports(signed_in: As) -> None:
    assert signed_in("admin").post(PATH, {"do": "export"}).status_code == 403
    away = signed_in("auditor", fresh=False).post(PATH, {"do": "export"})
    assert away["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2Faudit%2F"
    assert signed_in("auditor").post(PATH, {"do": "burn"}).status_code == 400
    assert "Export" not in signed_in("admin").get(PATH).content.decode()
