"""Reading publications in a long-lived process: engines stay open, answers are remembered, and neither ever goes stale.

For verbs and pages. A publication never changes, so what was computed from it once holds as long as it is kept.
"""

from maitred.kit.reading.opened import Reading, published, reading

__all__ = ["Reading", "published", "reading"]
