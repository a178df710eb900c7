"""A posting in every form says the same, hostile text stays text, and a file that was written reads back."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from maitred.base.errors import BadInput, NotFound, UsageError
from maitred.desks.hiring.postings import filling, places, reading_back, roles, structured, writing
from maitred.desks.hiring.postings.checks import lint
from maitred.desks.hiring.postings.shapes import Posting, from_plain, plain
from maitred.desks.hiring.postings.tests.test_checks import SOUND, TODAY

HOSTILE = "<script>alert(1)</script> & ]]> \u2028 **bold** [x](javascript:y)"


def made(**changed: str) -> Posting:
    given = {**SOUND, **{name.replace("__", "."): value for name, value in changed.items()}}
    return filling.filled("support-manager", given.items(), "Northwind")


@pytest.mark.parametrize("location", ["Austin, TX", "Remote (Texas or Florida)", "Hybrid - Boston, MA", "Berlin"])
@pytest.mark.parametrize("kind", ["html", "md", "txt", "json"])
def test_what_was_written_reads_back_with_the_same_facts_and_no_findings(kind: str, location: str) -> None:
    one = writing.written(made(location=location), TODAY)
    found = reading_back.read(writing.form(one, kind).decode(), f".{kind}")
    assert (found.title, found.organization, found.job_type) == ("Customer Support Manager", "Northwind", "full-time")
    assert (found.pay.low, found.pay.high, found.pay.currency, found.pay.unit) == (70000, 95000, "USD", "year")
    assert found.closing_date == "2027-01-31"
    assert found.reach == {"email": "jobs@northwind-support.io"}
    assert {one.code for one in _spots(found.location)} == {one.code for one in _spots(location)}
    assert lint(found, TODAY) == list(one.findings) == []


def _spots(location: str) -> tuple[places.Spot, ...]:
    return places.read(location).spots


@pytest.mark.parametrize("kind", ["html", "md", "txt", "json", "xml", "docx", "pdf"])
def test_the_same_posting_gives_the_same_bytes(kind: str) -> None:
    first, second = (writing.form(writing.written(made(), TODAY), kind) for _ in range(2))
    assert first == second
    assert len(first) > 500


def test_hostile_text_stays_text_in_every_form() -> None:
    one = writing.written(made(about=HOSTILE, title=HOSTILE), TODAY)
    page = writing.form(one, "html").decode()
    assert "<script>alert" not in page
    assert page.count("</script>") == 1
    assert json.loads(page.partition('ld+json">')[2].partition("</script>")[0])["title"] == HOSTILE
    assert "&lt;script&gt;" in one.data["description"]
    markdown = writing.form(one, "md").decode()
    assert "\\<script\\>" in markdown
    assert "[x](javascript" not in markdown
    feed = ElementTree.fromstring(writing.form(one, "xml"))
    assert feed.findtext("job/title") == HOSTILE
    with zipfile.ZipFile(io.BytesIO(writing.form(one, "docx"))) as archive:
        assert "<script>" not in archive.read("word/document.xml").decode()
    assert writing.form(one, "pdf").startswith(b"%PDF")


def test_a_link_that_is_none_is_shown_as_text() -> None:
    page = writing.form(writing.written(made(apply__link="javascript:alert(1)"), TODAY), "html").decode()
    assert 'href="javascript' not in page
    assert "javascript:alert(1)</dd>" in page


def test_remote_work_names_who_may_apply_and_no_site() -> None:
    data = writing.written(made(location="Remote (Colorado or Texas)"), TODAY).data
    assert data["jobLocationType"] == "TELECOMMUTE"
    assert [one["name"] for one in data["applicantLocationRequirements"]] == ["Colorado, US", "Texas, US"]
    assert "jobLocation" not in data


def test_the_json_ld_has_every_property_that_is_known() -> None:
    data = writing.written(made(), TODAY).data
    assert data["baseSalary"] == {
        "@type": "MonetaryAmount", "currency": "USD",
        "value": {"@type": "QuantitativeValue", "minValue": 70000.0, "maxValue": 95000.0, "unitText": "YEAR"},
    }  # fmt: skip
    assert data["experienceRequirements"]["monthsOfExperience"] == 36
    assert data["educationRequirements"]["credentialCategory"] == "bachelor degree"
    assert data["experienceInPlaceOfEducation"] is True
    assert data["jobLocation"][0]["address"]["addressRegion"] == "TX"
    assert (data["datePosted"], data["validThrough"], data["employmentType"]) == (
        "2026-11-30",
        "2027-01-31",
        "FULL_TIME",
    )
    assert data["directApply"] is False
    assert data["identifier"]["value"]


def test_a_posting_whose_last_day_is_past_leaves_the_feed() -> None:
    gone, still = (writing.written(made(closing_date=day), TODAY).data for day in ("2026-11-29", "2026-11-30"))
    text = structured.feed(
        "Northwind", "https://n.io", [("a", "https://n.io/a", gone), ("b", "https://n.io/b", still)], TODAY
    )
    assert [one.text for one in ElementTree.fromstring(text).iter("referencenumber")] == ["b"]


def test_a_block_that_is_off_is_in_no_form_and_a_moved_one_stands_where_it_was_moved() -> None:
    posting = made()
    block = posting.block("responsibilities")
    assert block is not None
    off = posting.with_block(replace(block, on=False)).moved("salary", -3)
    one = writing.written(off, TODAY)
    text = writing.form(one, "txt").decode()
    assert "Responsibilities" not in text
    assert text.index("Salary") < text.index("Education and experience")
    assert from_plain(json.loads(json.dumps(plain(off)))) == off


@pytest.mark.parametrize("template", roles.templates())
def test_every_template_is_sound_once_the_employers_own_facts_are_filled_in(template: str) -> None:
    one = writing.written(filling.filled(template, SOUND.items(), "Northwind"), TODAY)
    assert [each for each in one.findings if each.id != "C20"] == []
    assert "O*NET" in one.outline.sources[0]


@pytest.mark.parametrize(("key", "value"), [
    ("salary.min", "a lot"), ("salary.min", "-5"), ("salary.unit", "fortnight"), ("job_type", "gig"),
    ("closing_date", "soon"), ("salary.currency", "dollars"), ("colour", "red"), ("about", "x" * 5000),
])  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_what_would(key: str, value: str) -> None:
    with pytest.raises(UsageError) as refused:
        filling.filled("support-manager", [(key, value)])
    assert refused.value.remedy


def test_an_unknown_template_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="support-manager"):
        filling.filled("astronaut", [])


TEXTS = [
    ("Support Lead\n\nLocation: Denver, CO\nPay: $60k - $80k a year\nE-mail: a@b.io\n", (60000.0, 80000.0, "USD", "year")),  # noqa: E501
    ("Agent\n\nSalary: €31,500 per year", (31500.0, 31500.0, "EUR", "year")),
    ("Agent\n\nWe pay up to £18 per hour. Pay is weekly.", (None, 18.0, "GBP", "hour")),
    ("Agent\n\nThe team answers 300 to 500 mails a day.", (None, None, "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pay"), TEXTS)
def test_pay_is_read_out_of_foreign_text(text: str, pay: tuple[object, ...]) -> None:
    found = reading_back.read(text, ".txt").pay
    assert (found.low, found.high, found.currency, found.unit) == pay


def test_foreign_text_is_checked_with_what_it_says() -> None:
    text = (
        "CUSTOMER SUPPORT MANAGER\n\nLocation: [Insert Location]\n\nRequirements\n- young and dynamic\n- State your "
        "current salary\n\nHow to apply\nWrite to [email protected] or call 555-555-5555.\n"
    )
    found = {one.id for one in lint(reading_back.read(text, ".txt"), TODAY)}
    assert {"placeholder", "C21", "C22", "dummy-contact"} <= found


def test_a_page_whose_json_ld_was_changed_is_an_error() -> None:
    page = writing.form(writing.written(made(), TODAY), "html").decode()
    found = lint(reading_back.read(page.replace('"minValue": 70000.0', '"minValue": 60000.0'), ".html"), TODAY)
    assert [(one.id, one.where) for one in found] == [("C24", "baseSalary.minValue")]
    alone = writing.form(writing.written(made(), TODAY), "json").decode()
    found = lint(reading_back.read(alone.replace('"maxValue": 95000.0', '"maxValue": 99000.0'), ".json"), TODAY)
    assert [(one.id, one.where) for one in found] == [("C24", "baseSalary.maxValue")]


@pytest.mark.parametrize(("name", "content"), [("a.json", b"{"), ("a.json", b"3"), ("a.md", b"\xff\xfe\x00")])
def test_a_file_that_is_no_posting_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=name):
        reading_back.read_file(tmp_path / name)


def test_a_posting_of_a_later_day_stays_as_it_was_posted() -> None:
    one = writing.written(made(), date(2026, 12, 24), posted_on=TODAY, identifier="r-7", url="https://n.io/jobs/r-7/")
    assert (one.data["datePosted"], one.data["identifier"]["value"], one.data["url"]) == (
        "2026-11-30", "r-7", "https://n.io/jobs/r-7/",
    )  # fmt: skip
