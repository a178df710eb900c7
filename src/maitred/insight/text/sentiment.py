"""How a customer's message sounds: negative, neutral or positive. Of the customers' words only, never a worker's state.

Learned from a team's own comments where there are some; else from a small set of self-written sentences, which has not
been checked on anybody's data. What desks show is the change within a conversation, not a level per person.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from maitred.insight.text import classifying
from maitred.insight.text.classifying import Classifier
from maitred.insight.text.encoders import Encoder
from maitred.insight.text.evaluating import Answer, Run
from maitred.insight.text.features import plain

_DOUBT = 1.5
"""Most temperature of the start model: sentences of one hand are surer of each other than of anybody else's."""
LABELS = ("negative", "neutral", "positive")


def learned(texts: Sequence[str], labels: Sequence[str], encoder: Encoder, seed: int = 1) -> Classifier:
    """A classifier from texts as stored and how they sound; without any, the start model."""
    if not texts:
        return start(encoder, seed)
    read = [plain(one) for one in texts]
    return classifying.learned(read, labels, classifying.vectors_of(encoder), seed, balanced=True)


def start(encoder: Encoder, seed: int = 1) -> Classifier:
    """The start model: not yet checked on anybody's data."""
    texts, labels = zip(*_written(), strict=True)
    found = classifying.learned([plain(one) for one in texts], labels, classifying.vectors_of(encoder), seed)
    return replace(found, temperature=min(found.temperature, _DOUBT), calibrated=False)


def sentiments(classifier: Classifier, texts: Sequence[str]) -> list[dict[str, float]]:
    """The probability of each tone of each text as stored."""
    told = classifier.probabilities(classifier.margins([plain(one) for one in texts]))
    return [
        dict.fromkeys(LABELS, 0.0)
        | {label: round(float(p), 6) for label, p in zip(classifier.labels, row, strict=True)}
        for row in told
    ]


def _written() -> Iterator[tuple[str, str]]:
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    for label in LABELS:
        for place, sentence in enumerate(read[label]):
            if "{}" not in sentence:
                yield sentence, label
                continue
            for step in range(3):
                yield sentence.replace("{}", read["things"][(place + 3 * step) % len(read["things"])]), label


def evaluate(run: Run) -> Iterator[Answer]:
    """Task ``sentiment``."""
    train, test = [], []
    for line in run.lines:
        line.text(), line.text("id")
        if line.one_of("split", ("train", "test")) == "train":
            train.append((line.text(), line.one_of("label", LABELS)))
        else:
            test.append(line)
    if not test:
        return
    with run.fitting():
        classifier = learned([text for text, _ in train], [label for _, label in train], run.encoder, run.seed)
    for line, chances in zip(test, sentiments(classifier, [one.text() for one in test]), strict=True):
        best = max(LABELS, key=lambda label: chances[label])
        yield {"id": line.values["id"], "label": best, "p": chances}
