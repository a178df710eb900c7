"""One conversation with quotes that stand in it; a search within reach, by words and clocks; teams, never a person."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.base.errors import Denied, Invalid
from maitred.desks.conversations import shares
from maitred.desks.conversations.shares import Voice
from maitred.desks.conversations.tests import world
from maitred.desks.conversations.tests.conftest import Ask
from maitred.insight.text.behaviours import BEHAVIOURS
from maitred.kit.audit.models import AuditRow


def test_every_quote_stands_in_its_message(ask: Ask) -> None:
    found = ask("lead", "conversations.show", source="demo", ticket=world.BROKEN)
    [customer, agent] = found.turns
    assert (customer.kind, agent.kind, customer.language) == ("customer", "agent", "en")
    assert customer.unhappy is not None and agent.unhappy is None
    quotes = [quote for one in agent.seen for quote in one.quotes]
    assert quotes and all(agent.text[one.start : one.end] == one.text for one in quotes)
    assert {one.behaviour: one.verdict for one in agent.seen}["apologises_once"] == "present"
    [promise] = found.promises
    assert promise.kept == "not_kept" and promise.quote in agent.text and promise.time == "by Friday"
    assert agent.promises == (promise,) and found.clocks["clocks"]
    assert AuditRow._base_manager.filter(verb="conversations.show").exists()


def test_a_kept_promise_and_a_bot_are_told(ask: Ask) -> None:
    kept = ask("lead", "conversations.show", source="demo", ticket=world.KEPT).promises
    assert [one.kept for one in kept] == ["kept"]
    botted = ask("lead", "conversations.show", source="demo", ticket=world.BOTTED)
    assert [one.kind for one in botted.turns] == ["customer", "bot", "customer", "customer"]
    assert not any(one.first_human_after_bot for one in botted.turns)


def test_odd_messages_and_quoted_ones_are_told_apart(ask: Ask) -> None:
    [quoted, huge, german] = ask("lead", "conversations.show", source="demo", ticket=world.ODD).turns
    assert (quoted.flag, huge.flag, german.flag) == ("only_quoted", "huge", "")
    assert german.language == "de" and german.seen == ()
    assert {one.kind for one in german.zones} == {"signature", "quote"}


def test_a_search_finds_words_phrases_and_clocks_within_reach(ask: Ask) -> None:
    def found(who: str, **given: Any) -> set[str]:
        return {one.ticket for one in ask(who, "conversations.search", **given).hits}

    assert found("lead", query="parrotfish") == {world.FORGOTTEN}
    assert found("lead2", query="parrotfish") == {world.ELSEWHERE}
    assert found("manager", query="parrotfish") == {world.FORGOTTEN, world.ELSEWHERE}
    assert found("lead", query='"export fails" 4711') == {world.BROKEN}
    assert found("lead", query='"fails export"') == set()
    assert found("lead", query="zitierte") == set() and found("lead", query="melde", language=["de"]) == {world.ODD}
    assert found("lead", query="parrotfish", waits_longer_than=30) == {world.FORGOTTEN}
    assert found("lead", query="export", waits_longer_than=1) == set()
    assert found("lead", query="Friday", by="agent", promised=True) == {world.BROKEN}
    assert (
        found("lead", query="parrotfish", group=["12"]) == found("lead", query="parrotfish", status=["closed"]) == set()
    )
    assert found("lead", query="parrotfish", first_day="2025-12-22", last_day="2025-12-22") == {world.FORGOTTEN}
    assert found("lead", query="furious", unhappy=0.5) == {world.TURNED}


def test_personal_data_cannot_be_searched_for(ask: Ask) -> None:
    for query in (world.MAIL, "Quill Ferro", "4111"):
        assert world.FORGOTTEN not in {one.ticket for one in ask("lead", "conversations.search", query=query).hits}
    [hit] = ask("lead", "conversations.search", query="parrotfish").hits
    assert "4111" not in hit.snippet and "\x02parrotfish\x03" in hit.snippet


def test_a_search_without_a_word_or_with_days_turned_round_is_refused(ask: Ask) -> None:
    for given in ({"query": "***"}, {"first_day": "2026-01-02", "last_day": "2026-01-01"}, {"missing": ["charm"]}):
        with pytest.raises(Invalid):
            ask("lead", "conversations.search", **given)
    with pytest.raises(Denied):
        ask("auditor", "conversations.search", query="parrotfish")


def test_a_search_is_audited_without_its_words(ask: Ask) -> None:
    ask("lead", "conversations.search", query="parrotfish")
    row = AuditRow._base_manager.filter(verb="conversations.search").latest("seq")
    assert "parrotfish" not in str(row.__dict__)


def test_teams_have_shares_with_intervals_and_nothing_is_counted_on_unverified(ask: Ask) -> None:
    found = ask("manager", "conversations.behaviours", first_day="2025-01-06", last_day="2026-01-04")
    told = [one for team in found.teams for one in team.shares if one.value is not None]
    assert told and all(one.low <= one.value <= one.high and one.n >= one.needed for one in told)
    assert [one.behaviour for one in found.agreement] == [*BEHAVIOURS] and not any(
        one.verified for one in found.agreement
    )
    assert [one.name for one in found.teams if not one.bots] == sorted(one.name for one in found.teams if not one.bots)
    lead = ask("lead2", "conversations.behaviours", first_day="2025-01-06", last_day="2026-01-04")
    assert 0 < lead.conversations < found.conversations
    for who in ("agent", "executive", "auditor"):
        with pytest.raises(Denied):
            ask(who, "conversations.behaviours")


def test_a_share_of_one_or_two_people_is_not_told() -> None:
    voices = [Voice({"gives_time"}, {"names_feeling"}, {str(n % 2)}) for n in range(60)]
    people, told = shares.shares(voices, False)
    assert people == 2 and {one.reason for one in told} == {"too_few", "too_few_people"}
    assert all(one.value is None for one in told)


def test_one_vote_a_conversation() -> None:
    voices = [Voice({"gives_time"}, {"gives_time"}, {str(n)}) for n in range(20)] + [
        Voice((), {"gives_time"}, {str(n)}) for n in range(20)
    ]
    share = shares.shares(voices, False)[1][BEHAVIOURS.index("gives_time")]
    assert (share.value, share.n, share.present) == (0.5, 40, 20)


def test_picked_conversations_become_a_targeted_draw_of_quality(ask: Ask) -> None:
    item = {"key": "solved", "title": "Solved", "kind": "yes_no", "weight": 100}
    card = ask("manager", "quality.add_scorecard", name="Support", items=[item])
    ask("manager", "quality.publish_scorecard", scorecard=card.id, version=card.version)
    picked = [{"source": "demo", "ticket": world.BROKEN}]
    sent = ask("lead", "conversations.sample", tickets=picked, scorecard=card.id, reason="promise not kept")
    drawn = ask("lead", "quality.show_draw", draw=sent.draw)
    assert (drawn.kind, drawn.reason, sent.reviews) == ("targeted", "promise not kept", 1)
    with pytest.raises(Denied):
        ask("agent", "conversations.sample", tickets=picked, scorecard=card.id, reason="x")
