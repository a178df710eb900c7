"""All values at once get the class that the rules give one by one, and everybody sees those of their own tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import NotFound
from maitred.metrics.asking import Asker, asking
from maitred.metrics.explaining import may_see
from maitred.metrics.reconciled import CLASSES, PAIRS, _classes, of_ticket, place_of, reconciled
from maitred.metrics.reconciliation import Pair, classify, reconcile
from maitred.metrics.scope import Scope
from maitred.metrics.tests.test_reconciliation import imported, zendesk_folder

SOURCE = "zendesk"
TICKETS = 60


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """Sixty tickets of one agent, with vendor values that agree, are rounded, missing or just other."""
    dice = np.random.default_rng(4)
    folder = tmp_path_factory.mktemp("told")

    def minutes(*choices: int | None) -> dict[str, Any]:
        return {clock: choices[int(dice.integers(len(choices)))] for clock in ("calendar", "business")}

    vendor = {
        number: {
            "reply_time_in_minutes": minutes(60, 61, 62, 600, None),
            "first_resolution_time_in_minutes": minutes(120, None),
            "full_resolution_time_in_minutes": minutes(120, 122, 7),
            "requester_wait_time_in_minutes": minutes(120, 3),
            "on_hold_time_in_minutes": minutes(0),
        }
        for number in range(1, TICKETS + 1)
    }
    opened = imported(folder / "home", zendesk_folder(folder / "in", vendor | {TICKETS + 1: {}}))
    publication = opened.publication()
    assert publication is not None
    with asking(opened, publication) as ask:
        yield ask
    opened.close()


def test_every_class_has_as_many_values_as_one_by_one(told: Asker) -> None:
    table = reconciled(told, SOURCE)
    slow = reconcile(told.workspace, told.publication, SOURCE)
    found = Counter(
        (".".join(PAIRS[pair]), CLASSES[reason])
        for pair, reason in zip(table.pair.tolist(), table.reason.tolist(), strict=True)
    )
    assert found == {(one["metric"], one["class"]): one["tickets"] for one in slow["classes"]}
    assert len(table.ticket) == slow["compared"]
    assert {"equal", "rounding", "vendor_null", "unexplained"} <= {name for _, name in found}


def test_a_ticket_shows_both_values_and_their_difference(told: Asker) -> None:
    rows = of_ticket(told, SOURCE, "7")
    assert [row.metric for row in rows] == [
        f"{metric}.{clock}"
        for metric in ("frt", "first_resolution", "full_resolution", "rwt", "hold_time")
        for clock in ("calendar", "business")
    ]
    reply = rows[0]
    assert (reply.source, reply.ticket, reply.ours) == (SOURCE, "7", 3_600)
    assert reply.difference == (None if reply.vendor is None else 3_600 - reply.vendor)
    assert of_ticket(told, SOURCE, str(TICKETS + 1)) == of_ticket(told, SOURCE, "no such") == ()


def test_values_further_apart_come_first_when_sorted_by_distance(told: Asker) -> None:
    table = reconciled(told, SOURCE)
    first = next(table.rows(np.argsort(-table.apart(), kind="stable")[:1]))
    assert (first.ours is None) != (first.vendor is None)
    chosen = np.flatnonzero(table.pair == place_of("full_resolution.calendar"))
    far = next(table.rows(chosen[np.argsort(-table.apart()[chosen], kind="stable")][:1]))
    assert (far.ours, far.vendor, far.difference, far.reason) == (7_200, 420, 6_780, "unexplained")


def test_a_scope_sees_the_values_of_its_tickets_only(told: Asker) -> None:
    table = reconciled(told, SOURCE)
    version = told.publication.tables["ticket_facts"]
    names = ["source_id", "ticket_id", *table.tickets.column_names[1:]]
    facts = {one["ticket_id"]: one for one in told.workspace.store.scan("ticket_facts", version, names).to_pylist()}
    ids = table.tickets["ticket_id"].to_pylist()
    for scope in (Scope.everything(), Scope.of(), Scope.of(people=[(SOURCE, "3")]), Scope.of(people=[("other", "3")]),
                  Scope.of([(SOURCE, "11")])):  # fmt: skip
        seen = table.seen_by(scope)
        assert seen.tolist() == [may_see(scope, facts[ids[place]]) for place in table.ticket.tolist()]


def test_what_is_not_there_is_named(told: Asker) -> None:
    with pytest.raises(NotFound, match="known: zendesk"):
        reconciled(told, "freshdesk")
    with pytest.raises(NotFound, match=r"frt\.calendar"):
        place_of("frt")


def test_a_source_without_vendor_values_has_an_empty_table(tmp_path: Path) -> None:
    opened = imported(tmp_path / "home", zendesk_folder(tmp_path / "in", {1: {}}))
    publication = opened.publication()
    assert publication is not None
    with asking(opened, publication) as ask:
        assert len(reconciled(ask, SOURCE).ticket) == 0
        assert of_ticket(ask, SOURCE, "1") == ()
    opened.close()


seconds = st.none() | st.integers(0, 12).map(lambda n: 60 * n) | st.integers(0, 800)


@given(
    st.sampled_from(PAIRS), seconds, seconds, seconds, seconds, st.integers(0, 1), st.integers(0, 1),
    st.sampled_from((None, "merged", "deleted", "spam")), st.lists(st.booleans(), min_size=4, max_size=4),
)  # fmt: skip
def test_the_first_rule_that_holds_decides(
    pair: tuple[str, str], ours: int | None, last: int | None, any_reply: int | None, vendor: int | None,
    replies: int, reopens: int, exclusion: str | None, hints: list[bool],
) -> None:  # fmt: skip
    """The rules for all tickets at once against ``classify`` for one pair."""
    metric, clock = pair
    calendar = clock == "calendar"
    fact = {"public_agent_replies": replies, "reopens_transitions": reopens, "exclusion": exclusion}
    revised, late, edited, role = hints
    one = Pair(
        "1", metric, clock, ours, ours if calendar else last, any_reply, vendor, fact, revised, late, edited, role
    )
    mode = "calendar" if calendar else "business_all"
    columns = {"public_agent_replies": [replies], "reopens_transitions": [reopens], "exclusion": [exclusion]}
    columns |= {f"frt_any_{mode}": [any_reply], f"{metric}_business_last": [last]}
    kinds = {"exclusion": pa.string()}
    facts = pa.table({name: pa.array(value, kinds.get(name, pa.int64())) for name, value in columns.items()})
    names = ("target_revised", "late_data", "schedule_edited", "role_changed")
    flags = {name: np.array([value]) for name, value in zip(names, (revised, late, edited, role), strict=True)}
    mine, theirs = (np.array([np.nan if value is None else float(value)]) for value in (ours, vendor))
    assert CLASSES[int(_classes(metric, clock, mine, theirs, facts, flags)[0])] == classify(one)
