"""The posting as Markdown and as plain text; what people wrote cannot become markup."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from maitred.desks.hiring.postings.outline import Outline, Section
from maitred.kit.documents.markdown import escaped

_WIDTH = 78


def markdown(one: Outline) -> str:
    """CommonMark: a title, labelled facts, a heading and its content for each section."""
    lines = [f"# {escaped(one.title)}", "", *_facts(one.facts, escaped, "- **{}:** {}")]
    for section in one.sections:
        lines += ["", f"## {escaped(section.heading)}", *_body(section, escaped, "- **{}:** {}")]
    for source in one.sources:
        lines += ["", f"> {escaped(source)}"]
    return "\n".join(lines) + "\n"


def plain(one: Outline) -> str:
    """Plain text in lines of 78 signs, headings underlined."""
    lines = [one.title, "=" * max(3, len(one.title)), "", *_facts(one.facts, str, "{}: {}")]
    for section in one.sections:
        lines += ["", section.heading, "-" * max(3, len(section.heading)), *_body(section, str, "{}: {}")]
    for source in one.sources:
        lines += ["", f"({source})"]
    return "\n".join(wrapped for line in lines for wrapped in _wrapped(line)) + "\n"


def _wrapped(line: str) -> list[str]:
    if len(line) <= _WIDTH:
        return [line]
    later = "  " if line.startswith("- ") else ""
    return textwrap.wrap(line, _WIDTH, subsequent_indent=later, break_long_words=False, break_on_hyphens=False)


def _facts(facts: tuple[tuple[str, str], ...], said: Callable[[str], str], form: str) -> Iterator[str]:
    for label, value in facts:
        yield form.format(said(label), said(" ".join(value.split())))


def _body(section: Section, said: Callable[[str], str], form: str) -> Iterator[str]:
    if section.facts:
        yield ""
        yield from _facts(section.facts, said, form)
    for paragraph in section.paragraphs:
        yield ""
        yield said(" ".join(paragraph.split()))
    if section.bullets:
        yield ""
        yield from (f"- {said(' '.join(bullet.split()))}" for bullet in section.bullets)
