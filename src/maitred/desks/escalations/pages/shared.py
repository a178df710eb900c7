"""What the pages share: the reader, refusals, the zone, the tabs, instants of forms, people to choose from."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.desks.escalations.pages import wording
from maitred.desks.escalations.shapes import CaseListed, Foreseen
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.pages.fields import Option
from maitred.kit.reading import reading
from maitred.kit.verbs import run

REFUSALS = (Conflict, Denied, Invalid, NotFound)
EVENING = time(17, 0)
TABS: list[tuple[str, str | Promise, bool]] = [
    ("escalations", _("Board"), False),
    ("escalations_on_call", _("On call"), False),
    ("escalations_month", _("What was learned"), False),
    ("escalations_guides", _("Guides"), False),
    ("escalations_watching", _("What is foreseen"), True),
]
"""Address, name, and whether it is for those who lead alone."""


def actor_of(request: HttpRequest) -> Actor:
    """Who reads."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def leads(actor: Actor) -> bool:
    """Whether an actor writes the rota, the rules and the templates."""
    return reach(actor, Right.ESCALATIONS_LEAD) is not Reach.NONE


def tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of the desk for a reader."""
    leading = leads(actor)
    return [{"href": reverse(name), "label": label, "here": name == here}
            for name, label, lead in TABS if leading or not lead]  # fmt: skip


def zone() -> ZoneInfo:
    """The organisation's zone; UTC before anything was published."""
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")


def instant(text: str, where: ZoneInfo) -> str:
    """A field of day and time, or of a day (then its evening), as an instant; what is neither goes on as it is."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    if read.tzinfo is None:
        read = read.replace(tzinfo=where) if "T" in text else datetime.combine(read.date(), EVENING, where)
    return clock.iso(read)


def field_time(moment: datetime, where: ZoneInfo) -> str:
    """An instant as a field of day and time has it."""
    return moment.astimezone(where).strftime("%Y-%m-%dT%H:%M")


def tomorrow(where: ZoneInfo) -> str:
    """Tomorrow at five, as a field has it."""
    day = clock.now().astimezone(where).date() + timedelta(days=1)
    return field_time(datetime.combine(day, EVENING, where), where)


def moment(at: datetime, where: ZoneInfo) -> str:
    """An instant for readers."""
    return words.weekday_moment(at, where)


def people(actor: Actor, chosen: str = "", nobody: str | Promise = "") -> list[Option]:
    """Colleagues to choose from, by name."""
    found = [Option("", nobody)] if nobody else []
    rows = run("escalations.people", actor, {}).people
    return [*found, *(Option(str(one.id), one.name, chosen=str(one.id) == chosen) for one in rows)]


def options(told: wording.Told, chosen: str = "") -> list[Option]:
    """Words as choices."""
    return [Option(name, label, chosen=name == chosen) for name, label in told.items()]


def row(one: CaseListed, where: ZoneInfo) -> dict[str, Any]:
    """A case in a list."""
    left = one.left_s
    return {
        "one": one, "href": reverse("escalations_case", args=[one.id]), "severity": wording.SEVERITIES[one.severity],
        "look": wording.LOOKS[one.severity], "kind": wording.KINDS[one.kind], "by": wording.DECLARED[one.declared_by],
        "state": wording.STATES[one.state], "late": left is not None and left <= 0,
        "left": words.duration(abs(left)) if left is not None else "",
        "promise": moment(one.next_promise, where) if one.next_promise else "",
        "broken": bool(one.late_promises), "raised": moment(one.raised_at, where),
        "resolved": words.day(one.resolved_at.astimezone(where).date()) if one.resolved_at else "",
        "cause": wording.CAUSES.get(one.cause, ""), "outcome": wording.OUTCOMES.get(one.outcome, ""),
    }  # fmt: skip


def alert_row(one: Foreseen, where: ZoneInfo) -> dict[str, Any]:
    """A foreseen ticket in a list."""
    return {
        "one": one, "chance": words.share(one.probability, 0) if one.probability is not None else "",
        "rule": wording.ALERT_RULES[one.rule], "reasons": [wording.REASONS.get(each, each) for each in one.reasons],
        "at": moment(one.at, where), "state": wording.ALERTS[one.state],
        "until": moment(one.until, where) if one.until else "", "href": ticket_page(one.source, one.ticket),
    }  # fmt: skip


def ticket_page(source: str, ticket: str) -> str:
    """The page of a ticket, where the desk that has it is there."""

    try:
        return reverse("ticket", args=[source, ticket])
    except NoReverseMatch:
        return ""
