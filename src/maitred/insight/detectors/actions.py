"""What can be done about a finding, by family: the ids are fixed, a desk opens its form for those that it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do; ``dry_run`` where it would change the helpdesk and therefore shows first what it would do."""

    id: str
    label: str
    dry_run: bool = False

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {"id": self.id, "label": self.label, "dry_run": self.dry_run}


_LABELS: Final = {
    "change_roster": ("Change the roster", True),
    "rebalance": ("Move work to others", True),
    "simulate": ("See what it would bring", False),
    "open_hiring_request": ("Ask for a hire", False),
    "start_project": ("Start an improvement project", False),
    "open_incident": ("Open an incident", False),
    "post_macro": ("Post a macro", True),
    "draft_product_issue": ("Draft a product issue", False),
    "write_article": ("Write an article", False),
    "add_topic": ("Add the topic", False),
    "review_macro": ("Review the macro", False),
    "sample_reviews": ("Draw reviews", False),
    "plan_one_to_one": ("Plan a one-to-one", False),
    "coach": ("Plan coaching", False),
    "assign_course": ("Assign a course", False),
    "change_routing": ("Change routing", True),
    "open_tickets": ("Open the tickets", False),
    "reopen_tickets": ("Reopen the tickets", True),
    "escalate": ("Escalate", False),
    "take_over": ("Take over", True),
    "inform_account_owner": ("Tell the account's owner", False),
    "redact": ("Redact", True),
    "change_form": ("Change the form", False),
    "notify_compliance": ("Tell compliance", False),
    "audit_bot": ("Audit the bot's tickets", False),
    "change_bot_scope": ("Narrow what the bot answers", True),
    "roll_back_bot": ("Go back to the bot's last version", True),
    "fix_schedule": ("Correct the schedule", True),
    "recompute_sla": ("Compute the targets again", False),
    "confirm_effect": ("Confirm the effect", False),
    "extend_training": ("Extend the training", False),
    "share_practice": ("Share the practice", False),
    "open_report": ("Open the report", False),
    "open_review": ("Open the review", False),
    "sync_again": ("Read the helpdesk again", False),
}
_BY_FAMILY: Final = {
    "speed": ("change_roster", "rebalance", "simulate", "open_hiring_request", "start_project"),
    "backlog": ("simulate", "rebalance", "change_roster", "start_project", "open_hiring_request"),
    "staffing_gap": ("change_roster", "simulate", "open_hiring_request"),
    "volume": ("simulate", "rebalance", "change_roster"),
    "topic_surge": ("open_incident", "post_macro", "draft_product_issue", "write_article", "rebalance"),
    "topic_new": ("open_incident", "add_topic", "post_macro", "draft_product_issue", "write_article"),
    "reopen": ("review_macro", "sample_reviews", "start_project"),
    "satisfaction": ("sample_reviews", "start_project"),
    "agent_quality": ("plan_one_to_one", "sample_reviews", "coach", "assign_course"),
    "quality": ("sample_reviews", "assign_course", "start_project"),
    "case_selection": ("change_routing", "plan_one_to_one", "rebalance"),
    "workload": ("rebalance", "change_roster"),
    "parked": ("open_tickets", "reopen_tickets", "rebalance", "plan_one_to_one"),
    "account_risk": ("escalate", "take_over", "inform_account_owner"),
    "sensitive_data": ("redact", "change_form", "coach", "assign_course", "notify_compliance"),
    "bot_resolution": ("audit_bot", "change_bot_scope", "roll_back_bot"),
    "sla_setup": ("fix_schedule", "recompute_sla"),
    "improvement": ("confirm_effect", "extend_training", "share_practice"),
    "sla_due": ("open_tickets", "rebalance"),
    "escalation": ("take_over", "escalate"),
    "report_due": ("open_report",),
    "review_due": ("open_review",),
    "redaction_due": ("redact",),
    "data_health": ("sync_again",),
}
_FIRST: Final = {
    "staffing": ("change_roster", "simulate"),
    "capacity": ("simulate", "change_roster"),
    "incident": ("open_incident",),
    "product": ("draft_product_issue",),
    "macro": ("review_macro",),
    "parking": ("open_tickets", "reopen_tickets"),
    "configuration": ("fix_schedule",),
    "agent": ("plan_one_to_one",),
}


def actions(family: str, cause: str = "unknown") -> tuple[Action, ...]:
    """What a family offers, what fits the cause first; of a family that nobody knows nothing."""
    offered = _BY_FAMILY.get(family, ())
    first = [one for one in _FIRST.get(cause, ()) if one in offered]
    order = [*first, *(one for one in offered if one not in first)]
    return tuple(Action(one, *_LABELS[one]) for one in order)
