"""The only way to the rows of Today: every function says for whom it looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from maitred.base.errors import NotFound
from maitred.desks.today.models import Alert, Digest, Feedback, Finding, Look, Told
from maitred.desks.today.sight import External, Sight, external
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.people import tree
from maitred.people.models import Account, GroupLink, HelpdeskIdentity, Person
from maitred.people.reach import figures_scope

_FEWEST_PEOPLE = 5
_LEADING = ("lead", "manager", "executive")


def sight(actor: Actor) -> Sight:
    """What an actor may see of findings.

    Whoever reaches only themselves sees what is about themselves; leads see their subtree, managers the organisation
    with the people of their subtree, executives the organisation without any person and without small groups.
    """
    return looked_up(("today_sight", actor), lambda: _sight(actor))


def _sight(actor: Actor) -> Sight:
    how = reach(actor, Right.METRICS_READ)
    if how is Reach.NONE:
        return Sight()
    scope = figures_scope(actor)
    people = scope.people_dimensions
    if how is Reach.ALL:
        return Sight(people, None, True, _small_groups() if scope.counts_only else frozenset(), scope.counts_only)
    return Sight(people, scope.groups if how is Reach.SUBTREE else frozenset())


def _small_groups() -> frozenset[External]:
    """Groups whose team, with everything below it, has fewer people than a cell needs."""
    counted = {row["team"]: row["people"] for row in tree.memberships().values("team").annotate(people=Count("person"))}
    links = GroupLink._base_manager.values_list("team", "source_id", "external_id")
    return frozenset(
        (source, own)
        for team, source, own in links
        if sum(counted.get(each, 0) for each in tree.below(frozenset({team}))) < _FEWEST_PEOPLE
    )


def newest_look() -> Look | None:
    """The latest look; who sees what of it is decided finding by finding."""
    return Look._base_manager.order_by("-publication").first()


def look_at(publication: int) -> Look | None:
    """The look at one publication."""
    return Look._base_manager.filter(publication=publication).first()


def older_looks(kept: int) -> QuerySet[Look]:
    """All looks but the newest ones."""
    newest = Look._base_manager.order_by("-publication").values_list("pk", flat=True)[:kept]
    return Look._base_manager.exclude(pk__in=list(newest))


def kept_findings(ids: Iterable[str]) -> dict[str, Finding]:
    """What is kept of findings that one has in hand already, by id."""
    return Finding._base_manager.in_bulk(list(ids))


def access_finding(actor: Actor, finding: str) -> Finding:
    """One finding within sight; a foreign, an unknown and a guessed id get the same refusal."""
    row = Finding._base_manager.select_related("person", "assignee").filter(pk=finding).first()
    if row is None or not in_sight(actor, row):
        raise NotFound(f"there is no finding {finding} that you may see", "check the id, or ask who may see it")
    return row


def in_sight(actor: Actor, row: Finding) -> bool:
    """Whether a finding is in sight of an actor."""
    return sight(actor).sees(row.document["subject"], row.document["evidence"].get("query", {}).get("where"))


def alike(actor: Actor, row: Finding, most: int = 10) -> list[Finding]:
    """Earlier findings of the same family about the same subject that the actor may see, the latest first."""
    rows = Finding._base_manager.filter(
        family=row.family, subject_type=row.subject_type, subject_id=row.subject_id
    ).exclude(pk=row.pk)
    return [each for each in rows.order_by("-first_seen")[:most] if in_sight(actor, each)]


def feedback_of(row: Finding, account: int | None) -> Feedback | None:
    """What an account said of a finding."""
    return Feedback._base_manager.filter(finding=row, account=account or 0).first()


def said_by_detector() -> dict[str, list[tuple[bool, str]]]:
    """What people said of the findings of each detector: counts, no names."""
    found: dict[str, list[tuple[bool, str]]] = {}
    for detector, useful, reason in Feedback._base_manager.values_list("detector", "useful", "reason"):
        found.setdefault(detector, []).append((useful, reason))
    return found


def acted_by_detector() -> dict[str, tuple[int, int]]:
    """For each detector how many findings there were, and on how many of them something was decided."""
    rows = Finding._base_manager.values_list("detector", "state")
    found: dict[str, tuple[int, int]] = {}
    for detector, state in rows:
        seen, acted = found.get(detector, (0, 0))
        found[detector] = seen + 1, acted + (state in ("acknowledged", "assigned", "done"))
    return found


def person_behind(subject: Mapping[str, Any]) -> Person | None:
    """The person that a helpdesk user is."""
    source, own = external(subject)
    row = HelpdeskIdentity._base_manager.select_related("person")
    found = row.filter(source_id=source, external_id=own).first()
    return found.person if found else None


def team_of_group(source: str, own: str) -> int | None:
    """The team that is a helpdesk group."""
    return GroupLink._base_manager.filter(source_id=source, external_id=own).values_list("team", flat=True).first()


def assignable(actor: Actor) -> list[Person]:
    """Whom an actor may give something to do: oneself, and the people of the teams one leads."""
    people = Person._base_manager.filter(left_on__isnull=True)
    if reach(actor, Right.COMMITMENTS_WRITE) is Reach.ALL:
        return list(people.order_by("name", "pk")[:200])
    led = tree.people_in(actor.subtree).values("person")
    return list((people.filter(pk=actor.person or 0) | people.filter(pk__in=led)).distinct().order_by("name", "pk"))


def own_alerts(actor: Actor) -> QuerySet[Alert]:
    """One's own rules."""
    rows = Alert._base_manager.all()
    return rows if actor.operator and actor.account is None else rows.filter(owner=actor.account or 0)


def access_alert(actor: Actor, alert: int) -> Alert:
    """One of one's own rules."""
    return one(own_alerts(actor), alert, "alert")


def enabled_alerts() -> QuerySet[Alert]:
    """The rules that are in force, for the worker; each is asked with the rights of its owner."""
    return Alert._base_manager.filter(enabled=True, owner__is_active=True).select_related("owner").order_by("pk")


def told_on(alert: Alert, day: date) -> int:
    """How often a rule told something on a day."""
    return Told._base_manager.filter(alert=alert, day=day).count()


def last_told(alert: Alert, finding: str) -> Told | None:
    """When a rule last told of a finding."""
    return Told._base_manager.filter(alert=alert, finding=finding).order_by("-pk").first()


def digest_of(account: int) -> Digest | None:
    """What an account chose about the daily letter."""
    return Digest._base_manager.filter(account=account).first()


def readers_of_the_digest() -> QuerySet[Account]:
    """Open accounts with an address and an hour, who lead or decide: those whom the daily letter is for."""
    rows = Account._base_manager.filter(is_active=True, roles__role__in=_LEADING).exclude(email="")
    return rows.exclude(digest_hour="").distinct().order_by("pk")
