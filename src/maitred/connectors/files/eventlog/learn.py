"""What only the whole log can tell before a part of it is decoded: how times are written, who is staff.

For an import that decodes a big log in parts: learn from all pages first, decode each part with what was learnt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from maitred.base.errors import BadInput
from maitred.connectors.files.eventlog.columns import Array, Coded, Columns
from maitred.connectors.files.eventlog.mapping import ACTOR, INSTANTS, Mapping
from maitred.connectors.files.eventlog.roles import LIFECYCLE, Roles
from maitred.connectors.files.eventlog.times import (
    Form,
    Tally,
    decide,
    fits_format,
    given_form,
    tally,
)
from maitred.connectors.files.eventlog.words import priorities_of

STANDARD_LIFECYCLE = frozenset(
    (
        "schedule assign reassign start resume suspend complete withdraw autoskip manualskip ate_abort pi_abort "
        "abort_activity abort_case unknown"
    ).split()
)
"""The transitions of the XES lifecycle extension; a column with other values holds a tool's own states."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Facts about a whole log.

    Attributes
    ----------
    forms
        Time column -> how its values are written; a column without any value is left out.
    priorities
        Foreign priority -> canonical one, or null.
    agents, customers, bots
        Ids that the log itself shows to be staff (assignees, writers of agent messages), customers or machines.
    lifecycle
        Whether ``lifecycle:transition`` has its standard meaning, so that an activity happens at its ``complete``.
    completed
        Activities that have a ``complete`` somewhere.
    """

    forms: dict[str, Form] = field(default_factory=dict)
    priorities: dict[str, str | None] = field(default_factory=dict)
    agents: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    bots: frozenset[str] = frozenset()
    lifecycle: bool = False
    completed: frozenset[str] = frozenset()


def learn(tables: Iterable[pa.Table], roles: Roles, mapping: Mapping | None = None) -> Learned:
    """Learn from every part of a log.

    Parameters
    ----------
    tables
        Parts as read (text columns by name), in any order.
    roles, mapping
        As for ``decode_log``.

    Raises
    ------
    BadInput
        Times that are ambiguous, written in several ways, not times at all, or without a zone that the map would name.
    """
    mapping = mapping or Mapping()
    return learn_columns((Columns(table, mapping.missing) for table in tables), roles, mapping)


def learn_columns(parts: Iterable[Columns], roles: Roles, mapping: Mapping) -> Learned:
    """As ``learn``, from columns that are already coded."""
    survey = _Survey(roles, mapping)
    for part in parts:
        survey.add(part)
    return survey.learned()


@dataclass(slots=True)
class _Survey:
    roles: Roles
    mapping: Mapping
    tallies: dict[str, Tally] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    priorities: set[str] = field(default_factory=set)
    transitions: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    speaking_bots: set[str] = field(default_factory=set)

    def add(self, part: Columns) -> None:
        for column in self._time_columns():
            self._add_times(column, part[column].values)
        self.priorities |= self._values(part, "priority")
        self.agents |= self._values(part, "assignee")
        self.customers |= self._values(part, "requester")
        if LIFECYCLE in part:
            self._add_lifecycle(part)
        if self.roles.actor is not None and self.mapping.activities:
            self._add_actors(part, self.roles.actor)

    def learned(self) -> Learned:
        forms: dict[str, Form] = {}
        for column in self._time_columns():
            form = self._form(column, forms.get(self.roles.time))
            if form is not None:
                forms[column] = form
        self._check_zone(forms)
        agents = (self.agents | self._named_assignees()) - set(self.mapping.bots)
        lifecycle = bool(self.transitions) and {word.lower() for word in self.transitions} <= STANDARD_LIFECYCLE
        return Learned(
            forms=forms,
            priorities=priorities_of(sorted(self.priorities)),
            agents=frozenset(agents),
            customers=frozenset(self.customers - agents - set(self.mapping.bots)),
            bots=frozenset({*self.mapping.bots, *(self.speaking_bots - agents)}),
            lifecycle=lifecycle,
            completed=frozenset(self.completed) if lifecycle else frozenset(),
        )

    def _time_columns(self) -> list[str]:
        """The column of the events first: its form settles doubts about the others."""
        others = [column for name in INSTANTS if (column := self.mapping.column(name)) is not None]
        return list(dict.fromkeys([self.roles.time, *others]))

    def _add_times(self, column: str, values: Array) -> None:
        wanted = self.mapping.time_format
        if wanted is not None:
            self.given[column] = self.given.get(column, 0) + fits_format(values, wanted)
        if not self.given.get(column):
            self.tallies[column] = self.tallies.get(column, Tally()) + tally(values)

    def _form(self, column: str, main: Form | None) -> Form | None:
        wanted, where = self.mapping.time_format, f"column {column!r}"
        found = self.tallies.get(column, Tally())
        if wanted is not None and self.given.get(column):
            return given_form(wanted)
        if wanted is not None and column == self.roles.time:
            raise BadInput(
                f"time_format {wanted!r} fits no value of {where} (for example {found.example!r})",
                "mend time_format in the map, or leave it out to have it guessed",
            )
        if not found.values and column != self.roles.time:
            return None
        return decide(found, where, prefer=main.family if main is not None else "")

    def _check_zone(self, forms: dict[str, Form]) -> None:
        naive = [column for column, form in forms.items() if not form.aware]
        if not naive or self.mapping.time_zone is not None:
            return
        example = self.tallies[naive[0]].example if naive[0] in self.tallies else ""
        raise BadInput(
            f"the times of column {naive[0]!r} carry no zone" + (f" (for example {example!r})" if example else ""),
            'say which in a map file given with --map: time_zone = "Europe/Lisbon"',
        )

    def _values(self, part: Columns, field: str) -> set[str]:
        column = self.mapping.column(field)
        return set() if column is None else set(part[column].texts)

    def _add_lifecycle(self, part: Columns) -> None:
        self.transitions.update(part[LIFECYCLE].texts)
        for transition, activity in _pairs(part[LIFECYCLE], part[self.roles.activity]):
            if transition.lower() == "complete":
                self.completed.add(activity)

    def _add_actors(self, part: Columns, actor: str) -> None:
        for activity, who in _pairs(part[self.roles.activity], part[actor]):
            does = self.mapping.activities.get(activity)
            if does is None:
                continue
            if does.assignee == ACTOR or does.message in ("agent_public", "agent_private"):
                self.agents.add(who)
            elif does.message == "customer":
                self.customers.add(who)
            elif does.message == "bot":
                self.speaking_bots.add(who)

    def _named_assignees(self) -> set[str]:
        named = {does.assignee for does in self.mapping.activities.values()}
        return {name for name in named if name and name != ACTOR}


def _pairs(one: Coded, other: Coded) -> list[tuple[str, str]]:
    """Every pair of values that stands in some row."""
    both = (one.codes >= 0) & (other.codes >= 0)
    width = len(other.values)
    keys = np.unique(one.codes[both] * width + other.codes[both]).tolist()
    return [(one.values[key // width].as_py(), other.values[key % width].as_py()) for key in keys]
