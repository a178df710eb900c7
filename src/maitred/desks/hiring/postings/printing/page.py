"""The posting as HTML: a fragment for the JSON-LD, and a whole page that needs no script and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

from maitred.desks.hiring.postings.outline import Outline, Section
from maitred.desks.hiring.postings.structured import dumped

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.6 system-ui,sans-serif;max-inline-size:46rem;margin:0 auto;padding:1.5rem}"
    "h1{line-height:1.2}dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1rem}dt{font-weight:600}"
    "dd{margin:0;overflow-wrap:anywhere}footer{margin-block-start:2rem;font-size:.85rem}"
    "@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin-block-end:.5rem}}"
)


def fragment(one: Outline) -> str:
    """What the posting says as HTML without a frame: for a job board, a mail, the JSON-LD's description."""
    return "\n".join([_facts(one.facts), *map(_section, one.sections)])


def page(one: Outline, data: Mapping[str, Any], stylesheet: str = "", watermark: str = "") -> str:
    """A whole page with its JSON-LD.

    Parameters
    ----------
    stylesheet
        Address of a style sheet, where the page is served; else the style stands in the page.
    watermark
        A line above all, such as that this is a draft.
    """
    style = f'<link rel="stylesheet" href="{escape(stylesheet)}">' if stylesheet else f"<style>{STYLE}</style>"
    mark = f'<p class="mark"><strong>{escape(watermark)}</strong></p>\n' if watermark else ""
    sources = "".join(f"<p>{escape(source)}</p>" for source in one.sources)
    foot = f"<footer>{sources}</footer>\n" if sources else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{escape(one.title)}</title>\n{style}\n"
        f'<script type="application/ld+json">\n{dumped(data)}\n</script>\n</head>\n<body>\n<main>\n{mark}'
        f'<h1 dir="auto">{escape(one.title)}</h1>\n{fragment(one)}\n</main>\n{foot}</body>\n</html>\n'
    )


def _section(one: Section) -> str:
    parts = [f"<h2>{escape(one.heading)}</h2>", _facts(one.facts)]
    parts += [f'<p dir="auto">{escape(paragraph)}</p>' for paragraph in one.paragraphs]
    if one.bullets:
        parts += ["<ul>", *(f'<li dir="auto">{escape(bullet)}</li>' for bullet in one.bullets), "</ul>"]
    return "\n".join(part for part in parts if part)


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = [f'<dt>{escape(label)}</dt><dd dir="auto">{_value(label, value)}</dd>' for label, value in facts]
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def _value(label: str, value: str) -> str:
    """A value as text; an address that leads somewhere as a link."""
    if label == "E-mail" and value.count("@") == 1 and not set(value) & set(" <>\"'[]"):
        return f'<a href="mailto:{quote(value, safe="@+.-_")}">{escape(value)}</a>'
    if label == "Link" and urlsplit_fits(value):
        return f'<a href="{escape(value)}" rel="noopener noreferrer">{escape(value)}</a>'
    return escape(value)


def urlsplit_fits(value: str) -> bool:
    """Whether a value is an http or https address with a host and nothing hidden in it."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    clean = not any(sign.isspace() or not sign.isprintable() for sign in value)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and clean
