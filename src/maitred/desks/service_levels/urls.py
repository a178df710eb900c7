"""The addresses of Speed & SLA, and of what every desk shows: rows behind a figure, tickets, the catalogue."""

from __future__ import annotations

from django.urls import URLPattern, path

from maitred.desks.service_levels.pages import catalogue, charts, drill, speed, ticket

urlpatterns: list[URLPattern] = [
    path("service-levels/", speed.speed, name="service_levels"),
    path("charts/service-levels/<slug:name>.json", charts.drawing, name="service_levels_chart"),
    path("drill/<str:metric>/", drill.drill, name="drill"),
    path("tickets/<str:source>/<str:ticket>/", ticket.ticket, name="ticket"),
    path("metrics/", catalogue.catalogue, name="metrics_catalogue"),
    path("metrics/<str:metric>/", catalogue.metric, name="metric_page"),
]
