"""What the fake Freshdesk's account looks like in the replies of the real one, and its lists of settings."""

from __future__ import annotations

import time
from collections.abc import Collection
from html import escape
from typing import Any

from maitred.connectors.freshdesk.double_account import (
    ADMIN,
    AGENTS,
    COMPANIES,
    FORMER,
    GROUPS,
    PRODUCTS,
    STATUSES,
    Activity,
    Contact,
    Entry,
    Rating,
    Row,
    Spent,
    Ticket,
)

_CREATED = "2025-10-01T00:00:00Z"
_CREATED_OFFSET = "2025-10-01T05:30:00+05:30"
_INDIA_S = 19_800
_DAY_S = 86_400
_OFFSET_EACH = 13
"""One ticket in so many is an old record, whose times carry an offset."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def instant(second: int, offset: bool = False) -> str:
    """A time as Freshdesk writes it; old records carry India's offset."""
    if offset:
        return time.strftime("%Y-%m-%dT%H:%M:%S+05:30", time.gmtime(second + _INDIA_S))
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def ticket(one: Ticket, include: Collection[str]) -> Row:
    """A ticket of a list; ``include`` names what is shown beside it."""
    old = one.number % _OFFSET_EACH == 0
    shown: Row = {
        "id": one.number, "subject": one.subject, "status": one.status, "priority": one.priority,
        "source": one.source, "type": one.kind, "requester_id": one.requester, "responder_id": one.agent,
        "group_id": one.group, "company_id": one.company, "product_id": one.product, "email_config_id": None,
        "cc_emails": [], "fwd_emails": [], "reply_cc_emails": [], "to_emails": None, "spam": one.state == "spam",
        "is_escalated": False, "fr_escalated": False, "tags": list(one.tags), "custom_fields": dict(one.custom),
        "created_at": instant(one.created, old), "updated_at": instant(one.updated, old),
        "due_by": instant(one.created + 3 * _DAY_S, old), "fr_due_by": instant(one.created + _DAY_S, old),
    }  # fmt: skip
    if one.state == "deleted":
        shown["deleted"] = True
    if "stats" in include:
        shown["stats"] = _stats(one, old)
    if "description" in include:
        shown |= {"description": f"<div>{one.text}</div>", "description_text": one.text}
    return shown


def _stats(one: Ticket, old: bool) -> Row:
    names = ("agent_responded", "requester_responded", "first_responded", "status_updated", "reopened", "resolved",
             "closed")  # fmt: skip
    told: Row = {f"{name}_at": _instant_or_none(getattr(one, name), old) for name in names}
    return {**told, "pending_since": _instant_or_none(one.pending_since, old)}


def _instant_or_none(second: int | None, old: bool) -> str | None:
    return None if second is None else instant(second, old)


def requester(one: Contact) -> Row:
    """What ``include=requester`` shows of a contact."""
    return {"id": one.number, "name": one.name, "email": _email(one), "mobile": None, "phone": None}


def entry(number: int, one: Entry) -> Row:
    """A reply or a note of the ticket of this number."""
    at = instant(one.at)
    body = escape(one.text).replace("\n", "<br>")
    return {"id": one.number, "ticket_id": number, "body": f"<div>{body}</div>", "body_text": one.text,
            "incoming": one.incoming, "private": one.private, "user_id": one.user, "source": one.source,
            "support_email": None, "to_emails": [], "from_email": None, "cc_emails": [], "bcc_emails": [],
            "attachments": [], "created_at": at, "updated_at": at}  # fmt: skip


def contact(one: Contact) -> Row:
    """A contact; only a deleted one says what it is."""
    shown: Row = {
        "id": one.number, "name": one.name, "email": _email(one), "phone": None, "mobile": None,
        "active": one.state == "verified", "company_id": one.company, "language": "en", "time_zone": "Berlin",
        "job_title": None, "tags": [], "custom_fields": {}, "created_at": instant(one.created),
        "updated_at": instant(one.updated),
    }  # fmt: skip
    return {**shown, "deleted": True} if one.state == "deleted" else shown


def _email(one: Contact) -> str:
    return f"c{one.number}@shop.example"


def rating(one: Rating) -> Row:
    """A satisfaction rating."""
    return {"id": one.number, "survey_id": 82_000_000_001, "user_id": one.user, "agent_id": one.agent,
            "group_id": one.group, "ticket_id": one.ticket, "feedback": one.feedback,
            "created_at": instant(one.created), "updated_at": instant(one.updated),
            "ratings": {"default_question": one.score}}  # fmt: skip


def spent(one: Spent) -> Row:
    """Time worked."""
    at = instant(one.at)
    return {"id": one.number, "ticket_id": one.ticket, "agent_id": one.agent, "company_id": None, "billable": True,
            "note": "", "time_spent": f"{one.minutes // 60:02d}:{one.minutes % 60:02d}", "timer_running": False,
            "executed_at": at, "start_time": at, "created_at": at, "updated_at": at}  # fmt: skip


def activity(one: Activity) -> Row:
    """A line of a day's file of activities."""
    at, number, actor, told = one
    who = {"performer_type": "system"} if actor is None else {"performer_type": "user", "performer_id": actor}
    automated = {"automation": {"type": 3, "rule": "Auto"}} if actor is None else {}
    performed = time.strftime("%d-%m-%Y %H:%M:%S +0000", time.gmtime(at))
    return {"performed_at": performed, "ticket_id": number, **who, "activity": {**automated, **told}}


def agents() -> list[Row]:
    """Agents, whose names and addresses are those of the contact within."""
    return [
        {"id": number, "available": True, "occasional": False, "ticket_scope": 1, "type": "support_agent",
         "group_ids": [GROUPS[place % 2]], "created_at": _CREATED, "updated_at": _CREATED,
         "contact": {"active": True, "name": f"Agent {place}", "email": f"agent{place}@desk.example",
                     "phone": None, "mobile": None, "language": "en", "time_zone": "Berlin",
                     "last_login_at": _CREATED_OFFSET, "created_at": _CREATED, "updated_at": _CREATED}}
        for place, number in enumerate(AGENTS)
        if number != FORMER
    ]  # fmt: skip


def lists() -> dict[str, list[Row]]:
    """The lists that come whole, by their path."""
    dated = {"created_at": _CREATED, "updated_at": _CREATED}
    old = {"created_at": _CREATED_OFFSET, "updated_at": _CREATED_OFFSET}
    week = {day: {"start_time": "8:00 am", "end_time": "5:30 pm"} for day in _DAYS}
    targets = {
        f"priority_{priority}": {"respond_within": 3_600 * 2 ** (4 - priority), "next_respond_within": None,
                                 "resolve_within": 14_400 * 2 ** (4 - priority), "business_hours": True,
                                 "escalation_enabled": True}
        for priority in (4, 3, 2, 1)
    }  # fmt: skip
    choices: dict[str, Any] = {str(number): [name, name] for number, name in STATUSES.items()}
    return {
        "agents": agents(),
        "groups": [
            {"id": number, "name": f"Team {place}", "description": None, "business_hour_id": None,
             "agent_ids": [one for one in AGENTS[place::2] if one != FORMER], "auto_ticket_assign": False, **old}
            for place, number in enumerate(GROUPS)
        ],
        "companies": [
            {"id": number, "name": f"Company {place:02d}", "domains": [f"company{place}.example"], "note": None,
             "health_score": "Happy", "account_tier": "Premium", "industry": None,
             "renewal_date": "2026-12-31T00:00:00Z", "custom_fields": {}, **dated}
            for place, number in enumerate(COMPANIES)
        ],
        "products": [{"id": number, "name": f"Product {place}", "description": None, "primary_email": None, **dated}
                     for place, number in enumerate(PRODUCTS)],
        "ticket_fields": [
            {"id": 82_005_000_001, "name": "status", "label": "Status", "type": "default_status", "position": 1,
             "default": True, "choices": choices, **dated},
            {"id": 82_005_000_002, "name": "cf_carrier", "label": "Carrier", "type": "custom_text", "position": 2,
             "default": False, **dated},
        ],
        "business_hours": [{"id": 77, "name": "Default", "description": "", "is_default": True,
                            "time_zone": "Berlin", "business_hours": week, **dated}],
        "sla_policies": [{"id": 88, "name": "Default SLA Policy", "description": "", "position": 1, "active": True,
                          "is_default": True, "applicable_to": {}, "sla_target": targets,
                          "escalation": {"response": {"escalation_time": 0, "agent_ids": [ADMIN]}}, **dated}],
    }  # fmt: skip
