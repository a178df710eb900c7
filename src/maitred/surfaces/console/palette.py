"""Search or jump: pages, teams, people, tickets, figures, saved views, and what can be done on the page.

With scripts it is the list of a combobox in a dialog, without them a page of links at the same address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.base.errors import MaitredError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import nav
from maitred.kit.pages.frame import Frame
from maitred.kit.reading import reading
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.metrics.catalogue import METRICS
from maitred.people import access, filtering

MOST = 8
"""Results of one kind."""
_LONGEST = 80
_TICKET = re.compile(r"#?([\w-]{1,64})")
_SOURCES = 8
_PAGES = 200


@dataclass(frozen=True, slots=True)
class Option:
    """One result: a place to go, or, with ``press``, what to press on the page that is open."""

    kind: str
    label: str
    href: str = ""
    hint: str = ""
    press: str = ""


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """The page, the contents of the dialog, or the list alone, by what is asked for."""
    words = request.GET.get("q", "")[:_LONGEST].strip()
    partial = bool(request.headers.get("HX-Request"))
    actor: Actor = request.actor  # type: ignore[attr-defined]
    options = [*found(actor, words), *(_actions(words) if partial else ())]
    context = {"page": Frame("palette"), "title": _("Search or jump"), "nav_name": _("Search"), "options": options,
               "words": words}  # fmt: skip
    if not partial:
        return render(request, "console/palette.html", context)
    alone = request.headers.get("HX-Target") == "palette-results"
    return render(request, f"console/parts/palette{'_list' if alone else ''}.html", context)


def found(actor: Actor, words: str) -> list[Option]:
    """What fits the words, kind by kind, the most likely kinds first; without words the pages and the pinned views."""
    if not words:
        return [*_first(_pages(actor), ""), *_first(_views(actor), "")]
    makers = (_pages, _views, _helpdesks, _teams, _metrics)
    return [
        *_tickets(actor, words),
        *(one for make in makers for one in _first(make(actor), words)),
        *_people(actor, words),
    ]


def _first(options: Iterable[Option], words: str) -> list[Option]:
    """The first that hold all the words; those that begin with them before the others."""
    pieces = words.casefold().split()
    fit = [one for one in options if all(piece in f"{one.label} {one.hint}".casefold() for piece in pieces)]
    fit.sort(key=lambda one: not one.label.casefold().startswith(words.casefold()))
    return fit[:MOST]


def _pages(actor: Actor) -> Iterator[Option]:
    for _heading, entries in nav.shown(actor):
        for one in entries:
            yield Option(_("Page"), str(one.label), one.path)
    yield Option(_("Page"), _("Notices"), reverse("notices"))
    if reach(actor, Right.VIEWS_READ) is not Reach.NONE:
        yield Option(_("Page"), _("Saved views"), reverse("views"))
    if reach(actor, Right.ANNOTATIONS_READ) is not Reach.NONE:
        yield Option(_("Page"), _("Notes on time charts"), reverse("annotations"))


def _views(actor: Actor) -> Iterator[Option]:
    if reach(actor, Right.VIEWS_READ) is Reach.NONE:
        return
    for one in run("views.list", actor, {"limit": _PAGES}).items:
        query = f"?{one.query}&view={one.id}" if one.query else f"?view={one.id}"
        yield Option(_("Saved view"), one.name, f"{one.path}{query}")


def _helpdesks(actor: Actor) -> Iterator[Option]:
    """Connected helpdesks, for those who see how they do."""
    if "helpdesks.list" not in register() or reach(actor, Right.OPERATION_READ) is Reach.NONE:
        return
    for one in run("helpdesks.list", actor, {}).items:
        yield Option(_("Helpdesk"), one.slug, _path("helpdesk", one.slug), one.vendor)


def _teams(actor: Actor) -> Iterator[Option]:
    path = _path("service_levels")
    if path:
        for value, name in filtering.team_choices(actor):
            yield Option(_("Team"), name, f"{path}?team={value}")


def _people(actor: Actor, words: str) -> Iterator[Option]:
    """People one may see, on their own page or, while there is none, the tickets that they solved."""
    if reach(actor, Right.PEOPLE_READ) is Reach.NONE:
        return
    rows = [*access.visible_people(actor).filter(name__icontains=words).order_by("name", "pk")[:MOST]]
    ids: dict[int, str] = {}
    for row in access.identities_of({one.pk for one in rows}):
        ids.setdefault(row.person_id, f"{row.source_id}:{row.external_id}")
    drill = _path("drill", "solved") if reach(actor, Right.METRICS_OF_PEOPLE) is not Reach.NONE else ""
    for one in rows:
        href = _path("person", one.pk) or (f"{drill}?assignee={ids[one.pk]}" if drill and one.pk in ids else "")
        if href:
            yield Option(_("Person"), one.name, href)


def _metrics(actor: Actor) -> Iterator[Option]:
    if reach(actor, Right.METRICS_READ) is Reach.NONE:
        return
    for one in sorted(METRICS.values(), key=lambda one: not one.default):
        name = one.id.partition("#")[0]
        href = _path("metric_page", name)
        if href:
            yield Option(_("Figure"), one.title, href, name)


def _tickets(actor: Actor, words: str) -> Iterator[Option]:
    """The tickets of that number that one may see, in every helpdesk."""
    given = _TICKET.fullmatch(words)
    if given is None or not (words.startswith("#") or words.isdigit()) or "tickets.head" not in register():
        return
    try:
        with reading() as one:
            sources = sorted(one.publication.sources)[:_SOURCES]
    except MaitredError:
        return
    for source in sources:
        try:
            head = run("tickets.head", actor, {"source": source, "ticket": given[1]})
        except MaitredError:
            continue
        yield Option(
            _("Ticket"), f"#{head.ticket} {head.subject or ''}".strip(), _path("ticket", source, head.ticket), source
        )


def _actions(words: str) -> list[Option]:
    """What the frame can press on the page; it drops those that the page lacks."""
    known = (
        (_("Save this view"), "[data-save-view]"), (_("Share this page"), "[data-share]"),
        (_("Add a note to the chart"), "a[data-annotate]"), (_("Export as CSV"), 'a[data-export="csv"]'),
        (_("Export as XLSX"), 'a[data-export="xlsx"]'), (_("Export as Parquet"), 'a[data-export="parquet"]'),
        (_("Light or dark"), "[data-theme-form] button"), (_("Keyboard shortcuts"), "[data-keymap]"),
    )  # fmt: skip
    return _first((Option(_("On this page"), label, press=press) for label, press in known), words)


def _path(name: str, *args: object) -> str:
    """The address, where such a page is installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
