"""The page of one finding: what moved, since when, why as far as it is known, its tickets, what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.today import wording
from maitred.desks.today.pages import drawing, evidence, home
from maitred.desks.today.verbs import acting
from maitred.desks.today.verbs.shapes import FindingShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.reading import reading
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register

CHANGED = "service_levels.what_changed"
_CUTS = {"group": "channel", "channel": "group", "assignee": "channel"}
_MOST_PARTS = 4
_USUAL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Moment:
    """The publication that a page tells about."""

    as_of: Any
    zone: ZoneInfo
    number: int
    sources: list[str]


@require_safe
def shown(request: HttpRequest, finding: str) -> HttpResponse:
    """One finding with its evidence; with ``act`` in the address also what that action would do."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    one: FindingShown = run("today.finding", actor, {"finding": finding})
    moment = _moment()
    link = evidence.drill(one, moment.as_of, moment.zone, moment.number)
    own = one.person is not None and one.person == actor.person
    may = home.decides(actor) and not own
    sees_rows = reach(actor, Right.TICKETS_READ) is not Reach.NONE
    context: dict[str, Any] = {
        "page": Frame("today", publication=moment.number or None, facts=_facts(one, moment)),
        "title": one.title, "nav_name": _("Today"), "one": one, "family": wording.family(one.family),
        "subject": wording.SUBJECTS.get(str(one.subject.get("type")), ""), "own": own,
        "effect": wording.effect(one.effect, one.n), "since": wording.since(one.since),
        "cause": wording.cause(one.cause), "cause_kind": wording.CAUSES.get(str(one.cause.get("kind")), ""),
        "harm": wording.harm(one.harm), "order": home.order(one),
        "seen_by": wording.seen_by(str(one.subject.get("name") or ""), own) if one.person is not None else "",
        "marks": evidence.marks(one, link), "drill": "" if "#" in link or not sees_rows else link,
        "count": words.count(int(one.evidence.get("count") or one.n)),
        "tickets": evidence.tickets(one, moment.sources) if sees_rows else [],
        "related": _titles(one.evidence["related"]), "chart": drawing.slot(actor, one),
        "drivers": _drivers(actor, one, moment),
        "alike": [_past(each) for each in run("today.alike", actor, {"finding": finding}).findings],
        "right": _right(actor, one.detector), "may": may,
        "says": actor.account is not None and reach(actor, Right.COMMITMENTS_WRITE) is not Reach.NONE,
        "actions": [(each, home.act_href(one, str(each["id"]), link)) for each in one.actions] if may else (),
        "first_href": home.act_href(one, str(one.actions[0]["id"]), link) if one.actions else "",
        "reasons": wording.REASONS.items(),
        "state": _state(one, moment.zone), "people": acting.people(actor) if may else (), "me": actor.person,
        "due": (clock.now().astimezone(moment.zone).date() + timedelta(days=_USUAL_DAYS)).isoformat(),
        "preview": _preview(request, actor, one) if may else None,
    }  # fmt: skip
    return render(request, "today/finding.html", context)


def _moment() -> Moment:
    try:
        with reading() as found:
            number, sources = found.publication.number, sorted(found.publication.sources)
            return Moment(found.as_of, found.zone, number, sources)
    except MaitredError:
        return Moment(clock.now(), ZoneInfo("UTC"), 0, [])


def _facts(one: FindingShown, moment: Moment) -> list[str]:
    kind = str(wording.SUBJECTS.get(str(one.subject.get("type")), ""))
    name = str(one.subject.get("name") or "")
    as_of = _("as of %(moment)s %(zone)s") % {
        "moment": words.moment(moment.as_of, moment.zone), "zone": moment.zone.key,
    }  # fmt: skip
    return [wording.family(one.family), f"{kind}: {name}" if name and kind else kind or name, wording.since(one.since),
            as_of]  # fmt: skip


def _preview(request: HttpRequest, actor: Actor, one: FindingShown) -> dict[str, Any] | None:
    """What the action of the address would do; None where none is named or the finding does not offer it."""
    action = request.GET.get("act", "")
    if not action or all(str(each["id"]) != action for each in one.actions):
        return None
    task = run("today.act_preview", actor, {"finding": one.id, "action": action})
    label = next(str(each.get("label") or action) for each in one.actions if str(each["id"]) == action)
    return {"action": action, "label": label, "what": task.what}


def _drivers(actor: Actor, one: FindingShown, moment: Moment) -> list[dict[str, str]]:
    """What the change is made of, the largest parts first; empty where that cannot be told."""
    if CHANGED not in register() or not evidence.can_be_cut(one) or not moment.number:
        return []
    today = moment.as_of.astimezone(moment.zone).date()
    first = max(one.since, today - timedelta(days=60))
    if (today - first).days < 1:
        return []
    by = next((other for name, other in _CUTS.items() if name in evidence.where(one)), "group")
    given = {
        "metric": one.metric, "by": by, "start": first.isoformat(), "end": (today - timedelta(days=1)).isoformat(),
        "where": evidence.asked(one), "zone": moment.zone.key, "compare": _before(first, today),
    }  # fmt: skip
    try:
        found = run(CHANGED, actor, given)
    except MaitredError:
        return []
    parts = sorted((each for each in found.parts if not each.other), key=lambda each: -abs(each.total))
    unit = {"share": "share", "share_slower": "share", "count": "count"}.get(found.measure, "points")
    return [
        {"name": str(each.name or each.category or _("none")),
         "total": words.difference(each.total, unit, each.total_low, each.total_high),
         "between": words.interval(each.total_low, each.total_high, unit, signed=True), "n": words.n(each.n_now)}
        for each in parts[:_MOST_PARTS]
    ]  # fmt: skip


def _before(first: date, today: date) -> str:
    """The same weekdays in the four weeks before the onset, as long as the time since."""
    days = max(7, (today - first).days)
    return f"{first - timedelta(days=days)}..{first - timedelta(days=1)}"


def _titles(joined: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was joined to it, in words."""
    return [str(each["title"]) for each in joined if each.get("title")]


def _past(one: FindingShown) -> dict[str, Any]:
    return {"one": one, "href": reverse("today_finding", args=[one.id]), "since": words.day(one.since),
            "state": wording.STATES.get(one.state, one.state), "effect": wording.effect(one.effect)}  # fmt: skip


def _right(actor: Actor, detector: str) -> str:
    known = run("today.detectors", actor, {}).detectors
    return next((home.right(one) for one in known if one.detector == detector), wording.right(None))


def _state(one: FindingShown, zone: ZoneInfo) -> str:
    """What was decided about it; empty while it is open."""
    if one.state == "open":
        return ""
    said = str(wording.STATES.get(one.state, one.state))
    if one.until is None:
        return said
    return _("%(what)s until %(moment)s") % {"what": said, "moment": words.moment(one.until, zone)}


shown.verb = "today.finding"  # type: ignore[attr-defined]
