"""Automatic checks beside the people: which are verified, how far each agrees, and what its rule looks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from maitred.base.errors import Invalid, MaitredError
from maitred.desks.quality import checking
from maitred.desks.quality.pages import shared, wording
from maitred.desks.quality.verbs.shapes import CheckShown
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

CLOCKS: Mapping[str, str | Promise] = {
    "frt": gettext_lazy("First reply"),
    "frt_any": gettext_lazy("First reply, bots too"),
    "nrt_max": gettext_lazy("Longest next reply"),
    "time_to_assign": gettext_lazy("Time to assign"),
    "first_resolution": gettext_lazy("First resolution"),
    "full_resolution": gettext_lazy("Full resolution"),
    "rwt": gettext_lazy("Requester wait"),
    "awt": gettext_lazy("Agent work"),
}
MODES: Mapping[str, str | Promise] = {
    "calendar": gettext_lazy("calendar"),
    "business_all": gettext_lazy("business, all schedules"),
    "business_last": gettext_lazy("business, last schedule"),
}
BEHAVIOURS: Mapping[str, str | Promise] = {
    "names_feeling": gettext_lazy("names what the customer feels"),
    "restates_problem": gettext_lazy("says the problem back"),
    "apologises_once": gettext_lazy("apologises for a named thing, once"),
    "owns_next_step": gettext_lazy("says what I will do, or have done"),
    "gives_time": gettext_lazy("gives a time by which something happens"),
    "asks_open_question": gettext_lazy("asks for what is missing"),
}
_MINUTES = re.compile(r"\d{1,6}")


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The checks by key, and the form for a new one."""
    actor = shared.actor_of(request)
    authorise(register()["quality.checks"], actor)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return _done(request)
        except shared.REFUSALS as error:
            problem = error
    found: Sequence[CheckShown] = run("quality.checks", actor, {}).checks
    fields = _fields()
    adding = problem is not None and request.POST.get("do") == "add"
    fields = forms.sent(fields, request, problem) if adding else fields
    context = {
        **shared.shell(actor, "quality_checks"), "page": shared.frame("ok" if found else "empty", problem),
        "title": _title(found), "rows": [_row(one) for one in found], "open": adding,
        "fields": fields if shared.leads(actor) else (),
        "problem": forms.problem(fields, problem) if adding else forms.told(problem) if problem else "",
    }  # fmt: skip
    return shared.shown(request, "checks", context, problem)


def _done(request: HttpRequest) -> HttpResponse:
    actor, posted = shared.actor_of(request), request.POST
    do = posted.get("do", "")
    if do == "add":
        added = {"key": posted.get("key", ""), "title": posted.get("title", ""), "kind": posted.get("kind", ""),
                 "rule": _rule(request)}  # fmt: skip
        run("quality.add_check", actor, added)
        messages.success(request, _("Added. It answers with the worker's next round, and counts once it is verified."))
    elif do in ("on", "off"):
        given: dict[str, Any] = {
            "check": posted.get("check", ""),
            "version": posted.get("version", ""),
            "enabled": do == "on",
        }
        run("quality.change_check", actor, given)
    else:
        raise shared.no_such_button()
    return HttpResponseRedirect(request.path)


def _rule(request: HttpRequest) -> dict[str, Any]:
    posted = request.POST
    if posted.get("kind") == "pattern":
        return {"pattern": posted.get("pattern", ""), "first": bool(posted.get("first"))}
    if posted.get("kind") == "behaviour":
        return {"behaviour": posted.get("behaviour", "")}
    minutes = posted.get("minutes", "").strip()
    if not _MINUTES.fullmatch(minutes):
        message = _("give whole minutes, such as 60")
        raise Invalid(message, "", ({"field": "minutes", "message": message, "code": "number"},))
    return {"clock": posted.get("clock", ""), "mode": posted.get("mode", ""), "seconds": 60 * int(minutes)}


def _title(found: Sequence[CheckShown]) -> str:
    if not found:
        return _("There is no automatic check yet")
    sure = sum(one.state == "verified" for one in found)
    told = {"n": words.count(sure), "all": words.count(len(found))}
    said = ngettext("%(n)s of %(all)s automatic check is verified", "%(n)s of %(all)s automatic checks are verified",
                    len(found))  # fmt: skip
    return said % told


def _row(one: CheckShown) -> dict[str, Any]:
    label, look = wording.CHECKS.get(one.state, (one.state, "off"))
    return {
        "one": one, "state": label, "look": look, "rule": _told(one), "machine": wording.kappa(one.machine_human),
        "people": wording.kappa(one.human_human), "answered": words.count(one.answered),
        "prevalence": words.share(one.prevalence, 0) if one.prevalence is not None else words.NOTHING,
        "why": forms.sentence(one.why),
    }  # fmt: skip


def _told(one: CheckShown) -> str:
    rule = one.rule
    if one.kind == "clock":
        told = {"clock": CLOCKS.get(str(rule["clock"]), rule["clock"]), "mode": MODES.get(str(rule["mode"]), ""),
                "limit": words.duration(float(rule["seconds"]))}  # fmt: skip
        return _("%(clock)s within %(limit)s (%(mode)s)") % told
    if one.kind == "behaviour":
        return _("a reply %(behaviour)s") % {"behaviour": BEHAVIOURS.get(str(rule["behaviour"]), rule["behaviour"])}
    told = {"pattern": rule["pattern"]}
    return (_("the first reply holds %(pattern)s") if rule.get("first") else _("a reply holds %(pattern)s")) % told


def _fields() -> list[Field]:
    clocks = [Option(one, CLOCKS.get(one, one)) for one in checking.CLOCKS]
    modes = [Option(one, MODES.get(one, one)) for one in checking.MODES]
    kinds = [
        Option("clock", _("a clock"), chosen=True),
        Option("pattern", _("words in a reply")),
        Option("behaviour", _("a behaviour in a reply, in English")),
    ]
    seen = [Option(one, label) for one, label in BEHAVIOURS.items()]
    return [
        Field("title", _("What it asks"), required=True, help=_("Such as: first reply within an hour.")),
        Field("key", _("Key of the item"), required=True,
              help=_("That of the scorecard's item that people answer too, such as gave_a_time.")),
        Field("kind", _("Looks at"), "radios", options=kinds),
        Field("clock", _("Clock"), "select", options=clocks),
        Field("mode", _("Hours"), "select", options=modes),
        Field("minutes", _("At most so many minutes"), "number", optional=True),
        Field("pattern", _("Pattern of the words"), optional=True,
              help=_("A regular expression; case does not matter.")),
        Field("first", _("Only the first reply"), "check"),
        Field("behaviour", _("Behaviour"), "select", options=seen),
    ]  # fmt: skip


listed.verb = "quality.checks"  # type: ignore[attr-defined]
