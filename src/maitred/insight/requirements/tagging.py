"""A simple model: each word's tag from what stands around it and what the rules say, joined by the likeliest path.

Multinomial logistic regression over words, their forms, their neighbours and the rules' tags; the path is that of
Viterbi with the one constraint of BIO, that an inside follows its own kind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from maitred.insight.requirements import baseline
from maitred.insight.requirements.spans import spans_of, tags_of

STRENGTH = 3.0
"""Inverse of the penalty; chosen once, before anything was measured on held-out sentences."""
_NEVER = -1e9


class Tagger:
    """Learns from tagged sentences; tells spans of others."""

    def __init__(self, strength: float = STRENGTH) -> None:
        self._strength = strength
        self._model: Any = None
        self._vector: Any = None

    def learn(self, sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> Tagger:
        """Fit on sentences and their tags; kinds other than ours count as outside."""
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression

        rows, wanted = [], []
        for words, told in zip(sentences, tags, strict=True):
            rows += features(words)
            wanted += tags_of(spans_of(told), len(words))
        self._vector = DictVectorizer()
        self._model = LogisticRegression(C=self._strength, max_iter=400)
        self._model.fit(self._vector.fit_transform(rows), wanted)
        return self

    def spans(self, words: Sequence[str]) -> set[tuple[str, int, int]]:
        """Spans of a sentence by words."""
        if not words:
            return set()
        names = list(self._model.classes_)
        chances = self._model.predict_log_proba(self._vector.transform(features(words)))
        return spans_of(_likeliest(names, [list(map(float, row)) for row in chances]))


def features(words: Sequence[str]) -> list[dict[str, Any]]:
    """What is known of each word of a sentence."""
    rules = tags_of(baseline.tagged(words), len(words))
    return [_features(words, place, rules) for place in range(len(words))]


def _features(words: Sequence[str], place: int, rules: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"rule": rules[place], "first": place == 0}
    for shift in (-2, -1, 0, 1, 2):
        there = 0 <= place + shift < len(words)
        word = words[place + shift].casefold() if there else "|"
        made[f"w{shift}"] = word
        if there and abs(shift) <= 1:
            made[f"end{shift}"] = word[-3:]
            made[f"rule{shift}"] = rules[place + shift]
            made[f"form{shift}"] = _form(words[place + shift])
    made["pair"] = f"{made['w-1']} {made['w0']}"
    return made


def _form(word: str) -> str:
    if word.isupper() and len(word) > 1:
        return "XX"
    if any(one.isdigit() for one in word):
        return "9"
    return "Xx" if word[:1].isupper() else "x" if word.isalpha() else "."


def _likeliest(names: Sequence[str], rows: Sequence[Sequence[float]]) -> list[str]:
    """The likeliest path of tags in which an inside follows a beginning or inside of its kind."""
    scores = [_NEVER if name.startswith("I-") else row for name, row in zip(names, rows[0], strict=True)]
    back: list[list[int]] = []
    for row in rows[1:]:
        best, made = [], []
        for place, name in enumerate(names):
            fitting = [one for one, before in enumerate(names) if _may_follow(before, name)]
            from_ = max(fitting, key=lambda one: scores[one], default=place)
            best.append(from_)
            made.append((scores[from_] if fitting else -math.inf) + row[place])
        scores = made
        back.append(best)
    place = max(range(len(names)), key=lambda one: scores[one])
    path = [place]
    for best in reversed(back):
        place = best[place]
        path.append(place)
    return [names[one] for one in reversed(path)]


def _may_follow(before: str, name: str) -> bool:
    return not name.startswith("I-") or before in (name, f"B-{name[2:]}")
