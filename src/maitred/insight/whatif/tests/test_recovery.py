"""Are the parameters of simulated floors found again from 26 weeks of their history?"""

from __future__ import annotations

import numpy as np
import pytest

from maitred.floor.fitted import FittedWorld
from maitred.floor.world import Policy, World
from maitred.insight.whatif import fit
from maitred.insight.whatif.history import emptied
from maitred.insight.whatif.tests.support import history, small

POLICIES: tuple[Policy, ...] = (
    *(
        "fifo",
        "priority",
        "priority_ageing",
        "sla_due",
        "sla_risk",
        "round_robin",
        "least_loaded",
        "sticky",
        "pull_pick",
    ),
)


def effort_of(world: World, group: str) -> float:
    """Median effort of a group's e-mail in the hands of its typical person."""
    one = next(one for one in world.classes if one.group == group and one.channel == "email")
    people = [agent.speed for agent in world.agents if group in agent.groups and agent.shifts]
    return one.effort_median * float(np.exp(np.mean(people)))


def errors(world: World, fitted: FittedWorld) -> list[float]:
    return [abs(effort_of(fitted.world, one.name) / effort_of(world, one.name) - 1) for one in world.groups]


@pytest.mark.slow
@pytest.mark.long
def test_arrival_rates_efforts_and_policies_are_found_again(capsys: pytest.CaptureFixture[str]) -> None:
    """The figures of the page: rates within 3 %, effort within 8 % (measured) or 20 % (estimated), policy in 90 %."""
    rates, measured, estimated, named = [], [], [], []
    for place, policy in enumerate(POLICIES):
        world = small(4_100 + place, policy=policy, load=0.85 + 0.01 * (place % 6), weeks=26)
        told = history(world)
        found, blind = fit(told), fit(emptied(told, "time_entries", "calls", "engagements"))
        assert isinstance(found, FittedWorld) and isinstance(blind, FittedWorld)
        true = sum(one.weekly for one in world.classes)
        rates.append(abs(sum(one.weekly for one in found.world.classes) / true - 1))
        measured += errors(world, found)
        estimated += errors(world, blind)
        named += [one.policy == policy for one in found.routing]
    with capsys.disabled():
        print(
            f"\nrate error: mean {np.mean(rates):.3f}, largest {max(rates):.3f}; effort error: measured "
            f"{max(measured):.3f}, estimated {max(estimated):.3f}; policies named {np.mean(named):.2f} of {len(named)}"
        )
    assert float(np.mean(rates)) <= 0.03
    assert max(measured) <= 0.08
    assert float(np.quantile(estimated, 0.9)) <= 0.20
    assert float(np.mean(named)) >= 0.90
