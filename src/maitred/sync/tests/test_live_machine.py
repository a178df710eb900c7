"""Any order of what may happen at an account and to its reader: afterwards the warehouse is what the account says.

The model is the fake helpdesk's own ``truth``, which is told without the connector's code. A reader that is killed is
one that meets an exception of no kind it knows at a labelled step.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from maitred.base import faults
from maitred.connectors.doubling import Plan
from maitred.sync.engine import Outcome, refetch
from maitred.sync.opening import opened
from maitred.sync.tests.live import DESKS, VENDORS, Reader, clean, resumed, same, sound
from maitred.sync.tests.test_fault_plans import CORE, happen
from maitred.sync.verifying import table_hash

STEPS = ("fetch", "land.write", "land.rename", "ledger.commit", "load.decode", "load.merge", "load.commit", "load.mark")
SEEDS = st.integers(0, 2**20)


class Killed(BaseException):
    """The end of a reader that nobody caught."""


class Machine(RuleBasedStateMachine):
    """An account and its reader."""

    vendor = "zendesk"

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="maitred-machine-")
        self._opened = resumed(self.vendor, Path(self._folder.name) / "home")
        self.reader: Reader = self._opened.__enter__()
        self.double: Any = self.reader.double
        self.outcomes: list[Outcome] = []
        self.pinned = self._published()

    @initialize(changes=st.lists(SEEDS, min_size=1, max_size=3))
    def begin(self, changes: list[int]) -> None:
        for seed in changes:
            happen(self.vendor, self.double, random.Random(seed))

    # ------------------------------------------------------------ at the account

    @rule(seed=SEEDS)
    def change(self, seed: int) -> None:
        """An edit, a new ticket, a deletion or its undoing, a merge, a rating, a mass update, a late commit ..."""
        happen(self.vendor, self.double, random.Random(seed))

    @rule(seconds=st.sampled_from((1, 59, 61, 600, 3_600)))
    def wait(self, seconds: int) -> None:
        self.double.clock.advance(seconds)

    # ------------------------------------------------------------ to the reader

    @rule(core=st.booleans())
    def sync(self, core: bool) -> None:
        self.outcomes.append(self.reader.sync(streams=CORE[self.vendor] if core else None))

    @rule(seed=SEEDS)
    def sync_with_faults(self, seed: int) -> None:
        self.double.faults = Plan.random(seed, 4) + Plan.random(seed + 1, 2, DESKS[self.vendor].tickets)
        self.outcomes.append(self.reader.sync(streams=CORE[self.vendor]))
        self.double.faults = []

    @rule()
    def reconcile(self) -> None:
        self.outcomes.append(self.reader.sync(reconcile=True, accept_mass_delete=True))

    @rule(seed=SEEDS)
    def refetch(self, seed: int) -> None:
        """What a call of a webhook leads to."""
        tickets = sorted(self.double.truth()["tickets"])
        some = random.Random(seed).sample(tickets, 2)
        words = {"pause": self.double.clock.advance, "now": lambda: self.double.clock.now().timestamp()}
        with opened(self.reader.workspace, self.reader.account, **words) as (connector, account, api):
            refetch(self.reader.workspace, connector, account, api, some)

    @rule(wanted=st.sampled_from(STEPS), passing=st.integers(1, 6))
    def killed(self, wanted: str, passing: int) -> None:
        """A run that ends at a step."""
        left = [passing]

        def step(label: str) -> None:
            if label == wanted:
                left[0] -= 1
                if left[0] == 0:
                    raise Killed

        original, faults.step = faults.step, step
        try:
            self.reader.sync(streams=CORE[self.vendor])
        except Killed:
            pass
        finally:
            faults.step = original

    @precondition(lambda self: len(self.outcomes) > 2)
    @rule()
    def stop(self) -> None:
        """A run that is asked to end after its first page."""
        import threading

        ending = threading.Event()
        self.outcomes.append(self.reader.sync(stop=ending, progress=lambda stream, records: ending.set()))

    # ------------------------------------------------------------ what holds

    @invariant()
    def a_reader_of_a_publication_sees_what_it_saw_first(self) -> None:
        number, digest = self.pinned
        publication = self.reader.workspace.publication(number)
        assert publication is not None and table_hash(self.reader.workspace, publication, "tickets") == digest

    def _published(self) -> tuple[int, str]:
        publication = self.reader.workspace.publication()
        assert publication is not None
        return publication.number, table_hash(self.reader.workspace, publication, "tickets")

    def teardown(self) -> None:
        try:
            self.double.clock.advance(120)
            self.outcomes += self.reader.until_complete()
            assert self.outcomes[-1].complete, self.outcomes[-1].as_json()
            other = clean(self.vendor, self.double, Path(self._folder.name) / "clean")
            same(self.reader, other)
            sound(self.reader, self.outcomes)
            agrees(self.vendor, self.reader)
        finally:
            self._opened.__exit__(None, None, None)
            self._folder.cleanup()


def agrees(vendor: str, reader: Reader) -> None:
    """Assert that the warehouse is what the account says of itself."""
    truth: Any = reader.double.truth()
    fields = ["status", "priority", "assignee_id", "group_id"]
    columns = ["external_id", "deleted_at", "merged_into_id", "tags", *fields]
    stored = {row["external_id"]: row for row in reader.rows("tickets", columns)}
    known = {key: {one: row[one] for one in fields} for key, row in truth["tickets"].items()}
    assert {key: {one: row[one] for one in fields} for key, row in stored.items() if key in known} == known
    told = {key: [row[0], row[-1]] for key, row in truth["messages"].items()}
    rows = reader.rows("messages", ["external_id", "ticket_id", "body_text", "deleted_at"])
    kept = {row["external_id"]: [row["ticket_id"], row["body_text"]] for row in rows if row["deleted_at"] is None}
    assert kept == told
    ratings = truth.get("satisfaction", truth.get("ratings", {}))
    found = {row["external_id"]: row["is_good"] for row in reader.rows("satisfaction", ["external_id", "is_good"])}
    assert found == {key: row["is_good"] for key, row in ratings.items()}
    if vendor != "freshdesk":  # whose account does not tell its events
        assert _statuses(vendor, reader) == _true_statuses(vendor, truth)


def _statuses(vendor: str, reader: Reader) -> set[tuple[str, str, str | None]]:
    columns = ["ticket_id", "field", "occurred_at", "new_value", "old_value"]
    return {
        (row["ticket_id"], row["occurred_at"].strftime("%Y-%m-%dT%H:%M:%SZ"), row["new_value"])
        for row in reader.rows("ticket_events", columns)
        if row["field"] == "status" and (vendor == "zendesk" or row["old_value"] is not None)
    }


def _true_statuses(vendor: str, truth: Any) -> set[tuple[str, str, str | None]]:
    if vendor == "zendesk":
        return {(ticket, at, new) for ticket, at, _, new in truth["statuses"]}
    return {(case, at, new) for case, at, field, old, new in truth["events"] if field == "status" and old is not None}


def machine_of(vendor: str) -> type[Machine]:
    """The machine of one helpdesk."""
    return type(f"{vendor.capitalize()}Machine", (Machine,), {"vendor": vendor})


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("vendor", [*VENDORS[:1], *(pytest.param(one, marks=pytest.mark.slow) for one in VENDORS[1:])])
def test_a_few_things_in_any_order_end_as_the_account_says(vendor: str) -> None:
    assert issubclass(machine_of(vendor), Machine)
    run_state_machine_as_test(machine_of(vendor), settings=_settings(2, 6))  # type: ignore[no-untyped-call]


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("vendor", VENDORS)
def test_many_things_in_any_order_end_as_the_account_says(vendor: str) -> None:
    assert issubclass(machine_of(vendor), Machine)
    run_state_machine_as_test(machine_of(vendor), settings=_settings(25, 14))  # type: ignore[no-untyped-call]
