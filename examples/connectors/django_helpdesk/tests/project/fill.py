"""Fill the helpdesk: ``fill.py TICKETS STAFF PASSWORD`` opens tickets by API and mail, and works on them.

Everything goes through django-helpdesk's own code (its serializers, its mail reader); only the dates of follow-ups are
moved into the past afterwards.
"""

import logging
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from helpdesk.email import extract_email_metadata  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402
from helpdesk.serializers import FollowUpSerializer, TicketSerializer  # noqa: E402

BEGUN = datetime(2026, 3, 2, 8, tzinfo=UTC)
MAIL = "From: {who}\r\nTo: {to}\r\nSubject: Mail {n}\r\nMessage-ID: <{n}@mail.example>\r\n\r\nPlease look at {n}.\r\n"


def main(tickets: int, staff: str, password: str) -> None:
    make = get_user_model().objects.create_user
    reader = make(staff, f"{staff}@desk.example", password, is_staff=True, is_superuser=True)
    agents = [make(f"agent{n}", f"agent{n}@desk.example", password, is_staff=True) for n in range(3)]
    queues = [
        Queue.objects.create(title=f"Queue {n}", slug=f"q{n}", email_address=f"q{n}@desk.example") for n in range(2)
    ]
    for number in range(tickets):
        ticket = opened_by_mail(number, queues) if number % 4 == 3 else opened_by_api(number, queues, reader)
        worked_on(ticket, number, agents[number % 3])
    first = Ticket.objects.order_by("id").first()
    Ticket.objects.filter(id=first.id + 1).update(merged_to=first)
    for ticket in Ticket.objects.order_by("id"):
        for step, followup in enumerate(FollowUp.objects.filter(ticket=ticket).order_by("id")):
            at = BEGUN + timedelta(hours=7 * ticket.id, minutes=45 * step)
            FollowUp.objects.filter(id=followup.id).update(date=at)


def opened_by_api(number: int, queues: list, reader) -> Ticket:
    told = {"queue": queues[number % 2].id, "title": f"Question {number}", "description": f"Hello, question {number}.",
            "submitter_email": f"Customer{number % 5}@Shop.example", "priority": number % 5 + 1}  # fmt: skip
    made = TicketSerializer(data=told, context={"request": SimpleNamespace(user=reader)})
    made.is_valid(raise_exception=True)
    return made.save()


def opened_by_mail(number: int, queues: list) -> Ticket:
    text = MAIL.format(who=f"customer{number % 5}@shop.example", to=queues[0].email_address, n=number)
    return extract_email_metadata(text, queues[0], logging.getLogger("fill"))


def worked_on(ticket: Ticket, number: int, agent) -> None:
    """An internal note, an answer that resolves it, and for some a reopening and a closing."""
    Ticket.objects.filter(id=ticket.id).update(assigned_to=agent, on_hold=number % 7 == 6)
    if number % 5 == 4:
        return
    followed(ticket, agent, comment="Have a look at the shelf", public=False, time_spent="00:12:30")
    followed(ticket, agent, comment=f"An answer to {number}", public=True, new_status=Ticket.RESOLVED_STATUS)
    if number % 3 == 1:
        followed(ticket, agent, comment="It is still broken", public=True, new_status=Ticket.REOPENED_STATUS)
        followed(ticket, agent, comment="", public=True, new_status=Ticket.CLOSED_STATUS)


def followed(ticket: Ticket, agent, **told) -> None:
    ticket.refresh_from_db()
    made = FollowUpSerializer(data={"ticket": ticket.id, "user": agent.id, **told},
                              context={"request": SimpleNamespace(user=agent)})  # fmt: skip
    made.is_valid(raise_exception=True)
    made.save()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
