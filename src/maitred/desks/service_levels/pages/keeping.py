"""What one keeps of a page of figures: its address to save and share, notes on its days, marks on its tickets."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError, NotFresh
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.exports.making import Spec, start_export
from maitred.kit.pages import words
from maitred.kit.pages.filters import BadFilter
from maitred.kit.verbs import run

if TYPE_CHECKING:
    from maitred.desks.service_levels.pages.opening import Opened

_LEFT_OUT = ("view", "page")
_OPTIONS = {"start": "from", "end": "to"}
"""What the command calls a word of the question."""


@dataclass(frozen=True, slots=True)
class Copied:
    """Something to copy, and what it is."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Keep:
    """What the buttons of a page need.

    Parameters
    ----------
    path, query
        Where the page stands, without the place in its list.
    addresses
        The page live and as of now, and the figure as a command and as a call of the interface.
    annotate
        The form for a note on the page's days; empty for whoever may not write one.
    """

    path: str
    query: str
    addresses: Sequence[Copied]
    annotate: str = ""


def of(opened: Opened, asked: Mapping[str, Any] | None = None) -> Keep:
    """What one may keep of a page; ``asked`` are the words of ``metrics.show`` behind its main figure."""
    rest = opened.request.GET.copy()
    for name in _LEFT_OUT:
        rest.pop(name, None)
    query = rest.urlencode(safe=",.:@")
    rest["pub"] = str(opened.publication)
    live = opened.request.build_absolute_uri(opened.request.path)
    found = [
        Copied(_("Address, with the newest figures"), f"{live}?{query}" if query else live),
        Copied(_("Address, as of now (publication %(n)s)") % {"n": opened.publication},
               f"{live}?{rest.urlencode(safe=',.:@')}"),
    ]  # fmt: skip
    if asked:
        call = opened.request.build_absolute_uri("/api/v1/metrics/show")
        found += [
            Copied(_("The figure as a command"), command(asked)),
            Copied(_("The figure as an API call"), f"GET {call}?{urlencode([*_pairs(asked)])}"),
        ]
    return Keep(opened.request.path, query, found, _annotate(opened))


def command(asked: Mapping[str, Any]) -> str:
    """The same question at the command line.

    >>> command({"metric": "frt.business_all#1", "start": "2026-11-01", "where": ["channel=web form"]})
    "maitred metrics show 'frt.business_all#1' --from 2026-11-01 --where 'channel=web form'"
    """
    said = ["maitred", "metrics", "show", str(asked["metric"])]
    for name, value in _pairs(asked):
        if name != "metric":
            said += [f"--{_OPTIONS.get(name, name)}", value]
    return shlex.join(said)


def _pairs(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values, those of a list one by one; what is not said is left out."""
    found = []
    for name, value in asked.items():
        some = value if isinstance(value, list | tuple) else [value]
        found += [(name, str(one)) for one in some if one not in (None, "")]
    return found


def _annotate(opened: Opened) -> str:
    """The form for a note, filled with the last day of the period and the page's team."""
    if reach(opened.actor, Right.ANNOTATIONS_WRITE) is Reach.NONE:
        return ""
    filled = {"first_day": opened.filters.last.isoformat(), "back": opened.request.get_full_path()}
    if len(opened.filters.team) == 1:
        filled["team"] = opened.filters.team[0]
    path = _path("annotations")
    return f"{path}?{urlencode(filled)}#add" if path else ""


def noted(opened: Opened) -> list[tuple[str, str, str]]:
    """What people noted in the page's period about its teams: day, text and kind, the earliest first.

    A note that began before the period stands on its first day.
    """
    first, last = opened.filters.first.isoformat(), opened.filters.last.isoformat()
    try:
        found = opened.ask("annotations.list", start=first, end=last, teams=[*opened.filters.team])
    except MaitredError:
        return []
    return [(max(one.first_day.isoformat(), first), one.text, one.kind) for one in found.annotations]


def bulk(opened: Opened, asked: Mapping[str, Any], total: int) -> dict[str, Any] | None:
    """What the form over the rows needs: the words of the figure; None for whoever may not mark tickets."""
    if not total or reach(opened.actor, Right.MARKS_WRITE) is Reach.NONE or not _path("marks_preview"):
        return None
    part = opened.own.get("part")
    meant = {**asked, **({"part": part} if part else {})}
    return {"words": _pairs(meant), "total": total, "back": opened.request.get_full_path()}


def marks(opened: Opened, source: str, ticket: str) -> dict[str, Any]:
    """Labels and notes of one ticket, and whether one may add to them."""
    found = opened.ask("marks.of", source=source, ticket=ticket).marks
    may = reach(opened.actor, Right.MARKS_WRITE) is not Reach.NONE
    shown = [{"mark": one, "removable": may and (one.mine or one.kind == "label")} for one in found]
    return {
        "labels": [one for one in shown if one["mark"].kind == "label"],
        "notes": [one for one in shown if one["mark"].kind == "note"],
        "may_mark": may and bool(_path("marks_add")), "ticket_ref": f"{source}:{ticket}",
        "here": opened.request.get_full_path(),
    }  # fmt: skip


def large(opened: Opened, spec: Spec, total: int) -> HttpResponse:
    """A file of more rows than one waits for: the page that asks for it, and what becomes of the answer."""
    request = opened.request
    if request.method == "POST":
        try:
            start_export(opened.actor, spec)
        except NotFresh:
            again = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{again}")
        messages.success(request, _("The file is being written; a notice says when it is ready."))
        return HttpResponseRedirect(reverse("notices"))
    context = {
        "title": _("%(n)s rows are written in the background") % {"n": words.count(total)}, "nav_name": spec.title,
        "form": spec.form.upper(), "action": request.get_full_path(), "keep": None,
    }  # fmt: skip
    return opened.page("service_levels/large_export.html", "drill", context)


def without(request: HttpRequest, error: BadFilter) -> HttpResponseRedirect | None:
    """A saved view whose filter means nothing any more: the page without it, and a notice that says so.

    None where the address is no saved view of the reader's; then it is an error like any other.
    """
    view = request.GET.get("view", "")
    if not view.isdigit():
        return None
    try:
        saved = run("views.open", request.actor, {"view": view})  # type: ignore[attr-defined]
    except MaitredError:
        return None
    if saved.path != request.path or error.name == "view":
        return None
    told = _("The view %(view)s is shown without its filter %(filter)s: %(what)s.")
    messages.warning(request, told % {"view": saved.name, "filter": error.name, "what": error.what})
    return HttpResponseRedirect(f"{request.path}{error.without}")


def _path(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
