"""What would have been expected of these cases? A model of the case mix, fitted again every four weeks on the past.

Topic, channel, priority, length, language and words of a case say what its outcome usually is, whoever works on it.
Nothing that people cause later (transfers, reopenings, waits) is used. A model knows only outcomes that were known
before its day; what was expected of a case comes from the model in force then, so every look can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from maitred.insight.detectors.scan import LASTS, LEARNING
from maitred.insight.evidence.tables import CHANNELS, NEVER, PRIORITIES, Codes, Days, Evidence, Floats, Ints

FIRST: Final = LEARNING - 4
"""Day of the first model; it also says what was expected before it."""
EVERY: Final = 28
_VOCABULARY = 150
_RARE, _FREQUENT = 0.01, 0.4
_FEWEST = 80
"""Outcomes from which a model looks at the case mix at all."""
_RIDGE = 12.0
"""Average cases that every level of a factor starts with."""
_LENGTHS = (1, 120, 300, 700, 1500)


@dataclass(frozen=True, slots=True)
class Mix:
    """What is known of tickets before anybody works on them, as sparse columns of 0 and 1."""

    fixed: Any
    words: Any
    created: Ints
    out: Ints
    topics: Codes
    topic_known: Ints
    topic_count: int
    days: int


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected outcome of every case by every model: ``by_model`` has the shape (models, cases)."""

    fitted: Ints
    by_model: Floats

    def model(self, day: int) -> int:
        """The model in force on a day."""
        return int(np.maximum(np.searchsorted(self.fitted, day, side="right") - 1, 0))

    def causal(self, day: Ints) -> Floats:
        """Of every case, what the model in force on its day says."""
        models = np.maximum(np.searchsorted(self.fitted, day, side="right") - 1, 0)
        return self.by_model[models, np.arange(self.by_model.shape[1])]


def mix_of(evidence: Evidence) -> Mix:
    """The columns that describe tickets; words and topics are chosen later, by what was known then."""
    from scipy import sparse

    tickets = evidence.tickets
    length = np.searchsorted(np.array(_LENGTHS), tickets.length, side="right")
    fixed = sparse.hstack(
        [
            one_hot(tickets.channel, len(CHANNELS)),
            one_hot(tickets.priority, len(PRIORITIES)),
            one_hot(length.astype(np.int32), len(_LENGTHS) + 1),
            sparse.csr_matrix(tickets.non_english.astype(np.float64)[:, None]),
        ],
        format="csr",
    )
    words = evidence.words
    shape = (len(tickets), len(words.names))
    incidence = sparse.csr_matrix((np.ones(len(words.codes)), words.codes, words.starts), shape=shape)
    days = evidence.days
    return Mix(
        *(fixed, incidence, days.of(tickets.created), day_of(days, tickets.excluded_at), evidence.topics),
        *(day_of(days, evidence.topics_known_at), len(evidence.topic_names), len(days)),
    )


def day_of(days: Days, at: Ints) -> Ints:
    """The day of each instant, ``LASTS`` of what has not happened."""
    return np.where(at >= NEVER, LASTS, days.of(at)).astype(np.int64)


def one_hot(codes: Codes, count: int) -> Any:
    """A sparse column of 0 and 1 for every code; rows with code -1 are empty."""
    from scipy import sparse

    rows = np.flatnonzero((codes >= 0) & (codes < count))
    return sparse.csr_matrix((np.ones(len(rows)), (rows, codes[rows])), shape=(len(codes), count))


def expected(mix: Mix, ticket: Ints, day: Ints, known: Ints, value: Floats, words: bool = True) -> Expected:
    """What every model expects of every case: a ridge regression on the case mix.

    Parameters
    ----------
    ticket, day
        The case's ticket, and the day on which the case began to count.
    known, value
        The day on which its outcome was known, and the outcome (0 or 1, or a logarithm).
    words
        Whether the words of a case say something about its outcome.
    """
    from scipy import sparse

    fitted = np.arange(FIRST, max(mix.days, FIRST + 1), EVERY)
    topic = np.where(mix.topic_known[ticket] <= day, mix.topics[ticket], -1)
    parts = [mix.fixed[ticket], one_hot(topic, mix.topic_count)]
    fixed = sparse.hstack(parts, format="csr")
    said = mix.words[ticket]
    found = np.empty((len(fitted), len(ticket)))
    for place, last in enumerate(fitted):
        usable = (known < last) & (mix.out[ticket] >= last)
        mean = float(value[usable].mean()) if usable.any() else 0.0
        if usable.sum() < _FEWEST:
            found[place] = mean
            continue
        columns = sparse.hstack([fixed, said[:, _vocabulary(mix, int(last))]] if words else [fixed], format="csr")
        found[place] = mean + _ridge(columns, usable, value - mean)
    return Expected(fitted, found)


def _vocabulary(mix: Mix, last: int) -> Ints:
    """Words of neither too few nor too many of the tickets created before a day, most frequent first."""
    until = int(np.searchsorted(mix.created, last, side="left"))
    if until == 0 or mix.words.shape[1] == 0:
        return np.empty(0, np.int64)
    codes = mix.words.indices[: mix.words.indptr[until]]
    share = np.bincount(codes, minlength=mix.words.shape[1]) / until
    usual = np.flatnonzero((share >= _RARE) & (share <= _FREQUENT))
    return usual[np.argsort(-share[usual], kind="stable")][:_VOCABULARY]


def _ridge(columns: Any, usable: Any, value: Floats) -> Floats:
    """Predictions for all rows from the usable ones."""
    known = columns[np.flatnonzero(usable)]
    square = (known.T @ known).toarray()
    square[np.diag_indices_from(square)] += _RIDGE
    weights = np.linalg.solve(square, known.T @ value[usable])
    found: Floats = np.asarray(columns @ weights, np.float64)
    return found
