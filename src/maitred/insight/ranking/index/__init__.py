"""The people of a workspace as columns that a query runs through: the embedded index, and its forms elsewhere.

``Index.open(folder)`` · ``.append(table)`` (also replaces rows of the same key) · ``.erase(keys)`` · ``.compact()`` ·
``.rebuild(tables)`` · ``.search(asked, limit, as_of)`` · ``.features(keys)``. ``oracle`` is the same score as portable
SQL, ``spread`` the same kernel on batches of a Spark server; all give the same people with the same scores.
"""

from __future__ import annotations

from maitred.insight.ranking.index.searching import FOLDER, Found, Hit, Index

__all__ = ["FOLDER", "Found", "Hit", "Index"]
