"""Freshdesk's numbers and words, and ours. Lists marked unverified in the help page are read with a default and a
notice."""

from __future__ import annotations

from typing import Any

STATUSES: dict[Any, str | None] = {
    2: "open",
    3: "pending",
    4: "solved",
    5: "closed",
    6: "pending",
    7: "hold",
    "open": "open",
    "pending": "pending",
    "resolved": "solved",
    "closed": "closed",
    "waiting on customer": "pending",
    "awaiting your reply": "pending",
    "waiting on third party": "hold",
}
PRIORITIES: dict[Any, str | None] = {
    1: "low",
    2: "normal",
    3: "high",
    4: "urgent",
    "low": "low",
    "medium": "normal",
    "high": "high",
    "urgent": "urgent",
}
SOURCES: dict[Any, str | None] = {
    1: "email",
    2: "web",
    3: "phone",
    5: "social",
    6: "social",
    7: "chat",
    9: "web",
    10: "email",
    13: "messaging",
    "email": "email",
    "portal": "web",
    "phone": "phone",
    "chat": "chat",
    "twitter": "social",
    "facebook": "social",
    "feedback widget": "web",
    "outbound email": "email",
    "whatsapp": "messaging",
}
CONVERSATION_SOURCES: dict[Any, str | None] = {
    0: "email",
    2: "other",
    5: "social",
    6: "other",
    7: "social",
    8: "email",
    9: "phone",
    11: "web",
}
OUTBOUND_EMAIL = 10

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
