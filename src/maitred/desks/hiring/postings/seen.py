"""A posting as a reader sees it, whatever it was read from: our own values, a page, Markdown, plain text, JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maitred.desks.hiring.postings import places
from maitred.desks.hiring.postings.filling import amount
from maitred.desks.hiring.postings.outline import PLUS_WORDS, outline
from maitred.desks.hiring.postings.shapes import MUST, Posting, words_of

_ASKING = ("qualifications", "education")


@dataclass(frozen=True, slots=True)
class Pay:
    """What is offered; amounts are ``None`` and words empty where nothing is said."""

    low: float | None = None
    high: float | None = None
    currency: str = ""
    unit: str = ""
    benefits: str = ""

    @property
    def said(self) -> bool:
        return self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True)
class Seen:
    """What checks look at.

    ``words`` are texts with the place where they stand; ``musts`` lines that are asked for; ``reach`` e-mail, link and
    phone by name; ``structured`` the JSON-LD that comes with it, ``None`` where the form has none. ``form`` says what
    it was read from, since plain text may say a thing in words that are not found; where that is JSON-LD alone,
    ``shown_pay`` is what its description says. ``skills`` are the skills among what is a must.
    """

    title: str = ""
    organization: str = ""
    location: str = ""
    job_type: str = ""
    pay: Pay = Pay()
    words: tuple[tuple[str, str], ...] = ()
    musts: tuple[str, ...] = ()
    reach: Mapping[str, str] = field(default_factory=dict)
    closing_date: str = ""
    soc: str = ""
    structured: Mapping[str, Any] | None = None
    form: str = "posting"
    shown_pay: Pay | None = None
    skills: tuple[str, ...] = ()

    @property
    def where(self) -> places.Where | None:
        """The location as a place; ``None`` where nothing is said."""
        return places.read(self.location) if self.location.strip() else None

    @property
    def text(self) -> str:
        """All words, a line for each."""
        return "\n".join(text for _where, text in self.words)


def seen(posting: Posting, structured: Mapping[str, Any] | None = None) -> Seen:
    """Our own posting as checks look at it."""
    salary = {name: posting.value("salary", name) for name in ("min", "max", "currency", "unit", "benefits")}
    pay = Pay(amount(salary["min"]), amount(salary["max"]), salary["currency"], salary["unit"], salary["benefits"])
    bullets = (each for part in outline(posting).sections for each in part.bullets if part.key in _ASKING)
    musts = tuple(each for each in bullets if PLUS_WORDS not in each)
    block = posting.block("qualifications")
    skills = tuple(line.text for line in (block.lines if block and block.on else ()) if line.asked == MUST)
    reach = {name: posting.value("apply", name) for name in ("email", "link", "phone")}
    return Seen(
        posting.title, posting.value("head", "organization"), posting.value("head", "location"),
        posting.value("head", "job_type"), pay, tuple(words_of(posting)), musts,
        {name: value for name, value in reach.items() if value}, posting.value("apply", "closing_date"), posting.soc,
        structured, skills=skills,
    )  # fmt: skip
