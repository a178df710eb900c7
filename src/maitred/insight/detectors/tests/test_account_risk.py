"""Accounts at risk are found by signs that add up; busy days, growth of all, new and small accounts are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from maitred.insight.detectors.account_risk import DETECTORS, revenue_loss
from maitred.insight.detectors.finding import Candidate, Moment
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import AGENT, CUSTOMER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

ACCOUNTS = 60


def customers(
    seed: int = 1,
    days: int = 140,
    *,
    more: dict[int, float] | None = None,
    tone: float = 0.0,
    since: int = 100,
    everybody: float = 1.0,
    says: tuple[tuple[int, int], ...] = (),
    revenue: bool = True,
    late: int = -1,
) -> Evidence:
    """Tickets of accounts of very different size. ``more``: account and tickets a day on top from ``since`` on, whose
    messages are worse by ``tone``; ``says``: account and day of a word of leaving; ``late`` exists from ``since``."""
    dice = np.random.default_rng(seed)
    share = dice.dirichlet(np.full(ACCOUNTS, 0.8))
    rows: list[tuple[int, int, bool]] = []
    for day in range(days):
        busy = (1.0 if day % 7 < 5 else 0.2) * (everybody if day >= since else 1.0) * float(dice.gamma(20, 1 / 20))
        for account in np.repeat(np.arange(ACCOUNTS), dice.poisson(40 * share * busy)).tolist():
            if account != late or day >= since:
                rows.append((_at(dice, day), account, False))
        if day >= since:
            for who, extra in (more or {}).items():
                rows += [(_at(dice, day), who, True) for _ in range(dice.poisson(extra))]
    rows += [(_at(dice, day), account, True) for account, day in says]
    rows.sort()
    created = np.array([row[0] for row in rows])
    ticket = np.arange(len(rows))
    said = {(account, day) for account, day in says}
    spoken = [
        {
            "ticket": place, "author": 0, "kind": CUSTOMER, "sent_at": at, "tone": _tone(dice, tone if worse else 0.0),
            "leaving": (account, (at - MONDAY) // DAY) in said and worse,
        }
        for place, (at, account, worse) in enumerate(rows)
    ]  # fmt: skip
    spoken += [
        {"ticket": place, "author": 1, "kind": AGENT, "sent_at": row[0] + HOUR} for place, row in enumerate(rows)
    ]
    money = np.where(np.arange(ACCOUNTS) % 3 > 0, 10_000.0 * (1 + np.arange(ACCOUNTS)), np.nan)
    known: list[dict[str, Any]] = [
        {
            "revenue": float(money[one]) if revenue and np.isfinite(money[one]) else float("nan"),
            "renewal": MONDAY + 170 * DAY,
        }
        for one in range(ACCOUNTS)
    ]
    return made(
        tickets={"created": created, "account": np.array([row[1] for row in rows]), "group": 0},
        messages=spoken,
        turns={
            "ticket": ticket, "first": True, "opened_at": created, "answered_at": created + HOUR, "agent": 1,
            "group": 0, "seconds": HOUR, "calendar_s": HOUR,
        },
        accounts=known,
        as_of=MONDAY + days * DAY + 6 * HOUR,
    )  # fmt: skip


def _at(dice: np.random.Generator, day: int) -> int:
    return MONDAY + day * DAY + 8 * HOUR + int(dice.integers(9 * HOUR))


def _tone(dice: np.random.Generator, worse: float) -> int:
    return int(np.clip(round(float(dice.normal(0.1 + worse, 0.8))), -2, 2))


def told(evidence: Evidence, first: int = 60, last: int = 140) -> list[tuple[int, Candidate]]:
    watch = DETECTORS[0].prepare(evidence)
    found = []
    for day in range(first, min(last, len(evidence.days))):
        at = MONDAY + day * DAY + 6 * HOUR
        found += [(day, one) for one in watch(Moment(at, evidence.days.complete(at))).candidates]
    return found


def test_more_tickets_in_a_worse_tone_are_one_finding_with_its_parts() -> None:
    found = told(customers(more={8: 1.2}, tone=-1.5))
    assert {one.subject.name for _, one in found} == {"Account 8"}
    days = [day for day, _ in found]
    assert 103 <= days[0] <= 116
    last = found[-1][1]
    assert last.effect.shows() and last.effect.low > 1.3
    assert abs(last.since - 100) <= 5
    assert len(last.parts) >= 2 and "tone worse than before" in last.parts
    assert last.revenue > 0 and last.metric == "arrivals#1"
    assert last.cause.kind == "account"
    assert "before renewal" in last.title


@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_where_nothing_is_wrong_nothing_is_said(seed: int) -> None:
    assert told(customers(seed)) == []


def test_growth_of_everybody_is_no_risk_of_one() -> None:
    assert told(customers(6, everybody=1.8)) == []


def test_a_new_account_has_no_past_to_compare_with() -> None:
    biggest = int(np.argmax(np.random.default_rng(7).dirichlet(np.full(ACCOUNTS, 0.8))))
    assert told(customers(7, late=biggest)) == []


def test_a_key_account_that_writes_that_it_will_leave_is_enough() -> None:
    found = told(customers(8, says=((59, 110),)))
    assert {one.detector for _, one in found} == {"account_risk.leaving#1"}
    assert found[0][0] == 111 and found[-1][0] == 138
    assert found[0][1].n == 1 and found[0][1].effect.shows()
    assert found[0][1].since == 110


def test_a_small_account_that_writes_so_is_not() -> None:
    assert told(customers(9, says=((1, 110),))) == []


def test_where_everybody_speaks_of_leaving_it_says_little() -> None:
    habit = tuple((account, 60 + 3 * place) for place, account in enumerate(range(1, 50, 4)))
    assert not [
        one
        for day, one in told(customers(10, says=(*habit, (59, 125))))
        if day > 125 and one.subject.name == "Account 59"
    ]


def test_without_revenue_only_waiting_counts() -> None:
    found = told(customers(11, more={8: 1.2}, tone=-1.5, revenue=False))
    assert found and all(one.revenue == 0 and one.waiting > 0 for _, one in found)


def test_loss_grows_with_signs_and_nearness() -> None:
    evidence = customers(12, days=70)
    few, many = (revenue_loss(evidence, 59, parts, 40) for parts in (("contacts",), ("contacts", "tone", "leaving")))
    assert 0 < few < many
    assert revenue_loss(evidence, 59, ("tone",), 10) > revenue_loss(evidence, 59, ("tone",), 200)
    assert revenue_loss(evidence, 0, ("tone",), 10) == 0


@pytest.mark.parametrize("evidence", [made(), customers(13, days=8)], ids=["nothing", "a week"])
def test_thin_data_say_nothing(evidence: Evidence) -> None:
    watch = DETECTORS[0].prepare(evidence)
    assert not watch(Moment(evidence.as_of, evidence.days.complete(evidence.as_of))).candidates


def test_a_look_at_an_earlier_instant_uses_nothing_later() -> None:
    evidence = customers(14, more={8: 1.2}, tone=-1.5, says=((59, 112),))
    watch = DETECTORS[0].prepare(evidence)
    for day in (100, 109, 113, 120, 131):
        at = MONDAY + day * DAY + 11 * HOUR
        there = watch(Moment(at, evidence.days.complete(at)))
        then = cut(evidence, at)
        again = DETECTORS[0].prepare(then)(Moment(at, then.days.complete(at)))
        assert [_plain(one) for one in there.candidates] == [_plain(one) for one in again.candidates]


def _plain(one: Candidate) -> tuple[Any, ...]:
    return one.subject, one.since, one.effect, one.n, one.title, one.waiting, one.revenue, one.tickets.tolist()
