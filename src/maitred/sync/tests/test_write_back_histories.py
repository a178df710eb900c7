"""Any order of plans, approvals, sendings, accidents, others' edits and undoings, beside a model made of plain dicts.

The model knows who changed which field of which ticket last, from what the helpdesk was told and from nothing else. The
journal has to explain every difference between what others left and what is there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from maitred.base.errors import MaitredError
from maitred.connectors.doubling import Answer, Fault
from maitred.connectors.live import Op
from maitred.sync import journal, outbox, planning
from maitred.sync.changes import Change
from maitred.sync.exchange import OPEN
from maitred.sync.planning import Plan
from maitred.sync.tests.exchanging import AGENT, CARRIER, Desk, Overheard, journaled, notes, opened, shown, told

TICKETS = ("1", "2", "3")
OURS: dict[str, st.SearchStrategy[Any]] = {
    "priority": st.sampled_from(["urgent", "low"]),
    CARRIER: st.sampled_from(["DHL", "UPS", None]),
    "assignee": st.sampled_from([str(AGENT + place) for place in range(2)]),
    "status": st.sampled_from(["pending", "hold"]),
}
THEIRS = ("priority", "assignee", "subject", "tags")
TAGS = st.lists(st.sampled_from(["vip", "eu", "big"]), unique=True, max_size=2)


@st.composite
def a_change(draw: st.DrawFn, ticket: str) -> Change:
    """Some of the fields, tags and a note for one ticket."""
    fields = draw(st.lists(st.sampled_from(sorted(OURS)), unique=True, max_size=2))
    ops = [Op("set", name, draw(OURS[name])) for name in fields]
    add = draw(TAGS)
    remove = [tag for tag in draw(TAGS) if tag not in add]
    ops += [Op("add_tags", "tags", add)] if add else []
    ops += [Op("remove_tags", "tags", remove)] if remove else []
    if not ops or draw(st.booleans()):
        ops.append(Op("note", "note", draw(st.sampled_from(["Hello", "Looked into"]))))
    return Change(ticket, tuple(ops))


CHANGES = st.lists(st.sampled_from(TICKETS), unique=True, min_size=1).flatmap(
    lambda tickets: st.tuples(*(a_change(ticket) for ticket in tickets))
)
EDITS = st.sampled_from(THEIRS)


class Eventful(Overheard):
    """Does what a test asks for before or after the n-th update."""

    updates = 0
    events: dict[tuple[int, str], Callable[[], Answer | None]]

    def first(self, method: str, path: str, body: bytes) -> Answer | None:
        if method != "PUT":
            return None
        self.updates += 1
        return self._happen("before")

    def then(self, method: str, path: str) -> None:
        if method == "PUT":
            self._happen("after")

    def _happen(self, when: str) -> Answer | None:
        event = self.events.pop((self.updates, when), None)
        return event() if event else None


class Histories(RuleBasedStateMachine):
    """Every rule is a deed of somebody; the invariants hold after each."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.double = self.stack.enter_context(Eventful(tickets=3, per_minute=10_000_000))
        self.double.events = {}
        self.desk: Desk = self.stack.enter_context(opened(Path(folder) / "home", self.double))
        self.plans: list[Plan] = []
        self.approved: list[Plan] = []
        self.planned: dict[tuple[str, str], dict[str, Any]] = {}

        self.before = shown(self.desk)
        self.edits: list[tuple[str, str, Any]] = []
        self.gone: set[str] = set()

    # ------------------------------------------------------------ deeds

    @rule(changes=CHANGES)
    def plan(self, changes: tuple[Change, ...]) -> None:
        before = shown(self.desk)
        self._planned(self.desk.plan(*changes))
        assert shown(self.desk) == before

    def _planned(self, plan: Plan) -> None:
        self.plans.append(plan)
        for one in plan.ready:
            self.planned[(plan.plan_id, one.ticket)] = dict(one.before)

    @precondition(lambda self: self.plans)
    @rule(place=st.integers(0, 99))
    def approve(self, place: int) -> None:
        plan = self.plans.pop(place % len(self.plans))
        if plan.ready:
            assert self.desk.approve(plan) == len(plan.ready)
            self.approved.append(plan)
        with pytest.raises(MaitredError):
            self.desk.approve(plan)

    @rule(settled=st.booleans())
    def drain(self, settled: bool) -> None:
        try:
            self.desk.drain(settle_s=0 if settled else 60)
        except MaitredError:
            assert outbox.waiting(self.desk.workspace)
        self.double.clock.advance(5)

    @rule(ticket=st.sampled_from(TICKETS), field=EDITS)
    def others_edit(self, ticket: str, field: str) -> None:
        self.double.clock.advance(5)
        self._edit(ticket, field)
        self.double.clock.advance(5)

    def _edit(self, ticket: str, field: str, value: Any = None) -> None:
        """Somebody else sets a field to what nobody ever set it to, or takes a tag of theirs for another."""
        count = len(self.edits)
        if ticket in self.gone:
            return
        if field == "tags":
            now = self.double.tickets[int(ticket)]["tags"]
            value = [*(tag for tag in now if not tag.startswith("theirs")), f"theirs{count}"]
        elif value is None:
            value = AGENT + 1_000 + count if field == "assignee" else f"{field}{count}"
        name = "assignee_id" if field == "assignee" else field
        self.double.mutate({"op": "edit", "ticket": int(ticket), "values": {name: value}})
        self.edits.append((ticket, field, _plain(field, value)))

    @rule(ticket=st.sampled_from(TICKETS), closed=st.booleans())
    def others_end_a_ticket(self, ticket: str, closed: bool) -> None:
        if ticket in self.gone:
            return
        self.double.clock.advance(5)
        if closed:
            self._edit(ticket, "status", "closed")
        else:
            self.double.mutate({"op": "delete", "ticket": int(ticket)})
            self.gone.add(ticket)
        self.double.clock.advance(5)

    @rule(
        ahead=st.integers(1, 3), when=st.sampled_from(["before", "after"]), ticket=st.sampled_from(TICKETS), field=EDITS
    )
    def others_will_edit(self, ahead: int, when: str, ticket: str, field: str) -> None:
        """In the moment before or after one of our next updates is carried out."""

        def event() -> None:
            self.double.clock.advance(5)
            self._edit(ticket, field)
            self.double.clock.advance(5)

        self.double.events[(self.double.updates + ahead, when)] = event

    @rule(ahead=st.integers(1, 3))
    def an_update_will_fail(self, ahead: int) -> None:
        self.double.events[(self.double.updates + ahead, "before")] = lambda: Answer(502, {"error": "BadGateway"})

    @rule(kind=st.sampled_from(["reset", "truncated_json", "html_200", "status_429"]), ticket=st.sampled_from(TICKETS))
    def an_answer_will_be_lost(self, kind: str, ticket: str) -> None:
        path = f"/api/v2/tickets/{ticket}.json"
        self.double.faults.append(Fault(kind, path, value="1" if kind == "status_429" else None))

    @precondition(lambda self: self.approved)
    @rule(place=st.integers(0, 99))
    def undo(self, place: int) -> None:
        plan = self.approved[place % len(self.approved)]
        try:
            back = self.desk.undo(plan)
        except MaitredError:
            open_rows = set(self.desk.states(plan).values()) & set(OPEN)
            assert open_rows or not journal.written(self.desk.workspace, plan.plan_id)
            return
        now = shown(self.desk)
        for one in back.ready:
            assert one.ticket in now and "note" not in {op.kind for op in one.ops}
        self._planned(back)

    # ------------------------------------------------------------ what holds

    @invariant()
    def the_journal_has_what_our_user_did_unless_its_fate_is_unknown(self) -> None:
        unknown = {
            row.ticket for plan in self.approved for row in outbox.rows(self.desk.workspace, plan.plan_id)
            if row.state in ("sending", "unknown")
        }  # fmt: skip
        done = [one for one in journaled(self.desk) if one[0] not in unknown]
        assert done == [one for one in told(self.desk) if one[0] not in unknown]

    @invariant()
    def what_was_set_was_set_on_the_value_that_the_plan_showed(self) -> None:
        for plan in self.approved:
            for one in journal.written(self.desk.workspace, plan.plan_id):
                before = self.planned[(plan.plan_id, one.ticket)]
                assert one.kind != "set" or before[one.field] == one.before

    def teardown(self) -> None:
        try:
            self.double.events.clear()
            self.double.faults.clear()
            for _ in range(outbox.ATTEMPTS):
                self.double.clock.advance(120)
                self.desk.drain()
            assert outbox.waiting(self.desk.workspace) == {}
            self.the_journal_has_what_our_user_did_unless_its_fate_is_unknown()
            self.what_was_set_was_set_on_the_value_that_the_plan_showed()
            self._every_note_is_there_once()
            self._the_journal_explains_what_is_there()
        finally:
            self.stack.close()

    def _every_note_is_there_once(self) -> None:
        marks = [text.rpartition("\n\n")[2] for text in notes(self.desk)]
        assert len(marks) == len(set(marks))
        rows = [row for plan in self.approved for row in outbox.rows(self.desk.workspace, plan.plan_id)]
        noted = [row for row in rows if row.note is not None]
        assert len(noted) == len(marks)

    def _the_journal_explains_what_is_there(self) -> None:
        """For each field: others' edits and ours can be put in one order in which each of ours found what it says."""
        now, ours = shown(self.desk), journaled_in_order(self.desk)
        for ticket, here in now.items():
            for field in ("priority", "assignee", "status", "subject", CARRIER, "tags"):
                theirs = [value for one, name, value in self.edits if (one, name) == (ticket, field)]
                mine = [one for one in ours if (one.ticket, one.field) == (ticket, field)]
                begun, ended = _of(self.before[ticket], field), _of(here, field)
                assert ended in _ends(begun, theirs, mine), (ticket, field, begun, theirs, mine, ended)


def journaled_in_order(desk: Desk) -> list[journal.Written]:
    """The journal of all plans; of each plan in the order in which it took place."""
    plans = planning.plans(desk.workspace, desk.account.slug, 10_000)
    return [one for plan in reversed(plans) for one in journal.written(desk.workspace, plan.plan_id)]


def _of(ticket: dict[str, Any], field: str) -> Any:
    if field == CARRIER:
        return next(
            one["value"] for one in ticket["custom_fields"] if one["id"] == int(CARRIER.removeprefix("custom:"))
        )
    return _plain(field, ticket["assignee_id" if field == "assignee" else field])


def _plain(field: str, value: Any) -> Any:
    """A value as the journal has it; tags as a set."""
    if field == "tags":
        return frozenset(value)
    return str(value) if field == "assignee" and value is not None else value


def _ends(begun: Any, theirs: list[Any], ours: list[journal.Written]) -> set[Any]:
    """What a field may be in the end, over all orders of others' edits and ours that respect what ours found there.

    Ours are taken in any order too: two plans' entries for a ticket may lie in any order in the journal.
    """
    found, open_ = set(), [(begun, 0, frozenset(range(len(ours))))]
    known = set(open_)
    while open_:
        value, place, left = open_.pop()
        if place == len(theirs) and not left:
            found.add(value)
        following = [(theirs[place], place + 1, left)] if place < len(theirs) else []
        if isinstance(value, frozenset) and place < len(theirs):
            kept = frozenset(tag for tag in value if not tag.startswith("theirs"))
            following = [(kept | {tag for tag in theirs[place] if tag.startswith("theirs")}, place + 1, left)]
        for one in left:
            after = _after(value, ours[one])
            following += [(after, place, left - {one})] if after is not _NEVER else []
        open_ += [state for state in following if state not in known]
        known |= set(following)
    return found


_NEVER = object()


def _after(value: Any, one: journal.Written) -> Any:
    """The value after one of our changes; ``_NEVER`` where it does not fit on this one."""
    if one.kind == "set":
        return one.after if value == one.before else _NEVER
    put_on, came_off = frozenset(one.after), frozenset(one.before)
    return (value | put_on) - came_off if not put_on & value and came_off <= value else _NEVER


SETTINGS = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)


def test_the_journal_explains_every_difference_after_any_history() -> None:
    run_state_machine_as_test(Histories, settings=SETTINGS)


@pytest.mark.slow
@pytest.mark.long
def test_the_journal_explains_every_difference_after_a_hundred_histories() -> None:
    run_state_machine_as_test(Histories, settings=settings(SETTINGS, max_examples=100, stateful_step_count=25))
