"""From a request to what a page of figures needs: who asks, which publication, which filters, the frame around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base.errors import Denied, NotFound
from maitred.desks.service_levels.pages import kept
from maitred.kit.access.actor import Actor
from maitred.kit.pages import filters as addresses
from maitred.kit.pages.filters import BadFilter, Filters, Known
from maitred.kit.pages.frame import Frame, frame
from maitred.kit.reading import Reading, reading
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise
from maitred.people import filtering

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of figures being made."""

    request: HttpRequest
    actor: Actor
    found: Reading
    known: Known
    filters: Filters
    where: Sequence[str]
    own: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else the template of the page is told."""

    @property
    def publication(self) -> int:
        return self.found.publication.number

    def words(self, **more: Any) -> dict[str, Any]:
        """The period, filters, zone and publication as every verb of figures takes them."""
        first, last = self.filters.first.isoformat(), self.filters.last.isoformat()
        return {"start": first, "end": last, "where": [*self.where], "zone": self.known.zone.key,
                "publication": self.publication, **more}  # fmt: skip

    def ask(self, verb: str, **arguments: Any) -> Any:
        """Ask a verb for the one who looks."""
        return run(verb, self.actor, arguments)

    def frame(self, name: str) -> Frame:
        return frame(name, self.request.path, self.filters, self.known, self.publication, self.own)

    def page(self, template: str, name: str, context: Mapping[str, Any]) -> HttpResponse:
        """The whole page."""
        keep = kept.of(self.request, self.actor, self.filters, self.publication)
        shared = {"page": self.frame(name), "filters": self.filters, "keep": keep}
        return render(self.request, template, {**shared, **context, **self.more})


Keeps = Callable[[Opened, str, Callable[[Opened], HttpResponse]], HttpResponse]
"""Gives the page of a view by its name, from what is kept of it or by asking the view."""


def page(
    verb: str,
    own: Sequence[str] = (),
    *,
    hidden: bool = False,
    posts: bool = False,
    keeps: Keeps | None = None,
) -> Callable[[View], View]:
    """A view of figures that belongs to a verb: asks for its right first, then opens publication and filters.

    Parameters
    ----------
    own
        Words of the address that belong to this page alone and are carried on with the filters.
    hidden
        Whether a page that one may not see is answered like one that is not there.
    posts
        Whether it has a form of its own.
    keeps
        Who answers from what is kept of it (``pages.bodies``); only where none of its questions is audited.
    """
    methods = ["GET", "HEAD", "POST"] if posts else ["GET", "HEAD"]

    def made(view: View) -> View:
        @require_http_methods(methods)
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **names: Any) -> HttpResponse:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            try:
                authorise(register()[verb], actor)
            except Denied as error:
                if hidden and actor.strong:
                    raise NotFound(_("there is nothing here that you may see"), _("ask who may see it")) from error
                raise
            if dates := _dates(request):
                return HttpResponseRedirect(dates)
            try:
                with opened(request, own) as one:
                    if keeps is not None:
                        return keeps(one, view.__name__, lambda shown: view(shown, *args, **names))
                    return view(one, *args, **names)
            except BadFilter as error:
                return kept.without(request, error) or _bad(request, error)

        answer.verb = verb  # type: ignore[attr-defined]
        return answer

    return made


@contextmanager
def opened(request: HttpRequest, own: Sequence[str] = ()) -> Iterator[Opened]:
    """Open the publication that the address names, and read its filters.

    Raises
    ------
    BadFilter
        A filter means nothing here; a publication that is gone counts as one.
    NotFound
        Nothing has been published yet.
    """
    params = {name: request.GET.get(name, "") for name in request.GET}
    actor: Actor = request.actor  # type: ignore[attr-defined]
    pinned = params.get("pub", "")
    number = int(pinned) if re.fullmatch(r"[1-9][0-9]{0,8}", pinned) else None
    try:
        with reading(number) as found:
            known = filtering.known(actor, found)
            filters = addresses.parse(params, known)
            carried = {name: params[name] for name in own if params.get(name)}
            yield Opened(request, actor, found, known, filters, filtering.where(actor, filters), carried)
    except NotFound as error:
        if number is None:
            raise
        rest = request.GET.copy()
        rest.pop("pub", None)
        query = f"?{rest.urlencode()}" if rest else ""
        raise BadFilter("pub", pinned, error.remedy, query) from error


def chosen(opened: Opened, name: str, known: Sequence[str], usual: str) -> str:
    """A word of the page's own.

    Raises
    ------
    BadFilter
        It is none of those that the page knows.
    """
    word = opened.own.get(name, usual)
    if word not in known:
        raise bad(opened, name, _("use %(known)s") % {"known": ", ".join(known)})
    return word


def page_number(opened: Opened) -> int:
    """Which page of rows the address names.

    Raises
    ------
    BadFilter
        It is no number of a page.
    """
    word = opened.own.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", word):
        raise bad(opened, "page", _("use a number from 1 on"))
    return int(word)


def bad(opened: Opened, name: str, remedy: str) -> BadFilter:
    """A word of the address that means nothing on this page, and the address without it."""
    rest = opened.request.GET.copy()
    given = rest.pop(name, [""])[-1]
    return BadFilter(name, str(given), remedy, f"?{rest.urlencode()}" if rest else "")


def _dates(request: HttpRequest) -> str:
    """Two days typed into the form become one word of the address."""
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    if not (first and last):
        return ""
    rest = request.GET.copy()
    for name in ("from", "to", "period"):
        rest.pop(name, None)
    rest["period"] = f"{first}..{last}"
    return f"{request.path}?{rest.urlencode(safe='.:,')}"


def _bad(request: HttpRequest, error: BadFilter) -> HttpResponse:
    context = {"page": Frame("error", "error"), "error": error, "without": f"{request.path}{error.without}"}
    return render(request, "service_levels/bad_filter.html", context, status=400)
