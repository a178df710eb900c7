"""What quality keeps: scorecards with their versions, draws, reviews, contests, calibration sessions, checks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

LONGEST_NAME = 120
LONGEST_TEXT = 4_000
_PERSON = "people.Person"
_PROTECT = models.PROTECT


def _choices(*names: str) -> list[tuple[str, str]]:
    return [(one, one) for one in names]


class Scorecard(Record):
    """What reviewers look for, by name; its items are those of its versions."""

    NOUN = "scorecard"
    RETENTION = "service"

    name = models.CharField(max_length=LONGEST_NAME, unique=True)
    description = models.CharField(max_length=LONGEST_TEXT, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        db_table = "quality_scorecard"


class Edition(Record):
    """One version of a scorecard: a draft that may change, then published and never changed again.

    ``items`` are dictionaries as ``scoring.Item.plain`` makes them. Reviews hold on to the edition they were made with.
    """

    NOUN = "edition"
    RETENTION = "service"
    DRAFT, PUBLISHED = "draft", "published"

    scorecard = models.ForeignKey(Scorecard, on_delete=_PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=_choices(PUBLISHED, DRAFT), default=DRAFT)
    items = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(_PERSON, null=True, on_delete=_PROTECT, related_name="+")

    class Meta:
        db_table = "quality_edition"
        constraints = (
            models.UniqueConstraint(fields=["scorecard", "number"], name="edition_number_once"),
            models.UniqueConstraint(fields=["scorecard"], condition=Q(state="draft"), name="edition_one_draft"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False),
                name="edition_published_at_an_instant",
            ),
        )


class Draw(Record):
    """One draw of tickets for review: at random, or chosen for a reason. The two are never mixed.

    ``strata`` says of each stratum how many tickets it had and how many were drawn.
    """

    NOUN = "draw"
    PERSONAL = frozenset({"reason"})
    RETENTION = "service"
    RANDOM, TARGETED = "random", "targeted"

    kind = models.CharField(max_length=10, choices=_choices(RANDOM, TARGETED))
    edition = models.ForeignKey(Edition, on_delete=_PROTECT, related_name="draws")
    publication = models.PositiveBigIntegerField()
    from_day = models.DateField()
    to_day = models.DateField()
    stratified_by = models.JSONField(default=list)
    strata = models.JSONField(default=list)
    reason = models.CharField(max_length=400, blank=True)
    seed = models.PositiveBigIntegerField()
    team = models.ForeignKey("people.Team", null=True, on_delete=_PROTECT, related_name="+")
    made_by = models.ForeignKey(_PERSON, null=True, on_delete=_PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    blind = models.BooleanField(default=False)

    class Meta:
        db_table = "quality_draw"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="random", reason="") | (Q(kind="targeted") & ~Q(reason="")),
                name="draw_targeted_for_a_reason",
            ),
        )


class Session(Record):
    """A calibration: several reviewers judge the same tickets, blind to each other until it is over."""

    NOUN = "calibration"
    RETENTION = "service"
    OPEN, CLOSED = "open", "closed"

    name = models.CharField(max_length=LONGEST_NAME)
    edition = models.ForeignKey(Edition, on_delete=_PROTECT, related_name="sessions")
    state = models.CharField(max_length=8, choices=_choices(CLOSED, OPEN), default=OPEN)
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(_PERSON, null=True, on_delete=_PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=_PROTECT, related_name="+")

    class Meta:
        db_table = "quality_session"
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | Q(state="closed", closed_at__isnull=False),
                name="session_closed_at_an_instant",
            ),
        )


class Review(Record):
    """One reviewer's judgement of one ticket, about the one who answered it.

    ``answers`` holds, by item, a value (a number, ``yes``, ``no``, ``na``), a comment, quotes. ``probability`` is the
    chance with which its ticket was drawn, of the ``size`` tickets of its ``stratum``. The one it is about sees it from
    ``sent_at`` on. A ``void`` review keeps everything and counts nowhere.
    """

    NOUN = "review"
    PERSONAL = frozenset({"answers", "comment", "acknowledgement", "why"})
    RETENTION = "staff"
    KINDS = ("self", "random", "targeted", "peer", "calibration")
    STATES = ("assigned", "draft", "submitted", "skipped", "void")
    OPEN = ("assigned", "draft")

    kind = models.CharField(max_length=12, choices=_choices(*KINDS))
    state = models.CharField(max_length=10, choices=_choices(*STATES), default="assigned")
    edition = models.ForeignKey(Edition, on_delete=_PROTECT, related_name="reviews")
    draw = models.ForeignKey(Draw, null=True, on_delete=_PROTECT, related_name="reviews")
    session = models.ForeignKey(Session, null=True, on_delete=_PROTECT, related_name="reviews")
    source_id = models.CharField(max_length=64)
    ticket_id = models.CharField(max_length=120)
    about = models.ForeignKey(_PERSON, on_delete=_PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=_PROTECT, related_name="+")
    reviewer = models.ForeignKey(_PERSON, on_delete=_PROTECT, related_name="+")
    stratum = models.CharField(max_length=400, blank=True)
    size = models.PositiveIntegerField(null=True)
    probability = models.FloatField(null=True)
    blind = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    comment = models.CharField(max_length=LONGEST_TEXT, blank=True)
    flagged = models.BooleanField(default=False)
    score = models.FloatField(null=True)
    failed = models.JSONField(default=list)
    submitted_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=400, blank=True)
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledgement = models.CharField(max_length=LONGEST_TEXT, blank=True)

    class Meta:
        db_table = "quality_review"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="self", reviewer=models.F("about"))
                | (~Q(kind="self") & ~Q(reviewer=models.F("about"))),
                name="review_of_another_unless_self",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="review_submitted_at_an_instant"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("skipped", "void")) | ~Q(why=""), name="review_closed_for_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind="random") | Q(probability__gt=0, probability__lte=1),
                name="review_random_has_its_chance",
            ),
            models.UniqueConstraint(
                fields=["session", "source_id", "ticket_id", "reviewer"],
                condition=Q(session__isnull=False),
                name="review_once_per_calibration",
            ),
        )
        indexes = (
            models.Index(fields=["reviewer", "state"], name="review_of_reviewer"),
            models.Index(fields=["about", "kind", "state"], name="review_about_person"),
            models.Index(fields=["source_id", "ticket_id"], name="review_of_ticket"),
        )

    def subject(self) -> str:
        return f"person:{self.about_id}"


class Told(Record):
    """That the one reviewed was told of a review; apart from the review, so that nobody's version of it goes stale."""

    NOUN = "review-told"
    RETENTION = "operation"

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "quality_told"


class Contest(Record):
    """That the one reviewed does not accept an item's answer, and what somebody else decided. Both answers stay."""

    NOUN = "contest"
    PERSONAL = frozenset({"reason", "verdict", "before", "after"})
    RETENTION = "staff"
    STATES = ("open", "upheld", "changed")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="contests")
    item = models.CharField(max_length=60)
    reason = models.CharField(max_length=LONGEST_TEXT)
    state = models.CharField(max_length=8, choices=_choices(*STATES), default="open")
    before = models.JSONField(default=dict)
    after = models.JSONField(null=True)
    score_before = models.FloatField(null=True)
    score_after = models.FloatField(null=True)
    settled_by = models.ForeignKey(_PERSON, null=True, on_delete=_PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=LONGEST_TEXT, blank=True)

    class Meta:
        db_table = "quality_contest"
        constraints = (
            models.UniqueConstraint(fields=["review", "item"], name="contest_once_per_item"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="contest_settled_when_not_open",
            ),
        )

    def subject(self) -> str:
        return f"person:{self.review.about_id}"


class Check(Record):
    """A question that a rule answers by itself: about a clock, words or a behaviour. Never part of a person's score."""

    NOUN = "check"
    RETENTION = "service"
    CLOCK, PATTERN, BEHAVIOUR = "clock", "pattern", "behaviour"

    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=12, choices=_choices(CLOCK, PATTERN, BEHAVIOUR))
    rule = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)

    class Meta:
        db_table = "quality_check"


class CheckAnswer(Record):
    """What a rule answered about one ticket, with what it saw; ``rule_version`` is the check's version then."""

    NOUN = "check-answer"
    RETENTION = "service"

    question = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="answers")
    rule_version = models.PositiveIntegerField()
    source_id = models.CharField(max_length=64)
    ticket_id = models.CharField(max_length=120)
    answer = models.CharField(max_length=3, choices=_choices("yes", "no", "na"))
    evidence = models.JSONField(default=list)

    class Meta:
        db_table = "quality_check_answer"
        constraints = (
            models.UniqueConstraint(
                fields=["question", "rule_version", "source_id", "ticket_id"], name="check_answer_once_per_ticket"
            ),
        )
