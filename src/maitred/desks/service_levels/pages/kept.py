"""What one may keep of a page of figures: its address, its figure as a command, the form for a note on its days."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages.filters import BadFilter, Filters
from maitred.kit.verbs import run

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


def of(
    request: HttpRequest, actor: Actor, filters: Filters, publication: int, asked: Mapping[str, Any] | None = None
) -> Keep:
    """What one may keep of a page; ``asked`` are the words of ``metrics.show`` behind its main figure."""
    rest = request.GET.copy()
    for name in _LEFT_OUT:
        rest.pop(name, None)
    query = rest.urlencode(safe=",.:@")
    rest["pub"] = str(publication)
    live = request.build_absolute_uri(request.path)
    found = [
        Copied(_("Address, with the newest figures"), f"{live}?{query}" if query else live),
        Copied(_("Address, as of now (publication %(n)s)") % {"n": publication},
               f"{live}?{rest.urlencode(safe=',.:@')}"),
    ]  # fmt: skip
    if asked:
        call = request.build_absolute_uri("/api/v1/metrics/show")
        found += [
            Copied(_("The figure as a command"), command(asked)),
            Copied(_("The figure as an API call"), f"GET {call}?{urlencode([*pairs(asked)])}"),
        ]
    return Keep(request.path, query, found, _annotate(request, actor, filters))


def command(asked: Mapping[str, Any]) -> str:
    """The same question at the command line.

    >>> command({"metric": "frt.business_all#1", "start": "2026-11-01", "where": ["channel=web form"]})
    "maitred metrics show 'frt.business_all#1' --from 2026-11-01 --where 'channel=web form'"
    """
    said = ["maitred", "metrics", "show", str(asked["metric"])]
    for name, value in pairs(asked):
        if name != "metric":
            said += [f"--{_OPTIONS.get(name, name)}", value]
    return shlex.join(said)


def pairs(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values, those of a list one by one; what is not said is left out."""
    found = []
    for name, value in asked.items():
        some = value if isinstance(value, list | tuple) else [value]
        found += [(name, str(one)) for one in some if one not in (None, "")]
    return found


def _annotate(request: HttpRequest, actor: Actor, filters: Filters) -> str:
    """The form for a note, filled with the last day of the period and the page's team."""
    if reach(actor, Right.ANNOTATIONS_WRITE) is Reach.NONE:
        return ""
    filled = {"first_day": filters.last.isoformat(), "back": request.get_full_path()}
    if len(filters.team) == 1:
        filled["team"] = filters.team[0]
    path = local("annotations")
    return f"{path}?{urlencode(filled)}#add" if path else ""


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


def local(name: str) -> str:
    """The address of a page of the console, where it is installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
