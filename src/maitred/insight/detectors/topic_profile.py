"""Which tickets belong to a subject that swells: words that came more often become a profile that finds them.

The contacts since the onset are a mixture of what always came and of the subject; the subject's share of each word is
learnt from the contacts that hold the word that swelled (expectation and maximisation with the past as the fixed other
part, naive Bayes on the words that are there; Dempster, Laird, Rubin 1977; Nigam and others 2000).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.topic_words import Openings
from maitred.insight.evidence.tables import Flags, Floats

_ROUNDS: Final = 6
_PRIOR_CASES: Final = 2.0
_LEAST, _MOST = -2.0, 4.0
_CORE = np.log(2.5)


@dataclass(frozen=True, slots=True)
class Profile:
    """What speaks for a subject: ``weights`` by word (log ratios), ``offset`` and the words that make it up.

    ``shares`` is how many of the subject's contacts hold each word, ``usual`` how many of the past.
    """

    weights: Floats
    offset: float
    shares: Floats
    usual: Floats

    def scores(self, told: Openings, first: int, last: int) -> Floats:
        """Log odds that tickets ``first`` to ``last`` (excluded) are about the subject; -inf without its words."""
        span = slice(told.starts[first], told.starts[last])
        place, words = told.ticket[span] - first, told.words[span]
        sums = np.bincount(place, weights=self.weights[words], minlength=last - first)
        core = np.bincount(place, weights=self.core()[words], minlength=last - first)
        return np.where(core > 0, sums + self.offset, -np.inf)

    def core(self) -> Flags:
        """Words that make it up."""
        return np.asarray((self.weights >= _CORE) & (self.shares >= 0.05))

    def telling(self) -> list[int]:
        """The most telling words first."""
        worth = np.where(self.core(), self.shares * self.weights, 0.0)
        order = np.argsort(-worth, kind="stable")
        return [int(word) for word in order[:8] if worth[word] > 0]


def usual_shares(told: Openings, first: int, last: int) -> Floats:
    """The share of tickets ``first`` to ``last`` (excluded) that hold each word."""
    words = told.words[told.starts[first] : told.starts[last]]
    return np.asarray((np.bincount(words, minlength=len(told.names)) + 0.5) / (last - first + 1.0))


def profile(
    told: Openings, usual: Floats, first: int, last: int, weight: Floats, rounds: int = _ROUNDS
) -> Profile | None:
    """The profile of a subject among tickets ``first`` to ``last`` (excluded).

    Parameters
    ----------
    usual
        Shares of the past by word.
    weight
        By ticket: how likely it is about the subject, to begin with.
    """
    span = slice(told.starts[first], told.starts[last])
    place, words = told.ticket[span] - first, told.words[span]
    found: Profile | None = None
    for _ in range(rounds):
        mass = float(weight.sum())
        if mass < 1.0:
            return None
        held = np.bincount(words, weights=weight[place], minlength=len(usual))
        shares = (held + _PRIOR_CASES * usual) / (mass + _PRIOR_CASES)
        part = min(mass / (last - first), 0.9)
        found = Profile(np.clip(np.log(shares / usual), _LEAST, _MOST), float(np.log(part / (1 - part))), shares, usual)
        scores = found.scores(told, first, last)
        weight = likely(scores)
    return found


def likely(scores: Floats) -> Floats:
    """How likely each ticket is about the subject; unlikely ones not at all, or every subject would grow for ever."""
    chance = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return np.where(chance > 0.5, chance, 0.0)
