"""Why customers write: each text's reason out of those that a team knows, with a calibrated probability.

For a manager who asks what the queue is about. Learns from texts that somebody labelled; says how sure it is, and the
next likely reasons, so that a doubtful one is looked at by a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maitred.insight.text import classifying
from maitred.insight.text.classifying import Classifier, Margins
from maitred.insight.text.encoders import Encoder
from maitred.insight.text.evaluating import Answer, Line, Run
from maitred.insight.text.features import plain

_TOP = 3
SPLITS = ("train", "test", "unlabelled")


@dataclass(frozen=True, slots=True)
class Reason:
    """A text's likeliest reason.

    Attributes
    ----------
    label
        The reason.
    p
        Its probability.
    top
        The likeliest reasons with theirs, best first.
    calibrated
        Whether the probability was held to texts that the classifier had not seen.
    """

    label: str
    p: float
    top: tuple[tuple[str, float], ...]
    calibrated: bool


def learned(texts: Sequence[str], labels: Sequence[str], encoder: Encoder, seed: int = 1) -> Classifier:
    """A classifier from texts as stored and their reasons."""
    return classifying.learned([plain(one) for one in texts], labels, classifying.vectors_of(encoder), seed)


def reasons(classifier: Classifier, texts: Sequence[str]) -> list[Reason]:
    """The reason of each text as stored."""
    told = classifier.probabilities(classifier.margins([plain(one) for one in texts]))
    return [_reason(classifier, row) for row in told]


def _reason(classifier: Classifier, row: Margins) -> Reason:
    order = sorted(range(len(row)), key=lambda code: (-row[code], code))[:_TOP]
    top = tuple((classifier.labels[code], round(float(row[code]), 6)) for code in order)
    return Reason(*top[0], top, classifier.calibrated)


def evaluate(run: Run) -> Iterator[Answer]:
    """Task ``reasons``."""
    train, test = split(run.lines)
    if not test:
        return
    with run.fitting():
        classifier = learned([one.text() for one in train], [one.text("label") for one in train], run.encoder, run.seed)
    for line, found in zip(test, reasons(classifier, [one.text() for one in test]), strict=True):
        yield {"id": line.values["id"], "label": found.label, "p": found.p, "top": [[*one] for one in found.top]}


def split(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Lines to learn from and to answer; each is looked at before anything is learned."""
    train, test = [], []
    for line in lines:
        line.text(), line.text("id")
        kind = line.one_of("split", SPLITS)
        if kind == "train":
            train.append(line)
        elif kind == "test":
            test.append(line)
    if test and not any(one.values.get("label") is not None for one in train):
        test[0].refuse("there is nothing to learn from: lines of split train with a label are needed")
    return train, test
