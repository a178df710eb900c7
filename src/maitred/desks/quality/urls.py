"""The addresses of quality."""

from __future__ import annotations

from django.urls import URLPattern, path

from maitred.desks.quality.pages import (
    calibrations,
    checks,
    contests,
    draws,
    home,
    result,
    review,
    reviews,
    scorecards,
    scores,
)

urlpatterns: list[URLPattern] = [
    path("quality/", home.overview, name="quality"),
    path("quality/review/", home.following, name="quality_next"),
    path("quality/review/<int:review>/", review.making, name="quality_review"),
    path("quality/review/<int:review>/save/", review.saved, name="quality_review_save"),
    path("quality/reviews/", reviews.listed, name="quality_reviews"),
    path("quality/reviews/own/", reviews.own, name="quality_self"),
    path("quality/reviews/<int:review>/", result.came, name="quality_result"),
    path("quality/contests/<int:contest>/", contests.settling, name="quality_contest"),
    path("quality/samples/", draws.listed, name="quality_draws"),
    path("quality/samples/draw/", draws.drawing, name="quality_draw"),
    path("quality/samples/<int:draw>/", draws.one, name="quality_draw_one"),
    path("quality/scorecards/", scorecards.listed, name="quality_scorecards"),
    path("quality/scorecards/<int:scorecard>/", scorecards.one, name="quality_scorecard"),
    path("quality/calibrations/", calibrations.listed, name="quality_calibrations"),
    path("quality/calibrations/begin/", calibrations.beginning, name="quality_calibrate"),
    path("quality/calibrations/<int:calibration>/", calibrations.one, name="quality_calibration"),
    path("quality/checks/", checks.listed, name="quality_checks"),
    path("charts/quality/scores.json", scores.drawing, name="quality_chart"),
    path("charts/quality/calibrations/<int:calibration>.json", calibrations.drawing, name="quality_calibration_chart"),
]
