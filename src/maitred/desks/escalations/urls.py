"""The addresses of escalations: those that its pages list, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern

from maitred.desks.escalations.pages import case, guides, home, on_call, reviewing, watching

urlpatterns: list[URLPattern] = [
    *home.PATHS,
    *case.PATHS,
    *on_call.PATHS,
    *watching.PATHS,
    *reviewing.PATHS,
    *guides.PATHS,
]
