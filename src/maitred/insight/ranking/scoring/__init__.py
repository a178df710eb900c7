"""What a profile is worth for a query: whole numbers by a fixed table, weights from a versioned file.

``asked`` turns chips into what is looked for, ``values`` gives the value of every feature of one profile, ``weights``
reads the file. The kernel, the SQL form and the explanation all follow these and give the same sums.
"""

from __future__ import annotations

from maitred.insight.ranking.scoring.asked import Asked, asked
from maitred.insight.ranking.scoring.weights import Weights, weights

__all__ = ["Asked", "Weights", "asked", "weights"]
