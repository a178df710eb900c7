"""One case: whose it is, what was promised, the guide, who helps, who is told what, what happened, how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.escalations.pages import shared, wording
from maitred.desks.escalations.shapes import CaseShown, Entry
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register

Given = dict[str, Any]
Of = Callable[[QueryDict, ZoneInfo], Given]


def _take(*names: str) -> Of:
    """What a form sent under these names, where it sent something."""
    return lambda posted, where: {name: posted[name] for name in names if posted.get(name)}


def _promise(posted: QueryDict, where: ZoneInfo) -> Given:
    return {**_take("what", "person")(posted, where), "due": shared.instant(posted.get("due", ""), where)}


def _later(posted: QueryDict, where: ZoneInfo) -> Given:
    return {**_take("commitment", "version")(posted, where), "due": shared.instant(posted.get("due", ""), where)}


def _message(posted: QueryDict, where: ZoneInfo) -> Given:
    return {**_take("audience", "text", "template")(posted, where),
            "due": shared.instant(posted.get("due", ""), where)}  # fmt: skip


_OF_CASE = {
    "take": ("escalations.take_over", _take("version"), gettext_lazy("It is yours.")),
    "hand": ("escalations.hand_over", _take("version", "to", "note"), gettext_lazy("It is handed over.")),
    "deputy": ("escalations.name_deputy", _take("version", "person"), gettext_lazy("The deputy is named.")),
    "severity": ("escalations.change_severity", _take("version", "severity"), gettext_lazy("It is changed.")),
    "ticket": ("escalations.add_ticket", _take("version", "source", "ticket"), gettext_lazy("It belongs to it now.")),
    "note": ("escalations.write_note", _take("text"), gettext_lazy("It is noted.")),
    "promise": ("escalations.promise", _promise, gettext_lazy("It is promised; you are reminded a day before.")),
    "step": ("escalations.do_step", _take("step", "note"), gettext_lazy("It is done.")),
    "unstep": ("escalations.undo_step", _take("step"), gettext_lazy("It is taken back.")),
    "invite": ("escalations.invite", _take("person", "question"), gettext_lazy("They are asked.")),
    "message": ("escalations.plan_message", _message, gettext_lazy("It is planned.")),
    "complaint": ("escalations.link_complaint", _take("version", "reference"), gettext_lazy("It is linked.")),
    "close": ("escalations.close_case", _take("version", "cause", "outcome", "resolution"),
              gettext_lazy("It is closed with its cause.")),
    "reopen": ("escalations.reopen_case", _take("version", "reason"), gettext_lazy("It is open again.")),
}  # fmt: skip
_OTHER = {
    "kept": ("commitments.keep", _take("commitment", "version", "proof"), gettext_lazy("The promise is kept.")),
    "broken": ("commitments.break_promise", _take("commitment", "version", "proof"),
               gettext_lazy("It is said that the promise was broken.")),
    "later": ("commitments.renegotiate", _later, gettext_lazy("Another date is agreed.")),
    "told": ("escalations.mark_told", _take("message", "version"), gettext_lazy("They were told.")),
    "drop": ("escalations.drop_message", _take("message", "version"), gettext_lazy("It is off the plan.")),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, case: int) -> HttpResponse:
    """The page of a case."""
    actor = shared.actor_of(request)
    where = shared.zone()
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_pressed(request, actor, case, where))
        except shared.REFUSALS as error:
            if isinstance(error, NotFound) and not request.POST.get("do"):
                raise
            problem = error
    found: CaseShown = run("escalations.show_case", actor, {"case": case})
    told = run("escalations.timeline", actor, {"case": case})
    context = _context(request, actor, found, where) | {
        "page": Frame("escalations", "error" if problem else "ok"),
        "problem": forms.told(problem) if problem else "", "more": told.more,
        "entries": [_entry(one, where) for one in reversed(told.entries)],
    }  # fmt: skip
    return render(request, "escalations/case.html", context, status=problem.status if problem else 200)


def _pressed(request: HttpRequest, actor: Actor, case: int, where: ZoneInfo) -> str:
    """Do what was pressed; where to go then."""
    posted = request.POST
    do = posted.get("do", "")
    here = reverse("escalations_case", args=[case])
    if do == "issue":
        given = {"case": case, "version": posted.get("version", ""), "url": posted.get("url", ""),
                 "title": posted.get("title", "")}  # fmt: skip
        run("escalations.link_issue", actor, given)
        messages.success(request, _("The link is kept."))
        return here
    if do == "writing":
        return _plan(request, actor, case)
    if do in ("join", "decline"):
        run("escalations.answer_invite", actor, {**_take("invite", "version")(posted, where), "join": do == "join"})
        messages.success(request, _("They are told."))
        return here if do == "join" else reverse("escalations")
    if do in _OF_CASE:
        verb, take, said = _OF_CASE[do]
        run(verb, actor, {"case": case, **take(posted, where)})
    elif do in _OTHER:
        verb, take, said = _OTHER[do]
        run(verb, actor, take(posted, where))
    else:
        raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))
    messages.success(request, said)
    return here


def _plan(request: HttpRequest, actor: Actor, case: int) -> str:
    """A dry run of what the helpdesk would change, on the page where it is approved."""
    posted = request.POST
    ops = [
        f"{name}={posted[name].strip()}" for name in ("priority", "assignee", "note") if posted.get(name, "").strip()
    ]
    made = run("escalations.preview_writing", actor, {"case": case, "ops": ops, "reason": posted.get("reason", "")})
    try:
        return reverse("helpdesk_plan", args=[made.slug, made.plan])
    except NoReverseMatch:
        messages.success(request, _("The plan is made; it waits to be approved."))
        return reverse("escalations_case", args=[case])


def _context(request: HttpRequest, actor: Actor, found: CaseShown, where: ZoneInfo) -> dict[str, Any]:
    one = found.case
    context = found.context
    writes = found.can_write and one.state != "resolved"
    return {
        "nav_name": _("Escalations"), "title": one.title, "found": found, "row": shared.row(one, where),
        "writes": writes, "closed": one.state == "resolved", "mine": one.owner and one.owner.id == actor.person,
        "takes": writes and not (one.state == "active" and one.owner and one.owner.id == actor.person),
        "tickets": [{"one": each, "href": shared.ticket_page(each.source, each.ticket),
                     "why": wording.GONE.get(each.why, "")} for each in found.tickets],
        "promises": [{"one": each, "due": shared.moment(each.due, where), "state": wording.PROMISES[each.state],
                      "look": _look(each.state, late=each.late), "next": shared.tomorrow(where)}
                     for each in found.promises],
        "steps": [{"one": each, "name": wording.STEPS[each.step][0], "help": wording.STEPS[each.step][1],
                   "at": shared.moment(each.done_at, where) if each.done_at else ""} for each in found.steps],
        "invites": [{"one": each, "state": wording.INVITES[each.state]} for each in found.invites],
        "plan": [{"one": each, "due": shared.moment(each.due, where), "state": wording.MESSAGES[each.state],
                  "audience": wording.AUDIENCES[each.audience]} for each in found.messages],
        "people": shared.people(actor) if writes else [], "tomorrow": shared.tomorrow(where),
        "severities": shared.options(wording.SEVERITIES, one.severity), "causes": shared.options(wording.CAUSES),
        "outcomes": shared.options(wording.OUTCOMES), "audiences": shared.options(wording.AUDIENCES),
        "templates": run("escalations.guides", actor, {}).templates if writes else (),
        "worth": f"{words.number(context.revenue, 0)} {context.currency or ''}".strip() if context.revenue else "",
        "earlier": [shared.row(each, where) for each in context.earlier],
        "may_write_back": writes and reach(actor, Right.WRITE_BACK) is not Reach.NONE
        and "helpdesks.preview" in register(),
        "complains": _complaint_form(found),
    }  # fmt: skip


def _complaint_form(found: CaseShown) -> str:
    """Where a complaint is registered, where that desk is there."""
    for name in ("compliance_complaint_new", "complaint_new"):
        try:
            return f"{reverse(name)}?escalation={found.case.id}"
        except NoReverseMatch:
            continue
    return ""


def _look(state: str, *, late: bool) -> str:
    return {"kept": "on", "broken": "low"}.get(state, "low" if late else "off")


def _entry(one: Entry, where: ZoneInfo) -> dict[str, Any]:
    return {"one": one, "at": shared.moment(one.at, where), "kind": wording.ENTRIES.get(one.kind, one.kind)}


shown.verb = "escalations.show_case"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("escalations/<int:case>/", shown, name="escalations_case")]
