"""Needs, requisitions, and the people who stand for them: every step is a row that nobody changes afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from maitred.kit.audit.records import Record

LONGEST_TITLE = 120
LONGEST_LINE = 400
LONGEST_WORDS = 4_000
PERSON = "people.Person"
PROTECT = models.PROTECT
BASES = ("applicant", "talent_pool", "referral", "employee", "licensed", "synthetic")
STAGES = ("found", "applied", "shortlisted", "interview", "offer", "hired")
"""How far somebody came, in this order."""
ENDS = ("not_picked", "rejected", "withdrawn")
"""Where it ended, always by a person; each can be opened again."""
UNITS = ("year", "month", "week", "day", "hour")


def choices(*names: str) -> list[tuple[str, str]]:
    """Names as Django takes them."""
    return [(one, one) for one in names]


class Need(Record):
    """That people are short: why, how many, by which day, and what else was weighed.

    ``forecast`` names the run of the staffing forecast, the gap is what it shows with its 80 % interval.
    ``alternatives`` are dictionaries with ``kind`` and ``weighed``. Without a forecast it is an exception, which has a
    reason in words and the name of who makes it.
    """

    NOUN = "hiring-need"
    RETENTION = "decisions"
    GAP, REPLACEMENT, NEW_SKILL, EXCEPTION = "gap", "replacement", "new_skill", "exception"
    OPEN, WITHDRAWN = "open", "withdrawn"

    title = models.CharField(max_length=LONGEST_TITLE)
    team = models.ForeignKey("people.Team", null=True, on_delete=PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=choices(GAP, REPLACEMENT, NEW_SKILL, EXCEPTION))
    why = models.CharField(max_length=LONGEST_LINE, blank=True)
    forecast = models.CharField(max_length=80, blank=True)
    finding = models.CharField(max_length=80, blank=True)
    gap = models.FloatField(null=True)
    gap_low = models.FloatField(null=True)
    gap_high = models.FloatField(null=True)
    gap_unit = models.CharField(max_length=12, choices=choices("hours", "points"), blank=True)
    headcount = models.PositiveIntegerField()
    by = models.DateField()
    alternatives = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=choices(OPEN, WITHDRAWN), default=OPEN)
    author = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    author_name = models.CharField(max_length=80)
    closed_why = models.CharField(max_length=LONGEST_LINE, blank=True)

    class Meta:
        db_table = "hiring_need"
        constraints = (
            models.CheckConstraint(condition=Q(headcount__gte=1), name="need_of_somebody"),
            models.CheckConstraint(
                condition=Q(gap__isnull=True, gap_low__isnull=True, gap_high__isnull=True, gap_unit="")
                | Q(gap__isnull=False, gap_low__lte=F("gap"), gap_high__gte=F("gap"), gap_unit__in=("hours", "points")),
                name="need_gap_within_its_interval",
            ),
            models.CheckConstraint(
                condition=~Q(reason="gap") | (Q(gap__isnull=False) & ~Q(forecast="")), name="need_gap_is_forecast"
            ),
            models.CheckConstraint(condition=~Q(reason="exception") | ~Q(why=""), name="need_exception_says_why"),
        )


class Requisition(Record):
    """That people are to be hired for a need. Whoever wrote it does not approve it.

    ``screening`` are dictionaries with ``key`` and ``text``: questions to everybody, whose answers people read.
    ``begin_by`` is the need's day less ramp and time to hire. ``notice_needed``: at its place, candidates are told
    before a ranking is used.
    """

    NOUN = "requisition"
    RETENTION = "decisions"
    WAITING, APPROVED, SENT_BACK, WITHDRAWN = "waiting", "approved", "sent_back", "withdrawn"

    need = models.ForeignKey(Need, on_delete=PROTECT, related_name="requisitions")
    title = models.CharField(max_length=LONGEST_TITLE)
    role = models.CharField(max_length=60)
    site = models.CharField(max_length=LONGEST_TITLE, blank=True)
    remote_areas = models.CharField(max_length=LONGEST_LINE, blank=True)
    headcount = models.PositiveIntegerField()
    pay_min = models.PositiveBigIntegerField()
    pay_max = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    pay_unit = models.CharField(max_length=6, choices=choices(*UNITS), default="year")
    ramp_weeks = models.PositiveIntegerField()
    days_to_hire = models.PositiveIntegerField()
    begin_by = models.DateField()
    screening = models.JSONField(default=list)
    notice_needed = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=choices(WAITING, APPROVED, SENT_BACK, WITHDRAWN), default=WAITING)
    author = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    author_name = models.CharField(max_length=80)
    approver = models.ForeignKey(PERSON, null=True, on_delete=PROTECT, related_name="+")
    approver_name = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=LONGEST_LINE, blank=True)

    class Meta:
        db_table = "hiring_requisition"
        constraints = (
            models.CheckConstraint(condition=Q(headcount__gte=1), name="requisition_of_somebody"),
            models.CheckConstraint(condition=Q(pay_max__gte=F("pay_min")), name="requisition_pay_from_to"),
            models.CheckConstraint(
                condition=Q(approver_name="") | ~Q(approver_name=F("author_name")), name="requisition_approved_by_other"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False), name="requisition_approved_at"
            ),
        )


class Candidate(Record):
    """Somebody who stands for a requisition, known here by a code; name and contact lie in the vault under the profile.

    ``profile`` is empty once they were erased; the decisions stay, under the code. ``search``, ``place`` and ``score``
    say which ranked list somebody was picked from.
    """

    NOUN = "candidate"
    RETENTION = "candidates"

    requisition = models.ForeignKey(Requisition, on_delete=PROTECT, related_name="candidates")
    profile = models.BigIntegerField(null=True)
    code = models.CharField(max_length=8, unique=True)
    basis = models.CharField(max_length=12, choices=choices(*BASES))
    source = models.CharField(max_length=80, blank=True)
    stage = models.CharField(max_length=12, choices=choices(*STAGES, *ENDS))
    search = models.CharField(max_length=40, blank=True)
    place = models.PositiveIntegerField(null=True)
    score = models.PositiveIntegerField(null=True)
    answers = models.JSONField(default=dict)
    PERSONAL = frozenset({"answers"})

    class Meta:
        db_table = "hiring_candidate"
        constraints = (
            models.UniqueConstraint(fields=["requisition", "profile"], name="candidate_once_in_a_requisition"),
        )

    def subject(self) -> str:
        return f"profile:{self.profile or self.code}"


class StageEvent(Record):
    """One step of a candidate: from where to where, by whom, when, and why. Written once, never changed."""

    NOUN = "stage-event"
    PERSONAL = frozenset({"words"})
    RETENTION = "decisions"

    candidate = models.ForeignKey(Candidate, on_delete=PROTECT, related_name="events")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12, choices=choices(*STAGES, *ENDS))
    reason = models.CharField(max_length=24)
    words = models.CharField(max_length=LONGEST_LINE, blank=True)
    by = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "hiring_stage_event"

    def subject(self) -> str:
        return self.candidate.subject()


class Interest(Record):
    """That somebody is too near to a candidate to decide about them; they said so, or somebody else did."""

    NOUN = "conflict-of-interest"
    PERSONAL = frozenset({"words"})
    RETENTION = "decisions"

    candidate = models.ForeignKey(Candidate, on_delete=PROTECT, related_name="conflicts")
    person = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")
    words = models.CharField(max_length=LONGEST_LINE)

    class Meta:
        db_table = "hiring_conflict"
        constraints = (models.UniqueConstraint(fields=["candidate", "person"], name="conflict_once"),)

    def subject(self) -> str:
        return self.candidate.subject()


class ToldBefore(Record):
    """That candidates of a requisition are told of the ranking before it is used: what it looks at, the other way."""

    NOUN = "hiring-notice"
    RETENTION = "decisions"

    requisition = models.ForeignKey(Requisition, on_delete=PROTECT, related_name="notices")
    told_on = models.DateField()
    usable_from = models.DateField()
    where = models.CharField(max_length=LONGEST_LINE)
    qualities = models.CharField(max_length=LONGEST_WORDS)
    other_way = models.CharField(max_length=LONGEST_WORDS)
    by = models.ForeignKey(PERSON, on_delete=PROTECT, related_name="+")

    class Meta:
        db_table = "hiring_notice"
        constraints = (
            models.CheckConstraint(condition=Q(usable_from__gt=F("told_on")), name="hiring_notice_before_use"),
        )
