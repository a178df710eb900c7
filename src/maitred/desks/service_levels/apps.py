"""Speed & SLA as a Django app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _figures(request: HttpRequest) -> Mapping[str, Any] | None:
    from maitred.desks.service_levels.pages.home import figures

    return figures(request)


class ServiceLevelsConfig(AppConfig):
    """Speed & SLA."""

    name = "maitred.desks.service_levels"
    label = "service_levels"

    def ready(self) -> None:
        from maitred.kit.access.rights import Right
        from maitred.kit.pages import home
        from maitred.kit.pages.nav import Entry, register

        home.register(home.Card("figures", 10, "service_levels/home.html", _figures, Right.METRICS_READ))
        register(
            Entry("operate", 10, "service_levels", _("Speed & SLA"), "service_levels", Right.METRICS_READ, True, "s"),
            Entry("report", 90, "metrics", _("Metrics"), "metrics_catalogue", Right.CATALOGUE_READ, True, "m"),
        )
