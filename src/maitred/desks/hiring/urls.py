"""The addresses of hiring: those that its pages list, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern

from maitred.desks.hiring.pages import (
    candidates,
    fairness,
    home,
    interviews,
    jobs,
    needs,
    offers,
    outreach,
    postings,
    requisitions,
    search,
    signed,
)

urlpatterns: list[URLPattern] = [
    *home.PATHS,
    *needs.PATHS,
    *requisitions.PATHS,
    *candidates.PATHS,
    *interviews.PATHS,
    *offers.PATHS,
    *outreach.PATHS,
    *fairness.PATHS,
    *signed.PATHS,
    *search.PATHS,
    *postings.PATHS,
    *jobs.PATHS,
]
