"""Who waits, why, and for whom it is listed."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from maitred.base.errors import Denied, Invalid, NotFound
from maitred.desks.conversations import usual
from maitred.desks.conversations.shapes import LiveShown, Watched
from maitred.desks.conversations.tests import world
from maitred.desks.conversations.tests.conftest import Ask


def _rows(ask: Ask, who: str = "lead", **given: object) -> dict[str, LiveShown]:
    found: dict[str, LiveShown] = {}
    page = 1
    while True:
        seen: Watched = ask(who, "conversations.watch", page=page, **given)
        found |= {one.ticket: one for one in seen.rows}
        if page >= seen.pages:
            assert len(found) == seen.total
            return found
        page += 1


def test_each_planted_conversation_is_listed_for_its_reason(ask: Ask) -> None:
    rows = _rows(ask)
    assert {"forgotten", "waits_long"} <= {*rows[world.FORGOTTEN].reasons}
    assert "promise_broken" in rows[world.BROKEN].reasons
    assert rows[world.BROKEN].promised_for == datetime(2026, 1, 3, 4, 59, 59, tzinfo=UTC)
    assert "tone" in rows[world.TURNED].reasons
    assert {"bot_only"} <= {*rows[world.BOTTED].reasons} and rows[world.BOTTED].after_bot
    assert "silent" in rows[world.SILENT].reasons and rows[world.SILENT].waits_s is None
    assert "promise_broken" not in getattr(rows.get(world.KEPT), "reasons", ())


def test_a_wait_is_told_in_all_and_in_working_time_beside_what_is_usual(ask: Ask) -> None:
    one = _rows(ask)[world.FORGOTTEN]
    assert one.waits_s == int(
        (datetime(2026, 1, 5, tzinfo=UTC) - datetime(2025, 12, 22, 14, tzinfo=UTC)).total_seconds()
    )
    assert one.waits_business_s is not None and 0 < one.waits_business_s < one.waits_s
    assert one.usual is not None and one.usual.n >= usual.FEWEST and one.waits_business_s > 3 * one.usual.seconds


def test_the_forgotten_come_first_and_filters_narrow(ask: Ask) -> None:
    first: Watched = ask("lead", "conversations.watch")
    assert "forgotten" in first.rows[0].reasons
    assert world.BOTTED in _rows(ask, reason=["bot_only"]) and world.FORGOTTEN not in _rows(ask, reason=["bot_only"])
    assert {one.channel for one in _rows(ask, channel=["email"]).values()} == {"email"}
    assert world.FORGOTTEN not in _rows(ask, group=["12"])
    longer = _rows(ask, waits_longer_than=30)
    assert world.FORGOTTEN in longer and world.BOTTED not in longer
    with pytest.raises(Invalid):
        ask("lead", "conversations.watch", reason=["angry"])


def test_a_reader_sees_within_reach_alone(ask: Ask) -> None:
    assert world.ELSEWHERE not in _rows(ask, "lead") and world.ELSEWHERE in _rows(ask, "lead2")
    assert world.FORGOTTEN not in _rows(ask, "lead2")
    assert {world.ELSEWHERE, world.FORGOTTEN} <= {*_rows(ask, "manager")}
    mine = _rows(ask, "agent")
    assert world.FORGOTTEN in mine and world.ELSEWHERE not in mine
    for who in ("executive", "admin", "auditor", "partner"):
        with pytest.raises(Denied):
            ask(who, "conversations.watch")
    with pytest.raises(NotFound):
        ask("lead", "conversations.show", source="demo", ticket=world.ELSEWHERE)


def test_ones_own_are_those_that_one_holds(ask: Ask) -> None:
    assert {one.ticket for one in ask("agent", "conversations.mine").rows} >= {world.FORGOTTEN}
    assert world.FORGOTTEN not in {one.ticket for one in ask("mate", "conversations.mine").rows}


def test_up_to_when_is_known_is_said(ask: Ask) -> None:
    known = ask("lead", "conversations.watch").known
    assert known.as_of == datetime(2026, 1, 5, tzinfo=UTC) and known.behind == 0 and known.read_at == known.as_of


def test_what_is_usual_falls_back_to_wider_parts() -> None:
    found = usual.usual(["a"] * 25, ["g"] * 20 + ["h"] * 5, ["chat"] * 10 + ["email"] * 15, np.arange(25))
    assert ("a", "g", "chat") not in found
    told = usual.looked_up(found, "a", "g", "chat")
    assert told is not None and (told.of, told.n) == ("group", 20)
    wide = usual.looked_up(found, "a", "h", "chat")
    assert wide is not None and wide.of == "all" and usual.looked_up(found, "b", "g", "chat") is None
