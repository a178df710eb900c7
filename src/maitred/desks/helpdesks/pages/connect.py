"""Connecting a helpdesk step by step: which one, what to make there, what to enter, and the proof that it works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import Conflict, Invalid, MaitredError, NotFresh
from maitred.connectors import registry
from maitred.desks.helpdesks import connecting, proving
from maitred.desks.helpdesks.pages import places, shared
from maitred.desks.helpdesks.pages.guides import GUIDES, Guide, Secret, brought
from maitred.desks.helpdesks.verbs.shapes import ConnectionShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right, require
from maitred.kit.pages import fields as forms
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_PLAIN = ("slug", "url", "since", "requests_per_minute")


@require_safe
def vendors(request: HttpRequest) -> HttpResponse:
    """Which helpdesks can be connected, and what each brings."""
    require(request.actor, Right.OPERATION_WRITE)  # type: ignore[attr-defined]
    context = {
        "page": Frame("helpdesks"),
        "title": _("Which helpdesk do you work in?"),
        "nav_name": _("Connectors"),
        "vendors": offered(),
    }
    return render(request, "helpdesks/vendors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, vendor: str) -> HttpResponse:
    """The guide beside the form; what is sent is proved at the helpdesk before it is kept."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    guide = _guide(vendor)
    if (first := _let_in(request)) is not None:
        return first
    if request.method != "POST":
        return _form(request, guide, None)
    try:
        made = connecting.connect(actor, {"vendor": vendor, **_given(request, guide, _PLAIN)})
    except NotFresh:
        return shared.prove_who_you_are(request)
    except (Invalid, Conflict) as error:
        return _form(request, guide, error)
    return HttpResponseRedirect(reverse("helpdesk_proof", args=[made.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
def anew(request: HttpRequest, slug: str) -> HttpResponse:
    """The same form for a connection that is there: a new address or new secrets, its settings stay."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if (first := _let_in(request)) is not None:
        return first
    one = run("helpdesks.show", actor, {"connection": slug})
    guide = _guide(one.vendor)
    if request.method != "POST":
        return _form(request, guide, None, slug, one.url)
    given = {"vendor": one.vendor, "slug": slug, **_given(request, guide, ("url",))}
    try:
        connecting.connect(actor, given, again=True)
    except NotFresh:
        return shared.prove_who_you_are(request)
    except (Invalid, Conflict) as error:
        return _form(request, guide, error, slug, one.url)
    return HttpResponseRedirect(reverse("helpdesk_proof", args=[slug]))


def offered() -> list[dict[str, Any]]:
    """The helpdesks with where each begins."""
    return [_offer(vendor) for vendor in registry.vendors()]


def _offer(vendor: str) -> dict[str, Any]:
    """One helpdesk; a package whose connector cannot be used says so, and takes nothing from the others."""
    try:
        one = _guided(vendor)
    except MaitredError as error:
        return {"title": vendor, "lead": forms.sentence(str(error)), "history": "", "speed": "", "href": ""}
    return {"title": one.title, "lead": one.lead, "history": one.history, "speed": one.speed,
            "href": reverse("helpdesks_connect_one", args=[vendor])}  # fmt: skip


@require_safe
def proof(request: HttpRequest, slug: str) -> HttpResponse:
    """What the last look at a helpdesk found: who we are there, what can be read, what is missing and why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    one: ConnectionShown = run("helpdesks.show", actor, {"connection": slug})
    shell = shared.shell(actor, one, "")
    connected = one.state == "connected"
    context = {
        **shell, "tabs": (), "page": Frame("helpdesks", facts=[shell["vendor"], one.url]),
        "title": _("%(name)s is connected") % {"name": one.slug} if connected
        else _("%(name)s is not connected yet") % {"name": one.slug},
        **proof_of(one),
    }  # fmt: skip
    return render(request, "helpdesks/proof.html", context)


def proof_of(one: ConnectionShown) -> dict[str, Any]:
    """What a look at the helpdesk found, as steps with their proof."""
    guide = shared.guide_of(one.vendor)
    available, missing, plan = one.available, one.missing, one.plan
    connected = one.state == "connected"
    found = {"n": len(available), "all": len(available) + len(missing)}
    read = ngettext("%(n)s of %(all)s kind of records can be read", "%(n)s of %(all)s kinds of records can be read",
                    found["all"]) % found  # fmt: skip
    signed = {"user": one.user or _("a user without a name"), "address": one.url}
    limit = _("No more than %(n)s requests a minute, as you set it.") % {"n": one.requests_per_minute}
    proofs = [
        {"done": connected, "title": _("Signed in"),
         "proof": _("maitred is %(user)s at %(address)s.") % signed if connected
         else forms.sentence(one.why) or _("maitred has not signed in yet.")},
        {"done": connected, "title": _("Plan and limits"),
         "proof": " ".join([*([_("Plan: %(plan)s.") % {"plan": plan}] if plan else []), str(guide.speed),
                            *([limit] if one.requests_per_minute else [])])},
        {"done": connected and not missing, "title": read,
         "proof": _("Nothing is missing.") if not missing
         else _("The others are left out; everything else works without them."),
         "notices": [forms.sentence(each) for each in one.notices]},
        {"done": connected and not one.history.startswith("none"), "title": _("History to expect"),
         "proof": forms.sentence(one.history or guide.history)},
    ]  # fmt: skip
    return {
        "proofs": proofs,
        "missing": [{"name": places.stream_name(name), "why": forms.sentence(why), "without": places.without(name)}
                    for name, why in missing.items()],
        "available": [places.stream_name(name) for name in available],
    }  # fmt: skip


def _let_in(request: HttpRequest) -> HttpResponse | None:
    """The way to prove who one is, before anything is typed that would have to be typed again."""
    try:
        authorise(register()["helpdesks.connect"], request.actor)  # type: ignore[attr-defined]
    except NotFresh:
        return shared.prove_who_you_are(request)
    return None


def _guide(vendor: str) -> Guide:
    if vendor not in registry.vendors():
        raise Http404
    return _guided(vendor)


def _guided(vendor: str) -> Guide:
    """The guide of a helpdesk that can be connected.

    Raises
    ------
    ConnectorBroken
        The package that brings its connector cannot be used.
    """
    return GUIDES.get(vendor) or brought(vendor, registry.package_of(vendor), proving.ways_of(vendor)[0])


def _way(request: HttpRequest, guide: Guide) -> str:
    """The way of signing in that is shown: that of the address, else the first."""
    known = [name for name, _label in guide.ways]
    asked = request.GET.get("way", "")
    return asked if asked in known else next(iter(known), "")


def _secrets(request: HttpRequest, guide: Guide) -> list[Secret]:
    way = _way(request, guide)
    return [one for one in guide.secrets if one.way in ("", way)]


def _given(request: HttpRequest, guide: Guide, plain: Sequence[str]) -> dict[str, Any]:
    """What the form sent, as the verb takes it."""
    given: dict[str, Any] = {name: request.POST[name].strip() for name in plain if request.POST.get(name, "").strip()}
    given["credentials"] = {one.name: request.POST.get(one.name, "") for one in _secrets(request, guide)}
    given |= {name: True for name in ("allow_private_address", "onto_import") if name in request.POST}
    return given


def _form(
    request: HttpRequest, guide: Guide, error: MaitredError | None, slug: str = "", url: str = ""
) -> HttpResponse:
    """The page with its form, as it is or as it comes back."""
    address = _("%(what)s Such as %(address)s") % {"what": guide.address_help, "address": guide.address}
    main = [
        Field("url", _("Address"), "url", url, help=address, required=True),
        *(_entered(one) for one in _secrets(request, guide)),
    ]  # fmt: skip
    more = [] if slug else [
        Field("slug", _("Name here"), value="", optional=True,
              help=_("Short, in small letters; “%(name)s” unless given. It stands before each ticket's number.")
              % {"name": guide.vendor}),
        Field("since", _("Read from this day on"), "date", optional=True,
              help=_("Everything there is unless given. Comparisons with last year need last year.")),
        Field("requests_per_minute", _("At most so many requests a minute"), "number", optional=True,
              help=_("Less than the helpdesk allows, where other systems of yours need the rest.")),
    ]  # fmt: skip
    onto = [] if slug else [
        Field("onto_import", _("Files that were imported under this name came from this account"), "check",
              help=_("Then its tickets go on in the same source. Otherwise choose a name that no import has.")),
    ]  # fmt: skip
    private = Field("allow_private_address", _("The address is one of our own network"), "check",
                    help=_("Otherwise addresses that are not public are refused."))  # fmt: skip
    fields, folded = forms.sent(main, request, error), forms.sent([*more, private, *onto], request, error)
    known = [*fields, *folded]
    context = {
        "page": Frame("helpdesks", "error" if error else "ok"),
        "title": _("Connect %(name)s anew") % {"name": slug} if slug else _("Connect %(name)s") % {"name": guide.title},
        "nav_name": _("Connectors"), "guide": guide, "slug": slug, "name": slug,
        "ways": [{"label": label, "href": f"{request.path}?way={name}", "here": name == _way(request, guide)}
                 for name, label in guide.ways],
        "fields": fields, "more": folded, "more_open": any(one.errors for one in folded),
        "problem": forms.problem(known, error), "kept": _kept(error),
        "button": _("Sign in and look"), "back": reverse("helpdesk", args=[slug]) if slug else reverse("helpdesks"),
    }  # fmt: skip
    return render(request, "helpdesks/connect.html", context, status=error.status if error else 200)


def _entered(one: Secret) -> Field:
    """The field of a secret; what is one to be kept from eyes never comes back with the page."""
    hidden = one.kind in ("password", "textarea")
    return Field(one.name, one.label, one.kind, help=one.help, required=True, secret=hidden)


def _kept(error: MaitredError | None) -> str:
    return _("Nothing was kept. Secrets have to be entered again.") if error else ""


vendors.verb = "helpdesks.connect"  # type: ignore[attr-defined]
connect.verb = "helpdesks.connect"  # type: ignore[attr-defined]
proof.verb = "helpdesks.show"  # type: ignore[attr-defined]
anew.verb = "helpdesks.connect"  # type: ignore[attr-defined]
