"""The addresses of compliance: those that its pages list, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern

from maitred.desks.compliance.pages import (
    causes,
    checks,
    complaint,
    complaints,
    home,
    packs,
    proposals,
    requests,
    scans,
)

urlpatterns: list[URLPattern] = [
    *home.PATHS,
    *complaints.PATHS,
    *complaint.PATHS,
    *requests.PATHS,
    *proposals.PATHS,
    *causes.PATHS,
    *checks.PATHS,
    *packs.PATHS,
    *scans.PATHS,
]
