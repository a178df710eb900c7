"""One complaint: its stages with what the next one wants, its clocks with their ledgers, what was said and by whom."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.compliance import access
from maitred.desks.compliance.complaint_shapes import ComplaintShown
from maitred.desks.compliance.pages import home, shared, stage_forms, wording
from maitred.desks.compliance.shapes import Adopted
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import ABSENT
from maitred.kit.pages import fields as forms
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, complaint: int) -> HttpResponse:
    """A complaint; every press does one thing, without a script."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    preview: Adopted | None = None
    if request.method == "POST":
        try:
            if request.POST.get("do") == "preview":
                preview = run("compliance.adopt_pack_version", actor, _adopting(request, complaint))
            else:
                messages.success(request, _pressed(request, actor, complaint))
                return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    one: ComplaintShown = run("compliance.show_complaint", actor, {"complaint": complaint})
    context = _context(request, actor, one, problem, preview)
    return render(request, "compliance/complaint.html", context, status=problem.status if problem else 200)


def _context(
    request: HttpRequest, actor: Actor, one: ComplaintShown, problem: MaitredError | None, preview: Adopted | None
) -> dict[str, Any]:  # fmt: skip
    zone, listed = shared.zone(), one.complaint
    fields = stage_forms.fields(one) if one.handles and one.next else []
    if problem and request.POST.get("do") == one.next:
        fields = forms.sent(fields, request, problem)
    from maitred.base import clock

    return {
        "page": Frame("compliance-complaint", "error" if problem else "ok", facts=_facts(one, zone)),
        "nav_name": _("Compliance"), "one": one, "title": _title(one), "problem": forms.problem(fields, problem),
        "state": wording.STATES[listed.state], "told": _told(one), "fields": fields,
        "button": stage_forms.BUTTONS.get(one.next, ""), "form_title": stage_forms.TITLES.get(one.next, ""),
        "stages": [{"one": each, "name": wording.STAGES[each.name], "at": shared.moment(each.done_at, zone),
                    "missing": wording.named(each.missing)} for each in one.stages],
        "clocks": [home.row(each, clock.now(), zone) for each in one.clocks],
        "history": [{"one": each, "at": shared.moment(each.at, zone)} for each in one.history],
        "moved": [{"one": each, "was": shared.moment(each.was, zone), "now": shared.moment(each.now, zone)}
                  for each in one.moved],
        "update_due": shared.moment(one.update_due_at, zone), "owners": _owners(one) if one.handles else None,
        "note_fields": _note_fields(one) if one.handles and listed.state != "closed" else [],
        "behind": _behind(one) if one.handles else [], "preview": preview,
        "preview_rows": [{"one": each, "was": shared.moment(each.was, zone), "now": shared.moment(each.now, zone)}
                         for each in preview.dates] if preview else [],
    }  # fmt: skip


def _pressed(request: HttpRequest, actor: Actor, complaint: int) -> str:
    """Do what the pressed button says; returns what is said afterwards."""
    posted, do = request.POST, request.POST.get("do", "")
    own: dict[str, Any] = {"complaint": complaint, "version": posted.get("version", "")}
    if do in stage_forms.VERBS:
        run(f"compliance.{stage_forms.VERBS[do]}", actor, own | stage_forms.given(do, posted))
        return str(stage_forms.SAID[do])
    if do in ("reject", "reopen"):
        run(f"compliance.complaint_{do}", actor, own | {"reason": posted.get("reason", "")})
        return _("It is rejected, and stays open.") if do == "reject" else _("It is open again, with its old clocks.")
    if do == "own":
        run("compliance.complaint_own", actor, own | {"owner": posted.get("owner", "")})
        return _("It is theirs now.")
    if do == "note":
        event = {"event": posted["event"]} if posted.get("event") else {}
        run("compliance.complaint_note", actor, own | {"line": posted.get("line", "")} | event)
        return _("It is written down.")
    if do == "adopt":
        run("compliance.adopt_pack_version", actor, _adopting(request, complaint) | {"confirm": True})
        return _("It stands under the version in force; old and new dates are kept.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _adopting(request: HttpRequest, complaint: int) -> dict[str, Any]:
    return {"complaint": complaint, "version": request.POST.get("version", ""), "pack": request.POST.get("pack", "")}


def _title(one: ComplaintShown) -> str:
    if one.complaint.overdue:
        return _("Complaint %(reference)s is overdue") % {"reference": one.complaint.reference}
    return _("Complaint %(reference)s") % {"reference": one.complaint.reference}


def _facts(one: ComplaintShown, zone: Any) -> list[str]:
    listed = one.complaint
    received = _("received %(moment)s") % {"moment": shared.moment(listed.received_at, zone)}
    owner = _("handled by %(name)s") % {"name": listed.owner} if listed.owner else _("handled by nobody yet")
    return [received, owner, *([listed.team] if listed.team else [])]


def _told(one: ComplaintShown) -> list[tuple[Any, Any]]:
    """What the register says, row by row; what is hidden from the reader or empty has none."""
    rows: list[tuple[Any, Any]] = [
        (_("What it is about"), one.description), (_("What is wanted"), one.remedy),
        (_("Product or service"), one.complaint.product), (_("Channel"), one.complaint.channel),
        (_("Who complains"), one.complainant_name), (_("How to reach them"), one.complainant_contact),
        (_("About whom of us"), one.subject), (_("Done at once"), one.immediate_action),
        (_("Needs care because"), one.vulnerability), (_("What they were told last"), one.status_line),
        (_("Acknowledged with"), one.acknowledged_text),
        (_("Severity"), wording.LEVELS.get(one.complaint.severity, "")), (_("Impact"), one.impact),
        (_("Facts"), one.facts), (_("Root cause"), wording.CAUSES.get(one.root_cause, "")),
        (_("Investigated by"), one.investigator), (_("Decision"), wording.DECISIONS.get(one.decision, "")),
        (_("Reasons"), one.reasons), (_("Redress"), one.redress), (_("Alternatives"), one.alternatives),
        (_("Outside recourse"), one.recourse), (_("Answered with"), one.decision_text),
        (_("How it ended"), wording.ENDINGS.get(one.ending, "")),
    ]  # fmt: skip
    return [(label, value) for label, value in rows if value and value is not ABSENT]


def _owners(one: ComplaintShown) -> Field:
    people = [Option(str(row.pk), row.name, chosen=row.name == one.complaint.owner) for row in access.handlers()]
    return Field("owner", _("Handled by"), "select", options=people)


def _note_fields(one: ComplaintShown) -> list[Field]:
    events = [
        Option("", _("nothing else")), Option("holding_response.sent", _("a holding response was sent")),
        Option("holding_response.exceptional", _("an exceptional holding response was sent")),
        Option("summary_resolution.sent", _("a summary resolution was sent")),
        Option("complaint.resolved", _("it was resolved early")), Option("complaint.forwarded", _("it was forwarded")),
    ]  # fmt: skip
    return [Field("line", _("What the complainant can be told"), value=one.status_line, required=True),
            Field("event", _("Besides"), "select", options=events)]  # fmt: skip


def _behind(one: ComplaintShown) -> list[dict[str, str]]:
    """Packs of which another version is in force."""
    from maitred.desks.compliance import ticking

    current = ticking.current_packs()
    names = [pin.partition("@")[0] for pin in one.packs]
    return [{"pack": name, "old": pin, "new": current[name].pin} for name, pin in zip(names, one.packs, strict=True)
            if name in current and current[name].pin != pin]  # fmt: skip


shown.verb = "compliance.show_complaint"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("compliance/complaints/<int:complaint>/", shown, name="compliance_complaint")]
