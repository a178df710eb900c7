"""Automatic checks: rules as data, and whether they agree with people well enough to be believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import Field

from maitred.base import clock
from maitred.base.errors import Invalid
from maitred.desks.quality import access, checking
from maitred.desks.quality.models import Check
from maitred.desks.quality.verbs.shapes import CheckId, Checks, CheckShown, Kappa, Key, Name
from maitred.insight import kappas
from maitred.insight.kappas import Agreed
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question

Rule = Annotated[dict[str, Any], Field(max_length=5)]
_MOST = 100
_CLOCK = {"clock": "frt", "mode": "business_all", "seconds": 3600}


@question(needs=Right.QUALITY_READ, example={})
def checks(actor: Actor) -> Checks:
    """List automatic checks: how far each agrees with people, beside how far people agree with each other.

    They are looked at on the tickets of closed calibrations, on the item with the same key. None is part of a score.
    """
    return Checks(tuple(shown(one) for one in access.visible_checks(actor)))


@action(
    needs=Right.QUALITY_LEAD,
    example={"key": "fast_reply", "title": "First reply within an hour", "kind": "clock", "rule": _CLOCK},
)
def add_check(
    actor: Actor, key: Key, title: Name, kind: Literal["clock", "pattern", "behaviour"], rule: Rule
) -> CheckShown:
    """Add an automatic check of the item with this key.

    Parameters
    ----------
    rule
        For ``clock``: ``clock``, ``mode`` and ``seconds``. For ``pattern``: ``pattern`` (a regular expression) and
        ``first`` (only the first reply). For ``behaviour``: ``behaviour``, one of names_feeling, restates_problem,
        apologises_once, owns_next_step, gives_time and asks_open_question; its words are quoted.
    """
    checking.refuse_unsound(kind, rule)
    rows = access.visible_checks(actor)
    if rows.filter(key=key).exists():
        what = f"there is a check {key} already"
        raise Invalid(what, "change that one", ({"field": "key", "message": what, "code": "double"},))
    if rows.count() >= _MOST:
        raise Invalid(f"there are {_MOST} checks already", "change one of them")
    return shown(deeds.create(Check, key=key, title=title, kind=kind, rule=rule))


@action(needs=Right.QUALITY_LEAD, example={"check": 1, "version": 1, "enabled": False})
def change_check(
    actor: Actor,
    check: CheckId,
    version: Version,
    title: Name | None = None,
    rule: Rule | None = None,
    enabled: bool | None = None,
) -> CheckShown:
    """Change an automatic check; what its rule answered before counts no more: it is verified anew."""
    row = access.access_check(actor, check)
    if rule is not None:
        checking.refuse_unsound(row.kind, rule)
    given = {"title": title, "rule": rule, "enabled": enabled}
    return shown(deeds.change(row, version, **{name: one for name, one in given.items() if one is not None}))


def shown(row: Check) -> CheckShown:
    """A check beside the people."""
    answers = access.answers_of(row)
    machine = {(one.source_id, one.ticket_id): one.answer for one in answers}
    people, newest = _people(row.key)
    double = {key: said for key, said in people.items() if len(said) > 1}
    ordered = sorted(double, key=lambda key: (newest[key], key))
    pairs = [[(machine[key], one) for one in double[key]] for key in ordered if key in machine]
    beside = kappas.kappa(pairs)
    alike = kappas.kappa([[*combinations(double[key], 2)] for key in ordered], alike=True)
    latest = max((newest[key] for key in double), default=None)
    half = len(pairs) // 2
    drifted = kappas.dropped(pairs[:half], pairs[half:])
    standing = kappas.standing(beside, alike, latest, clock.now(), drifted=drifted)
    told = [one.answer for one in answers if one.answer != "na"]
    share = told.count("yes") / len(told) if told else None
    return CheckShown(
        row.pk, row.key, row.title, row.kind, row.rule, row.enabled, len(answers), share, _kappa(beside), _kappa(alike),
        len(double), latest, "verified" if standing.verified else "unverified", standing.why, row.version,
    )  # fmt: skip


def _people(key: str) -> tuple[Mapping[tuple[str, str], list[str]], dict[tuple[str, str], datetime]]:
    """What people answered to an item, by ticket, and when the last of them did."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    newest: dict[tuple[str, str], datetime] = {}
    for one in access.double_scored(key):
        value = one.answers[key].get("value")
        if isinstance(value, str) and one.submitted_at is not None:
            found[one.source_id, one.ticket_id].append(value)
            newest[one.source_id, one.ticket_id] = one.submitted_at
    return found, newest


def _kappa(found: Agreed) -> Kappa:
    return Kappa(found.value, found.low, found.high, found.n)
