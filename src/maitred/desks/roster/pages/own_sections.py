"""The roster's own sections of the page of a person: load, speed, targets, satisfaction, skills, roster and leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maitred.desks.roster.figures import MEASURES
from maitred.desks.roster.pages import wording
from maitred.desks.roster.shapes import PersonPage
from maitred.kit.access.rights import Right
from maitred.kit.pages import words
from maitred.kit.pages.person import Section, Subject, register

FIGURES = "roster/sections/figures.html"


def register_own() -> None:
    """Put the roster's sections on the page."""

    def section(name: str, place: int, title: Any, template: str, make: Any) -> Section:
        return Section(name, place, title, template, make, Right.ROSTER_READ)

    register(
        section("load", 10, gettext_lazy("Load"), "roster/sections/load.html", _load),
        section("speed", 20, gettext_lazy("Speed"), FIGURES, _figures("speed")),
        section("targets", 30, gettext_lazy("Targets and lasting solutions"), FIGURES, _figures("targets")),
        section("satisfaction", 50, gettext_lazy("Satisfaction"), "roster/sections/satisfaction.html", _satisfaction),
        section("skills", 60, gettext_lazy("Skills"), "roster/sections/skills.html", _skills),
        section("roster", 90, gettext_lazy("Roster and leave"), "roster/sections/roster.html", _roster),
    )


def page_of(request: HttpRequest) -> PersonPage:
    """What the roster knows about the person, asked once by the view."""
    found: PersonPage = request.roster_page  # type: ignore[attr-defined]
    return found


def _forms(request: HttpRequest, *names: str) -> list[Any]:
    known: Mapping[str, Any] = request.roster_forms  # type: ignore[attr-defined]
    return [known[name] for name in names if name in known]


def _load(request: HttpRequest, subject: Subject) -> Mapping[str, Any]:
    one = page_of(request).load
    return {"figure": wording.load(one, _("Expected work of open tickets")), "busy": wording.busy(one),
            "how": wording.how(one), "shared": page_of(request).shared, "linked": page_of(request).linked,
            "drill": one.drill if one else ""}  # fmt: skip


def _figures(section: str) -> Any:
    names = {one.name for one in MEASURES.values() if one.section == section}

    def made(request: HttpRequest, subject: Subject) -> Mapping[str, Any] | None:
        return {"tiles": _tiles(page_of(request), names)}

    return made


def _tiles(page: PersonPage, names: set[str]) -> list[Any]:
    return [wording.figure(one) for one in page.figures if one.measure in names]


def _satisfaction(request: HttpRequest, subject: Subject) -> Mapping[str, Any]:
    page = page_of(request)
    one = page.satisfaction
    told = ""
    if one is not None:
        told = _("Channel and priority made alike, drawn towards everybody's: %(value)s (%(between)s, %(n)s).") % {
            "value": words.value(one.value, "share", one.low, one.high),
            "between": words.interval(one.low, one.high, "share"), "n": words.n(one.n),
        }  # fmt: skip
    return {"tiles": _tiles(page, {"satisfaction"}), "shrunken": told}


def _skills(request: HttpRequest, subject: Subject) -> Mapping[str, Any]:
    drops = {one.hidden["skill"]: one for one in _forms(request, *_named(request, "drop-"))}
    rows = [
        {"name": one.name, "level": wording.LEVELS[one.level], "evidence": wording.EVIDENCE[one.evidence],
         "reference": one.reference, "age": wording.age(one.days), "drop": drops.get(str(one.id))}
        for one in page_of(request).skills
    ]  # fmt: skip
    return {"rows": rows, "forms": _forms(request, "skill")}


def _roster(request: HttpRequest, subject: Subject) -> Mapping[str, Any]:
    page = page_of(request)
    removes = {one.hidden["leave"]: one for one in _forms(request, *_named(request, "remove-"))}
    leave = [
        {"days": wording.days(one.first, one.last), "kind": wording.KINDS.get(str(one.kind), "") if one.kind else "",
         "remove": removes.get(str(one.id))}
        for one in page.leave
    ]  # fmt: skip
    return {
        "places": [{"one": one, "percent": "" if one.percent == 100 else words.share(one.percent / 100, 0)}
                   for one in page.places],
        "weeks": [{"one": one, "days": _week(one.minutes), "total": wording.hours(60.0 * sum(one.minutes))}
                  for one in page.working],
        "leave": leave, "forms": _forms(request, "hours", "leave", "place", "shared"),
        "shared": page.shared,
    }  # fmt: skip


def _week(minutes: Sequence[int]) -> str:
    """The days of a week with their hours."""
    return " · ".join(
        f"{wording.WEEKDAYS[day]} {wording.hours(60.0 * many)}" for day, many in enumerate(minutes) if many
    )


def _named(request: HttpRequest, begin: str) -> list[str]:
    known: Mapping[str, Any] = request.roster_forms  # type: ignore[attr-defined]
    return [name for name in known if name.startswith(begin)]
