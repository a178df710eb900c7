"""Which streams each helpdesk has, what they feed, and under which names they come: one table for readers and decoders.

``feeds`` names canonical tables. ``lists`` are the keys under which an API page holds the records. ``aliases`` are
further file names that people use for the stream.
"""

from __future__ import annotations

from typing import NamedTuple


class Stream(NamedTuple):
    """One kind of record of a helpdesk."""

    feeds: tuple[str, ...]
    lists: tuple[str, ...]
    aliases: tuple[str, ...] = ()


_EVENTS = ("ticket_events", "messages", "sla_events", "ticket_schedules")

ZENDESK: dict[str, Stream] = {
    "custom_statuses": Stream(("custom_statuses",), ("custom_statuses",)),
    "brands": Stream(("brands",), ("brands",)),
    "ticket_forms": Stream(("ticket_forms",), ("ticket_forms",)),
    "ticket_fields": Stream(("ticket_fields",), ("ticket_fields",)),
    "views": Stream(("views",), ("views",)),
    "macros": Stream(("macros",), ("macros",)),
    "groups": Stream(("groups",), ("groups",)),
    "group_memberships": Stream(("group_members",), ("group_memberships",), ("group_members",)),
    "organizations": Stream(("organizations",), ("organizations",)),
    "users": Stream(("users",), ("users",)),
    "schedules": Stream(("schedules", "schedule_intervals", "schedule_holidays"), ("schedules",), ("business_hours",)),
    "holidays": Stream(("schedule_holidays",), ("holidays",), ("schedule_holidays",)),
    "slas_policies": Stream(("sla_policies", "sla_targets"), ("sla_policies",), ("sla_policies", "slas")),
    "tickets": Stream(("tickets",), ("tickets",)),
    "ticket_events": Stream(_EVENTS, ("ticket_events",)),
    "ticket_audits": Stream(_EVENTS, ("audits", "ticket_audits"), ("audits",)),
    "ticket_comments": Stream(("messages",), ("comments", "ticket_comments"), ("comments",)),
    "satisfaction_ratings": Stream(("satisfaction",), ("satisfaction_ratings",)),
    "survey_responses": Stream(("satisfaction",), ("survey_responses",)),
    "ticket_metric_events": Stream(("sla_events",), ("ticket_metric_events",)),
}

FRESHDESK: dict[str, Stream] = {
    "ticket_fields": Stream(("ticket_fields",), ("ticket_fields",)),
    "products": Stream(("brands",), ("products",)),
    "groups": Stream(("groups", "group_members"), ("groups",), ("group",)),
    "companies": Stream(("organizations",), ("companies",), ("company", "customers", "customer")),
    "agents": Stream(("users",), ("agents",), ("agent",)),
    "contacts": Stream(("users",), ("contacts",), ("contact",)),
    "business_hours": Stream(("schedules", "schedule_intervals", "schedule_holidays"), ("business_hours",)),
    "sla_policies": Stream(("sla_policies", "sla_targets"), ("sla_policies",)),
    "tickets": Stream(("tickets", "messages", "ticket_events"), ("tickets",), ("ticket",)),
    "conversations": Stream(("messages",), ("conversations",), ("conversation", "notes", "replies")),
    "ticket_activities": Stream(("ticket_events",), ("activities_data", "ticket_activities"), ("activities",)),
    "satisfaction_ratings": Stream(("satisfaction",), ("satisfaction_ratings",)),
    "time_entries": Stream(("time_entries",), ("time_entries",), ("time_entry",)),
}

SALESFORCE: dict[str, Stream] = {
    "CaseStatus": Stream(("custom_statuses",), ()),
    "RecordType": Stream(("brands",), ()),
    "Group": Stream(("groups",), ()),
    "GroupMember": Stream(("group_members",), ()),
    "User": Stream(("users",), ()),
    "Contact": Stream(("users",), ()),
    "Account": Stream(("organizations",), ()),
    "BusinessHours": Stream(("schedules", "schedule_intervals"), ()),
    "Holiday": Stream(("schedule_holidays",), ()),
    "Entitlement": Stream(("sla_policies",), ()),
    "Case": Stream(("tickets", "messages", "users", "ticket_schedules"), (), ("cases",)),
    "CaseHistory": Stream(("ticket_events", "ticket_schedules"), ()),
    "EmailMessage": Stream(("messages", "users"), ()),
    "CaseComment": Stream(("messages",), ()),
    "CaseMilestone": Stream(("sla_events",), ()),
}

VENDORS: dict[str, dict[str, Stream]] = {"zendesk": ZENDESK, "freshdesk": FRESHDESK, "salesforce": SALESFORCE}
"""Streams by vendor; an import reads files in this order, configuration first."""
