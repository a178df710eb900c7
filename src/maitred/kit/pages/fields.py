"""Fields of a desk's forms, as ``console/parts/field.html`` draws them, and how a refused form comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from maitred.base.errors import Invalid, MaitredError

Words = str | Promise
UNSHOWN = ("password",)
"""Kinds of fields whose words are never sent back to the page."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: str
    label: Words
    help: Words = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field; ``secret``: what was sent is never shown again, whatever its kind."""

    name: str
    label: Words
    kind: str = "text"
    value: str = ""
    options: Sequence[Option] = ()
    help: Words = ""
    required: bool = False
    optional: bool = False
    suggested: Sequence[str] = ()
    errors: Sequence[str] = ()
    there: str = ""
    secret: bool = False

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def grouped(self) -> bool:
        """Whether it is a group of boxes with a legend."""
        return self.kind in ("radios", "checks")

    @property
    def described(self) -> str:
        """The ids of what explains it."""
        told = (("help", self.help), ("there", self.there), ("error", self.errors))
        return " ".join(f"{self.id}-{part}" for part, there in told if there)


def sent(fields: Sequence[Field], request: HttpRequest, error: MaitredError | None) -> list[Field]:
    """The fields with what was sent and why it was not taken; secrets come back empty."""
    if error is None:
        return list(fields)
    wrong = errors_by_field(error)
    return [replace(_as_sent(one, request), errors=tuple(wrong.get(one.name, ()))) for one in fields]


def problem(fields: Sequence[Field], error: MaitredError | None) -> str:
    """What stands above a form that was refused: what happened and what to do, as far as no field says it."""
    if error is None:
        return ""
    named = {one.name for one in fields}
    wrong = errors_by_field(error)
    loose = [text for name, texts in wrong.items() if name not in named for text in texts]
    if wrong and not loose:
        return ""
    return " ".join(loose) or told(error)


def errors_by_field(error: MaitredError) -> Mapping[str, list[str]]:
    """Sentences by field; empty where the refusal is about none."""
    found: dict[str, list[str]] = {}
    if isinstance(error, Invalid):
        for one in error.errors:
            name = one["field"].rpartition(".")[2]
            found.setdefault(name, []).append(sentence(one["message"]))
    return found


def told(error: MaitredError) -> str:
    """A refusal in a line: what happened, and what to do."""
    return " ".join(sentence(one) for one in (error.what, error.remedy) if one)


def sentence(text: Any) -> str:
    """A text as a sentence of its own."""
    words = str(text).strip()
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def _as_sent(one: Field, request: HttpRequest) -> Field:
    given = request.POST.getlist(one.name)
    if one.secret or one.kind in UNSHOWN:
        return replace(one, value="")
    if one.options:
        return replace(one, options=tuple(replace(each, chosen=each.value in given) for each in one.options))
    if one.kind == "check":
        return replace(one, value="on" if given else "")
    return replace(one, value=given[-1] if given else one.value)
