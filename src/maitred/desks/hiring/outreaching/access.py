"""The rows of letters, for those who hold the grant; and who wants none."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from maitred.desks.hiring import access
from maitred.desks.hiring.models import Candidate, OptOut, Outreach, OutreachTemplate
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one


def visible_templates(actor: Actor) -> QuerySet[OutreachTemplate]:
    """All templates."""
    rows = OutreachTemplate._base_manager.order_by("title", "pk")
    return rows if access.reads(actor) else rows.none()


def access_template(actor: Actor, template: int) -> OutreachTemplate:
    """One of them."""
    return one(visible_templates(actor), template, "outreach template")


def visible_letters(actor: Actor) -> QuerySet[Outreach]:
    """All letters."""
    rows = Outreach._base_manager.select_related("candidate__requisition", "by")
    return rows if access.reads(actor) else rows.none()


def access_letter(actor: Actor, letter: int) -> Outreach:
    """One of them."""
    return one(visible_letters(actor), letter, "outreach")


def draft_of(candidate: Candidate) -> bool:
    """Whether a candidate whom one has reached has a draft."""
    return Outreach._base_manager.filter(candidate=candidate, state=Outreach.DRAFT).exists()


def sent_to(recipient: str) -> list[Outreach]:
    """What went to an address, by its pseudonym, over all requisitions; the newest last."""
    rows = Outreach._base_manager.filter(recipient=recipient, state=Outreach.SENT).order_by("sent_at")
    return list(rows) if recipient else []


def sent_since(when: datetime, person: int | None = None) -> int:
    """How many letters were sent since an instant, by everybody or by one person."""
    rows = Outreach._base_manager.filter(state=Outreach.SENT, sent_at__gte=when)
    return (rows if person is None else rows.filter(by=person)).count()


def out(digest: str) -> bool:
    """Whether somebody wants no letter."""
    return OptOut._base_manager.filter(digest=digest).exists()
