"""A real change is found where there is one: a policy that began, a step in staffing; otherwise nothing is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from maitred.canon.tables import INSTANT
from maitred.insight.whatif.history import History, history_from
from maitred.insight.whatif.steps import real_change

FIRST = datetime(2025, 1, 6, 8, tzinfo=UTC)
WEEKS = 30


def a_history(people: list[int], policy: datetime | None = None) -> History:
    """So many agents act in each week; a policy may begin."""
    acts = [
        (f"a{agent}", FIRST + timedelta(weeks=week, days=agent % 5))
        for week, count in enumerate(people)
        for agent in range(count)
    ]
    return history_from(
        {
            "tickets": pa.table({"external_id": ["1"], "created_at": pa.array([FIRST], INSTANT)}),
            "users": pa.table({"external_id": [f"a{n}" for n in range(20)], "role": ["agent"] * 20}),
            "messages": pa.table(
                {"author_id": [who for who, _ in acts], "sent_at": pa.array([at for _, at in acts], INSTANT)}
            ),
            "sla_policies": pa.table(
                {
                    "external_id": ["p"] if policy else pa.array([], pa.string()),
                    "name": ["Gold"] if policy else pa.array([], pa.string()),
                    "valid_from": pa.array([policy] if policy else [], INSTANT),
                }
            ),
        },
        as_of=FIRST + timedelta(weeks=len(people)),
    )


def test_a_step_in_staffing_is_found_at_its_week() -> None:
    found = real_change(a_history([10] * 15 + [7] * 15))
    assert found is not None
    assert (found.kind, found.at.date()) == ("staffing", (FIRST + timedelta(weeks=15)).date())
    assert "7 people a week" in found.says


def test_a_policy_that_began_inside_the_history_comes_first() -> None:
    since = FIRST + timedelta(weeks=20, hours=3)
    found = real_change(a_history([10] * 15 + [7] * 15, since))
    assert found is not None
    assert (found.kind, found.at) == ("promise", since)


@pytest.mark.parametrize("people", [[10] * WEEKS, [10] * 15 + [9] * 15, [10] * 4 + [7] * 26, [10] * 29 + [5]])
def test_where_nothing_changed_or_nothing_could_be_judged_there_is_no_change(people: list[int]) -> None:
    assert real_change(a_history(people)) is None


def test_a_policy_from_before_the_history_is_no_change() -> None:
    assert real_change(a_history([10] * WEEKS, FIRST - timedelta(days=400))) is None


def test_an_empty_history_has_no_change() -> None:
    assert real_change(history_from({}, as_of=FIRST)) is None
