"""Why somebody stands where they stand: every term with its points and its words, and what is missing.

``terms`` add up to the score exactly. ``smallest_change`` says what would lift somebody to a score. ``postings_for``
asks the other way round: which open jobs a person fits.
"""

from __future__ import annotations

from maitred.insight.ranking.explaining.changes import Change, smallest_change
from maitred.insight.ranking.explaining.reverse import Opening, postings_for
from maitred.insight.ranking.explaining.terms import Explained, Term, explain

__all__ = ["Change", "Explained", "Opening", "Term", "explain", "postings_for", "smallest_change"]
