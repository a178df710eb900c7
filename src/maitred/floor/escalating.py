"""Which open tickets are escalated, and the chance of it that nobody outside the floor knows.

The engine lets upset customers ask for the manager, and does not tell with what chance. Here the chance is known: a
hazard with hidden parameters, drawn by seed, over what customers lived through until a morning. It is played over the
mornings of a run that is over, so nothing else in the run changes. Its shape (thresholds, a product, the temper of each
account) is not that of any model which has to find it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Lived:
    """What customers of open tickets lived through until one morning, one row a ticket."""

    ticket: Ints
    account: Ints
    """-1 where nobody knows; such customers have the temper of nobody in particular."""
    waiting_hours: Floats
    """Since the customer's turn began; 0 while nobody waits for the team."""
    chasers: Floats
    """Messages of the customer since the last answer."""
    reopened: Floats
    missed: Floats
    """Targets missed so far."""
    tone: Floats
    """Of the last words, -2 (bad) to 2."""
    fall: Floats
    """By how much the tone fell since the first words."""


@dataclass(frozen=True, slots=True)
class Temper:
    """The hidden parameters: log-odds a day of an escalation."""

    share: float
    """Of the tickets that lay open on some morning, the share that is expected to be escalated."""
    waiting: float
    patience_hours: float
    chaser: float
    reopened: float
    missed: float
    tone: float
    fall: float
    both: float
    """Of waiting beyond the patience and words that fell, together."""
    spread: float
    """Standard deviation of accounts."""


def hidden(seed: int) -> Temper:
    """The parameters of a seed."""
    dice = np.random.default_rng((seed, 7_001))
    return Temper(
        share=float(dice.uniform(0.012, 0.024)), waiting=float(dice.uniform(3.3, 4.5)),
        patience_hours=float(dice.uniform(24, 44)), chaser=float(dice.uniform(0.7, 1.3)),
        reopened=float(dice.uniform(2.6, 3.6)), missed=float(dice.uniform(0.4, 0.9)),
        tone=float(dice.uniform(0.6, 1.0)), fall=float(dice.uniform(0.5, 1.1)), both=float(dice.uniform(2.0, 3.0)),
        spread=float(dice.uniform(0.2, 0.5)),
    )  # fmt: skip


def odds_of(temper: Temper, lived: Lived, accounts: Floats) -> Floats:
    """The log-odds of each ticket to be escalated before the next morning, but for the level that all have in common.

    Parameters
    ----------
    accounts
        What the temper of each account adds, from ``tempers``.
    """
    beyond = (lived.waiting_hours > temper.patience_hours).astype(np.float64)
    odds = temper.waiting * np.minimum(lived.waiting_hours / temper.patience_hours, 2.0)
    odds += temper.chaser * np.minimum(lived.chasers, 4) + temper.reopened * np.minimum(lived.reopened, 2)
    odds += temper.missed * np.minimum(lived.missed, 3) - temper.tone * np.minimum(lived.tone, 0)
    odds += temper.fall * np.maximum(lived.fall, 0) + temper.both * beyond * (lived.fall > 0)
    known = np.append(accounts, 0.0)
    return np.asarray(odds + known[lived.account], np.float64)


def tempers(temper: Temper, count: int, seed: int) -> Floats:
    """What each account adds to the log-odds."""
    return np.asarray(np.random.default_rng((seed, 7_002)).normal(0, temper.spread, count), np.float64)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it: ``at`` by ticket (seconds UTC, ``never`` where nobody escalated), and the chances by morning.

    ``day_chances`` holds for each morning the chance of each of its tickets before the next.
    """

    at: Ints
    day_chances: tuple[Floats, ...]


def play(temper: Temper, mornings: Ints, lives: tuple[Lived, ...], count: int, accounts: int, seed: int,
         never: int) -> Played:  # fmt: skip
    """Draw who is escalated when, morning by morning; whoever was is not drawn again.

    Parameters
    ----------
    mornings, lives
        Instants, and what customers had lived through by each.
    count, accounts
        Number of tickets and of accounts.
    never
        The instant that stands for "not".
    """
    dice = np.random.default_rng((seed, 7_003))
    own = tempers(temper, accounts, seed)
    odds = [odds_of(temper, lived, own) for lived in lives]
    level = _level(odds, lives, count, temper.share)
    at = np.full(count, never, np.int64)
    told = []
    for morning, lived, one in zip(mornings.tolist(), lives, odds, strict=True):
        chance = _expit(one + level)
        told.append(chance)
        hit = (dice.random(len(chance)) < chance) & (at[lived.ticket] == never)
        at[lived.ticket[hit]] = morning + dice.integers(1_800, HOURS * 3600 - 1_800, int(hit.sum()))
    return Played(at, tuple(told))


def _level(odds: list[Floats], lives: tuple[Lived, ...], count: int, share: float) -> float:
    """The level at which a share of the tickets is expected to be escalated, by halving."""
    ticket = np.concatenate([one.ticket for one in lives])
    all_odds, open_tickets = np.concatenate(odds), len(np.unique(ticket))
    low, high = -40.0, 10.0
    for _ in range(40):
        middle = (low + high) / 2
        stays = np.bincount(ticket, np.log1p(-np.minimum(_expit(all_odds + middle), 1 - 1e-12)), minlength=count)
        low, high = (low, middle) if (1 - np.exp(stays)).sum() > share * open_tickets else (middle, high)
    return (low + high) / 2


def _expit(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)
