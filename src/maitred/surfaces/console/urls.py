"""The addresses of the shell."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from maitred.surfaces.console import accounts, health, home, pages, proposals

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="start"),
    path("first-run/", home.setting_up, name="first_run"),
    path("settings/theme/", pages.theme, name="theme"),
    path("settings/", pages.own_account, name="settings"),
    path("proposals/", proposals.listed, name="proposals"),
    path("proposals/<int:proposal>/", proposals.shown, name="proposal"),
    path("accounts/", include(accounts.urlpatterns)),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("-/metrics", health.metrics, name="metrics"),
    path(".well-known/security.txt", pages.security_txt, name="security_txt"),
]
