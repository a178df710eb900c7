"""What Today says: names of families, sizes of effects, reasons, who can see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.today.precision import Precision
from maitred.kit.pages import words

FAMILIES = {
    "speed": gettext_lazy("Speed"), "backlog": gettext_lazy("Backlog"), "staffing_gap": gettext_lazy("Staffing gap"),
    "volume": gettext_lazy("Volume"), "topic_surge": gettext_lazy("Topic"), "topic_new": gettext_lazy("New topic"),
    "reopen": gettext_lazy("Reopens"), "satisfaction": gettext_lazy("Satisfaction"),
    "agent_quality": gettext_lazy("Quality"), "case_selection": gettext_lazy("Case selection"),
    "workload": gettext_lazy("Workload"), "parked": gettext_lazy("Parked tickets"),
    "account_risk": gettext_lazy("Account at risk"), "sensitive_data": gettext_lazy("Sensitive data"),
    "bot_resolution": gettext_lazy("Bot"), "sla_setup": gettext_lazy("SLA setup"),
    "quality": gettext_lazy("Reviewed quality"), "improvement": gettext_lazy("Improvement"),
    "sla_due": gettext_lazy("SLA due"),
    "escalation": gettext_lazy("Escalation"), "report_due": gettext_lazy("Report due"),
    "review_due": gettext_lazy("Review due"), "redaction_due": gettext_lazy("Redaction due"),
    "data_health": gettext_lazy("Data"),
}  # fmt: skip
SUBJECTS = {
    "group": gettext_lazy("Group"), "channel": gettext_lazy("Channel"), "sla_policy": gettext_lazy("SLA policy"),
    "topic": gettext_lazy("Topic"), "agent": gettext_lazy("Person"), "account": gettext_lazy("Account"),
    "bot": gettext_lazy("Bot"), "macro": gettext_lazy("Macro"), "cohort": gettext_lazy("Cohort"),
    "training": gettext_lazy("Training"), "schedule": gettext_lazy("Schedule"),
    "ticket": gettext_lazy("Ticket"), "workspace": gettext_lazy("Whole organisation"),
}  # fmt: skip
CAUSES = {
    "staffing": gettext_lazy("Staffing"), "capacity": gettext_lazy("Capacity"), "volume": gettext_lazy("Volume"),
    "incident": gettext_lazy("Incident"), "product": gettext_lazy("Product"), "macro": gettext_lazy("Macro"),
    "agent": gettext_lazy("One person's work"), "account": gettext_lazy("Account"),
    "parking": gettext_lazy("Parked tickets"), "selection": gettext_lazy("Choice of cases"),
    "bot": gettext_lazy("Bot"), "configuration": gettext_lazy("Configuration"),
    "customers": gettext_lazy("Customers"), "training": gettext_lazy("Training"),
    "unknown": gettext_lazy("Not known"),
}  # fmt: skip
WHY = {
    "more": gettext_lazy("costs less than the seven that are shown"),
    "acknowledged": gettext_lazy("acknowledged; comes back when it is a quarter worse"),
    "snoozed": gettext_lazy("snoozed"), "assigned": gettext_lazy("assigned"),
    "done": gettext_lazy("done; comes back when it is a quarter worse"),
    "not_true": gettext_lazy("not useful: not true"), "known": gettext_lazy("not useful: known"),
    "too_small": gettext_lazy("not useful: too small"), "not_mine": gettext_lazy("not useful: not mine"),
    "muted": gettext_lazy("its detector is muted: it was wrong too often"),
    "joined": gettext_lazy("part of a finding above"),
}  # fmt: skip
REASONS = {
    "not_true": gettext_lazy("It is not true"), "known": gettext_lazy("I know it already"),
    "too_small": gettext_lazy("It is too small to matter"), "not_mine": gettext_lazy("It is not mine"),
}  # fmt: skip
CHANNELS = {"mail": gettext_lazy("mail"), "slack": "Slack", "teams": "Microsoft Teams"}
STATES = {
    "open": gettext_lazy("Open"), "acknowledged": gettext_lazy("Acknowledged"), "snoozed": gettext_lazy("Snoozed"),
    "assigned": gettext_lazy("Assigned"), "done": gettext_lazy("Done"),
    "dismissed": gettext_lazy("Marked as not useful"),
}  # fmt: skip


def family(name: str) -> str:
    return str(FAMILIES.get(name, name.replace("_", " ").capitalize()))


def heading(shown: int, learning: bool, stale: bool, checked: int) -> str:
    """The heading of the start page: how many things need the reader."""
    if stale:
        return _("The data are too old for findings")
    if shown:
        return _needs(shown)
    if learning:
        return _("Still learning what is usual here")
    return _("Nothing needs you") if checked else _("Nothing needs you, and nothing was checked")


def _needs(count: int) -> str:
    spelled = {
        1: _("One thing needs you today"), 2: _("Two things need you today"), 3: _("Three things need you today"),
        4: _("Four things need you today"), 5: _("Five things need you today"), 6: _("Six things need you today"),
        7: _("Seven things need you today"),
    }  # fmt: skip
    return spelled.get(count) or ngettext("%(n)s thing needs you today", "%(n)s things need you today", count) % {
        "n": count
    }


def effect(size: Mapping[str, Any], n: int | None = None) -> str:
    """An effect with its 90 % interval and n.

    >>> effect({"value": 2.1, "low": 1.8, "high": 2.5, "unit": "ratio"}, 143)
    '2.1 times as much (90% interval 1.8–2.5, n 143)'
    """
    per = ""
    value, low, high, unit = (size.get(name) for name in ("value", "low", "high", "unit"))
    if value is None or low is None or high is None:
        return words.n(n) if n is not None else ""
    if unit == "ratio":
        told = _("%(n)s times as much") % {"n": words.number(value, 2)}
        between = f"{words.number(low, 2)}–{words.number(high, 2)}"
    elif unit == "points":
        told = words.difference(value / 100, "share", low / 100, high / 100)
        between = words.interval(low / 100, high / 100, "share", signed=True)
    elif unit == "seconds":
        told, between = words.difference(value, "seconds"), words.interval(low, high, "seconds", signed=True)
    else:
        per = _("%(n)s tickets a day") if unit == "tickets_per_day" else _("%(n)s tickets")
        told = per % {"n": words.difference(value, "count")}
        between = words.interval(low, high, "count", signed=True)
    if low == high:  # counted, not estimated
        if unit == "seconds":
            return words.duration(value)
        return per % {"n": words.count(value)} if per else told
    inside = [_("90%% interval %(between)s") % {"between": between}, *([words.n(n)] if n is not None else [])]
    return f"{told} ({', '.join(inside)})"


def harm(cost: Mapping[str, Any]) -> str:
    """What a finding costs.

    >>> harm({"value": 212.4, "unit": "customer_hours_per_week", "parts": {}})
    '212 customer-hours a week'
    """
    return _("%(n)s customer-hours a week") % {"n": words.count(float(cost.get("value") or 0.0))}


def since(day: str | date) -> str:
    one = date.fromisoformat(day) if isinstance(day, str) else day
    return _("since %(day)s") % {"day": words.day(one)}


def cause(said: Mapping[str, Any]) -> str:
    """Why, as far as it can be told; a cause that was not tested says so."""
    if said.get("kind", "unknown") == "unknown" or not said.get("text"):
        return _("cause not known")
    told = str(said["text"])
    sure = said.get("confidence")
    return told if not sure else _("%(what)s (%(sure)s sure)") % {"what": told, "sure": words.share(float(sure), 0)}


def right(found: Precision | None, planted: tuple[int, int] | None = None) -> str:
    """How often a detector was right, here and on simulated organisations."""
    told = []
    if found is not None and found.n:
        told.append(
            _("right %(right)s of %(n)s times here (95%% interval %(between)s)")
            % {"right": found.right, "n": found.n, "between": words.interval(found.low, found.high, "share")}
        )
    if planted is not None and planted[1]:
        share = words.share(planted[0] / planted[1], 0)
        told.append(_("right %(share)s of the time on simulated organisations (n %(n)s)")
                    % {"share": share, "n": words.count(planted[1])})  # fmt: skip
    return "; ".join(told) or _("nobody has said yet whether it is right here")


def seen_by(person: str, own: bool) -> str:
    """Who can see what is about a person."""
    return _("you and those who lead you") if own else _("%(person)s, you and who else leads them") % {"person": person}


def why_folded(why: str, told: str, until: datetime | None, zone: ZoneInfo) -> str:
    """Why a finding is folded away."""
    said = told if why == "joined" and told else str(WHY.get(why, why))
    if until is not None:
        return _("%(why)s until %(moment)s") % {"why": said, "moment": words.moment(until, zone)}
    return said
