"""Totals in which no single person stands: a team's load and groups, both sides of bot and people, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from maitred.desks.roster import access, assembling, hours
from maitred.desks.roster.comparing import FEWEST, Matched
from maitred.desks.roster.figures import FigureShown, shown_metric
from maitred.desks.roster.load import load as expected
from maitred.desks.roster.load import usual
from maitred.desks.roster.shapes import LoadShown, SideShown
from maitred.desks.roster.waiting import waiting
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.reading import Reading
from maitred.metrics.intervals import wilson
from maitred.metrics.scope import Scope
from maitred.people import access as people_access
from maitred.people import tree
from maitred.people.models import Person, Team

External = tuple[str, str]
FEWEST_PEOPLE = 5
BOT_FIGURES = ("durable_resolution.bot#1", "handoff_rate#1", "bot_involved#1")


def groups_of(team: Team) -> list[External]:
    """The helpdesk groups of a team and of those below it."""
    links = people_access.groups_of(tree.below(frozenset({team.pk})))
    return sorted(links.values_list("source_id", "external_id"))


def fewest(actor: Actor, scope: Scope) -> int:
    """How many people must stand behind a load: five for totals, and for an agent, who knows the own part of it."""
    own = reach(actor, Right.ROSTER_TEAMS) is Reach.OWN
    return max(scope.minimum_people, FEWEST_PEOPLE if own else 0)


def closed(least: int) -> frozenset[int]:
    """Teams whose load is not told: too few people, or the rest of the team above would be too few.

    A team that is told beside the whole gives the rest away by subtraction. So where what is not told of a team is
    somebody, but fewer than ``least``, the smallest of its parts that are told is closed as well, until it is nobody or
    enough. What lies below a closed team is closed.
    """
    if not least:
        return frozenset()
    people, above = access.people_of_teams()
    shut = {team for team, those in people.items() if 0 < len(those) < least}
    for team in sorted(people, key=lambda one: -len(people[one])):
        parts = [one for one, parent in above.items() if parent == team]
        told = sorted((one for one in parts if one not in shut), key=lambda one: (len(people[one]), one))
        while told:
            rest = people[team].difference(*(people[one] for one in told))
            if not 0 < len(rest) < least:
                break
            shut.add(told.pop(0))
    return frozenset(shut | _below(shut, above))


def _below(shut: set[int], above: Mapping[int, int | None]) -> set[int]:
    found: set[int] = set()
    for team in above:
        parent = above[team]
        while parent is not None:
            if parent in shut:
                found.add(team)
                break
            parent = above.get(parent)
    return found


def rounded(number: int, scope: Scope) -> int:
    """A count as the reader may see it."""
    step = scope.round_counts_to
    return round(number / step) * step if step else number


def load(found: Reading, members: Sequence[Person], scope: Scope) -> LoadShown:
    """What waits on the people of a team together; working time is known only where it is for all of them."""
    keys = [one.pk for one in members]
    marks = access.shared(keys)
    agents = sorted({one for key, those in access.agents_of(keys).items() if key not in marks for one in those})
    weeks, leaves = access.weeks_of(keys), access.leaves_of(keys, assembling.today())
    start = found.as_of.astimezone(found.zone).date()
    free = [
        hours.available(
            [hours.Week(tuple(row.minutes), row.valid_from, row.valid_to) for row in weeks.get(key, [])],
            [hours.Away(row.first, row.last) for row in leaves.get(key, [])], start,
        )
        for key in keys
    ]  # fmt: skip
    total = sum(one for one in free if one is not None) if free and None not in free else None
    work = waiting(found.ask)
    now = expected(work.kinds(agents), work.known, total)
    past = [work.weeks([agent]) for agent in agents]
    most = max((len(one) for one in past), default=0)
    summed = [sum(one[place - most] for one in past if place - most >= -len(one)) for place in range(most)]
    shown = assembling.load_shown(found, work, now, usual(summed if now.value is not None else []), agents,
                                  not scope.counts_only)  # fmt: skip
    return replace(shown, n=rounded(shown.n, scope)) if scope.counts_only else shown


def everybody() -> dict[int, frozenset[External]]:
    """Helpdesk users of all humans without those whose account is shared: the family of which each is one."""
    keys = access.human_keys()
    marks = access.shared(keys)
    return {key: those for key, those in access.agents_of(keys).items() if key not in marks}


def bot_figures(found: Reading, scope: Scope) -> tuple[FigureShown, ...]:
    """The figures of bots from the catalogue, for the groups that the reader sees."""
    return tuple(shown_metric(found, name, scope) for name in BOT_FIGURES)


def sides(matched: Matched, scope: Scope) -> tuple[SideShown, ...]:
    """What each side solved alone, as counted."""
    pairs = (("bot", matched.n_bot, matched.durable_bot), ("human", matched.n_human, matched.durable_human))
    return tuple(_side(name, n, durable, scope) for name, n, durable in pairs)


def matched_sides(matched: Matched, scope: Scope) -> tuple[SideShown, ...]:
    """Both sides on like tickets; empty with too few of either."""
    return tuple(
        SideShown(one.subject, rounded(one.n, scope), None, one.shrunken, one.low, one.high)
        for one in matched.found.subjects
    )


def verdict(matched: Matched) -> str:
    """Whether like tickets tell the sides apart."""
    if matched.found.verdict != "ok":
        return "not_enough_data"
    if not all(one.comparable for one in matched.found.subjects) or not matched.found.told_apart:
        return "cannot_tell"
    return f"{matched.found.told_apart[0][0]}_higher"


def cost(side: SideShown, price: float | None) -> tuple[float | None, float | None, float | None]:
    """What a lasting solution costs where every solution is billed: price over the share that lasts, with its ends.

    >>> cost(SideShown("bot", 100, 80, 0.8, 0.7, 0.9), 0.99)[0]
    1.2375
    """
    if price is None or not side.share:
        return None, None, None
    low = price / side.high if side.high else None
    return price / side.share, low, price / side.low if side.low else None


def _side(name: str, n: int, durable: int, scope: Scope) -> SideShown:
    if n < FEWEST:
        return SideShown(name, rounded(n, scope), None, None, None, None)
    ends = wilson(durable, n)
    known = None if scope.counts_only else durable
    return SideShown(name, rounded(n, scope), known, durable / n, ends.low, ends.high)
