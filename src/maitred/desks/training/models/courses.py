"""Courses and their editions: what is taught, which skills it is for, when it may be taken, how long it takes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from maitred.kit.audit.records import Record

LONGEST_TITLE = 120
LONGEST_TEXT = 60_000
PERSON = "people.Person"
PROTECT = models.PROTECT


def choices(*names: str) -> list[tuple[str, str]]:
    """Names as Django takes them."""
    return [(one, one) for one in names]


class Course(Record):
    """A course by title. ``skills`` are names of the roster's skills; ``minutes`` is the time it takes.

    Without both of its days it cannot be assigned: nobody could say afterwards what came before it and what after.
    """

    NOUN = "course"
    RETENTION = "service"

    title = models.CharField(max_length=LONGEST_TITLE, unique=True)
    skills = models.JSONField(default=list)
    minutes = models.PositiveIntegerField()
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)
    retired = models.BooleanField(default=False)

    class Meta:
        db_table = "training_course"
        constraints = (
            models.CheckConstraint(condition=Q(minutes__gte=1), name="course_takes_time"),
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
                name="course_closes_after_it_opens",
            ),
        )


class CourseEdition(Record):
    """One version of what a course says: a draft that may change, then published and never changed again.

    ``links`` are dictionaries with ``title`` and ``url``; assignments hold on to the edition they were made with.
    """

    NOUN = "course-edition"
    RETENTION = "service"
    DRAFT, PUBLISHED = "draft", "published"

    course = models.ForeignKey(Course, on_delete=PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=choices(DRAFT, PUBLISHED), default=DRAFT)
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)
    links = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "training_edition"
        constraints = (
            models.UniqueConstraint(fields=["course", "number"], name="course_edition_number_once"),
            models.UniqueConstraint(fields=["course"], condition=Q(state="draft"), name="course_edition_one_draft"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False),
                name="course_edition_published_at_an_instant",
            ),
        )
