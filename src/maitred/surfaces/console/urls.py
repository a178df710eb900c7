"""The addresses of the shell."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from maitred.surfaces.console import (
    accounts,
    audit_log,
    exports,
    health,
    home,
    marks,
    members,
    notices,
    pages,
    palette,
    preferences,
    proposals,
    styleguide,
    system,
    views,
)
from maitred.surfaces.console import annotations as chart_notes

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="start"),
    path("first-run/", home.setting_up, name="first_run"),
    path("settings/theme/", pages.theme, name="theme"),
    path("settings/", preferences.own_account, name="settings"),
    path("settings/members/", members.listed, name="members"),
    path("settings/members/<int:person>/", members.person, name="member"),
    path("settings/accounts/", members.accounts, name="accounts"),
    path("settings/accounts/<int:account>/", members.account, name="account"),
    path("settings/teams/", members.teams, name="teams"),
    path("settings/teams/<int:team>/", members.team, name="team"),
    path("settings/audit/", audit_log.read, name="audit"),
    path("settings/system/", system.state, name="system"),
    path("styleguide/", styleguide.shown, name="styleguide"),
    path("settings/views/", views.listed, name="views"),
    path("settings/views/add/", views.add, name="view_add"),
    path("settings/views/<int:view>/", views.one, name="view"),
    path("settings/annotations/", chart_notes.listed, name="annotations"),
    path("settings/annotations/<int:annotation>/", chart_notes.one, name="annotation"),
    path("palette/", palette.palette, name="palette"),
    path("notices/", notices.listed, name="notices"),
    path("exports/<int:export>/", exports.download, name="export"),
    path("marks/preview/", marks.preview, name="marks_preview"),
    path("marks/apply/", marks.apply, name="marks_apply"),
    path("marks/add/", marks.add, name="marks_add"),
    path("marks/<int:journal>/", marks.done, name="marks_done"),
    path("marks/<int:journal>/undo/", marks.undo, name="marks_undo"),
    path("marks/<int:mark>/remove/", marks.remove, name="marks_remove"),
    path("proposals/", proposals.listed, name="proposals"),
    path("proposals/<int:proposal>/", proposals.shown, name="proposal"),
    path("accounts/", include(accounts.urlpatterns)),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("-/metrics", health.metrics, name="metrics"),
    path(".well-known/security.txt", pages.security_txt, name="security_txt"),
]
