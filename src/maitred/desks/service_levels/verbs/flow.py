"""Ask where work waits: time by state, the backlog and its age, the way from station to station."""

from __future__ import annotations

from typing import Literal

from maitred.desks.service_levels import flows
from maitred.desks.service_levels.flows import BacklogAges, ProcessMap, TimeByState
from maitred.desks.service_levels.verbs.figures import Day, Filters, Publication, Text, Zone, pairs
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import published
from maitred.kit.verbs import question
from maitred.people.reach import figures_scope


@question(needs=Right.METRICS_READ, example={"by": "group"})
def time_by_state(
    actor: Actor,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006  (validation hands in a copy)
    zone: Zone = "UTC",
    by: Text | None = None,
    publication: Publication | None = None,
) -> TimeByState:
    """Show where the time of solved tickets went: shares of their time unsolved that add up to 100 %.

    Of tickets solved in the period, over their whole life: ``customer`` (pending) and ``third_party`` (hold) in wall
    time; ``closed_hours``, outside business hours while new or open; and the business time while new or open, split
    into ``queue`` (nobody assigned or nobody has answered yet), ``hand_off`` (another person has it and has not
    touched it yet) and ``in_hand`` (the rest). The first three and the sum are exact; what the split of the last
    three approximates is said in ``approximated``. Tickets without a schedule are left out and counted as excluded.

    Parameters
    ----------
    start, end
        First and last local day of the last solve.
    where
        ``DIMENSION=VALUE`` to keep; group, priority and solver at the last solve.
    zone
        Time zone of days.
    by
        A dimension to cut by, such as ``group`` or ``priority``.
    publication
        An older publication: as reported then.
    """
    scope, kept = figures_scope(actor), pairs(where)
    key = ("time_by_state", scope, start, end, tuple(where), zone, by)
    with published(publication) as ask:
        return ask.remembered(key, lambda: flows.time_by_state(ask, scope, start, end, kept, zone, by))


@question(needs=Right.METRICS_READ, example={"by": "group"})
def backlog_ages(
    actor: Actor,
    where: Filters = [],  # noqa: B006
    zone: Zone = "UTC",
    by: Text = "group",
    start: Day | None = None,
    end: Day | None = None,
    publication: Publication | None = None,
) -> BacklogAges:
    """Show the tickets unsolved at as-of by age and a dimension, and how many were unsolved at the end of each day.

    Age is wall time since creation. Counts are exact; they fall when old tickets are closed, for whatever reason.

    Parameters
    ----------
    where
        ``DIMENSION=VALUE`` to keep.
    zone
        Time zone of days.
    by
        A dimension to cut by, such as ``group`` or ``priority``.
    start, end
        First and last local day of the series; the four weeks up to as-of unless given.
    publication
        An older publication: as reported then.
    """
    scope, kept = figures_scope(actor), pairs(where)
    key = ("backlog_ages", scope, tuple(where), zone, by, start, end)
    with published(publication) as ask:
        return ask.remembered(key, lambda: flows.backlog_ages(ask, scope, kept, zone, by, start, end))


@question(needs=Right.METRICS_READ, example={"of": "status"})
def process_map(
    actor: Actor,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006
    zone: Zone = "UTC",
    of: Literal["group", "status"] = "group",
    publication: Publication | None = None,
) -> ProcessMap:
    """Show the way of solved tickets: the stations they pass and the steps between them, with the time before each.

    Of tickets solved in the period, from creation (``started``) to the last solve, as their change log has it; several
    changes within one second stay several steps. Medians are wall time at the station before the step. At most 15
    stations and 40 steps are shown, the rest is counted. Not for readers of counts only.

    Parameters
    ----------
    start, end
        First and last local day of the last solve.
    where
        ``DIMENSION=VALUE`` to keep; group, priority and solver at the last solve.
    zone
        Time zone of days.
    of
        Stations are groups or statuses.
    publication
        An older publication: as reported then.
    """
    scope, kept = figures_scope(actor), pairs(where)
    key = ("process_map", scope, start, end, tuple(where), zone, of)
    with published(publication) as ask:
        return ask.remembered(key, lambda: flows.process_map(ask, scope, start, end, kept, zone, of))
