"""Proposals as a Django app."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Proposals as a Django app."""

    name = "maitred.kit.proposals"
    label = "proposals"
    default_auto_field = "django.db.models.BigAutoField"
