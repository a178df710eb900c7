"""What the pages share: the reader, the words of the address, the tabs, how far behind the texts are, saving a view."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.conversations.shapes import Known
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.pages.frame import STALE, Chip, Choice, Frame, Select
from maitred.kit.reading import reading

REFUSALS = (Conflict, Denied, Invalid, NotFound)
Choices = Sequence[tuple[str, str]]


class BadWord(Exception):
    """A word of the address that means nothing on this page."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(name)
        self.name, self.remedy = name, remedy


@dataclass(frozen=True, slots=True)
class Copied:
    """Something to copy, and what it is."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Keep:
    """What saving and sharing a page needs."""

    path: str
    query: str
    addresses: Sequence[Copied]
    annotate: str = ""


def actor_of(request: HttpRequest) -> Actor:
    """Who reads."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def leads(actor: Actor) -> bool:
    """Whether an actor sees what teams show and sends conversations to review."""
    return reach(actor, Right.CONVERSATIONS_LEAD) is not Reach.NONE


def tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of the desk for a reader."""
    listed = [("conversations", _("Who waits"), True), ("conversations_search", _("Search"), True),
              ("conversations_behaviours", _("What teams show"), leads(actor))]  # fmt: skip
    return [{"href": reverse(name), "label": label, "here": name == here} for name, label, open_ in listed if open_]


def keep(request: HttpRequest) -> Keep:
    """The page as a view to be saved: with its words, without the place in its list."""
    rest = request.GET.copy()
    for name in ("page", "view"):
        rest.pop(name, None)
    query = rest.urlencode(safe=",.:@")
    live = request.build_absolute_uri(request.path)
    return Keep(request.path, query, [Copied(_("Address"), f"{live}?{query}" if query else live)])


def frame(
    known: Known, state: str = "ok", *, path: str = "", selects: Sequence[Select] = (), chips: Sequence[Chip] = (),
    facts: Sequence[str] = (), kept: Mapping[str, str] | None = None,
) -> Frame:  # fmt: skip
    """The frame of a page: up to when clocks and texts are known, and whether that is old."""
    zone = ZoneInfo(known.zone)
    old = clock.now() - known.as_of
    stale = old > STALE
    said = ""
    if stale:
        told = {"moment": words.moment(known.as_of, zone), "days": old.days}
        said = (
            _("Nothing newer than %(moment)s has been brought in, %(days)s days ago. Who waits is as of then.") % told
        )
    listed = [*facts, _("as of %(moment)s %(zone)s") % {"moment": words.moment(known.as_of, zone), "zone": zone.key},
              behind(known)]  # fmt: skip
    return Frame("conversations", "stale" if stale and state == "ok" else state, "stale" if stale else "", said,
                 publication=known.publication, path=path, selects=selects, chips=chips,
                 facts=[one for one in listed if one], kept=kept or {})  # fmt: skip


def behind(known: Known) -> str:
    """How far the texts are behind the clocks."""
    if known.read_at is None:
        return _("texts have not been read yet")
    if not known.behind:
        return _("all texts read")
    said = ngettext("%(n)s message not read yet", "%(n)s messages not read yet", known.behind)
    return said % {"n": words.count(known.behind)}


def chosen(request: HttpRequest, name: str, known: Collection[str], remedy: str) -> tuple[str, ...]:
    """The words of a list in the address.

    Raises
    ------
    BadWord
        One of them is none that the page knows, or none for this reader.
    """
    values = tuple(dict.fromkeys(one for one in request.GET.get(name, "").split(",") if one))
    if any(one not in known for one in values):
        raise BadWord(name, remedy)
    return values


def number(request: HttpRequest, name: str, usual: float | None, most: float, *, whole: bool = False) -> float | None:
    """A number in the address.

    Raises
    ------
    BadWord
        It is none from 0 (a place: from 1) to ``most``.
    """
    word = request.GET.get(name, "").strip()
    if not word:
        return usual
    plain = word.replace(".", "", 0 if whole else 1)
    value = float(word) if plain.isascii() and plain.isdigit() and len(plain) < 10 else -1.0
    if not (1 if whole else 0) <= value <= most:
        raise BadWord(name, _("use a number up to %(most)s") % {"most": words.count(most)})
    return value


def refused(request: HttpRequest, error: BadWord) -> HttpResponse:
    """The page for a word that means nothing here, with the way on without it."""
    rest = request.GET.copy()
    given = rest.pop(error.name, [""])[-1]
    away = f"{request.path}?{rest.urlencode()}" if rest else request.path
    context = {"page": Frame("error", "error"), "what": f"{error.name}={str(given)[:60]}", "remedy": error.remedy,
               "away": away}  # fmt: skip
    return render(request, "console/bad_filter.html", context, status=400)


def link(request: HttpRequest, **changes: str | None) -> str:
    """This page with other words in its address."""
    rest = request.GET.copy()
    for name, value in changes.items():
        rest.pop(name, None)
        if value:
            rest[name] = value
    query = rest.urlencode(safe=",.:@")
    return f"{request.path}?{query}" if query else request.path


def select(name: str, label: str, everything: str, choices: Choices, picked: Sequence[str]) -> Select:
    """One filter of the bar; several values in force stand as one choice."""
    word = ",".join(picked)
    found = [Choice("", everything, not word), *(Choice(value, text, value == word) for value, text in choices)]
    if word and not any(one.chosen for one in found):
        named = ", ".join(text for value, text in choices if value in picked)
        found.append(Choice(word, named, True))
    return Select(name, label, found)


def chips(request: HttpRequest, listed: Sequence[tuple[str, str, Choices, Sequence[str]]]) -> list[Chip]:
    """The filters in force: name, label, choices, values."""
    found = []
    for name, label, choices, picked in listed:
        if picked:
            named = ", ".join(dict(choices).get(one, one) for one in picked)
            found.append(Chip(f"{label}: {named}", link(request, **{name: None, "page": None})))
    return found


def places() -> tuple[Choices, Choices]:
    """The groups and channels that occur: what a filter may name."""
    with reading() as found:
        groups = found.values("group_last")
        names = found.ask.labels("group", groups)
        channels = found.values("channel")
    return (
        sorted(((one, names.get(one, one)) for one in groups), key=lambda pair: (pair[1], pair[0])),
        [(one, one.replace("_", " ")) for one in channels],
    )


def ticket(actor: Actor, source: str, number: str) -> str:
    """The address of a ticket's ledger; empty for those who open no tickets."""
    return "" if reach(actor, Right.TICKETS_READ) is Reach.NONE else _address("ticket", source, number)


def escalating(actor: Actor, source: str, number: str) -> str:
    """Where an escalation is raised for a ticket; empty where no desk does that, or not for this reader."""
    if reach(actor, Right.ESCALATIONS_WRITE) is Reach.NONE:
        return ""
    place = _address("escalations_raise")
    return f"{place}?{urlencode({'source': source, 'ticket': number})}" if place else ""


def _address(name: str, *words_: str) -> str:
    try:
        return reverse(name, args=list(words_))
    except NoReverseMatch:
        return ""
