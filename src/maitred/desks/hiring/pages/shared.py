"""What the pipeline's pages share: the reader, tabs, buttons that call one verb each, a form that comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.desks.hiring import access
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import fields as forms
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.reading import reading
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

REFUSALS = (Conflict, Denied, Invalid, NotFound)
Words = str | Promise
TABS: tuple[tuple[str, Words, Right], ...] = (
    ("hiring", gettext_lazy("Pipeline"), Right.HIRING_COUNTS),
    ("hiring_search", gettext_lazy("Search"), Right.HIRING_READ),
    ("hiring_postings", gettext_lazy("Postings"), Right.HIRING_READ),
    ("hiring_interviews", gettext_lazy("Interviews"), Right.HIRING_PANEL),
    ("hiring_offers", gettext_lazy("Offers"), Right.HIRING_READ),
    ("hiring_outreach", gettext_lazy("Letters"), Right.HIRING_READ),
    ("hiring_fairness", gettext_lazy("Fairness"), Right.HIRING_AUDIT),
)


@dataclass(frozen=True, slots=True)
class Press:
    """A button: the verb that it calls, the words of the form that it sends along, what is said afterwards."""

    verb: str
    words: Sequence[str] = ("version",)
    said: Words = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def actor_of(request: HttpRequest) -> Actor:
    """Who reads."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def reads(actor: Actor) -> bool:
    """Whether candidates are shown to a reader."""
    return access.reads(actor)


def tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of the desk for a reader; of those that are there."""
    found = []
    for name, label, right in TABS:
        try:
            href = reverse(name)
        except NoReverseMatch:
            continue
        if reach(actor, right) is not Reach.NONE:
            found.append({"href": href, "label": label, "here": name == here})
    return found


def zone() -> ZoneInfo:
    """The organisation's zone; UTC before anything was published."""
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")


def pressed(request: HttpRequest, presses: Mapping[str, Press], own: Mapping[str, Any]) -> tuple[Words, Any]:
    """Do what the pressed button says; what is said afterwards, and what the verb answered."""
    one = presses.get(request.POST.get("do", ""))
    if one is None:
        raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))
    given = {name: request.POST[name] for name in one.words if request.POST.get(name, "") != ""}
    return one.said, run(one.verb, actor_of(request), {**own, **given, **one.more})


def acting(
    request: HttpRequest, presses: Mapping[str, Press], own: Mapping[str, Any],
    to: Callable[[Any], str] | None = None,
) -> HttpResponseRedirect | MaitredError | None:  # fmt: skip
    """For a page with buttons: where to go after a press, the refusal, or None where nothing was pressed."""
    if request.method != "POST":
        return None
    try:
        said, answer = pressed(request, presses, own)
    except REFUSALS as error:
        if isinstance(error, NotFound):
            raise
        return error
    messages.success(request, str(said))
    return HttpResponseRedirect(to(answer) if to is not None else request.path)


def form(
    request: HttpRequest, verb: str, fields: Sequence[Field], values: Callable[[], Mapping[str, Any]],
    to: Callable[[Any], str], *, title: Words, button: Words, said: Words, back: tuple[str, Words], sense: Words = "",
) -> HttpResponse:  # fmt: skip
    """A page with one form that calls one verb."""
    actor = actor_of(request)
    authorise(register()[verb], actor)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            answer = run(verb, actor, dict(values()))
            messages.success(request, str(said))
            return HttpResponseRedirect(to(answer))
        except REFUSALS as error:
            problem = error
    shown = forms.sent(fields, request, problem)
    context = {
        "page": Frame("hiring", "error" if problem else "ok"), "nav_name": _("Hiring"), "title": title,
        "fields": shown, "problem": forms.problem(shown, problem), "button": button, "back": back[0],
        "back_name": back[1], "sense": sense,
    }  # fmt: skip
    return render(request, "hiring/form.html", context, status=problem.status if problem else 200)


def shown(
    request: HttpRequest, template: str, context: Mapping[str, Any], problem: MaitredError | None
) -> HttpResponse:
    """A page; with what was refused above it."""
    told = {"nav_name": _("Hiring"), "problem": forms.told(problem) if problem else "", **context}
    return render(request, template, told, status=problem.status if problem else 200)


def given(request: HttpRequest, *names: str) -> dict[str, str]:
    """What was typed into fields, without those left empty."""
    return {name: request.POST[name].replace("\r\n", "\n") for name in names if request.POST.get(name, "") != ""}
