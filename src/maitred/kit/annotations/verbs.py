"""Write on time charts what happened: for the charts of some teams and topics, seen by oneself, a team or everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from maitred.base.errors import Invalid
from maitred.kit.access import teams as tree
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.access.sharing import Sharing, audience, owner_of
from maitred.kit.annotations.access import access_own_annotation, between, visible_annotations
from maitred.kit.annotations.models import Annotation
from maitred.kit.audit import deeds
from maitred.kit.verbs import Names, Version, action, question
from maitred.kit.verbs.words import LARGEST

MOST_SHOWN = 500
"""Annotations of one answer; a chart has no room for more."""
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
AnnotationId = Annotated[int, Names("annotation"), Field(ge=1, le=LARGEST)]
SomeTeamId = Annotated[int, Field(ge=1, le=LARGEST)]
Teams = Annotated[tuple[SomeTeamId, ...], Field(max_length=200)]
Topic = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Topics = Annotated[tuple[Topic, ...], Field(max_length=50)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Kind = Literal["release", "campaign", "outage", "policy", "staffing", "training", "holiday", "other"]


@dataclass(frozen=True, slots=True)
class AnnotationShown:
    """An annotation; empty ``teams`` and ``topics`` stand for all, no ``last_day`` for a single day."""

    id: int
    first_day: date
    last_day: date | None
    kind: str
    text: str
    teams: tuple[int, ...]
    topics: tuple[str, ...]
    sharing: str
    team: int | None
    owner: int
    mine: bool
    version: int


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of a period, the earliest first; ``more`` where there are others that are not shown."""

    annotations: tuple[AnnotationShown, ...]
    more: bool


@action(
    needs=Right.ANNOTATIONS_WRITE, example={"first_day": "2026-11-10", "kind": "release", "text": "Release 8.4 is out"}
)
def add(
    actor: Actor,
    first_day: date,
    kind: Kind,
    text: Text,
    last_day: date | None = None,
    teams: Teams = (),
    topics: Topics = (),
    sharing: Sharing = "private",
    team: SomeTeamId | None = None,
) -> AnnotationShown:
    """Write on the time charts what happened on a day, or from one day to another.

    Parameters
    ----------
    first_day, last_day
        Both inclusive, in the organisation's time zone.
    teams, topics
        Whose charts it concerns, with the teams above and below them; all unless given.
    sharing, team
        Who sees it: oneself, a team with everything below it, or the organisation.
    """
    owner = owner_of(actor)
    given = audience(actor, Right.ANNOTATIONS_WRITE, sharing, team)
    made = deeds.create(
        Annotation,
        owner_id=owner,
        first_day=first_day,
        last_day=_last(first_day, last_day),
        kind=kind,
        text=text,
        teams=_scope(teams),
        topics=sorted(set(topics)),
        sharing=sharing,
        team_id=given,
    )
    return _shown(actor, made)


@action(needs=Right.ANNOTATIONS_WRITE, example={"annotation": 1, "text": "Release 8.4.1 is out", "version": 1})
def change(
    actor: Actor,
    annotation: AnnotationId,
    version: Version,
    first_day: date | None = None,
    last_day: date | None = None,
    kind: Kind | None = None,
    text: Text | None = None,
    teams: Teams | None = None,
    topics: Topics | None = None,
    sharing: Sharing | None = None,
    team: SomeTeamId | None = None,
) -> AnnotationShown:
    """Change one of one's own annotations; what is left out stays.

    Parameters
    ----------
    last_day
        The first day once more, for a single day.
    sharing, team
        Given together where it is shared with a team.
    """
    row = access_own_annotation(actor, annotation)
    given: dict[str, Any] = {"kind": kind, "text": text}
    kept = {key: value for key, value in given.items() if value is not None}
    if first_day is not None or last_day is not None:
        kept["first_day"] = first_day or row.first_day
        kept["last_day"] = _last(kept["first_day"], last_day or row.last_day)
    if teams is not None:
        kept["teams"] = _scope(teams)
    if topics is not None:
        kept["topics"] = sorted(set(topics))
    if sharing is not None or team is not None:
        kept["sharing"] = sharing or row.sharing
        kept["team_id"] = audience(actor, Right.ANNOTATIONS_WRITE, kept["sharing"], team)
    return _shown(actor, deeds.change(row, version, **kept))


@action(needs=Right.ANNOTATIONS_WRITE, example={"annotation": 1, "version": 1})
def remove(actor: Actor, annotation: AnnotationId, version: Version) -> AnnotationShown:
    """Remove one of one's own annotations; the audit log keeps it."""
    row = access_own_annotation(actor, annotation)
    shown = _shown(actor, row)
    deeds.remove(row, version)
    return shown


@question(needs=Right.ANNOTATIONS_READ, example={"start": "2026-11-01", "end": "2026-11-30"})
def list(
    actor: Actor, start: date | None = None, end: date | None = None, teams: Teams = (), topics: Topics = ()
) -> Annotations:
    """List the annotations of a period that one may see, as a time chart shows them.

    Parameters
    ----------
    start, end
        First and last day of the chart, both inclusive.
    teams, topics
        What the chart is about; everything unless given.
    """
    found = between(visible_annotations(actor), start, end)[: 2 * MOST_SHOWN]
    kin = tree.above(frozenset(teams)) | tree.below(frozenset(teams))
    fit = [row for row in found if _meets(row.teams, kin, teams) and _meets(row.topics, frozenset(topics), topics)]
    more = len(fit) > MOST_SHOWN or len(found) == 2 * MOST_SHOWN
    return Annotations(tuple(_shown(actor, row) for row in fit[:MOST_SHOWN]), more)


def _meets(scope: Any, wanted: frozenset[Any], asked: tuple[Any, ...]) -> bool:
    """Whether an annotation concerns what is asked for; an empty side stands for everything."""
    return not asked or not scope or bool(wanted.intersection(scope))


def _last(first: date, last: date | None) -> date | None:
    """The last day, where it is another one."""
    if not EARLIEST <= first <= LATEST:
        raise _misfit("first_day", f"choose a day from {EARLIEST} to {LATEST}")
    if last is None or last == first:
        return None
    if not first < last <= LATEST:
        raise _misfit("last_day", "it ends on its first day or later")
    return last


def _scope(teams: tuple[int, ...]) -> Any:
    wanted = sorted(set(teams))
    unknown = [one for one in wanted if one not in tree.known(wanted)]
    if unknown:
        raise _misfit("teams", f"there is no team {unknown[0]}")
    return wanted


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))


def _shown(actor: Actor, row: Annotation) -> AnnotationShown:
    return AnnotationShown(
        row.pk, row.first_day, row.last_day, row.kind, row.text, tuple(row.teams), tuple(row.topics), row.sharing,
        row.team_id, row.owner_id, row.owner_id == actor.account, row.version,
    )  # fmt: skip
