"""Salesforce's labels and ours. Labels are the account's own, so unknown ones are read by a default and noted."""

from __future__ import annotations

from typing import Any

from maitred.connectors import converters as c

STATUSES: dict[Any, str | None] = {
    "new": "new",
    **dict.fromkeys(("working", "in progress", "escalated", "open", "reopened", "re-opened", "assigned"), "open"),
    "customer responded": "open",
    **dict.fromkeys(("on hold", "hold", "waiting on third party", "waiting for vendor"), "hold"),
    **dict.fromkeys(("waiting on customer", "waiting for customer", "pending", "pending customer"), "pending"),
    "awaiting customer": "pending",
    **dict.fromkeys(("closed", "resolved", "solved", "completed", "merged", "closed - duplicate"), "solved"),
    "deleted": "deleted",
}
PRIORITIES: dict[Any, str | None] = {
    "low": "low",
    "medium": "normal",
    "normal": "normal",
    "high": "high",
    "critical": "urgent",
    "urgent": "urgent",
}
ORIGINS: dict[Any, str | None] = {
    **dict.fromkeys(("email", "e-mail", "email-to-case"), "email"),
    **dict.fromkeys(("web", "web form", "web-to-case", "portal", "community", "website"), "web"),
    **dict.fromkeys(("phone", "call", "voice", "voicemail"), "phone"),
    **dict.fromkeys(("chat", "live chat", "embedded service"), "chat"),
    **dict.fromkeys(("messaging", "sms", "whatsapp", "text"), "messaging"),
    "api": "api",
    **dict.fromkeys(("facebook", "twitter", "x", "instagram", "social"), "social"),
    "other": "other",
}
USER_TYPES: dict[Any, str | None] = {
    "standard": "agent",
    **dict.fromkeys(("automatedprocess", "cloudintegrationuser", "platformintegrationuser"), "bot"),
    **dict.fromkeys(("powerpartner", "cspliteportal", "customersuccess", "powercustomersuccess", "guest"), "end_user"),
    **dict.fromkeys(("selfservice", "csnonly", "customerportaluser"), "end_user"),
}


def is_true(value: Any) -> bool:
    """True in JSON, or ``true`` in a CSV file."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def status_of(label: Any, closed: bool | None = None) -> Any:
    """The canonical status of a label; ``closed`` is what the record says of itself and settles the matter.

    Gives the label itself when nobody knows it. Never ``closed``: a case may be reopened.
    """
    if closed:
        return "solved"
    if not isinstance(label, str):
        return label
    word = c.word_of(STATUSES, label)
    if c.is_unknown(word) and label.strip().lower().startswith("closed"):
        return "solved"
    return "open" if closed is False and word == "solved" else label
