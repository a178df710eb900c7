"""The addresses of training: those that its pages list, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern

from maitred.desks.training.pages import (
    assigning,
    courses,
    home,
    importing,
    matrix,
    paths,
    practice,
    quizzes,
    ramp,
    waves,
)

urlpatterns: list[URLPattern] = [
    *home.PATHS,
    *courses.PATHS,
    *quizzes.PATHS,
    *assigning.PATHS,
    *importing.PATHS,
    *paths.PATHS,
    *practice.PATHS,
    *matrix.PATHS,
    *ramp.PATHS,
    *waves.PATHS,
]
