"""Who is told of findings: rules with their budget and quiet hours, rooms by webhook, the daily letter."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_django import Settings

from maitred.base import clock
from maitred.base.errors import Denied, Invalid, NotFound
from maitred.desks.today import letters, sending
from maitred.desks.today.models import Alert, Told
from maitred.desks.today.tests.conftest import NOW
from maitred.desks.today.tests.looked import AGENT, BILLING, TECHNICAL, finding, keep
from maitred.kit.audit.deeds import deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.outbox.sending import drain
from maitred.kit.outbox.tests.receivers import Host, MailServer, host, mail_server
from maitred.kit.secrets import stored
from maitred.kit.verbs import run
from maitred.people.models import Account
from maitred.people.tests.floor import ROOT, Floor


@pytest.fixture
def room(settings: Settings) -> Iterator[Host]:
    with host() as found:
        settings.MAITRED_HOSTS_ALLOWED = found.allowed
        settings.MAITRED_ADDRESS = "https://desk.example.org"
        yield found


@pytest.fixture
def post(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as found:
        settings.MAITRED_MAIL = True
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER, settings.DEFAULT_FROM_EMAIL = "", "Desk <desk@example.org>"
        settings.MAITRED_ADDRESS = "https://desk.example.org"
        yield found


def a_run() -> Any:
    """What a job has in its hand."""
    return SimpleNamespace(check=lambda: None, deed=lambda verb: deed(ROOT, verb))


def send() -> None:
    """Have everything that waits sent."""
    drain("tests", threading.Event())


def rule(floor: Floor, name: str = "lead", **given: Any) -> Any:
    return run("today.add_alert", floor.actor(name), {"channel": "mail", **given})


@pytest.mark.parametrize("channel", ["slack", "teams"])
def test_a_room_is_told_in_plain_blocks_at_its_own_address(floor: Floor, room: Host, channel: str) -> None:
    rule(floor, channel=channel, address=room.url)
    keep(finding("f_billing", title="<!channel> *First* reply [here](x) rose"))
    assert sending.alerts(a_run()) == 1
    send()
    (call,) = room.calls
    body = json.loads(call.body)
    if channel == "slack":
        assert body["text"].startswith("&lt;!channel&gt;")
        assert {one["text"]["type"] for one in body["blocks"]} == {"plain_text"}
        assert body["blocks"][-1]["text"]["text"] == "https://desk.example.org/today/f_billing/"
    else:
        (card,) = body["attachments"]
        assert card["content"]["type"] == "AdaptiveCard"
        assert card["content"]["body"][0]["text"] == r"<!channel> \*First\* reply \[here\](x) rose"


def test_the_address_of_a_room_is_sealed_and_never_shown(floor: Floor, room: Host) -> None:
    shown = rule(floor, channel="slack", address=room.url)
    assert room.url not in str(run("today.alerts", floor.actor("lead"), {})) + str(shown)
    assert all(room.url not in str(row.diff) for row in AuditRow._base_manager.all())
    secret = Alert._base_manager.get().secret
    assert stored.reveal(secret, ROOT).value == room.url
    run("today.remove_alert", floor.actor("lead"), {"alert": shown.id, "version": shown.version})
    with pytest.raises(NotFound):
        stored.reveal(secret, ROOT)


def test_an_address_inside_the_house_is_not_met(floor: Floor, room: Host, settings: Settings) -> None:
    settings.MAITRED_HOSTS_ALLOWED = []
    rule(floor, channel="slack", address=room.url)
    keep(finding("f_billing"))
    sending.alerts(a_run())
    send()
    assert room.calls == []


def test_a_room_is_never_told_about_a_person(floor: Floor, room: Host) -> None:
    rule(floor, channel="slack", address=room.url)
    keep(finding("f_agent", AGENT, family="agent_quality", title="Agent answers late"))
    sending.alerts(a_run())
    send()
    (call,) = room.calls
    assert b"Agent" not in call.body
    assert "1 item about a person" in json.loads(call.body)["text"]


def test_a_rule_tells_only_what_its_owner_may_see_and_asks_for(floor: Floor) -> None:
    rule(floor, "lead", least_harm=100)
    rule(floor, "lead2", family="backlog")
    keep(finding("f_billing"), finding("f_small", BILLING, 2, harm=20.0), finding("f_technical", TECHNICAL, 3))
    assert sending.alerts(a_run()) == 1
    assert [one.finding_id for one in Told._base_manager.all()] == ["f_billing"]


def test_the_same_finding_is_told_once_until_it_is_a_quarter_worse(floor: Floor) -> None:
    rule(floor)
    keep(finding("f_billing"))
    assert [sending.alerts(a_run()), sending.alerts(a_run())] == [1, 0]
    keep(finding("f_billing", harm=230.0), publication=2, as_of="2026-01-06T06:00:00Z")
    assert sending.alerts(a_run()) == 0
    keep(finding("f_billing", harm=265.0), publication=3, as_of="2026-01-07T06:00:00Z")
    assert sending.alerts(a_run()) == 1


def test_a_day_has_its_budget(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    rule(floor, budget=2)
    keep(*[finding(f"f_{rank}", rank=rank) for rank in range(1, 6)])
    assert [sending.alerts(a_run()), sending.alerts(a_run())] == [2, 0]
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=1))
    assert sending.alerts(a_run()) == 2


def test_quiet_hours_are_those_of_the_rules_own_zone(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    rule(floor, quiet_hours="20:00-07:00", time_zone="America/New_York")  # 09:00 UTC is four in the morning there
    keep(finding("f_billing"))
    assert sending.alerts(a_run()) == 0
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=4))
    assert sending.alerts(a_run()) == 1


def test_rules_are_ones_own(floor: Floor) -> None:
    mine = rule(floor)
    for name in ("mate", "manager", "lead2"):
        with pytest.raises(NotFound):
            run("today.change_alert", floor.actor(name), {"alert": mine.id, "version": 1, "budget": 1})
        assert run("today.alerts", floor.actor(name), {}).alerts == ()
    changed = run("today.change_alert", floor.actor("lead"), {"alert": mine.id, "version": 1, "enabled": False})
    keep(finding("f_billing"))
    assert (changed.enabled, sending.alerts(a_run())) == (False, 0)


def test_an_agent_tells_no_room(floor: Floor) -> None:
    with pytest.raises(Denied):
        rule(floor, "agent", channel="slack", address="https://hooks.example.org/x")


@pytest.mark.parametrize(
    "given",
    [
        {"channel": "slack"}, {"channel": "teams", "address": "ftp://hooks.example.org/x"},
        {"channel": "mail", "address": "https://hooks.example.org/x"}, {"quiet_hours": "always"},
        {"time_zone": "Mars/Base"}, {"budget": 0},
    ],
)  # fmt: skip
def test_a_rule_that_means_nothing_is_refused(floor: Floor, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        rule(floor, **given)


def letters_to(floor: Floor, name: str, post: MailServer) -> list[Any]:
    """The letters of one round to one account, which alone has an hour."""
    Account._base_manager.exclude(pk=floor.accounts[name].pk).update(digest_hour="")
    sending.digests(a_run())
    send()
    return post.letters


def test_the_daily_letter_is_text_first_with_the_finding_as_its_subject(floor: Floor, post: MailServer) -> None:
    keep(finding("f_billing"), finding("f_agent", AGENT, 2, family="agent_quality", title="Agent answers late"))
    (letter,) = letters_to(floor, "lead", post)
    assert "First reply in Billing takes 2.1 times as long" in letter["Subject"]
    text, _html = letter.iter_parts()
    told = text.get_content()
    assert "2.1 times as much" in told
    assert "https://desk.example.org/today/f_billing/" in told
    assert "1 item about a person" in told
    assert "Agent answers late" not in letter.as_string()


def test_the_daily_letter_comes_once_a_day(floor: Floor, post: MailServer) -> None:
    keep(finding("f_billing"))
    assert [len(letters_to(floor, "lead", post)), len(letters_to(floor, "lead", post))] == [1, 1]


def test_the_daily_letter_waits_for_its_hour_in_its_readers_zone(
    floor: Floor, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(finding("f_billing"))
    Account._base_manager.filter(pk=floor.accounts["lead"].pk).update(time_zone="America/New_York")
    assert letters_to(floor, "lead", post) == []
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=4, minutes=5))
    assert len(letters_to(floor, "lead", post)) == 1


def test_on_a_day_without_findings_a_line_comes_only_when_asked_for(floor: Floor, post: MailServer) -> None:
    keep()
    assert letters_to(floor, "lead", post) == []
    run("today.change_digest", floor.actor("lead"), {"when_empty": True})
    (letter,) = letters_to(floor, "lead", post)
    assert letter["Subject"] == "41 series checked, nothing needs you"


def test_who_does_not_want_the_letter_gets_none(floor: Floor, post: MailServer) -> None:
    keep(finding("f_billing"))
    run("today.change_digest", floor.actor("lead"), {"daily": False})
    assert letters_to(floor, "lead", post) == []
    assert run("today.digest", floor.actor("lead"), {}).daily is False


def test_a_weekend_has_no_letter(floor: Floor, post: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(finding("f_billing"))
    monkeypatch.setattr(clock, "now", lambda: NOW - timedelta(days=1))
    assert letters_to(floor, "lead", post) == []


def test_a_long_text_stays_within_what_a_room_takes() -> None:
    one = letters.Item("f_x", "a" * 5_000, "b", "c")
    assert len(letters.slack(one, "")["text"]) <= 3_000
    assert len(letters.teams(one, "")["attachments"][0]["content"]["body"][0]["text"]) <= 3_000
