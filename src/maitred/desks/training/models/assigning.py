"""Who learns what until when: assignments of courses, and onboarding paths with those who are on them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.training.models.courses import LONGEST_TITLE, PERSON, PROTECT, Course, CourseEdition, choices
from maitred.kit.audit.records import Record

LONGEST_LINE = 400
OPEN = ("assigned", "begun")


class LearningPath(Record):
    """What somebody new goes through, in order. ``steps`` are dictionaries with ``kind`` (``course``, ``milestone``),
    ``course`` or ``text``, and ``day``: how many days after the start it is due.
    """

    NOUN = "training-path"
    RETENTION = "service"

    title = models.CharField(max_length=LONGEST_TITLE, unique=True)
    steps = models.JSONField(default=list)
    retired = models.BooleanField(default=False)

    class Meta:
        db_table = "training_path"


class Enrolment(Record):
    """A person on a path from a day on; ``steps`` are those the path had then, with ``due`` and ``reached_at``."""

    NOUN = "enrolment"
    PERSONAL = frozenset({"why"})
    RETENTION = "staff"
    RUNNING, COMPLETED, LEFT = "running", "completed", "left"

    path = models.ForeignKey(LearningPath, on_delete=PROTECT, related_name="enrolments")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=PROTECT, related_name="+")
    start = models.DateField()
    steps = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=choices(RUNNING, COMPLETED, LEFT), default=RUNNING)
    closed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=LONGEST_LINE, blank=True)

    class Meta:
        db_table = "training_enrolment"
        constraints = (
            models.UniqueConstraint(
                fields=["path", "person"], condition=Q(state="running"), name="enrolment_running_once"
            ),
            models.CheckConstraint(
                condition=Q(state="running", closed_at__isnull=True)
                | (~Q(state="running") & Q(closed_at__isnull=False)),
                name="enrolment_closed_at_an_instant",
            ),
        )

    def subject(self) -> str:
        return f"person:{self.person_id}"


class Assignment(Record):
    """A course that a person has to do until a day. ``batch`` names all that were made in one go.

    Overdue is no state: an open assignment is overdue once its day has passed. ``team`` is where the person was then.
    """

    NOUN = "course-assignment"
    PERSONAL = frozenset({"why"})
    RETENTION = "staff"
    ASSIGNED, BEGUN, COMPLETED, EXCUSED, TAKEN_BACK = "assigned", "begun", "completed", "excused", "taken_back"
    STATES = (ASSIGNED, BEGUN, COMPLETED, EXCUSED, TAKEN_BACK)
    OPEN = OPEN

    course = models.ForeignKey(Course, on_delete=PROTECT, related_name="assignments")
    edition = models.ForeignKey(CourseEdition, on_delete=PROTECT, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=PROTECT, related_name="assignments")
    batch = models.CharField(max_length=32)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=choices(*STATES), default=ASSIGNED)
    begun_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=LONGEST_LINE, blank=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "training_assignment"
        constraints = (
            models.UniqueConstraint(
                fields=["course", "person"], condition=Q(state__in=OPEN), name="assignment_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, closed_at__isnull=True) | (~Q(state__in=OPEN) & Q(closed_at__isnull=False)),
                name="assignment_closed_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(state="completed", completed_at__isnull=False)
                | (~Q(state="completed") & Q(completed_at__isnull=True)),
                name="assignment_completed_at_an_instant",
            ),
        )
        indexes = (
            models.Index(fields=["person", "state"], name="assignment_of_person"),
            models.Index(fields=["state", "due_on"], name="assignment_due"),
            models.Index(fields=["batch"], name="assignment_of_batch"),
        )

    def subject(self) -> str:
        return f"person:{self.person_id}"
