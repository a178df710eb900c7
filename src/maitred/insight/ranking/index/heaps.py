"""The k best so far: a heap of three arrays whose root is the worst that is still in. Ties: the smaller number wins."""

from __future__ import annotations

from typing import Any

from maitred.insight.ranking.index.compiled import inlined


@inlined
def worse(score_a: Any, tie_a: Any, score_b: Any, tie_b: Any) -> Any:
    """Whether a stands below b."""
    return score_a < score_b or (score_a == score_b and tie_a > tie_b)


@inlined
def offer(scores: Any, ties: Any, rows: Any, size: Any, score: Any, tie: Any, row: Any) -> Any:
    """Take one in if it belongs to the best; returns how many are in."""
    room = scores.shape[0]
    if size < room:
        place = size
        while place > 0:  # up: from the new end
            above = (place - 1) >> 1
            if not worse(score, tie, scores[above], ties[above]):
                break
            scores[place] = scores[above]
            ties[place] = ties[above]
            rows[place] = rows[above]
            place = above
        size += 1
    else:
        if not worse(scores[0], ties[0], score, tie):
            return size
        place = 0
        while True:  # down: from the root, whose place is free
            below = 2 * place + 1
            if below >= room:
                break
            other = below + 1
            if other < room and worse(scores[other], ties[other], scores[below], ties[below]):
                below = other
            if not worse(scores[below], ties[below], score, tie):
                break
            scores[place] = scores[below]
            ties[place] = ties[below]
            rows[place] = rows[below]
            place = below
    scores[place] = score
    ties[place] = tie
    rows[place] = row
    return size
