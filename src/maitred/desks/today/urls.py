"""The addresses of Today; the list itself is the start page."""

from __future__ import annotations

from django.urls import URLPattern, path

from maitred.desks.today.pages import alerts, drawing, finding, handling

urlpatterns: list[URLPattern] = [
    path("today/alerts/", alerts.settings, name="today_alerts"),
    path("today/alerts/<int:alert>/", alerts.one, name="today_alert"),
    path("today/<str:finding>/", finding.shown, name="today_finding"),
    path("today/<str:finding>/decide/", handling.decide, name="today_decide"),
    path("today/<str:finding>/act/", handling.act, name="today_act"),
    path("charts/today/<str:finding>.json", drawing.drawing, name="today_chart"),
]
