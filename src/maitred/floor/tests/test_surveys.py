from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray

from maitred.floor.latent import replies, shown
from maitred.floor.plants.habits import SurveySteering
from maitred.floor.records import numbers
from maitred.floor.run import Run
from maitred.floor.surveys import Answering, Surveys, relationship, surveys
from maitred.floor.tests.recorded import small_run, small_tables

OPEN = Answering(extreme=0.0, propensity=0.0, wait=0.0, scanned=0.0)


def _asked(found: Surveys) -> NDArray[np.bool_]:
    return found.offered >= 0


def _again(run: Run, **changes: object) -> Run:
    """The same history in a world that differs in what happens after it."""
    return replace(run, world=replace(run.world, **changes))  # type: ignore[arg-type]


def test_the_truth_is_known_of_everyone_who_was_served() -> None:
    run = small_run()
    found = surveys(run)
    served = (run.tickets["solved"] >= 0) & (run.tickets["solver"] >= 0)
    assert np.array_equal(found.episodes, served)
    assert set(np.unique(found.five[served])) == {1, 2, 3, 4, 5}
    assert not found.five[~served].any()
    assert np.array_equal(found.good[served], found.five[served] >= 4)


def test_ratings_are_offered_to_the_share_that_the_world_says() -> None:
    run = small_run()
    found = surveys(run)
    share = _asked(found)[found.episodes].mean()
    n = found.episodes.sum()
    assert abs(share - run.world.customers.offer) < 4 * (0.25 / n) ** 0.5 + 0.02  # those solved last are not yet asked


def test_without_reasons_to_answer_the_answers_speak_for_everyone() -> None:
    found = surveys(_again(small_run(), customers=replace(small_run().world.customers, answer=0.0)), answering=OPEN)
    answered = found.rated >= 0
    seen, truth = found.seen_good[answered].mean(), found.good[_asked(found)].mean()
    assert abs(answered.sum() / _asked(found).sum() - 0.5) < 0.05
    assert abs(seen - truth) < 4 * (truth * (1 - truth) / answered.sum()) ** 0.5


@pytest.mark.parametrize("extreme", [0.5, 1.5])
def test_who_answers_is_biased_by_just_as_much_as_the_model_says(extreme: float) -> None:
    run = small_run()
    found = surveys(run, answering=replace(OPEN, extreme=extreme))
    felt, asked = found.satisfaction, _asked(found)
    chance = 1 / (1 + np.exp(-(run.world.customers.answer + extreme * np.abs(felt[asked] - 1.0))))
    expected = (chance * found.good[asked]).sum() / chance.sum()
    answered = found.rated >= 0
    error = (expected * (1 - expected) / answered.sum()) ** 0.5
    assert abs(found.seen_good[answered].mean() - expected) < 4 * error
    assert abs(answered.sum() - chance.sum()) < 4 * (chance * (1 - chance)).sum() ** 0.5


def test_the_unhappy_answer_more_often_so_the_figure_looks_worse_than_it_is() -> None:
    found = surveys(small_run(), answering=replace(OPEN, extreme=1.5))
    assert found.seen_good[found.rated >= 0].mean() < found.good[found.episodes].mean() - 0.02


def test_better_people_make_happier_customers() -> None:
    run = small_run()
    better = tuple(replace(one, quality=one.quality + 2.0) for one in run.world.agents)
    plain, found = surveys(run), surveys(_again(run, agents=better))
    assert np.allclose(found.satisfaction[found.episodes] - plain.satisfaction[found.episodes], 2 * 0.35)


def test_kinder_replies_make_happier_customers() -> None:
    run = small_run()
    kind = tuple(replace(one, behaviours=(1.0,) * 7) for one in run.world.agents)
    cold = tuple(replace(one, behaviours=(0.0,) * 7) for one in run.world.agents)
    rows = replies(run.log)
    assert (shown(_again(run, agents=kind), run.log, rows) == 127).all()
    assert not shown(_again(run, agents=cold), run.log, rows).any()
    felt = [surveys(_again(run, agents=agents)).satisfaction for agents in (kind, cold)]
    answered = np.isin(np.arange(len(run.tickets)), run.log["ticket"][rows]) & ~np.isnan(felt[0])
    assert np.allclose((felt[0] - felt[1])[answered], 0.9)


def test_a_scanner_clicks_within_two_seconds_and_is_marked_in_the_truth() -> None:
    found = surveys(small_run(), answering=Answering(scanned_accounts=0.5, scanned=0.5))
    clicks = found.scanner
    assert clicks.sum() > 50
    assert (found.rated[clicks] - found.offered[clicks] < 2_000).all()
    people = (found.rated >= 0) & ~clicks
    assert (found.rated[people] - found.offered[people] >= 2_000).all()
    assert np.array_equal(found.seen_good[people], found.good[people])
    assert found.seen_good[clicks].mean() < found.good[clicks].mean()


def test_a_steered_survey_is_missing_from_what_is_seen_and_not_from_the_truth() -> None:
    run = small_run()
    plain = surveys(run)
    steered = surveys(_again(run, plants=(SurveySteering("s", agent="p1", start=run.world.start, share=1.0),)))
    mine = (run.tickets["solver"] == 1) & plain.episodes & (plain.offered >= run.world.warmup * 86_400_000)
    assert steered.steered.sum() == (mine & ~plain.good).sum() > 5
    assert (steered.offered[mine & ~plain.good] < 0).all()
    assert np.array_equal(steered.good, plain.good)
    others = ~steered.steered
    assert np.array_equal(steered.rated[others], plain.rated[others])


def test_only_what_came_back_is_in_the_table() -> None:
    run, found = small_run(), surveys(small_run())
    rows = small_tables()["satisfaction"]
    csat = rows.filter(pc.equal(rows["kind"], "csat"))
    there = numbers(run) >= 0
    assert csat.num_rows == (there & (found.offered >= 0)).sum()
    end = (run.world.warmup + run.world.days) * 86_400_000
    answered = there & (found.rated >= 0) & (found.rated <= end)
    assert csat.num_rows - csat["is_good"].null_count == answered.sum()
    assert pc.sum(csat["is_good"]).as_py() == found.seen_good[answered].sum()


def test_effort_and_recommendation_are_rows_of_their_own_kind() -> None:
    rows = small_tables()["satisfaction"]
    kinds = {one: rows.filter(pc.equal(rows["kind"], one)) for one in ("nps", "ces")}
    assert kinds["ces"].num_rows > 20
    assert set(kinds["ces"]["score_raw"].to_pylist()) <= set("1234567")
    assert kinds["nps"]["ticket_id"].null_count == kinds["nps"].num_rows
    assert all(0 <= int(score) <= 10 for score in kinds["nps"]["score_raw"].to_pylist())


def test_accounts_with_happier_people_recommend_more() -> None:
    run = small_run()
    worse = surveys(run)
    better = replace(worse, satisfaction=worse.satisfaction + 1.0)
    assert relationship(run, better).score.mean() > relationship(run, worse).score.mean() + 0.3
