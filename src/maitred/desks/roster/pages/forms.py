"""The forms of the roster as ``console/parts/form.html`` draws them, and how a refused one comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from maitred.base.errors import Conflict, Invalid, MaitredError
from maitred.kit.verbs import run


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: str
    label: str
    help: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: Sequence[Option] = ()
    help: str = ""
    required: bool = False
    optional: bool = False
    suggested: Sequence[str] = ()
    errors: Sequence[str] = ()
    there: str = ""
    id: str = ""

    @property
    def grouped(self) -> bool:
        """Whether it is a group of boxes with a legend."""
        return self.kind in ("radios", "checks")

    @property
    def described(self) -> str:
        """The ids of what explains it."""
        told = (("help", self.help), ("there", self.there), ("error", self.errors))
        return " ".join(f"{self.id}-{part}" for part, there in told if there)


@dataclass(frozen=True, slots=True)
class Form:
    """One form: ``do`` says which of the page's it is, ``hidden`` is sent along unseen."""

    do: str
    button: str
    fields: Sequence[Field] = ()
    title: str = ""
    lead: str = ""
    look: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    open: bool = False
    wide: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(replace(one, id=f"{self.do}-{one.name}") for one in self.fields))

    @property
    def id(self) -> str:
        return self.do

    def back(self, request: HttpRequest, refused: Refused | None) -> Form:
        """The form with what was sent and why it was not taken, where it was this one."""
        if refused is None or refused.do != self.do:
            return self
        named = {one.name for one in self.fields}
        loose = [text for name, texts in refused.errors.items() if name not in named for text in texts]
        fields = [_sent(one, request, refused) for one in self.fields]
        return replace(self, fields=fields, problem=" ".join([refused.problem, *loose]).strip(), open=True)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form was not taken."""

    do: str
    status: int
    problem: str
    errors: Mapping[str, Sequence[str]]


def attempt(request: HttpRequest, verb: str, given: Mapping[str, Any]) -> Refused | None:
    """Call a verb with what a form sent; why it was not taken, or None where it was."""
    do = request.POST.get("do", "")
    try:
        run(verb, request.actor, given)  # type: ignore[attr-defined]
    except Invalid as error:
        errors: dict[str, list[str]] = {}
        for one in error.errors:
            errors.setdefault(one["field"].partition(".")[0], []).append(sentence(one["message"]))
        return Refused(do, 422, _("Please mend what is marked.") if errors else told(error), errors)
    except Conflict as error:
        return Refused(do, 409, told(error), {})
    return None


def told(error: MaitredError) -> str:
    """A refusal in words: what happened, and what to do."""
    return " ".join(sentence(one) for one in (error.what, error.remedy) if one)


def sentence(text: Any) -> str:
    """A text as a sentence of its own."""
    words = str(text).strip()
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def filled(request: HttpRequest, *names: str) -> dict[str, str]:
    """What the form sent under these names, without those that were left empty."""
    return {name: request.POST[name] for name in names if request.POST.get(name, "").strip()}


def _sent(one: Field, request: HttpRequest, refused: Refused) -> Field:
    given = request.POST.getlist(one.name)
    errors = tuple(refused.errors.get(one.name, ()))
    if one.options:
        options = [replace(option, chosen=option.value in given) for option in one.options]
        return replace(one, options=options, errors=errors)
    return replace(one, value=given[-1] if given else one.value, errors=errors)
