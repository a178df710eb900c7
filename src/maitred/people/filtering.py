"""What the filters of a page may say to this reader, and what they mean for the figures."""

from __future__ import annotations

from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages.filters import Filters, Known
from maitred.kit.reading import Reading
from maitred.people import access, tree


def known(actor: Actor, found: Reading) -> Known:
    """The choices of each filter: teams within reach that have helpdesk groups, channels, priorities."""
    choices = {
        "team": team_choices(actor),
        "channel": tuple((one, one.replace("_", " ")) for one in found.values("channel")),
        "priority": tuple((one, one) for one in found.values("priority_at_created")),
    }
    return Known(found.as_of, found.zone, choices, found.hours)


def team_choices(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Teams whose figures one may see, by name; a team counts with everything below it."""
    return looked_up(("team_choices", actor), lambda: _team_choices(actor))


def _team_choices(actor: Actor) -> tuple[tuple[str, str], ...]:
    how = reach(actor, Right.METRICS_READ)
    if how is Reach.NONE:
        return ()
    teams = access.visible_teams(actor)
    if how is not Reach.ALL:
        teams = teams.filter(pk__in=actor.subtree | actor.teams)
    filled = teams.filter(pk__in=access.teams_above_groups().values("ancestor"))
    return tuple((str(team.pk), team.name) for team in filled.order_by("name", "pk"))


def where(actor: Actor, filters: Filters) -> list[str]:
    """The filters as the words of ``metrics.show``: ``DIMENSION=VALUE``."""
    found = [f"{name}={one}" for name in ("channel", "priority") for one in getattr(filters, name)]
    if filters.team:
        below = tree.below(frozenset(int(one) for one in filters.team))
        links = access.groups_of(below).values_list("source_id", "external_id")
        found += [f"group={source}:{external}" for source, external in sorted(links)]
    return found
