"""Margins from the likeness of vectors: each label is drawn towards where its texts lie (kernel ridge regression).

Solved in one step, hence the same on every run. Of many texts some stand for all (the Nyström way, Williams and Seeger
2001), so that the cost stays bounded; texts are held out by taking their part away again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from maitred.insight.text.encoders import Vectors

Margins = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_MOST = 4_000
"""Texts that stand for all."""
_WIDTH = 1.25
"""Of the kernel, on vectors of length 1."""
_RIDGE = 0.2
_JITTER = 0.05
"""Keeps equal texts from making the equations singular."""
_SCALE = 4.0
"""Brings margins to the size of those of words."""


@dataclass(frozen=True, slots=True)
class Ridge:
    """Learned by ``Likeness.ridge``; has what other linear heads have."""

    landmarks: Vectors
    weights: Vectors

    def decision_function(self, vectors: Vectors) -> Margins:
        """One column for each label."""
        return cast(Margins, (_alike(vectors, self.landmarks) @ self.weights).astype(np.float64))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike texts are, from which ridges of all or of some of them are solved."""

    landmarks: Vectors
    across: Vectors
    among: Vectors
    gram: Vectors

    def ridge(self, codes: Codes, seen: Codes) -> Ridge:
        """Learn from the texts at ``seen``, with the codes of all."""
        from scipy.linalg import solve

        present, place = np.unique(codes[seen], return_inverse=True)
        wanted = np.eye(len(present), dtype=np.float32)[place]
        right = self.across[seen].T @ (wanted - wanted.mean(axis=0))
        left = self._gram(seen).astype(np.float64) + _RIDGE * self.among
        weights = solve(left, right.astype(np.float64), assume_a="pos", overwrite_a=True)
        return Ridge(self.landmarks, (_SCALE * weights).astype(np.float32))

    def _gram(self, seen: Codes) -> Vectors:
        out = np.setdiff1d(np.arange(len(self.across)), seen)
        if not len(out):
            return self.gram
        part = self.across[out] if len(out) < len(seen) else self.across[seen]
        product = part.T @ part
        return cast(Vectors, self.gram - product if len(out) < len(seen) else product)


def likeness(vectors: Vectors) -> Likeness:
    """How alike vectors of length 1 are."""
    landmarks = vectors[_landmarks(len(vectors))]
    across = _alike(vectors, landmarks)
    among = _alike(landmarks, landmarks)
    among.flat[:: len(among) + 1] += _JITTER
    return Likeness(landmarks, across, among, across.T @ across)


def _landmarks(count: int) -> Codes:
    """All texts, or some drawn from all over them; the same on every run."""
    if count <= _MOST:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).permutation(count)[:_MOST])


def _alike(left: Vectors, right: Vectors) -> Vectors:
    return cast(Vectors, np.exp((2.0 * _WIDTH) * (left @ right.T - 1.0)).astype(np.float32))
