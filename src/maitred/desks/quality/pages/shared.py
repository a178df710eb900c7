"""What the pages of this desk share: its tabs, the zone, who leads, how a refused form comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound, UsageError
from maitred.desks.quality.verbs.shapes import ReviewListed
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages.frame import Frame
from maitred.kit.reading import reading

REFUSALS = (Conflict, Denied, Invalid, NotFound)
"""What a form comes back with; anything else is a page of its own."""


def actor_of(request: HttpRequest) -> Actor:
    """Whoever looks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def zone() -> ZoneInfo:
    """The organisation's zone, in which instants are told; UTC before anything was published."""
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")


def leads(actor: Actor) -> bool:
    """Whether an actor writes scorecards, draws samples, calibrates and settles."""
    return reach(actor, Right.QUALITY_LEAD) is not Reach.NONE


def shell(actor: Actor, here: str, **more: Any) -> dict[str, Any]:
    """What every page of the desk shows around its content. ``here``: the name of the present tab."""
    pages = [("quality", _("Overview"), True), ("quality_reviews", _("Reviews"), True),
             ("quality_draws", _("Samples"), leads(actor)), ("quality_scorecards", _("Scorecards"), True),
             ("quality_calibrations", _("Calibration"), True),
             ("quality_checks", _("Automatic checks"), True)]  # fmt: skip
    tabs = [{"label": label, "href": reverse(name), "here": name == here} for name, label, open_ in pages if open_]
    return {"nav_name": _("Quality"), "tabs": tabs if len(tabs) > 1 else (), "leads": leads(actor), **more}


def shown(
    request: HttpRequest, template: str, context: Mapping[str, Any], problem: MaitredError | None = None
) -> HttpResponse:
    """A page, with the status of the refusal it tells about."""
    return render(request, f"quality/{template}.html", context, status=problem.status if problem else 200)


def frame(state: str = "ok", problem: MaitredError | None = None, facts: Sequence[str] = (), **more: Any) -> Frame:
    """The frame of a page of this desk; facts that are empty are left out."""
    return Frame("quality", "error" if problem else state, facts=[one for one in facts if one], **more)


def attempted(do: Callable[[], Any]) -> tuple[Any, MaitredError | None]:
    """What a verb answered, or why it did not."""
    try:
        return do(), None
    except REFUSALS as error:
        return None, error


def no_such_button() -> UsageError:
    """The form names a deed that this page does not have."""
    return UsageError(_("this page has no such button"), _("go back, load the page again and repeat"))


def wrong_word(request: HttpRequest, name: str, remedy: str) -> HttpResponse:
    """The page for a word of the address that means nothing here, with the way on without it."""
    rest = request.GET.copy()
    given = rest.pop(name, [""])[-1]
    away = f"{request.path}?{rest.urlencode()}" if rest else request.path
    context = {"page": Frame("error", "error"), "what": f"{name}={given[:60]}", "remedy": remedy, "away": away}
    return render(request, "console/bad_filter.html", context, status=400)


def ticket(actor: Actor, source: str, number: str) -> str:
    """The address of a ticket's page, for those who open tickets; empty for others."""
    if reach(actor, Right.TICKETS_READ) is Reach.NONE:
        return ""
    try:
        return reverse("ticket", args=[source, number])
    except NoReverseMatch:
        return ""


def at(review: ReviewListed) -> str:
    """Where a review is made, or where what came of it stands."""
    name = "quality_review" if review.state in ("assigned", "draft") else "quality_result"
    return reverse(name, args=[review.id])


def number(text: str) -> int | None:
    """A whole number that somebody typed; ``None`` where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
