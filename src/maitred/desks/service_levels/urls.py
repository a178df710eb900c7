"""The addresses of Speed & SLA, and of what every desk shows: rows behind a figure, tickets, the catalogue."""

from __future__ import annotations

from django.urls import URLPattern, path

from maitred.desks.service_levels import downloads
from maitred.desks.service_levels.pages import analysis, catalogue, charts, drill, files, reports, speed, ticket

urlpatterns: list[URLPattern] = [
    path("service-levels/", speed.speed, name="service_levels"),
    path("service-levels/attainment/", analysis.attainment, name="service_levels_attainment"),
    path("service-levels/breaches/", analysis.breaches, name="service_levels_breaches"),
    path("service-levels/breaches/<slug:cause>/", analysis.breach_rows, name="service_levels_breach_rows"),
    path("service-levels/backlog/", analysis.backlog, name="service_levels_backlog"),
    path("service-levels/bottlenecks/", analysis.bottlenecks, name="service_levels_bottlenecks"),
    path("service-levels/policy/", analysis.policy, name="service_levels_policy"),
    path("service-levels/reconciliation/", analysis.reconciliation, name="service_levels_reconciliation"),
    path("service-levels/report/", reports.report, name="service_levels_report"),
    path("service-levels/report.<slug:form>", downloads.report, name="service_levels_download"),
    path("service-levels/tables/<slug:name>.<slug:form>", files.shown, name="service_levels_export"),
    path("charts/service-levels/<slug:name>.json", charts.drawing, name="service_levels_chart"),
    path("drill/<str:metric>/", drill.drill, name="drill"),
    path("drill/<str:metric>/rows.<slug:form>", files.rows, name="drill_export"),
    path("tickets/<str:source>/<str:ticket>/", ticket.ticket, name="ticket"),
    path("metrics/", catalogue.catalogue, name="metrics_catalogue"),
    path("metrics/<str:metric>/", catalogue.metric, name="metric_page"),
]
