"""Changes of tickets at a helpdesk: plan one, see it ticket by ticket, approve it, follow it, take it back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound, UsageError
from maitred.desks.helpdesks.access import access_connection, open_jobs, visible_connections
from maitred.desks.helpdesks.meaning import PRIORITIES, STATUSES
from maitred.desks.helpdesks.pages import shared, standing, wording
from maitred.desks.helpdesks.pages.wording import Progress, State
from maitred.desks.helpdesks.verbs.looking import Journal, WrittenShown
from maitred.desks.helpdesks.verbs.shapes import Change, ConnectionShown, PlanShown, TicketPlanned, shown
from maitred.kit.access.actor import Actor
from maitred.kit.marks.selection import Meant, selected
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

MOST_SHOWN = 100
"""Tickets of a plan that the page shows; the others are counted."""
_FIGURE = ("metric", "start", "end", "part", "zone", "publication")
_REFUSALS = (Conflict, Denied, Invalid, NotFound)
_BETWEEN = re.compile(r"[\s,;#]+")
_VERDICTS: dict[str, tuple[str | Promise, str]] = {
    "ready": (gettext_lazy("would change"), "on"),
    "unchanged": (gettext_lazy("is so already"), "off"),
    "conflict": (gettext_lazy("moved on"), "low"),
    "locked": (gettext_lazy("locked"), "low"),
    "missing": (gettext_lazy("not there"), "bad"),
    "repeated": (gettext_lazy("sent before"), "off"),
}
_STATES: dict[str, tuple[str | Promise, str]] = {
    "pending": (gettext_lazy("waits"), ""),
    "sending": (gettext_lazy("being sent"), ""),
    "sent": (gettext_lazy("sent, not seen yet"), ""),
    "unknown": (gettext_lazy("being looked for"), "low"),
    "verified": (gettext_lazy("changed"), "on"),
    "conflict": (gettext_lazy("moved on"), "low"),
    "failed": (gettext_lazy("refused"), "bad"),
}
_OPEN = ("pending", "sending", "sent", "unknown")
_FIELDS: dict[str, str | Promise] = {
    "status": gettext_lazy("Status"),
    "priority": gettext_lazy("Priority"),
    "assignee": gettext_lazy("Owner"),
    "group": gettext_lazy("Group"),
    "tags": gettext_lazy("Tags"),
    "note": gettext_lazy("Internal note"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    """The plans of a connection, and the form for a new one; a new plan leads to its page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authorise(register()["helpdesks.plans"], actor)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            made: PlanShown = run("helpdesks.preview", actor, {"connection": slug, **_wanted(request)})
            return HttpResponseRedirect(reverse("helpdesk_plan", args=[slug, made.plan]))
        except _REFUSALS as error:
            problem = error
    tickets = _BETWEEN.split(request.GET.get("ticket", "").strip()) if request.GET.get("ticket") else []
    return _list(request, slug, tickets, problem)


@require_POST
def rows(request: HttpRequest) -> HttpResponse:
    """Tickets chosen in a list of rows, brought to the form for a change; nothing is changed by this."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authorise(register()["helpdesks.preview"], actor)
    found = selected(actor, _meant(request))
    by_source: dict[str, list[str]] = {}
    for source, ticket in found.tickets:
        by_source.setdefault(source, []).append(ticket)
    there = [slug for slug in by_source if _connected(actor, slug)]
    if len(there) != 1:
        raise Invalid(
            _("these tickets do not belong to one connected helpdesk"),
            _("choose tickets of one helpdesk that maitred reads live"),
        )
    return _list(request, there[0], by_source[there[0]], None)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, slug: str, plan: str) -> HttpResponse:
    """One plan: before and after, ticket by ticket; approving it, how far it is, what it changed, taking it back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return _decided(request, actor, slug, plan)
        except _REFUSALS as error:
            problem = error
    one = _plan(actor, slug, plan)
    known = _connection(actor, one.slug)
    zone = shared.zone()
    journal: Journal = run("helpdesks.written", actor, {"plan": plan})
    context = {
        **_shell(actor, known),
        **_outcome(one, known, zone),
        "page": Frame("helpdesks", "error" if problem else "ok", facts=_made(one, zone)),
        "title": _title(one), "plan": {"id": one.plan}, "changes": reverse("helpdesk_changes", args=[one.slug]),
        "problem": forms.told(problem) if problem else "", **_approval(actor, one, known),
        "remarks": [forms.sentence(each) for each in one.remarks],
        "tickets": [_ticket(actor, one.slug, each) for each in one.tickets[:MOST_SHOWN]],
        "tickets_title": _("Ticket by ticket"), "more_tickets": _more(len(one.tickets)),
        "journal": [_entry(each, zone) for each in journal.written[:MOST_SHOWN]],
        "undo": _undo(journal) if known.write_back and not _under_way(one) else "",
    }  # fmt: skip
    return render(request, "helpdesks/plan.html", context, status=problem.status if problem else 200)


@require_safe
def outcome(request: HttpRequest, slug: str, plan: str) -> HttpResponse:
    """The part of a plan's page that moves while its changes are sent."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    one = _plan(actor, slug, plan)
    told = _outcome(one, _connection(actor, one.slug), shared.zone())
    if not told["poll"]:
        told["finished_href"] = reverse("helpdesk_plan", args=[one.slug, one.plan])
    return render(request, "helpdesks/parts/outcome.html", told)


def offered(actor: Actor) -> bool:
    """Whether changes at a helpdesk are offered beside lists of rows: some connection allows them."""
    return shared.changes_tickets(actor) and visible_connections(actor).filter(write_back=True, enabled=True).exists()


def of_ticket(actor: Actor, source: str, ticket: str) -> str:
    """Where a change of one ticket is planned; empty where its helpdesk is not changed, or not by this actor."""
    if not shared.changes_tickets(actor):
        return ""
    if not visible_connections(actor).filter(pk=source, write_back=True, enabled=True).exists():
        return ""
    return f"{reverse('helpdesk_changes', args=[source])}?{urlencode({'ticket': ticket})}"


def _plan(actor: Actor, slug: str, plan: str) -> PlanShown:
    """A plan at its own address only."""
    one: PlanShown = run("helpdesks.plan", actor, {"plan": plan})
    if one.slug != slug:
        raise Http404
    return one


def _connected(actor: Actor, slug: str) -> bool:
    try:
        _connection(actor, slug)
    except NotFound:
        return False
    return True


def _connection(actor: Actor, slug: str) -> ConnectionShown:
    """A connection for those who change tickets, whether or not they see how it does."""
    return shown(access_connection(actor, slug))


def _shell(actor: Actor, known: ConnectionShown) -> dict[str, Any]:
    return shared.shell(actor, known, "helpdesk_changes")


def _list(request: HttpRequest, slug: str, tickets: Sequence[str], problem: MaitredError | None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    known = _connection(actor, slug)
    found: Sequence[PlanShown] = run("helpdesks.plans", actor, {"connection": slug}).plans
    zone = shared.zone()
    fields = forms.sent(_form(known, tickets), request, problem) if known.write_back else []
    waiting = [one for one in found if one.ready and not _decided_on(one)]
    title = ngettext("%(n)s change waits to be approved", "%(n)s changes wait to be approved", len(waiting))
    if not waiting:
        title = _("No change waits to be approved")
    context = {
        **_shell(actor, known), "page": Frame("helpdesks", "error" if problem else "ok"),
        "title": title % {"n": len(waiting)} if waiting else title, **_note(actor, known),
        "plans": [_line(one, zone) for one in found], "fields": fields, "problem": forms.problem(fields, problem),
        "action": reverse("helpdesk_changes", args=[slug]),
    }  # fmt: skip
    return render(request, "helpdesks/changes.html", context, status=problem.status if problem else 200)


def _form(known: ConnectionShown, tickets: Sequence[str]) -> list[Field]:
    def choices(values: Sequence[str]) -> list[Option]:
        return [Option("", _("stays as it is")), *(Option(one, one) for one in values)]

    return [
        Field("tickets", _("Tickets"), "textarea", " ".join(tickets), required=True,
              help=_("Their numbers, with blanks between them; 500 at most.")),
        Field("reason", _("Why"), required=True, help=_("Stands with the plan and in the audit log.")),
        Field("status", _("Status"), "select", options=choices(STATUSES[1:-1])),
        Field("priority", _("Priority"), "select", options=choices(PRIORITIES)),
        Field("add", _("Put tags on"), optional=True, help=_("With commas between them.")),
        Field("remove", _("Take tags off"), optional=True, help=_("With commas between them.")),
        Field("note", _("Internal note"), "textarea", optional=True, help=_("Customers do not see it.")),
        Field("more", _("Other fields"), "textarea", optional=True,
              help=_("One a line: assignee=ID, group=ID or custom:KEY=VALUE.")),
    ]  # fmt: skip


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """What the form wants changed, as the verb takes it."""
    posted = request.POST
    ops = [f"{name}={posted[name]}" for name in ("status", "priority") if posted.get(name)]
    if posted.get("add", "").strip(", "):
        ops.append(f"tags+={posted['add']}")
    if posted.get("remove", "").strip(", "):
        ops.append(f"tags-={posted['remove']}")
    if posted.get("note", "").strip():
        ops.append(f"note={posted['note'].strip()}")
    ops += [line.strip() for line in posted.get("more", "").splitlines() if line.strip()]
    tickets = [one for one in _BETWEEN.split(posted.get("tickets", "")) if one]
    if not ops:
        message = _("nothing is to change yet: choose at least one change")
        raise Invalid(message, "", ({"field": "ops", "message": message, "code": "missing"},))
    return {"tickets": tickets, "ops": ops, "reason": posted.get("reason", "")}


def _meant(request: HttpRequest) -> Meant:
    posted = request.POST
    if posted.get("all"):
        given: dict[str, Any] = {name: posted[name] for name in _FIGURE if posted.get(name)}
        if "publication" in given:
            given["publication"] = int(given["publication"]) if given["publication"].isdigit() else None
        return Meant(where=tuple(posted.getlist("where")), **given)
    return Meant(tuple(dict.fromkeys(posted.getlist("row"))))


def _decided(request: HttpRequest, actor: Actor, slug: str, plan_id: str) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "approve":
        run("helpdesks.approve", actor, {"plan": plan_id})
        return HttpResponseRedirect(request.path)
    if do == "undo":
        made: PlanShown = run("helpdesks.undo", actor, {"plan": plan_id})
        return HttpResponseRedirect(reverse("helpdesk_plan", args=[slug, made.plan]))
    raise UsageError(_("this page has no such button"), _("go back, load the page again and repeat"))


def _note(actor: Actor, known: ConnectionShown) -> dict[str, str]:
    """What is to be known before anything is planned."""
    if not known.writable:
        return {"note": _("maitred does not change tickets of this helpdesk."), "note_look": ""}
    if known.write_back:
        return {}
    if shared.may(actor):
        return {"note": _("Changes are not allowed for this connection."), "note_look": "warn",
                "note_href": f"{reverse('helpdesk_settings', args=[known.slug])}#writes",
                "note_label": _("Allow them")}  # fmt: skip
    return {"note": _("Changes are not allowed for this connection; an administrator can allow them."),
            "note_look": "warn"}  # fmt: skip


def _line(one: PlanShown, zone: ZoneInfo) -> dict[str, Any]:
    state = _state(one)
    made = standing.instant(one.made_at)
    return {
        "id": one.plan, "href": reverse("helpdesk_plan", args=[one.slug, one.plan]),
        "what": _("takes back %(plan)s") % {"plan": one.undoes} if one.undoes else _what(one),
        "state": state.label, "look": state.look, "tickets": words.count(sum(one.verdicts.values())),
        "at": words.moment(made, zone) if made else "", "at_iso": one.made_at, "by": shared.who(one.made_by),
    }  # fmt: skip


def _what(one: PlanShown) -> str:
    told = ngettext("%(n)s ticket would change", "%(n)s tickets would change", one.ready) % {
        "n": words.count(one.ready)
    }
    return told if one.approved_at is None else _verified(one)


def _verified(one: PlanShown) -> str:
    done = one.states.get("verified", 0)
    return ngettext("%(n)s ticket was changed", "%(n)s tickets were changed", done) % {"n": words.count(done)}


def _under_way(one: PlanShown) -> bool:
    """Approved, and not every change at its end."""
    if any(one.states.get(name) for name in _OPEN):
        return True
    return not one.states and _asked(one)


def _asked(one: PlanShown) -> bool:
    """Whether the job that sends it waits or runs: between the approval and it nothing stands in the outbox yet."""
    return any(job.arguments.get("plan") == one.plan for job in open_jobs(one.slug, "helpdesks.send"))


def _decided_on(one: PlanShown) -> bool:
    """Whether somebody approved it, be it that the worker has not begun with it."""
    return one.approved_at is not None or bool(one.states) or _asked(one)


def _state(one: PlanShown) -> State:
    """The one state that a plan is in."""
    if not _decided_on(one):
        if not one.ready:
            return State("waiting", _("nothing to send"), "off", _("Nothing in this plan would change a ticket."))
        return State("waiting", _("to be approved"), "low", _("Nothing is changed yet."))
    total = sum(one.states.values())
    ended = total - sum(one.states.get(name, 0) for name in _OPEN)
    if _under_way(one):
        said = _("Each ticket is changed only if it still is as the plan shows.")
        told = _("%(done)s of %(all)s tickets") % {"done": words.count(ended), "all": words.count(total or one.ready)}
        return State("backfilling", _("being sent"), "", said,
                     progress=Progress(ended, total or one.ready, told))  # fmt: skip
    left = total - one.states.get("verified", 0)
    if not left:
        return State("current", _("done"), "on", _("Every change was made and read back."))
    said = ngettext("%(n)s ticket was left as it is; the reason stands beside it.",
                    "%(n)s tickets were left as they are; the reason stands beside each.", left)  # fmt: skip
    return State("incomplete", _("done in part"), "low", said % {"n": words.count(left)})


def _outcome(one: PlanShown, known: ConnectionShown, zone: ZoneInfo) -> dict[str, Any]:
    found = _state(one)
    source: Mapping[str, int] = one.states or one.verdicts
    names = _STATES if one.states else _VERDICTS
    bad = ("failed", "conflict", "missing", "locked")
    return {
        "state": found, "title": "",
        "counts": [shared.count(str(names.get(name, (name, ""))[0]), number, bad=name in bad)
                   for name, number in source.items()] + _needs(one),
        "poll": reverse("helpdesk_plan_outcome", args=[one.slug, one.plan])
        if _under_way(one) else "",
        "heading": _("What became of it") if _decided_on(one) else _("What it would do"),
    }  # fmt: skip


def _needs(one: PlanShown) -> list[Mapping[str, Any]]:
    """What it costs: requests, and the minutes that they take at today's rate."""
    if _decided_on(one) or not one.requests:
        return []
    minutes = wording.about(one.minutes * words.MINUTE) if one.minutes else words.NOTHING
    return [shared.count(_("Requests"), one.requests),
            {"label": _("Takes about"), "value": minutes, "bad": False, "href": ""}]  # fmt: skip


def _made(one: PlanShown, zone: ZoneInfo) -> list[str]:
    made, approved = standing.instant(one.made_at), standing.instant(one.approved_at)
    found = []
    if made:
        told = {"moment": words.moment(made, zone), "who": shared.who(one.made_by)}
        found.append(_("planned %(moment)s by %(who)s") % told)
    if approved:
        told = {"moment": words.moment(approved, zone), "who": shared.who(one.approved_by)}
        found.append(_("approved %(moment)s by %(who)s") % told)
    if one.undoes:
        found.append(_("takes back %(plan)s") % {"plan": one.undoes})
    return found


def _title(one: PlanShown) -> str:
    decided = _decided_on(one)
    if decided and not _under_way(one):
        return _verified(one)
    if not one.ready:
        return _("Nothing would change")
    said = ngettext("%(n)s ticket would change", "%(n)s tickets would change", one.ready)
    if decided:
        said = ngettext("%(n)s ticket is being changed", "%(n)s tickets are being changed", one.ready)
    return said % {"n": words.count(one.ready)}


def _approval(actor: Actor, one: PlanShown, known: ConnectionShown) -> dict[str, Any]:
    """The button that sends it, or why it cannot be sent."""
    if _decided_on(one) or not one.ready:
        return {}
    if not known.write_back:
        said = _("Changes are not allowed for this connection, so that this plan cannot be approved.")
        page = f"{reverse('helpdesk_settings', args=[one.slug])}#writes" if shared.may(actor) else ""
        return {"cannot": said, "cannot_href": page, "cannot_label": _("Allow them")}
    lead = _("Sent one after the other. A ticket that was changed meanwhile is left as it is. Fields and tags can be "
             "taken back afterwards; notes cannot.")  # fmt: skip
    button = ngettext("Change %(n)s ticket", "Change %(n)s tickets", one.ready) % {"n": words.count(one.ready)}
    return {"approve": {"lead": lead, "button": button}}


def _ticket(actor: Actor, slug: str, each: TicketPlanned) -> dict[str, Any]:
    label, look = _STATES.get(each.state, (each.state, "")) if each.state else _VERDICTS.get(
        each.verdict, (each.verdict, ""))  # fmt: skip
    return {
        "ticket": each.ticket, "href": shared.ticket(actor, slug, each.ticket),
        "verdict": each.state or each.verdict, "label": label, "look": look,
        "why": forms.sentence(each.outcome or each.why), "changes": [_change(one) for one in each.changes],
    }  # fmt: skip


def _change(one: Change) -> dict[str, Any]:
    """One field: tags as what comes off and what goes on, everything else before and after."""
    name = field_name(one.field)
    if one.field == "tags":
        before, after = list(one.before or ()), list(one.after or ())
        stay = [tag for tag in after if tag in before]
        said = ngettext("%(n)s stays", "%(n)s stay", len(stay)) % {"n": len(stay)} if stay else ""
        return {"field": name, "minus": [tag for tag in before if tag not in after],
                "plus": [tag for tag in after if tag not in before], "same": said}  # fmt: skip
    there = "" if one.field == "note" else shown_value(one.before)
    return {"field": name, "before": there, "after": shown_value(one.after)}


def field_name(field: str) -> str:
    """A field as people call it."""
    return str(_FIELDS.get(field, field.removeprefix("custom:")))


def shown_value(value: Any) -> str:
    """A value of a ticket as people read it."""
    if value is None or value == "":
        return _("none")
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or _("none")
    return str(value)


def _more(total: int) -> str:
    left = total - MOST_SHOWN
    if left <= 0:
        return ""
    return ngettext("%(n)s more ticket is not shown.", "%(n)s more tickets are not shown.", left) % {"n": left}


def _entry(each: WrittenShown, zone: ZoneInfo) -> dict[str, str]:
    return {
        "at": words.moment(each.at, zone), "at_iso": each.at.isoformat(), "ticket": each.ticket,
        "field": field_name(each.field), "before": "" if each.kind == "note" else shown_value(each.before),
        "after": shown_value(each.after),
    }  # fmt: skip


def _undo(journal: Journal) -> str:
    tickets = len({one.ticket for one in journal.written if one.kind != "note"})
    if not tickets:
        return ""
    return ngettext("Take it back on %(n)s ticket…", "Take it back on %(n)s tickets…", tickets) % {
        "n": words.count(tickets)
    }


listed.verb = "helpdesks.plans"  # type: ignore[attr-defined]
rows.verb = "helpdesks.preview"  # type: ignore[attr-defined]
plan.verb = "helpdesks.plan"  # type: ignore[attr-defined]
outcome.verb = "helpdesks.plan"  # type: ignore[attr-defined]
