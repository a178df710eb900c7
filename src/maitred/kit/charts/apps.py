"""Charts as a Django app: their script, their style sheet and the template of a figure."""

from django.apps import AppConfig


class ChartsConfig(AppConfig):
    """Charts as a Django app."""

    name = "maitred.kit.charts"
    label = "charts"
