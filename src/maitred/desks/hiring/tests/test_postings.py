"""Postings that are kept: drafted, arranged, checked, published, closed; what everybody reads, and who may not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.hiring.models import Posting, PostingEdition
from maitred.desks.hiring.tests.conftest import Ask, Later, Sign
from maitred.desks.service_levels.tests.looking import look

FIELDS = {
    "organization": "Northwind", "location": "Denver, CO", "salary.min": "70000", "salary.max": "95000",
    "salary.currency": "USD", "salary.unit": "year", "benefits": "Health insurance, 20 days of paid leave",
    "apply.email": "jobs@northwind-support.io", "closing_date": "2026-02-28",
}  # fmt: skip
HOSTILE = "<script>alert('x')</script>"


def given(fields: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": name, "value": value} for name, value in fields.items()]


def drafted(ask: Ask, **changed: str) -> Any:
    fields = {**FIELDS, **{name.replace("__", "."): value for name, value in changed.items()}}
    return ask("manager", "hiring.write_posting", template="support-manager", fields=given(fields))


def published(ask: Ask, **changed: str) -> Any:
    made = drafted(ask, **changed).posting
    return ask("manager", "hiring.publish_posting", posting=made.id, version=made.version)


def test_a_draft_keeps_the_source_of_each_field(ask: Ask) -> None:
    one = drafted(ask)
    sources = {each.key: each.source for block in one.blocks for each in block.values}
    assert (sources["title"], sources["location"], sources["salary.min"]) == ("template", "typed", "typed")
    assert {line.source for line in one.blocks[2].lines} == {"template", "O*NET"}
    assert one.publishable
    assert [each.id for each in one.findings] == []


def test_what_stops_a_posting_is_named_and_publishing_is_refused(ask: Ask) -> None:
    one = drafted(ask, salary__max="", apply__email="[email protected]")
    assert {each.id for each in one.findings if each.level == "E"} == {"C19", "dummy-contact"}
    with pytest.raises(Invalid, match="checks stop"):
        ask("manager", "hiring.publish_posting", posting=one.posting.id, version=one.posting.version)
    assert not PostingEdition._base_manager.exists()


def test_blocks_are_filled_listed_moved_hidden_kept_and_added(ask: Ask) -> None:
    one = drafted(ask)
    own = {"posting": one.posting.id}
    lines = [{"text": "Lead the night shift", "tag": "people"}, {"text": one.blocks[2].lines[0].text}]
    one = ask("manager", "hiring.list_in_posting", **own, version=1, block="responsibilities", lines=lines)
    assert [line.source for line in one.blocks[2].lines] == ["typed", "O*NET"]
    one = ask("manager", "hiring.arrange_posting", **own, version=2, block="salary", move="up")
    one = ask("manager", "hiring.arrange_posting", **own, version=3, block="legal", on=False)
    assert [each.key for each in one.blocks][4:6] == ["salary", "education"]
    assert not one.blocks[-1].on
    kept = ask("manager", "hiring.keep_block", **own, block="about", name="Who we are")
    one = ask("manager", "hiring.add_to_posting", **own, version=4, own=kept.id)
    one = ask("manager", "hiring.add_to_posting", **own, version=5, title="Our team", text="Eight people")
    assert [each.key for each in one.blocks][-3:] == ["about_2", "our_team", "legal"]
    changed = given({"our_team.text": "Nine people", "education.years_support": "5"})
    one = ask("manager", "hiring.fill_posting", **own, version=6, fields=changed)
    values = {each.key: each.value for block in one.blocks for each in block.values}
    assert (values["text"], values["years_support"]) == ("Nine people", "5")
    with pytest.raises(Conflict):
        ask("manager", "hiring.fill_posting", **own, version=1, fields=given({"title": "Late"}))


@pytest.mark.parametrize("field", [{"salary.min": "much"}, {"colour": "red"}, {"legal.colour": "red"}])
def test_a_field_that_does_not_fit_is_refused_by_name(ask: Ask, field: dict[str, str]) -> None:
    one = drafted(ask).posting
    with pytest.raises(Invalid) as refused:
        ask("manager", "hiring.fill_posting", posting=one.id, version=one.version, fields=given(field))
    assert refused.value.errors[0]["field"] == next(iter(field))


def test_a_published_posting_is_read_by_anybody_until_its_last_day(ask: Ask, later: Later) -> None:
    one = published(ask)
    address = f"/jobs/{one.posting.reference}/"
    answer = Client().get(address)
    text = answer.content.decode()
    assert answer.status_code == 200
    data = json.loads(text.partition('ld+json">')[2].partition("</script>")[0])
    assert (data["datePosted"], data["validThrough"], data["identifier"]["value"]) == (
        "2026-01-05", "2026-02-28", one.posting.reference,
    )  # fmt: skip
    assert data["url"].endswith(address)
    assert "O*NET is a trademark" in text
    assert address in Client().get("/jobs/feed.xml").content.decode()
    later(timedelta(days=60))
    assert Client().get(address).status_code == 410
    assert address not in Client().get("/jobs/feed.xml").content.decode()
    assert ask("manager", "hiring.show_posting", posting=one.posting.id).past


def test_an_edition_stays_while_the_draft_goes_on(ask: Ask) -> None:
    one = published(ask)
    own = {"posting": one.posting.id}
    one = ask("manager", "hiring.fill_posting", **own, version=one.posting.version, fields=given({"title": "Head"}))
    assert one.changed
    assert "Customer Support Manager" in Client().get(f"/jobs/{one.posting.reference}/").content.decode()
    one = ask("manager", "hiring.publish_posting", **own, version=one.posting.version)
    assert [each.number for each in one.editions] == [2, 1]
    assert '<h1 dir="auto">Head</h1>' in Client().get(f"/jobs/{one.posting.reference}/").content.decode()


def test_a_closed_posting_is_gone_and_can_be_opened_again(ask: Ask) -> None:
    one = published(ask)
    own = {"posting": one.posting.id}
    one = ask("manager", "hiring.close_posting", **own, version=one.posting.version)
    assert Client().get(f"/jobs/{one.posting.reference}/").status_code == 410
    with pytest.raises(Conflict, match="closed"):
        ask("manager", "hiring.fill_posting", **own, version=one.posting.version, fields=[])
    one = ask("manager", "hiring.reopen_posting", **own, version=one.posting.version)
    assert (one.posting.state, one.posting.posted_on) == ("draft", None)
    assert Client().get("/jobs/nothing/").status_code == 404


def test_hostile_words_are_inert_on_every_page(ask: Ask, sign: Sign) -> None:
    one = published(ask, about=HOSTILE, title=HOSTILE)
    public = Client().get(f"/jobs/{one.posting.reference}/").content.decode()
    console = sign("manager").get(f"/hiring/postings/{one.posting.id}/").content.decode()
    assert "<script>alert" not in public + console
    assert public.count("</script>") == 1


def test_a_salary_is_proposed_with_its_source_and_told_beside_its_neighbours(ask: Ask) -> None:
    one = drafted(ask)
    one = ask("manager", "hiring.propose_salary", posting=one.posting.id, version=one.posting.version)
    values = {each.key: (each.value, each.source) for block in one.blocks for each in block.values}
    assert values["salary.min"][1] == "OEWS"
    assert "Denver" in values["salary.source"][0]
    found = ask("manager", "hiring.wages", soc="43-1011", area="United States", low=42_830, high=65_000)
    assert found.lies == "from under p10 to under the median"
    assert [each.soc for each in found.beside] == ["11-9199", "11-3131"]


def test_requirements_are_read_out_of_a_pasted_posting(ask: Ask, sign: Sign) -> None:
    text = "You have 3 years of experience in retail and a Bachelor's degree."
    found = ask("manager", "hiring.read_requirements", text=text).spans
    assert all(text[each.start : each.end] == each.text for each in found)
    assert {each.kind for each in found} == {"experience", "qualification"}
    answer = sign("manager").post("/hiring/postings/read/", {"text": text})
    assert "2 things are asked for" in answer.content.decode()


@pytest.mark.parametrize("name", ["agent", "lead", "executive", "admin", "auditor", "partner"])
def test_postings_are_for_those_who_hire(ask: Ask, sign: Sign, name: str) -> None:
    one = drafted(ask).posting
    with pytest.raises((Denied, NotFound)):
        ask(name, "hiring.show_posting", posting=one.id)
    client = sign(name)
    for address in ("/hiring/postings/", "/hiring/postings/new/", f"/hiring/postings/{one.id}/",
                    f"/hiring/postings/{one.id}/posting.md"):  # fmt: skip
        assert client.get(address).status_code in (403, 404)


def test_a_posting_is_written_checked_and_published_in_the_browser(ask: Ask, sign: Sign) -> None:
    client = sign("manager")
    assert look(client, "/hiring/postings/").heading == "There is no posting yet"
    sent = client.post("/hiring/postings/new/", {"template": "support-manager", "location": "Denver, CO"})
    address = sent["Location"]
    seen = look(client, address)
    assert "things stop it" in seen.heading
    assert seen.all("//li[@data-check='C19' and @data-level='E']")
    version = Posting._base_manager.get().version
    fields = {f"v-{name}": value for name, value in FIELDS.items()}
    client.post(address, {"do": "save", "version": version, **fields})
    seen = look(client, address)
    assert seen.heading == "Customer Support Manager"
    assert seen.all("//button[@value='publish']")
    client.post(address, {"do": "publish", "version": version + 1})
    row = Posting._base_manager.get()
    assert row.state == "published"
    assert f"/jobs/{row.reference}/" in look(client, address).text or Client().get(f"/jobs/{row.reference}/")
    for kind in ("html", "md", "txt", "json", "xml", "docx", "pdf"):
        answer = client.get(f"{address}posting.{kind}")
        assert (answer.status_code, len(answer.content) > 500) == (200, True)
        assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(f"{address}posting.exe").status_code == 400
    assert client.get("/hiring/postings/?state=lost").status_code == 400
    refused = client.post(address, {"do": "save", "version": row.version, "v-salary.min": "much"})
    assert refused.status_code == 422
