"""Quality as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Quality: scorecards, samples, reviews, feedback and contest, calibration, checks."""

    name = "maitred.desks.quality"
    label = "quality"
    default_auto_field = "django.db.models.BigAutoField"
