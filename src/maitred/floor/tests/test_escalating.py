"""Escalations with a known chance: the share that was meant comes about, and the chances are those that are drawn."""

from __future__ import annotations

import numpy as np

from maitred.floor import escalating
from maitred.floor.escalating import Lived

NEVER = 1 << 62
DAY = 86_400


def _lives(days: int = 80, count: int = 4_000) -> tuple[Lived, ...]:
    dice = np.random.default_rng(3)
    found = []
    for day in range(days):
        ticket = np.arange(day * count // days, min(count, (day + 3) * count // days))
        n = len(ticket)
        found.append(Lived(ticket, ticket % 40, dice.exponential(12, n), dice.poisson(0.4, n).astype(float),
                           dice.poisson(0.1, n).astype(float), dice.poisson(0.2, n).astype(float),
                           -dice.poisson(0.2, n).astype(float), dice.poisson(0.1, n).astype(float)))  # fmt: skip
    return tuple(found)


def test_the_share_that_was_meant_is_escalated_and_chances_are_what_was_drawn() -> None:
    lives, temper = _lives(), escalating.hidden(4)
    mornings = np.arange(len(lives)) * DAY
    shares, said, came = [], [], []
    for seed in range(20):
        played = escalating.play(temper, mornings, lives, 4_000, 40, seed, NEVER)
        again = escalating.play(temper, mornings, lives, 4_000, 40, seed, NEVER)
        assert played.at.tolist() == again.at.tolist()
        shares.append(float((played.at < NEVER).mean()))
        for at, lived, chance in zip(mornings, lives, played.day_chances, strict=True):
            open_ = played.at[lived.ticket] >= at
            said.append(chance[open_])
            came.append(played.at[lived.ticket][open_] < at + DAY)
    assert abs(float(np.mean(shares)) - temper.share) < 0.003
    assert abs(float(np.concatenate(said).mean()) / float(np.concatenate(came).mean()) - 1) < 0.1


def test_whoever_waits_past_their_patience_with_worse_words_is_likelier_to_escalate() -> None:
    one, zero = np.ones(1), np.zeros(1)
    calm = Lived(np.zeros(1, np.int64), np.zeros(1, np.int64), one, zero, zero, zero, zero, zero)
    upset = Lived(calm.ticket, calm.account, 60 * one, one, one, one, -2 * one, 2 * one)
    own = escalating.tempers(escalating.hidden(1), 1, 1)
    odds = [float(escalating.odds_of(escalating.hidden(1), lived, own)[0]) for lived in (calm, upset)]
    assert odds[1] > odds[0] + 5
