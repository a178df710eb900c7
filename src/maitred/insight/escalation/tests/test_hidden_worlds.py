"""On simulated organisations whose chances are known: how many escalations are foreseen, and are the chances right?"""

from __future__ import annotations

import numpy as np
import pytest

from maitred.insight.escalation import budget, comparing, learning
from maitred.insight.escalation.tests.worlds import hidden_world

DAY = 86_400
SEEDS = (201, 202)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_nine_of_ten_escalations_are_foreseen_with_chances_that_are_right(seed: int) -> None:
    world = hidden_world(seed)
    found = learning.learned(world.evidence, world.played.at)
    assert isinstance(found, learning.Learned)
    assert found.shown, found.calibration.reason
    looks = found.ahead.looks
    model, oldest, twice = comparing.table(found, 0.08)
    best = comparing.fared(found.ahead, "floor", world.knows(looks.ticket, looks.at), 0.08)
    assert model.flagged <= 0.08
    assert model.recall is not None and best.recall is not None
    assert model.recall >= 0.90 or (model.recall_interval is not None and model.recall_interval[1] >= 0.95)
    assert model.auc >= 0.95 * best.auc
    assert model.slope is not None and 0.85 <= model.slope <= 1.15
    assert (oldest.recall or 0) < 0.3 and (twice.recall or 0) < 0.7
    at = int(world.mornings[-30])
    then = learning.learned(world.evidence, world.played.at, at)
    assert isinstance(then, learning.Learned)
    told: set[int] = set()
    for morning in world.mornings[-30:].tolist():
        seen = learning.foreseen(world.evidence, world.played.at, then.model, morning)
        alerts = budget.chosen(seen, budget.harms(world.evidence, seen.tickets, morning), 4, told)
        assert len(alerts) <= 4
        told |= {one.ticket for one in alerts}
    assert len(told) <= 120
    escalated = world.played.at[np.array(sorted(told))]
    assert (escalated >= at).mean() > 0.05
