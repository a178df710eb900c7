"""How one connection is read, who calls, whether tickets may be changed; and letting go of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFresh, UsageError
from maitred.desks.helpdesks.pages import shared
from maitred.desks.helpdesks.verbs.shapes import ConnectionShown, HookShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_REFUSALS = (Conflict, Denied, Invalid)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """The settings, and each of their forms; a new secret of calls is shown in the answer and never again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problem: MaitredError | None = None
    hook: HookShown | None = None
    if request.method == "POST":
        try:
            hook = _done(request, actor, slug)
            if hook is None:
                return HttpResponseRedirect(request.path)
        except NotFresh:
            return shared.prove_who_you_are(request)
        except _REFUSALS as error:
            problem = error
    one: ConnectionShown = run("helpdesks.show", actor, {"connection": slug})
    fields = forms.sent(_fields(one), request, problem if request.POST.get("do") == "change" else None)
    context = {
        **shared.shell(actor, one, "helpdesk_settings"),
        "page": Frame("helpdesks", "error" if problem else "ok"),
        "title": _("How %(name)s is read and changed") % {"name": slug},
        "problem": forms.told(problem) if problem else "", "fields": fields, "shown": _shown(one),
        "hooks": _hooks(request, one, hook), "fresh_secret": hook.secret if hook and not _makes_its_own(one) else "",
        "writes": _writes(one), "keys": _keys(one), "end_href": reverse("helpdesk_end", args=[slug]),
    }  # fmt: skip
    response = render(request, "helpdesks/settings.html", context, status=problem.status if problem else 200)
    if hook is not None:
        response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, slug: str) -> HttpResponse:
    """What letting go of a helpdesk would do, then doing it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problem: MaitredError | None = None
    try:
        authorise(register()["helpdesks.disconnect"], actor)
        if request.method == "POST":
            run("helpdesks.disconnect", actor, {"connection": slug, "version": request.POST.get("version", "")})
            messages.success(request, _("%(name)s is disconnected. What was read stays.") % {"name": slug})
            return HttpResponseRedirect(reverse("helpdesks"))
    except NotFresh:
        return shared.prove_who_you_are(request)
    except (Conflict, Invalid) as error:
        problem = error
    one = run("helpdesks.status", actor, {"connection": slug})
    context = {
        **shared.shell(actor, one.connection, ""), "tabs": (), "page": Frame("helpdesks", "error" if problem else "ok"),
        "title": _("Disconnect %(name)s?") % {"name": slug}, "problem": forms.told(problem) if problem else "",
        "would": _would(one), "button": _("Disconnect %(name)s") % {"name": slug},
        "back": reverse("helpdesk_settings", args=[slug]),
    }  # fmt: skip
    return render(request, "helpdesks/end.html", context, status=problem.status if problem else 200)


def _done(request: HttpRequest, actor: Actor, slug: str) -> HookShown | None:
    posted = request.POST
    given: dict[str, Any] = {"connection": slug, "version": posted.get("version", "")}
    do = posted.get("do", "")
    if do == "change":
        rate = posted.get("requests_per_minute", "").strip()
        run("helpdesks.set_rate", actor, given | ({"requests_per_minute": rate} if rate else {}))
        messages.success(request, _("The setting is saved."))
        return None
    if do == "hook":
        secret = posted.get("secret", "").strip()
        made: HookShown = run("helpdesks.rotate_hook_secret", actor, given | ({"secret": secret} if secret else {}))
        return made
    if do == "allow":
        run("helpdesks.allow_write_back", actor, given | {"reason": posted.get("reason", "")})
        messages.success(request, _("Leads and managers may plan and send changes now, each time after a preview."))
        return None
    if do == "forbid":
        run("helpdesks.forbid_write_back", actor, given)
        messages.success(request, _("No change is sent any more; what was approved and not sent yet is not sent."))
        return None
    raise UsageError(_("this page has no such form"), _("go back, load the page again and repeat"))


def _fields(one: ConnectionShown) -> list[Field]:
    return [
        Field("requests_per_minute", _("At most so many requests a minute"), "number",
              str(one.requests_per_minute or ""), optional=True,
              help=_("What the helpdesk allows unless given; a fifth of it is left to people and to changes.")),
    ]  # fmt: skip


def _shown(one: ConnectionShown) -> list[tuple[str, str]]:
    return [
        (_("Address"), one.url),
        (_("Read from"), words.day(one.since) if one.since else _("the first ticket")),
        (_("Requests a minute"), str(one.requests_per_minute or _("as the helpdesk allows"))),
        (_("Changes of tickets"), _("allowed") if one.write_back else _("not allowed")),
    ]


def _makes_its_own(one: ConnectionShown) -> bool:
    """Whether the helpdesk makes the secret of its calls itself."""
    return one.vendor == "zendesk"


def _hooks(request: HttpRequest, one: ConnectionShown, made: HookShown | None) -> dict[str, Any]:
    own = _makes_its_own(one)
    secret = Field("secret", _("Signing secret of the webhook"), "password", required=True,
                   help=_("Zendesk shows it under the webhook once it is made. Kept sealed."))  # fmt: skip
    buttons = {
        (True, False): _("Make the address"), (True, True): _("Keep this secret"),
        (False, False): _("Make address and token"), (False, True): _("Make a new token"),
    }  # fmt: skip
    helped = _("The token before it holds for another day.") if one.hook and not own else ""
    if one.hook and made is None:
        helped = " ".join([_("The address was shown once; making it known again needs a new secret."), helped]).strip()
    return {
        "look": "on" if one.hook else "off", "state": _("may call") if one.hook else _("not set up"),
        "address": request.build_absolute_uri(made.path) if made else "",
        "fields": [secret] if own and one.hook else [], "button": buttons[own, one.hook], "help": helped,
    }  # fmt: skip


def _writes(one: ConnectionShown) -> dict[str, Any]:
    guide = shared.guide_of(one.vendor)
    if not one.writable:
        return {"state": _("not possible"), "look": "off",
                "sentence": _("maitred does not change tickets of this helpdesk.")}  # fmt: skip
    if one.write_back:
        return {"state": _("allowed"), "look": "on", "do": "forbid", "button": _("Allow no changes"),
                "sentence": _("Leads and managers may plan changes, see them ticket by ticket, and send.")}  # fmt: skip
    said = _("Nothing is changed at the helpdesk. If you allow it, leads and managers may plan changes, see them "
             "ticket by ticket, and send them; each can be taken back, but for notes.")  # fmt: skip
    return {"state": _("not allowed"), "look": "off", "do": "allow", "button": _("Allow changes"),
            "sentence": f"{said} {guide.writes}",
            "fields": [Field("reason", _("What for"), required=True, help=_("Stands in the audit log."))]}  # fmt: skip


def _keys(one: ConnectionShown) -> dict[str, str]:
    return {
        "sentence": _("Kept sealed; nobody can look at it. Enter it anew when a key was changed at the helpdesk."),
        "href": reverse("helpdesk_anew", args=[one.slug]),
    }


def _would(one: Any) -> list[str]:
    told = [
        _("Nothing is read from it any more, and calls of it are refused."),
        _("What it signs in with is destroyed. Connecting it again needs it anew."),
        _("%(n)s tickets stay here, and so do all figures, publications and the audit log.")
        % {"n": words.count(one.sync["counted"])},
    ]
    if one.outbox:
        told.append(_("%(n)s changes that were approved are not sent.") % {"n": words.count(sum(one.outbox.values()))})
    return told


settings.verb = "helpdesks.show"  # type: ignore[attr-defined]
end.verb = "helpdesks.disconnect"  # type: ignore[attr-defined]
