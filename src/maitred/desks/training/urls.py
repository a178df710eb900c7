"""The addresses of training: those that its pages list, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern

from maitred.desks.training.pages import home

urlpatterns: list[URLPattern] = [
    *home.PATHS,
]
