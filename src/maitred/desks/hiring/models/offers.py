"""Offers and hires: an amount beside the range that was published, approved by somebody else; then a person by link."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from maitred.desks.hiring.models.pipeline import LONGEST_LINE, PERSON, PROTECT, UNITS, Candidate, choices
from maitred.kit.audit.records import Record

LIVE = ("waiting", "sent_back", "approved", "made", "accepted")


class Offer(Record):
    """An offer to a candidate. ``band`` is the wage band that stood beside it, with its source; empty where none is."""

    NOUN = "offer"
    PERSONAL = frozenset({"amount", "words"})
    RETENTION = "candidates"
    WAITING, SENT_BACK, APPROVED, MADE = "waiting", "sent_back", "approved", "made"
    ACCEPTED, DECLINED, WITHDRAWN = "accepted", "declined", "withdrawn"
    STATES = (WAITING, SENT_BACK, APPROVED, MADE, ACCEPTED, DECLINED, WITHDRAWN)

    candidate = models.ForeignKey(Candidate, on_delete=PROTECT, related_name="offers")
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    pay_unit = models.CharField(max_length=6, choices=choices(*UNITS))
    start = models.DateField()
    range_min = models.PositiveBigIntegerField()
    range_max = models.PositiveBigIntegerField()
    outside_why = models.CharField(max_length=LONGEST_LINE, blank=True)
    band = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=choices(*STATES), default=WAITING)
    author = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    approver = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=LONGEST_LINE, blank=True)

    class Meta:
        db_table = "hiring_offer"
        constraints = (
            models.UniqueConstraint(fields=["candidate"], condition=Q(state__in=LIVE), name="offer_one_that_stands"),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")), name="offer_approved_by_other"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=F("range_min"), amount__lte=F("range_max")) | ~Q(outside_why=""),
                name="offer_outside_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "made", "accepted")) | Q(approved_at__isnull=False),
                name="offer_approved_at",
            ),
        )

    def subject(self) -> str:
        return self.candidate.subject()


class Hire(Record):
    """Somebody who said yes, and the person of the house they became: a link that somebody makes, never a guess.

    ``enrolment`` is the path they were put on at Training.
    """

    NOUN = "hire"
    RETENTION = "staff"

    offer = models.OneToOneField(Offer, on_delete=PROTECT, related_name="hire")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    started_on = models.DateField()
    enrolment = models.BigIntegerField(null=True)
    by = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "hiring_hire"
        constraints = (models.UniqueConstraint(fields=["person"], name="hire_of_a_person_once"),)

    def subject(self) -> str:
        return f"person:{self.person_id}"
