"""The forms on the page of a person: which there are for whom, what they send to which verb, and the word of thanks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from maitred.base.errors import UsageError
from maitred.desks.roster import access, assembling
from maitred.desks.roster.hours import WEEKDAYS
from maitred.desks.roster.pages import forms, wording
from maitred.desks.roster.pages.forms import Field, Form, Option, Refused
from maitred.desks.roster.shapes import PersonPage, WorkingTimeShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.verbs import run


def forms_of(actor: Actor, page: PersonPage) -> dict[str, Form]:
    """The forms that this reader may send for this person; none for somebody who has left."""
    how = reach(actor, Right.ROSTER_WRITE)
    if how is Reach.NONE or page.left_on is not None:
        return {}
    found = {"skill": _skill(page), "hours": _hours(page), "leave": _leave(page)}
    found |= {
        f"drop-{one.id}": Form(
            "drop",
            _("End"),
            hidden={"skill": str(one.id), "version": str(one.version)},
            title=_("End the skill %(name)s") % {"name": one.name},
            look="quiet",
        )
        for one in page.skills
    }
    found |= {
        f"remove-{one.id}": Form("remove", _("Remove"), hidden={"leave": str(one.id), "version": str(one.version)},
                                 title=_("Remove the leave %(days)s") % {"days": wording.days(one.first, one.last)},
                                 look="quiet")
        for one in page.leave
    }  # fmt: skip
    if how >= Reach.SUBTREE and not page.own:
        found |= {"place": _place(actor, page), "shared": _shared(page)}
    return found


def done(request: HttpRequest, person: int) -> Refused | None:
    """Call the verb of the form that was sent.

    Raises
    ------
    UsageError
        The page has no such form.
    """
    do = request.POST.get("do", "")
    given: dict[str, Any] = {"person": person}
    if do == "skill":
        given |= forms.filled(request, "name", "level", "evidence", "reference", "seen_on")
        return forms.attempt(request, "roster.set_skill", given)
    if do == "hours":
        return _sent_hours(request, given)
    if do == "leave":
        return forms.attempt(request, "roster.add_leave", given | forms.filled(request, "first", "last", "kind"))
    if do == "place":
        words = request.POST.get("teams", "").replace(",", " ").replace("%", "").split()
        chosen = forms.filled(request, "team").get("team")
        return forms.attempt(request, "roster.place", given | {"teams": words or ([chosen] if chosen else [])})
    if do == "shared":
        on = request.POST.get("shared") == "on"
        return forms.attempt(request, "roster.mark_shared", given | {"shared": on, "why": request.POST.get("why", "")})
    if do == "drop":
        return forms.attempt(request, "roster.drop_skill", forms.filled(request, "skill", "version"))
    if do == "remove":
        return forms.attempt(request, "roster.remove_leave", forms.filled(request, "leave", "version"))
    raise UsageError(_("this page has no such form"), _("go back, load the page again and repeat"))


def said(request: HttpRequest) -> str:
    """What the page says when it was done."""
    told = {
        "skill": _("The skill is on the roster."), "hours": _("The working time is saved; what held before is kept."),
        "leave": _("The leave is entered. Others see that, and not why."), "place": _("The teams are saved."),
        "shared": _("Saved."), "drop": _("The skill is ended."), "remove": _("The leave is removed."),
    }  # fmt: skip
    return told[request.POST.get("do", "")]


def _sent_hours(request: HttpRequest, given: dict[str, Any]) -> Refused | None:
    """Hours by day become minutes; what is no number is told beside its day."""
    minutes, errors = [], {}
    for day in WEEKDAYS:
        word = request.POST.get(day, "").strip().replace(",", ".") or "0"
        try:
            minutes.append(round(float(word) * 60))
        except (ValueError, OverflowError):
            errors[day] = [_("Write hours as a number, such as 7.5.")]
    if errors:
        return Refused("hours", 422, _("Please mend what is marked."), errors)
    return forms.attempt(
        request, "roster.set_working_time", given | {"minutes": minutes} | forms.filled(request, "zone", "valid_from")
    )


def _skill(page: PersonPage) -> Form:
    kinds = {"own_word": wording.EVIDENCE["own_word"]} if page.own else {
        name: word for name, word in wording.EVIDENCE.items() if name != "own_word"
    }  # fmt: skip
    return Form(
        "skill", _("Save the skill"),
        (
            Field("name", _("Skill"), required=True, suggested=access.skill_names()),
            Field("level", _("Level"), "select", options=[
                Option(str(level), str(word), chosen=level == 2) for level, word in wording.LEVELS.items()]),
            Field("evidence", _("What shows it"), "select",
                  options=[Option(name, str(word)) for name, word in kinds.items()]),
            Field("reference", _("Where it can be looked up"), optional=True),
            Field("seen_on", _("Seen on"), "date", optional=True, help=_("Today unless given.")),
        ),
        title=_("Add or renew a skill"), wide=True,
    )  # fmt: skip


def _hours(page: PersonPage) -> Form:
    there: WorkingTimeShown | None = page.working[0] if page.working else None
    minutes = there.minutes if there else (480,) * 5 + (0, 0)
    fields = [
        Field(day, str(wording.WEEKDAYS[number]), "text", f"{minutes[number] / 60:g}")
        for number, day in enumerate(WEEKDAYS)
    ]
    return Form(
        "hours", _("Save the working time"),
        (*fields, Field("zone", _("Time zone"), value=there.zone if there else page.time_zone, required=True),
         Field("valid_from", _("From"), "date", assembling.today().isoformat())),
        title=_("Working time"), lead=_("Hours of each weekday; 0 for a free day."), wide=True,
    )  # fmt: skip


def _leave(page: PersonPage) -> Form:
    return Form(
        "leave", _("Enter the leave"),
        (
            Field("first", _("First day"), "date", required=True), Field("last", _("Last day"), "date", required=True),
            Field("kind", _("Kind"), "select",
                  options=[Option(name, str(word)) for name, word in wording.KINDS.items()],
                  help=_("Only the person and their lead see it.")),
        ),
        title=_("Enter leave"), wide=True,
    )  # fmt: skip


def _place(actor: Actor, page: PersonPage) -> Form:
    teams = run("roster.teams", actor, {}).teams
    here = {one.team for one in page.places if one.until is None}
    return Form(
        "place", _("Save the teams"),
        (
            Field("team", _("Team"), "select",
                  options=[Option(str(one.team), f"{one.name} ({one.team})", chosen=one.team in here)
                           for one in teams]),
            Field("teams", _("Or parts of several teams"), optional=True,
                  help=_("Number of the team and per cent, such as 3=60 4=40; together 100.")),
        ),
        title=_("Change teams"),
    )  # fmt: skip


def _shared(page: PersonPage) -> Form:
    return Form(
        "shared", _("Save"),
        (Field("shared", _("Several people use this helpdesk user"), "check", "on" if page.shared else "",
               help=_("Then nothing that it does is told as one person's work.")),
         Field("why", _("What makes you think so"), value=page.shared)),
        title=_("Shared account"),
    )  # fmt: skip
