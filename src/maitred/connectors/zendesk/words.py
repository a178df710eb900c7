"""Zendesk's words and ours: statuses, priorities, channels, roles, service-level metrics."""

from __future__ import annotations

from typing import Any

STATUSES: dict[Any, str | None] = {
    word: word for word in ("new", "open", "pending", "hold", "solved", "closed", "deleted")
}
PRIORITIES: dict[Any, str | None] = {word: word for word in ("low", "normal", "high", "urgent")}
ROLES: dict[Any, str | None] = {"end-user": "end_user", "end_user": "end_user", "agent": "agent", "admin": "admin"}

CHANNELS: dict[Any, str | None] = {
    **dict.fromkeys(("email", "mail"), "email"),
    **dict.fromkeys(
        ("web", "web form", "web_form", "help_center", "mobile", "mobile_sdk", "web_widget", "widget"), "web"
    ),
    **dict.fromkeys(("chat", "chat_transcript", "chat_offline_message", "zopim", "live_chat"), "chat"),
    **dict.fromkeys(("voice", "phone", "voicemail", "phone call (inbound)", "phone call (outbound)"), "phone"),
    **dict.fromkeys(
        ("twitter", "twitter_dm", "twitter_favorite", "twitter_like", "tweet", "x_dm", "x_mention"), "social"
    ),
    **dict.fromkeys(("facebook", "facebook_post", "facebook_message", "instagram", "instagram_dm"), "social"),
    **dict.fromkeys(
        ("native_messaging", "messaging", "sunshine_conversations_api", "sunshine_conversations"), "messaging"
    ),
    **dict.fromkeys(
        ("whatsapp", "line", "telegram", "viber", "wechat", "kakaotalk", "sms", "apple_business_chat"), "messaging"
    ),
    **dict.fromkeys(("facebook_messenger", "google_rcs", "google_business_messages", "slack_connect"), "messaging"),
    **dict.fromkeys(("api", "web service", "web service (api)", "web_service"), "api"),
    **dict.fromkeys(
        ("rule", "system", "other", "any_channel", "closed_ticket", "sample_ticket", "side_conversation"), "other"
    ),
    **dict.fromkeys(
        ("batch", "import", "ticket sharing", "ticket_sharing", "forum", "get_satisfaction", "dropbox"), "other"
    ),
}
"""``via.channel`` of a record, and the labels that the incremental event export writes instead."""

SLA_METRICS: dict[Any, str | None] = {
    "first_reply_time": "first_reply",
    "next_reply_time": "next_reply",
    "reply_time": "first_reply",
    "agent_work_time": "agent_work",
    "requester_wait_time": "requester_wait",
    "periodic_update_time": "periodic_update",
    "pausable_update_time": "pausable_update",
    "resolution_time": "total_resolution",
    "total_resolution_time": "total_resolution",
    "group_ownership_time": "group_ownership",
}

SLA_EVENT_TYPES: dict[Any, str | None] = {
    "activate": "activated",
    "pause": "paused",
    "resume": "resumed",
    "fulfill": "fulfilled",
    "apply_sla": "applied",
    "apply_group_sla": "applied",
    "breach": "breached",
    "cancel": "cancelled",
    "update_status": "measured",
    "measure": "measured",
}

VIA_WORDS = {
    "mail": "email",
    "web form": "web",
    "web service": "api",
    "web service (api)": "api",
    "business rule": "rule",
}
"""Labels of the incremental event export, in the words that records use in ``via.channel``."""
