"""Courses in waves: what was fixed before, who is in which wave by lot, what became of it; and what needs a skill."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from maitred.canon.interventions import SELECTED_ON
from maitred.desks.training.models.courses import PERSON, PROTECT, Course, choices
from maitred.kit.audit.records import Record

LONGEST_LINE = 400
LONGEST_SKILL = 60
DIMENSIONS = ("channel", "group", "priority", "type", "brand", "form")
VERDICTS = ("improved", "worse", "no_real_change", "cannot_tell")


class SkillNeed(Record):
    """That contacts of one kind need a skill at a level: ``channel`` ``chat``, ``group`` ``zendesk:11``."""

    NOUN = "skill-need"
    RETENTION = "service"

    skill = models.CharField(max_length=LONGEST_SKILL)
    dimension = models.CharField(max_length=10, choices=choices(*DIMENSIONS))
    value = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField(default=3)

    class Meta:
        db_table = "training_skill_need"
        constraints = (
            models.UniqueConstraint(Lower("skill"), F("dimension"), F("value"), name="skill_need_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="skill_need_level_from_1_to_4"),
        )


class WavePlan(Record):
    """A course for people who were dealt into waves by lot. What is judged stands still once it is scheduled.

    ``smallest_effect`` is in the metric's own unit, of durations a share of the usual time (0.1: a tenth faster).
    ``weeks`` lie between two starts (of one wave: until the end), in the first ``settle`` of them the course is taken.
    ``seed`` makes the same lots again. ``width`` is how many days are looked at together. ``foreseen`` is what could
    be seen when it was scheduled, ``result`` what was seen; ``knowing`` says that it was scheduled although the
    smallest effect that matters could most likely not be seen.
    """

    NOUN = "wave-plan"
    PERSONAL = frozenset({"why"})
    RETENTION = "staff"
    DRAFT, RUNNING, CONCLUDED, GIVEN_UP = "draft", "running", "concluded", "given_up"
    STATES = (DRAFT, RUNNING, CONCLUDED, GIVEN_UP)

    course = models.ForeignKey(Course, on_delete=PROTECT, related_name="wave_plans")
    by = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    metric = models.CharField(max_length=120)
    direction = models.CharField(max_length=6, choices=choices("higher", "lower"))
    smallest_effect = models.FloatField()
    start = models.DateField()
    weeks = models.PositiveSmallIntegerField()
    settle = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    selected_on = models.CharField(max_length=12, choices=choices(*SELECTED_ON))
    selected_from = models.DateField(null=True)
    selected_to = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=choices(*STATES), default=DRAFT)
    knowing = models.BooleanField(default=False)
    width = models.PositiveSmallIntegerField(null=True)
    foreseen = models.JSONField(default=dict)
    publication = models.BigIntegerField(null=True)
    scheduled_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=16, choices=choices(*VERDICTS), blank=True)
    result = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=LONGEST_LINE, blank=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "training_wave_plan"
        constraints = (
            models.CheckConstraint(condition=Q(weeks__gt=F("settle")), name="wave_plan_longer_than_its_course"),
            models.CheckConstraint(condition=Q(count__gte=1), name="wave_plan_has_waves"),
            models.CheckConstraint(
                condition=~Q(selected_on="worst_of") | Q(selected_from__isnull=False, selected_to__isnull=False),
                name="wave_plan_of_the_worst_names_the_days",
            ),
            models.CheckConstraint(condition=Q(state="concluded") | Q(verdict=""), name="wave_plan_judged_at_its_end"),
        )
        indexes = (models.Index(fields=["state"], name="wave_plan_state"),)


class WaveMember(Record):
    """A person in a wave, and the team within which the lot was drawn."""

    NOUN = "wave-member"
    RETENTION = "staff"

    plan = models.ForeignKey(WavePlan, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", on_delete=PROTECT, related_name="+")
    wave = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "training_wave_member"
        constraints = (
            models.UniqueConstraint(fields=["plan", "person"], name="wave_member_once"),
            models.CheckConstraint(condition=Q(wave__gte=1), name="wave_member_counts_from_1"),
        )

    def subject(self) -> str:
        return f"person:{self.person_id}"


class Wave(Record):
    """One wave of a scheduled plan: its first day, the intervention that it is, and the assignments that it made."""

    NOUN = "wave"
    RETENTION = "staff"

    plan = models.ForeignKey(WavePlan, on_delete=models.CASCADE, related_name="waves")
    number = models.PositiveSmallIntegerField()
    start = models.DateField()
    intervention = models.ForeignKey("interventions.Registered", on_delete=PROTECT, related_name="+")
    batch = models.CharField(max_length=32, blank=True)

    class Meta:
        db_table = "training_wave"
        constraints = (models.UniqueConstraint(fields=["plan", "number"], name="wave_number_once"),)
