"""The templates that come with the product: default content of each role, block by block."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from maitred.base.errors import NotFound
from maitred.desks.hiring.postings.shapes import (
    ESCO,
    ESCO_URI,
    PLUS,
    RULES,
    TEMPLATE,
    TYPED,
    Block,
    Line,
    Posting,
    Value,
)

OR_EQUIVALENT = "or equivalent experience"
EQUAL = (
    "We decide by what the work needs. Everybody is welcome to apply, whatever their age, sex, gender, origin, colour, "
    "religion, disability, sexual orientation, family or veteran status, and whatever else the law protects."
)
NOTICE = (
    "We may use software that sorts applications by experience, skills, place and education named in them. It decides "
    "nothing: people read and decide. You may ask for another process at the address above, without any drawback."
)
DATA = (
    "We use what you send for this application alone, keep it no longer than the law and this process need, and show, "
    "correct, hand over or erase it when you ask."
)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "roles.toml").read_text(encoding="utf-8"))


def templates() -> tuple[str, ...]:
    """The names of the templates."""
    return tuple(_read())


def default(template: str) -> Mapping[str, Any]:
    """The default content of a template, as its file says it.

    Raises
    ------
    NotFound
        There is no such template.
    """
    found = _read().get(template)
    if found is None:
        raise NotFound(f"there is no template {template!r}", f"take one of {', '.join(templates())}")
    return dict(found)


def template_of(role: str) -> str | None:
    """The template of a role, by the role's id or the template's own name."""
    return next((name for name, one in _read().items() if role in (name, one["role"])), None)


def posting(template: str) -> Posting:
    """A posting with the default content of a template; what only the employer knows is empty."""
    kept = default(template)
    blocks = (
        _head(kept), _about(kept), _duties(kept), _skills(kept), _education(kept), _salary(), _apply(kept), _legal(),
    )  # fmt: skip
    return Posting(template, str(kept["role"]), str(kept["soc"]), blocks)


def _head(kept: Mapping[str, Any]) -> Block:
    values = (
        Value("title", kept["title"], TEMPLATE), Value("organization"), Value("location"),
        Value("job_type", "full-time", TEMPLATE), Value("reports_to", kept["reports_to"], TEMPLATE),
    )  # fmt: skip
    return Block("head", "head", "Head", values=values)


def _about(kept: Mapping[str, Any]) -> Block:
    return Block("about", "text", "About the role", values=(Value("text", kept["about"], TEMPLATE),))


def _duties(kept: Mapping[str, Any]) -> Block:
    lines = tuple(Line(one["text"], one["tag"], source=one.get("source", TEMPLATE)) for one in kept["duties"])
    return Block("responsibilities", "list", "Responsibilities", lines=lines)


def _skills(kept: Mapping[str, Any]) -> Block:
    return Block("qualifications", "list", "Qualifications and skills", lines=tuple(map(_skill, kept["skills"])))


def _skill(one: Mapping[str, str]) -> Line:
    end = one.get("uri", "")
    return Line(
        one["text"], asked=one["asked"], uri=f"{ESCO_URI}{end}" if end else "", source=ESCO if end else TEMPLATE
    )


def _education(kept: Mapping[str, Any]) -> Block:
    values = tuple(
        Value(name, kept[name], TEMPLATE)
        for name in ("years_support", "years_leading", "track_record", "metrics_known")
    )
    degrees = [Line(one["text"], f"degree:{one['tag']}", one["asked"]) for one in kept["degrees"]]
    papers = [Line(one, "certificate", PLUS) for one in kept["certificates"]]
    own = (*values, Value("or_equivalent", "yes", TEMPLATE))
    return Block("education", "education", "Education and experience", values=own, lines=(*degrees, *papers))


def _salary() -> Block:
    names = ("min", "max", "currency", "unit", "bonus", "benefits", "source")
    return Block("salary", "salary", "Salary", values=tuple(Value(name, "", TYPED) for name in names))


def _apply(kept: Mapping[str, Any]) -> Block:
    values = [Value("documents", kept["documents"], TEMPLATE)]
    values += [Value(name) for name in ("email", "link", "phone", "closing_date", "accessibility")]
    return Block("apply", "apply", "How to apply", values=tuple(values))


def _legal() -> Block:
    values = (Value("equal", EQUAL, RULES), Value("notice", NOTICE, RULES), Value("data", DATA, RULES))
    return Block("legal", "text", "Legal", values=values)
