"""One conversation: its turns with what others wrote folded away, quotes, promises, clocks, ways on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from maitred.desks.conversations.pages import shared, wording
from maitred.desks.conversations.shapes import PromiseShown, SeenShown, TalkShown, TurnShown, ZoneShown
from maitred.kit.access.fields import ABSENT
from maitred.kit.pages import words
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_CLOCKS = {"frt": gettext_lazy("First reply"), "nrt_max": gettext_lazy("Longest next reply"),
           "rwt": gettext_lazy("Requester wait"),
           "full_resolution": gettext_lazy("Full resolution")}  # fmt: skip
_LOOKS = {"agent": "agent", "bot": "bot", "system": "bot", "customer": "customer"}


@require_safe
def shown(request: HttpRequest, source: str, ticket: str) -> HttpResponse:
    """The page of one conversation."""
    actor = shared.actor_of(request)
    authorise(register()["conversations.show"], actor)
    found: TalkShown = run("conversations.show", actor, {"source": source, "ticket": ticket})
    zone = ZoneInfo(found.known.zone)
    turns = [turn(one, found, zone) for one in found.turns]
    context = {
        "page": shared.frame(found.known, "ok" if turns else "empty"), "found": found,
        "title": f"#{found.ticket} {found.subject or ''}".strip(), "nav_name": _("Conversations"),
        "tabs": shared.tabs(actor, ""), "turns": turns, "promises": [promise(one, zone) for one in found.promises],
        "ledger": shared.ticket(actor, source, ticket), "escalate": shared.escalating(actor, source, ticket),
        "tone": wording.tone(found.tone_first, found.tone_last), "clocks": _clocks(found), "course": _course(found),
        "languages": _languages(found),
    }  # fmt: skip
    return render(request, "conversations/talk.html", context)


def turn(one: TurnShown, found: TalkShown, zone: ZoneInfo) -> dict[str, Any]:
    """One message as the page shows it."""
    hidden = one.text is ABSENT
    return {
        "one": one, "author": "" if one.author is ABSENT else str(one.author or ""), "hidden": hidden,
        "kind": wording.KINDS.get(one.kind, one.kind),
        "look": _LOOKS.get(one.kind, "customer") if one.public else "note",
        "at": wording.moment(datetime.fromisoformat(one.at), zone) if one.at else "",
        "parts": [] if hidden else parts(str(one.text or ""), one.zones), "flag": wording.FLAGS.get(one.flag, ""),
        "unhappy": "" if one.unhappy is None else words.share(one.unhappy, 0),
        "tone_words": [each.text for each in one.tone_words] if (one.unhappy or 0) >= 0.5 else [],
        "seen": [seen(each) for each in one.seen], "promises": [promise(each, zone) for each in one.promises],
        "handed": one.id in found.hand_overs,
    }  # fmt: skip


def parts(text: str, zones: Sequence[ZoneShown]) -> list[dict[str, Any]]:
    """A message cut into own words and zones, which are folded.

    >>> [(one["text"], one["zone"]) for one in parts("Hi\\n> x", [ZoneShown("quote", 3, 6)])]
    [('Hi\\n', ''), ('> x', 'quote')]
    """
    found: list[dict[str, Any]] = []
    at = 0
    for zone in zones:
        found.append({"text": text[at : zone.start], "zone": ""})
        found.append({"text": text[zone.start : zone.end], "zone": zone.kind, "label": wording.ZONES.get(zone.kind, ""),
                      "folded": zone.kind not in ("greeting",)})  # fmt: skip
        at = zone.end
    found.append({"text": text[at:], "zone": ""})
    return [one for one in found if one["text"].strip()]


def seen(one: SeenShown) -> dict[str, Any]:
    """One behaviour with its words."""
    return {
        "one": one, "label": wording.BEHAVIOURS.get(one.behaviour, one.behaviour),
        "verdict": wording.VERDICTS.get(one.verdict, one.verdict), "look": "on" if one.verdict == "present" else "low",
        "why": wording.WHY.get(one.why, ""), "quotes": [each.text for each in one.quotes],
    }  # fmt: skip


def promise(one: PromiseShown, zone: ZoneInfo) -> dict[str, Any]:
    """One promise with what became of it."""
    return {
        "one": one, "due": wording.moment(one.due, zone), "kept": wording.KEPT[one.kept],
        "look": wording.KEPT_LOOKS[one.kept], "answered": wording.moment(one.answered_at, zone),
    }  # fmt: skip


def _clocks(found: TalkShown) -> list[dict[str, str]]:
    listed = []
    for one in found.clocks.get("clocks", ()):
        if one["clock"] in _CLOCKS and one["calendar"] is not None:
            listed.append(
                {"title": str(_CLOCKS[one["clock"]]), "value": wording.both(one["calendar"], one["business_all"])}
            )
    return listed


def _course(found: TalkShown) -> list[str]:
    """What is to be said of the course of the conversation as a whole."""
    told = []
    public = [one.kind for one in found.turns if one.public]
    for one in found.turns:
        if one.first_human_after_bot:
            told.append(_("a bot answered first, then a person"))
    if "bot" in public and "agent" not in public:
        told.append(_("only a bot answered"))
    if found.hand_overs:
        n = len(found.hand_overs)
        told.append(ngettext("%(n)s hand-over", "%(n)s hand-overs", n) % {"n": words.count(n)})
    if len(public) > 2 and len({*public}) == 1:
        told.append(_("one-sided: only one side wrote"))
    return told


def _languages(found: TalkShown) -> str:
    sides = {side: {one.language for one in found.turns if one.kind == side and one.public and one.language}
             for side in ("customer", "agent")}  # fmt: skip
    apart = sides["customer"] and sides["agent"] and not sides["customer"] & sides["agent"]
    if apart:
        return _("The customer wrote in %(theirs)s, the answers are in %(ours)s.") % {
            "theirs": ", ".join(sorted(sides["customer"])), "ours": ", ".join(sorted(sides["agent"]))}  # fmt: skip
    return ""


shown.verb = "conversations.show"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("conversations/<str:source>/<str:ticket>/", shown, name="conversation")]
