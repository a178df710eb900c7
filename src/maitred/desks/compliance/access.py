"""The only way to the rows of compliance: every function says for whom it looks.

Cases are for the holders of the privacy grant, and for managers as far as their teams reach. Nobody sees a case that is
about themselves; nobody handles one that is about their direct line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from maitred.base.errors import Denied
from maitred.desks.compliance.models import (
    Case,
    CaseClock,
    CaseEvent,
    ClockChange,
    ClockWarning,
    Complaint,
    ComplaintProposal,
    ComplaintTicket,
    DataRequest,
    KeptPack,
    OwnDay,
    PackReview,
    Scan,
    ScanFinding,
)
from maitred.desks.compliance.models.cases import OPEN
from maitred.kit.access.actor import Actor, Grant
from maitred.kit.access.belonging import one, within
from maitred.kit.access.rights import Reach, Right, reach
from maitred.people import tree
from maitred.people.models import Account, GrantHeld, GroupLink, Person, Team


def visible_cases(actor: Actor, right: Right = Right.COMPLIANCE_READ) -> QuerySet[Case]:
    """Cases within reach, without those about oneself."""
    rows = Case._base_manager.select_related("complaint", "request", "owner", "team")
    rows = within(rows, actor, right, person="owner", team="team")
    return rows.exclude(subject_person=actor.person) if actor.person is not None else rows


def visible_complaints(actor: Actor, right: Right = Right.COMPLIANCE_READ) -> QuerySet[Complaint]:
    """Complaints within reach, without those about oneself."""
    rows = Complaint._base_manager.select_related("case__team", "case__owner", "case__subject_person", "investigator")
    rows = within(rows, actor, right, person="case__owner", team="case__team")
    return rows.exclude(case__subject_person=actor.person) if actor.person is not None else rows


def access_complaint(actor: Actor, complaint: int, right: Right = Right.COMPLIANCE_READ) -> Complaint:
    """One of them."""
    return one(visible_complaints(actor, right), complaint, "complaint")


def handled(actor: Actor, complaint: int) -> Complaint:
    """A complaint that the actor may handle.

    Raises
    ------
    Denied
        It is about somebody of the actor's direct line.
    """
    row = access_complaint(actor, complaint, Right.COMPLIANCE_WRITE)
    refuse_conflict(actor.person, row.case.subject_person_id)
    return row


def visible_requests(actor: Actor, right: Right = Right.COMPLIANCE_READ) -> QuerySet[DataRequest]:
    """Requests of data subjects within reach."""
    rows = DataRequest._base_manager.select_related("case__team", "case__owner", "case__subject_person")
    return within(rows, actor, right, person="case__owner", team="case__team")


def access_request(actor: Actor, request: int, right: Right = Right.COMPLIANCE_READ) -> DataRequest:
    """One of them."""
    return one(visible_requests(actor, right), request, "data request")


def refuse_conflict(handler: int | None, subject: int | None) -> None:
    """Refuse whoever would handle a complaint about themselves or their direct line."""
    if in_conflict(handler, subject):
        raise Denied("nobody handles a complaint about themselves or their direct line", "give it to somebody else")


def in_conflict(handler: int | None, subject: int | None) -> bool:
    """Whether a person is the one a complaint is about, leads them directly, or is led by them directly."""
    if handler is None or subject is None:
        return False
    return handler == subject or handler in direct_leads(subject) or subject in direct_leads(handler)


def direct_leads(person: int) -> set[int]:
    """Who leads a person directly: the leads of their teams, and for whoever leads a team those of the team above."""
    places = tree.places_of(person)
    found: set[int] = set()
    for team in places.teams:
        here = team
        while True:
            leads = _leads(here) - {person}
            if leads:
                found |= leads
                break
            parent = Team._base_manager.filter(pk=here).values_list("parent", flat=True).first()
            if parent is None:
                break
            here = parent
    return found


def _leads(team: int) -> set[int]:
    return {*tree.memberships().filter(team=team, leads=True).values_list("person", flat=True)}


def handlers() -> QuerySet[Person]:
    """People who hold the privacy grant and are here."""
    accounts = GrantHeld._base_manager.filter(grant=Grant.PRIVACY).values("account")
    held = Account._base_manager.filter(pk__in=accounts, is_active=True).values("person")
    return Person._base_manager.filter(pk__in=held).order_by("name", "pk")


def accounts_of(people: Collection[int]) -> dict[int, int]:
    """The open account of each of some people."""
    rows = Account._base_manager.filter(person__in=people, is_active=True)
    return {person: account for person, account in rows.values_list("person", "pk") if person is not None}


def names_of(people: Iterable[int]) -> dict[int, str]:
    """Names of people whom one has reached already."""
    return dict(Person._base_manager.filter(pk__in=set(people)).values_list("pk", "name"))


def known_person(person: int) -> bool:
    """Whether there is such a human."""
    return Person._base_manager.filter(pk=person, kind="human").exists()


def team_to_raise_in(actor: Actor, team: int | None) -> int | None:
    """The team of a new complaint: the named one where the actor reaches it, else one that they lead."""
    everywhere = reach(actor, Right.COMPLIANCE_RAISE) is Reach.ALL
    if team is not None:
        rows = Team._base_manager.all() if everywhere else Team._base_manager.filter(pk__in=actor.subtree)
        return one(rows, team, "team").pk
    if everywhere:
        return None
    led = tree.places_of(actor.person).led if actor.person is not None else frozenset[int]()
    return min(led, default=min(actor.subtree, default=None))


def raisable_teams(actor: Actor) -> list[tuple[int, str]]:
    """The teams for which an actor may raise a complaint, by name."""
    rows = Team._base_manager.order_by("name")
    if reach(actor, Right.COMPLIANCE_RAISE) is not Reach.ALL:
        rows = rows.filter(pk__in=actor.subtree)
    return list(rows.values_list("pk", "name"))


def people_to_name(actor: Actor) -> list[tuple[int, str]]:
    """Whom a complaint may be about, for those who raise one: people of the teams they reach."""
    rows = Person._base_manager.filter(kind="human").order_by("name", "pk")
    if reach(actor, Right.COMPLIANCE_RAISE) is not Reach.ALL:
        rows = rows.filter(pk__in=tree.memberships().filter(team__in=actor.subtree).values("person"))
    return list(rows.values_list("pk", "name")[:500])


def team_of_group(source: str, group: str) -> int | None:
    """The team of a helpdesk group."""
    rows = GroupLink._base_manager.filter(source_id=source, external_id=group)
    return rows.values_list("team", flat=True).first()


def events_of(cases: Collection[int]) -> dict[int, list[CaseEvent]]:
    """Events of cases whom one has reached already, in their order."""
    found: dict[int, list[CaseEvent]] = {key: [] for key in cases}
    for row in CaseEvent._base_manager.filter(case__in=cases).order_by("at", "pk"):
        found[row.case_id].append(row)
    return found


def clocks_of(cases: Collection[int]) -> dict[int, list[CaseClock]]:
    """Clocks of cases that one has reached already."""
    found: dict[int, list[CaseClock]] = {key: [] for key in cases}
    for row in CaseClock._base_manager.filter(case__in=cases).order_by("pk"):
        found[row.case_id].append(row)
    return found


def case_of(case: int) -> Case:
    """A case for the worker."""
    return Case._base_manager.select_related("complaint").get(pk=case)


def cases_with_open_clocks() -> list[int]:
    """Cases of which some clock still runs, for the worker."""
    rows = CaseClock._base_manager.filter(Q(status__in=OPEN) | Q(status="waiting", case__closed_at__isnull=True))
    return sorted(set(rows.values_list("case", flat=True)))


def due_cases(actor: Actor, now: datetime, most: int) -> list[Case]:
    """Cases of which some clock may be open at an instant, the one that ends first in front."""
    clocks = CaseClock._base_manager.filter(
        Q(stopped_at__isnull=True) | Q(stopped_at__gt=now), case__received_at__lte=now
    ).exclude(status__in=("void", "waiting"))
    order: dict[int, None] = {}
    for key in clocks.order_by("due_at", "pk").values_list("case", flat=True):
        order.setdefault(key)
    mine = {row.pk: row for row in visible_cases(actor).filter(pk__in=list(order))}
    return [mine[key] for key in order if key in mine][:most]


def cases_since(actor: Actor, since: datetime, until: datetime, right: Right) -> QuerySet[Case]:
    """Cases received in a span, both ends included, within reach of a right."""
    return visible_cases(actor, right).filter(received_at__gte=since, received_at__lte=until)


def warned(clocks: Collection[int]) -> dict[int, set[str]]:
    """Levels that were warned of, by clock."""
    found: dict[int, set[str]] = {key: set() for key in clocks}
    for clock, level in ClockWarning._base_manager.filter(clock__in=clocks).values_list("clock", "level"):
        found[clock].add(level)
    return found


def changes_of(clocks: Collection[int]) -> list[ClockChange]:
    """How deadlines of clocks moved, the latest first."""
    return list(ClockChange._base_manager.select_related("clock").filter(clock__in=clocks).order_by("-pk")[:100])


def kept_pack(pin: str) -> str | None:
    """The file of a pack as it was kept."""
    return KeptPack._base_manager.filter(pin=pin).values_list("content", flat=True).first()


def reviews() -> dict[str, PackReview]:
    """Who reviewed which version of a pack, by pin."""
    return {row.pin: row for row in PackReview._base_manager.all()}


def own_days(calendar: str | None = None) -> QuerySet[OwnDay]:
    """Days that differ from the calendars; they are for everybody who reads rules."""
    rows = OwnDay._base_manager.order_by("day", "pk")
    return rows.filter(calendar=calendar) if calendar else rows


def access_day(actor: Actor, day: int) -> OwnDay:
    """One of them, for those who keep the calendars."""
    rows = own_days()
    return one(rows if reach(actor, Right.COMPLIANCE_WRITE) is not Reach.NONE else rows.none(), day, "own day")


def tickets_of(complaints: Collection[int]) -> dict[int, list[ComplaintTicket]]:
    """Tickets of complaints that one has reached already."""
    found: dict[int, list[ComplaintTicket]] = {key: [] for key in complaints}
    for row in ComplaintTicket._base_manager.filter(complaint__in=complaints).order_by("pk"):
        found[row.complaint_id].append(row)
    return found


def complaints_of_ticket(source: str, ticket: str) -> list[int]:
    """Open complaints that a ticket belongs to."""
    rows = ComplaintTicket._base_manager.filter(source_id=source, ticket_id=ticket)
    return list(rows.exclude(complaint__state="closed").values_list("complaint", flat=True))


def visible_proposals(actor: Actor, right: Right = Right.COMPLIANCE_RAISE) -> QuerySet[ComplaintProposal]:
    """Tickets that a rule takes for a complaint, of the teams within reach."""
    rows = ComplaintProposal._base_manager.select_related("team", "complaint__case")
    how = reach(actor, right)
    if how is Reach.ALL:
        return rows
    return rows.filter(team__in=actor.subtree) if how is Reach.SUBTREE else rows.none()


def access_proposal(actor: Actor, proposal: int) -> ComplaintProposal:
    """One of them."""
    return one(visible_proposals(actor), proposal, "complaint proposal")


def proposed() -> set[tuple[str, str]]:
    """Tickets that were proposed already, for the worker."""
    return {*ComplaintProposal._base_manager.values_list("source_id", "ticket_id")}


def visible_scans(actor: Actor) -> QuerySet[Scan]:
    """Scans of the whole installation: for those whose reach has no border."""
    rows = Scan._base_manager.all()
    return rows if reach(actor, Right.COMPLIANCE_EVIDENCE) is Reach.ALL else rows.none()


def access_scan(actor: Actor, scan: int) -> Scan:
    """One of them."""
    return one(visible_scans(actor), scan, "scan")


def scan_to_do(scan: int) -> Scan | None:
    """A scan that was asked for and is not done, for the worker."""
    return Scan._base_manager.filter(pk=scan, state="asked").first()


def findings_of(scan: Scan) -> QuerySet[ScanFinding]:
    """Findings of a scan that one has reached already."""
    return ScanFinding._base_manager.filter(scan=scan).order_by("store", "place", "pk")


def last_scan() -> Scan | None:
    """The last finished scan."""
    return Scan._base_manager.filter(state="done").order_by("-pk").first()
