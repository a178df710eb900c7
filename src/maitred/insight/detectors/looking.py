"""Today's list of a workspace: every source of a publication looked at, one ranked list of them all."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from maitred.base.errors import MaitredError
from maitred.insight.detectors import case_selection, topics
from maitred.insight.detectors.ranking import MONEY_PER_CUSTOMER_HOUR, SHOWN, Handled
from maitred.insight.detectors.replaying import Course, Day, as_of, moments
from maitred.insight.evidence.opening import evidence_of_workspace
from maitred.insight.evidence.tables import Evidence
from maitred.metrics.asking import Asker, asking
from maitred.metrics.scope import Scope
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace


def look(
    workspace: Workspace,
    publication: Publication,
    *,
    at: datetime | None = None,
    handled: Mapping[str, Handled] | None = None,
    muted: frozenset[str] = frozenset(),
    money: float = MONEY_PER_CUSTOMER_HOUR,
) -> Day:
    """What needs the manager at an instant.

    Parameters
    ----------
    at
        When; by default the instant up to which the youngest source is complete.
    handled
        What people did about findings, by id.
    muted
        Names of detectors that were wrong too often here.
    money
        Revenue that one customer-hour stands for.

    Returns
    -------
    Day
        One list over all sources, in rank order.
    """
    when = at or max(datetime.fromisoformat(one["as_of"]) for one in publication.sources.values())
    days = [
        as_of(one, when, handled=handled or {}, muted=muted, money=money, publication=_published(publication))
        for one in _evidence(workspace, publication)
    ]
    for shared in (topics, case_selection):
        shared.forget()
    found = merged(days)
    with asking(workspace, publication) as ask:
        counted(ask, found.findings, when.astimezone(UTC).date(), {})
    return found


def replay_workspace(
    workspace: Workspace, publication: Publication, first: date, last: date, at: str = "06:00"
) -> Iterator[dict[str, Any]]:
    """Today's list on every working day from ``first`` to ``last`` at a time of day (UTC), one document each."""
    from datetime import time

    told = _published(publication)
    courses = [Course(one, publication=told) for one in _evidence(workspace, publication)]
    steps = [list(moments(one.evidence, last, time.fromisoformat(at), first)) for one in courses]
    for course, mine in zip(courses, steps, strict=True):
        for moment, day in mine:
            if day < first:
                course.at(moment, passing=True)
    known: dict[Hashable, int | None] = {}
    with asking(workspace, publication) as ask:
        for day in sorted({day for mine in steps for _, day in mine if day >= first}):
            looks = [
                course.at(moment)
                for course, mine in zip(courses, steps, strict=True)
                for moment, own in mine
                if own == day
            ]
            found = merged(looks)
            counted(ask, found.findings, day, known)
            yield found.document()


def counted(ask: Asker, findings: list[dict[str, Any]], until: date, known: dict[Hashable, int | None]) -> None:
    """Let each finding's query say what it re-runs to: the rows of its metric from the onset to the day of the look.

    A query that the catalogue cannot ask (the metric or a filter is not in it) keeps the number of its tickets; a
    filter under which there is nothing is left out.
    ``known`` remembers answers between looks.
    """
    for one in findings:
        query = one["evidence"]["query"]
        if "policy" in query["where"]:
            query["where"]["policy"] = one["subject"]["name"]
        query["to"] = max(until.isoformat(), query["from"])
        key = (query["metric"], tuple(sorted(query["where"].items())), query["from"], query["to"])
        if key not in known:
            known[key] = _rows(ask, query)
        if known[key] == 0 and query["where"]:
            query["where"], key = {}, (query["metric"], (), query["from"], query["to"])
            known.setdefault(key, _rows(ask, query))
        if known[key] is not None:
            one["evidence"]["count"] = known[key]


def _rows(ask: Asker, query: Mapping[str, Any]) -> int | None:
    where = {name: [str(value)] for name, value in query["where"].items()}
    try:
        found = ask.tickets(query["metric"], query["from"], query["to"], where=where, limit=0, scope=Scope.everything())
    except MaitredError:
        return None
    return int(found.total)


def merged(days: list[Day]) -> Day:
    """Lists of several sources as one: by harm times confidence, the first seven that nobody has in hand shown."""
    if len(days) == 1:
        return days[0]
    findings = [one for day in days for one in day.findings]
    findings.sort(key=lambda one: (one["news"], -(one["harm"]["value"] or 0) * (one["confidence"] or 0), one["id"]))
    free = 0
    for place, one in enumerate(findings, 1):
        one["rank"] = place
        if one.get("folded") and one["folded"] != "seven others weigh more":
            continue
        free += 1
        one["shown"] = free <= SHOWN
        one.pop("folded", None)
        if free > SHOWN:
            one["folded"] = "seven others weigh more"
    return Day(
        max(day.as_of for day in days),
        findings,
        [one for day in days for one in day.checked],
        all(day.learning for day in days),
        tuple(note for day in days for note in day.notes),
    )


def _evidence(workspace: Workspace, publication: Publication) -> list[Evidence]:
    return [evidence_of_workspace(workspace, publication, source) for source in sorted(publication.sources)]


def _published(publication: Publication) -> str:
    """When the figures are from, as findings name it."""
    latest = max(datetime.fromisoformat(one["as_of"]) for one in publication.sources.values())
    return latest.astimezone(UTC).isoformat().replace("+00:00", "Z")
