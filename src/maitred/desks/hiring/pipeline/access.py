"""The rows of needs, requisitions, candidates, interviews and offers: for those who hold the grant, and for panels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from maitred.desks.hiring import access
from maitred.desks.hiring.models import (
    Candidate,
    Hire,
    Interest,
    Interview,
    Need,
    Objection,
    Offer,
    Requisition,
    Scorecard,
    StageEvent,
    ToldBefore,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.people.models import Account, Person, Team


def visible_needs(actor: Actor) -> QuerySet[Need]:
    """All needs, for those who hold the grant."""
    rows = Need._base_manager.select_related("team", "author")
    return rows if access.reads(actor) else rows.none()


def access_need(actor: Actor, need: int) -> Need:
    """One of them."""
    return one(visible_needs(actor), need, "hiring need")


def visible_requisitions(actor: Actor) -> QuerySet[Requisition]:
    """All requisitions, for those who hold the grant."""
    rows = Requisition._base_manager.select_related("need", "author", "approver")
    return rows if access.reads(actor) else rows.none()


def access_requisition(actor: Actor, requisition: int) -> Requisition:
    """One of them."""
    return one(visible_requisitions(actor), requisition, "requisition")


def visible_candidates(actor: Actor) -> QuerySet[Candidate]:
    """All candidates, for those who hold the grant."""
    rows = Candidate._base_manager.select_related("requisition__need")
    return rows if access.reads(actor) else rows.none()


def access_candidate(actor: Actor, candidate: int) -> Candidate:
    """One of them."""
    return one(visible_candidates(actor), candidate, "candidate")


def candidate_of(requisition: Requisition, profile: int) -> Candidate | None:
    """The candidate that a profile already is in a requisition which one has reached."""
    return Candidate._base_manager.filter(requisition=requisition, profile=profile).first()


def candidate_by_code(code: str) -> Candidate | None:
    """A candidate by the code of their own signed link."""
    return Candidate._base_manager.select_related("requisition").filter(code=code, profile__isnull=False).first()


def code_taken(code: str) -> bool:
    """Whether a code is somebody's already."""
    return Candidate._base_manager.filter(code=code).exists()


def steps_of(candidate: Candidate) -> list[StageEvent]:
    """The steps of a candidate whom one has reached, in their order."""
    return list(StageEvent._base_manager.select_related("by", "candidate").filter(candidate=candidate).order_by("pk"))


def since(candidates: Iterable[int]) -> dict[int, datetime]:
    """When each candidate came to their stage."""
    rows = StageEvent._base_manager.filter(candidate__in=set(candidates)).values("candidate").annotate(last=Max("at"))
    return {row["candidate"]: row["last"] for row in rows}


def interests_of(candidate: Candidate) -> list[Interest]:
    """Who does not decide about a candidate."""
    return list(Interest._base_manager.select_related("person").filter(candidate=candidate).order_by("pk"))


def hired_person(candidate: Candidate) -> int | None:
    """The person of the house whom a profile became, in any requisition."""
    rows = Hire._base_manager.filter(offer__candidate__profile=candidate.profile)
    return rows.values_list("person", flat=True).first() if candidate.profile is not None else None


def counts(requisitions: Iterable[int]) -> dict[int, Counter[str]]:
    """How many candidates stand at each stage of requisitions which one has reached."""
    found: dict[int, Counter[str]] = {}
    rows = Candidate._base_manager.filter(requisition__in=set(requisitions)).values_list("requisition", "stage")
    for requisition, stage in rows:
        found.setdefault(requisition, Counter())[stage] += 1
    return found


def standing(need: Need) -> list[Requisition]:
    """The requisitions of a need which one has reached."""
    return list(Requisition._base_manager.filter(need=need).order_by("pk"))


def all_needs(actor: Actor) -> list[Need]:
    """Needs that are open, to be counted."""
    rows = Need._base_manager.filter(state=Need.OPEN)
    return list(rows) if reach(actor, Right.HIRING_COUNTS) is not Reach.NONE else []


def all_requisitions(actor: Actor) -> list[Requisition]:
    """Requisitions that stand, to be counted."""
    rows = Requisition._base_manager.filter(state__in=(Requisition.WAITING, Requisition.APPROVED))
    return list(rows) if reach(actor, Right.HIRING_COUNTS) is not Reach.NONE else []


def hires_since(actor: Actor, when: datetime) -> int:
    """How many were hired since an instant, to be counted."""
    rows = StageEvent._base_manager.filter(after="hired", at__gte=when)
    return rows.count() if reach(actor, Right.HIRING_COUNTS) is not Reach.NONE else 0


def notices_of(requisition: Requisition) -> list[ToldBefore]:
    """What candidates of a requisition were told before a ranking, the earliest first."""
    return list(ToldBefore._base_manager.select_related("by").filter(requisition=requisition).order_by("usable_from"))


def visible_interviews(actor: Actor) -> QuerySet[Interview]:
    """Interviews: all for those who hold the grant; else the ones whose panel the actor sits on."""
    rows = Interview._base_manager.select_related("candidate__requisition")
    if access.reads(actor):
        return rows
    if reach(actor, Right.HIRING_PANEL) is Reach.NONE or actor.person is None:
        return rows.none()
    return rows.filter(scorecards__person=actor.person).exclude(state=Interview.CANCELLED)


def access_interview(actor: Actor, interview: int) -> Interview:
    """One of them."""
    return one(visible_interviews(actor), interview, "interview")


def access_scorecard(actor: Actor, interview: Interview) -> Scorecard:
    """One's own scorecard of an interview that one has reached."""
    rows = Scorecard._base_manager.select_related("interview__candidate__requisition", "person")
    return one(rows.filter(person=actor.person or 0), _own(interview, actor), "interview scorecard")


def _own(interview: Interview, actor: Actor) -> int:
    rows = Scorecard._base_manager.filter(interview=interview, person=actor.person or 0)
    return rows.values_list("pk", flat=True).first() or 0


def scorecards_of(interview: Interview) -> list[Scorecard]:
    """The panel of an interview that one has reached; who reads what is for the caller to decide."""
    rows = Scorecard._base_manager.select_related("person", "interview__candidate").filter(interview=interview)
    return list(rows.order_by("pk"))


def sent_scorecards(requisition: Requisition) -> list[Scorecard]:
    """Scorecards of debriefed interviews of a requisition which one has reached."""
    rows = Scorecard._base_manager.select_related("interview").filter(
        interview__candidate__requisition=requisition, interview__state=Interview.DEBRIEFED, sent_at__isnull=False
    )
    return list(rows.order_by("pk"))


def unsent(actor: Actor) -> list[Scorecard]:
    """Scorecards that the actor still has to send."""
    rows = Scorecard._base_manager.select_related("interview__candidate__requisition").filter(
        person=actor.person or 0, sent_at__isnull=True, interview__state=Interview.PLANNED
    )
    return list(rows.order_by("interview__starts_at"))


def visible_offers(actor: Actor) -> QuerySet[Offer]:
    """All offers, for those who hold the grant."""
    rows = Offer._base_manager.select_related("candidate__requisition", "author", "approver")
    return rows if access.reads(actor) else rows.none()


def access_offer(actor: Actor, offer: int) -> Offer:
    """One of them."""
    return one(visible_offers(actor), offer, "offer")


def hire_of(offer: Offer) -> Hire | None:
    """The hire that an offer became."""
    return Hire._base_manager.select_related("person").filter(offer=offer).first()


def visible_hires(actor: Actor) -> QuerySet[Hire]:
    """All hires, for those who hold the grant."""
    rows = Hire._base_manager.select_related("person", "offer__candidate__requisition")
    return rows if access.reads(actor) else rows.none()


def visible_objections(actor: Actor) -> QuerySet[Objection]:
    """What candidates asked for, for those who hold the grant."""
    rows = Objection._base_manager.select_related("candidate")
    return rows if access.reads(actor) else rows.none()


def access_objection(actor: Actor, objection: int) -> Objection:
    """One of them."""
    return one(visible_objections(actor), objection, "candidate objection")


def open_objection(candidate: Candidate, about: str) -> bool:
    """Whether a candidate has asked for this already."""
    rows = Objection._base_manager.filter(candidate=candidate, about=about, state=Objection.OPEN)
    return rows.exists()


def colleagues(actor: Actor) -> QuerySet[Person]:
    """People of the house who may sit on a panel: humans who are here."""
    rows = Person._base_manager.filter(kind="human", left_on__isnull=True).order_by("name", "pk")
    return rows if access.reads(actor) else rows.none()


def access_colleague(actor: Actor, person: int) -> Person:
    """One of them."""
    return one(colleagues(actor), person, "person")


def teams(actor: Actor) -> QuerySet[Team]:
    """The teams that a need may be of."""
    rows = Team._base_manager.order_by("name", "pk")
    return rows if access.reads(actor) else rows.none()


def access_team(actor: Actor, team: int) -> Team:
    """One of them."""
    return one(teams(actor), team, "team")


def interviewers(actor: Actor) -> QuerySet[Person]:
    """People of the house who can open a scorecard: those with an account that leads, manages or hires."""
    held = Q(account__roles__role__in=("lead", "manager")) | Q(account__grants__grant="hiring")
    return colleagues(actor).filter(held, account__is_active=True).distinct()


def accounts_of(people: Iterable[int]) -> list[int]:
    """The open accounts of people whom one has reached."""
    rows = Account._base_manager.filter(person__in=set(people), is_active=True)
    return sorted(rows.values_list("pk", flat=True))
