"""Learning who will be escalated before the next morning, and holding the chances to what came later.

Every morning of the past is one look at the tickets that were open and not escalated. At anchors four weeks apart a
logistic model and boosted trees are learned from looks whose outcome was known, the better one on the weeks before the
anchor is kept, corrected there, and judged on the four weeks after, which it never saw. Where escalations are fewer
than sixty, no chance is stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from maitred.insight import calibration
from maitred.insight.calibration import Calibration, Chances, NotEnoughData
from maitred.insight.escalation.seeing import GROUPS, Seen
from maitred.insight.evidence.tables import NEVER, Evidence, Flags, Floats, Ints

FEWEST: Final = 60
"""Escalations in the past without which no chance is stated."""
WITHIN: Final = 1
"""Days ahead that a chance is about: until the next morning, when everything is looked at again."""
EVERY: Final = 28
"""Days between anchors."""
MORNING_S: Final = 6 * 3600
REASON: Final = 0.25
"""Log-odds from which something counts as a reason."""
MOST_REASONS: Final = 3
_DAY = 86_400
_RIDGE = 8.0
_MOST = 60_000
_FIRST_DAY = 7
_LATER = 0.75
"""Share of looks from which only the correction is learned."""
_KEPT = 0.01
"""By how much trees must beat the straight model's log loss."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at open tickets: features, what came (1 within ``WITHIN`` days) and when that was escalated."""

    ticket: Ints
    at: Ints
    values: Floats
    came: Floats
    escalated: Ints
    waited: Floats
    reopened: Floats
    age: Floats

    def only(self, kept: Flags | Ints) -> Looks:
        """Some of them."""
        return Looks(*(getattr(self, name)[kept] for name in Looks.__slots__))

    def __len__(self) -> int:
        return len(self.ticket)


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for an escalation: one of ``seeing.GROUPS``, and the log-odds it adds to an ordinary ticket's."""

    name: str
    adds: float


@dataclass(frozen=True, slots=True)
class Model:
    """Learned: ``kind`` is ``logistic`` or ``trees``; ``ordinary`` the median of each feature."""

    kind: str
    chances: Chances
    ordinary: Floats
    group: Ints

    def reasons(self, values: Floats) -> list[tuple[Reason, ...]]:
        """The strongest reasons of each ticket: what its chance loses where this alone were ordinary."""
        if not len(values):
            return []
        whole = _logit(self.chances(values))
        adds = np.zeros((len(values), len(GROUPS)))
        for place in np.unique(self.group):
            mine = self.group == place
            without = values.copy()
            without[:, mine] = self.ordinary[mine]
            adds[:, place] = whole - _logit(self.chances(without))
        found = []
        for row in adds:
            order = np.argsort(-row, kind="stable")[:MOST_REASONS]
            found.append(tuple(Reason(GROUPS[one], round(float(row[one]), 3)) for one in order if row[one] >= REASON))
        return found


@dataclass(frozen=True, slots=True)
class Ahead:
    """Looks that a model spoke about without having seen them, with the chances that it stated."""

    looks: Looks
    said: Floats
    oldest: Floats
    """What "oldest first" would have stated."""
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """A model of today, and how models learned in the same way fared on later weeks."""

    model: Model
    calibration: Calibration
    ahead: Ahead
    escalations: int

    @property
    def shown(self) -> bool:
        """Whether its chances may be shown."""
        return self.calibration.shown


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Open tickets at an instant, most probable escalation first, with reasons."""

    at: int
    tickets: Ints
    probability: Floats
    reasons: tuple[tuple[Reason, ...], ...]


def looks(evidence: Evidence, escalated_at: Ints, until: int) -> Looks:
    """Every morning's open tickets before an instant, as far as their outcome was known by then.

    Parameters
    ----------
    escalated_at
        For each ticket the instant of its first escalation, ``NEVER`` where there was none.
    """
    seen = Seen(evidence, escalated_at)
    last = until - WITHIN * _DAY
    mornings = [int(one) + MORNING_S for one in evidence.days.starts[_FIRST_DAY:] if int(one) + MORNING_S <= last]
    parts = [part for at in mornings if len(part := _look(seen, at))]
    if not parts:
        empty = np.empty(0)
        return Looks(empty.astype(np.int64), empty.astype(np.int64), np.empty((0, 1)), empty, empty.astype(np.int64),
                     empty, empty, empty)  # fmt: skip
    return Looks(*(np.concatenate([getattr(part, name) for part in parts]) for name in Looks.__slots__))


def learned(evidence: Evidence, escalated_at: Ints, until: int | None = None) -> Learned | NotEnoughData:
    """A model from escalations before an instant, with its record on weeks that it had not seen.

    Parameters
    ----------
    escalated_at
        For each ticket the instant of its first escalation, ``NEVER`` where there was none; who records escalations
        says so, the helpdesk's records do not.
    until
        Seconds UTC; by default ``evidence.as_of``. What came at it or later is not used.
    """
    when = evidence.as_of if until is None else until
    known = np.where(escalated_at < when, escalated_at, NEVER)
    count = int((known < NEVER).sum())
    if count < FEWEST:
        return NotEnoughData(count, FEWEST, "escalations in the past")
    past = looks(evidence, known, when)
    if len(np.unique(past.ticket[past.came > 0])) < FEWEST:
        n = len(np.unique(past.ticket[past.came > 0]))
        return NotEnoughData(n, FEWEST, "escalated tickets that lay open on some morning before")
    group = Seen(evidence, known).table(past.ticket[:1], int(past.at[0])).group
    ahead = _ahead(past, group)
    if ahead is None:
        return NotEnoughData(count, 2 * FEWEST, "escalations, so that half of them can judge the other half")
    found = calibration.judged(ahead.said, ahead.looks.came, ahead.oldest, ahead.looks.ticket)
    return Learned(_fitted(past, group), found, ahead, count)


def foreseen(evidence: Evidence, escalated_at: Ints, model: Model, at: int | None = None) -> Foreseen:
    """The open tickets at an instant by their chance to be escalated within ``WITHIN`` days."""
    when = evidence.as_of if at is None else at
    seen = Seen(evidence, np.where(escalated_at < when, escalated_at, NEVER))
    tickets = seen.live(when)
    values = seen.table(tickets, when).values
    chance = model.chances(values) if len(tickets) else np.empty(0)
    order = np.argsort(-chance, kind="stable")
    reasons = tuple(model.reasons(values[order]))
    return Foreseen(when, tickets[order], chance[order], reasons)


def _look(seen: Seen, at: int) -> Looks:
    ticket = seen.live(at)
    escalated = seen.escalated_at[ticket]
    instant = np.full(len(ticket), at, np.int64)
    age = (at - seen.evidence.tickets.created[ticket]).astype(np.float64)
    return Looks(
        ticket.astype(np.int64), instant, seen.table(ticket, at).values,
        (escalated < at + WITHIN * _DAY).astype(np.float64), escalated, seen.waited(ticket, at),
        seen.reopenings(ticket, at), age,
    )  # fmt: skip


def _ahead(past: Looks, group: Ints) -> Ahead | None:
    """Walk forward: at each anchor learn from what was known, speak about the weeks after it."""
    first, last = int(past.at[0]), int(past.at[-1])
    spoken, said, oldest, kinds = [], [], [], []
    for anchor in range(first + 2 * EVERY * _DAY, last, EVERY * _DAY):
        known = past.only(past.at + WITHIN * _DAY <= anchor)
        later = past.only((past.at >= anchor) & (past.at < anchor + EVERY * _DAY))
        if not len(later) or not len(known) or len(np.unique(known.ticket[known.came > 0])) < FEWEST:
            continue
        model = _fitted(known, group)
        spoken.append(later)
        said.append(model.chances(later.values))
        oldest.append(calibration.curve(known.age, known.came)(later.age))
        kinds.append(model.kind)
    if not spoken or sum(part.came.sum() for part in spoken) < 20:
        return None
    joined = Looks(*(np.concatenate([getattr(part, name) for part in spoken]) for name in Looks.__slots__))
    return Ahead(joined, np.concatenate(said), np.concatenate(oldest), tuple(kinds))


def _fitted(known: Looks, group: Ints) -> Model:
    """The better of two models on the later part of what was known, corrected on that part."""
    used = known.only(np.arange(max(0, len(known) - _MOST), len(known)))
    edge = used.at[int(_LATER * (len(used) - 1))]
    # outcomes of looks just before the edge reach beyond it; they are learned from by nobody
    before, after = used.only(used.at + WITHIN * _DAY <= edge), used.only(used.at >= edge)
    straight = calibration.logistic(before.values, before.came, _RIDGE)
    choices: list[tuple[str, Chances]] = [("logistic", straight)]
    if before.came.sum() >= 2 * FEWEST:
        choices.append(("trees", _trees(before)))
    if min(after.came.sum(), (1 - after.came).sum()) < 5:
        return Model("logistic", calibration.logistic(used.values, used.came, _RIDGE), _middle(used), group)
    losses = [_loss(mend(chances(after.values)), after.came) for _, chances in choices
              for mend in (calibration.platt(chances(after.values), after.came, after.ticket),)]  # fmt: skip
    best = 1 if len(choices) > 1 and losses[1] < losses[0] * (1 - _KEPT) else 0
    kind, chances = choices[best]
    mend = calibration.platt(chances(after.values), after.came, after.ticket)
    whole = calibration.logistic(used.values, used.came, _RIDGE) if kind == "logistic" else _trees(used)
    return Model(kind, lambda values: mend(whole(values)), _middle(used), group)


def _trees(known: Looks) -> Chances:
    """Boosted trees, held back: few leaves, few steps; many looks at one ticket weigh as their root."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    _, place, count = np.unique(known.ticket, return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(count[place])
    made: Any = HistGradientBoostingClassifier(
        learning_rate=0.1, max_iter=60, max_leaf_nodes=8, min_samples_leaf=40, l2_regularization=2.0,
        early_stopping=False, random_state=1,
    )  # fmt: skip
    made.fit(known.values, known.came, sample_weight=weight)
    return lambda values: np.asarray(made.predict_proba(values)[:, 1], np.float64)


def _middle(known: Looks) -> Floats:
    return np.asarray(np.median(known.values, axis=0), np.float64)


def _loss(said: Floats, came: Floats) -> float:
    kept = np.clip(said, 1e-5, 1 - 1e-5)
    return float(-np.mean(came * np.log(kept) + (1 - came) * np.log(1 - kept)))


def _logit(chance: Floats) -> Floats:
    kept = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)), np.float64)
