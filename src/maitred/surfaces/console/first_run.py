"""The way to the first report: each step with a proof that it worked, and how to take it where it did not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.kit.access.actor import Actor, Role
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.reading import Reading, reading
from maitred.people import access


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is for, its proof where it is done, what to do where it is not."""

    title: str
    done: bool
    proof: str
    advice: str
    command: str = ""
    href: str = ""
    label: str = ""
    needs: Right | None = None
    """What one needs in order to follow the link."""


def published() -> bool:
    """Whether there is anything to read."""
    try:
        with reading():
            return True
    except MaitredError:
        return False


def context(actor: Actor) -> dict[str, Any]:
    """What the page of the steps needs."""
    found = [_for(actor, one) for one in steps()]
    ready = all(one.done for one in found)
    return {
        "page": Frame("today", "ok" if ready else "first-run"),
        "title": _("Everything is set up") if ready else _("A few steps to the first report"),
        "nav_name": _("Today"),
        "steps": found,
        "may": bool({Role.ADMIN, Role.MANAGER} & {*actor.roles}) or actor.operator,
    }


def open_steps(actor: Actor) -> list[Step]:
    """What is still to be set up, for those who can do it."""
    if not {Role.ADMIN, Role.MANAGER} & {*actor.roles}:
        return []
    return [_for(actor, one) for one in steps() if not one.done]


def _for(actor: Actor, one: Step) -> Step:
    """The step as an actor sees it: without a link that they may not follow."""
    shut = one.needs is not None and reach(actor, one.needs) is Reach.NONE
    return replace(one, href="", label="") if shut else one


def steps() -> list[Step]:
    """The steps in order."""
    try:
        with reading() as found:
            return found.memory.remembered(("first run", _people_now()), lambda: _all(found))
    except MaitredError:
        return [_records(None), _hours(None), _targets(None), _people(None), _report(None)]


def _all(found: Reading) -> list[Step]:
    return [_records(found), _hours(found), _targets(found), _people(found), _report(found)]


def _people_now() -> tuple[int, int]:
    return len(access.linked_teams()), access.known_identities()


def _records(found: Reading | None) -> Step:
    title = _("Bring in tickets")
    if found is None:
        href = _address("helpdesks")
        advice = _("Import a folder of exports, or look at the demonstration first.")
        if href:
            advice = _("Connect your helpdesk, import a folder of exports, or look at the demonstration first.")
        return Step(title, False, "", advice, "maitred import zendesk DIR", href,
                    _("Connect a helpdesk") if href else "", Right.OPERATION_READ)  # fmt: skip
    tickets = sum(one["tickets"] for one in found.publication.sources.values())
    told = {
        "tickets": words.count(tickets),
        "age": _age(found),
        "sources": ", ".join(sorted(found.publication.sources)),
    }
    return Step(title, True, _("%(tickets)s tickets from %(sources)s, the newest %(age)s old") % told, "")


def _age(found: Reading) -> str:
    return words.duration(max(0.0, (clock.now() - found.as_of).total_seconds()))


def _hours(found: Reading | None) -> Step:
    title = _("Working hours and holidays")
    advice = _("Schedules come with the import. Without them durations are told in calendar hours.")
    schedules = found.publication.rows.get("schedules", 0) if found else 0
    if not found or not schedules:
        return Step(title, False, "", advice)
    told = ngettext("%(n)s schedule", "%(n)s schedules", schedules) % {"n": schedules}
    closed = _next_closed(found)
    after = _("next closed day: %(day)s") % {"day": words.day(closed)} if closed else _("no holiday is entered")
    return Step(title, True, f"{told}, {after}", "")


def _next_closed(found: Reading) -> date | None:
    if "schedule_holidays" not in found.publication.tables:
        return None
    rows = found.ask.workspace.store.scan(
        "schedule_holidays", found.publication.tables["schedule_holidays"], ["start_date", "end_date"]
    ).to_pylist()
    today = found.as_of.date()
    days = [
        day
        for row in rows
        for day in _days_of(row)
        if day >= today
    ]  # fmt: skip
    return min(days, default=None)


def _days_of(row: dict[str, Any]) -> list[date]:
    first, last = row["start_date"], row["end_date"]
    if not isinstance(first, date) or not isinstance(last, date):
        return []
    return [first + timedelta(days=step) for step in range(min((last - first).days, 30) + 1)]


def _targets(found: Reading | None) -> Step:
    title = _("Targets")
    advice = _("Targets come with the helpdesk's policies. Without them speed is shown, but nothing is late.")
    rows = found.publication.rows.get("sla_facts", 0) if found else 0
    if not rows:
        return Step(title, False, "", advice)
    return Step(title, True, _("%(n)s targets judged") % {"n": words.count(rows)}, "")


def _people(found: Reading | None) -> Step:
    title = _("Teams and people")
    linked, known = _people_now()
    advice = _("Make teams and link each to its helpdesk group, so that leads see their own.")
    href, label = _members()
    if not linked:
        return Step(title, False, "", advice, href=href, label=label, needs=Right.MEMBERS_READ)
    groups = found.publication.rows.get("groups", 0) if found else 0
    told = {"teams": linked, "people": known, "open": max(0, groups - linked)}
    proof = _("%(teams)s teams linked, %(people)s people known") % told
    if told["open"]:
        proof += ", " + _("%(open)s groups without a team") % told
    return Step(title, True, proof, "", href=href, label=label, needs=Right.MEMBERS_READ)


def _members() -> tuple[str, str]:
    href = _address("members")
    return (href, _("Members")) if href else ("", "")


def _address(name: str) -> str:
    """The address of a page; empty where its desk is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _report(found: Reading | None) -> Step:
    title = _("First report")
    href = _address("service_levels")
    if found is None:
        return Step(title, False, "", _("It is there as soon as tickets are."))
    return Step(title, True, _("publication %(n)s") % {"n": found.publication.number}, "", href=href,
                label=_("Open Speed & SLA") if href else "")  # fmt: skip
