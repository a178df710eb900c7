"""From a plan to the helpdesk and back: sent once, read back, written down, taken back, whatever others do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.connectors.doubling import Answer, Fault, VirtualClock
from maitred.connectors.live import Refused
from maitred.connectors.zendesk.double import Zendesk
from maitred.sync import journal, outbox, planning
from maitred.sync.changes import Change
from maitred.sync.tests.exchanging import AGENT, GROUP, Desk, Overheard, journaled, notes, opened, ops, shown, told

PUT = "/api/v2/tickets/"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Zendesk(tickets=12, per_minute=100_000) as double, opened(tmp_path / "home", double) as found:
        yield found


def edit(desk: Desk, ticket: int, note: str | None = None, **values: Any) -> None:
    """Somebody else changes a ticket, in a second of their own."""
    desk.double.clock.advance(5)
    desk.double.mutate({"op": "edit", "ticket": ticket, "values": values, "note": note})
    desk.double.clock.advance(5)


def puts(desk: Desk) -> int:
    return len([one for one in desk.double.requests if one.method == "PUT"])


def test_a_change_is_sent_read_back_and_written_down_and_taken_back_but_for_its_note(desk: Desk) -> None:
    before = shown(desk)
    change = Change(
        "3", ops(priority="urgent", carrier="DHL", assignee=str(AGENT), group=str(GROUP), add=["vip", "eu"],
                 remove=["shop"], note="Looked into"), "a parcel is lost", "K1")  # fmt: skip
    plan = desk.plan(change)
    assert puts(desk) == 0 and shown(desk) == before
    assert desk.approve(plan) == 1 and desk.drain() == 1
    assert desk.states(plan) == {"3": "verified"} and puts(desk) == 1 and outbox.waiting(desk.workspace) == {}
    assert desk.purse.taken[-3:] == ["account", "write", "account"], "what sees, what changes, what reads back"
    assert journaled(desk) == told(desk) and len(notes(desk)) == 1
    desk.double.clock.advance(5)
    back = desk.undo(plan)
    assert back.undoes == plan.plan_id and back.ready[0].reason == f"takes back plan {plan.plan_id}"
    assert back.remarks == ("ticket 3: its note stays: a note cannot be taken back, only redacted at the helpdesk",)
    desk.approve(back)
    assert desk.drain() == 1 and desk.states(back) == {"3": "verified"}
    assert shown(desk) == before and journaled(desk) == told(desk)


def test_a_plan_is_approved_once_by_whoever_may_and_only_where_changes_are_allowed(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(priority="urgent")))
    other = desk.account
    with pytest.raises(NotFound):
        outbox.approve(desk.workspace, desk.account, "none", "grace")
    desk.forbid()
    with pytest.raises(Denied):
        desk.approve(plan)
    assert outbox.rows(desk.workspace, plan.plan_id) == []
    desk.account = other
    assert desk.approve(plan) == 1
    with pytest.raises(Conflict):
        desk.approve(plan)
    approved = planning.stored(desk.workspace, plan.plan_id)
    assert (approved.approved_by, approved.made_by) == ("grace", "ada") and len(
        outbox.rows(desk.workspace, plan.plan_id)
    ) == 1
    with pytest.raises(Invalid):
        desk.approve(desk.plan(Change("99", ops(priority="low"))))


@pytest.mark.parametrize("settings", [{}, {"write_back": False}, {"write_back": "true"}, {"write_back": 1}])
def test_changes_are_off_unless_somebody_switched_them_on(settings: dict[str, Any]) -> None:
    from maitred.connectors.live import Account

    assert not outbox.allowed(Account("zendesk", "zendesk", "https://desk.example", {}, settings))


def test_what_was_approved_waits_while_changes_are_switched_off(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(priority="urgent")))
    desk.approve(plan)
    allowed = desk.account
    desk.forbid()
    assert desk.drain() == 0 and desk.states(plan) == {"3": "pending"} and puts(desk) == 0
    desk.account = allowed
    assert desk.drain() == 1 and desk.states(plan) == {"3": "verified"}


def test_an_edit_between_plan_and_sending_is_not_overwritten(desk: Desk) -> None:
    plan = desk.plan(
        Change("3", ops(priority="urgent", note="Hello")),
        Change("4", ops(priority="urgent", add=["vip"])),
        Change("5", ops(assignee=str(AGENT + 2))),
        Change("6", ops(group=str(GROUP + 1))),
    )
    desk.approve(plan)
    edit(desk, 3, priority="low")
    edit(desk, 4, tags=["shop", "theirs"], subject="Theirs")
    edit(desk, 5, assignee_id=AGENT)
    edit(desk, 6, assignee_id=None)
    theirs = shown(desk)
    desk.drain()
    states = desk.states(plan)
    assert states == {"3": "conflict", "4": "verified", "5": "conflict", "6": "conflict"}
    assert "priority was" in desk.why(plan, "3") and "assignee was" in desk.why(plan, "6")
    now = shown(desk)
    assert [now[number] == theirs[number] for number in "3456"] == [True, False, True, True]
    assert now["4"]["tags"] == ["shop", "theirs", "vip"] and now["4"]["subject"] == "Theirs"
    assert journaled(desk) == told(desk) and notes(desk) == []


class Interfering(Overheard):
    """Somebody saves the ticket in the moment before ours arrives, the first so many times, or right after it."""

    theirs: dict[str, Any]
    before_us, after_us = 0, 0

    def first(self, method: str, path: str, body: bytes) -> None:
        if method == "PUT" and self.before_us:
            self.before_us -= 1
            self.save()

    def then(self, method: str, path: str) -> None:
        if method == "PUT" and self.after_us:
            self.after_us -= 1
            self.save()

    def save(self) -> None:
        self.clock.advance(5)
        values = {name: value() if callable(value) else value for name, value in self.theirs.items()}
        self.mutate({"op": "edit", "ticket": 3, "values": values})
        self.clock.advance(5)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Desk]:
    with Interfering(tickets=12, per_minute=100_000) as double, opened(tmp_path / "home", double) as found:
        yield found


def test_an_edit_in_the_moment_of_sending_is_kept_and_ours_is_sent_on_top_of_it(busy: Desk) -> None:
    busy.double.theirs, busy.double.before_us = {"tags": ["shop", "theirs"]}, 1
    plan = busy.carry_out(Change("3", ops(priority="urgent", add=["vip"], note="Hello")))
    assert busy.states(plan) == {"3": "verified"} and puts(busy) == 2 and len(notes(busy)) == 1
    assert shown(busy)["3"]["tags"] == ["shop", "theirs", "vip"] and journaled(busy) == told(busy)


def test_an_edit_of_the_same_field_in_the_moment_of_sending_wins(busy: Desk) -> None:
    busy.double.theirs, busy.double.before_us = {"priority": "low"}, 1
    plan = busy.carry_out(Change("3", ops(priority="urgent", add=["vip"], note="Hello")))
    assert busy.states(plan) == {"3": "conflict"} and journaled(busy) == told(busy) == []
    assert shown(busy)["3"]["priority"] == "low" and notes(busy) == []


def test_a_ticket_that_never_stands_still_is_left(busy: Desk) -> None:
    versions = iter(range(9))
    busy.double.before_us, busy.double.theirs = 9, {"subject": lambda: f"Version {next(versions)}"}
    plan = busy.carry_out(Change("3", ops(priority="urgent", note="Hello")))
    assert busy.states(plan) == {"3": "conflict"} and puts(busy) == outbox.TRIES and notes(busy) == []
    assert "each time" in busy.why(plan, "3")


def test_an_edit_right_after_ours_is_told_and_stays_when_ours_is_taken_back(busy: Desk) -> None:
    busy.double.theirs, busy.double.after_us = {"priority": "low", "tags": ["shop"]}, 1
    plan = busy.carry_out(Change("3", ops(priority="urgent", carrier="DHL", add=["vip", "eu"])))
    assert busy.states(plan) == {"3": "conflict"} and "changed priority, tags since" in busy.why(plan, "3")
    assert journaled(busy) == told(busy)
    busy.double.clock.advance(5)
    back = busy.undo(plan)
    assert [(one.field, one.before, one.after) for one in back.tickets[0].differences] == [
        ("custom:27642", "DHL", None)
    ]
    assert sorted(back.remarks) == [
        "ticket 3: priority stays low: somebody changed it since",
        "ticket 3: tags vip, eu stay off: somebody changed them since",
    ]


def test_a_ticket_that_is_deleted_or_closed_right_after_our_change_is_told(tmp_path: Path) -> None:
    class Ending(Overheard):
        def then(self, method: str, path: str) -> None:
            if method == "PUT":
                self.clock.advance(5)
                if path.endswith("/3.json"):
                    self.mutate({"op": "delete", "ticket": 3})
                else:
                    self.mutate({"op": "edit", "ticket": 4, "values": {"status": "closed"}})

    with Ending(tickets=5, per_minute=100_000) as double, opened(tmp_path / "home", double) as desk:
        plan = desk.carry_out(*(Change(one, ops(priority="urgent", note="Hello")) for one in "34"))
        assert desk.states(plan) == {"3": "conflict", "4": "verified"}
        assert desk.why(plan, "3") == "it was carried out, and the ticket is gone since"
        assert journaled(desk) == told(desk) and len(notes(desk)) == 2
        assert [one.verdict for one in desk.undo(plan).tickets] == ["locked"]


def test_an_edit_in_the_very_second_of_the_last_one_is_not_overwritten(tmp_path: Path) -> None:
    class Hasty(Overheard):
        """Somebody saves a ticket twice within a second; we look in between."""

        seen = False

        def then(self, method: str, path: str) -> None:
            if self.seen and path.endswith("show_many.json"):
                self.seen = False
                self.mutate({"op": "edit", "ticket": 3, "values": {"tags": ["shop", "second"]}})

    double = Hasty(tickets=12, clock=VirtualClock(runs=True), per_minute=100_000)
    with double, opened(tmp_path / "home", double) as desk:
        plan = desk.plan(Change("3", ops(add=["vip"], note="Hello")))
        desk.approve(plan)
        double.mutate({"op": "edit", "ticket": 3, "values": {"tags": ["shop", "first"]}})
        double.seen = True
        desk.drain()
        assert desk.states(plan) == {"3": "verified"} and len(notes(desk)) == 1
        assert shown(desk)["3"]["tags"] == ["second", "shop", "vip"] and journaled(desk) == told(desk)


@pytest.mark.parametrize("kind", ["reset", "truncated_json", "html_200", "status"])
def test_a_change_whose_answer_is_lost_is_looked_for_before_anything_is_sent_again(desk: Desk, kind: str) -> None:
    """After ``reset`` and ``truncated_json`` the change was made; the others came instead of it."""
    plan = desk.plan(*(Change(str(number), ops(priority="urgent", add=["vip"], note="Hello")) for number in (3, 4)))
    desk.approve(plan)
    desk.double.faults += [Fault(kind, f"{PUT}3.json", value=500)]
    assert desk.drain() == 1 and desk.states(plan) == {"3": "unknown", "4": "verified"}
    assert "its answer was lost" in desk.why(plan, "3")
    assert desk.drain(settle_s=60) == 0 and desk.states(plan)["3"] == "unknown", "it may still be under way"
    with pytest.raises(Conflict):
        desk.undo(plan)
    assert desk.drain() == 1 and desk.states(plan) == {"3": "verified", "4": "verified"}
    assert len(notes(desk)) == 2 and journaled(desk) == told(desk)
    made = kind in ("reset", "truncated_json")
    assert puts(desk) == (2 if made else 3)


def test_a_change_that_never_takes_place_is_given_up(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(priority="urgent", note="Hello")), Change("4", ops(priority="urgent")))
    desk.approve(plan)
    desk.double.faults += [Fault("status", f"{PUT}3.json", times=99, value=500)]
    for _ in range(outbox.ATTEMPTS + 2):
        desk.drain()
    assert desk.states(plan) == {"3": "failed", "4": "verified"} and puts(desk) == outbox.ATTEMPTS + 1
    assert "never took place: its answer was lost" in desk.why(plan, "3") and journaled(desk) == told(desk)


def test_an_edit_while_a_changes_fate_is_unknown_keeps_it_from_being_sent_again(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(priority="urgent", add=["vip"])), Change("4", ops(note="Hello")))
    desk.approve(plan)
    desk.double.faults += [Fault("status", f"{PUT}{number}.json", value=500) for number in (3, 4)]
    desk.drain()
    edit(desk, 3, subject="Theirs")
    edit(desk, 4, subject="Theirs")
    desk.drain()
    assert desk.states(plan) == {"3": "conflict", "4": "verified"} and "plan it again" in desk.why(plan, "3")
    assert len(notes(desk)) == 1 and journaled(desk) == told(desk)


def test_a_note_proves_that_all_took_place_whatever_was_changed_since(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(priority="urgent", add=["vip"], note="Hello")))
    desk.approve(plan)
    desk.double.faults += [Fault("reset", f"{PUT}3.json")]
    desk.drain()
    edit(desk, 3, priority="low")
    desk.drain()
    assert desk.states(plan) == {"3": "conflict"} and "carried out, but a rule or somebody" in desk.why(plan, "3")
    assert journaled(desk) == told(desk) and len(notes(desk)) == 1


def test_an_earlier_attempt_that_arrives_late_does_not_bring_a_second_note(tmp_path: Path) -> None:
    class Late(Overheard):
        """The first update is answered with a failure, and carried out when the second arrives."""

        delayed: bytes | None = None

        def first(self, method: str, path: str, body: bytes) -> Answer | None:
            if method != "PUT":
                return None
            if self.delayed is None:
                self.delayed = body
                return Answer(502, {"error": "BadGateway"})
            if self.delayed:
                body, self.delayed = self.delayed, b""
                headers = {"authorization": self.requests[-1].headers["authorization"]}
                Zendesk.answer(self, method, path, headers, body)
                self.clock.advance(5)
            return None

    with Late(tickets=4, per_minute=100_000) as double, opened(tmp_path / "home", double) as desk:
        plan = desk.carry_out(Change("3", ops(priority="urgent", note="Hello")))
        assert desk.states(plan) == {"3": "unknown"}
        for _ in range(3):
            desk.drain()
        assert desk.states(plan) == {"3": "verified"} and len(notes(desk)) == 1
        assert journaled(desk) == told(desk)


def test_a_helpdesk_that_asks_for_a_pause_is_given_it(desk: Desk) -> None:
    desk.double.faults += [Fault("status_429", f"{PUT}3.json", times=3, value="7")]
    plan = desk.carry_out(Change("3", ops(priority="urgent", note="Hello")))
    assert desk.states(plan) == {"3": "verified"} and desk.double.violations == []
    assert [pause for pause in desk.purse.closed if pause[0] == "write"] == [("write", 7.0)] * 3
    assert len(notes(desk)) == 1 and journaled(desk) == told(desk)


def test_what_a_helpdesk_turns_away_for_long_waits_and_is_not_lost(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(priority="urgent")), Change("4", ops(priority="urgent")))
    desk.approve(plan)
    desk.double.faults += [Fault("status_429", f"{PUT}3.json", times=8, value="1")]
    with pytest.raises(Refused):
        desk.drain()
    assert desk.states(plan) == {"3": "pending", "4": "pending"} and journaled(desk) == told(desk) == []
    assert desk.drain() == 2 and set(desk.states(plan).values()) == {"verified"}


def test_a_key_that_no_longer_holds_leaves_all_as_it_is(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(priority="urgent")))
    desk.approve(plan)
    desk.double.faults += [Fault("status", f"{PUT}3.json", times=2, value=401)]
    with pytest.raises(Refused):
        desk.drain()
    assert [(row.state, row.attempts) for row in outbox.rows(desk.workspace, plan.plan_id)] == [("pending", 0)]
    assert desk.drain() == 1 and desk.states(plan) == {"3": "verified"} and journaled(desk) == told(desk)


def test_a_ticket_closed_or_deleted_since_the_plan_is_told_and_the_others_are_changed(desk: Desk) -> None:
    plan = desk.plan(*(Change(str(number), ops(priority="urgent", note="Hello")) for number in (3, 4, 5)))
    desk.approve(plan)
    edit(desk, 3, status="closed")
    desk.double.mutate({"op": "delete", "ticket": 4})
    assert desk.drain() == 3
    assert desk.states(plan) == {"3": "failed", "4": "failed", "5": "verified"}
    assert "no longer changes the fields of a closed ticket" in desk.why(plan, "3")
    assert "no such ticket any more" in desk.why(plan, "4")
    assert journaled(desk) == told(desk) and len(notes(desk)) == 1


def test_what_zendesk_refuses_is_told_in_its_words(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(status="new")), Change("4", ops(mood="good")), Change("5", ops(add=["two words"])))
    assert [one.verdict for one in plan.tickets] == ["locked"] * 3 and plan.ready == ()
    assert [one.why.partition(":")[0] for one in plan.tickets] == [
        "Zendesk does not let a ticket be set to 'new'", "mood is no field of a ticket that Zendesk changes",
        "'two words' is no tag of Zendesk",
    ]  # fmt: skip
    with pytest.raises(Invalid, match="nothing that can be sent"):
        desk.approve(plan)
    assert journaled(desk) == told(desk) == []


def test_undo_leaves_closed_and_deleted_tickets_and_what_moved_on(desk: Desk) -> None:
    plan = desk.carry_out(*(Change(str(number), ops(priority="urgent", add=["vip"])) for number in (3, 4, 5, 6)))
    edit(desk, 3, status="closed")
    desk.double.mutate({"op": "delete", "ticket": 4})
    edit(desk, 5, priority="low", tags=["shop"])
    back = desk.undo(plan)
    assert {one.ticket: one.verdict for one in back.tickets} == {"3": "locked", "6": "ready"}
    assert "closed" in back.tickets[0].why and "ticket 4: the helpdesk no longer has it" in back.remarks
    assert len([one for one in back.remarks if one.startswith("ticket 5")]) == 2
    desk.approve(back)
    desk.drain()
    assert desk.states(back) == {"6": "verified"} and shown(desk)["5"]["priority"] == "low"
    again = desk.undo(plan)
    assert again.ready == () and any("ticket 6: priority stays" in one for one in again.remarks)
    with pytest.raises(Invalid):
        desk.approve(again)


def test_what_zendesk_lets_nobody_set_is_refused_by_the_plan(desk: Desk) -> None:
    fresh = str(desk.double.mutate({"op": "create", "values": {"priority": "low"}})["id"])
    assert shown(desk)[fresh]["status"] == "new"
    desk.double.clock.advance(5)
    plan = desk.plan(Change(fresh, ops(status="pending", add=["vip"])))
    desk.approve(plan)
    desk.drain()
    assert desk.states(plan) == {fresh: "verified"}
    desk.double.clock.advance(5)
    back = desk.undo(plan)
    assert back.remarks == (f"ticket {fresh}: status stays pending: Zendesk does not let a ticket be set to 'new': it "
                            "takes open, pending, hold, solved",)  # fmt: skip
    assert [(one.verdict, [op.kind for op in one.ops]) for one in back.tickets] == [("ready", ["remove_tags"])]
    desk.approve(back)
    desk.drain()
    assert desk.states(back) == {fresh: "verified"} and "vip" not in shown(desk)[fresh]["tags"]
    direct = desk.plan(Change(fresh, ops(status="new")))
    assert [(one.verdict, one.ops) for one in direct.tickets] == [("locked", ())]
    assert "does not let a ticket be set to 'new'" in direct.tickets[0].why


def test_an_undo_can_be_taken_back_too(desk: Desk) -> None:
    plan = desk.carry_out(Change("3", ops(priority="urgent", carrier="DHL", add=["vip"], remove=["shop"])))
    changed = shown(desk)
    for _ in range(2):
        desk.double.clock.advance(5)
        plan = desk.undo(plan)
        desk.approve(plan)
        desk.drain()
        assert desk.states(plan) == {"3": "verified"}
    assert shown(desk) == changed and journaled(desk) == told(desk)


def test_nothing_is_taken_back_of_a_plan_that_changed_nothing(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(priority="urgent")))
    for name in (plan.plan_id, "none"):
        with pytest.raises(NotFound):
            journal.undo(desk.workspace, desk.connector, desk.account, name, api=desk.api, actor="ada")
    assert journal.written(desk.workspace, plan.plan_id) == []


class Lowering(Overheard):
    """Zendesk writes tags in small letters."""

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Any:
        return super().answer(method, target, headers, body.replace(b"VIP", b"vip").replace(b"SHOP", b"shop"))


def test_capitals_in_tags_make_no_difference(tmp_path: Path) -> None:
    with Lowering(tickets=4, per_minute=100_000) as double, opened(tmp_path / "home", double) as desk:
        before = shown(desk)
        plan = desk.carry_out(Change("3", ops(add=["VIP"], remove=["SHOP"])), Change("4", ops(add=["Shop"])))
        assert [one.verdict for one in plan.tickets] == ["ready", "unchanged"]
        assert desk.states(plan) == {"3": "verified"} and shown(desk)["3"]["tags"] == ["vip"]
        double.clock.advance(5)
        back = desk.undo(plan)
        assert back.remarks == ()
        desk.approve(back)
        desk.drain()
        assert desk.states(back) == {"3": "verified"} and shown(desk) == before


def test_two_plans_for_one_ticket_are_sent_one_after_the_other(desk: Desk) -> None:
    first, second = desk.plan(Change("3", ops(add=["a"]))), desk.plan(Change("3", ops(add=["b"], note="Hello")))
    third, fourth = desk.plan(Change("4", ops(priority="urgent"))), desk.plan(Change("4", ops(priority="low")))
    for plan in (first, second, third, fourth):
        desk.approve(plan)
    desk.drain()
    assert [desk.states(plan) for plan in (first, second, third, fourth)] == [
        {"3": "verified"}, {"3": "verified"}, {"4": "verified"}, {"4": "conflict"}
    ]  # fmt: skip
    assert shown(desk)["3"]["tags"] == ["a", "b", "shop"] and journaled(desk) == told(desk)


def test_what_comes_after_a_change_of_unknown_fate_waits_for_it(desk: Desk) -> None:
    first, second = desk.plan(Change("3", ops(priority="urgent"))), desk.plan(Change("3", ops(priority="urgent")))
    other = desk.plan(Change("4", ops(priority="urgent")))
    for plan in (first, second, other):
        desk.approve(plan)
    desk.double.faults += [Fault("status", f"{PUT}3.json", value=500)]
    desk.drain()
    desk.drain(settle_s=60)
    assert [desk.states(plan) for plan in (first, second, other)] == [
        {"3": "unknown"}, {"3": "pending"}, {"4": "verified"}
    ]  # fmt: skip
    desk.drain()
    assert [desk.states(plan) for plan in (first, second)] == [{"3": "verified"}, {"3": "verified"}]
    assert puts(desk) == 3 and journaled(desk) == told(desk)


def test_a_stopped_drain_goes_on_where_it_was(desk: Desk) -> None:
    import threading

    plan = desk.plan(*(Change(str(number), ops(note="Hello")) for number in range(1, 7)))
    desk.approve(plan)
    stop = threading.Event()

    class Stopping(type(desk.api)):  # type: ignore[misc]
        def send(self, *words: Any, **more: Any) -> Any:
            stop.set()
            return super().send(*words, **more)

    desk.api.__class__ = Stopping
    outbox.drain(desk.workspace, lambda slug: (desk.connector, desk.account, desk.api), stop, settle_s=0)
    assert outbox.waiting(desk.workspace) == {"zendesk": {"pending": 5}} and len(notes(desk)) == 1
    desk.drain()
    assert len(notes(desk)) == 6 and set(desk.states(plan).values()) == {"verified"}


def test_an_outbox_that_another_process_drains_is_left_to_it(desk: Desk) -> None:
    plan = desk.plan(Change("3", ops(note="Hello")))
    desk.approve(plan)
    with outbox._alone(desk.workspace, "zendesk") as mine:
        assert mine and desk.drain() == 0 and desk.states(plan) == {"3": "pending"}
    assert desk.drain() == 1
