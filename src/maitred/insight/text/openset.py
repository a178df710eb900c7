"""Whether a text belongs to any of the known reasons at all, so that something new is not pressed into an old drawer.

What a text that belongs nowhere looks like is learned from reasons that were left out for the purpose, and from texts
that people called outsiders where there are some. The operating point rejects 5 % of what does belong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from maitred.insight.text import classifying
from maitred.insight.text.classifying import Classifier, Head, Margins, Material
from maitred.insight.text.encoders import Encoder, Vectors
from maitred.insight.text.evaluating import Answer, Run
from maitred.insight.text.features import plain
from maitred.insight.text.reasons import split
from maitred.insight.text.similar import Codes

REJECTED = 0.05
"""Share of texts of known reasons that the operating point rejects."""
_FEW = 4
"""Reasons from which some can be left out."""
_NEAR = 3
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What has been seen of known reasons: the middle of each, in words, and its texts as vectors."""

    middles: Any
    vectors: Vectors | None

    def signals(self, margins: Margins, rows: Any, vectors: Vectors | None) -> Margins:
        """How a text stands to known reasons: best margin, lead, mass of the others, likeness; one row each."""
        ordered = np.sort(margins, axis=1)
        spread = np.log(np.exp(margins - ordered[:, -1:]).sum(axis=1))
        near = [
            ordered[:, -1],
            ordered[:, -1] - ordered[:, -2],
            ordered[:, -1] - ordered[:, -4:-1].mean(axis=1),
            spread,
        ]
        near.append(np.asarray((rows @ self.middles.T).max(axis=1)).reshape(-1))
        if vectors is not None and self.vectors is not None:
            near += [*_nearest(vectors, self.vectors)]
        return np.column_stack(near)


@dataclass(frozen=True, slots=True)
class Gate:
    """A classifier that may also say none of these."""

    classifier: Classifier
    seen: Seen
    model: Any
    threshold: float

    def known(self, texts: Sequence[str]) -> tuple[Margins, Margins]:
        """Probabilities of reasons, and for each plain text how likely it belongs to one of them."""
        parts = [self._part(texts[at : at + _CHUNK]) for at in range(0, len(texts), _CHUNK)]
        return np.vstack([one for one, _ in parts]), np.concatenate([one for _, one in parts])

    def _part(self, texts: Sequence[str]) -> tuple[Margins, Margins]:
        head = cast(Head, self.classifier.head)
        encoder = self.classifier.encoder
        rows, vectors = head.features.rows(texts), encoder.encode(texts) if encoder else None
        margins = classifying.summed(*head.margins(rows, vectors), self.classifier.weight)
        chances = self.classifier.probabilities(margins)
        return chances, _known(self.model, self.seen.signals(margins, rows, vectors), chances)


def learned(
    texts: Sequence[str], labels: Sequence[str], outsiders: Sequence[str], encoder: Encoder, seed: int = 1
) -> Gate | Classifier:
    """Learn reasons and their bounds from texts as stored; of fewer than four reasons only the classifier."""
    read, vectors = [plain(one) for one in texts], classifying.vectors_of(encoder)
    if len(set(labels)) < _FEW:
        return classifying.learned(read, labels, vectors, seed)
    made = classifying.material(read, vectors)
    classifier = classifying.learned(read, labels, vectors, seed, made)
    codes = np.array([classifier.labels.index(one) for one in labels], dtype=np.int64)
    inside, outside = _examples(made, classifier, codes, seed)
    everything = _seen(made, codes, np.arange(len(codes)))
    if outsiders:
        outside = [*outside, _of_outsiders(classifier, everything, [plain(one) for one in outsiders])]
    model = _model(np.vstack(inside), np.vstack(outside))
    held = _known(model, inside[0], classifier.probabilities(classifier.held_out[0]))
    return Gate(classifier, everything, model, float(np.quantile(held, REJECTED)))


def _examples(made: Material, classifier: Classifier, codes: Codes, seed: int) -> tuple[list[Margins], list[Margins]]:
    """Signals of texts that belong and were held out, and of texts whose reasons were left out."""
    margins, _, which = classifier.held_out
    rest = np.setdiff1d(np.arange(len(codes)), which) if len(which) < len(codes) else np.arange(len(codes))
    inside = [_seen(made, codes, rest).signals(margins, made.rows[which], _those(made, which))]
    count = len(classifier.labels)
    left_out = np.random.default_rng(seed).permutation(count)[: max(count // 4, 1)]
    away = np.isin(codes, left_out)
    held = np.zeros(len(codes), dtype=bool)
    held[which[: max(len(which) // 5, 1)] if len(which) == len(codes) else which] = True
    seen = np.flatnonzero(~away & ~held)
    head, about = made.head(codes, seen), _seen(made, codes, seen)
    outside: list[Margins] = []
    for group, told in ((np.flatnonzero(held & ~away), inside), (np.flatnonzero(away)[: 2 * _CHUNK], outside)):
        rows, vectors = made.rows[group], _those(made, group)
        both = classifying.summed(*head.margins(rows, vectors), classifier.weight)
        told.append(about.signals(both, rows, vectors))
    return inside, outside


def _of_outsiders(classifier: Classifier, seen: Seen, texts: Sequence[str]) -> Margins:
    head = cast(Head, classifier.head)
    rows, vectors = head.features.rows(texts), classifier.encoder.encode(texts) if classifier.encoder else None
    return seen.signals(classifying.summed(*head.margins(rows, vectors), classifier.weight), rows, vectors)


def _model(inside: Margins, outside: Margins) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    belongs = np.repeat([1, 0], [len(inside), len(outside)])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, class_weight="balanced", max_iter=500))
    return model.fit(np.vstack([inside, outside]), belongs)


def _known(model: Any, signals: Margins, chances: Margins) -> Margins:
    """How likely a text belongs: as its signals say, and as sure as the best reason is."""
    return np.asarray(model.predict_proba(signals)[:, 1] * chances.max(axis=1), dtype=np.float64)


def _seen(made: Material, codes: Codes, seen: Codes) -> Seen:
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import normalize

    present, place = np.unique(codes[seen], return_inverse=True)
    member = csr_matrix((np.ones(len(seen)), (place, np.arange(len(seen)))), shape=(len(present), len(seen)))
    return Seen(normalize(member @ made.rows[seen]).toarray(), _those(made, seen))


def _those(made: Material, which: Codes) -> Vectors | None:
    return None if made.vectors is None else made.vectors[which]


def _nearest(vectors: Vectors, seen: Vectors) -> Iterator[Margins]:
    """Likeness to the nearest text, and to the nearest few."""
    near = min(_NEAR, len(seen))
    parts = []
    for at in range(0, len(vectors), _CHUNK):
        alike = vectors[at : at + _CHUNK] @ seen.T
        parts.append(np.sort(np.partition(alike, -near, axis=1)[:, -near:], axis=1))
    found = np.vstack(parts).astype(np.float64)
    yield found[:, -1]
    yield found.mean(axis=1)


def evaluate(run: Run) -> Iterator[Answer]:
    """Task ``openset``."""
    train, test = split(run.lines)
    if not test:
        return
    inside = [one for one in train if one.values.get("label") is not None]
    outside = [one.text() for one in train if one.values.get("label") is None]
    with run.fitting():
        gate = learned(
            [one.text() for one in inside], [one.text("label") for one in inside], outside, run.encoder, run.seed
        )
    texts = [plain(one.text()) for one in test]
    if isinstance(gate, Classifier):
        told = gate.probabilities(gate.margins(texts))
        known, threshold, labels = told.max(axis=1), 0.0, gate.labels
    else:
        told, known = gate.known(texts)
        threshold, labels = gate.threshold, gate.classifier.labels
    for line, row, sure in zip(test, told, known, strict=True):
        best = labels[int(row.argmax())]
        yield {
            "id": line.values["id"], "best": best, "p": round(float(row.max()), 6), "known": round(float(sure), 6),
            "label": best if sure >= threshold else None,
        }  # fmt: skip
