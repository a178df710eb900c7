"""The report as one HTML file: nothing runs, nothing is fetched, no tag of a customer survives."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from maitred.kit.documents import page
from maitred.kit.documents.pictures import inlined
from maitred.kit.documents.sections import ChartBlock, Section
from maitred.kit.documents.tests.examples import HOSTILE, FixedPicture, hostile, weekly


class Seen(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


def test_markup_stays_text_in_every_place() -> None:
    seen = Seen(page.render(hostile()))
    assert not {"script", "img", "label", "iframe", "link"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    shown = "".join(seen.texts).count(HOSTILE) + seen.values("aria-label").count(HOSTILE)
    assert shown >= 1 + 5 + 3 + 3 * (1 + 1 + 4 + 1 + 4 + 5 + 3 + 1) + 2


def test_it_needs_nothing_from_outside() -> None:
    seen = Seen(page.render(weekly(3)))
    policy = seen.values("content")[0]
    assert policy.startswith("default-src 'none'")
    assert not seen.values("src")
    assert all(value.startswith(("#", "https://desk.example.org/")) for value in seen.values("href"))


def test_charts_are_inside_with_their_sentence_and_names_of_their_own() -> None:
    seen = Seen(page.render(weekly(3)))
    assert seen.tags.count("svg") == 3
    assert seen.values("aria-label").count(FixedPicture().sentence) == 3
    names = seen.values("id")
    assert len(names) == len(set(names))
    assert {"url(#c0-clip0)", "url(#c1-clip0)", "url(#c2-clip0)"} <= set(seen.values("clip-path"))


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        "<foreignObject><b/></foreignObject>",
        '<image href="https://example.org/x.png"/>',
        '<use href="https://example.org/x.svg#a"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<rect fill="url(https://example.org/x)"/>',
        "<style>@import 'https://example.org/x.css';</style>",
        "<rect style=\"fill:url('//example.org/x')\"/>",
        "<broken",
        "<animate/>",
    ],
)
def test_a_picture_that_does_more_than_draw_stays_an_image(inside: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    assert inlined(svg, 0) is None

    class Doubtful(FixedPicture):
        def svg(self, theme: str = "light") -> str:
            return svg

    report = replace(weekly(1), sections=(Section("x", (ChartBlock(Doubtful()),)),))
    seen = Seen(page.render(report))
    assert seen.values("src")[0].startswith("data:image/svg+xml;base64,")
    assert seen.values("alt") == [FixedPicture().sentence]


def test_a_document_type_in_a_picture_is_not_read() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>'
    assert inlined(bomb, 0) is None


def test_language_direction_and_order_of_headings() -> None:
    markup = page.render(replace(weekly(1), language="ar"))
    assert '<html lang="ar" dir="rtl">' in markup
    seen = Seen(markup)
    assert seen.tags.count("h1") == 1
    assert seen.tags.count("h2") == len(weekly(1).sections) + 1
    assert "@media print" in markup


def test_the_same_report_is_the_same_page() -> None:
    assert page.render(weekly(2)) == page.render(weekly(2))
