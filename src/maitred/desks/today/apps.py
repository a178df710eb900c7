"""Today as a Django app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest


def _list(request: HttpRequest) -> Mapping[str, Any] | None:
    from maitred.desks.today.pages.home import card

    return card(request)


class TodayConfig(AppConfig):
    """Today: the list on the start page, findings, alerts, the daily letter."""

    name = "maitred.desks.today"
    label = "today"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from maitred.kit.access.rights import Right
        from maitred.kit.pages import home

        home.register(home.Card("today", 0, "today/home.html", _list, Right.METRICS_READ))
