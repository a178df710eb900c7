"""Quizzes of courses and what people answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.desks.training.models.courses import LONGEST_TITLE, PERSON, PROTECT, Course, choices
from maitred.kit.audit.records import Record


class Quiz(Record):
    """Questions about a course: a draft that may change, then open and never changed again, then closed.

    ``questions`` are dictionaries as ``marking.Question.plain`` makes them, with the right answers among them.
    """

    NOUN = "quiz"
    RETENTION = "service"
    DRAFT, OPEN, CLOSED = "draft", "open", "closed"

    course = models.ForeignKey(Course, on_delete=PROTECT, related_name="quizzes")
    title = models.CharField(max_length=LONGEST_TITLE)
    state = models.CharField(max_length=8, choices=choices(DRAFT, OPEN, CLOSED), default=DRAFT)
    questions = models.JSONField(default=list)
    pass_percent = models.PositiveSmallIntegerField(default=80)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "training_quiz"
        constraints = (
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="quiz_passed_at_a_percentage"
            ),
            models.UniqueConstraint(fields=["course", "title"], name="quiz_title_once_per_course"),
        )


class Attempt(Record):
    """One attempt of one person. ``answers`` by question; ``right`` says of each question whether it was answered so.

    What somebody chose is in no audit row.
    """

    NOUN = "quiz-attempt"
    HIDDEN = frozenset({"answers", "right"})
    RETENTION = "staff"
    BEGUN, SUBMITTED = "begun", "submitted"

    quiz = models.ForeignKey(Quiz, on_delete=PROTECT, related_name="attempts")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=choices(BEGUN, SUBMITTED), default=BEGUN)
    answers = models.JSONField(default=dict)
    right = models.JSONField(default=dict)
    points = models.PositiveIntegerField(null=True)
    passed = models.BooleanField(null=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "training_attempt"
        constraints = (
            models.UniqueConstraint(fields=["quiz", "person", "number"], name="attempt_number_once"),
            models.UniqueConstraint(fields=["quiz", "person"], condition=Q(state="begun"), name="attempt_begun_once"),
            models.CheckConstraint(
                condition=Q(state="begun", submitted_at__isnull=True)
                | Q(state="submitted", submitted_at__isnull=False),
                name="attempt_submitted_at_an_instant",
            ),
        )

    def subject(self) -> str:
        return f"person:{self.person_id}"
