"""What coaching keeps: one-to-ones with agenda and notes, plans with their goal, and the steps that were agreed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from maitred.canon.interventions import SELECTED_ON
from maitred.kit.audit.records import Record

LONGEST_LINE = 400
LONGEST_NOTE = 4_000
ITEM_KINDS = ("topic", "praise", "finding", "feedback", "clock", "other")
VERDICTS = ("worked", "did_not", "cannot_tell")
_PERSON = "people.Person"
_PROTECT = models.PROTECT


def _choices(*names: str) -> list[tuple[str, str]]:
    return [(one, one) for one in names]


class OneToOne(Record):
    """A talk of two: ``lead`` and ``person`` as the tree had them when it was planned; ``team`` is that person's."""

    NOUN = "one-to-one"
    PERSONAL = frozenset({"why"})
    RETENTION = "staff"
    PLANNED, HELD, CANCELLED = "planned", "held", "cancelled"
    STATES = (PLANNED, HELD, CANCELLED)

    lead = models.ForeignKey(_PERSON, on_delete=_PROTECT, related_name="+")
    person = models.ForeignKey(_PERSON, on_delete=_PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=_PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=_choices(*STATES), default=PLANNED)
    closed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=LONGEST_LINE, blank=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "coaching_one_to_one"
        constraints = (
            models.CheckConstraint(condition=~Q(lead=F("person")), name="one_to_one_of_two"),
            models.CheckConstraint(
                condition=Q(state="planned", closed_at__isnull=True)
                | (~Q(state="planned") & Q(closed_at__isnull=False)),
                name="one_to_one_closed_when_not_planned",
            ),
            models.UniqueConstraint(
                fields=["lead", "person", "at"], condition=Q(state="planned"), name="one_to_one_planned_once"
            ),
        )
        indexes = (models.Index(fields=["person", "at"], name="one_to_one_of_person"),)

    def subject(self) -> str:
        return f"person:{self.person_id}"


class Item(Record):
    """One line of an agenda. ``key``: what it came from, such as ``finding:f_7c1e``; ``by``: who put it there."""

    NOUN = "agenda-item"
    PERSONAL = frozenset({"text", "quote"})
    RETENTION = "staff"

    one_to_one = models.ForeignKey(OneToOne, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=_choices(*ITEM_KINDS))
    text = models.CharField(max_length=LONGEST_LINE)
    quote = models.CharField(max_length=LONGEST_LINE, blank=True)
    href = models.CharField(max_length=LONGEST_LINE, blank=True)
    key = models.CharField(max_length=160, blank=True)
    by = models.ForeignKey(_PERSON, on_delete=_PROTECT, related_name="+")

    class Meta:
        db_table = "coaching_item"
        constraints = (
            models.UniqueConstraint(fields=["one_to_one", "key"], condition=~Q(key=""), name="item_once_per_source"),
        )

    def subject(self) -> str:
        return f"person:{self.one_to_one.person_id}"


class Note(Record):
    """What one of the two wrote down: for themselves, or for both. Its words are in no audit row."""

    NOUN = "coaching-note"
    HIDDEN = frozenset({"text"})
    RETENTION = "staff"

    one_to_one = models.ForeignKey(OneToOne, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(_PERSON, on_delete=_PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    text = models.CharField(max_length=LONGEST_NOTE)

    class Meta:
        db_table = "coaching_note"


class Plan(Record):
    """What is to change and how one will see it. The goal stands still from the moment the plan begins.

    ``smallest_effect`` is in the metric's own unit, of durations a share of the usual time (0.1: a tenth faster).
    ``foreseen`` is what could be seen when it began, ``result`` what was seen at the follow-up.
    """

    NOUN = "coaching-plan"
    PERSONAL = frozenset({"goal", "why"})
    RETENTION = "staff"
    DRAFT, RUNNING, CONCLUDED, GIVEN_UP = "draft", "running", "concluded", "given_up"
    STATES = (DRAFT, RUNNING, CONCLUDED, GIVEN_UP)

    lead = models.ForeignKey(_PERSON, on_delete=_PROTECT, related_name="+")
    person = models.ForeignKey(_PERSON, on_delete=_PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=_PROTECT, related_name="+")
    goal = models.CharField(max_length=LONGEST_LINE)
    metric = models.CharField(max_length=120)
    direction = models.CharField(max_length=6, choices=_choices("higher", "lower"))
    smallest_effect = models.FloatField()
    start = models.DateField()
    follow_up = models.DateField()
    selected_on = models.CharField(max_length=12, choices=_choices(*SELECTED_ON))
    selected_from = models.DateField(null=True)
    selected_to = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=_choices(*STATES), default=DRAFT)
    begun_at = models.DateTimeField(null=True)
    foreseen = models.JSONField(default=dict)
    publication = models.BigIntegerField(null=True)
    intervention = models.ForeignKey("interventions.Registered", null=True, on_delete=_PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=_choices(*VERDICTS), blank=True)
    result = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=LONGEST_LINE, blank=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "coaching_plan"
        constraints = (
            models.CheckConstraint(condition=~Q(lead=F("person")), name="plan_of_two"),
            models.CheckConstraint(condition=Q(follow_up__gt=F("start")), name="plan_followed_up_after_its_start"),
            models.CheckConstraint(
                condition=~Q(selected_on="worst_of") | Q(selected_from__isnull=False, selected_to__isnull=False),
                name="plan_of_the_worst_names_the_period",
            ),
            models.CheckConstraint(condition=Q(state="concluded") | Q(verdict=""), name="plan_judged_when_concluded"),
            models.UniqueConstraint(
                fields=["person", "metric"], condition=Q(state="running"), name="plan_running_once_per_metric"
            ),
        )
        indexes = (models.Index(fields=["person", "state"], name="plan_of_person"),)

    def subject(self) -> str:
        return f"person:{self.person_id}"


class Step(Record):
    """An agreed step: a promise of one of the two, at a one-to-one or for a plan."""

    NOUN = "coaching-step"
    RETENTION = "staff"

    one_to_one = models.ForeignKey(OneToOne, null=True, on_delete=_PROTECT, related_name="steps")
    plan = models.ForeignKey(Plan, null=True, on_delete=_PROTECT, related_name="steps")
    commitment = models.OneToOneField("commitments.Commitment", on_delete=_PROTECT, related_name="+")

    class Meta:
        db_table = "coaching_step"
        constraints = (
            models.CheckConstraint(
                condition=Q(one_to_one__isnull=False) | Q(plan__isnull=False), name="step_of_a_talk_or_a_plan"
            ),
        )
