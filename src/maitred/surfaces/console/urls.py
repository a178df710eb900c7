"""The addresses of the shell."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from maitred.surfaces.console import (
    accounts,
    annotations,
    exports,
    health,
    home,
    marks,
    notices,
    pages,
    palette,
    proposals,
    views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="start"),
    path("first-run/", home.setting_up, name="first_run"),
    path("settings/theme/", pages.theme, name="theme"),
    path("settings/", pages.own_account, name="settings"),
    path("settings/views/", views.listed, name="views"),
    path("settings/views/add/", views.add, name="view_add"),
    path("settings/views/<int:view>/", views.one, name="view"),
    path("settings/annotations/", annotations.listed, name="annotations"),
    path("settings/annotations/<int:annotation>/", annotations.one, name="annotation"),
    path("palette/", palette.palette, name="palette"),
    path("notices/", notices.listed, name="notices"),
    path("marks/preview/", marks.preview, name="marks_preview"),
    path("marks/apply/", marks.apply, name="marks_apply"),
    path("marks/add/", marks.add, name="marks_add"),
    path("marks/<int:journal>/", marks.done, name="marks_done"),
    path("marks/<int:journal>/undo/", marks.undo, name="marks_undo"),
    path("marks/<int:mark>/remove/", marks.remove, name="marks_remove"),
    path("exports/<int:export>/", exports.download, name="export"),
    path("proposals/", proposals.listed, name="proposals"),
    path("proposals/<int:proposal>/", proposals.shown, name="proposal"),
    path("accounts/", include(accounts.urlpatterns)),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("-/metrics", health.metrics, name="metrics"),
    path(".well-known/security.txt", pages.security_txt, name="security_txt"),
]
