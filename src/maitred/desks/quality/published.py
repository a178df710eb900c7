"""The same scores as the catalogue of metrics tells them, at a publication: for reading them beside every other figure.

They come from the reader's own scope, as figures of any kind do; the desk's own page is ahead of them by a few minutes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from maitred.base.errors import Denied, NotFound
from maitred.desks.quality import access
from maitred.kit.access.actor import Actor
from maitred.kit.reading import Reading, reading
from maitred.metrics.catalogue import resolve
from maitred.metrics.results import Row
from maitred.metrics.scope import Scope
from maitred.people import tree
from maitred.people.access import groups_of
from maitred.people.reach import figures_scope

By = Literal["person", "team", "bot", "all"]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedScore:
    """A score of the catalogue; ``value`` is null with fewer than ``needed`` reviews, or where ``reason`` says why.

    ``where`` are the filters with which the same metric gives the same figure and rows; ``openable`` says whether the
    reader may list them.
    """

    metric: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    needed: int | None
    reason: str
    publication: int
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    openable: bool = True


def scores(
    actor: Actor, by: By, ids: Collection[int], first: date, last: date
) -> dict[int | None, PublishedScore]:  # fmt: skip
    """Scores of some people, teams or bots in a period by their ids, under None that of everybody in sight.

    Empty where nothing is published; whoever is known to no helpdesk is left out.
    """
    try:
        with reading(None) as found:
            asked = _Asked(found, figures_scope(actor), by, first, last)
            if by == "all":
                return _some(asked, {None: {}})
            if by == "team":
                return _some(asked, {team: {"group": _groups(team)} for team in ids})
            return _people(asked, _users(ids))
    except NotFound:
        return {}


@dataclass(frozen=True, slots=True)
class _Asked:
    found: Reading
    scope: Scope
    by: By
    first: date
    last: date

    @property
    def metric(self) -> str:
        return resolve("iqs.bot" if self.by == "bot" else "iqs.mean").id

    def rows(self, by: Sequence[str], where: Mapping[str, Words]) -> tuple[Row, ...]:
        """The figures; none where the reader's scope refuses the question."""
        days = self.first.isoformat(), self.last.isoformat()
        zone = self.found.zone.key
        try:
            return self.found.ask.show(self.metric, None, *days, by, where, None, zone, scope=self.scope).rows
        except Denied:
            return ()


def _people(asked: _Asked, users: Mapping[int, Words]) -> dict[int | None, PublishedScore]:
    """Of people: all in one question, but for those whom a helpdesk knows by several users."""
    rows = {row.by["assignee"]: row for row in asked.rows(("assignee",), {})}
    several = len(asked.found.publication.sources) > 1
    alone: dict[int | None, PublishedScore] = {}
    for person, words in users.items():
        row = rows.get(words[0] if several else words[0].partition(":")[2]) if len(words) == 1 else None
        if row is not None:
            alone[person] = _score(asked, row, {"assignee": words})
    return alone | _some(asked, {person: {"assignee": words} for person, words in users.items() if len(words) > 1})


def _some(asked: _Asked, places: Mapping[int | None, dict[str, Words]]) -> dict[int | None, PublishedScore]:
    found = {}
    for key, where in places.items():
        if all(where.values()):
            for row in asked.rows((), where):
                found[key] = _score(asked, row, where)
    return found


def _score(asked: _Asked, row: Row, where: Mapping[str, Words]) -> PublishedScore:
    metric = resolve(asked.metric)
    return PublishedScore(
        metric.id, metric.unit, row.value, row.low, row.high, row.n, row.needed, row.reason,
        asked.found.publication.number, where, not asked.scope.counts_only,
    )  # fmt: skip


def _users(people: Collection[int]) -> dict[int, Words]:
    """The helpdesk users of some people, each with its source."""
    found: dict[int, list[str]] = {}
    for (source, user), person in sorted(access.identities().items()):
        if person in people:
            found.setdefault(person, []).append(f"{source}:{user}")
    return {person: tuple(words) for person, words in found.items()}


def _groups(team: int) -> Words:
    """The helpdesk groups of a team and of those below it."""
    rows = groups_of(tree.below(frozenset({team})))
    return tuple(sorted(f"{source}:{group}" for source, group in rows.values_list("source_id", "external_id")))
