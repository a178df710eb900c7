"""What the desk's verbs name by a word, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maitred.kit.pages import words
from maitred.kit.pages.frame import days_words
from maitred.metrics.catalogue import Metric

STATES: Mapping[str, Any] = {
    "queue": gettext_lazy("in the queue"),
    "queue_nobody": gettext_lazy("in the queue, nobody on shift"),
    "in_hand": gettext_lazy("in hand"),
    "hand_off": gettext_lazy("handed over, untouched"),
    "customer": gettext_lazy("waiting on the customer"),
    "third_party": gettext_lazy("on hold"),
    "closed_hours": gettext_lazy("closed hours"),
    "schedule_misfit": gettext_lazy("schedule that does not fit"),
    "unavoidable": gettext_lazy("not avoidable"),
}
_STATUSES: Mapping[str, Any] = {
    "new": gettext_lazy("new"),
    "open": gettext_lazy("open"),
    "pending": gettext_lazy("waiting on the customer"),
    "hold": gettext_lazy("on hold"),
    "solved": gettext_lazy("solved"),
    "closed": gettext_lazy("closed"),
    "started": gettext_lazy("started"),
}
_AUTHORS: Mapping[str, Any] = {
    "agent": gettext_lazy("agent"),
    "bot": gettext_lazy("bot"),
    "system": gettext_lazy("system"),
    "customer": gettext_lazy("customer"),
}
_DIMENSIONS: Mapping[str, Any] = {
    "group": gettext_lazy("Group"),
    "channel": gettext_lazy("Channel"),
    "priority": gettext_lazy("Priority"),
    "assignee": gettext_lazy("Person"),
    "account": gettext_lazy("Account"),
    "type": gettext_lazy("Type"),
    "brand": gettext_lazy("Brand"),
    "source": gettext_lazy("Source"),
    "team": gettext_lazy("Team"),
    "sla_metric": gettext_lazy("Target"),
    "policy": gettext_lazy("Policy"),
    "clock": gettext_lazy("Clock"),
    "form": gettext_lazy("Form"),
    "day": gettext_lazy("Day"),
    "week": gettext_lazy("Week"),
    "month": gettext_lazy("Month"),
}
_CLASSES: Mapping[str, Any] = {
    "equal": gettext_lazy("equal"),
    "schedule_mode": gettext_lazy("schedule rule"),
    "rounding": gettext_lazy("rounding"),
    "target_revised": gettext_lazy("target revised"),
    "agent_created": gettext_lazy("written by an agent first"),
    "bot_reply": gettext_lazy("a bot's reply counted"),
    "reopened": gettext_lazy("reopened"),
    "merged_or_deleted": gettext_lazy("merged or deleted"),
    "late_data": gettext_lazy("changed since"),
    "role_changed": gettext_lazy("a person's role changed"),
    "schedule_edited": gettext_lazy("schedule edited"),
    "vendor_null": gettext_lazy("the helpdesk has no value"),
    "ours_null": gettext_lazy("we have no value"),
    "unexplained": gettext_lazy("unexplained"),
}
_TARGETS: Mapping[str, Any] = {
    "first_reply": gettext_lazy("first reply"),
    "next_reply": gettext_lazy("next reply"),
    "periodic_update": gettext_lazy("periodic update"),
    "pausable_update": gettext_lazy("pausable update"),
    "requester_wait": gettext_lazy("requester wait"),
    "agent_work": gettext_lazy("agent work"),
    "total_resolution": gettext_lazy("total resolution"),
    "group_ownership": gettext_lazy("group ownership"),
}


def state(name: str) -> str:
    """What a ticket waited for."""
    return str(STATES.get(name, name.replace("_", " ")))


cause = state


def status(name: str) -> str:
    """A ticket's status."""
    return str(_STATUSES.get(name, name.replace("_", " ")))


def station(name: str) -> str:
    """A station of the process map: a status by its word, a group by its name."""
    return str(_STATUSES.get(name, name))


def author(kind: str) -> str:
    """Who wrote."""
    return str(_AUTHORS.get(kind, kind))


def dimension(name: str) -> str:
    """A dimension as a heading."""
    return str(_DIMENSIONS.get(name, name))


def target(name: str) -> str:
    """What an SLA target is about."""
    return str(_TARGETS.get(name, name.replace("_", " ")))


def reason_class(name: str) -> str:
    """Why our value differs from the helpdesk's."""
    return str(_CLASSES.get(name, name.replace("_", " ")))


def band(name: str) -> str:
    """An age band as a heading."""
    known = {
        "under_1_day": _("under a day"),
        "1_to_3_days": _("1–3 days"),
        "3_to_7_days": _("3–7 days"),
        "7_to_30_days": _("7–30 days"),
        "over_30_days": _("over 30 days"),
    }
    return known.get(name, name.replace("_", " "))


def other() -> str:
    return _("all others")


def bucket(name: str) -> str:
    return {"day": _("day"), "week": _("week"), "month": _("month")}.get(name, name)


def span(start: str, end: str) -> str:
    """A bucket's days."""
    return days_words(date.fromisoformat(start), date.fromisoformat(end))


def measure(metric: Metric, statistic: str) -> str:
    """The small line above an axis."""
    clocks = {
        "business_all": _("business hours"),
        "business_last": _("business hours, last schedule"),
        "calendar": _("calendar hours"),
    }
    said = {"median": _("median"), "p90": _("90th percentile"), "p95": _("95th percentile"), "mean": _("mean")}
    pieces = [said.get(statistic, ""), clocks.get(metric.clock, "")]
    return ", ".join(one for one in pieces if one)


def trend(shown: Any) -> str:
    """What a control chart says about the period, and at which price."""
    if shown.verdict == "cannot_tell" or shown.learned_from is None:
        return _("Too few days before the period to say what is usual.")
    learned = _("The usual range is learned from %(n)s %(bucket)ss %(where)s.") % {
        "n": words.count(shown.baseline_points),
        "bucket": bucket(shown.bucket),
        "where": _("before the period") if shown.learned_from == "before" else _("of the whole series"),
    }
    price = _("Such rules signal falsely about once in %(n)s points.") % {"n": words.count(shown.false_signal_every)}
    if shown.verdict == "no_change":
        return f"{_('Nothing leaves the usual range.')} {learned} {price}"
    since = words.day(date.fromisoformat(shown.since)) if shown.since else ""
    said = (
        _("Outside the usual range since %(day)s.") % {"day": since}
        if since
        else _("Some points leave the usual range.")
    )
    early = " " + _("Fewer than 40 points: provisional.") if shown.provisional else ""
    return f"{said} {learned}{early} {price}"
