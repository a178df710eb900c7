"""One object of every noun for every owner, in the state that a verb wants to find it in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from maitred.base import clock
from maitred.connectors.live import Op
from maitred.desks.coaching.models import Item, Note, OneToOne
from maitred.desks.coaching.models import Plan as CoachingPlan
from maitred.desks.helpdesks import accounts
from maitred.desks.helpdesks.models import Connection
from maitred.desks.quality.models import Check, Contest, Draw, Edition, Review, Scorecard, Session
from maitred.desks.roster.models import Leave, SkillHeld
from maitred.desks.today.models import Alert, Finding
from maitred.desks.training.models import Course, SkillNeed, WaveMember, WavePlan
from maitred.kit.annotations.models import Annotation
from maitred.kit.audit.deeds import create, deed
from maitred.kit.commitments.models import Commitment
from maitred.kit.decisions.models import Decision
from maitred.kit.interventions.models import Registered
from maitred.kit.jobs.models import Job, Schedule
from maitred.kit.marks.models import Journal, Mark
from maitred.kit.outbox.models import Content, Effect
from maitred.kit.proposals.models import Proposal
from maitred.kit.secrets.sealing import Secret
from maitred.kit.secrets.stored import store
from maitred.kit.views.models import SavedView
from maitred.people import acting, tree
from maitred.people.models import ApiToken, BreakGlass, GrantHeld, GroupLink, HelpdeskIdentity, Person, Team
from maitred.people.tests.floor import ROOT, Floor
from maitred.sync import exchange
from maitred.sync.planning import Plan, Planned
from tests.access import learning
from tests.access.desks import BY_DESK

OWNERS = {"billing": "mate", "orders": "below", "technical": "other", "former": "former", "above": "lead"}
"""Ownership as the expectation names it → whose the object is; ``self`` is the actor's own."""
UNKNOWN = 987_654_321


class Things:
    """Makes and remembers objects; a key and a version for each verb, owner and actor."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self._made: dict[tuple[str, str, str], tuple[Any, int]] = {}
        self._count = 0

    def of(self, noun: str, owner: str, state: str = "") -> tuple[Any, int]:
        """Key and version of an object of that owner (an account's name on the floor)."""
        name = (noun, owner, state)
        if name not in self._made:
            with deed(ROOT, "tests.thing"):
                row = _MAKERS[noun](self, owner, state)
            self._made[name] = (row.name if noun == "secret" else row.pk, getattr(row, "version", 1))
        return self._made[name]

    def number(self) -> int:
        self._count += 1
        return self._count


def _person(things: Things, owner: str, _: str) -> Any:
    return things.floor.people[owner]


def _account(things: Things, owner: str, state: str) -> Any:
    row = things.floor.accounts[owner]
    if state == "granted" and not row.grants.filter(grant="hiring").exists():
        create(GrantHeld, account=row, grant="hiring", reason="for tests")
    return row


def _team_of(things: Things, owner: str) -> Team:
    teams = sorted(tree.teams_of(things.floor.people[owner].pk))
    return Team._base_manager.get(pk=teams[0]) if teams else things.floor.teams["Support"]


def _team(things: Things, owner: str, state: str) -> Any:
    if state != "empty":
        return _team_of(things, owner)
    made = create(Team, name=f"Empty {things.number()}", parent=_team_of(things, owner))
    tree.enter(made)
    return made


def _membership(things: Things, owner: str, _: str) -> Any:
    found = tree.memberships().filter(person=things.floor.people[owner]).first()
    return found or tree.memberships().filter(person=things.floor.people["manager"]).first()


def _identity(things: Things, owner: str, _: str) -> Any:
    key = f"x{things.number()}"
    return create(HelpdeskIdentity, person=things.floor.people[owner], source_id="tests", external_id=key)


def _group_link(things: Things, owner: str, _: str) -> Any:
    return create(GroupLink, team=_team_of(things, owner), source_id="tests", external_id=f"g{things.number()}")


def _token(things: Things, owner: str, _: str) -> Any:
    _, prefix, digest = acting.new_token()
    until = clock.now() + timedelta(days=1)
    return create(
        ApiToken, account=things.floor.accounts[owner], prefix=prefix, digest=digest, scopes=[], expires_at=until
    )


def _glass(things: Things, owner: str, _: str) -> Any:
    now = clock.now()
    # open from tomorrow: it gives nobody content while the cells are asked
    return create(
        BreakGlass, account=things.floor.accounts[owner], reason="for tests", opened_at=now + timedelta(days=1),
        closes_at=now + timedelta(days=1, hours=1), review_due_at=now + timedelta(days=4),
    )  # fmt: skip


def _owned(things: Things, owner: str) -> dict[str, Any]:
    teams = sorted(tree.teams_of(things.floor.people[owner].pk))
    return {"person": things.floor.people[owner], "team_id": teams[0] if teams else None}


def _commitment(things: Things, owner: str, state: str) -> Any:
    closed = {"state": "kept", "closed_at": clock.now()} if state == "closed" else {}
    return create(
        Commitment, **_owned(things, owner), to_kind="customer", to_whom="Northwind", what="an invoice",
        due_at=clock.now() + timedelta(days=2), **closed,
    )  # fmt: skip


def _decision(things: Things, owner: str, state: str) -> Any:
    judged = {"verdict": "improved", "judged_at": clock.now()} if state == "closed" else {}
    day = clock.now().date() + timedelta(days=9)
    return create(Decision, **_owned(things, owner), question="q", chosen="c", review_on=day, **judged)


def _intervention(things: Things, owner: str, state: str) -> Any:
    start = clock.now() - timedelta(days=900)
    return create(
        Registered, **_owned(things, owner), kind="course", what="w", units=["team:1"], selected_on="volume",
        start=start, end=start + timedelta(days=1) if state == "closed" else None,
    )  # fmt: skip


def _view(things: Things, owner: str, _: str) -> Any:
    account = things.floor.accounts[owner]
    return create(SavedView, owner=account, name=f"View {things.number()}", path="/service-levels/", query="team=2")


def _annotation(things: Things, owner: str, _: str) -> Any:
    account, day = things.floor.accounts[owner], clock.now().date()
    return create(Annotation, owner=account, first_day=day, kind="release", text="a release")


def _journal(things: Things, owner: str, _: str) -> Any:
    account = things.floor.accounts[owner]
    return create(Journal, owner=account, kind="note", text="a note", publication=1, added=1)


def _mark(things: Things, owner: str, state: str) -> Any:
    journal, number = _journal(things, owner, state), things.number()
    return create(
        Mark,
        journal=journal,
        author=journal.owner,
        source_id="demo",
        ticket_id=f"m{number}",
        kind="note",
        text="a note",
    )


def _proposal(things: Things, owner: str, _: str) -> Any:
    return create(
        Proposal, verb="people.change_settings", arguments={"version": 1, "theme": "dark"}, digest=str(things.number()),
        proposed_by="token:mtr_tests", account=things.floor.accounts[owner],
        expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip


def _job(things: Things, _: str, state: str) -> Any:
    now = clock.now()
    return Job._base_manager.create(kind="tests", state=state or "queued", run_at=now, actor="tests", created_at=now)


def _schedule(things: Things, _: str, __: str) -> Any:
    found = Schedule._base_manager.first()
    return found or create(
        Schedule, name="tests", kind="sign-head", expression="0 * * * *", next_run_at=clock.now() + timedelta(hours=1)
    )


def _effect(things: Things, _: str, state: str) -> Any:
    made = create(
        Effect, kind="mail", key=f"k{things.number()}", recipient="x", state=state or "waiting", not_before=clock.now()
    )
    Content._base_manager.create(effect=made, sealed="x")
    return made


def _secret(things: Things, _: str, __: str) -> Any:
    return store(f"tests:{things.number()}", Secret("hidden"))


def _finding(things: Things, owner: str, _: str) -> Any:
    """About the person themselves, so that it is for them and those who lead them."""
    now, name = clock.now(), f"f_{things.number()}"
    person = things.floor.people[owner]
    identity = HelpdeskIdentity._base_manager.filter(person=person).order_by("pk").first()
    own = f"{identity.source_id}:{identity.external_id}" if identity else f"demo:{name}"
    subject = {"type": "agent", "id": own, "external_id": own.rpartition(":")[2], "name": person.name}
    document = {
        "id": name, "family": "workload", "detector": "workload.load#1", "title": "load", "subject": subject,
        "metric": "backlog#1", "since": now.date().isoformat(), "n": 20, "confidence": 0.9,
        "effect": {"value": 1.4, "low": 1.2, "high": 1.6, "unit": "ratio"},
        "harm": {"value": 5.0, "unit": "customer_hours_per_week", "parts": {}},
        "evidence": {"query": {}, "count": 20, "tickets": [], "related": []},
        "actions": [{"id": "simulate", "label": "See what it would bring"}],
    }  # fmt: skip
    return create(
        Finding, id=name, family="workload", detector="workload.load#1", subject_type="agent", subject_id=own,
        person=person, title="load", since=now.date(), harm=5.0, document=document, first_seen=now, last_seen=now,
    )  # fmt: skip


def _connection(things: Things, _: str, __: str) -> Any:
    """Of a host that nobody asks: no verb of the matrix waits for a helpdesk."""
    return _connected(f"desk{things.number()}", write_back=False)


def _connected(slug: str, *, write_back: bool) -> Connection:
    sealed = accounts.sealed_credentials(slug, {"email": "admin@example.org", "token": "hidden"})
    return create(
        Connection, slug=slug, vendor="zendesk", url="https://desk.example.org", credentials=sealed, state="connected",
        probe={"user": "admin", "available": ["tickets"]}, write_back=write_back,
    )  # fmt: skip


@dataclass(frozen=True)
class _Stored:
    """A plan of the ledger, as an object with a key."""

    pk: str


def _plan(things: Things, _: str, state: str) -> Any:
    """Of a ticket of the demonstration, where changes are allowed; or of a connection where they are not."""
    if state == "ready":
        slug = (Connection._base_manager.filter(pk="demo").first() or _connected("demo", write_back=True)).slug
    else:
        slug = _connected(f"desk{things.number()}", write_back=False).slug
    ready = Planned("10001", "ready", "", (), (Op("set", "status", "open"),), {}, f"key{things.number()}", "tests", 1)
    made = Plan(f"{things.number():012d}", slug, clock.iso(clock.now()), "tests", (ready,), 1, 0.1)
    with accounts.opened_workspace() as workspace, exchange.opened(workspace) as db:
        db.execute(
            "INSERT OR REPLACE INTO write_plan (plan_id, account, made_at, made_by, document) VALUES (?, ?, ?, ?, ?)",
            (made.plan_id, slug, made.made_at, "tests", json.dumps(made.as_json())),
        )
    return _Stored(made.plan_id)


def _alert(things: Things, owner: str, _: str) -> Any:
    return create(Alert, owner=things.floor.accounts[owner], channel="mail")


def _bot(things: Things, _: str, __: str) -> Any:
    return create(Person, kind="bot", name=f"Bot {things.number()}")


def _leave(things: Things, owner: str, _: str) -> Any:
    first = clock.now().date() + timedelta(days=7 * things.number())
    return create(Leave, person=things.floor.people[owner], first=first, last=first, kind="holiday")


def _skill(things: Things, owner: str, _: str) -> Any:
    return create(
        SkillHeld, person=things.floor.people[owner], name=f"Skill {things.number()}", level=2, evidence="observed",
        seen_on=clock.now().date(),
    )  # fmt: skip


_SOLVED = {"key": "solved", "title": "Solved", "kind": "yes_no", "weight": 100.0}


def _edition(things: Things, state: str = "published") -> Edition:
    now, card = clock.now(), create(Scorecard, name=f"Scorecard {things.number()}")
    published = {} if state == "draft" else {"state": "published", "published_at": now}
    return create(Edition, scorecard=card, number=1, items=[_SOLVED], **published)


def _scorecard(things: Things, _: str, state: str) -> Any:
    return _edition(things, state or "published").scorecard


def _draw(things: Things, owner: str, _: str) -> Any:
    day = clock.now().date()
    return create(
        Draw, kind="random", edition=_edition(things), publication=1, from_day=day, to_day=day, seed=1,
        team=_team_of(things, owner),
    )  # fmt: skip


def _review(things: Things, owner: str, state: str) -> Any:
    """Sent and about its owner; or made by its owner, about somebody of another team."""
    people, now = things.floor.people, clock.now() - timedelta(minutes=1 if state == "made" else 30)
    third = people["partner" if owner == "privacy" else "privacy"]
    about, reviewer = (third, people[owner]) if state in ("given", "made") else (people[owner], third)
    teams = sorted(tree.teams_of(about.pk))
    done = {"state": "submitted", "score": 100.0, "submitted_at": now, "sent_at": now + timedelta(minutes=10)}
    return create(
        Review, kind="targeted", edition=_edition(things), source_id="demo", ticket_id="10001", about=about,
        reviewer=reviewer, team_id=teams[0] if teams else None, answers={"solved": {"value": "yes"}},
        **({} if state == "given" else done),
    )  # fmt: skip


def _contest(things: Things, owner: str, _: str) -> Any:
    review = _review(things, owner, "")
    return create(Contest, review=review, item="solved", reason="No", before={"value": "no"}, score_before=0.0)


def _calibration(things: Things, owner: str, _: str) -> Any:
    name, team = f"Session {things.number()}", _team_of(things, owner)
    return create(Session, name=name, edition=_edition(things), team=team)


def _check(things: Things, _: str, __: str) -> Any:
    rule = {"clock": "frt", "mode": "calendar", "seconds": 3600}
    return create(Check, key=f"check_{things.number()}", title="Fast", kind="clock", rule=rule)


def _talk(things: Things, owner: str, state: str) -> Any:
    """With the person; by their lead, or by the manager where they are the lead."""
    person = things.floor.people[owner]
    lead = things.floor.people["manager" if owner == "lead" else "lead"]
    at = clock.now() + timedelta(days=2, minutes=things.number())
    held = {"state": "held", "closed_at": clock.now()} if state == "held" else {}
    return create(OneToOne, lead=lead, person=person, at=at, **held)


def _agenda_item(things: Things, owner: str, state: str) -> Any:
    person = things.floor.people[owner]
    return create(Item, one_to_one=_talk(things, owner, state), kind="topic", text="a topic", by=person)


def _coaching_note(things: Things, owner: str, state: str) -> Any:
    person = things.floor.people[owner]
    return create(Note, one_to_one=_talk(things, owner, state), author=person, text="a note")


def _coaching_plan(things: Things, owner: str, _: str) -> Any:
    person = things.floor.people[owner]
    lead = things.floor.people["manager" if owner == "lead" else "lead"]
    start = clock.now().date() + timedelta(days=1)
    return create(
        CoachingPlan, lead=lead, person=person, goal="sooner", metric="frt.business_all#1", direction="lower",
        smallest_effect=0.1, start=start, follow_up=start + timedelta(days=63), selected_on="other",
    )  # fmt: skip


def _wave_plan(things: Things, owner: str, _: str) -> Any:
    """Of a course of its own; by the person's lead, or by the manager where they are the lead."""
    person = things.floor.people[owner]
    lead = things.floor.people["manager" if owner == "lead" else "lead"]
    course = create(Course, title=f"Course {things.number()}", minutes=30)
    plan = create(
        WavePlan, course=course, by=lead, metric="frt.business_all#1", direction="lower", smallest_effect=0.1,
        start=clock.now().date() + timedelta(days=1), weeks=13, settle=2, count=1, seed=1, selected_on="other",
    )  # fmt: skip
    create(WaveMember, plan=plan, person=person, team=things.floor.teams["Billing"], wave=1)
    return plan


def _skill_need(things: Things, owner: str, _: str) -> Any:
    return create(SkillNeed, skill=f"Skill {things.number()}", dimension="channel", value="email")


_MAKERS: dict[str, Callable[[Things, str, str], Any]] = {
    "person": _person,
    "account": _account,
    "team": _team,
    "membership": _membership,
    "identity": _identity,
    "group-link": _group_link,
    "token": _token,
    "break-glass": _glass,
    "commitment": _commitment,
    "decision": _decision,
    "intervention": _intervention,
    "view": _view,
    "annotation": _annotation,
    "mark-journal": _journal,
    "mark": _mark,
    "proposal": _proposal,
    "job": _job,
    "schedule": _schedule,
    "effect": _effect,
    "secret": _secret,
    "finding": _finding,
    "alert": _alert,
    "connection": _connection,
    "bot": _bot,
    "leave": _leave,
    "skill-held": _skill,
    "plan": _plan,
    "scorecard": _scorecard,
    "draw": _draw,
    "review": _review,
    "contest": _contest,
    "calibration": _calibration,
    "check": _check,
    "one-to-one": _talk,
    "agenda-item": _agenda_item,
    "coaching-note": _coaching_note,
    "coaching-plan": _coaching_plan,
    "skill-need": _skill_need,
    "wave-plan": _wave_plan,
    **learning.MAKERS,
    **{noun: make for desk in BY_DESK.values() for noun, make in desk.MAKERS.items()},
}

OWNED = frozenset(_MAKERS) - {
    "bot", "job", "schedule", "effect", "secret", "connection", "plan", "scorecard", "check", "skill-need",
    *learning.SHARED, *(noun for desk in BY_DESK.values() for noun in desk.SHARED),
}  # fmt: skip
"""Nouns whose objects belong to somebody; of the others there is one."""

STATES = {
    "coaching.reopen_one_to_one": "held",
    "commitments.reopen": "closed",
    "decisions.take_back_verdict": "closed",
    "interventions.take_back_end": "closed",
    "people.remove_team": "empty",
    "people.remove_grant": "granted",
    "helpdesks.approve": "ready",
    "helpdesks.plan": "ready",
    "helpdesks.written": "ready",
    "jobs.retry": "failed",
    "outbox.give_up": "unknown",
    "quality.publish_scorecard": "draft",
    "quality.save_answers": "given",
    "quality.save_scorecard": "draft",
    "quality.skip_review": "given",
    "quality.submit_review": "given",
    "quality.undo_submit": "made",
    "outbox.resend": "unknown",
    **learning.STATES,
    **{verb: state for desk in BY_DESK.values() for verb, state in desk.STATES.items()},
}
"""The state in which a verb wants to find its object, where it is not the first one."""
