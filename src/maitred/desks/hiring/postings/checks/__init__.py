"""The checks C1–C24 and those of plain quality: pure functions of plain facts that answer with findings.

``lint`` runs those that look at a posting. The others take what ranking, notices, records and retention know, so that
those who rank, keep and decide call them where it happens.
"""

from maitred.desks.hiring.postings.checks.finding import Finding, errors
from maitred.desks.hiring.postings.checks.linting import lint

__all__ = ["Finding", "errors", "lint"]
