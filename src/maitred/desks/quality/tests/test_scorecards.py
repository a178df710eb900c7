"""Scorecards: drafts, publishing, versions that reviews hold on to."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.quality.tests.reviewing import ITEMS, Desk


def test_a_published_scorecard_never_changes_and_old_reviews_keep_their_version(desk: Desk) -> None:
    old = desk.given("agent", "lead")
    with pytest.raises(Invalid, match="never changes"):
        desk.run("manager", "save_scorecard", scorecard=desk.card, version=2, items=ITEMS)
    draft = desk.run("manager", "revise_scorecard", scorecard=desk.card)
    assert (draft.number, draft.state, draft.items) == (
        2,
        "draft",
        desk.run("lead", "show_review", review=old.pk).items,
    )
    items = [ITEMS[0] | {"weight": 100}]
    saved = desk.run("manager", "save_scorecard", scorecard=desk.card, version=draft.version, items=items, name="New")
    desk.run("manager", "publish_scorecard", scorecard=desk.card, version=saved.version)
    new = desk.given("agent", "lead", 1)
    shown = desk.run("lead", "show_review", review=old.pk), desk.run("lead", "show_review", review=new.pk)
    assert [(one.number, len(one.items)) for one in shown] == [(1, 3), (2, 1)]
    listed = desk.run("agent", "scorecards").scorecards
    assert [(one.name, one.published, one.draft) for one in listed] == [("New", 2, None)]
    card = desk.run("manager", "show_scorecard", scorecard=desk.card)
    assert [(one.number, one.state, one.reviews) for one in card.editions] == [(2, "published", 1), (1, "published", 1)]


@pytest.mark.parametrize(
    ("items", "says", "field"),
    [
        ([ITEMS[0] | {"weight": 60}, ITEMS[2]], "add up to 80, not to 100", "items"),
        ([], "at least one item", "items"),
        ([ITEMS[0], ITEMS[0]], "two items have the key solved", "items.1.key"),
        ([ITEMS[1] | {"weight": 100, "minimum": 5, "maximum": 5, "anchors": []}], "must be larger", "items.0.maximum"),
    ],
)
def test_an_unsound_scorecard_is_saved_with_its_problems_and_not_published(
    desk: Desk, items: list[dict[str, Any]], says: str, field: str
) -> None:
    draft = desk.run("manager", "add_scorecard", name="Draft", items=items)
    assert says in draft.problems[0]["message"]
    with pytest.raises(Invalid, match=says) as refused:
        desk.run("manager", "publish_scorecard", scorecard=draft.id, version=draft.version)
    assert refused.value.errors[0]["field"] == field
    assert desk.run("manager", "show_scorecard", scorecard=draft.id).state == "draft"


@pytest.mark.parametrize(
    "item",
    [
        ITEMS[0] | {"key": "Not a key"},
        ITEMS[0] | {"weight": -1},
        ITEMS[0] | {"weight": "much"},
        ITEMS[0] | {"kind": "stars"},
        ITEMS[0] | {"title": ""},
        ITEMS[0] | {"colour": "red"},
        ITEMS[1] | {"anchors": [{"value": 1, "label": "x"}] * 12},
    ],
)
def test_an_item_that_is_none_is_refused_by_name(desk: Desk, item: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        desk.run("manager", "add_scorecard", name="Draft", items=[item])
    assert refused.value.errors[0]["field"].startswith("items.0")


def test_a_draft_saved_by_two_is_refused_to_the_second(desk: Desk) -> None:
    draft = desk.run("manager", "add_scorecard", name="Draft", items=ITEMS)
    desk.run("lead", "save_scorecard", scorecard=draft.id, version=draft.version, items=ITEMS[:1])
    with pytest.raises(Conflict) as refused:
        desk.run("manager", "save_scorecard", scorecard=draft.id, version=draft.version, items=ITEMS)
    assert (refused.value.sent, refused.value.there) == (1, 2)


def test_only_leads_and_managers_write_scorecards_and_agents_see_no_drafts(desk: Desk) -> None:
    with pytest.raises(Denied):
        desk.run("agent", "add_scorecard", name="Mine")
    draft = desk.run("manager", "revise_scorecard", scorecard=desk.card)
    assert desk.run("agent", "show_scorecard", scorecard=desk.card).number == 1
    assert desk.run("lead", "show_scorecard", scorecard=desk.card).number == draft.number
    with pytest.raises(NotFound):
        desk.run("agent", "show_scorecard", scorecard=desk.card, number=2)
    for who in ("executive", "admin", "auditor", "partner"):
        with pytest.raises(Denied):
            desk.run(who, "scorecards")


def test_a_retired_scorecard_is_not_used_and_comes_back(desk: Desk) -> None:
    card = desk.run("manager", "show_scorecard", scorecard=desk.card)
    desk.run("manager", "retire_scorecard", scorecard=desk.card, version=card.card_version)
    with pytest.raises(Invalid, match="out of use"):
        desk.run("agent", "add_review", kind="self", scorecard=desk.card, source="demo", ticket="1")
    back = desk.run("manager", "retire_scorecard", scorecard=desk.card, version=card.card_version + 1, retired=False)
    assert back.retired is False
