"""A queue by hand: two groups that answer first replies within office hours, against targets by priority."""

from __future__ import annotations

import numpy as np

from maitred.insight.evidence.tables import NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made


def queue(seed: int, days: int = 150, a_day: float = 30.0) -> Evidence:
    """Two groups whose first replies take office hours: slower when the group is busy and for low priorities."""
    dice = np.random.default_rng(seed)
    rows, targets, turns = [], [], []
    as_of = MONDAY + (days - 1) * DAY + 13 * HOUR
    for day in range(days):
        if day % 7 >= 5:
            continue
        busy = float(np.exp(dice.normal(0, 0.35)))
        for at in np.sort(dice.uniform(0, 8, dice.poisson(a_day))):
            created = MONDAY + day * DAY + 9 * HOUR + int(at * HOUR)
            if created >= as_of:
                continue
            group, priority = int(dice.integers(2)), int(dice.integers(4))
            wait = float(np.exp(dice.normal(0.6 - 0.35 * priority + 0.5 * group, 0.8))) * busy
            rows.append((created, group, priority))
            targets.append((created, int((8, 6, 4, 2)[priority] * HOUR), _after(created, wait)))
    order = np.argsort([row[0] for row in rows], kind="stable")
    tickets = [{"created": rows[i][0], "group": rows[i][1], "priority": rows[i][2], "channel": 0} for i in order]
    for place, i in enumerate(order):
        started, seconds, ended = targets[i]
        person = 4 * rows[i][1] + place % 4
        turns.append({
            "ticket": place, "first": True, "opened_at": started, "group": rows[i][1],
            "answered_at": ended if ended < as_of else NEVER, "agent": person if ended < as_of else -1,
        })  # fmt: skip
    return made(
        tickets=tickets,
        turns=turns,
        groups_of=[
            {"ticket": place, "value": row["group"], "from_at": row["created"]} for place, row in enumerate(tickets)
        ],
        targets=[
            {
                "ticket": place, "metric": 0, "policy": 0, "group": rows[i][1], "seconds": targets[i][1],
                "started_at": targets[i][0], "due_at": _after(targets[i][0], targets[i][1] / HOUR),
                "ended_at": targets[i][2] if targets[i][2] < as_of else NEVER,
            }
            for place, i in enumerate(order)
        ],
        as_of=as_of,
    )  # fmt: skip


def _after(start: int, hours: float) -> int:
    """So many office hours (Monday to Friday, 9 to 17) after an instant within them."""
    left, at = hours * HOUR, start
    while True:
        end = at - (at - MONDAY) % DAY + 17 * HOUR
        if at + left <= end:
            return int(at + left)
        left -= end - at
        at = end + 16 * HOUR
        while (at - MONDAY) // DAY % 7 >= 5:
            at += DAY
