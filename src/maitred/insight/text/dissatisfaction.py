"""How likely a customer is unhappy with the service at a turn of a conversation, from what was said up to there.

Never from a later turn. Learned from a team's own ratings of turns; else a start model from self-written sentences,
which has not been checked on anybody's data. Shown as a change within a conversation, not as a level per person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from maitred.insight.text import behaviours, classifying, features, sentiment
from maitred.insight.text.classifying import Classifier
from maitred.insight.text.encoders import Encoder
from maitred.insight.text.evaluating import Answer, Line, Run
from maitred.insight.text.features import plain
from maitred.insight.text.zones import own_words

Numbers = npt.NDArray[np.float64]
UNHAPPY = 3.0
"""Ratings below this are those of an unhappy customer (of 1 to 5)."""
ROLES = ("customer", "agent")
_FOLDS = 4
_STRENGTH = 4.0
"""How strongly weights are held back."""
_NO = re.compile(r"\b(?:no|not|don't|wrong|already|again|said|told|asked|instead|still|why|never)\b")
_UNABLE = re.compile(r"\b(?:sorry|unable|cannot|can't|couldn't|could not|unfortunately|no (?:such|results?)|fail\w*)\b")
_SENTENCE = re.compile(r"[^.!?\r\n]*[^.!?\r\n\s][^.!?\r\n]*[.!?]*")


@dataclass(frozen=True, slots=True)
class Moment:
    """A customer's turn with what came before it."""

    text: str
    earlier: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The probability at a turn, and the sentence of it that weighs most, ``[start, end)``."""

    p: float
    evidence: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Learned by ``learned``: expected ratings from words and the course so far, and their probability."""

    own: features.Features
    reply: features.Features
    encoder: Encoder | None
    ratings: Any
    chance: Any
    scale: Numbers

    def judged(self, moments: Sequence[Moment]) -> list[Judged]:
        """What is thought of each turn."""
        rows = _rows(self.own, self.reply, self.encoder, moments, self.scale)
        told = self.chance.predict_proba(self.ratings.predict(rows).reshape(-1, 1))[:, 1]
        weights = self.ratings.coef_[: len(self.own.words.vocabulary_) + len(self.own.pieces.vocabulary_)]
        return [
            Judged(round(float(p), 6), _weightiest(one.text, lambda said: -(self.own.rows(said) @ weights)))
            for one, p in zip(moments, told, strict=True)
        ]

    def chances(self, moments: Sequence[Moment]) -> list[float]:
        """The probabilities alone, for many turns."""
        rows = _rows(self.own, self.reply, self.encoder, moments, self.scale)
        told = self.chance.predict_proba(self.ratings.predict(rows).reshape(-1, 1))[:, 1]
        return [round(float(p), 6) for p in told]


@dataclass(frozen=True, slots=True)
class Start:
    """Without ratings: how the turn sounds, how those before it sounded, and whether it repeats them."""

    tone: Classifier

    def judged(self, moments: Sequence[Moment]) -> list[Judged]:
        """What is thought of each turn; not calibrated."""
        chances = self.chances(moments)
        return [Judged(p, _weightiest(one.text, self._sounds)) for one, p in zip(moments, chances, strict=True)]

    def chances(self, moments: Sequence[Moment]) -> list[float]:
        """The probabilities alone, for many turns."""
        texts = sorted({text for one in moments for text in (one.text, *one.earlier[-2:])})
        tones = sentiment.sentiments(self.tone, texts)
        bad = {text: _badness(text, tone["negative"]) for text, tone in zip(texts, tones, strict=True)}
        return [self._chance(one, bad) for one in moments]

    def _chance(self, one: Moment, bad: dict[str, float]) -> float:
        before = max((bad[text] for text in one.earlier[-2:]), default=0.0)
        repeats = max((_shared(one.text, text) for text in one.earlier), default=0.0)
        return round(min(0.65 * bad[one.text] + 0.2 * before + 0.15 * repeats, 1.0), 6)

    def _sounds(self, said: Sequence[str]) -> Numbers:
        return np.array([one["negative"] for one in sentiment.sentiments(self.tone, said)])


def learned(
    moments: Sequence[Moment], ratings: Sequence[float], groups: Sequence[str], encoder: Encoder
) -> Model | Start:
    """Learn from rated turns; without both happy and unhappy ones, the start model.

    Parameters
    ----------
    moments, ratings
        Turns, and their ratings from 1 to 5.
    groups
        The conversation of each: it is held out as a whole.
    """
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import GroupKFold, cross_val_predict

    unhappy = np.array([one < UNHAPPY for one in ratings], dtype=np.int64)
    if len(set(groups)) < _FOLDS or len(set(unhappy.tolist())) < 2:
        return Start(sentiment.start(encoder))
    vectors = classifying.vectors_of(encoder)
    own = features.learned([plain(one.text) for one in moments])
    reply = features.learned([_last_reply(one) for one in moments])
    dense = _course(vectors, moments)
    scale = np.maximum(dense.std(axis=0), 1e-6)
    rows = _rows(own, reply, vectors, moments, scale)
    model = Ridge(alpha=_STRENGTH, solver="sparse_cg", tol=1e-4)
    wanted = np.array(ratings, dtype=np.float64)
    held = cross_val_predict(model, rows, wanted, cv=GroupKFold(_FOLDS), groups=np.array(groups))
    chance = LogisticRegression(max_iter=500).fit(held.reshape(-1, 1), unhappy)
    return Model(own, reply, vectors, model.fit(rows, wanted), chance, scale)


def moments_of(turns: Sequence[tuple[str, str]]) -> list[Moment]:
    """The customer's turns of a conversation of (role, text), each with what came before it."""
    found: list[Moment] = []
    said: list[str] = []
    answered: list[str] = []
    for role, text in turns:
        if role == "customer":
            found.append(Moment(text, tuple(said), tuple(answered)))
        (said if role == "customer" else answered).append(text)
    return found


def _rows(
    own: features.Features, reply: features.Features, encoder: Encoder | None, moments: Sequence[Moment], scale: Numbers
) -> Any:
    from scipy.sparse import csr_matrix, hstack

    words = own.rows([plain(one.text) for one in moments])
    before = reply.rows([_last_reply(one) for one in moments])
    dense = csr_matrix(_course(encoder, moments) / scale)
    parts = [words, 0.5 * before, 0.5 * dense]
    if encoder is not None:
        parts.append(csr_matrix(2.0 * encoder.encode([plain(one.text) for one in moments])))
    return hstack(parts, format="csr")


def _course(encoder: Encoder | None, moments: Sequence[Moment]) -> Numbers:
    """The course of a conversation up to each turn, in numbers."""
    return np.array([_numbers(one) for one in moments], dtype=np.float64).reshape(len(moments), -1)


def _numbers(one: Moment) -> list[float]:
    text, reply = plain(one.text), _last_reply(one)
    return [
        float(np.log1p(len(text.split()))),
        float(np.log1p(len(one.earlier))),
        float(len(_NO.findall(text)) > 0),
        float("?" in text),
        max((_shared(one.text, other) for other in one.earlier), default=0.0),
        max((_shared(reply, other) for other in one.answered[:-1]), default=0.0),
        _shared(text, reply),
        float(len(_UNABLE.findall(reply)) > 0),
        float(behaviours.states_trouble(text)),
        float(any(_UNABLE.search(plain(other)) for other in one.answered[-4:-1])),
    ]


def _last_reply(one: Moment) -> str:
    return plain(one.answered[-1]) if one.answered else ""


def _shared(text: str, other: str) -> float:
    """Share of the words of a text that stand in another."""
    mine, others = set(plain(text).split()), set(plain(other).split())
    return len(mine & others) / len(mine) if mine else 0.0


def _badness(text: str, negative: float) -> float:
    return min(0.8 * negative + 0.2 * behaviours.states_trouble(plain(text)), 1.0)


def _weightiest(text: str, weight: Any) -> tuple[tuple[int, int], ...]:
    """The author's own sentence that speaks most for an unhappy customer."""
    own = own_words(text[:20_000])
    spans = [
        (hit.end() - len(hit.group().lstrip()), hit.start() + len(hit.group().rstrip()))
        for hit in _SENTENCE.finditer(own)
    ]
    if len(spans) < 2:
        return tuple(spans)
    told = weight([plain(text[start:end]) for start, end in spans])
    return (spans[int(np.argmax(told))],)


def evaluate(run: Run) -> Iterator[Answer]:
    """Task ``dissatisfaction``."""
    conversations: dict[str, list[Line]] = {}
    for line in run.lines:
        line.text(), line.whole("turn"), line.one_of("role", ROLES), line.one_of("split", ("train", "test"))
        conversations.setdefault(line.text("conversation"), []).append(line)
    found: dict[int, Moment] = {}
    for lines in conversations.values():
        own = [one for one in lines if one.values["role"] == "customer"]
        turns = [(str(one.values["role"]), one.text()) for one in lines]
        found |= {line.number: one for line, one in zip(own, moments_of(turns), strict=True)}
    train = [one for one in run.lines if one.values["split"] == "train" and one.values["role"] == "customer"]
    test = [one for one in run.lines if one.values["split"] == "test" and one.values["role"] == "customer"]
    rated = [(one, _rating(one)) for one in train]
    if not test:
        return
    with run.fitting():
        model = learned(
            [found[one.number] for one, _ in rated], [rating for _, rating in rated],
            [one.text("conversation") for one, _ in rated], run.encoder,
        )  # fmt: skip
    for line, judged in zip(test, model.judged([found[one.number] for one in test]), strict=True):
        yield {
            "conversation": line.values["conversation"], "turn": line.values["turn"], "p": judged.p,
            "evidence": [[*one] for one in judged.evidence],
        }  # fmt: skip


def _rating(line: Line) -> float:
    found = line.number_of("rating")
    if not 1 <= found <= 5:
        line.refuse("rating has to be from 1 to 5")
    return found
