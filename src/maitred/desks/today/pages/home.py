"""The list on the start page: at most seven findings in the order of their harm, what is folded, what was checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.desks.today import wording
from maitred.desks.today.pages import evidence
from maitred.desks.today.precision import Precision
from maitred.desks.today.verbs.listing import Detectors
from maitred.desks.today.verbs.shapes import DetectorShown, FindingShown, TodayShown
from maitred.insight.detectors.finding import ROUTINE
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import acts, words
from maitred.kit.reading import reading
from maitred.kit.verbs import run

OPEN_TICKETS = "open_tickets"
SINCE = " since "
"""A title that says when it began."""


def card(request: HttpRequest) -> Mapping[str, Any] | None:
    """The list for whoever looks; None before the first look."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        shown: TodayShown = run("today.list", actor, {})
        known: Detectors = run("today.detectors", actor, {})
    except MaitredError:
        return None
    zone = organisation_zone()
    may = decides(actor)
    rows = [row(actor, one, shown, zone, may) for one in shown.findings]
    first_look = all(one.new for one in (*shown.findings, *shown.folded))
    series = len(shown.checked)
    return {
        "leads": True,
        "head": "today/head.html",
        "finding": wording.heading(len(rows), shown.learning, shown.stale, series),
        "state": "stale" if shown.stale else "" if rows else "empty",
        "rows": rows,
        "tell_new": not first_look,
        "folded": [folded(one, shown, zone) for one in shown.folded],
        "order": [order(one) for one in shown.findings],
        "rights": [(one, right(one)) for one in known.detectors],
        "quiet": quiet(shown, bool(rows), zone),
        "notes": shown.notes,
        "may": may,
        "says": actor.account is not None and reach(actor, Right.COMMITMENTS_WRITE) is not Reach.NONE,
        "reasons": wording.REASONS.items(),
        "learning": shown.learning,
    }  # fmt: skip


def row(actor: Actor, one: FindingShown, shown: TodayShown, zone: ZoneInfo, may: bool) -> dict[str, Any]:
    """One finding as the list shows it."""
    link = evidence.drill(one, shown.as_of, zone, shown.publication)
    own = one.person is not None and one.person == actor.person
    first = next(iter(one.actions), None)
    page = reverse("today_finding", args=[one.id])
    return {
        "one": one,
        "href": page,
        "family": wording.family(one.family),
        "effect": wording.effect(one.effect, one.n),
        "since": "" if SINCE in one.title else wording.since(one.since),
        "cause": "" if one.family in ROUTINE else wording.cause(one.cause),
        "harm": wording.harm(one.harm),
        "seen_by": wording.seen_by(str(one.subject.get("name") or ""), own) if one.person is not None else "",
        "marks": evidence.marks(one, link),
        "drill": link,
        "count": words.count(int(one.evidence.get("count") or one.n)),
        "act": first if first and may and not own else None,
        "act_href": act_href(one, str(first["id"]), link) if first else "",
        "may": may and not own,
    }


def act_href(one: FindingShown, action: str, link: str) -> str:
    """Where an action begins: its desk's form, else its preview, or the tickets themselves where it is to open them."""
    if action == OPEN_TICKETS:
        return link
    page = reverse("today_finding", args=[one.id])
    return acts.href(action, one.id, one.person) or f"{page}?act={action}#act"


def folded(one: FindingShown, shown: TodayShown, zone: ZoneInfo) -> dict[str, Any]:
    """A finding that is not on the list, and why."""
    return {
        "one": one,
        "href": reverse("today_finding", args=[one.id]),
        "family": wording.family(one.family),
        "why": wording.why_folded(one.why, one.told, one.until if one.why in ("snoozed", "assigned") else None, zone),
        "marks": evidence.marks(one, evidence.drill(one, shown.as_of, zone, shown.publication)),
    }


def order(one: FindingShown) -> dict[str, Any]:
    """The numbers by which a finding has its place."""
    value = float(one.harm.get("value") or 0.0)
    parts: Mapping[str, Any] = one.harm.get("parts") or {}
    return {
        "place": one.place,
        "title": one.title,
        "harm": words.number(value, 1),
        "waiting": words.number(float(parts.get("waiting") or 0.0), 1),
        "revenue": words.number(float(parts.get("revenue") or 0.0), 1),
        "confidence": words.share(one.confidence, 0),
        "score": words.number(value * one.confidence, 1),
        "good": one.good,
    }


def quiet(shown: TodayShown, other: bool, zone: ZoneInfo) -> str:
    """What was looked at where nothing came of it."""
    moment = words.moment(shown.as_of, zone)
    told = {"n": words.count(len(shown.checked)), "moment": moment}
    if not shown.checked:
        return _("No series was checked as of %(moment)s.") % told
    if other:
        said = ngettext(
            "Nothing else needs you: %(n)s series checked as of %(moment)s.",
            "Nothing else needs you: %(n)s series checked as of %(moment)s.",
            len(shown.checked),
        )
    else:
        said = ngettext("%(n)s series was checked as of %(moment)s, and none of them needs you.",
                        "%(n)s series were checked as of %(moment)s, and none of them needs you.",
                        len(shown.checked))  # fmt: skip
    return said % told


def decides(actor: Actor) -> bool:
    """Whether an actor decides about findings: those who lead do."""
    return actor.account is not None and reach(actor, Right.COMMITMENTS_WRITE) >= Reach.SUBTREE


def organisation_zone() -> ZoneInfo:
    """The zone in which instants are told."""
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")


def right(one: DetectorShown) -> str:
    """How often a detector was right, in words."""
    said = Precision(one.detector, one.right, one.n, one.precision, one.low, one.high)
    return wording.right(said, (one.planted_right or 0, one.planted_n) if one.planted_n else None)
