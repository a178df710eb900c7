"""What reviewers say of the work: the internal quality score of people and of bots, and critical items that failed."""

from __future__ import annotations

from maitred.canon.reviews import POINTS
from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric

_COUNTS = "state = 'submitted' AND kind = 'random' AND exclusion IS NULL AND points IS NOT NULL"
_TEXT = "submitted reviews of tickets drawn at random, in which something applied; of tickets that are still there"


def _score(name: str, title: str, bot: str, of: str, meaning: str, *, default: bool = False) -> Metric:
    return Metric(
        name="iqs",
        variant=name,
        title=title,
        kind="mean",
        unit="points",
        per=POINTS,
        direction="higher",
        facts="review_scores",
        at="submitted_at",
        basis="review submitted",
        value="points",
        population=f"{_COUNTS} AND {bot}",
        population_text=f"{_TEXT}; about {of}",
        dimensions=dimensions.REVIEW,
        row=("review_id",),
        of_people=True,
        meaning=meaning,
        default=default,
    )


METRICS = (
    _score(
        "mean",
        "Quality score",
        "NOT bot",
        "people",
        "Internal quality score: the plain mean of review scores, 0 to 100. Targeted, self, peer and calibration "
        "reviews and automatic checks never count. As `assignee` stands whoever was reviewed; group and channel are "
        "those of the ticket at the first reply. A mean of few reviews says little about a person: the quality pages "
        "print its reliability. Read it beside `csat.rate`, which hears those who answer a survey only.",
        default=True,
    ),
    _score(
        "bot",
        "Quality score of bots",
        "bot",
        "bots",
        "The plain mean of the review scores of tickets that a bot answered, by the rules of `iqs.mean`; never mixed "
        "with the scores of people.",
    ),
    Metric(
        name="critical_failures",
        variant="rate",
        title="Reviews with a critical failure",
        kind="share",
        unit="share",
        direction="lower",
        facts="review_scores",
        at="submitted_at",
        basis="review submitted",
        population=f"{_COUNTS} AND critical_items > 0 AND NOT bot",
        population_text=f"{_TEXT}; about people, with at least one critical item that applied",
        numerator="critical_fails > 0",
        dimensions=dimensions.REVIEW,
        row=("review_id",),
        of_people=True,
        meaning="Reviews in which a critical item failed / reviews in which one applied. Such a review scores 0, so a "
        "quality score that falls may be this alone.",
        default=True,
    ),
)
