"""What a posting says in its order, the same in every form: facts, sections with paragraphs and lists, and sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maitred.desks.hiring.postings.filling import amount
from maitred.desks.hiring.postings.roles import OR_EQUIVALENT
from maitred.desks.hiring.postings.shapes import ESCO, ESCO_URI, MUST, OEWS, ONET, PLUS, Block, Line, Posting
from maitred.insight.wages import RELEASE

PLUS_WORDS = "(a plus)"
ONET_WORDS = (
    "This page includes information from the O*NET 29.2 Database by the U.S. Department of Labor, Employment and "
    "Training Administration (USDOL/ETA). Used under the CC BY 4.0 license. O*NET is a trademark of USDOL/ETA. "
    "The content was cut, reformatted and put into other words."
)
ESCO_WORDS = "This service uses the ESCO classification of the European Commission."


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its key, heading, labelled facts, paragraphs and bullets."""

    key: str
    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.facts or self.paragraphs or self.bullets)


@dataclass(frozen=True, slots=True)
class Outline:
    """A posting as it is printed."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    sources: tuple[str, ...]


def outline(posting: Posting) -> Outline:
    """The outline of a posting: blocks that are on, without what is empty."""
    head = posting.block("head")
    sections = [_section(one) for one in posting.shown if one.kind != "head"]
    return Outline(
        posting.title, _head(head) if head is not None and head.on else (),
        tuple(one for one in sections if not one.empty), _sources(posting),
    )  # fmt: skip


def pay(block: Block) -> str:
    """The range in words; empty where none is given.

    Examples
    --------
    >>> from maitred.desks.hiring.postings.shapes import Value
    >>> held = {"min": "65000", "max": "80000", "currency": "USD", "unit": "year"}
    >>> pay(Block("salary", "salary", "Salary", values=tuple(Value(*one) for one in held.items())))
    'USD 65,000 to 80,000 per year'
    """
    low, high = (amount(block.value(name)) for name in ("min", "max"))
    if low is None and high is None:
        return ""
    currency, unit = block.value("currency"), block.value("unit")
    ends = [_written(one) for one in (low, high) if one is not None]
    edge = "" if len(ends) > 1 else "from " if low is not None else "up to "
    told = f"{edge}{currency} {' to '.join(ends)}" if currency else f"{edge}{' to '.join(ends)}"
    return f"{told} per {unit}" if unit else told


def _written(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _head(block: Block) -> tuple[tuple[str, str], ...]:
    labels = {
        "organization": "Organization",
        "location": "Location",
        "job_type": "Job type",
        "reports_to": "Reports to",
    }
    return _labelled(block, labels)


def _labelled(block: Block, labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((label, block.value(name)) for name, label in labels.items() if block.value(name).strip())


def _section(block: Block) -> Section:
    return _KINDS.get(block.kind, _text)(block)


def _text(block: Block) -> Section:
    paragraphs = [part.strip() for one in block.values for part in one.value.split("\n\n")]
    return Section(block.key, block.title, (), tuple(one for one in paragraphs if one), tuple(map(_line, block.lines)))


def _education(block: Block) -> Section:
    bullets = []
    for name, what in (("years_support", "in customer support"), ("years_leading", "leading people")):
        years = block.value(name)
        if years and years != "0":
            bullets.append(f"At least {years} {'year' if years == '1' else 'years'} {what}")
    if block.value("track_record"):
        bullets.append(block.value("track_record"))
    if block.value("metrics_known"):
        bullets.append(f"Used to working with {block.value('metrics_known')}")
    equal = block.value("or_equivalent") == "yes"
    for one in block.lines:
        suffix = f", {OR_EQUIVALENT}" if equal and one.tag.startswith("degree:") and one.asked == MUST else ""
        bullets.append(f"{one.text}{suffix}{_asked(one)}")
    return Section(block.key, block.title, bullets=tuple(bullets))


def _salary(block: Block) -> Section:
    facts = [("Pay", pay(block)), *_labelled(block, {"bonus": "Bonus", "benefits": "Benefits", "source": "Source"})]
    return Section(block.key, block.title, tuple((label, value) for label, value in facts if value))


def _apply(block: Block) -> Section:
    labels = {
        "documents": "Please send", "email": "E-mail", "link": "Link", "phone": "Phone", "closing_date": "Apply by",
        "accessibility": "Accessibility",
    }  # fmt: skip
    return Section(block.key, block.title, _labelled(block, labels))


def _line(one: Line) -> str:
    return f"{one.text}{_asked(one)}"


def _asked(one: Line) -> str:
    return f" {PLUS_WORDS}" if one.asked == PLUS else ""


_KINDS: dict[str, Callable[[Block], Section]] = {"education": _education, "salary": _salary, "apply": _apply}


def _sources(posting: Posting) -> tuple[str, ...]:
    uris = any(line.uri.startswith(ESCO_URI) for block in posting.shown for line in block.lines)
    told = []
    if ONET in posting.sources:
        told.append(ONET_WORDS)
    if ESCO in posting.sources or uris:
        told.append(ESCO_WORDS)
    if OEWS in posting.sources:
        told.append(RELEASE.attribution)
    return tuple(told)
