"""Where reading stands, in words: what a stream brings, and the place that its cursor names.

A cursor is the helpdesk's own; some name a moment, a day or a job's month, some only a mark that means nothing to
people. What means nothing is told by the moment up to which the helpdesk had shown everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maitred.kit.pages import words

_NAMES: dict[str, str | Promise] = {
    "tickets": gettext_lazy("Tickets"),
    "Case": gettext_lazy("Cases"),
    "ticket_events": gettext_lazy("What happened to tickets"),
    "CaseHistory": gettext_lazy("What happened to cases"),
    "ticket_activities": gettext_lazy("What happened to tickets, from the export"),
    "ticket_audits": gettext_lazy("What happened to single tickets"),
    "conversations": gettext_lazy("Conversations"),
    "EmailMessage": gettext_lazy("E-mails"),
    "CaseComment": gettext_lazy("Comments"),
    "ticket_metric_events": gettext_lazy("Targets met and missed"),
    "CaseMilestone": gettext_lazy("Milestones"),
    "satisfaction_ratings": gettext_lazy("Satisfaction ratings"),
    "survey_responses": gettext_lazy("Answers to surveys"),
    "time_entries": gettext_lazy("Times worked"),
    "users": gettext_lazy("People"),
    "User": gettext_lazy("People who work there"),
    "agents": gettext_lazy("Agents"),
    "contacts": gettext_lazy("Customers"),
    "Contact": gettext_lazy("Customers"),
    "organizations": gettext_lazy("Organisations"),
    "companies": gettext_lazy("Organisations"),
    "Account": gettext_lazy("Organisations"),
    "groups": gettext_lazy("Groups"),
    "Group": gettext_lazy("Queues"),
    "group_memberships": gettext_lazy("Who is in which group"),
    "GroupMember": gettext_lazy("Who is in which queue"),
    "schedules": gettext_lazy("Working hours"),
    "business_hours": gettext_lazy("Working hours"),
    "BusinessHours": gettext_lazy("Working hours"),
    "holidays": gettext_lazy("Holidays"),
    "Holiday": gettext_lazy("Holidays"),
    "slas_policies": gettext_lazy("Targets"),
    "sla_policies": gettext_lazy("Targets"),
    "Entitlement": gettext_lazy("Entitlements"),
    "custom_statuses": gettext_lazy("Statuses"),
    "CaseStatus": gettext_lazy("Statuses"),
    "ticket_fields": gettext_lazy("Fields"),
    "ticket_forms": gettext_lazy("Forms"),
    "brands": gettext_lazy("Brands"),
    "products": gettext_lazy("Products"),
    "RecordType": gettext_lazy("Record types"),
    "views": gettext_lazy("Views"),
    "macros": gettext_lazy("Macros"),
}
_WITHOUT: tuple[tuple[frozenset[str], str | Promise], ...] = (
    (frozenset({"tickets", "Case"}), gettext_lazy("All figures: without tickets there are none.")),
    (
        frozenset({"ticket_events", "CaseHistory", "ticket_activities"}),
        gettext_lazy("Exact times of changes, hand-overs and reopens."),
    ),
    (
        frozenset({"conversations", "EmailMessage", "CaseComment", "ticket_comments"}),
        gettext_lazy("First replies, and what was said."),
    ),
    (
        frozenset({"schedules", "holidays", "business_hours", "BusinessHours", "Holiday"}),
        gettext_lazy("Business hours: durations are told in calendar hours."),
    ),
    (
        frozenset({"slas_policies", "sla_policies", "Entitlement", "CaseMilestone", "ticket_metric_events"}),
        gettext_lazy("The helpdesk's own targets and verdicts to compare with."),
    ),
    (frozenset({"satisfaction_ratings", "survey_responses"}), gettext_lazy("Satisfaction from this source.")),
    (frozenset({"users", "agents", "User", "contacts", "Contact"}), gettext_lazy("Names of people.")),
    (frozenset({"groups", "Group", "group_memberships", "GroupMember"}), gettext_lazy("Figures by team.")),
    (frozenset({"organizations", "companies", "Account"}), gettext_lazy("Figures by customer organisation.")),
    (frozenset({"custom_statuses", "CaseStatus"}), gettext_lazy("The names of your own statuses.")),
    (frozenset({"time_entries"}), gettext_lazy("Times that people entered by hand.")),
)
_PASSES: dict[str, str | Promise] = {
    "live": gettext_lazy("tickets"),
    "deleted": gettext_lazy("deleted tickets"),
    "spam": gettext_lazy("spam"),
}


def stream_name(stream: str) -> str:
    """A stream as people call what it brings.

    >>> stream_name("ticket_events")
    'What happened to tickets'
    """
    return str(_NAMES.get(stream, stream.replace("_", " ")))


def without(stream: str) -> str:
    """What is missing here where a stream cannot be read; empty where nothing that is shown rests on it."""
    return next((str(told) for names, told in _WITHOUT if stream in names), "")


def place(kind: str, cursor: Mapping[str, Any] | None, server_time: datetime | None, zone: ZoneInfo) -> str:
    """Where a stream goes on, as people read it.

    Parameters
    ----------
    kind
        Of the stream, as ``connectors.live`` has it.
    server_time
        The helpdesk's time when it gave the last page.
    """
    if cursor is None:
        return _("at the beginning")
    if kind == "full":
        return _("read whole each time")
    month = (cursor.get("bulk") or {}).get("month")
    if month:
        return _("in the job for %(month)s") % {"month": month}
    on = cursor.get("place") or {}
    if on.get("pass"):
        told = {"what": _PASSES.get(on["pass"], on["pass"]), "moment": _moment(on.get("since"), zone)}
        return _("%(what)s changed since %(moment)s") % told
    found = _of_time(cursor, zone)
    if found:
        return found
    if "last" in cursor:
        return _("after ticket %(ticket)s") % {"ticket": cursor["last"]}
    if server_time is not None:
        return _("at a mark given on %(moment)s") % {"moment": words.moment(server_time, zone)}
    return _("at a mark of the helpdesk")


def _of_time(cursor: Mapping[str, Any], zone: ZoneInfo) -> str:
    """The moment or day that a cursor names; empty where it names none."""
    if cursor.get("day"):
        return _("up to %(day)s") % {"day": words.day(date.fromisoformat(str(cursor["day"])))}
    marks = cursor.get("marks") or {}
    for value in (cursor.get("at"), cursor.get("start"), cursor.get("since"), marks.get("live"), cursor.get("mark")):
        told = _moment(value, zone)
        if told:
            return _("up to %(moment)s") % {"moment": told}
    return ""


def _moment(value: Any, zone: ZoneInfo) -> str:
    """An instant as a cursor writes it: seconds since 1970, or text; empty where it is neither."""
    if isinstance(value, int) and value > 0:
        return words.moment(datetime.fromtimestamp(value, UTC), zone)
    try:
        found = datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return ""
    if found is None:
        return ""
    return words.moment(found if found.tzinfo else found.replace(tzinfo=UTC), zone)
