"""A calibrated classifier of texts: linear margins on words, and on vectors where a model is installed.

Margins of the two are summed with a weight that texts which were held out bear out, and a temperature learned on the
same texts makes probabilities of them. What was too little to learn a temperature from is called not calibrated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from maitred.insight.text import features
from maitred.insight.text.encoders import Encoder, Vectors
from maitred.insight.text.similar import Codes, Likeness, likeness

Margins = npt.NDArray[np.float64]
_WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 4.0)
"""Weights of the vectors' margins that are tried."""
_USUAL = 1.5
_FEW = 3_000
"""Up to so many texts all are held out once; of more, a tenth is: with fewer to learn from margins are smaller."""
_ENOUGH = 40
"""Held-out texts from which a temperature is learned."""
_UNTUNED = (1.0, 3.0)
"""Weight and temperature where too little was held out to learn them."""
_CHUNK = 4_000


@dataclass(frozen=True, slots=True)
class Material:
    """What heads learn from: rows of words, and the likeness of vectors."""

    features: features.Features
    rows: Any
    vectors: Vectors | None
    likeness: Likeness | None
    balanced: bool = False

    def head(self, codes: Codes, seen: Codes) -> Head:
        """A head that learned from some of the texts."""
        from sklearn.svm import LinearSVC

        words = LinearSVC(random_state=0, tol=0.01, class_weight="balanced" if self.balanced else None).fit(
            self.rows[seen], codes[seen]
        )
        return Head(self.features, words, self.likeness.ridge(codes, seen) if self.likeness else None)


@dataclass(frozen=True, slots=True)
class Head:
    """Linear margins on words, and on vectors."""

    features: features.Features
    words: Any
    vectors: Any

    def margins(self, rows: Any, vectors: Vectors | None) -> tuple[Margins, Margins | None]:
        """One column for each label, of both parts, on one scale."""
        told = _scaled(_decided(self.words, rows))
        return told, None if vectors is None or self.vectors is None else _scaled(_decided(self.vectors, vectors))

    def of(self, texts: Sequence[str], encoder: Encoder | None) -> tuple[Margins, Margins | None]:
        """Margins of plain texts."""
        return self.margins(self.features.rows(texts), encoder.encode(texts) if encoder else None)


@dataclass(frozen=True, slots=True)
class Classifier:
    """A learned classifier.

    Attributes
    ----------
    labels
        In alphabetical order; columns of margins.
    weight
        Of the vectors' margins beside those of words.
    temperature
        What margins are multiplied by before probabilities are made.
    calibrated
        Whether the temperature was learned.
    held_out
        Margins of texts that were held out, and their codes: what a rejection is learned from.
    """

    labels: tuple[str, ...]
    head: Head | None
    encoder: Encoder | None
    weight: float
    temperature: float
    calibrated: bool
    held_out: tuple[Margins, Codes, Codes]

    def margins(self, texts: Sequence[str]) -> Margins:
        """One row for each plain text, one column for each label."""
        if self.head is None:
            return np.ones((len(texts), 1))
        parts = [
            summed(*self.head.of(part, self.encoder), self.weight)
            for part in (texts[at : at + _CHUNK] for at in range(0, len(texts), _CHUNK))
        ]
        return np.vstack(parts) if parts else np.zeros((0, len(self.labels)))

    def probabilities(self, margins: Margins) -> Margins:
        """Margins as probabilities; rows add up to one."""
        return softmax(margins * self.temperature)


def learned(
    texts: Sequence[str], labels: Sequence[str], encoder: Encoder | None, seed: int, made: Material | None = None,
    balanced: bool = False,
) -> Classifier:  # fmt: skip
    """Learn from plain texts with their labels.

    Parameters
    ----------
    texts, labels
        At least one of each, side by side.
    encoder
        A model whose vectors stand beside the words; none at tier 0.
    seed
        Which texts are held out.
    made
        ``material`` of the texts, where it is there already.
    balanced
        Rare labels count as much as frequent ones.
    """
    names = sorted(set(labels))
    place = {name: code for code, name in enumerate(names)}
    codes = np.array([place[one] for one in labels], dtype=np.int64)
    if len(names) == 1:
        nothing = np.zeros(0, dtype=np.int64)
        return Classifier(tuple(names), None, encoder, *_UNTUNED, False, (np.zeros((0, 1)), nothing, nothing))
    made = made or material(texts, encoder, balanced)
    words, others, which = _out_of_fold(made, codes, _held_out(codes, seed), len(names))
    weight, temperature = _tuned(words, others, codes[which])
    head = made.head(codes, np.arange(len(codes)))
    kept = (summed(words, others, weight), codes[which], which)
    return Classifier(tuple(names), head, encoder, weight, temperature, len(which) >= _ENOUGH, kept)


def vectors_of(encoder: Encoder) -> Encoder | None:
    """The encoder where its vectors say more than the words do: not at tier 0."""
    return None if encoder.tier == "lexical" else encoder


def _held_out(codes: Codes, seed: int) -> list[npt.NDArray[np.bool_]]:
    """Which texts are held out, in turn; a label's only text never is."""
    parts = 5 if len(codes) < _FEW else 10
    random = np.random.default_rng(seed)
    part = np.full(len(codes), -1)
    for code in range(int(codes.max()) + 1):
        mine = random.permutation(np.flatnonzero(codes == code))
        if len(mine) > 1:
            part[mine] = (np.arange(len(mine)) + code) % parts
    found = [part == one for one in range(parts if len(codes) < _FEW else 1)]
    return [one for one in found if one.any() and not one.all()]


def material(texts: Sequence[str], encoder: Encoder | None, balanced: bool = False) -> Material:
    """What plain texts give to learn from."""
    made = features.learned(texts)
    vectors = encoder.encode(texts) if encoder else None
    return Material(made, made.rows(texts), vectors, None if vectors is None else likeness(vectors), balanced)


def _out_of_fold(
    made: Material, codes: Codes, held: Sequence[npt.NDArray[np.bool_]], count: int
) -> tuple[Margins, Margins | None, Codes]:
    """Margins of the texts that were held out, by heads that did not see them, and which texts those are."""
    words: list[Margins] = [np.zeros((0, count))]
    others: list[Margins] = [np.zeros((0, count))]
    which: list[Codes] = [np.zeros(0, dtype=np.int64)]
    vectors = made.vectors
    for out in held:
        seen, left = np.flatnonzero(~out), np.flatnonzero(out)
        present = np.unique(codes[seen])
        if len(present) < 2:
            continue
        told = made.head(codes, seen).margins(made.rows[left], None if vectors is None else vectors[left])
        words.append(_spread(told[0], present, count))
        if told[1] is not None:
            others.append(_spread(told[1], present, count))
        which.append(left)
    return np.vstack(words), None if vectors is None else np.vstack(others), np.concatenate(which)


def _decided(head: Any, rows: Any) -> Margins:
    told = np.asarray(head.decision_function(rows), dtype=np.float64)
    return np.column_stack([-told, told]) if told.ndim == 1 else told


def _scaled(margins: Margins) -> Margins:
    """Rows around zero, so that margins of two heads can be added."""
    return np.asarray(margins - margins.mean(axis=1, keepdims=True))


def _spread(margins: Margins, present: Codes, count: int) -> Margins:
    """Columns of the labels that were seen, in their places among all."""
    if len(present) == count:
        return margins
    whole = np.full((len(margins), count), margins.min() if margins.size else 0.0)
    whole[:, present] = margins
    return whole


def summed(words: Margins, others: Margins | None, weight: float) -> Margins:
    return words if others is None else words + weight * others


def _tuned(words: Margins, others: Margins | None, codes: Codes) -> tuple[float, float]:
    """The weight nearest to the usual one of those that held-out texts cannot tell from the best; its temperature."""
    if len(codes) < _ENOUGH:
        return _UNTUNED
    if others is None:
        return 0.0, temperature_of(words, codes)[0]
    right = {one: float((summed(words, others, one).argmax(axis=1) == codes).mean()) for one in _WEIGHTS}
    best = max(right.values())
    least = best - float(np.sqrt(best * (1 - best) / len(codes)))
    weight = min((one for one in _WEIGHTS if right[one] >= least), key=lambda one: (abs(one - _USUAL), one))
    return weight, temperature_of(summed(words, others, weight), codes)[0]


def temperature_of(margins: Margins, codes: Codes) -> tuple[float, float]:
    """The temperature under which the held-out labels are likeliest, with the loss that is left."""
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(codes))

    def loss(log: float) -> float:
        chances = softmax(margins * np.exp(log))[rows, codes]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())

    found = minimize_scalar(loss, bounds=(-2.0, 4.0), method="bounded")
    return float(np.exp(found.x)), float(found.fun)


def softmax(scores: Margins) -> Margins:
    """Scores as probabilities, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
