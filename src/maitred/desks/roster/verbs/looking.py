"""Look at the roster: people and bots, one of them, a team, people beside each other, who looked at one's own page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from maitred.base.errors import Denied, NotFound
from maitred.desks.roster import access, assembling, comparing, figures, shapes, totals
from maitred.desks.roster.figures import Period
from maitred.desks.roster.shapes import (
    BotId,
    BotPage,
    Comparing,
    FewShown,
    Looker,
    Lookers,
    Measured,
    OneCompared,
    OtherId,
    PersonId,
    PersonPage,
    RosterShown,
    Shrunken,
    TeamId,
    TeamListed,
    TeamPage,
    TeamsShown,
)
from maitred.desks.roster.waiting import waiting
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.audit.deeds import deed, note
from maitred.kit.reading import Reading, reading
from maitred.kit.verbs import question
from maitred.people import tree
from maitred.people.models import Person
from maitred.people.reach import figures_scope

Price = Annotated[float, Field(gt=0, le=1_000_000)]


@question(needs=Right.ROSTER_READ, example={})
def people(actor: Actor, team: OtherId | None = None) -> RosterShown:
    """List people and bots by name with what waits on each, who is away today, and what they can do.

    Nobody is ranked: people stand by name. An agent sees themselves, a lead the people of their teams.

    Parameters
    ----------
    team
        Only those who are in this team or in one below it now.
    """
    rows = access.visible_humans(actor).exclude(access.gone())
    if team is not None:
        below = tree.below(frozenset({access.access_team(actor, team).pk}))
        rows = rows.filter(pk__in=tree.people_in(below).values("person"))
    humans = list(rows.order_by("name", "pk"))
    bots = [] if team is not None else list(access.visible_bots(actor).exclude(access.gone()).order_by("name", "pk"))
    with assembling.published() as found:
        lines = assembling.listed(actor, [*humans, *bots], found)
        return RosterShown(found.publication.number if found else None, found.as_of if found else None, lines)


@question(needs=Right.ROSTER_TEAMS, example={})
def teams(actor: Actor) -> TeamsShown:
    """List the teams whose figures one may see, by name, with what waits on the people of each together."""
    scope = figures_scope(actor)
    rows = access.visible_teams(actor).order_by("name", "pk")
    closed = totals.closed(totals.fewest(actor, scope))
    with assembling.published() as found:
        listed = []
        for row in rows:
            members = access.people_below(row)
            few = not members or row.pk in closed
            load = None if found is None or few else totals.load(found, members, scope)
            listed.append(TeamListed(row.pk, row.name, row.parent_id, totals.rounded(len(members), scope), load))
        return TeamsShown(found.publication.number if found else None, found.as_of if found else None, tuple(listed))


@question(needs=Right.ROSTER_READ, example={"person": 1})
def person(actor: Actor, person: PersonId) -> PersonPage:
    """Show one person: load, speed, targets, satisfaction, lasting solutions, skills, working time and leave.

    Everybody sees their own page, and sees there who else opened it; opening another's page is recorded.
    """
    row = access.access_human(actor, person)
    own = row.pk == actor.person
    with assembling.published() as found:
        shown = _person(actor, row, own, found)
    if not own:
        with deed(actor, "roster.person"):
            note("read", "person", row.pk)
    return shown


@question(needs=Right.ROSTER_TEAMS, example={"team": 1})
def team(actor: Actor, team: TeamId) -> TeamPage:
    """Show a team: its figures, what waits on its people together, and its people as far as one may see them."""
    row = access.access_team(actor, team)
    members = access.people_below(row)
    scope = figures_scope(actor)
    few = row.pk in totals.closed(totals.fewest(actor, scope))
    mine = set(access.visible_humans(actor).values_list("pk", flat=True)) if not scope.counts_only else set()
    below = tuple(row.children.order_by("name", "pk").values_list("pk", flat=True))
    with assembling.published() as found:
        listed = assembling.listed(actor, [one for one in members if one.pk in mine], found)
        if found is None:
            return TeamPage(row.pk, row.name, row.parent_id, None, None, None, None, len(members), None, (), listed,
                            below)  # fmt: skip
        period = Period.of(found)
        shown = () if few and scope.counts_only else figures.of_groups(found, totals.groups_of(row), scope)
        return TeamPage(
            row.pk, row.name, row.parent_id, found.publication.number, found.as_of, period.first, period.last,
            totals.rounded(len(members), scope), None if few else totals.load(found, members, scope), shown, listed,
            below,
        )  # fmt: skip


@question(needs=Right.ROSTER_TEAMS, example={"bot": 1})
def bot(actor: Actor, bot: BotId, price: Price | None = None) -> BotPage:
    """Show a bot: what it solved alone, how much of it lasted seven days, what it handed over, what that costs.

    Bot and people are compared on like tickets only (channel, priority and group made alike), and "cannot tell" is an
    answer. A helpdesk does not say which of several bots solved a ticket: the figures are of all of them together.

    Parameters
    ----------
    price
        What the vendor bills for one solution; the cost of a lasting one follows from it.
    """
    row = access.access_bot(actor, bot)
    many = access.visible_bots(actor).exclude(access.gone()).count()
    with assembling.published() as found:
        if found is None:
            return BotPage(row.pk, row.name, many, None, None, None, None, (), (), (), "not_enough_data", price, None,
                           None, None)  # fmt: skip
        period = Period.of(found)
        scope = figures_scope(actor)
        shown = totals.bot_figures(found, scope)
        matched = comparing.bot_and_people(found, scope.groups)
        alone = totals.sides(matched, scope)
        cost = totals.cost(alone[0], price)
        return BotPage(
            row.pk, row.name, many, found.publication.number, found.as_of, period.first, period.last, shown, alone,
            totals.matched_sides(matched, scope), totals.verdict(matched), price, *cost,
        )  # fmt: skip


@question(needs=Right.ROSTER_READ, example={"measure": "durable"})
def compare(actor: Actor, measure: Measured, team: OtherId | None = None) -> Comparing:
    """Compare people on one measure, in groups within which nobody can be told apart.

    Channel, priority and group are made alike, values are drawn towards everybody's as far as few rows leave them
    open, and only pairs that the data tell apart are named. For those who lead; it may not feed pay or dismissal.

    Parameters
    ----------
    measure
        ``satisfaction``, ``durable``, ``targets``, ``first_reply`` or ``resolution``.
    team
        Only people of this team and of those below it.
    """
    if reach(actor, Right.ROSTER_READ) < Reach.SUBTREE:
        raise Denied("people are compared by those who lead them", "your own page shows your own past")
    rows = access.visible_humans(actor).exclude(access.gone())
    if team is not None:
        below = tree.below(frozenset({access.access_team(actor, team, Right.ROSTER_TEAMS).pk}))
        rows = rows.filter(pk__in=tree.people_in(below).filter(leads=False).values("person"))
    named = {one.pk: one.name for one in rows.order_by("name", "pk")}
    marks = access.shared(named)
    agents = {key: those for key, those in access.agents_of(named).items() if key not in marks}
    with reading() as found:
        return _comparing(found, measure, named, agents)


@question(needs=Right.ROSTER_READ, example={})
def who_looked(actor: Actor) -> Lookers:
    """List who opened one's own page, the latest first. Nobody else may ask this about one."""
    if actor.person is None:
        raise NotFound("this account has no page of a person", "sign in as somebody who is on the roster")
    return Lookers(tuple(Looker(datetime.fromisoformat(at), name) for at, name in access.lookers(actor.person)))


def _person(actor: Actor, row: Person, own: bool, found: Reading | None) -> PersonPage:
    keys = [row.pk]
    agents = access.agents_of(keys).get(row.pk, frozenset())
    weeks, leaves = access.weeks_of(keys).get(row.pk, []), access.leaves_of(keys).get(row.pk, [])
    mark = access.shared(keys).get(row.pk)
    percents = {key: share.percent for key, share in access.shares_of(keys).items()}
    fair = found is not None and mark is None
    here = row.left_on is None
    period = Period.of(found) if found else None
    scope = figures_scope(actor)
    return PersonPage(
        row.pk, row.name, own, row.left_on, mark.why if mark else "",
        found.publication.number if found else None, found.as_of if found else None,
        period.first if period else None, period.last if period else None, period.zone if period else "UTC",
        assembling.load_of(found, waiting(found.ask), agents, weeks, leaves) if found and fair and here else None,
        figures.of_people(found, agents, scope) if found and fair else (),
        _satisfaction(found, row.pk, agents) if found and fair and agents else None,
        assembling.places(access.history_of(row), percents),
        tuple(shapes.skill(one, assembling.today()) for one in access.skills_of(keys).get(row.pk, [])),
        tuple(shapes.working(one) for one in weeks),
        tuple(shapes.leave(actor, one) for one in leaves),
        bool(agents), row.version,
    )  # fmt: skip


def _satisfaction(found: Reading, person: int, agents: frozenset[tuple[str, str]]) -> Shrunken | None:
    """The own share among everybody's: only one's own value leaves this room."""
    everybody = totals.everybody()
    if person not in everybody:
        everybody = {**everybody, person: agents}
    made = comparing.people(
        found, "satisfaction", everybody, fewest=comparing.FEWEST_SHRUNKEN, mix=comparing.ALONE
    ).found
    mine = next((one for one in made.subjects if one.subject == str(person)), None)
    if mine is None or made.verdict != "ok" or not mine.comparable:
        return None
    return Shrunken(mine.shrunken, mine.low, mine.high, mine.n, len(made.subjects))


def _comparing(
    found: Reading, measure: str, named: dict[int, str], agents: dict[int, frozenset[tuple[str, str]]]
) -> Comparing:
    made = comparing.people(found, measure, agents)
    period = Period.of(found)
    words = {key: sorted(f"{source}:{own}" for source, own in those) for key, those in agents.items()}
    people = tuple(
        OneCompared(
            int(one.subject), named[int(one.subject)], one.n, one.raw, one.shrunken, one.low, one.high, one.comparable,
            figures.drill(made.metric, {"assignee": words[int(one.subject)]}, period, found.publication.number),
        )
        for one in sorted(made.found.subjects, key=lambda one: (named[int(one.subject)], int(one.subject)))
    )  # fmt: skip
    few = tuple(FewShown(key, named[key], made.few[key]) for key in sorted(made.few, key=lambda key: (named[key], key)))
    clear = {one.person for one in people if one.comparable}
    groups = tuple(
        kept for one in made.found.groups
        if (kept := tuple(sorted((int(name) for name in one if int(name) in clear), key=lambda key: (named[key], key))))
    )  # fmt: skip
    return Comparing(
        measure, made.metric, made.unit, made.kind, found.publication.number, period.first, period.last,
        comparing.FEWEST, made.found.n, made.found.verdict, people, groups,
        tuple((int(high), int(low)) for high, low in made.found.told_apart), few, comparing.MIX,
    )  # fmt: skip
