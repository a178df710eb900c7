"""What happens to a ticket on its way: asked back, answered, reopened, handed over, hung up; per class, with shrinkage.

For the fit. Shares are counted over what has had time to happen, and lean on the channel's share as if on
``_PRIOR`` further cases. Exchanges are a geometric number: asked back over solved, which needs no closed tickets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maitred.floor.fitted import Parameter, Scale
from maitred.insight.whatif.delays import answering, patience
from maitred.insight.whatif.past import NEVER, PENDING, SOLVED, Past

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CLOSE_DAYS = 4.0
_PRIOR = 25.0
_Z = 1.959963984540054
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Course:
    """The parameters of one class, by field of ``floor.world.TicketClass``."""

    parameters: tuple[Parameter, ...]

    def value(self, name: str) -> float:
        return next(one.value for one in self.parameters if one.name == name)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Events of every class, each of shape (classes,)."""

    asked: Ints
    solved: Ints
    segments: Ints
    """Segments after a ticket's first, in groups that have a next tier."""
    firsts: Ints
    transferred: Ints
    escalated: Ints
    reopened: Ints
    followed: Ints


def courses(
    known: Past, names: tuple[str, ...], class_: Ints, families: Ints, upwards: Ints, since: int
) -> tuple[Course, ...]:
    """Fit the course of every class.

    Parameters
    ----------
    names
        Of the classes.
    class_
        Class of each ticket, -1 for those that are not read.
    families
        Of each class, the number of the family (channel) that it leans on.
    upwards
        Of each group, the group that it escalates to, -1 none.
    since
        Epoch ms from which on events are counted.
    """
    counts = _counted(known, len(names), class_, upwards, since)
    asked_at, delay, answered = _answers(known, since)
    answer_class = class_[asked_at]
    waited, left, patient_class = _waits(known, class_, since)
    found = []
    for k, name in enumerate(names):
        mine = answer_class == k
        family = np.isin(answer_class, np.flatnonzero(families == families[k]))
        chosen = mine if mine.sum() >= 60 else family
        delays = answering(delay[chosen], answered[chosen])
        error = delays.sigma / np.sqrt(max(1, delays.answered))
        never_error = float(np.sqrt(max(1e-4, delays.never * (1 - delays.never)) / max(1, delays.n)))
        alike = families == families[k]
        kin = patient_class == k
        mean, relative = patience(waited[kin], left[kin])
        reopened = _share(name, "reopened", counts.reopened, counts.followed, k, alike)
        found.append(
            Course(
                (
                    _ratio(name, "exchanges", counts.asked, counts.solved, k, alike),
                    reopened,
                    _success(reopened),
                    _share(name, "transfers", counts.transferred, counts.firsts, k, alike),
                    _share(name, "escalates", counts.escalated, counts.segments, k, alike),
                    _around(name, "reply_median", delays.median, delays.median * error, delays.n, "log"),
                    Parameter(name, "reply_sigma", delays.sigma, delays.sigma, delays.sigma, delays.n, "counted"),
                    _around(name, "no_reply", delays.never, never_error, delays.n, "logit"),
                    _around(name, "patience", mean, mean * relative, int(left[kin].sum()), "log"),
                )
            )
        )
    return tuple(found)


def _counted(known: Past, classes: int, class_: Ints, upwards: Ints, since: int) -> _Counts:
    """Counts by class. A ticket's first segment may end in a transfer or an escalation; later ones only in the latter,
    so those say how often the next tier is asked, and what is above it in first segments are transfers."""
    work = known.segments
    of = class_[work.ticket]
    good = (of >= 0) & (work.end >= since)
    up = upwards[work.group] if len(upwards) else np.full(len(of), -1, np.int64)
    moved, first = work.moved >= 0, work.number == 0
    has_next = up >= 0

    def count(which: Flags) -> Ints:
        return np.bincount(of[good & which], minlength=classes).astype(np.int64)

    later = count(~first & has_next)
    raised = count(~first & has_next & moved & (work.moved == up))
    rate = (raised.sum() + 0.2) / (later.sum() + 10.0)
    both = count(first & has_next)
    solves, reopened = _reopenings(known, since)
    solved_class = class_[known.statuses.ticket[solves]]
    fair = solved_class >= 0
    return _Counts(
        asked=count(work.public & work.pending & ~work.solved),
        solved=count(work.solved),
        segments=later,
        firsts=count(first),
        transferred=np.maximum(0, np.rint(count(first & moved) - rate * both)).astype(np.int64),
        escalated=raised,
        reopened=np.bincount(solved_class[fair & reopened], minlength=classes).astype(np.int64),
        followed=np.bincount(solved_class[fair], minlength=classes).astype(np.int64),
    )


def _reopenings(known: Past, since: int) -> tuple[Ints, Flags]:
    """Solvings by people with time enough to be reopened, as positions of the status changes, and which were."""
    changes = known.statuses
    solved = (changes.new == SOLVED) & (changes.person >= 0) & (changes.time >= since)
    solves = np.flatnonzero(solved & (changes.time < known.until - CLOSE_DAYS * _DAY))
    after = np.minimum(solves + 1, max(0, len(changes.time) - 1))
    same = (solves + 1 < len(changes.time)) & (changes.ticket[after] == changes.ticket[solves])
    reopened = same & (changes.new[after] < PENDING) & (changes.old[after] == SOLVED)
    return solves, reopened


def _answers(known: Past, since: int) -> tuple[Ints, NDArray[np.float64], Flags]:
    """Times of waiting for customers after being asked: ticket, seconds, and whether the answer came."""
    changes = known.statuses
    asked = np.flatnonzero((changes.new == PENDING) & (changes.person >= 0) & (changes.time >= since))
    n = len(changes.time)
    after = np.minimum(asked + 1, max(0, n - 1))
    same = (asked + 1 < n) & (changes.ticket[after] == changes.ticket[asked])
    end = np.where(same, changes.time[after], known.until)
    answered = same & (changes.new[after] < PENDING) & (changes.person[after] < 0)
    return changes.ticket[asked], (end - changes.time[asked]) / 1000, answered


def _waits(known: Past, class_: Ints, since: int) -> tuple[NDArray[np.float64], Flags, Ints]:
    """Waits of live contacts in seconds, whether they ended by hanging up, and their class."""
    tickets = known.tickets
    chosen = known.live & (tickets.created >= since) & (class_ >= 0) & ~tickets.gone
    begun = np.full(len(tickets), np.iinfo(np.int64).max)
    taken = known.assignments.new >= 0
    np.minimum.at(begun, known.assignments.ticket[taken], known.assignments.time[taken])
    worked = begun < np.iinfo(np.int64).max
    left = ~worked & (tickets.first_reply == NEVER) & (tickets.solved >= 0)
    end = np.where(worked, begun, np.where(left, tickets.solved, known.until))
    seconds = np.maximum(end - tickets.created, 0) / 1000
    return seconds[chosen], left[chosen], class_[chosen]


def _share(name: str, field: str, hits: Ints, of: Ints, k: int, alike: Flags) -> Parameter:
    """A share that leans on its family's, with the interval of a beta posterior on the logit scale."""
    if not of[alike].sum():
        return Parameter(name, field, 0.0, 0.0, 0.0, 0, "counted", "logit", "nothing of the kind can happen here")
    base = (hits[alike].sum() + 0.5) / (of[alike].sum() + 5.0)
    a, b = hits[k] + _PRIOR * base, of[k] - hits[k] + _PRIOR * (1 - base)
    value = float(a / (a + b))
    error = float(np.sqrt(1 / a + 1 / b))
    low, high = (1 / (1 + np.exp(-(np.log(a / b) + side * _Z * error))) for side in (-1, 1))
    return Parameter(name, field, value, float(low), float(high), int(of[k]), "counted", "logit")


def _success(reopened: Parameter) -> Parameter:
    """Log-odds of not being reopened: of all bad outcomes a queue only feels those that come back."""
    shares = (min(max(p, 1e-4), 0.9) for p in (reopened.value, reopened.high, reopened.low))
    value, low, high = (-float(np.log(p / (1 - p))) for p in shares)
    return Parameter(reopened.of, "success", value, low, high, reopened.n, "counted", "plain")


def _ratio(name: str, field: str, hits: Ints, of: Ints, k: int, alike: Flags) -> Parameter:
    """Mean of a geometric number: continued over ended, leaning on its family's."""
    base = (hits[alike].sum() + 0.5) / (of[alike].sum() + 1.0)
    ended = of[k] + _PRIOR
    value = float((hits[k] + _PRIOR * base) / ended)
    error = float(np.sqrt((1 + value) / max(value * ended, 1e-9)))
    low, high = value * np.exp(-_Z * error), value * np.exp(_Z * error)
    return Parameter(name, field, value, float(low), float(high), int(of[k]), "counted", "log")


def _around(name: str, field: str, value: float, error: float, n: int, scale: Scale) -> Parameter:
    low, high = value - _Z * error, value + _Z * error
    if scale == "log":
        relative = error / value if value > 0 else 0.0
        low, high = value * float(np.exp(-_Z * relative)), value * float(np.exp(_Z * relative))
    return Parameter(name, field, value, max(0.0, low), high, n, "counted", scale)
