"""The pages of a team, of a bot, and of people beside each other."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maitred.base.errors import Invalid
from maitred.desks.roster.pages import drawings, wording
from maitred.desks.roster.pages.forms import Field, Form, Option
from maitred.desks.roster.pages.home import facts, row
from maitred.desks.roster.pages.person import made
from maitred.desks.roster.shapes import BotPage, Comparing, TeamPage
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.pages.person import Subject
from maitred.kit.verbs import run

USUAL = "durable"
COMPARED = ("satisfaction", "durable", "targets", "first_reply", "resolution")


@require_safe
def team(request: HttpRequest, team: int) -> HttpResponse:
    """A team: figures, load, people as far as the reader may see them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown: TeamPage = run("roster.team", actor, {"team": team})
    names = {one.team: one.name for one in run("roster.teams", actor, {}).teams}
    days = [one.isoformat() if one else "" for one in (shown.start, shown.end)]
    context: dict[str, Any] = {
        "page": Frame("team", publication=shown.publication,
                      facts=[_people(shown), *facts(shown.publication, shown.as_of)]),
        "title": shown.name, "nav_name": _("Roster"), "team": shown, "load": wording.load(shown.load),
        "usual": wording.against(shown.load) if shown.load and shown.load.value is not None else "",
        "busy": wording.busy(shown.load), "how": wording.how(shown.load),
        "tiles": [wording.figure(one) for one in shown.figures],
        "groups": [{"rows": [row(one) for one in shown.listed]}] if shown.listed else [],
        "chart": drawings.loads_slot(shown.listed, str(shown.team)) if len(shown.listed) > 1 else None,
        "above": (shown.above, names[shown.above]) if shown.above in names else None,
        "below": [(key, names[key]) for key in shown.below if key in names],
        "sections": made(request, Subject("team", shown.team, shown.name, False, shown.publication or 0, *days)),
        "may_compare": reach(actor, Right.ROSTER_READ) >= Reach.SUBTREE and len(shown.listed) > 1,
    }  # fmt: skip
    return render(request, "roster/team.html", context)


@require_safe
def bot(request: HttpRequest, bot: int) -> HttpResponse:
    """A bot: what it solved alone, what lasted, what it costs, and people on like tickets."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    price, problem = request.GET.get("price", "").strip().replace(",", "."), ""
    try:
        shown: BotPage = run("roster.bot", actor, {"bot": bot, **({"price": price} if price else {})})
    except Invalid:
        problem = _("A price is a number above 0, such as 0.99.")
        shown = run("roster.bot", actor, {"bot": bot})
    days = [one.isoformat() if one else "" for one in (shown.start, shown.end)]
    context = {
        "page": Frame("bot", "error" if problem else "ok", publication=shown.publication,
                      facts=[_("Bot"), *facts(shown.publication, shown.as_of)]),
        "title": shown.name, "nav_name": _("Roster"), "bot": shown,
        "tiles": [wording.figure(one) for one in shown.figures],
        "alone": [wording.side(one) for one in shown.alone], "matched": [wording.side(one) for one in shown.matched],
        "verdict": _verdict(shown.verdict), "price": price, "problem": problem, "cost": _cost(shown),
        "sections": made(request, Subject("bot", shown.bot, shown.name, False, shown.publication or 0, *days)),
    }  # fmt: skip
    return render(request, "roster/bot.html", context, status=422 if problem else 200)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """People on one measure, in groups within which nobody can be told apart."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    measure, within = request.GET.get("measure", USUAL), request.GET.get("team", "")
    shown: Comparing = run("roster.compare", actor, {"measure": measure, **({"team": within} if within else {})})
    names = {one.person: one.name for one in shown.people}
    teams = run("roster.teams", actor, {}).teams
    context = {
        "page": Frame("roster", "ok" if shown.people else "empty", publication=shown.publication,
                      facts=[f"{words.day(shown.start)} – {words.day(shown.end)}", words.n(shown.n)]),
        "title": _finding(shown), "nav_name": _("Roster"), "shown": shown,
        "chart": drawings.compared_slot(shown, within),
        "tabs": [{"label": wording.MEASURES[name], "here": name == shown.measure,
                  "href": f"?measure={name}{f'&team={int(within)}' if within.isdecimal() else ''}"}
                 for name in COMPARED],
        "bands": [[names[key] for key in group] for group in shown.groups],
        "pairs": [(names[high], names[low]) for high, low in shown.told_apart],
        "apart": [one for one in shown.people if not one.comparable],
        "form": Form("within", _("Apply"), (Field("team", _("Team"), "select", options=[
            Option("", _("Everybody I lead"), chosen=not within),
            *(Option(str(one.team), one.name, chosen=str(one.team) == within) for one in teams)]),)),
        "few": shown.few, "longer": shown.kind == "duration",
    }  # fmt: skip
    return render(request, "roster/compare.html", context)


def _people(shown: TeamPage) -> str:
    return ngettext("%(n)s person", "%(n)s people", shown.people) % {"n": words.count(shown.people)}


def _verdict(word: str) -> str:
    return {
        "bot_higher": _("On like tickets more of the bot's solutions last."),
        "human_higher": _("On like tickets more of people's solutions last."),
        "cannot_tell": _("On like tickets bot and people cannot be told apart."),
        "not_enough_data": _("Too few tickets were solved by one side alone to hold them against each other."),
    }[word]


def _cost(shown: BotPage) -> str:
    if shown.cost is None:
        return ""
    told = {
        "cost": words.number(shown.cost, 2), "price": words.number(shown.price or 0, 2),
        "low": words.number(shown.cost_low or 0, 2), "high": words.number(shown.cost_high or 0, 2),
    }  # fmt: skip
    if shown.cost_high is None:
        return _("Billed at %(price)s each, one that lasts costs %(cost)s (at least %(low)s).") % told
    return _("Billed at %(price)s each, one that lasts costs %(cost)s (%(low)s–%(high)s).") % told


def _finding(shown: Comparing) -> str:
    what = words.inside(str(wording.MEASURES[shown.measure]))
    if shown.verdict != "ok" or not shown.groups:
        return _("Too few rows to compare anybody on %(what)s") % {"what": what}
    told = {"n": words.count(sum(one.comparable for one in shown.people)), "what": what}
    if len(shown.groups) <= 1 and not shown.told_apart:
        return _("These %(n)s people cannot be told apart on %(what)s") % told
    return _("%(n)s people in %(groups)s groups that overlap on %(what)s") % {
        "n": told["n"], "groups": words.count(len(shown.groups)), "what": what,
    }  # fmt: skip


team.verb = "roster.team"  # type: ignore[attr-defined]
bot.verb = "roster.bot"  # type: ignore[attr-defined]
compare.verb = "roster.compare"  # type: ignore[attr-defined]
