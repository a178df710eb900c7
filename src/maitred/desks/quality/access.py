"""The only way to the rows of quality: every function says for whom it looks.

A review is seen by who makes it, by who leads the one it is about, and by that one once it was sent. While a
calibration runs, nobody sees a review of it but who makes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from maitred.base import clock
from maitred.base.errors import NotFound
from maitred.desks.quality.models import Check, CheckAnswer, Contest, Draw, Edition, Review, Scorecard, Session, Told
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.people import tree
from maitred.people.access import visible_people
from maitred.people.models import Account, HelpdeskIdentity, Membership, Person, RoleHeld, Team

_REVIEW = ("edition__scorecard", "about", "reviewer", "draw", "session")
REVIEWING = ("agent", "lead", "manager")


# ---------------------------------------------------------------- scorecards


def visible_scorecards(actor: Actor) -> QuerySet[Scorecard]:
    """Scorecards: whoever is reviewed or reviews may read what is looked for."""
    rows = Scorecard._base_manager.all()
    return rows if reach(actor, Right.QUALITY_READ) is not Reach.NONE else rows.none()


def access_scorecard(actor: Actor, scorecard: int) -> Scorecard:
    """One scorecard."""
    return one(visible_scorecards(actor), scorecard, "scorecard")


def known_scorecard(scorecard: int) -> Scorecard:
    """One scorecard by its number, for those who see figures only; its name is all they could learn of it."""
    return one(Scorecard._base_manager.all(), scorecard, "scorecard")


def editions(actor: Actor, scorecard: Scorecard) -> list[Edition]:
    """Versions of a scorecard that one has reached already, the newest first; drafts for those who may write them."""
    rows = Edition._base_manager.filter(scorecard=scorecard).order_by("-number")
    if reach(actor, Right.QUALITY_LEAD) is Reach.NONE:
        rows = rows.filter(state=Edition.PUBLISHED)
    return list(rows)


def editions_of(scorecards: Iterable[int]) -> list[tuple[int, int, str]]:
    """Scorecard, number and state of every version."""
    rows = Edition._base_manager.filter(scorecard__in=list(scorecards)).order_by("number")
    return list(rows.values_list("scorecard_id", "number", "state"))


def reviews_by_edition(scorecard: Scorecard) -> dict[int, int]:
    """How many reviews were made with each version."""
    found: dict[int, int] = {}
    for number in Review._base_manager.filter(edition__scorecard=scorecard).values_list("edition__number", flat=True):
        found[number] = found.get(number, 0) + 1
    return found


def published_edition(scorecard: Scorecard) -> Edition | None:
    """The version in force."""
    rows = Edition._base_manager.filter(scorecard=scorecard, state=Edition.PUBLISHED)
    return rows.select_related("scorecard").order_by("-number").first()


# ---------------------------------------------------------------- draws


def visible_draws(actor: Actor) -> QuerySet[Draw]:
    """Draws of the teams one leads, and one's own."""
    rows = Draw._base_manager.select_related("edition__scorecard")
    how = reach(actor, Right.QUALITY_LEAD)
    if how is Reach.ALL:
        return rows
    if how is Reach.NONE:
        return rows.none()
    return rows.filter(Q(team__in=actor.subtree) | Q(made_by=actor.person or 0))


def access_draw(actor: Actor, draw: int) -> Draw:
    """One draw."""
    return one(visible_draws(actor), draw, "draw")


def states_of(draws: Collection[int]) -> list[tuple[int, str]]:
    """Draw and state of each review of draws that one has reached already."""
    return [
        (draw, state)
        for draw, state in Review._base_manager.filter(draw__in=draws).values_list("draw_id", "state")
        if draw is not None
    ]


def reviewed_tickets(keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of some tickets that have a review drawn at random that still counts or is to be made."""
    rows = Review._base_manager.filter(kind="random", state__in=("assigned", "draft", "submitted"))
    return {*rows.values_list("source_id", "ticket_id")} & {*keys}


# ---------------------------------------------------------------- reviews


def visible_reviews(actor: Actor) -> QuerySet[Review]:
    """Reviews that one makes, that are about those one leads, and those about oneself once they were sent."""
    rows = Review._base_manager.select_related(*_REVIEW)
    how = reach(actor, Right.QUALITY_READ)
    if how is Reach.ALL:
        return rows
    if how is Reach.NONE:
        return rows.none()
    me = actor.person or 0
    seen = Q(reviewer=me) | Q(about=me, sent_at__lte=clock.now())
    if how is Reach.SUBTREE:
        led = Q(about__in=tree.people_in(actor.subtree).values("person")) | Q(about__kind="bot", team__in=actor.subtree)
        running = Q(kind="calibration", session__state=Session.OPEN)
        seen |= led & ~Q(about=me) & ~running
    return rows.filter(seen)


def access_review(actor: Actor, review: int) -> Review:
    """One review."""
    return one(visible_reviews(actor), review, "review")


def own_review(actor: Actor, review: int) -> Review:
    """One review that the actor makes."""
    return one(visible_reviews(actor).filter(reviewer=actor.person or 0), review, "review")


def review_about_oneself(actor: Actor, review: int) -> Review:
    """One review that is about the actor and was sent."""
    return one(visible_reviews(actor).filter(about=actor.person or 0, sent_at__lte=clock.now()), review, "review")


def own_reviews(actor: Actor) -> QuerySet[Review]:
    """Reviews that the actor makes."""
    return Review._base_manager.select_related(*_REVIEW).filter(reviewer=actor.person or 0)


def to_read(actor: Actor) -> QuerySet[Review]:
    """Reviews about the actor that were sent and not acknowledged yet."""
    rows = Review._base_manager.select_related(*_REVIEW).filter(state="submitted", acknowledged_at__isnull=True)
    return rows.filter(about=actor.person or 0, sent_at__lte=clock.now()).exclude(kind="self").order_by("sent_at", "pk")


def untold(now: datetime) -> list[Review]:
    """Reviews of people's work that were sent and that nobody was told of yet, for the worker."""
    rows = Review._base_manager.filter(state="submitted", sent_at__lte=now, about__kind="human").exclude(kind="self")
    return list(rows.exclude(pk__in=Told._base_manager.values("review")).order_by("pk")[:500])


def in_sessions(sessions: Collection[int]) -> list[Review]:
    """The reviews of calibrations that one has reached already."""
    rows = Review._base_manager.select_related(*_REVIEW).filter(session__in=sessions)
    return list(rows.order_by("source_id", "ticket_id", "reviewer_id"))


def alive_reviews() -> list[Review]:
    """Reviews whose ticket still matters, for the worker that looks whether it is still there."""
    return list(Review._base_manager.filter(state__in=("assigned", "draft", "submitted")).order_by("pk"))


def scored(since: datetime, until: datetime, scorecard: int | None) -> list[Review]:
    """Every review submitted in a period; what is shown of them, and to whom, is decided where it is summed."""
    rows = Review._base_manager.select_related("about", "reviewer", "draw").filter(
        submitted_at__gte=since, submitted_at__lt=until
    )
    return list((rows.filter(edition__scorecard=scorecard) if scorecard else rows).order_by("pk"))


def finished(now: datetime, undo: timedelta) -> list[Review]:
    """Reviews that can no longer be taken back and that nobody is kept from, for the facts of the warehouse.

    Void ones too, if they were submitted before; those of a calibration once it is closed.
    """
    rows = Review._base_manager.select_related("about", "edition", "draw").filter(
        state__in=("submitted", "void"), submitted_at__lte=now
    )
    over = Q(sent_at__lte=now) | Q(sent_at__isnull=True, submitted_at__lte=now - undo)
    running = Q(session__state=Session.OPEN)
    return list(rows.filter(over).exclude(running).order_by("pk"))


def work_of(people: Collection[int], since: datetime) -> list[Review]:
    """Open reviews of reviewers, and those they submitted since."""
    rows = Review._base_manager.select_related("reviewer").filter(reviewer__in=people)
    return list(rows.filter(Q(state__in=Review.OPEN) | Q(state="submitted", submitted_at__gte=since)))


def open_by_reviewer(people: Collection[int]) -> dict[int, int]:
    """How many reviews each reviewer has open."""
    found = dict.fromkeys(people, 0)
    for person in Review._base_manager.filter(reviewer__in=people, state__in=Review.OPEN).values_list(
        "reviewer", flat=True
    ):
        found[person] += 1
    return found


# ---------------------------------------------------------------- contests


def visible_contests(actor: Actor) -> QuerySet[Contest]:
    """Contests of the reviews one may see."""
    rows = Contest._base_manager.select_related("review__about", "review__edition", "review__reviewer")
    return rows.filter(review__in=visible_reviews(actor).values("pk"))


def access_contest(actor: Actor, contest: int) -> Contest:
    """One contest."""
    return one(visible_contests(actor), contest, "contest")


def contests_of(reviews: Collection[int]) -> list[Contest]:
    """Contests of reviews that one has reached already."""
    rows = Contest._base_manager.select_related("review__about", "review__edition", "review__reviewer")
    return list(rows.filter(review__in=reviews).order_by("pk"))


# ---------------------------------------------------------------- calibration


def visible_sessions(actor: Actor) -> QuerySet[Session]:
    """Calibrations of the teams one leads, one's own, and those one takes part in."""
    rows = Session._base_manager.select_related("edition__scorecard")
    if reach(actor, Right.QUALITY_READ) is Reach.ALL:
        return rows
    if reach(actor, Right.QUALITY_READ) is Reach.NONE:
        return rows.none()
    me = actor.person or 0
    part = Review._base_manager.filter(reviewer=me, session__isnull=False).values("session")
    seen = Q(made_by=me) | Q(pk__in=part)
    if reach(actor, Right.QUALITY_LEAD) is Reach.SUBTREE:
        seen |= Q(team__in=actor.subtree)
    return rows.filter(seen)


def access_session(actor: Actor, session: int) -> Session:
    """One calibration."""
    return one(visible_sessions(actor), session, "calibration")


def led_session(actor: Actor, session: int) -> Session:
    """One calibration that the actor may close: their own, or one of the teams they lead."""
    rows = visible_sessions(actor)
    if reach(actor, Right.QUALITY_LEAD) is not Reach.ALL:
        rows = rows.filter(Q(made_by=actor.person or 0) | Q(team__in=actor.subtree))
    return one(rows, session, "calibration")


def session_before(actor: Actor, session: Session) -> Session | None:
    """The latest closed calibration before another one, with the same scorecard."""
    rows = visible_sessions(actor).filter(edition__scorecard=session.edition.scorecard_id, state=Session.CLOSED)
    until = session.closed_at or clock.now()
    return rows.exclude(pk=session.pk).filter(closed_at__lte=until).order_by("-closed_at", "-pk").first()


def sessions_to_close(now: datetime) -> list[Session]:
    """Open calibrations whose time is over, for the worker."""
    return list(Session._base_manager.filter(state=Session.OPEN, closes_at__lte=now).order_by("pk"))


# ---------------------------------------------------------------- people


def people_within(actor: Actor, right: Right = Right.QUALITY_LEAD) -> QuerySet[Person]:
    """People whose work the actor may have reviewed, or who may review for them."""
    return visible_people(actor, right)


def person_within(actor: Actor, person: int) -> Person:
    """One person whose reviews the actor may list."""
    return one(people_within(actor, Right.QUALITY_READ), person, "person")


def people_named(ids: Collection[int]) -> dict[int, Person]:
    """People by id whom one has reached already."""
    return Person._base_manager.in_bulk(list(ids))


def refuse_unknown(actor: Actor, ids: Collection[int], field: str) -> dict[int, Person]:
    """People within reach by id.

    Raises
    ------
    NotFound
        One of them is none, or none for this actor.
    """
    found = people_within(actor).in_bulk(list(ids))
    for each in ids:
        if each not in found:
            raise NotFound(f"there is no person {each} that you may see", f"check the number in {field}")
    return found


def leads(people: QuerySet[Person]) -> list[int]:
    """Who of some people leads a team now, by id."""
    rows = tree.memberships().filter(leads=True, person__in=people.values("pk"), person__left_on__isnull=True)
    return sorted({*rows.values_list("person", flat=True)})


def leads_of(person: int) -> set[int]:
    """Who leads a person now: the leads of their teams and of all above."""
    above = tree.above(tree.teams_of(person))
    return {*tree.memberships().filter(team__in=above, leads=True).values_list("person", flat=True)}


def accounts_of(people: Collection[int]) -> dict[int, int]:
    """The open account of each of some people."""
    rows = Account._base_manager.filter(person__in=people, is_active=True)
    return {person: account for person, account in rows.values_list("person", "pk") if person is not None}


def may_review(people: Collection[int]) -> set[int]:
    """Who of some people has an account that may review."""
    rows = RoleHeld._base_manager.filter(account__person__in=people, account__is_active=True, role__in=REVIEWING)
    return {one for one in rows.values_list("account__person", flat=True) if one is not None}


def teams_of(people: Collection[int]) -> dict[int, int]:
    """The present team of each of some people: the first by id."""
    rows = tree.memberships().filter(person__in=people).order_by("-team").values_list("person", "team")
    return dict(rows)


def all_teams_of(people: Collection[int]) -> list[tuple[int, int, datetime, datetime | None]]:
    """Every membership of some people, past ones too: person, team, from, to."""
    rows = Membership._base_manager.filter(person__in=people)
    return list(rows.values_list("person", "team", "valid_from", "valid_to"))


def team_names(ids: Collection[int]) -> dict[int, str]:
    """Names of teams by id."""
    return dict(Team._base_manager.filter(pk__in=ids).values_list("pk", "name"))


def persons_behind(people: QuerySet[Person]) -> dict[tuple[str, str], int]:
    """The person behind each helpdesk user, of some people."""
    rows = HelpdeskIdentity._base_manager.filter(person__in=people.values("pk"))
    return {(source, own): person for source, own, person in rows.values_list("source_id", "external_id", "person")}


def identities() -> dict[tuple[str, str], int]:
    """The person behind each helpdesk user, for finding out whom a ticket one may see is about."""
    rows = HelpdeskIdentity._base_manager.values_list("source_id", "external_id", "person")
    return {(source, own): person for source, own, person in rows}


# ---------------------------------------------------------------- checks


def visible_checks(actor: Actor) -> QuerySet[Check]:
    """Automatic checks."""
    rows = Check._base_manager.order_by("key")
    return rows if reach(actor, Right.QUALITY_READ) is not Reach.NONE else rows.none()


def access_check(actor: Actor, check: int) -> Check:
    """One automatic check."""
    return one(visible_checks(actor), check, "check")


def enabled_checks() -> list[Check]:
    """The checks that are in force, for the worker."""
    return list(Check._base_manager.filter(enabled=True).order_by("key"))


def answers_of(check: Check) -> list[CheckAnswer]:
    """What a check answered by its present rule."""
    return list(CheckAnswer._base_manager.filter(question=check, rule_version=check.version).order_by("pk"))


def double_scored(key: str) -> list[Review]:
    """Closed calibrations' reviews with an item of a key: the cases that several people judged blind."""
    rows = Review._base_manager.filter(kind="calibration", state="submitted", session__state=Session.CLOSED)
    return [one for one in rows.order_by("submitted_at", "pk") if key in one.answers]


def unanswered(check: Check, keys: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of some tickets that a check has not answered by its present rule."""
    known = CheckAnswer._base_manager.filter(question=check, rule_version=check.version)
    return sorted({*keys} - {*known.values_list("source_id", "ticket_id")})


def double_scored_tickets() -> set[tuple[str, str]]:
    """The tickets of calibrations, which people judge blind beside each other."""
    rows = Review._base_manager.filter(kind="calibration", state__in=("assigned", "draft", "submitted"))
    return {*rows.values_list("source_id", "ticket_id")}


def day_after(day: date) -> date:
    """The day on which a period that ends with ``day`` is over."""
    return day + timedelta(days=1)
