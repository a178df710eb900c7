"""What customers say: satisfaction, response rate, recommendation, effort."""

from __future__ import annotations

from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric

_RATED_TEXT = "tickets with a good or bad rating that are not deleted, merged or spam"
_SCORE = "CAST(CASE WHEN score_raw IN ({}) THEN score_raw END AS INT)"
_TO_TEN = _SCORE.format(", ".join(f"'{score}'" for score in range(11)))
_TO_SEVEN = _SCORE.format(", ".join(f"'{score}'" for score in range(1, 8)))
_ATTRIBUTIONS = {
    "at_solve": (
        "csat_agent_at_solve",
        "group_at_last_solve",
        "assignee after the last solve not later than the rating",
    ),
    "at_rating": ("csat_agent_at_rating", "group_at_rating", "assignee at the rating"),
    "last_reply": (
        "csat_agent_last_reply",
        "group_at_rating",
        "author of the last public human reply before the rating",
    ),
    "first_reply": ("first_reply_agent_id", "group_at_first_reply", "author of the first human reply"),
    "solver": ("solver_id", "group_at_last_solve", "person who made the last solve"),
}


def _rate(attribution: str) -> Metric:
    assignee, group, words = _ATTRIBUTIONS[attribution]
    return Metric(
        name="csat",
        variant="rate",
        attribution=attribution,
        title="Satisfaction",
        kind="share",
        unit="share",
        direction="higher",
        facts="current_ticket_facts",
        at="csat_rated_at",
        basis="last rating",
        population="exclusion IS NULL AND csat_last IN ('good', 'bad')",
        population_text=_RATED_TEXT,
        numerator="csat_last = 'good'",
        dimensions=dimensions.at_rating(assignee, group),
        meaning=f"Good / rated, by each ticket's last rating. As `assignee` it is held by the {words}, never by the "
        "current assignee. Read it with `csat.response_rate`: those who answer are not all.",
        default=attribution == "at_solve",
    )


def _survey(
    name: str, variant: str, title: str, kind: str, unit: str, survey: str, meaning: str, **pieces: str
) -> Metric:
    answered = pieces.pop("answered")
    return Metric(
        name=name,
        variant=variant,
        title=title,
        kind=kind,  # type: ignore[arg-type]
        unit=unit,
        direction="higher",
        facts="survey_answers",
        at="rated_at",
        basis="rated",
        population=f"kind = '{survey}' AND {answered} IS NOT NULL",
        population_text=f"answered {survey.upper()} surveys",
        dimensions=dimensions.ANSWER if name != "nps" else dimensions.NOT_OF_PEOPLE,
        row=("external_id",),
        meaning=meaning,
        default=True,
        **pieces,  # type: ignore[arg-type]
    )


METRICS = (
    *(_rate(attribution) for attribution in _ATTRIBUTIONS),
    Metric(
        name="csat",
        variant="response_rate",
        title="Survey response rate",
        kind="share",
        unit="share",
        direction="higher",
        facts="current_ticket_facts",
        at="COALESCE(csat_offered_at, csat_rated_at)",
        basis="survey offered",
        population="exclusion IS NULL AND csat_offered",
        population_text="tickets with a survey offered or rated that are not deleted, merged or spam",
        numerator="csat_last IN ('good', 'bad')",
        dimensions=dimensions.at_rating("csat_agent_at_solve", "group_at_last_solve"),
        meaning="Rated / offered. A rating without a recorded offer counts as offered.",
        default=True,
    ),
    _survey(
        "nps",
        "",
        "Net promoter score",
        "nps",
        "points",
        "nps",
        "Share of 9-10 minus share of 0-6, in points from -100 to 100. Not for single persons.",
        answered=_TO_TEN,
        value=f"CASE WHEN {_TO_TEN} >= 9 THEN 1 WHEN {_TO_TEN} <= 6 THEN -1 ELSE 0 END",
    ),
    _survey(
        "ces",
        "top",
        "Customer effort, easy",
        "share",
        "share",
        "ces",
        "Share of answers 5-7 on the 7-point scale on which higher is easier.",
        answered=_TO_SEVEN,
        numerator=f"{_TO_SEVEN} >= 5",
    ),
    _survey(
        "ces",
        "mean",
        "Customer effort, mean",
        "mean",
        "points",
        "ces",
        "Mean answer on the 7-point scale on which higher is easier; read it beside `ces.top`.",
        answered=_TO_SEVEN,
        value=_TO_SEVEN,
    ),
)
