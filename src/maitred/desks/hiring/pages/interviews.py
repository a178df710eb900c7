"""Interviews: those that one was given, one's own scorecard, and the debrief once all are in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.hiring.interviewing.shapes import AgreementShown, InterviewShown
from maitred.desks.hiring.pages import shared, wording
from maitred.desks.hiring.pages.shared import Press
from maitred.desks.hiring.pipeline import access
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_PRESSES = {
    "cancel": Press("hiring.cancel_interview", ("version", "reason"), gettext_lazy("The interview is called off.")),
    "restore": Press("hiring.restore_interview", said=gettext_lazy("The interview takes place.")),
}
_CONCLUDE = {
    "conclude": Press("hiring.conclude_debrief", ("version", "summary"), gettext_lazy("It is written down.")),
}


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Interviews, the newest first; what waits for the reader above."""
    actor = shared.actor_of(request)
    found = run("hiring.interviews", actor, {"limit": 50, **_cursor(request)})
    rows = [_row(one) for one in found.items]
    waits = sum(row["one"].waits for row in rows)
    told = ngettext("%(n)s scorecard waits for you", "%(n)s scorecards wait for you", waits) % {"n": waits}
    context = {
        "page": Frame("hiring", "ok" if rows else "empty"), "nav_name": _("Hiring"), "rows": rows, "next": found.next,
        "title": told if waits else _("No scorecard waits for you"), "tabs": shared.tabs(actor, "hiring_interviews"),
    }  # fmt: skip
    return render(request, "hiring/interviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def planning(request: HttpRequest, candidate: int) -> HttpResponse:
    """Plan an interview with a panel."""
    actor = shared.actor_of(request)
    one = run("hiring.show_candidate", actor, {"candidate": candidate})
    panel = [Option(str(each.pk), each.name) for each in access.interviewers(actor)[:200]]
    fields = [
        Field("starts_at", _("When"), "datetime-local", required=True,
              help=_("In the zone of the organisation: %(zone)s.") % {"zone": shared.zone().key}),
        Field("minutes", _("Minutes"), "number", "60", required=True),
        Field("panel", _("Who interviews"), "checks", options=panel,
              help=_("Each scores alone; nobody reads another's scorecard before all are sent.")),
    ]  # fmt: skip
    return shared.form(
        request, "hiring.plan_interview", fields, lambda: _planned(request, candidate),
        lambda made: reverse("hiring_interview", args=[made.id]),
        title=_("Interview of %(code)s") % {"code": one.candidate.code}, button=_("Plan it"),
        said=_("The interview is planned, and the panel is told."),
        back=(reverse("hiring_candidate", args=[candidate]), one.candidate.code),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, interview: int) -> HttpResponse:
    """An interview: what is asked, and one's own scorecard."""
    actor = shared.actor_of(request)
    done: HttpResponseRedirect | MaitredError | None = None
    if request.POST.get("do") in ("save", "send"):
        done = _scored(request, interview)
    else:
        done = shared.acting(request, _PRESSES, {"interview": interview})
    if isinstance(done, HttpResponseRedirect):
        return done
    one = run("hiring.show_interview", actor, {"interview": interview})
    open_ = one.mine is not None and one.mine.sent_at is None and one.state == "planned"
    context = {
        "page": Frame("hiring", "error" if done else "ok", facts=_facts(one)), "one": one, "open": open_,
        "title": _("Interview of %(code)s") % {"code": one.code}, "rows": _competencies(request, one, done),
        "recommendations": [(name, told, name == (one.mine.recommendation if one.mine else ""))
                            for name, told in wording.RECOMMENDATIONS.items()],
        "hires": shared.reads(actor), "words": request.POST.get("words", one.mine.words if one.mine else ""),
        "debrief": reverse("hiring_debrief", args=[interview]) if one.debrief else "",
    }  # fmt: skip
    return shared.shown(request, "hiring/interview.html", context, done)


@require_http_methods(["GET", "HEAD", "POST"])
def debrief(request: HttpRequest, interview: int) -> HttpResponse:
    """All scorecards beside each other."""
    done = shared.acting(request, _CONCLUDE, {"interview": interview})
    if isinstance(done, HttpResponseRedirect):
        return done
    actor = shared.actor_of(request)
    found = run("hiring.debrief", actor, {"interview": interview})
    cards = found.scorecards
    rows = []
    for one in found.interview.competencies:
        scores = [next((each for each in card.scores if each.competency == one.id), None) for card in cards]
        rows.append({"one": one, "scores": scores})
    context = {
        "page": Frame("hiring", "error" if done else "ok", facts=_facts(found.interview)), "found": found,
        "one": found.interview, "title": _("Debrief of %(code)s") % {"code": found.interview.code}, "rows": rows,
        "names": [(one.name, wording.said(wording.RECOMMENDATIONS, one.recommendation), one.words) for one in cards],
        "here": agreement(found.here), "all": agreement(found.requisition), "hires": shared.reads(actor),
    }  # fmt: skip
    return shared.shown(request, "hiring/debrief.html", context, done)


def agreement(one: AgreementShown) -> str:
    """How far a panel agrees, with its n; or why it cannot be told."""
    if one.alpha is None:
        return _("cannot tell: %(n)s competencies with two scores or more, and they do not differ") % {"n": one.n}
    told = {"alpha": words.number(one.alpha, 2), "n": one.n}
    if one.low is None or one.high is None:
        return _("alpha %(alpha)s, over %(n)s competencies") % told
    told |= {"low": words.number(one.low, 2), "high": words.number(one.high, 2)}
    return _("alpha %(alpha)s (%(low)s to %(high)s), over %(n)s competencies") % told


def _competencies(request: HttpRequest, one: InterviewShown, refused: Any) -> list[dict[str, Any]]:
    mine = {each.competency: each for each in one.mine.scores} if one.mine else {}
    found = []
    for each in one.competencies:
        kept = mine.get(each.id)
        value, evidence = (kept.value, kept.evidence) if kept is not None else (0, "")
        if refused is not None:
            sent = request.POST.get(f"value-{each.id}", "")
            value, evidence = int(sent) if sent in "12345" and sent else 0, request.POST.get(f"evidence-{each.id}", "")
        choices = [(n, n == value) for n in range(1, 6)]
        found.append({"one": each, "value": value, "evidence": evidence, "choices": choices})
    return found


def _scored(request: HttpRequest, interview: int) -> HttpResponseRedirect | MaitredError:
    actor, sends = shared.actor_of(request), request.POST["do"] == "send"
    scores = []
    for name, value in request.POST.items():
        if name.startswith("value-") and value:
            key = name.removeprefix("value-")
            scores.append({"competency": key, "value": value, "evidence": request.POST.get(f"evidence-{key}", "")})
    given = {"interview": interview, "scores": scores, **shared.given(request, "version", "recommendation", "words")}
    try:
        run("hiring.send_scorecard" if sends else "hiring.save_scorecard", actor, given)
    except shared.REFUSALS as error:
        if isinstance(error, NotFound):
            raise
        return error
    said = _("Your scorecard is sent, and stands.") if sends else _("Your draft is kept.")
    messages.success(request, said)
    return HttpResponseRedirect(request.path)


def _planned(request: HttpRequest, candidate: int) -> Mapping[str, Any]:
    when = request.POST.get("starts_at", "")
    with suppress(ValueError):  # the verb says what does not fit
        when = datetime.fromisoformat(when).replace(tzinfo=shared.zone()).astimezone(UTC).isoformat()
    return {"candidate": candidate, "starts_at": when, "panel": request.POST.getlist("panel"),
            **shared.given(request, "minutes")}  # fmt: skip


def _row(one: Any) -> dict[str, Any]:
    return {
        "one": one, "href": reverse("hiring_interview", args=[one.id]),
        "at": words.moment(one.starts_at, shared.zone()), "state": wording.said(wording.STATES, one.state),
    }  # fmt: skip


def _facts(one: InterviewShown) -> list[str]:
    return [one.title, words.moment(one.starts_at, shared.zone()), wording.said(wording.STATES, one.state)]


def _cursor(request: HttpRequest) -> dict[str, str]:
    return {"cursor": request.GET["cursor"]} if request.GET.get("cursor") else {}


listed.verb = "hiring.interviews"  # type: ignore[attr-defined]
planning.verb = "hiring.plan_interview"  # type: ignore[attr-defined]
shown.verb = "hiring.show_interview"  # type: ignore[attr-defined]
debrief.verb = "hiring.debrief"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("hiring/interviews/", listed, name="hiring_interviews"),
    path("hiring/candidates/<int:candidate>/interview/", planning, name="hiring_interview_new"),
    path("hiring/interviews/<int:interview>/", shown, name="hiring_interview"),
    path("hiring/interviews/<int:interview>/debrief/", debrief, name="hiring_debrief"),
]
