"""What is to change on a ticket: whether it makes sense, what of it would do something, and what moved meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import Invalid
from maitred.connectors.live import Op, Seen
from maitred.sync import changes
from maitred.sync.changes import Change

TAGS = st.lists(st.sampled_from(["vip", "VIP", "eu", "Eu", "shop"]), unique_by=str.casefold)


def wrong(*given: Change) -> list[str]:
    with pytest.raises(Invalid) as refused:
        changes.check(given)
    return [error["message"] for error in refused.value.errors]


def test_what_cannot_be_meant_is_refused_ticket_by_ticket_with_all_that_is_wrong() -> None:
    note, low = Op("note", "note", "Hello"), Op("set", "priority", "low")
    assert wrong(Change("", (low,)), Change("3", ())) == ["it names no ticket", "nothing is to change"]
    assert wrong(Change("3", (low, low))) == ["priority is set twice"]
    assert wrong(Change("3", (note, note))) == ["it has two notes: write one"]
    assert wrong(Change("3", (Op("note", "note", " "),))) == ["its note is empty"]
    assert "by which maitred knows" in wrong(Change("3", (Op("note", "note", "x [maitred:abc]"),)))[0]
    assert "tags are added and removed" in wrong(Change("3", (Op("set", "tags", ["a"]),)))[0]
    assert wrong(Change("3", (Op("add_tags", "tags", "vip"),))) == ["tags are a list of words"]
    assert wrong(Change("3", (Op("add_tags", "tags", ["VIP"]), Op("remove_tags", "tags", ["vip"])))) == [
        "it adds and removes vip"
    ]
    assert "named twice" in wrong(Change("3", (low,)), Change("3", (note,)))[0]
    changes.check([Change("3", (low, note)), Change("4", (note,))])


def test_the_refusal_says_which_ticket_and_what_to_do() -> None:
    with pytest.raises(Invalid, match="2 of the changes cannot be planned; ticket 3: nothing is to change: correct"):
        changes.check([Change("3", ()), Change("4", ())])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, "", True), (None, [], True), (None, 0, False), (False, None, False), (7, "7", True), (7, 7.0, True),
        (True, "true", True), (True, 1, False), (["b", "a"], ["a", "b"], True), (["a"], ["a", "a"], False),
        ("low", "Low", False), ("7", "7.0", False),
    ],
)  # fmt: skip
def test_values_that_mean_the_same_to_a_helpdesk(one: Any, other: Any, expected: bool) -> None:
    assert changes.same(one, other) is changes.same(other, one) is expected


def test_only_what_would_change_something_is_left() -> None:
    values = {"priority": "high", "priority:label": "P1", "tags": ["Shop", "eu"], "custom:1": None}
    ops = [
        Op("set", "priority", "high"), Op("set", "custom:1", ""), Op("add_tags", "tags", ["SHOP", "vip"]),
        Op("remove_tags", "tags", ["EU", "none"]), Op("note", "note", "Hello"),
    ]  # fmt: skip
    left = changes.effective(ops, values)
    assert left == (Op("add_tags", "tags", ["vip"]), Op("remove_tags", "tags", ["eu"]), ops[4])
    assert changes.effective([Op("set", "priority", "P1")], values) == ()
    told = [(one.field, one.before, one.after) for one in changes.differences(left, values)]
    assert told == [("tags", ["Shop", "eu"], ["Shop", "vip"]), ("note", None, "Hello")]


@given(TAGS, TAGS, TAGS)
def test_what_is_carried_out_has_no_effect_any_more_and_taken_back_is_as_before(
    here: list[str], add: list[str], remove: list[str]
) -> None:
    both = {tag.casefold() for tag in add}
    ops = [
        Op("add_tags", "tags", add),
        Op("remove_tags", "tags", [tag for tag in remove if tag.casefold() not in both]),
    ]
    left = changes.effective(ops, {"tags": here})
    (after,) = [one.after for one in changes.differences(left, {"tags": here})] or [here]
    assert changes.effective(ops, {"tags": after}) == ()
    assert len({tag.casefold() for tag in after}) == len(after)
    turned = {"add_tags": "remove_tags", "remove_tags": "add_tags"}
    back: list[Any] = [Op(turned[op.kind], "tags", op.value) for op in left]  # type: ignore[arg-type]
    (again,) = [one.after for one in changes.differences(back, {"tags": after})] or [after]
    assert sorted(again) == sorted(here)


def test_who_has_a_ticket_is_one_thing_and_tags_are_many() -> None:
    before = {"assignee": "1", "group": None, "tags": ["a"]}
    moved = changes.moved([Op("set", "group", "9")], before, {"assignee": "2", "group": None, "tags": []})
    assert moved == "assignee was 1 and is 2"
    assert changes.moved([Op("add_tags", "tags", ["b"])], before, {"assignee": "2", "tags": []}) == ""
    words = {"status": "open", "status:label": "Working"}
    assert changes.moved([Op("set", "status", "hold")], words, {**words, "status:label": "Escalated"}) == (
        "status was Working and is Escalated"
    )


def test_a_change_of_owner_tells_whom_it_took_the_ticket_from() -> None:
    op, before = Op("set", "group", "9"), {"assignee": "1", "group": None}
    assert changes.cleared([op], before, {"assignee": None, "group": "9"}) == (Op("set", "assignee", None),)
    assert changes.cleared([op], before, {"assignee": "1", "group": "9"}) == ()
    assert changes.cleared([op, Op("set", "assignee", None)], before, {"assignee": None, "group": "9"}) == ()
    assert changes.cleared([Op("set", "priority", "low")], before, {"assignee": None}) == ()
    seen = Seen("3", "", {"assignee": "1", "group": None, "priority": "low", "tags": ["a"]})
    assert changes.touched([op, Op("note", "note", "Hello")], seen) == before


def test_a_marker_is_the_change_s_own_and_operations_come_back_from_json() -> None:
    marks = {changes.marker(*one) for one in (("a", "3", "k"), ("a", "3", "l"), ("a", "4", "k"), ("b", "3", "k"))}
    assert len(marks) == 4 and all(mark.startswith("[maitred:") and len(mark) == 18 for mark in marks)
    ops = (Op("add_tags", "tags", ("vip", "eu")), Op("set", "custom:1", None), Op("note", "note", "Hello"))
    assert changes.restored(changes.dumped(ops)) == (Op("add_tags", "tags", ["vip", "eu"]), *ops[1:])
    one, other = Change("3", ops[:1]), Change("3", ops[1:])
    keys = {changes.derived_key("p", one), changes.derived_key("q", one), changes.derived_key("p", other)}
    assert len(keys) == 3 and changes.derived_key("p", one) in keys
