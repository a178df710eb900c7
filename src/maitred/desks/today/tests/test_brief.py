"""The brief: what needs somebody with size and link, people only counted, and the week in sentences with a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maitred.desks.today import brief
from maitred.desks.today.tests.looked import AGENT, BILLING, OTHER, TOPIC, Day, finding
from maitred.kit.documents import markdown, page, pdf
from maitred.kit.documents.sections import Document, Sentence
from maitred.kit.marks.tests.publishing import publish
from maitred.people.tests.floor import Floor, build


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("brief") / "workspace"
    publish(tmp_path_factory.mktemp("log"), home, 120)
    return home


@pytest.fixture
def floor(db: None, published: Path, settings: Any) -> Floor:
    settings.MAITRED_HOME, settings.MAITRED_DEMO = published, True
    return build()


def made(floor: Floor, *findings: dict[str, Any], simulated: bool = False, **day: Any) -> Document:
    look = Day(findings=findings, **day)
    told = {"as_of": look.as_of, "findings": look.findings, "checked": look.checked, "learning": look.learning}
    return brief.document(
        floor.actor("manager"), told, publication=1, simulated=simulated, address="https://desk.example.org"
    )


def folded(name: str, **more: Any) -> dict[str, Any]:
    return finding(name, **more) | {"shown": False, "folded": "seven others weigh more"}


def test_a_finding_is_told_with_size_interval_n_harm_and_the_way_to_it(floor: Floor) -> None:
    text = markdown.render(made(floor, finding("f_billing")))
    (said,) = [line for line in text.splitlines() if "Billing" in line and not line.startswith("-")]
    assert said.endswith("since 10 November. 2 of 6 people have not worked since 9 November.")
    (row,) = [line for line in text.splitlines() if "/today/f_billing/" in line]
    for part in ("2.1 times", "212", "1.8", "2.5", "143", "https://desk.example.org/today/f_billing/"):
        assert part in row


def test_findings_about_people_are_counted_and_never_told(floor: Floor) -> None:
    document = made(
        floor, finding("f_billing"), finding("f_agent", AGENT, 2, title="Reopens of Ada Quill rose"),
        finding("f_other", OTHER, 3, title="Bob Stone passes hard cases on"),
    )  # fmt: skip
    for text in (markdown.render(document), page.render(document)):
        for secret in ("Ada Quill", "Bob Stone", "f_agent", "f_other"):
            assert secret not in text
        assert "2 more are about one person each." in text


def test_the_headline_counts_what_harms_and_not_the_news(floor: Floor) -> None:
    news = finding("f_news", TOPIC, 3, title="Replies in Billing are twice as fast") | {"news": True}
    assert made(floor, finding("f_a"), finding("f_b", TOPIC, 2), news).title == "2 things need you today"
    assert made(floor, finding("f_a")).title == "1 thing needs you today"
    assert made(floor, news).title == "Nothing needs you today"


def test_what_is_folded_is_counted_alone(floor: Floor) -> None:
    text = markdown.render(made(floor, finding("f_a"), folded("f_b", subject=TOPIC)))
    assert "Export fails" not in text
    assert "41 series in 1 families were checked. 1 finding is folded." in text


def test_nothing_to_say_is_said(floor: Floor) -> None:
    text = markdown.render(made(floor))
    assert text.startswith("# Nothing needs you today\n")
    assert "Every series is within its usual range." in text


def test_a_young_organisation_is_told_that_it_is_learned(floor: Floor) -> None:
    text = markdown.render(made(floor, learning=True))
    assert text.startswith("# Still learning what is usual here\n")
    assert "60 days after the first ticket" in text


def test_a_demonstration_says_that_it_is_one(floor: Floor) -> None:
    assert "simulated for demonstration" in markdown.render(made(floor, simulated=True))
    assert "simulated for demonstration" not in markdown.render(made(floor))


def test_the_week_is_told_in_sentences_each_with_its_rows_once_they_are_ripe(floor: Floor) -> None:
    week = next(section for section in made(floor).sections if section.heading == "How the week went")
    sentences = [block for block in week.blocks if isinstance(block, Sentence)]
    assert len(sentences) == len(brief.FIGURES)
    for name, one in zip(brief.FIGURES, sentences, strict=True):
        assert one.text.endswith(".")
        (figure,) = one.figures
        days = "2025-12-22..2025-12-28" if name.startswith("reopen_rate") else "2025-12-29..2026-01-04"
        assert figure.url.startswith(f"/drill/{name}")
        assert f"/?period={days}&" in figure.url
        assert figure.n_text


def test_hostile_names_stay_text(floor: Floor) -> None:
    subject = BILLING | {"name": "<img src=x onerror=alert(1)>"}
    document = made(floor, finding("f_billing", subject))
    assert "<img" not in page.render(document)
    assert "\\<img" in markdown.render(document)


def test_a_brief_is_twice_the_same_bytes_and_prints(floor: Floor) -> None:
    document = made(floor, finding("f_billing"), finding("f_agent", AGENT, 2))
    assert markdown.render(document) == markdown.render(made(floor, finding("f_billing"), finding("f_agent", AGENT, 2)))
    printed = pdf.render(document)
    assert printed.startswith(b"%PDF")
    assert printed == pdf.render(document)


@pytest.mark.parametrize("unit", ["ratio", "points", "seconds", "tickets", "tickets_per_day"])
def test_every_unit_of_an_effect_has_words(floor: Floor, unit: str) -> None:
    effect = {"value": 90.0, "low": 60.0, "high": None, "unit": unit}
    lines = markdown.render(made(floor, finding("f_a", effect=effect))).splitlines()
    (row,) = [line for line in lines if "/today/f_a/" in line]
    assert "–" in row
