from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from maitred.floor.churn import LEAVING, MONTH, Leaving, churn
from maitred.floor.customers import population
from maitred.floor.plants.accounts import AtRiskAccount, ChurnDriver
from maitred.floor.run import Run
from maitred.floor.surveys import DAY
from maitred.floor.tests.recorded import small_run


def _big(**changes: object) -> Run:
    """The small run's tickets in a world of many accounts over a year, so that shares can be told from chance."""
    run = small_run()
    customers = replace(run.world.customers, accounts=4_000, per_account=0.15, churn=0.03)
    return replace(run, world=replace(run.world, customers=customers, days=360, **changes))  # type: ignore[arg-type]


def _gone(hazard: NDArray[np.float64]) -> NDArray[np.float64]:
    """The chance of each account to leave at all."""
    return np.asarray(1 - np.prod(1 - hazard, axis=1))


def test_as_many_accounts_leave_as_their_hazards_say() -> None:
    found = churn(_big())
    chance = _gone(found.hazard)
    error = (chance * (1 - chance)).sum() ** 0.5
    assert abs((found.left >= 0).sum() - chance.sum()) < 4 * error


def test_without_pain_support_is_to_blame_for_nothing() -> None:
    found = churn(_big(), leaving=replace(LEAVING, pain=0.0))
    assert not found.attributable.any()
    assert not found.preventable.any()


def test_the_part_that_support_could_have_prevented_is_the_part_that_it_is_blamed_for() -> None:
    found = churn(_big(), leaving=Leaving(pain=3.0))
    gone = found.left >= 0
    share = found.attributable[gone]
    assert found.preventable[gone].sum() > 10
    assert abs(found.preventable[gone].sum() - share.sum()) < 4 * (share * (1 - share)).sum() ** 0.5
    assert (found.hazard >= found.without_pain).all()


def test_pain_makes_more_accounts_leave() -> None:
    run = _big()
    assert (churn(run, leaving=Leaving(pain=3.0)).left >= 0).sum() > (churn(run).left >= 0).sum()


def test_renewals_gather_the_decisions() -> None:
    run = _big()
    found, people = churn(run), population(run.world)
    gone = found.left >= 0
    month = (found.left[gone] // DAY - run.world.warmup) // MONTH
    begin = (run.world.warmup + month * MONTH) * DAY
    due = (begin - people.renewal[gone]) % (365 * DAY)
    near = (due == 0) | (due > (365 - MONTH) * DAY)
    assert near.mean() > 0.25


def test_what_is_lost_is_the_revenue_of_those_that_left() -> None:
    run = _big()
    found = churn(run)
    revenue = population(run.world).revenue
    assert np.array_equal(found.lost, np.where(found.left >= 0, revenue, 0.0))


def test_an_account_at_risk_leaves_more_readily_and_nobody_else_does() -> None:
    run = _big()
    plant = AtRiskAccount("a", account=7, start=run.world.start, hazard=3.0, lead_days=30)
    plain, found = churn(run), churn(replace(run, world=replace(run.world, plants=(plant,))))
    others = np.arange(len(plain.hazard)) != 7
    assert np.array_equal(found.hazard[others], plain.hazard[others])
    assert found.hazard[7, 0] == plain.hazard[7, 0]
    assert (found.hazard[7, 1:] > 2 * plain.hazard[7, 1:]).all()


def test_a_driver_outside_support_moves_its_segment_and_no_blame() -> None:
    run = _big()
    plant = ChurnDriver("price", start=run.world.start, segment="starter", hazard=1.5)
    plain, found = churn(run), churn(replace(run, world=replace(run.world, plants=(plant,))))
    mine = population(run.world).segment == 2
    assert np.array_equal(found.hazard[~mine], plain.hazard[~mine])
    assert (found.without_pain[mine] > plain.without_pain[mine]).all()
