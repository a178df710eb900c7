"""What maitred changed at a helpdesk comes back as maitred's, and what the same user did by hand as that user's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maitred.connectors.live import Op
from maitred.sync import journal, outbox, planning
from maitred.sync.changes import Change
from maitred.sync.engine import refetch
from maitred.sync.opening import opened
from maitred.sync.planning import Plan
from maitred.sync.tests.exchanging import AGENT, OURS
from maitred.sync.tests.live import Reader, cases_of, clean, desk_of, reader_of

EVENT = ["external_id", "ticket_id", "field", "new_value", "actor_id", "actor_type", "via", "rule_id", "occurred_at"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def writing(vendor: str, double: Any, home: Path) -> Reader:
    """A workspace that has read the account and may change its tickets."""
    reader = reader_of(vendor, double, home, settings={"write_back": True})
    assert reader.sync().complete
    double.clock.advance(120)
    return reader


def carry_out(reader: Reader, *changes: Change, undoing: Plan | None = None) -> Plan:
    """Plan, approve and send, in the account's time; half an hour passes."""
    workspace, clock = reader.workspace, reader.double.clock
    words: dict[str, Any] = {"pause": clock.advance, "now": lambda: clock.now().timestamp(), "people": True}
    with opened(workspace, reader.account, **words) as (connector, account, api):
        account = replace(account, settings={**account.settings, "write_back": True})
        if undoing is None:
            plan = planning.plan(workspace, connector, account, changes, api=api, actor="ada")
        else:
            plan = journal.undo(workspace, connector, account, undoing.plan_id, api=api, actor="ada")
        outbox.approve(workspace, account, plan.plan_id, "grace")
        outbox.drain(workspace, lambda slug: (connector, account, api), settle_s=0)
    clock.advance(1_800)
    return plan


def calm(double: Any) -> tuple[str, str]:
    """Two tickets that are solved and not urgent."""
    rows = double.tickets.items()
    found = [str(number) for number, row in rows if row["status"] == "solved" and row["priority"] != "urgent"]
    return found[0], found[1]


def marked(reader: Reader) -> dict[tuple[str, str, str | None], str]:
    """Ticket, field and new value of every event that is maitred's, with its plan."""
    rows = [row for row in reader.rows("ticket_events", EVENT) if row["via"] == "by_maitred"]
    assert all(row["actor_type"] == "system" for row in rows)
    return {(row["ticket_id"], row["field"], row["new_value"]): row["rule_id"] for row in rows}


def test_our_changes_and_notes_come_back_as_maitreds_and_not_as_the_users(home: Path) -> None:
    with desk_of("zendesk") as double:
        reader = writing("zendesk", double, home)
        ticket, other = calm(double)
        ops = (Op("set", "priority", "urgent"), Op("add_tags", "tags", ["recall"]), Op("note", "note", "Looked into"))
        plan = carry_out(reader, Change(ticket, ops))
        assert {row.state for row in outbox.rows(reader.workspace, plan.plan_id)} == {"verified"}
        by_hand = double.clock.epoch()
        double.update(int(other), {"priority": "urgent"}, OURS, by_hand)  # type: ignore[attr-defined]
        double.update(int(ticket), {"priority": "low"}, OURS, by_hand, "By hand")  # type: ignore[attr-defined]
        double.update(int(ticket), {"priority": "urgent"}, OURS, by_hand + 60)  # type: ignore[attr-defined]
        double.clock.advance(300)
        assert reader.sync().complete
        found = marked(reader)
        assert {(one, name) for one, name, _ in found} == {(ticket, "priority"), (ticket, "tags")}
        assert set(found.values()) == {f"maitred:{plan.plan_id}"}
        mine = [row for row in reader.rows("ticket_events", EVENT) if row["actor_id"] == str(OURS)]
        hand = {(row["ticket_id"], row["new_value"]) for row in mine if row["via"] != "by_maitred"}
        assert {(other, "urgent"), (ticket, "low"), (ticket, "urgent")} <= hand
        notes = reader.rows("messages", ["ticket_id", "body_text", "author_type", "automated", "author_id"])
        (note,) = [row for row in notes if "[maitred:" in row["body_text"]]
        assert (note["author_type"], note["automated"]) == ("system", True)
        (typed,) = [row for row in notes if row["body_text"] == "By hand"]
        assert (typed["author_type"], typed["automated"]) == ("unknown", False)
        reader.close()


def test_what_is_taken_back_is_maitreds_too_and_stays_so_when_it_is_read_again(home: Path) -> None:
    with desk_of("zendesk") as double:
        reader = writing("zendesk", double, home)
        ticket, _ = calm(double)
        plan = carry_out(reader, Change(ticket, (Op("set", "priority", "urgent"),)))
        assert reader.sync().complete
        back = carry_out(reader, undoing=plan)
        assert reader.sync().complete
        found = marked(reader)
        assert set(found.values()) == {f"maitred:{plan.plan_id}", f"maitred:{back.plan_id}"}
        double.update(int(ticket), {"subject": "Again"}, AGENT, double.clock.epoch())  # type: ignore[attr-defined]
        double.clock.advance(120)
        with opened(reader.workspace, reader.account, pause=double.clock.advance) as (connector, account, api):
            refetch(reader.workspace, connector, account, api, [ticket])
        assert reader.sync(reconcile=True).complete
        assert marked(reader) == found
        other = clean("zendesk", double, home.parent / "clean")
        assert {row["via"] for row in other.rows("ticket_events", ["via"])} - {"by_maitred"}
        reader.close()


def test_a_case_that_we_handed_over_tells_of_maitred(home: Path) -> None:
    with desk_of("salesforce") as double:
        reader = writing("salesforce", double, home)
        case = cases_of(double)[2]
        plan = carry_out(reader, Change(case, (Op("set", "priority", "urgent"), Op("note", "note", "Looked into"))))
        assert {row.state for row in outbox.rows(reader.workspace, plan.plan_id)} == {"verified"}
        assert reader.sync().complete
        assert {(name, rule) for (_, name, _), rule in marked(reader).items()} == {
            ("priority", f"maitred:{plan.plan_id}")
        }
        notes = reader.rows("messages", ["body_text", "author_type", "automated"])
        assert [row["author_type"] for row in notes if "[maitred:" in row["body_text"]] == ["system"]
        reader.close()


def test_a_change_that_was_never_sent_claims_nothing(home: Path) -> None:
    with desk_of("zendesk") as double:
        reader = writing("zendesk", double, home)
        ticket, _ = calm(double)
        with opened(reader.workspace, reader.account, people=True, pause=double.clock.advance) as (
            connector,
            account,
            api,
        ):
            change = Change(ticket, (Op("set", "priority", "urgent"),))
            plan = planning.plan(reader.workspace, connector, account, [change], api=api, actor="ada")
            allowed = replace(account, settings={**account.settings, "write_back": True})
            outbox.approve(reader.workspace, allowed, plan.plan_id, "grace")
        double.update(int(ticket), {"priority": "urgent"}, OURS, double.clock.epoch())  # type: ignore[attr-defined]
        double.clock.advance(120)
        assert reader.sync().complete
        assert marked(reader) == {}
        reader.close()
