"""What a helpdesk's statuses and priorities are read as here, and what another reading would change on its tickets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.desks.helpdesks import meaning
from maitred.desks.helpdesks.pages import shared
from maitred.desks.helpdesks.verbs.mapping import MappingPreview, WordShown
from maitred.desks.helpdesks.verbs.shapes import ConnectionShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_REFUSALS = (Conflict, Denied, Invalid)
_KINDS: dict[str, tuple[str | Promise, Sequence[str]]] = {
    "statuses": (gettext_lazy("Statuses"), meaning.STATUSES),
    "priorities": (gettext_lazy("Priorities"), meaning.PRIORITIES),
}


@require_http_methods(["GET", "HEAD", "POST"])
def meant(request: HttpRequest, slug: str) -> HttpResponse:
    """The words as they are read; a changed choice is shown on real tickets before it is kept."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    known: ConnectionShown = run("helpdesks.show", actor, {"connection": slug})
    problem: MaitredError | None = None
    wanted: dict[str, Any] | None = None
    if request.method == "POST":
        wanted = _wanted(request, known.mapping)
        if request.POST.get("do") == "save":
            given = {"connection": slug, "version": request.POST.get("version", ""), "mapping": wanted}
            try:
                run("helpdesks.set_mapping", actor, given)
                messages.success(request, _("Kept. Tickets are read so from the next reading on."))
                return HttpResponseRedirect(request.path)
            except _REFUSALS as error:
                problem = error
    found = _preview(actor, slug, wanted)
    changing = wanted is not None and wanted != _plain(known.mapping)
    context = {
        **shared.shell(actor, known, "helpdesk_words"), "page": Frame("helpdesks", _state(problem, found)),
        "title": _title(found), "problem": forms.told(problem) if problem else "",
        "groups": [_group(actor, slug, name, found, wanted or known.mapping) for name in _KINDS],
        "preview": _shown(actor, slug, found) if found and changing else None, "escalated": _escalated(found),
    }  # fmt: skip
    return render(request, "helpdesks/mapping.html", context, status=problem.status if problem else 200)


def _preview(actor: Actor, slug: str, wanted: Mapping[str, Any] | None) -> MappingPreview | None:
    """What a map means on the tickets that were read; None before anything was."""
    given = {} if wanted is None else {"mapping": json.dumps(wanted)}
    try:
        found: MappingPreview = run("helpdesks.preview_mapping", actor, {"connection": slug, **given})
    except NotFound:
        return None
    return found if found.tickets else None


def _wanted(request: HttpRequest, there: Mapping[str, Any]) -> dict[str, Any]:
    """The map that the form asks for: the kept one, with each word's choice; an empty choice leaves it to maitred."""
    found = _plain(there)
    for name in _KINDS:
        kept = dict(found.get(name) or {})
        for raw, ours in zip(request.POST.getlist(f"{name}-raw"), request.POST.getlist(name), strict=False):
            kept.pop(raw, None)
            if ours:
                kept[raw] = ours
        found[name] = kept
    return {name: part for name, part in found.items() if part}


def _plain(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(part) for name, part in mapping.items() if part}


def _state(problem: MaitredError | None, found: MappingPreview | None) -> str:
    return "error" if problem else "ok" if found else "empty"


def _title(found: MappingPreview | None) -> str:
    if found is None:
        return _("No ticket has been read yet")
    said = ngettext("How the words of %(n)s ticket are read", "How the words of %(n)s tickets are read", found.tickets)
    return said % {"n": words.count(found.tickets)}


def _group(
    actor: Actor, slug: str, name: str, found: MappingPreview | None, mapping: Mapping[str, Any]
) -> dict[str, Any]:
    title = _KINDS[name][0]
    chosen = dict(mapping.get(name) or {})
    rows: dict[str, list[WordShown]] = {}
    for one in found.words if found else ():
        if one.what == name:
            rows.setdefault(one.raw, []).append(one)
    shown = [_row(actor, slug, name, raw, every, chosen.get(raw, "")) for raw, every in rows.items()]
    return {
        "name": name, "title": title, "none": _("None was met yet."),
        "rows": sorted(shown, key=lambda row: -row["n"]),
        "help": _("“As maitred reads it” leaves the word to the connector.") if shared.may(actor) and shown else "",
    }  # fmt: skip


def _row(actor: Actor, slug: str, name: str, raw: str, every: Sequence[WordShown], chosen: str) -> dict[str, Any]:
    tickets = sum(one.tickets for one in every)
    now = " / ".join(dict.fromkeys(one.before or words.NOTHING for one in every))
    usual = _("as maitred reads it: %(word)s") % {"word": now}
    options = [
        Option("", usual, chosen=not chosen),
        *(Option(one, one, chosen=one == chosen) for one in _KINDS[name][1]),
    ]
    examples = [each for one in every for each in one.examples][:3]
    return {
        "raw": raw, "name": name, "label": _("What %(word)s means") % {"word": raw}, "canonical": chosen or now,
        "options": options if shared.may(actor) else (), "tickets": words.count(tickets), "n": tickets,
        "examples": [{"ticket": each, "href": shared.ticket(actor, slug, each)} for each in examples],
    }  # fmt: skip


def _shown(actor: Actor, slug: str, found: MappingPreview) -> dict[str, Any]:
    said = ngettext("%(n)s ticket would be read otherwise", "%(n)s tickets would be read otherwise", found.would)
    rows = [
        {"what": _KINDS.get(one.what, (one.what, ()))[0], "raw": one.raw, "before": one.before or words.NOTHING,
         "after": one.after, "tickets": words.count(one.tickets),
         "examples": [{"ticket": each, "href": shared.ticket(actor, slug, each)} for each in one.examples]}
        for one in found.words if one.before != one.after
    ]  # fmt: skip
    told = {"n": words.count(found.would)}
    return {
        "title": said % told if found.would else _("No ticket would be read otherwise"), "rows": rows, "can": True,
        "button": _("Keep this reading"),
        "help": _("Looked at all %(n)s tickets of publication %(number)s. Nothing is kept yet.")
        % {"n": words.count(found.tickets), "number": found.publication},
    }  # fmt: skip


def _escalated(found: MappingPreview | None) -> str:
    told = [one for one in (found.words if found else ()) if one.what == "escalated" and one.after == "yes"]
    count = sum(one.tickets for one in told)
    if not count:
        return ""
    said = ngettext("%(n)s ticket counts as escalated by the rule that is kept.",
                    "%(n)s tickets count as escalated by the rule that is kept.", count)  # fmt: skip
    return said % {"n": words.count(count)}


meant.verb = "helpdesks.preview_mapping"  # type: ignore[attr-defined]
