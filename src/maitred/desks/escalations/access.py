"""The only way to the rows of escalations: every function says for whom it looks.

A case is for those of its team's branch who lead it, for whoever raised it, owns it, stands in for the owner, or was
asked to help. The rota and templates are for everybody who may read escalations: everybody has to know whom to call.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from maitred.desks.escalations.models import (
    Action,
    Alert,
    Case,
    CaseNote,
    CasePromise,
    CaseTicket,
    Invite,
    Message,
    Policy,
    PostMortem,
    Shift,
    Step,
    Template,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.commitments.models import Commitment
from maitred.people import access as directory
from maitred.people import tree
from maitred.people.models import Account, GroupLink, HelpdeskIdentity, Person, Team

_WITH = ("owner", "deputy", "raised_by", "team")


def visible_cases(actor: Actor, right: Right = Right.ESCALATIONS_READ) -> QuerySet[Case]:
    """Cases within reach."""
    rows = Case._base_manager.select_related(*_WITH)
    how = reach(actor, right)
    if how is Reach.ALL:
        return rows
    if how is Reach.NONE:
        return rows.none()
    own = Q(pk__in=())
    if actor.person is not None:
        own = Q(owner=actor.person) | Q(deputy=actor.person) | Q(raised_by=actor.person)
        own |= Q(pk__in=Invite._base_manager.filter(person=actor.person).values("case"))
    return rows.filter(own | Q(team__in=actor.subtree)) if how is Reach.SUBTREE else rows.filter(own)


def access_case(actor: Actor, case: int, right: Right = Right.ESCALATIONS_READ) -> Case:
    """One of them."""
    return one(visible_cases(actor, right), case, "escalation")


def case_of_invite(actor: Actor, invite: int) -> Invite:
    """An invitation that is one's own."""
    rows = Invite._base_manager.select_related("case", "person").filter(person=actor.person or 0)
    return one(rows, invite, "invitation")


def invites_of(person: int) -> QuerySet[Invite]:
    """Invitations of one person that wait for an answer."""
    return Invite._base_manager.select_related("case", "by").filter(
        person=person, state=Invite.INVITED, case__state__in=Case.OPEN
    )


def tickets_of(cases: Iterable[int]) -> QuerySet[CaseTicket]:
    """Tickets of cases that one has reached already."""
    return CaseTicket._base_manager.select_related("case").filter(case__in=set(cases)).order_by("pk")


def notes_of(case: Case) -> QuerySet[CaseNote]:
    """The own timeline of a case that one has reached already."""
    return CaseNote._base_manager.filter(case=case).select_related("by").order_by("pk")


def promises_of(cases: Iterable[int]) -> QuerySet[CasePromise]:
    """Promises of cases that one has reached already, the next due first."""
    rows = CasePromise._base_manager.filter(case__in=set(cases)).select_related("commitment__person", "case")
    return rows.order_by("commitment__due_at", "pk")


def steps_of(cases: Iterable[int]) -> QuerySet[Step]:
    """Steps of the guide that were done in cases that one has reached already."""
    return Step._base_manager.filter(case__in=set(cases)).select_related("by").order_by("pk")


def access_message(actor: Actor, message: int) -> Message:
    """A planned message of a case that one may work on."""
    cases = visible_cases(actor, Right.ESCALATIONS_WRITE)
    rows = Message._base_manager.select_related("case").filter(case__in=cases.values("pk"))
    return one(rows, message, "planned message")


def messages_of(case: Case) -> QuerySet[Message]:
    """The communication plan of a case that one has reached already."""
    return Message._base_manager.filter(case=case).select_related("by").order_by("due_at", "pk")


def invited(case: Case) -> QuerySet[Invite]:
    """Who was asked to help with a case that one has reached already."""
    return Invite._base_manager.filter(case=case).select_related("person", "by").order_by("pk")


def templates(actor: Actor) -> QuerySet[Template]:
    """Templates in use, for everybody who may read escalations."""
    rows = Template._base_manager.filter(retired_at__isnull=True).order_by("audience", "name")
    return rows if reach(actor, Right.ESCALATIONS_READ) is not Reach.NONE else rows.none()


def access_template(actor: Actor, template: int) -> Template:
    """One of them."""
    return one(templates(actor), template, "message template")


def visible_shifts(actor: Actor, since: datetime) -> QuerySet[Shift]:
    """The rota from an instant on, for everybody who may read escalations."""
    rows = Shift._base_manager.select_related("team", "person").filter(end__gt=since)
    rows = rows.order_by("team__name", "start", "place", "pk")
    return rows if reach(actor, Right.ESCALATIONS_READ) is not Reach.NONE else rows.none()


def access_shift(actor: Actor, shift: int) -> Shift:
    """A turn on call of a team that one leads."""
    rows = Shift._base_manager.select_related("team", "person")
    how = reach(actor, Right.ESCALATIONS_LEAD)
    if how is not Reach.ALL:
        rows = rows.filter(team__in=actor.subtree) if how is Reach.SUBTREE else rows.none()
    return one(rows, shift, "turn on call")


def on_call(team: int | None, at: datetime) -> list[Shift]:
    """Who is on call at an instant for a team, then for the teams above it, in the order in which they are asked."""
    above = list(_upwards(team))
    rows = Shift._base_manager.select_related("person").filter(team__in=above, start__lte=at, end__gt=at)
    return sorted(rows, key=lambda row: (above.index(row.team_id), row.place, row.pk))


def leads(team: int | None) -> list[Person]:
    """Who leads a team, then the teams above it."""
    found = []
    for one_team in _upwards(team):
        rows = tree.memberships().filter(team=one_team, leads=True).select_related("person").order_by("pk")
        found += [row.person for row in rows]
    return found


def overlapping(team: int, place: int, start: datetime, end: datetime) -> QuerySet[Shift]:
    """Turns of the same team and place that overlap a time."""
    return Shift._base_manager.filter(team=team, place=place, start__lt=end, end__gt=start)


def _upwards(team: int | None) -> Iterable[int]:
    parents = dict(Team._base_manager.values_list("pk", "parent"))
    at = team
    if at is None:
        top = tree.root()
        at = top.pk if top is not None else None
    while at is not None:
        yield at
        at = parents.get(at)


def led_teams(actor: Actor) -> list[Team]:
    """The teams whose rota one may write."""
    how = reach(actor, Right.ESCALATIONS_LEAD)
    rows = Team._base_manager.order_by("name")
    if how is Reach.ALL:
        return list(rows)
    return list(rows.filter(pk__in=actor.subtree)) if how is Reach.SUBTREE else []


def access_team(actor: Actor, team: int) -> Team:
    """One of them."""
    rows = Team._base_manager.filter(pk__in=[one_team.pk for one_team in led_teams(actor)])
    return one(rows, team, "team")


def colleagues(actor: Actor) -> QuerySet[Person]:
    """People who may be given or asked something: humans within reach, and those of one's own teams."""
    seen = directory.visible_people(actor, Right.ESCALATIONS_WRITE).filter(kind="human")
    if reach(actor, Right.ESCALATIONS_WRITE) is Reach.NONE:
        return seen
    mates = Q(pk__in=tree.memberships().filter(team__in=tree.above(actor.teams) | actor.teams).values("person"))
    here = Q(pk__in=tree.memberships().values("person"))
    found = Person._base_manager.filter(kind="human").filter(Q(pk__in=seen.values("pk")) | mates)
    return found.filter(here).order_by("name", "pk")


def access_colleague(actor: Actor, person: int) -> Person:
    """One of them."""
    return one(colleagues(actor), person, "person")


def visible_alerts(actor: Actor, right: Right = Right.ESCALATIONS_LEAD) -> QuerySet[Alert]:
    """Foreseen tickets of the teams one leads."""
    rows = Alert._base_manager.select_related("team", "case")
    how = reach(actor, right)
    if how is Reach.ALL:
        return rows
    return rows.filter(team__in=actor.subtree) if how is Reach.SUBTREE else rows.none()


def access_alert(actor: Actor, alert: int) -> Alert:
    """One that was told; what is kept back by lot is nobody's to see."""
    return one(visible_alerts(actor).filter(held_out=False), alert, "escalation alert")


def alerts_of(source: str) -> QuerySet[Alert]:
    """All alerts of a source, for the worker."""
    return Alert._base_manager.filter(source_id=source).order_by("pk")


def waking(now: datetime) -> QuerySet[Alert]:
    """Snoozed alerts whose time came, for the worker."""
    return Alert._base_manager.filter(state=Alert.SNOOZED, until__lte=now).order_by("pk")


def stale(before: datetime) -> QuerySet[Alert]:
    """Alerts that nobody took since an instant, for the worker."""
    return Alert._base_manager.filter(state=Alert.NEW, at__lte=before).order_by("pk")


def all_alerts() -> QuerySet[Alert]:
    """All alerts of risk, for sums in which no ticket can be told."""
    return Alert._base_manager.filter(rule="risk").order_by("pk")


def cases_of_source(source: str) -> list[tuple[str, datetime]]:
    """Tickets that were escalated by customers or colleagues, with when; for learning."""
    rows = CaseTicket._base_manager.filter(source_id=source, case__declared_by__in=("customer", "agent"))
    return list(rows.values_list("ticket_id", "case__created_at"))


def guarded(source: str) -> frozenset[str]:
    """Accounts with a complaint, a legal case or a mark as key account: never kept back by lot."""
    rows = Case._base_manager.filter(source_id=source).filter(Q(protected=True) | ~Q(complaint=""))
    return frozenset(rows.exclude(account_id="").values_list("account_id", flat=True))


def open_cases() -> QuerySet[Case]:
    """All open cases, for the worker."""
    return Case._base_manager.select_related(*_WITH).filter(state__in=Case.OPEN).order_by("pk")


def open_tickets() -> set[tuple[str, str]]:
    """Tickets of open cases."""
    rows = CaseTicket._base_manager.filter(case__state__in=Case.OPEN)
    return set(rows.values_list("source_id", "ticket_id"))


def case_with(source: str, ticket: str) -> QuerySet[Case]:
    """Open cases that hold a ticket."""
    held = CaseTicket._base_manager.filter(source_id=source, ticket_id=ticket).values("case")
    return Case._base_manager.filter(pk__in=held, state__in=Case.OPEN).order_by("pk")


def case_of_customer(source: str, account: str, requester: str) -> QuerySet[Case]:
    """Open cases of one customer: the account where it is known, else the person who wrote."""
    rows = Case._base_manager.filter(source_id=source, state__in=Case.OPEN)
    if account:
        return rows.filter(account_id=account).order_by("pk")
    return rows.filter(account_id="", requester_id=requester).order_by("pk") if requester else rows.none()


def earlier_cases(actor: Actor, row: Case) -> QuerySet[Case]:
    """Other cases of the same customer that one may see, the newest first."""
    rows = visible_cases(actor).exclude(pk=row.pk).filter(source_id=row.source_id)
    if row.account_id:
        return rows.filter(account_id=row.account_id).order_by("-pk")
    return rows.filter(requester_id=row.requester_id).order_by("-pk") if row.requester_id else rows.none()


def late_promises(before: datetime) -> QuerySet[CasePromise]:
    """Open promises of cases due before an instant of which nobody was reminded, for the worker."""
    rows = CasePromise._base_manager.select_related("commitment", "case")
    return rows.filter(commitment__state="open", reminded_at__isnull=True, commitment__due_at__lte=before)


def late_messages(before: datetime) -> QuerySet[Message]:
    """Planned messages due before an instant of which nobody was reminded, for the worker."""
    rows = Message._base_manager.select_related("case")
    return rows.filter(state=Message.PLANNED, reminded_at__isnull=True, due_at__lte=before, case__state__in=Case.OPEN)


def policy() -> Policy | None:
    """How the desk watches; None before anybody said so."""
    return Policy._base_manager.first()


def visible_post_mortems(actor: Actor, right: Right = Right.ESCALATIONS_READ) -> QuerySet[PostMortem]:
    """Reviews of cases that one may see."""
    rows = PostMortem._base_manager.select_related("case", "by")
    return rows.filter(case__in=visible_cases(actor, right).values("pk"))


def access_post_mortem(actor: Actor, post_mortem: int, right: Right = Right.ESCALATIONS_READ) -> PostMortem:
    """One of them."""
    return one(visible_post_mortems(actor, right), post_mortem, "post-mortem")


def post_mortem_of(case: Case) -> PostMortem | None:
    """The review of a case that one has reached already."""
    return PostMortem._base_manager.filter(case=case).first()


def actions_of(post_mortem: PostMortem) -> QuerySet[Action]:
    """What is changed because of a case that one has reached already."""
    rows = Action._base_manager.filter(post_mortem=post_mortem).select_related("commitment__person", "intervention")
    return rows.order_by("pk")


def reviewed(cases: Iterable[int]) -> set[int]:
    """Which of these cases have a finished review."""
    rows = PostMortem._base_manager.filter(case__in=set(cases), state=PostMortem.FINISHED)
    return set(rows.values_list("case", flat=True))


def promises_closed(first: date, last: date) -> QuerySet[Commitment]:
    """Promises of cases that ended within days."""
    mine = CasePromise._base_manager.values("commitment")
    rows = Commitment._base_manager.filter(pk__in=mine, closed_at__isnull=False)
    return rows.filter(closed_at__date__gte=first, closed_at__date__lte=last)


def team_of_group(source: str, group: str) -> int | None:
    """The team that is linked to a group of a helpdesk."""
    rows = GroupLink._base_manager.filter(source_id=source, external_id=group)
    return rows.values_list("team", flat=True).first()


def identities(people: Iterable[int]) -> dict[tuple[str, str], int]:
    """Helpdesk users of people, with whose they are."""
    rows = HelpdeskIdentity._base_manager.filter(person__in=set(people))
    return {(source, own): person for source, own, person in rows.values_list("source_id", "external_id", "person")}


def accounts_of(people: Iterable[int]) -> list[int]:
    """The open accounts of people."""
    rows = Account._base_manager.filter(person__in=set(people), is_active=True)
    return list(rows.values_list("pk", flat=True))


def team_of(person: int) -> int | None:
    """The team of a person now; the one with the lowest number where there are several."""
    return min(tree.teams_of(person), default=None)
