"""The settings page: one's own preferences, sign-in, tokens and notices, for whoever is signed in."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base.errors import UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import STRONG
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.surfaces.console import language, pages, posting, standing
from maitred.surfaces.console.posting import Field, Form, Option, Refused

NOTICES = 5
_AREAS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
_WORDS = ("language", "time_zone", "theme", "density", "digest_hour", "quiet_hours")


@require_http_methods(["GET", "HEAD", "POST"])
def own_account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, as what, and what is theirs to choose."""
    answer: HttpResponse | Refused | None = None
    made: Any = None
    if request.method == "POST":
        do = request.POST.get("do", "preferences")
        if do == "token":
            answer, made = _token(request)
        else:
            answer = _answered(request, do)
    if isinstance(answer, HttpResponse):
        return answer
    return _page(request, answer, made)


def _answered(request: HttpRequest, do: str) -> HttpResponse | Refused:
    if do == "preferences":
        return _preferences(request)
    if do == "withdraw":
        given = posting.words(request, "token", "version")
        told = _("The token is withdrawn. Whatever used it is refused from now on.")
        return posting.attempt(request, "people.withdraw_own_token", given, told, f"{reverse('settings')}#tokens")
    raise UsageError("this page has no such form", "go back, load the page again and repeat")


def _preferences(request: HttpRequest) -> HttpResponse | Refused:
    given: dict[str, Any] = posting.words(request, "version", *_WORDS)
    given.setdefault("version", "")
    if "form" in request.POST:
        given["shortcuts"] = "shortcuts" in request.POST
    answer = posting.asked(request, "people.change_settings", given)
    if isinstance(answer, Refused | HttpResponse):
        return answer
    with language.spoken(answer.language or language.asked_for(request)):
        response = posting.done(request, _("Your preferences are saved."), reverse("settings"))
    pages.keep_theme(request, response, answer.theme)
    return response


def _token(request: HttpRequest) -> tuple[HttpResponse | Refused | None, Any]:
    """The new token is in this answer and nowhere else, so there is no way back to it."""
    given: dict[str, Any] = posting.filled(request, "label", "expires")
    given["scopes"] = request.POST.getlist("scopes")
    answer = posting.asked(request, "people.make_token", given)
    return (answer, None) if isinstance(answer, Refused | HttpResponse) else (None, answer)


def _page(request: HttpRequest, why: Refused | None, made: Any) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    own = run("people.own_settings", actor, {})
    notices = run("notices.list", actor, {"limit": NOTICES})
    tokens = [one for one in run("people.own_tokens", actor, {"limit": 200}).items if not one.withdrawn]
    context = {
        "page": Frame("settings"),
        "own": own,
        "roles": standing.roles(own.roles),
        "grants": standing.grants(own.grants),
        "asked": bool(STRONG & {*actor.roles, *actor.grants}) and not settings.MAITRED_DEMO,
        "preferences": _form(own).refused(why),
        "tokens": [(one, _withdraw(one)) for one in tokens],
        "token_form": _token_form(actor).refused(why),
        "may_make": actor.strong,
        "made": made,
        "problem": why.problem if why and why.do == "withdraw" else "",
        "notices": notices.items,
        "unread": run("notices.count", actor, {}).unread,
    }
    response = render(request, "console/settings.html", context, status=why.status if why else 200)
    pages.keep_theme(request, response, own.theme)
    return response


def _form(own: Any) -> Form:
    spoken = [("", _("What the browser asks for")), *settings.LANGUAGES]
    themes = (("system", _("As the device")), ("light", _("Light")), ("dark", _("Dark")))
    densities = (("comfortable", _("Comfortable")), ("compact", _("Compact")))
    fields = (
        Field("language", _("Language"), "select", options=_chosen(spoken, own.language)),
        Field(
            "time_zone", _("Time zone"), value=own.time_zone, suggested=_zones(),
            help=_("A name such as Europe/Berlin. Empty: the organisation's zone."),
        ),
        Field("theme", _("Colours"), "radios", options=_chosen(themes, own.theme)),
        Field("density", _("Rows and cards"), "radios", options=_chosen(densities, own.density)),
        Field(
            "digest_hour", _("Daily digest at"), "time", value=own.digest_hour,
            help=_("In your own time zone. Empty: no digest."),
        ),
        Field(
            "quiet_hours", _("Quiet hours"), value=own.quiet_hours,
            help=_("Such as 20:00-07:00. Only what cannot wait is sent then."),
        ),
        Field(
            "shortcuts", _("Single keys do something"), "check", value="on" if own.shortcuts else "",
            help=_("Press ? on any page for the list. Switch them off if they get in the way of a screen reader."),
        ),
    )  # fmt: skip
    hidden = {"version": str(own.version), "form": "whole"}
    return Form("preferences", _("Save preferences"), fields, look="pri", hidden=hidden, wide=True)


def _token_form(actor: Actor) -> Form:
    fields = (
        Field("label", _("What it is for"), required=True, help=_("Such as the program or machine that uses it.")),
        Field(
            "scopes", _("What it may do"), "checks", options=standing.scopes(actor),
            help=_("It acts as you, and never does more than you may yourself."),
        ),
        Field(
            "expires", _("Last day"), "date", optional=True, help=_("At most a year ahead. Empty: 90 days from now."),
        ),
    )  # fmt: skip
    return Form("token", _("Make the token"), fields, title=_("Make a token"))


def _withdraw(token: Any) -> Form:
    told = _("Withdraw the token %(name)s") % {"name": token.label or token.prefix}
    return Form(
        "withdraw", _("Withdraw"), title=told, key=str(token.id), look="danger",
        hidden={"token": str(token.id), "version": str(token.version)},
    )  # fmt: skip


def _chosen(choices: Any, now: str) -> list[Option]:
    return [Option(value, str(label), chosen=value == now) for value, label in choices]


def _zones() -> list[str]:
    return ["UTC", *sorted(one for one in available_timezones() if one.startswith(_AREAS) and one.count("/") == 1)]
