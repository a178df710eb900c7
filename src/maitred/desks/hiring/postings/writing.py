"""Writes a posting in all its forms beside what checks find in it: what ``posting new`` leaves in a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from maitred.base.errors import BadInput
from maitred.desks.hiring.postings import structured
from maitred.desks.hiring.postings.checks import Finding, errors, lint
from maitred.desks.hiring.postings.outline import Outline, outline
from maitred.desks.hiring.postings.printing import page, texts
from maitred.desks.hiring.postings.seen import seen
from maitred.desks.hiring.postings.shapes import Posting, plain

FORMS = ("html", "md", "txt", "json", "xml", "docx", "pdf")
TYPES = {
    "html": "text/html; charset=utf-8", "md": "text/markdown; charset=utf-8", "txt": "text/plain; charset=utf-8",
    "json": "application/ld+json; charset=utf-8", "xml": "application/xml; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf",
}  # fmt: skip
DRAFT = "Draft, not published"


@dataclass(frozen=True, slots=True)
class Written:
    """A posting with its outline, its JSON-LD and what checks find."""

    posting: Posting
    outline: Outline
    data: Mapping[str, Any]
    findings: tuple[Finding, ...]
    posted_on: date

    @property
    def publishable(self) -> bool:
        """Whether no finding stops it."""
        return not errors(self.findings)


def written(posting: Posting, today: date, *, posted_on: date | None = None, identifier: str = "", url: str = "",
            skills_of_best: tuple[str, ...] | None = None) -> Written:  # fmt: skip
    """Outline, JSON-LD and findings of a posting on a day."""
    made = outline(posting)
    day = posted_on or today
    data = structured.job_posting(posting, day, identifier or reference(posting), page.fragment(made), url)
    found = lint(seen(posting, data), today, skills_of_best)
    return Written(posting, made, data, tuple(found), day)


def reference(posting: Posting) -> str:
    """A reference made of what the posting says, the same for the same words."""
    text = json.dumps(plain(posting), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def form(one: Written, kind: str, state: str = DRAFT, link: str = "") -> bytes:
    """The posting in one form of ``FORMS``."""
    at = datetime.combine(one.posted_on, time(), UTC)
    makers: dict[str, Callable[[], str | bytes]] = {
        "html": lambda: page.page(one.outline, one.data),
        "md": lambda: texts.markdown(one.outline),
        "txt": lambda: texts.plain(one.outline),
        "json": lambda: json.dumps(one.data, ensure_ascii=False, indent=1) + "\n",
        "xml": lambda: structured.feed(_company(one), link, [(_number(one), link, one.data)], one.posted_on),
        "docx": lambda: _word(one, at),
        "pdf": lambda: _paper(one, at, state),
    }
    made = makers[kind]()
    return made if isinstance(made, bytes) else made.encode()


def write(one: Written, folder: Path) -> list[Path]:
    """Leave ``page.html``, ``posting.md``, ``jobposting.json`` and ``lint.json`` in a folder, made where missing."""
    findings = json.dumps([finding.told() for finding in one.findings], ensure_ascii=False, indent=1) + "\n"
    files = {
        "page.html": form(one, "html"), "posting.md": form(one, "md"), "jobposting.json": form(one, "json"),
        "lint.json": findings.encode(),
    }  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}", "name a folder of yours") from error
    return [folder / name for name in files]


def _word(one: Written, at: datetime) -> bytes:
    from maitred.desks.hiring.postings.printing.word import docx

    return docx(one.outline, at)


def _paper(one: Written, at: datetime, state: str) -> bytes:
    from maitred.desks.hiring.postings.printing.paper import paper

    return paper(one.outline, at, state)


def _company(one: Written) -> str:
    return one.posting.value("head", "organization")


def _number(one: Written) -> str:
    return str(one.data["identifier"]["value"])
