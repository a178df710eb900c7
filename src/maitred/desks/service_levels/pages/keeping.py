"""What one keeps of a page of figures: notes on its days, marks on its tickets, and files of many rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError, NotFresh
from maitred.desks.service_levels.pages import kept
from maitred.desks.service_levels.pages.kept import Keep
from maitred.desks.service_levels.pages.opening import Opened
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.exports.making import Spec, start_export
from maitred.kit.pages import rows, words


def of(opened: Opened, asked: Mapping[str, Any] | None = None) -> Keep:
    """What one may keep of a page; ``asked`` are the words of ``metrics.show`` behind its main figure."""
    return kept.of(opened.request, opened.actor, opened.filters, opened.publication, asked)


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
    if not total or reach(opened.actor, Right.MARKS_WRITE) is Reach.NONE or not kept.local("marks_preview"):
        return None
    part = opened.own.get("part")
    meant = {**asked, **({"part": part} if part else {})}
    more = rows.offered(opened.actor)
    return {"words": kept.pairs(meant), "total": total, "back": opened.request.get_full_path(), "more": more}


def marks(opened: Opened, source: str, ticket: str) -> dict[str, Any]:
    """Labels and notes of one ticket, and whether one may add to them."""
    found = opened.ask("marks.of", source=source, ticket=ticket).marks
    may = reach(opened.actor, Right.MARKS_WRITE) is not Reach.NONE
    shown = [{"mark": one, "removable": may and (one.mine or one.kind == "label")} for one in found]
    return {
        "labels": [one for one in shown if one["mark"].kind == "label"],
        "notes": [one for one in shown if one["mark"].kind == "note"],
        "may_mark": may and bool(kept.local("marks_add")), "ticket_ref": f"{source}:{ticket}",
        "here": opened.request.get_full_path(), "ticket_actions": rows.of_ticket(opened.actor, source, ticket),
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
