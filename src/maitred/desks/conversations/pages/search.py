"""Searching what people wrote, with the clocks of the tickets; a search is an address, and is saved as a view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.base.errors import Invalid
from maitred.desks.conversations.pages import shared, wording
from maitred.desks.conversations.shapes import Found, HitShown
from maitred.insight.text.behaviours import BEHAVIOURS
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import ABSENT
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_HOURS = 10_000
_STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
_ASKED = ("q", "group", "channel", "language", "status", "by", "longer", "missing", "unhappy", "promised", "from", "to")
_UNHAPPY = ("0.5", "0.7")
_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "tr", "ar", "ru",
    "uk", "ja", "zh", "ko",
)  # fmt: skip


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """The form of a search, and what it finds."""
    actor = shared.actor_of(request)
    authorise(register()["conversations.search"], actor)
    try:
        return _page(request, actor)
    except shared.BadWord as error:
        return shared.refused(request, error)


def _page(request: HttpRequest, actor: Actor) -> HttpResponse:
    groups, channels = shared.places()
    asked = _asked(request, groups, channels)
    page = int(shared.number(request, "page", 1, 400, whole=True) or 1)
    problem = ""
    found: Found | None = None
    try:
        # Without a word of the address nothing is searched: the page says what can be asked, and up to when is known.
        given = asked if any(request.GET.get(name) for name in _ASKED) else {"query": "", "first_day": "2999-01-01"}
        found = run("conversations.search", actor, {**given, "page": page})
    except Invalid as error:
        problem = str(error)
        found = run("conversations.search", actor, {"first_day": "2999-01-01"})
    searched = not problem and any(request.GET.get(name) for name in _ASKED)
    zone = ZoneInfo(found.known.zone)
    context = {
        "page": shared.frame(found.known, "error" if problem else "ok" if found.hits or not searched else "empty",
                             path=request.path),
        "title": _title(found, searched), "nav_name": _("Conversations"),
        "tabs": shared.tabs(actor, "conversations_search"), "keep": shared.keep(request) if searched else None,
        "fields": _fields(request, groups, channels), "problem": problem, "searched": searched, "found": found,
        "rows": [row(actor, one, zone) for one in found.hits], "looked": words.count(found.looked),
        "pager": {
            "told": "", "previous": shared.link(request, page=str(page - 1)) if page > 1 else "",
            "next": shared.link(request, page=str(page + 1)) if found.more else "",
        },
    }  # fmt: skip
    return render(request, "conversations/search.html", context, status=422 if problem else 200)


def _asked(request: HttpRequest, groups: shared.Choices, channels: shared.Choices) -> dict[str, Any]:
    remedy = _("choose from the list on the page")
    return {
        "query": request.GET.get("q", "")[:300],
        "group": list(shared.chosen(request, "group", dict(groups), remedy)),
        "channel": list(shared.chosen(request, "channel", dict(channels), remedy)),
        "language": list(shared.chosen(request, "language", _LANGUAGES, remedy)),
        "status": list(shared.chosen(request, "status", _STATUSES, remedy)),
        "by": (shared.chosen(request, "by", ("customer", "agent", "bot"), remedy) or ("",))[0],
        "waits_longer_than": shared.number(request, "longer", None, _HOURS),
        "missing": list(shared.chosen(request, "missing", BEHAVIOURS, remedy)),
        "unhappy": shared.number(request, "unhappy", None, 1),
        "promised": bool(shared.chosen(request, "promised", ("yes",), remedy)),
        "first_day": _day(request, "from"), "last_day": _day(request, "to"),
    }  # fmt: skip


def _day(request: HttpRequest, name: str) -> str | None:
    word = request.GET.get(name, "")
    if not word:
        return None
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError as error:
        raise shared.BadWord(name, _("write a day like 2026-11-30")) from error


def _title(found: Found, searched: bool) -> str:
    if not searched:
        return _("Search what people wrote")
    if not found.hits:
        return _("Nothing was found")
    first = (found.page - 1) * 25 + 1
    told = {"first": words.count(first), "last": words.count(first + len(found.hits) - 1)}
    if found.more:
        return _("Messages %(first)s–%(last)s, the newest first, and there are more") % told
    return _("Messages %(first)s–%(last)s, the newest first") % told


def row(actor: Actor, one: HitShown, zone: ZoneInfo) -> dict[str, Any]:
    """A message that was found."""
    hidden = one.snippet is ABSENT
    return {
        "one": one, "href": f"{reverse('conversation', args=[one.source, one.ticket])}#m-{one.message}",
        "at": wording.moment(one.at, zone), "kind": wording.KINDS.get(one.kind, one.kind), "hidden": hidden,
        "pieces": [] if hidden else pieces(str(one.snippet)),
        "waits": "" if one.waits_business_s is None else words.duration(one.waits_business_s),
    }  # fmt: skip


def pieces(snippet: str) -> list[dict[str, Any]]:
    """A snippet cut where words were found.

    >>> [(one["text"], one["found"]) for one in pieces("a \\x02b\\x03 c")]
    [('a ', False), ('b', True), (' c', False)]
    """
    found = []
    for part in snippet.split("\x02"):
        hit, there, rest = part.partition("\x03")
        found += [{"text": hit, "found": bool(there)}, {"text": rest, "found": False}]
    return [one for one in found if one["text"]]


def _fields(request: HttpRequest, groups: shared.Choices, channels: shared.Choices) -> list[Field]:
    def options(name: str, everything: str, choices: Sequence[tuple[str, Any]]) -> list[Option]:
        now = request.GET.get(name, "")
        return [Option("", everything, chosen=not now), *(Option(value, label, chosen=value == now)
                                                          for value, label in choices)]  # fmt: skip

    now = request.GET
    lists = (
        ("group", _("Group"), options("group", _("All groups"), groups)),
        ("channel", _("Channel"), options("channel", _("All channels"), channels)),
        ("language", _("Language"), options("language", _("All languages"), [(one, one) for one in _LANGUAGES])),
        ("status", _("Status now"), options("status", _("Any status"), [(one, one) for one in _STATUSES])),
        ("by", _("Written by"), options("by", _("Anybody"), [(one, wording.KINDS[one])
                                                             for one in ("customer", "agent", "bot")])),
        ("missing", _("Called for, not there"), options("missing", _("Nothing in particular"),
                                                        [*wording.BEHAVIOURS.items()])),
        ("unhappy", _("Customer likely unhappy"), options("unhappy", _("Does not matter"), [
            (one, _("at least %(p)s") % {"p": words.share(float(one), 0)}) for one in _UNHAPPY])),
        ("promised", _("Promises"), options("promised", _("Does not matter"),
                                            [("yes", _("promises something for a day"))])),
    )  # fmt: skip
    return [
        Field("q", _("Words, or a phrase in quotation marks"), "search", now.get("q", "")),
        *(Field(name, label, "select", options=choices) for name, label, choices in lists),
        Field("longer", _("Customer waits longer than (hours)"), "text", now.get("longer", ""), optional=True),
        Field("from", _("Sent from"), "date", now.get("from", ""), optional=True),
        Field("to", _("Sent until"), "date", now.get("to", ""), optional=True),
    ]


shown.verb = "conversations.search"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("conversations/search/", shown, name="conversations_search")]
