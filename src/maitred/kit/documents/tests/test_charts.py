"""The product's own charts in every form of a report: drawn, described, accessible and the same each time."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from pptx import Presentation
from pypdf import PdfReader

from maitred.kit.charts import Chart, Point, Row, control_chart, dots_with_intervals, suppressed
from maitred.kit.documents import mail, page, pdf, slides
from maitred.kit.documents.sections import ChartBlock, Document, Section
from maitred.kit.documents.tests.examples import weekly

pytestmark = pytest.mark.slow


def days() -> Chart:
    first = date(2026, 10, 22)
    points = [Point(f"day {n}", 2_400.0 + 60 * (n % 5), n=60, at=first + timedelta(days=n)) for n in range(28)]
    return control_chart(
        points, title="Median first reply by day", unit="seconds", measure="Business hours",
        centre=2_520, lower=2_300, upper=2_760,
    )  # fmt: skip


def teams() -> Chart:
    rows = [
        Row(name, 0.8 + n / 50, 0.78 + n / 50, 0.83 + n / 50, n=640) for n, name in enumerate(("A <b>", "$x$", "技術"))
    ]
    return dots_with_intervals(rows, title="Within target by team", unit="share", target=0.9)


def report() -> Document:
    few = suppressed("dots", "Satisfaction", "Too few answers (n 4, needs 30).")
    blocks = tuple(ChartBlock(chart) for chart in (days(), teams(), few))
    return replace(weekly(1), sections=(Section("Charts", blocks),))


def test_a_pdf_with_them_is_accepted_as_accessible_and_the_same_twice() -> None:
    first = pdf.render(report())
    assert pdf.render(report()) == first
    words = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(first)).pages)
    assert "A <b>" in words
    assert "$x$" in words
    assert "Too few answers (n 4, needs 30)." in words


def test_a_page_holds_them_as_drawings() -> None:
    markup = page.render(report())
    assert markup.count("<svg") == 2
    assert "data:image" not in markup
    assert '<b>"' not in markup


def test_slides_and_letters_hold_them_as_pictures() -> None:
    content = slides.render(report())
    assert slides.render(report()) == content
    pictures = [s for slide in Presentation(io.BytesIO(content)).slides for s in slide.shapes if s.shape_type == 13]
    described = [picture._element.xpath("./*/p:cNvPr")[0].get("descr") for picture in pictures]
    assert described == [days().sentence, teams().sentence]
    letter = mail.render(report())
    assert [one.content[:4] for one in letter.attachments] == [b"\x89PNG"] * 2
    assert sum(len(one.content) for one in letter.attachments) < 1_000_000
