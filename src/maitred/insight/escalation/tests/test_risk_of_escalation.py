"""Chances of escalations: what they may know, when they are silent, and that alerts keep to their budget."""

from __future__ import annotations

import numpy as np
import pytest

from maitred.insight.calibration import NotEnoughData
from maitred.insight.escalation import budget, comparing, holding_out, learning
from maitred.insight.escalation.forgotten import forgotten
from maitred.insight.escalation.seeing import GROUPS, Seen
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import AGENT, NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

DAYS = 160


@pytest.fixture(scope="module")
def world() -> tuple[Evidence, np.ndarray]:
    """Tickets of four days; customers whose words turn bad are escalated on a later day more often."""
    dice = np.random.default_rng(5)
    rows, messages, turns, escalated = [], [], [], []
    starts = sorted((MONDAY + day * DAY + int(dice.integers(8 * HOUR, 17 * HOUR)), int(dice.integers(4)))
                    for day in range(DAYS) for _ in range(10))  # fmt: skip
    for place, (at, priority) in enumerate(starts):
        mad = dice.random() < 0.15
        rows.append({"created": at, "group": 0, "channel": 0, "priority": priority, "account": int(dice.integers(20))})
        messages.append({"ticket": place, "author": 0, "sent_at": at, "tone": 0})
        messages.append({"ticket": place, "author": 0, "sent_at": at + 6 * HOUR, "tone": -2 if mad else 0})
        turns.append({"ticket": place, "first": True, "opened_at": at, "answered_at": at + 3 * DAY})
        hit = dice.random() < (0.45 if mad else 0.02)
        escalated.append(at + int(dice.uniform(1.2, 3.5) * DAY) if hit else NEVER)
    spans = [{"ticket": place, "value": value, "from_at": row["created"] + shift,
              "to_at": row["created"] + 4 * DAY if value == 1 else NEVER}
             for place, row in enumerate(rows) for value, shift in ((1, 0), (4, 4 * DAY))]  # fmt: skip
    as_of = MONDAY + DAYS * DAY
    accounts = [{"name": f"A{one}", "revenue": 1000.0 * (one + 1)} for one in range(20)]
    found = made(tickets=rows, messages=messages, turns=turns, statuses=spans, accounts=accounts, as_of=as_of)
    return found, np.array(escalated)


@pytest.fixture(scope="module")
def learned(world: tuple[Evidence, np.ndarray]) -> learning.Learned:
    found = learning.learned(*world)
    assert isinstance(found, learning.Learned)
    return found


def test_the_model_is_held_to_weeks_it_had_not_seen_and_beats_simple_rules(learned: learning.Learned) -> None:
    assert learned.shown, learned.calibration.reason
    model, oldest, twice = comparing.table(learned)
    assert (model.rule, oldest.rule, twice.rule) == comparing.RULES
    assert model.auc > 0.75 > max(oldest.auc, twice.auc)
    assert model.recall is not None and oldest.recall is not None and model.recall > 2 * oldest.recall
    assert model.slope is not None and 0.8 <= model.slope <= 1.25 and oldest.slope is None
    assert all(one.flagged <= 0.08 for one in (model, oldest, twice)) and model.tickets > 500
    assert model.recall_interval is not None and model.recall_interval[0] < model.recall < model.recall_interval[1]
    assert model.lead_hours is not None and 0 < model.lead_hours < 7 * 24


def test_words_that_turned_bad_are_named_as_the_reason(
    world: tuple[Evidence, np.ndarray], learned: learning.Learned
) -> None:
    found = learning.foreseen(*world, learned.model)
    assert (np.diff(found.probability) <= 0).all() and len(found.tickets) == len(found.reasons)
    first = {one.name for one in found.reasons[0]}
    assert first & {"tone", "tone_fall"} and first <= set(GROUPS)
    ordinary = found.reasons[-1]
    assert not {one.name for one in ordinary} & {"tone", "tone_fall"}


def test_nothing_after_an_instant_and_no_text_after_an_escalation_is_looked_at(
    world: tuple[Evidence, np.ndarray],
) -> None:
    evidence, escalated = world
    at = MONDAY + 120 * DAY + 6 * HOUR
    then = np.where(escalated < at, escalated, NEVER)
    past = Seen(cut(evidence, at), then[evidence.tickets.created < at])
    whole = Seen(evidence, escalated)
    tickets = whole.live(at)
    assert tickets.tolist() == past.live(at).tolist() and not (escalated[tickets] < at).any()
    np.testing.assert_allclose(whole.table(tickets, at).values, past.table(tickets, at).values)
    seen = learning.looks(evidence, escalated, evidence.as_of)
    assert (seen.escalated >= seen.at).all()
    early = learning.learned(evidence, escalated, at)
    told = learning.learned(cut(evidence, at), then[evidence.tickets.created < at], at)
    assert isinstance(early, learning.Learned) and isinstance(told, learning.Learned)
    np.testing.assert_allclose(early.ahead.said, told.ahead.said, rtol=1e-9)


def test_a_thin_history_is_told_and_not_guessed_from(world: tuple[Evidence, np.ndarray]) -> None:
    evidence, escalated = world
    few = np.where(np.cumsum(escalated < NEVER) <= 40, escalated, NEVER)
    found = learning.learned(evidence, few)
    assert isinstance(found, NotEnoughData) and (found.n, found.needed) == (40, learning.FEWEST)
    assert isinstance(learning.learned(evidence, np.full_like(escalated, NEVER)), NotEnoughData)


def test_alerts_keep_to_their_budget_over_a_replayed_month(
    world: tuple[Evidence, np.ndarray], learned: learning.Learned
) -> None:
    evidence, escalated = world
    told: set[int] = set()
    counts = []
    for day in range(125, 155):
        at = MONDAY + day * DAY + 6 * HOUR
        found = learning.foreseen(evidence, escalated, learned.model, at)
        alerts = budget.chosen(found, budget.harms(evidence, found.tickets, at), 3, told)
        assert not {one.ticket for one in alerts} & told
        assert all(one.probability >= budget.LOWEST for one in alerts)
        assert [one.score for one in alerts] == sorted((one.score for one in alerts), reverse=True)
        told |= {one.ticket for one in alerts}
        counts.append(len(alerts))
    assert max(counts) == 3 and sum(counts) <= 3 * 30 and len(counts) == 30
    hits = sum(escalated[one] < NEVER for one in told)
    assert hits / len(told) > 3 * float((escalated < NEVER).mean())


def test_a_dearer_customer_goes_first_at_the_same_chance() -> None:
    found = learning.Foreseen(0, np.array([4, 9]), np.array([0.3, 0.3]), ((), ()))
    alerts = budget.chosen(found, np.array([1.0, 5.0]), 1)
    assert [one.ticket for one in alerts] == [9]
    assert budget.chosen(found, np.array([1.0, 5.0]), 0) == ()
    low = learning.Foreseen(0, np.array([4]), np.array([0.001]), ((),))
    assert budget.chosen(low, np.array([20.0]), 5) == ()


def test_alerts_are_kept_back_by_lot_and_their_effect_has_an_interval() -> None:
    lots = [holding_out.kept_back("demo", str(one), "salt", 0.1) for one in range(5_000)]
    assert 0.08 < float(np.mean(lots)) < 0.12
    assert lots[:50] == [holding_out.kept_back("demo", str(one), "salt", 0.1) for one in range(50)]
    assert isinstance(holding_out.helped(200, 10, 12, 3), NotEnoughData)
    found = holding_out.helped(400, 20, 100, 30)
    assert isinstance(found, holding_out.Helped) and found.verdict == "improved"
    assert found.low < found.difference < found.high < 0
    same = holding_out.helped(400, 40, 100, 10)
    assert isinstance(same, holding_out.Helped) and same.verdict == "no_effect_shown"


def test_a_customer_forgotten_on_friday_evening_is_there_on_monday_and_not_on_saturday() -> None:
    friday = MONDAY + 4 * DAY
    tickets = [{"created": friday + 15 * HOUR, "group": 0}, {"created": friday + 15 * HOUR + 60, "group": 0}]
    spans = [{"ticket": one, "value": 0, "from_at": row["created"]} for one, row in enumerate(tickets)]
    turns = [{"ticket": one, "first": True, "opened_at": row["created"]} for one, row in enumerate(tickets)]
    note = [{"ticket": 1, "author": 0, "kind": AGENT, "public": False, "sent_at": friday + 16 * HOUR}]
    evidence = made(tickets=tickets, statuses=spans, turns=turns, messages=note, as_of=MONDAY + 8 * DAY,
                    people=[{"name": "A"}])  # fmt: skip
    assert forgotten(evidence, 2.5, friday + 2 * DAY).tickets.tolist() == []
    found = forgotten(evidence, 2.5, MONDAY + 7 * DAY + 10 * HOUR)
    assert found.tickets.tolist() == [0] and found.waited.tolist() == [3 * HOUR]
