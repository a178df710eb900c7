"""The board, and raising: who waits for an owner, who is foreseen, who is worked on, what was closed lately."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError
from maitred.desks.escalations.pages import shared, wording
from maitred.desks.escalations.shapes import Board
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_NAMES = ("source", "ticket", "title", "declared_by", "kind", "severity", "what", "protected", "complaint", "finding")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The board."""
    actor = shared.actor_of(request)
    found: Board = run("escalations.board", actor, {})
    where = shared.zone()
    there = bool(found.declared or found.active or found.foreseen or found.resolved)
    parts = [
        ("declared", _("Wait for an owner"), found.declared), ("active", _("Worked on"), found.active),
        ("resolved", _("Closed within two weeks"), found.resolved),
    ]  # fmt: skip
    context = {
        "page": Frame("escalations", "ok" if there else "empty"), "nav_name": _("Escalations"),
        "title": wording.heading(found), "tabs": shared.tabs(actor, "escalations"), "leads": shared.leads(actor),
        "parts": [{"name": name, "title": title, "rows": [shared.row(one, where) for one in rows]}
                  for name, title, rows in parts if rows],
        "alerts": [shared.alert_row(one, where) for one in found.foreseen], "more": found.more,
        "invites": run("escalations.my_invites", actor, {}).invites,
    }  # fmt: skip
    return render(request, "escalations/board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def raising(request: HttpRequest) -> HttpResponse:
    """Raise a ticket; opened from a ticket's page it is filled in, so that one press raises it."""
    actor = shared.actor_of(request)
    authorise(register()["escalations.raise_case"], actor)
    problem: MaitredError | None = None
    if request.method == "POST":
        given: dict[str, Any] = {name: request.POST[name] for name in _NAMES if request.POST.get(name)}
        given["protected"] = bool(request.POST.get("protected"))
        try:
            made = run("escalations.raise_case", actor, given)
            said = _("The ticket joined the open case of this customer.") if made.joined else _("It is raised.")
            messages.success(request, said)
            return HttpResponseRedirect(_of(actor, made.case.id))
        except shared.REFUSALS as error:
            problem = error
    asked = request.POST or _of_finding(actor, request)
    source, ticket = asked.get("source", ""), asked.get("ticket", "")
    there = run("escalations.of_ticket", actor, {"source": source, "ticket": ticket}).cases if source and ticket else ()
    fields = forms.sent(_fields(asked, _subject(actor, source, ticket)), request, problem)
    where = shared.zone()
    context = {
        "page": Frame("escalations", "error" if problem else "ok"), "nav_name": _("Escalations"),
        "title": _("Raise an escalation"), "fields": fields, "problem": forms.problem(fields, problem),
        "there": [shared.row(one, where) for one in there], "finding": asked.get("finding", ""),
        "complaint": asked.get("complaint", ""),
    }  # fmt: skip
    return render(request, "escalations/raise.html", context, status=problem.status if problem else 200)


def _of(actor: Actor, case: int) -> str:
    """The page of a case that was raised; the board where its raiser does not see it (it joined another's)."""
    try:
        run("escalations.show_case", actor, {"case": case})
    except MaitredError:
        return reverse("escalations")
    return reverse("escalations_case", args=[case])


def _of_finding(actor: Actor, request: HttpRequest) -> Mapping[str, str]:
    """What the address says; where it names a finding of Today, its first ticket and its title."""
    asked = request.GET.dict()
    finding = asked.get("finding", "")
    if not finding or asked.get("ticket") or "today.finding" not in register():
        return asked
    try:
        found = run("today.finding", actor, {"finding": finding})
    except MaitredError:
        return asked
    tickets = [str(one) for one in found.evidence.get("tickets") or ()]
    source = str(found.subject.get("id", "")).partition(":")[0]
    return {**asked, "source": source, "ticket": tickets[0] if tickets else "", "what": found.title,
            "finding": finding}  # fmt: skip


def _subject(actor: Actor, source: str, ticket: str) -> str:
    if not source or not ticket or "tickets.head" not in register():
        return ""
    try:
        return str(run("tickets.head", actor, {"source": source, "ticket": ticket}).subject or "")[:200]
    except MaitredError:
        return ""


def _fields(asked: Any, subject: str) -> list[Field]:
    return [
        Field("title", _("What it is about"), value=asked.get("title", subject), required=True),
        Field("source", _("Helpdesk"), value=asked.get("source", ""), required=True),
        Field("ticket", _("Ticket"), value=asked.get("ticket", ""), required=True),
        Field("declared_by", _("Who asks for it"), "select", options=shared.options(
            {name: wording.DECLARED[name] for name in ("agent", "customer")}, asked.get("declared_by", "agent"))),
        Field("kind", _("Who knows of it"), "select",
              options=shared.options(wording.KINDS, asked.get("kind", "internal")),
              help=_("A complaint is registered by itself; this does not stand in for it.")),
        Field("severity", _("How grave"), "select",
              options=shared.options(wording.SEVERITIES, asked.get("severity", "normal"))),
        Field("what", _("What happened"), "textarea", asked.get("what", ""), optional=True),
        Field("protected", _("A legal case or a key account"), "check", asked.get("protected", "")),
    ]  # fmt: skip


board.verb = "escalations.board"  # type: ignore[attr-defined]
raising.verb = "escalations.raise_case"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("escalations/", board, name="escalations"),
    path("escalations/raise/", raising, name="escalations_raise"),
]
