"""What is decided about a finding from a page: one press each; acting is looked at first, then done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, UsageError
from maitred.desks.today.pages.home import organisation_zone
from maitred.kit.verbs import run

_SNOOZES = {"day": timedelta(days=1), "week": timedelta(days=7)}
_PLAIN = {"acknowledge": "today.acknowledge", "done": "today.done", "open": "today.take_back"}
_REFUSALS = (Conflict, Denied, Invalid)
_EVENING = 17


@require_POST
def decide(request: HttpRequest, finding: str) -> HttpResponse:
    """Acknowledge, snooze, done, open again, useful or not: which one the pressed button says."""
    verb, more, said = _meant(request.POST.get("do", ""))
    given: dict[str, Any] = {"finding": finding, "version": request.POST.get("version", ""), **more}
    try:
        run(verb, request.actor, given)  # type: ignore[attr-defined]
        messages.success(request, said)
    except _REFUSALS as error:
        messages.error(request, told(error))
    return HttpResponseRedirect(_back(request, reverse("start")))


@require_POST
def act(request: HttpRequest, finding: str) -> HttpResponse:
    """Do what was looked at: the task is made, and its owner has it on their list."""
    posted = request.POST
    page = reverse("today_finding", args=[finding])
    action = posted.get("action", "")
    given: dict[str, Any] = {
        "finding": finding,
        "version": posted.get("version", ""),
        "due": due(posted.get("due", "")),
    }
    if posted.get("person"):
        given["person"] = posted["person"]
    verb = "today.act" if action else "today.assign"
    if action:
        given["action"] = action
    try:
        run(verb, request.actor, given)  # type: ignore[attr-defined]
    except _REFUSALS as error:
        messages.error(request, told(error))
        return HttpResponseRedirect(f"{page}?act={action}#act" if action else f"{page}#decide")
    messages.success(request, _("The task is made. It stands on its owner's list until it is kept."))
    return HttpResponseRedirect(page)


def due(day: str) -> str:
    """A day of a form as an instant: its working day's end in the organisation's zone."""
    try:
        first = datetime.fromisoformat(day[:10])
    except ValueError:
        return day
    return clock.iso(first.replace(hour=_EVENING, tzinfo=organisation_zone()))


def told(error: MaitredError) -> str:
    """A refusal in one line."""
    if isinstance(error, Invalid) and error.errors:
        return "; ".join(f"{one['field'].replace('_', ' ')}: {one['message']}" for one in error.errors)
    return f"{str(error)[:1].upper()}{str(error)[1:]}"


def _meant(word: str) -> tuple[str, dict[str, Any], str]:
    """The verb, its words and what is said afterwards."""
    if word in _PLAIN:
        said = {"acknowledge": _("Acknowledged. It comes back when it is a quarter worse."),
                "done": _("Done. It comes back when it is a quarter worse."),
                "open": _("It is open again.")}  # fmt: skip
        return _PLAIN[word], {}, said[word]
    kind, _colon, rest = word.partition(":")
    if kind == "snooze" and rest in _SNOOZES:
        until = clock.now() + _SNOOZES[rest]
        return "today.snooze", {"until": clock.iso(until)}, _("Snoozed.")
    if word == "snooze:change":
        return "today.snooze", {}, _("Snoozed until it changes.")
    if word == "useful":
        return "today.feedback", {"useful": True}, _("Thank you. It counts towards how often this detector was right.")
    if kind == "not" and rest:
        thanks = _("Thank you. It counts towards how often this detector was right.")
        return "today.feedback", {"useful": False, "reason": rest}, thanks
    raise UsageError(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _back(request: HttpRequest, usual: str) -> str:
    path = request.POST.get("back", "")
    fits = path.startswith("/") and url_has_allowed_host_and_scheme(path, {request.get_host()}, request.is_secure())
    return path if fits else usual


decide.verb = "today.acknowledge"  # type: ignore[attr-defined]
act.verb = "today.act"  # type: ignore[attr-defined]
