"""What the roster keeps beside the tree of teams: shares, skills, working time, leave, and accounts that are shared."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from maitred.kit.audit.records import Record

EVIDENCE = ("own_word", "observed", "review", "quiz", "certificate")
KINDS = ("holiday", "sick", "family", "study", "other")
LONGEST_SKILL = 60
LONGEST_REFERENCE = 200
WHOLE = 100


def _words(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(one, one) for one in names]


class OfPerson(Record):
    """A record about one person; its personal texts in the audit log are sealed with that person's key."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    def subject(self) -> str:
        return f"person:{self.person_id}"


class Share(OfPerson):
    """How much of a person's time belongs to a membership, for somebody in two teams at once; per cent.

    A membership without a share is the whole person.
    """

    NOUN = "share"
    RETENTION = "staff"

    membership = models.OneToOneField("people.Membership", on_delete=models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "roster_share"
        constraints = (
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=WHOLE), name="share_is_a_percentage"),
        )


class SkillHeld(OfPerson):
    """A skill of a person at a level, with what shows it; a newer word ends the older one and both are kept."""

    NOUN = "skill-held"
    PERSONAL = frozenset({"reference"})
    RETENTION = "staff"

    name = models.CharField(max_length=LONGEST_SKILL)
    level = models.PositiveSmallIntegerField()
    evidence = models.CharField(max_length=12, choices=_words(EVIDENCE))
    reference = models.CharField(max_length=LONGEST_REFERENCE, blank=True)
    seen_on = models.DateField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "roster_skill"
        constraints = (
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="skill_level_from_1_to_4"),
            models.UniqueConstraint(
                F("person"), Lower("name"), condition=Q(ended_at__isnull=True), name="skill_held_once"
            ),
        )


class WorkingTime(OfPerson):
    """Minutes of work on each weekday (Monday first) in a zone, from a day on."""

    NOUN = "working-time"
    RETENTION = "staff"

    zone = models.CharField(max_length=64)
    minutes = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "roster_working_time"
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="working_time_ends_later"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(valid_to__isnull=True), name="working_time_open_once"
            ),
        )


class Leave(OfPerson):
    """Days on which a person is away, both included. Why is for that person and their lead."""

    NOUN = "leave"
    PERSONAL = frozenset({"kind"})
    RETENTION = "staff"

    first = models.DateField()
    last = models.DateField()
    kind = models.CharField(max_length=8, choices=_words(KINDS))

    class Meta:
        db_table = "roster_leave"
        constraints = (models.CheckConstraint(condition=Q(last__gte=F("first")), name="leave_ends_after_it_begins"),)
        indexes = (models.Index(fields=["person", "first"], name="leave_of_person"),)


class SharedMark(OfPerson):
    """That several people use the helpdesk user of this person: what it does is nobody's own work."""

    NOUN = "shared-account"
    PERSONAL = frozenset({"why"})
    RETENTION = "staff"

    why = models.CharField(max_length=200)

    class Meta:
        db_table = "roster_shared"
        constraints = (models.UniqueConstraint(fields=["person"], name="shared_mark_once"),)
