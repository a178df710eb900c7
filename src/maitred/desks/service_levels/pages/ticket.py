"""One ticket: why each of its clocks reads what it reads, stretch by stretch; its targets, conversation and changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages import charts, keeping, wording
from maitred.desks.service_levels.pages.opening import Opened, chosen, page
from maitred.desks.service_levels.pages.tabs import Tab
from maitred.desks.service_levels.verbs.figures import Explained
from maitred.desks.service_levels.verbs.tickets import TicketHead
from maitred.kit.access.fields import ABSENT
from maitred.kit.pages import words

CLOCKS: Mapping[str, Any] = {
    "frt": gettext_lazy("First reply"),
    "frt_any": gettext_lazy("First reply, bots too"),
    "nrt_max": gettext_lazy("Longest next reply"),
    "time_to_assign": gettext_lazy("Time to assign"),
    "first_resolution": gettext_lazy("First resolution"),
    "full_resolution": gettext_lazy("Full resolution"),
    "rwt": gettext_lazy("Requester wait"),
    "awt": gettext_lazy("Agent work"),
    "pending_time": gettext_lazy("Waiting on the customer"),
    "hold_time": gettext_lazy("On hold"),
    "new_time": gettext_lazy("New"),
    "open_time": gettext_lazy("Open"),
    "unsolved_time": gettext_lazy("Unsolved"),
}
MODES: Mapping[str, Any] = {
    "calendar": gettext_lazy("calendar"),
    "business_all": gettext_lazy("business, all schedules"),
    "business_last": gettext_lazy("business, last schedule"),
}
EXPLAINED = (
    "frt",
    "frt_any",
    "time_to_assign",
    "first_resolution",
    "full_resolution",
    "rwt",
    "awt",
    "pending_time",
    "hold_time",
    "new_time",
    "open_time",
    "unsolved_time",
)
_REASONS: Mapping[str, Any] = {
    "created": gettext_lazy("the ticket was created"),
    "open_hours": gettext_lazy("within working hours"),
    "closed_hours": gettext_lazy("outside working hours"),
    "clamped": gettext_lazy("moved to the creation"),
    "as_of": gettext_lazy("still running at this moment"),
}
OWN = ("clock", "mode", "tab")


@page("metrics.explain", OWN, hidden=True)
def ticket(opened: Opened, source: str, ticket: str) -> HttpResponse:
    """The page of one ticket, at one of its tabs."""
    pinned = opened.publication
    head: TicketHead = opened.ask("tickets.head", source=source, ticket=ticket, publication=pinned)
    tab = chosen(opened, "tab", tuple(_PARTS), "clocks")
    context: dict[str, Any] = {
        "head": head,
        "title": f"#{head.ticket} {head.subject or ''}".strip(),
        "nav_name": _("Ticket"),
        "keep": None,
        "requester": "" if head.requester is ABSENT else head.requester,
        "tab": tab,
        "tabs": _tabs(opened, source, ticket, tab),
        "zone": opened.known.zone.key,
    }
    return opened.page("service_levels/ticket.html", "ticket", context | _PARTS[tab](opened, source, ticket))


def _tabs(opened: Opened, source: str, ticket: str, here: str) -> list[Tab]:
    path = reverse("ticket", args=[source, ticket])
    told = {"clocks": _("Clocks"), "conversation": _("Conversation"), "changes": _("Changes")}
    return [
        Tab(label, opened.filters.link(path, tab=None if name == "clocks" else name), name == here)
        for name, label in told.items()
    ]


def _clocks(opened: Opened, source: str, ticket: str) -> dict[str, Any]:
    """All clocks of the ticket in three kinds of hours, and the ledger of the chosen one."""
    pinned = opened.publication
    clock = opened.own.get("clock", "frt")
    targets = clock.startswith("sla.")
    clock = clock if targets else chosen(opened, "clock", EXPLAINED, "frt")
    everything: Explained = opened.ask("metrics.explain", ticket=ticket, source=source, publication=pinned)
    document = everything.document
    path = reverse("ticket", args=[source, ticket])
    try:
        one: Explained = opened.ask("metrics.explain", ticket=ticket, source=source, metric=clock, publication=pinned)
        ledgers = one.document["ledgers"]
    except MaitredError:
        ledgers = []
    usual = "business_all" if opened.filters.hours == "business" and document["schedules"] else "calendar"
    mode = chosen(opened, "mode", tuple(MODES), usual)
    if targets:
        shown = [part for part in ledgers if part["mode"] == mode] or ledgers
    else:
        shown = [part for part in ledgers if part["mode"] == mode] or ledgers[:1]
    return {
        "clock": clock,
        "clock_title": _target_words(clock) if targets else CLOCKS[clock],
        "mode": mode,
        "modes": []
        if targets
        else [
            (name, label, opened.filters.link(path, clock=clock, mode=name), name == mode, _seconds(ledgers, name))
            for name, label in MODES.items()
        ],
        "ledgers": [_ledger(part, opened.known.zone) for part in shown],
        "clocks": [
            {
                "name": one["clock"],
                "title": CLOCKS[one["clock"]],
                "here": one["clock"] == clock,
                "href": opened.filters.link(path, clock=one["clock"]) if one["clock"] in EXPLAINED else "",
                "values": [words.duration(one[name], exact=True) if one[name] is not None else "–" for name in MODES],
            }
            for one in document["clocks"]
            if one["clock"] in CLOCKS
        ],
        "targets": [_target(one, opened, path, clock) for one in document["sla"]],
        **keeping.marks(opened, source, ticket),
        "strip": charts.figure(opened, "strip", source=source, ticket=ticket),
        "vendor": _vendor(opened, source, ticket),
    }


def _vendor(opened: Opened, source: str, ticket: str) -> list[dict[str, str]]:
    """The helpdesk's own values of this ticket beside ours."""
    found = opened.ask("service_levels.reconciliation_of", source=source, ticket=ticket, publication=opened.publication)
    return [
        {
            "metric": one.metric,
            "ours": _long(one.ours),
            "vendor": _long(one.vendor),
            "difference": _long(one.difference),
            "reason": wording.reason_class(one.reason),
        }
        for one in found.rows
    ]


def _long(seconds: int | None) -> str:
    return "–" if seconds is None else words.duration(seconds, exact=True)


def _seconds(ledgers: list[dict[str, Any]], mode: str) -> str:
    found = next((part["seconds"] for part in ledgers if part["mode"] == mode), None)
    return "–" if found is None else words.duration(found, exact=True)


def _ledger(part: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """One ledger in words; its rows add up to the clock, which the engine has checked."""
    rows = []
    years = {one[:4] for row in part["rows"] for one in (row["from"], row["to"]) if one}
    long = len(years) > 1
    for row in part["rows"]:
        rows.append(
            {
                "from": _moment(row["from"], zone, year=long),
                "to": _moment(row["to"], zone, year=long) if row["to"] else "",
                "counted": words.duration(row["seconds"], exact=True) if row["seconds"] else "0",
                "zero": not row["seconds"],
                "total": words.duration(row["cumulative"], exact=True),
                "event": row["event"],
                "state": (row["state"] or "").replace("_", " "),
                "why": reason(row["reason"]),
                "schedule": row["schedule_id"] or "",
            }
        )
    seconds = part["seconds"]
    return {
        "mode": part["mode"],
        "mode_title": MODES.get(part["mode"], part["mode"]),
        "clock": part["clock"],
        "seconds": seconds,
        "value": "" if seconds is None else words.duration(seconds),
        "exact": "" if seconds is None else words.duration(seconds, exact=True),
        "rows": rows,
        "spans": [row for row in part["rows"] if row["to"]],
    }


def reason(text: str) -> str:
    """The reason of a ledger row in words; what has no words of its own stays as it is."""
    told = []
    for piece in (one.strip() for one in (text or "").split(",")):
        name, colon, rest = piece.partition(":")
        if name == "schedule_change" and colon:
            told.append(_("schedule changed to %(n)s") % {"n": rest})
        elif name == "target_set" and rest.removesuffix(" s").isdecimal():
            told.append(_("target set: %(n)s") % {"n": words.duration(int(rest.removesuffix(" s")))})
        else:
            told.append(str(_REASONS.get(piece, piece.replace("_", " "))))
    return ", ".join(one for one in told if one)


def _target(one: Mapping[str, Any], opened: Opened, path: str, clock: str) -> dict[str, Any]:
    verdict = one["verdict_all"]
    late = (one["elapsed_all_s"] or 0) - (one["target_s"] or 0)
    name = f"sla.{one['metric']}"
    return {
        "name": str(one["metric"]).replace("_", " "),
        "policy": one["policy"] or "",
        "priority": one["priority"] or "",
        "clock": one["clock"],
        "allowed": words.duration(one["target_s"]) if one["target_s"] is not None else "–",
        "took": words.duration(one["elapsed_all_s"], exact=True) if one["elapsed_all_s"] is not None else "–",
        "late": words.duration(late, exact=True) if verdict in ("breached", "overdue") and late > 0 else "",
        "verdict": str(verdict).replace("_", " "),
        "tone": {"met": "met", "breached": "missed", "overdue": "missed"}.get(verdict, "open"),
        "started": _moment(one["started_at"], opened.known.zone),
        "href": opened.filters.link(path, clock=name),
        "here": name == clock,
    }


def _target_words(clock: str) -> str:
    return _("Target: %(name)s") % {"name": clock.removeprefix("sla.").replace("_", " ")}


def _said(opened: Opened, source: str, ticket: str) -> dict[str, Any]:
    found = opened.ask("tickets.conversation", source=source, ticket=ticket, publication=opened.publication)
    kinds = {"agent": "agent", "bot": "bot", "system": "bot", "customer": "customer"}
    return {
        "more": found.more,
        "said": [
            {
                "author": "" if one.author is ABSENT else one.author,
                "kind": kinds.get(one.author_type or "", "customer") if one.public else "note",
                "public": one.public,
                "type": one.author_type or "",
                "at": _moment(one.at, opened.known.zone),
                "at_iso": one.at,
                "channel": one.channel or "",
                "text": "" if one.text is ABSENT else one.text or "",
                "hidden": one.text is ABSENT,
                "attachments": one.attachments,
            }
            for one in found.messages
        ],
    }


def _changed(opened: Opened, source: str, ticket: str) -> dict[str, Any]:
    found = opened.ask("tickets.events", source=source, ticket=ticket, publication=opened.publication)
    return {
        "more": found.more,
        "changes": [
            {
                "at": _moment(one.at, opened.known.zone),
                "at_iso": one.at,
                "actor": one.actor or one.actor_type or "",
                "field": (one.field or "").replace("_", " "),
                "old": one.old or "",
                "new": one.new or "",
                "provenance": one.provenance or "",
            }
            for one in found.changes
        ],
    }


_PARTS = {"clocks": _clocks, "conversation": _said, "changes": _changed}


def _moment(text: str | None, zone: ZoneInfo, *, year: bool = False) -> str:
    return words.weekday_moment(datetime.fromisoformat(text), zone, year=year) if text else ""
