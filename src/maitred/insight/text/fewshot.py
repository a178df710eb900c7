"""Reasons from a handful of texts each, for a team that has just begun to name what its queue is about.

Beside the linear margins stands the nearest middle of a reason's texts; where texts without labels are given, those
that both are surest of are learned from as well. Each step has to win on held-out texts or stays off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maitred.insight.text import classifying
from maitred.insight.text.classifying import Classifier, Margins
from maitred.insight.text.encoders import Encoder, Remembering
from maitred.insight.text.evaluating import Answer, Line, Run
from maitred.insight.text.features import plain
from maitred.insight.text.reasons import split
from maitred.insight.text.similar import Codes

_WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Weights of the likeness to middles that are tried."""
_FOLDS = 5
_SURE = 0.5
"""Share of the texts without labels, the surest, that are learned from."""
_LEAST = 20
"""Texts without labels from which on they are tried."""


@dataclass(frozen=True, slots=True)
class Few:
    """A classifier of few texts; ``middles`` are those of each label, in words and as vectors."""

    classifier: Classifier
    words: Any
    vectors: Any
    weight: float
    temperature: float

    def probabilities(self, texts: Sequence[str]) -> Margins:
        """One row for each plain text, one column for each label."""
        margins = self.classifier.margins(texts)
        if self.classifier.head is None:
            return margins
        encoder = self.classifier.encoder
        rows, vectors = self.classifier.head.features.rows(texts), encoder.encode(texts) if encoder else None
        return classifying.softmax(
            (margins + self.weight * _alike(rows, vectors, self.words, self.vectors)) * self.temperature
        )


def learned(
    texts: Sequence[str], labels: Sequence[str], encoder: Encoder, seed: int = 1, unlabelled: Sequence[str] = ()
) -> Few:
    """Learn from plain texts with their labels, and from others without."""
    vectors = classifying.vectors_of(encoder)
    first = _learned(texts, labels, vectors, seed)
    if len(unlabelled) < _LEAST or first.classifier.head is None:
        return first
    more, guessed = _surest(first, unlabelled)
    gain = _gain(texts, labels, more, guessed, vectors, seed)
    return _learned([*texts, *more], [*labels, *guessed], vectors, seed) if gain > 0 else first


def _learned(texts: Sequence[str], labels: Sequence[str], encoder: Encoder | None, seed: int) -> Few:
    made = classifying.material(texts, encoder)
    classifier = classifying.learned(texts, labels, encoder, seed, made)
    if classifier.head is None:
        return Few(classifier, None, None, 0.0, 1.0)
    codes = np.array([classifier.labels.index(one) for one in labels], dtype=np.int64)
    margins, truth, which = classifier.held_out
    alike = np.zeros_like(margins)
    for part in np.array_split(np.argsort(which, kind="stable"), _FOLDS):
        rest = np.setdiff1d(np.arange(len(codes)), which[part])
        if not len(part) or len(np.unique(codes[rest])) < len(classifier.labels):
            continue
        words, middles = _middles(made.rows, made.vectors, codes, rest)
        alike[part] = _alike(
            made.rows[which[part]], None if made.vectors is None else made.vectors[which[part]], words, middles
        )
    weight, temperature = _tuned(margins, alike, truth)
    return Few(classifier, *_middles(made.rows, made.vectors, codes, np.arange(len(codes))), weight, temperature)


def _tuned(margins: Margins, alike: Margins, truth: Codes) -> tuple[float, float]:
    """The weight that wins on held-out texts; none unless it wins."""
    tried = []
    for weight in _WEIGHTS:
        both = margins + weight * alike
        right = int((both.argmax(axis=1) == truth).sum()) if len(truth) else 0
        temperature, _ = classifying.temperature_of(both, truth) if len(truth) else (3.0, 0.0)
        tried.append((-right, weight, temperature))
    _, weight, temperature = min(tried)
    return weight, temperature


def _middles(rows: Any, vectors: Any, codes: Codes, seen: Codes) -> tuple[Any, Any]:
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import normalize

    present, place = np.unique(codes[seen], return_inverse=True)
    member = csr_matrix((np.ones(len(seen)), (place, np.arange(len(seen)))), shape=(len(present), len(seen)))
    return normalize(member @ rows[seen]), None if vectors is None else normalize(member @ vectors[seen])


def _alike(rows: Any, vectors: Any, words: Any, middles: Any) -> Margins:
    """Likeness to the middle of each label, around zero; by vectors where there are some."""
    found = (rows @ words.T).toarray() if vectors is None or middles is None else vectors @ middles.T
    return np.asarray(found - found.mean(axis=1, keepdims=True), dtype=np.float64)


def _surest(few: Few, texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The surest texts with the labels that they seem to have."""
    told = few.probabilities(texts)
    best = np.argsort(-told.max(axis=1), kind="stable")[: int(_SURE * len(texts))]
    labels = few.classifier.labels
    return [texts[one] for one in best.tolist()], [labels[int(told[one].argmax())] for one in best.tolist()]


def _gain(
    texts: Sequence[str], labels: Sequence[str], more: Sequence[str], guessed: Sequence[str],
    encoder: Encoder | None, seed: int,
) -> int:  # fmt: skip
    """How many more held-out labelled texts are right when guessed ones are learned from."""
    random = np.random.default_rng(seed)
    out = np.zeros(len(texts), dtype=bool)
    out[random.permutation(len(texts))[: max(len(texts) // _FOLDS, 1)]] = True
    kept, left = [*np.flatnonzero(~out).tolist()], [*np.flatnonzero(out).tolist()]
    known, truth = [texts[one] for one in kept], [labels[one] for one in kept]
    asked, wanted = [texts[one] for one in left], [labels[one] for one in left]

    def right(few: Few) -> int:
        told = few.probabilities(asked).argmax(axis=1)
        return sum(few.classifier.labels[int(one)] == label for one, label in zip(told, wanted, strict=True))

    return right(_learned([*known, *more], [*truth, *guessed], encoder, seed)) - right(
        _learned(known, truth, encoder, seed)
    )


def evaluate(run: Run) -> Iterator[Answer]:
    """Task ``fewshot``: one answer for each draw and test line."""
    train, test = split(run.lines)
    if not test:
        return
    unlabelled = [plain(one.text()) for one in run.lines if one.values["split"] == "unlabelled"]
    texts = [plain(one.text()) for one in test]
    encoder = Remembering(run.encoder)
    by_draw: dict[int, list[Line]] = {}
    for line in train:
        for draw in _draws(line):
            by_draw.setdefault(draw, []).append(line)
    for draw, lines in sorted(by_draw.items()):
        with run.fitting():
            few = learned(
                [plain(one.text()) for one in lines], [one.text("label") for one in lines], encoder, run.seed,
                unlabelled,
            )  # fmt: skip
        for line, row in zip(test, few.probabilities(texts), strict=True):
            best = int(row.argmax())
            yield {
                "id": line.values["id"], "draw": draw, "label": few.classifier.labels[best],
                "p": round(float(row[best]), 6),
            }  # fmt: skip


def _draws(line: Line) -> list[int]:
    found = line.values.get("draws")
    if not isinstance(found, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in found):
        line.refuse("draws has to be a list of whole numbers")
    return sorted({*found})
