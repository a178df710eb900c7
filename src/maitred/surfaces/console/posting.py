"""Forms of the console's pages: what they show, the verb they call, and what becomes of a refusal.

A page holds no rules. A form sends plain words to a verb; what the verb does not take comes back as the same form with
the words that were sent, each error beside its field, and where somebody was faster, what stands there now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from maitred.base.errors import Conflict, Invalid, NotFresh
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field; ``help`` says what it means."""

    value: str
    label: str
    help: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Parameters
    ----------
    kind
        ``text``, ``email``, ``date``, ``number``, ``password``, ``textarea``, ``select``, ``check``, ``radios``,
        ``checks`` or ``shown`` (words that cannot be changed).
    optional
        Said beside the label; for fields among others that have to be filled in.
    suggested
        Values that the browser offers while somebody types.
    there
        What stands there now, where that differs from what was sent.
    """

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
        """The ids of what explains it, for screen readers."""
        told = (("help", self.help), ("there", self.there), ("error", self.errors))
        return " ".join(f"{self.id}-{part}" for part, there in told if there)


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a page.

    Parameters
    ----------
    do
        Which of the page's forms it is; sent along.
    look
        Of its button: ``pri``, ``danger``, ``quiet`` or the usual.
    hidden
        What is sent along unseen: the version that was read, ids.
    open
        Whether its fields are unfolded from the start.
    wide
        Fields stand in two columns where there is room.
    """

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
    key: str = ""

    def __post_init__(self) -> None:
        key = f"{self.do}{self.key and '-'}{self.key}"
        object.__setattr__(self, "fields", tuple(replace(one, id=f"{key}-{one.name}") for one in self.fields))

    @property
    def id(self) -> str:
        return f"{self.do}{self.key and '-'}{self.key}"

    def refused(self, why: Refused | None) -> Form:
        """The form as it comes back: with the words that were sent, and why they were not taken."""
        if why is None or why.do != self.do or why.key != self.key:
            return self
        named = {one.name for one in self.fields}
        loose = [text for name, texts in why.errors.items() if name not in named for text in texts]
        fields = [_sent(one, why) for one in self.fields]
        return replace(self, fields=fields, problem=" ".join([why.problem, *loose]).strip(), open=True)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form was not taken: the status of the answer, a sentence, errors by field, and what was sent."""

    do: str
    status: int
    problem: str
    errors: Mapping[str, Sequence[str]]
    given: Mapping[str, Sequence[str]]
    key: str = ""


def attempt(
    request: HttpRequest, verb: str, arguments: Mapping[str, Any], said: str, back: str, key: str = ""
) -> HttpResponse | Refused:
    """Call a verb with what a form sent: the way back with a word of thanks, or why it was not taken.

    Parameters
    ----------
    said
        What the page says when it was done.
    back
        Where the browser goes then.
    key
        Which of several forms of the same kind it was.
    """
    answer = asked(request, verb, arguments, key)
    if isinstance(answer, Refused | HttpResponse):
        return answer
    return done(request, said, back)


def done(request: HttpRequest, said: str, back: str) -> HttpResponse:
    """The way back, with a word on what was done."""
    messages.success(request, said)
    return HttpResponseRedirect(back)


def asked(request: HttpRequest, verb: str, arguments: Mapping[str, Any], key: str = "") -> Any:
    """The verb's answer; the way to prove who one is; or why it was not taken."""
    do = request.POST.get("do", "")
    given = {name: request.POST.getlist(name) for name in request.POST}
    try:
        return run(verb, request.actor, arguments)  # type: ignore[attr-defined]
    except NotFresh:
        again = urlencode({"next": request.path})
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{again}")
    except Invalid as error:
        errors: dict[str, list[str]] = {}
        for one in error.errors:
            errors.setdefault(one["field"].partition(".")[0], []).append(_sentence(one["message"]))
        problem = _("Please mend what is marked.") if errors else _sentence(str(error))
        return Refused(do, 422, problem, errors, given, key)
    except Conflict as error:
        stale = error.sent is not None and error.there is not None
        told = _("Somebody else changed this meanwhile. Your words are below, what stands there now beside them.")
        return Refused(do, 409, told if stale else _sentence(str(error)), {}, given, key)


def bad_filter(request: HttpRequest, name: str, asked: Mapping[str, str], remedy: str) -> HttpResponse:
    """The answer to an address whose filter means nothing here: what it is, and the way on without it.

    Parameters
    ----------
    asked
        The filters of the address by name.
    """
    rest = urlencode({one: word for one, word in asked.items() if one != name})
    context = {
        "page": Frame("error", "error"),
        "what": f"{name}={asked.get(name, '')[:40]}",
        "remedy": remedy,
        "away": f"{request.path}?{rest}" if rest else request.path,
    }
    return render(request, "console/bad_filter.html", context, status=400)


def words(request: HttpRequest, *names: str) -> dict[str, str]:
    """What the form sent under these names, without those it did not send."""
    return {name: request.POST[name] for name in names if name in request.POST}


def filled(request: HttpRequest, *names: str) -> dict[str, str]:
    """The same, without those that were left empty."""
    return {name: value for name, value in words(request, *names).items() if value.strip()}


def _sent(one: Field, why: Refused) -> Field:
    given = why.given.get(one.name, [])
    errors = tuple(why.errors.get(one.name, ()))
    if one.grouped or one.kind == "select":
        options = [replace(option, chosen=option.value in given) for option in one.options]
        return replace(one, options=options, errors=errors, there=_there(one, given, why))
    if one.kind == "check":
        return replace(one, value="on" if given else "", errors=errors)
    sent = given[-1] if given else one.value
    return replace(one, value=sent, errors=errors, there=_there(one, [sent], why))


def _there(one: Field, sent: Sequence[str], why: Refused) -> str:
    """What stands there now, where somebody else was faster and it differs."""
    if why.status != 409:
        return ""
    if one.options:
        now = [option for option in one.options if option.chosen]
        return ", ".join(option.label for option in now) if {option.value for option in now} != {*sent} else ""
    return one.value if one.value != sent[-1] else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
