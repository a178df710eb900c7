"""Labels and notes on many tickets: the preview is what happens, nobody reaches further, and it can be taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.functional import SimpleLazyObject

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound, UsageError
from maitred.kit.audit.deeds import create, deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.marks import bulk
from maitred.kit.marks.access import having, marks_on
from maitred.kit.marks.models import Journal, Mark
from maitred.kit.marks.selection import Meant, selected
from maitred.kit.marks.tests.publishing import publish
from maitred.kit.verbs import run
from maitred.people.tests.floor import ROOT, Floor

LABEL = {"kind": "label", "text": "export fails"}
ALL = {**LABEL, "metric": "full_resolution"}


def tickets_of(floor: Floor, name: str) -> list[str]:
    """The solved tickets that somebody may open."""
    every = selected(floor.actor("manager"), Meant(metric="full_resolution")).tickets
    found = selected(floor.actor(name), Meant(tickets=tuple(":".join(one) for one in every)))
    return [":".join(one) for one in found.tickets]


def applied(floor: Floor, name: str, **more: Any) -> Any:
    return run("marks.apply", floor.actor(name), {**LABEL, **more})


def marked(floor: Floor, ticket: str, name: str = "manager") -> list[tuple[str, str]]:
    source, _, number = ticket.partition(":")
    found = run("marks.of", floor.actor(name), {"source": source, "ticket": number}).marks
    return [(one.kind, one.text) for one in found]


def test_the_preview_of_everything_behind_a_figure_is_what_happens(floor: Floor) -> None:
    manager = floor.actor("manager")
    total = run("metrics.tickets", manager, {"metric": "full_resolution", "limit": 1}).total
    seen = run("marks.preview", manager, ALL)
    assert (seen.would, seen.have) == (total - seen.out_of_reach, 0)
    assert seen.would > 20
    done = run("marks.apply", manager, {**ALL, "publication": seen.publication, "expected": seen.would})
    assert (done.added, done.have, done.out_of_reach) == (seen.would, 0, seen.out_of_reach)
    after = run("marks.preview", manager, ALL)
    assert (after.would, after.have) == (0, seen.would)
    assert all(marked(floor, one) == [("label", "export fails")] for one in tickets_of(floor, "manager")[:3])


def test_filters_and_days_narrow_what_is_meant(floor: Floor) -> None:
    manager = floor.actor("manager")
    all_of_them = run("marks.preview", manager, ALL).would
    parts = [run("marks.preview", manager, {**ALL, "where": [f"group=demo:{one}"]}).would for one in (11, 12, 13)]
    assert sum(parts) <= all_of_them
    assert max(parts) > 0
    assert run("marks.preview", manager, {**ALL, "end": "2001-01-01"}).would == 0


def test_the_parts_of_a_figure_make_up_the_whole(floor: Floor) -> None:
    every = {**LABEL, "metric": "reopen_rate.transitions"}
    whole, *parts = (run("marks.preview", ROOT, every | part).would for part in ({}, {"part": "yes"}, {"part": "no"}))
    assert sum(parts) == whole
    assert min(parts) > 0
    with pytest.raises(UsageError, match="no part"):
        run("marks.preview", ROOT, {**every, "part": "perhaps"})


def test_only_tickets_within_reach_are_marked(floor: Floor) -> None:
    lead, other = set(tickets_of(floor, "lead")), set(tickets_of(floor, "lead2"))
    foreign = sorted(other - lead)[0]
    mine = sorted(lead - other)[0]
    named = {"tickets": [mine, foreign, "demo:999999", "elsewhere:1"]}
    seen = run("marks.preview", floor.actor("lead"), {**LABEL, **named})
    assert (seen.would, seen.have, seen.out_of_reach) == (1, 0, 3)
    applied(floor, "lead", **named)
    assert marked(floor, mine) == [("label", "export fails")]
    assert marked(floor, foreign, "lead2") == []


def test_a_foreign_ticket_and_one_that_does_not_exist_look_the_same(floor: Floor) -> None:
    foreign = sorted(set(tickets_of(floor, "lead2")) - set(tickets_of(floor, "lead")))[0]
    lead = floor.actor("lead")
    seen = [run("marks.preview", lead, {**LABEL, "tickets": [one]}) for one in (foreign, "demo:999999")]
    assert seen[0] == seen[1]
    for ticket in (foreign, "demo:999999"):
        with pytest.raises(NotFound, match="there is none of these tickets that you may see: check the numbers"):
            applied(floor, "lead", tickets=[ticket])
    for number in (foreign.partition(":")[2], "999999"):
        with pytest.raises(NotFound, match="no ticket"):
            run("marks.of", floor.actor("lead"), {"source": "demo", "ticket": number})


def test_who_sees_no_tickets_marks_none(floor: Floor) -> None:
    for name in ("executive", "admin", "auditor", "partner", "privacy"):
        for verb in ("marks.preview", "marks.apply"):
            with pytest.raises(Denied):
                run(verb, floor.actor(name), ALL)


def test_content_opened_for_a_reason_is_there_to_be_read_only(floor: Floor) -> None:
    ticket = sorted(set(tickets_of(floor, "lead2")) - set(tickets_of(floor, "lead")))[0]
    opened = replace(floor.actor("lead"), break_glass=1)
    lead: Any = SimpleLazyObject(lambda: opened)  # as pages hand it in
    assert run("marks.of", lead, {"source": "demo", "ticket": ticket.partition(":")[2]}).marks == ()
    assert run("marks.preview", lead, {**LABEL, "tickets": [ticket]}).out_of_reach == 1


def test_a_second_time_changes_nothing_and_says_so(floor: Floor) -> None:
    tickets = tickets_of(floor, "lead")[:3]
    applied(floor, "lead", tickets=tickets[:2])
    again = applied(floor, "lead", tickets=tickets)
    assert (again.added, again.have) == (1, 2)
    with pytest.raises(Conflict, match="have it already"):
        applied(floor, "lead", tickets=tickets)


def test_nothing_is_done_where_the_preview_is_out_of_date(floor: Floor) -> None:
    tickets = tickets_of(floor, "lead")[:3]
    seen = run("marks.preview", floor.actor("lead"), {**LABEL, "tickets": tickets})
    applied(floor, "lead", tickets=tickets[:1])
    with pytest.raises(Conflict, match="2 tickets would change by now, not 3"):
        applied(floor, "lead", tickets=tickets, expected=seen.would)


def test_an_undo_takes_back_what_it_added_and_nothing_else(floor: Floor) -> None:
    tickets = tickets_of(floor, "lead")[:4]
    applied(floor, "lead", tickets=tickets[:1])
    applied(floor, "lead", tickets=tickets[:2], text="vip")
    done = applied(floor, "lead", tickets=tickets)
    back = run("marks.undo", floor.actor("lead"), {"journal": done.journal})
    assert (back.removed, back.left, back.gone, back.tickets) == (3, 0, 0, ())
    assert [marked(floor, one) for one in tickets] == [
        [("label", "export fails"), ("label", "vip")], [("label", "vip")], [], []
    ]  # fmt: skip
    with pytest.raises(Conflict, match="taken back already"):
        run("marks.undo", floor.actor("lead"), {"journal": done.journal})


def test_an_undo_leaves_and_names_what_was_changed_since(floor: Floor) -> None:
    lead, tickets = floor.actor("lead"), tickets_of(floor, "lead")[:3]
    done = applied(floor, "lead", tickets=tickets, kind="note", text="asked the product team")
    first, second = (
        run("marks.of", lead, {"source": "demo", "ticket": one.partition(":")[2]}).marks[0] for one in tickets[:2]
    )
    run("marks.change", lead, {"mark": first.id, "text": "they answered", "version": 1})
    run("marks.remove", lead, {"mark": second.id, "version": 1})
    back = run("marks.undo", lead, {"journal": done.journal})
    assert (back.removed, back.left, back.gone, back.tickets) == (1, 1, 1, (tickets[0],))
    assert marked(floor, tickets[0]) == [("note", "they answered")]


@pytest.mark.parametrize(("seconds", "possible"), [(599, True), (601, False)])
def test_it_can_be_undone_for_ten_minutes(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, seconds: int, possible: bool
) -> None:
    done = applied(floor, "lead", tickets=tickets_of(floor, "lead")[:1])
    later = done.undo_until - timedelta(minutes=10) + timedelta(seconds=seconds)
    lead = floor.actor("lead")
    monkeypatch.setattr(clock, "now", lambda: later)
    if possible:
        assert run("marks.undo", lead, {"journal": done.journal}).removed == 1
    else:
        with pytest.raises(Conflict, match="more than ten minutes ago"):
            run("marks.undo", lead, {"journal": done.journal})


def test_nobody_takes_back_what_somebody_else_did(floor: Floor) -> None:
    done = applied(floor, "lead", tickets=tickets_of(floor, "lead")[:1])
    for name in ("manager", "lead2", "agent"):
        words = []
        for journal in (done.journal, 987_654):
            with pytest.raises(NotFound) as refused:
                run("marks.undo", floor.actor(name), {"journal": journal})
            words.append(str(refused.value).replace(str(journal), "N"))
        assert words[0] == words[1]


def test_a_note_is_its_authors_and_a_label_everybodys_who_may_open_the_ticket(floor: Floor) -> None:
    ticket = sorted(set(tickets_of(floor, "lead")) - set(tickets_of(floor, "lead2")))[0]
    applied(floor, "lead", tickets=[ticket])
    applied(floor, "lead", tickets=[ticket], kind="note", text="call back")
    label, note = run("marks.of", floor.actor("lead"), {"source": "demo", "ticket": ticket.partition(":")[2]}).marks
    for name, mark in (("manager", note), ("lead2", note), ("lead2", label)):
        with pytest.raises(NotFound, match="no mark"):
            run("marks.remove", floor.actor(name), {"mark": mark.id, "version": 1})
    with pytest.raises(NotFound, match="no mark"):
        run("marks.change", floor.actor("manager"), {"mark": label.id, "text": "x", "version": 1})
    run("marks.remove", floor.actor("manager"), {"mark": label.id, "version": 1})
    assert marked(floor, ticket) == [("note", "call back")]


def test_a_stale_version_changes_nothing(floor: Floor) -> None:
    lead, ticket = floor.actor("lead"), tickets_of(floor, "lead")[0]
    applied(floor, "lead", tickets=[ticket])
    mark = run("marks.of", lead, {"source": "demo", "ticket": ticket.partition(":")[2]}).marks[0]
    run("marks.change", lead, {"mark": mark.id, "text": "exports fail", "version": 1})
    for verb, given in (("marks.change", {"text": "x"}), ("marks.remove", {})):
        with pytest.raises(Conflict) as stale:
            run(verb, lead, {"mark": mark.id, "version": 1, **given})
        assert (stale.value.sent, stale.value.there) == (1, 2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "name some tickets"),
        ({"tickets": ["demo:1"], "metric": "frt"}, "name some tickets"),
        ({"tickets": ["10042"]}, "do not fit"),
        ({"tickets": [f"demo:{n}" for n in range(201)]}, "do not fit"),
        ({"tickets": ["demo:1"], "text": "x" * 61}, "at most 60"),
        ({"tickets": ["demo:1"], "kind": "note", "text": "x" * 401}, "do not fit"),
    ],
)
def test_what_cannot_be_meant_is_refused(floor: Floor, given: dict[str, Any], message: str) -> None:
    for verb in ("marks.preview", "marks.apply"):
        with pytest.raises(Invalid, match=message):
            run(verb, floor.actor("manager"), {**LABEL, **given})


def test_hostile_words_are_kept_as_words_and_sealed_in_the_audit_log(floor: Floor) -> None:
    ticket = tickets_of(floor, "lead")[0]
    text = "<img src=x onerror=alert(1)> =cmd|' /C calc'!A0"
    applied(floor, "lead", tickets=[ticket], kind="note", text=text)
    assert marked(floor, ticket) == [("note", text)]
    diff = AuditRow._base_manager.order_by("-seq").values_list("diff", flat=True)[0]
    assert "onerror" not in diff
    assert json.loads(diff)[1]["values"]["tickets"] == {"demo": [ticket.partition(":")[2]]}


def test_a_label_is_one_line(floor: Floor) -> None:
    ticket = tickets_of(floor, "lead")[0]
    applied(floor, "lead", tickets=[ticket], text="  export \n fails ")
    assert marked(floor, ticket) == [("label", "export fails")]


def test_lists_of_tickets_show_their_labels(floor: Floor) -> None:
    first, second = (("demo", one.partition(":")[2]) for one in tickets_of(floor, "lead")[:2])
    for text in ("vip", "export fails"):
        applied(floor, "lead", tickets=[":".join(first)], text=text)
    assert marks_on([first, second]) == {first: ("export fails", "vip")}


@pytest.mark.django_db
def test_ten_thousand_tickets_are_marked_and_taken_back_in_few_statements() -> None:
    tickets = [("demo", str(number)) for number in range(10_000)]
    words = {"kind": "label", "text": "export fails", "publication": 1, "added": len(tickets)}
    with CaptureQueriesContext(connection) as marking, deed(ROOT, "tests.mark"):
        assert having(tickets, "label", "export fails") == frozenset()
        journal = create(Journal, **words)
        bulk.put(journal, tickets)
    assert len(having(tickets, "label", "export fails")) == 10_000
    with CaptureQueriesContext(connection) as taking, deed(ROOT, "tests.undo"):
        assert bulk.take_back(journal) == (10_000, ())
    assert Mark._base_manager.count() == 0
    assert (len(marking) <= 200, len(taking) <= 20) == (True, True), (len(marking), len(taking))


@pytest.mark.slow
@pytest.mark.django_db
def test_everything_behind_a_figure_may_be_ten_thousand_tickets(settings: Any, tmp_path: Path) -> None:
    publish(tmp_path / "log", tmp_path / "workspace", 10_000)
    settings.MAITRED_HOME = tmp_path / "workspace"
    seen = run("marks.preview", ROOT, ALL)
    assert (seen.would, seen.out_of_reach) == (10_000, 0)
    done = run("marks.apply", ROOT, {**ALL, "publication": seen.publication, "expected": 10_000})
    assert run("marks.undo", ROOT, {"journal": done.journal}).removed == 10_000
