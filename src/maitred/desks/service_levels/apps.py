"""Speed & SLA as a Django app."""

from django.apps import AppConfig


class ServiceLevelsConfig(AppConfig):
    """Speed & SLA."""

    name = "maitred.desks.service_levels"
    label = "service_levels"
