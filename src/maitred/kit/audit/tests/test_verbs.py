"""The doors of the log: how far each role sees, copies that can be checked elsewhere, the auditor's sign-off."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maitred.base import clock
from maitred.base.errors import Denied, Invalid, MaitredError, NotFound, NotFresh, UsageError
from maitred.kit.access.actor import Actor, Kind, Role, operator
from maitred.kit.audit import deeds
from maitred.kit.audit.log import digest
from maitred.kit.audit.models import AuditHead, AuditRow
from maitred.kit.audit.tests.databases import COMMITS
from maitred.kit.audit.tests.faulting import assert_atomic
from maitred.kit.audit.verifying import verify_chain
from maitred.kit.verbs.results import plain
from maitred.kit.verbs.running import run
from maitred.people.models import Account, Membership, Person, Team


def actor(account: int, *roles: Role, **more: Any) -> Actor:
    return Actor(Kind.ACCOUNT, f"account:{account}", account=account, roles=frozenset(roles), **more)


def act(who: Actor, verb: str = "test.move", reason: str = "") -> None:
    with deeds.deed(who, verb, reason=reason):
        deeds.note("move", "piece", 7, to="here")


AUDITOR = actor(91, Role.AUDITOR)
MEMBER, FORMER, OTHER = 11, 12, 13


@pytest.fixture
def teams(db: None) -> Team:
    """A team with one present and one former member; somebody else in another one."""
    now = clock.now()
    with deeds.deed(operator("ana"), "test.people"):
        mine, theirs = (deeds.create(Team, name=name) for name in ("mine", "theirs"))
        for pk, team, until in ((MEMBER, mine, None), (FORMER, mine, now), (OTHER, theirs, None)):
            person = deeds.create(Person, name=f"p{pk}")
            deeds.create(Account, pk=pk, username=f"a{pk}", person=person)
            since = now - timedelta(days=9)
            deeds.create(Membership, person=person, team=team, valid_from=since, valid_to=until)
    return mine


def seen(asker: Actor, /, **words: Any) -> list[str]:
    return [one["actor"] for one in plain(run("audit.rows", asker, words))["items"]]


def test_everybody_sees_their_own_deeds_managers_their_peoples_auditors_all(teams: Team) -> None:
    for account in (MEMBER, FORMER, OTHER, 5):
        act(actor(account, Role.AGENT))
    assert seen(actor(MEMBER, Role.AGENT)) == ["account:11"]
    assert seen(actor(5, Role.LEAD, subtree=frozenset({teams.pk}))) == ["account:5"]
    assert seen(actor(5, Role.MANAGER, subtree=frozenset({teams.pk}))) == ["account:5", "account:11"]
    assert seen(AUDITOR) == ["account:5", "account:13", "account:12", "account:11", "os:ana"]
    assert seen(operator("ana")) == seen(AUDITOR)
    with pytest.raises(Denied):
        seen(actor(6, Role.EXECUTIVE))


@pytest.mark.django_db
def test_rows_are_found_by_verb_object_actor_and_time_newest_first() -> None:
    act(actor(1, Role.AGENT), "test.one")
    act(actor(2, Role.AGENT), "test.two", reason="Because.")
    act(actor(1, Role.AGENT), "test.two")
    assert seen(AUDITOR, verb="test.two") == ["account:1", "account:2"]
    assert seen(AUDITOR, who="account:2", object="piece:7") == ["account:2"]
    assert seen(AUDITOR, object="piece:8") == []
    assert len(seen(AUDITOR, object="piece")) == 3
    assert seen(AUDITOR, since=(clock.now() + timedelta(hours=1)).isoformat()) == []
    assert len(seen(AUDITOR, since=(clock.now() - timedelta(hours=1)).isoformat())) == 3
    with pytest.raises(Invalid):
        seen(AUDITOR, since="2026-01-01T00:00:00")
    told = plain(run("audit.rows", AUDITOR, {"verb": "test.two"}))["items"]
    assert [one["reason"] for one in told] == ["", "Because."]


@pytest.mark.django_db
def test_pages_follow_one_another_and_a_cursor_is_its_owners() -> None:
    for _ in range(5):
        act(actor(1, Role.AGENT))
    first = run("audit.rows", AUDITOR, {"limit": 2})
    second = run("audit.rows", AUDITOR, {"limit": 2, "cursor": first.next})
    third = run("audit.rows", AUDITOR, {"limit": 2, "cursor": second.next})
    assert [row.seq for page in (first, second, third) for row in page.items] == [5, 4, 3, 2, 1]
    assert third.next is None
    for cursor, who in ((first.next, actor(92, Role.AUDITOR)), ("x", AUDITOR)):
        with pytest.raises(UsageError):
            run("audit.rows", who, {"cursor": cursor})


def test_personal_values_are_shown_as_sealed(teams: Team) -> None:
    told = json.dumps(plain(run("audit.rows", AUDITOR, {})))
    assert "(sealed)" in told
    assert "text:" not in told


@pytest.mark.django_db
def test_an_export_can_be_checked_elsewhere_and_is_a_deed_with_its_digest() -> None:
    for _ in range(5):
        act(actor(1, Role.AGENT))
    pages, after = [], 0
    while after is not None:
        pages.append(run("audit.export", AUDITOR, {"after": after, "limit": 3}))
        after = pages[-1].next
    rows = [json.loads(line) for page in pages for line in page.lines.splitlines()]
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6]
    prev = "0" * 64
    for row in rows:
        assert row["prev"] == prev
        assert row["hash"] == digest(row)
        prev = row["hash"]
    left = AuditRow._base_manager.filter(verb="audit.export").order_by("seq").first()
    assert left is not None
    told = json.loads(left.diff)[0]["values"]
    assert (told["count"], told["sha256"]) == (3, hashlib.sha256(pages[0].lines.encode()).hexdigest())
    empty = run("audit.export", AUDITOR, {"after": 1000})
    assert (empty.count, empty.first, empty.next) == (0, None, None)


@COMMITS
def test_a_sign_off_names_the_row_and_carries_a_signed_head(home: Path) -> None:
    act(actor(1, Role.AGENT))
    done = run("audit.sign_off", AUDITOR, {"through": 1, "finding": "Nothing to remark."})
    assert (done.through, done.head.seq) == (1, 1)
    row = AuditRow._base_manager.get(verb="audit.sign_off")
    assert done.head.signature in row.diff
    assert "remark" not in row.diff
    told = run("audit.verify_log", AUDITOR, {})
    assert told.ok
    assert told.install == done.head.install
    assert [one for one in verify_chain(home) if not one.ok] == []
    with pytest.raises(NotFound):
        run("audit.sign_off", AUDITOR, {"through": 99, "finding": "x"})
    assert AuditHead._base_manager.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "words"),
    [("audit.export", {}), ("audit.sign_off", {"through": 1, "finding": "x"}), ("audit.verify_log", {})],
)
def test_only_those_who_see_all_of_it_act_on_the_log_as_a_whole(verb: str, words: dict[str, Any]) -> None:
    act(actor(1, Role.AGENT))
    refused: tuple[type[MaitredError], ...] = (Denied, NotFresh)
    for who in (actor(1, Role.AGENT), actor(2, Role.MANAGER), actor(3, Role.EXECUTIVE)):
        with pytest.raises(refused):
            run(verb, who, words)
    if verb != "audit.verify_log":
        with pytest.raises(refused):
            run(verb, actor(91, Role.AUDITOR, fresh=False), words)


@pytest.mark.django_db
def test_a_failing_statement_anywhere_in_an_export_leaves_nothing() -> None:
    act(actor(1, Role.AGENT))
    assert assert_atomic(lambda: run("audit.export", AUDITOR, {})) > 2
    assert assert_atomic(lambda: run("audit.sign_off", AUDITOR, {"through": 1, "finding": "x"})) > 5
