"""What part of the warehouse a reader may see, and which questions that part cannot answer.

For whoever asks the query layer: every question carries a scope, and ``composition`` writes it among the innermost
conditions of the query, on the same columns as the dimensions ``group`` and ``assignee`` of that metric. So a scope of
one group means what a filter by that group means: the group at the metric's own instant, never today's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from maitred.base.errors import Denied
from maitred.metrics.catalogue import Metric

External: TypeAlias = "tuple[str, str]"
"""A source and the id that something has in it."""

NOBODY = "none"
"""The word that filters by rows without a value; it names no person."""

FEWEST_OTHERS = 5
"""People outside one's reach that must stand behind a cell of judgements of people's work."""

_UNNAMED_PEOPLE = {"survey_answers": "agent_id"}
"""Who stands behind rows of metrics that are never shown for single persons."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows, people and precision that a reader may be given.

    Parameters
    ----------
    groups, people
        A row is visible if its group is one of ``groups`` or its assignee one of ``people`` (both at the metric's
        instant); everything is visible if both are None. A row with neither group nor assignee is nobody's.
    minimum_people
        Distinct people that must stand behind a cell; above 0 there are counts only, never the rows behind them.
    round_counts_to
        Counts are given as multiples of this; 0 gives them as they are.
    people_dimensions
        Assignees that may be named by cutting or filtering by ``assignee``: None for all, empty for nobody.

    Raises
    ------
    ValueError
        Only one of ``groups`` and ``people`` is None, which would show everything to whom one of them restricts.
    """

    groups: frozenset[External] | None
    people: frozenset[External] | None
    minimum_people: int = 0
    round_counts_to: int = 0
    people_dimensions: frozenset[External] | None = frozenset()

    def __post_init__(self) -> None:
        if (self.groups is None) != (self.people is None):
            raise ValueError("a scope restricts both groups and people or neither: give an empty set for none")

    @classmethod
    def everything(cls) -> Scope:
        """The whole warehouse, every person by name: for the owner of the workspace."""
        return cls(None, None, people_dimensions=None)

    @classmethod
    def of(
        cls,
        groups: Iterable[External] = (),
        people: Iterable[External] = (),
        people_dimensions: Iterable[External] | None = None,
    ) -> Scope:
        """Rows of some groups and of some people; those people may be named, unless others are given."""
        held = frozenset(people)
        named = held if people_dimensions is None else frozenset(people_dimensions)
        return cls(frozenset(groups), held, people_dimensions=named)

    @classmethod
    def organisation(cls, minimum_people: int = 5, round_counts_to: int = 5) -> Scope:
        """Counts of the whole organisation in which no single person can be made out: for executives."""
        return cls(None, None, minimum_people, round_counts_to, frozenset())

    @property
    def restricted(self) -> bool:
        """Whether some rows are out of sight."""
        return self.groups is not None

    @property
    def counts_only(self) -> bool:
        """Whether rows themselves are never shown."""
        return self.minimum_people > 0 or self.round_counts_to > 0


def permit(scope: Scope, metric: Metric, by: Sequence[str], where: Mapping[str, Sequence[str]]) -> None:
    """Refuse a question that the scope cannot answer.

    Raises
    ------
    Denied
        It names people outside the scope, or the metric's rows belong to no group or person of it.
    """
    if scope.restricted and not holders(scope, metric):
        raise Denied(
            f"{metric.id} cannot be told apart for your part of the organisation",
            "its rows carry no group or assignee that you may see; choose another metric",
        )
    if scope.people_dimensions is None or "assignee" not in (*by, *where):
        return
    if not scope.people_dimensions:
        raise Denied("figures of single persons are not part of what you may see", "cut by group or another dimension")
    for value in where.get("assignee", ()):
        if value != NOBODY and not _is_named(value, scope.people_dimensions):
            raise Denied(f"assignee {value} is not among the people you may see by name", "leave that person out")


def permit_rows(scope: Scope, metric: Metric) -> None:
    """Refuse the rows behind a figure to whom only counts are shown.

    Raises
    ------
    Denied
        The scope gives counts only, or the rows are single persons and none may be named.
    """
    if scope.counts_only:
        raise Denied("the tickets behind a figure are not part of what you may see", "look at the figure itself")
    if scope.people_dimensions == frozenset() and metric.dimensions.get("assignee") in metric.row:
        raise Denied(f"each row of {metric.id} is a person, and you may see none by name", "look at the figure itself")


def person_column(metric: Metric) -> str | None:
    """The column of the person behind a row, also for metrics that cannot be cut by person."""
    return metric.dimensions.get("assignee") or _UNNAMED_PEOPLE.get(metric.facts)


def holders(scope: Scope, metric: Metric) -> dict[str, frozenset[External]]:
    """The columns of a metric's rows that can make a row visible, and the ids that do.

    A judgement of somebody's work belongs to that person alone: a group of the scope does not show it.
    """
    groups = frozenset() if metric.of_people else scope.groups
    pairs = (("group", groups), ("assignee", scope.people))
    return {metric.dimensions[name]: ids for name, ids in pairs if ids and name in metric.dimensions}


def hides_others(scope: Scope, metric: Metric) -> bool:
    """Whether cells need enough people outside the reader's reach: all rows are in sight, but not every person."""
    everything = not scope.restricted and not scope.counts_only
    return metric.of_people and everything and scope.people_dimensions is not None


def _is_named(value: str, people: Collection[External]) -> bool:
    """Whether a filter's word stands for one of the people, with its source or without."""
    source, _, rest = value.partition(":")
    return (source, rest) in people or any(external == value for _, external in people)
