"""Tell what the helpdesk's own database holds, as JSON; nothing here knows the connector."""

import json

import django

django.setup()

from helpdesk.models import FollowUp, Ticket  # noqa: E402


def main() -> None:
    tickets, changes, messages, spent = {}, [], 0, 0
    for ticket in Ticket.objects.order_by("id"):
        parts = list(FollowUp.objects.filter(ticket=ticket).order_by("date", "id"))
        tickets[str(ticket.id)] = {
            "subject": ticket.title, "status": ticket.get_status_display(), "priority": ticket.priority,
            "assignee": ticket.assigned_to_id, "queue": ticket.queue_id, "merged_into": ticket.merged_to_id,
            "opened": parts[0].date.isoformat(), "by_mail": bool(parts[0].message_id),
        }  # fmt: skip
        changes += [
            [str(ticket.id), part.date.isoformat(), part.get_new_status_display()] for part in parts if part.new_status
        ]
        messages += sum(bool(part.comment) for part in parts)
        spent += sum(part.time_spent.total_seconds() for part in parts if part.time_spent)
    print(json.dumps({"tickets": tickets, "changes": changes, "messages": messages, "spent_s": spent}))


if __name__ == "__main__":
    main()
