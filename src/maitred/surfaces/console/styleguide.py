"""The style guide: every piece that pages are made of, in its states, light and dark, both ways of reading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from maitred.kit.pages.frame import Frame
from maitred.surfaces.console.posting import Field, Form, Option

STAGES = (("light", "ltr"), ("dark", "rtl"))


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: its name, when it is used, the template that shows it."""

    name: str
    title: str | Promise
    use: str | Promise


PIECES = (
    Piece("head", _("Page head"), _("The finding, and the line of facts under it.")),
    Piece("buttons", _("Buttons"), _("One filled button on a page. The label names object and count.")),
    Piece("chips", _("Filter chips"), _("Each filter in force, with the way to take it out.")),
    Piece("tabs", _("Tabs"), _("Views of the same thing; the address changes.")),
    Piece("figure", _("Figure"), _("Value, interval and n; the link leads to the rows behind it.")),
    Piece("tile", _("Tile"), _("A figure with its change; too little data is a sentence.")),
    Piece("verdicts", _("Verdicts"), _("Change words follow a test; colour never stands alone.")),
    Piece("badges", _("Badges and states"), _("One word on the state of a thing.")),
    Piece("bars", _("Bars"), _("Parts of a whole that sum to 100%.")),
    Piece("table", _("Table"), _("The head stays; on a phone rows become cards.")),
    Piece("ledger", _("Ledger"), _("How a clock came to its value, interval by interval.")),
    Piece("panel", _("Panel with rows"), _("A part of a page with its own heading.")),
    Piece("people", _("Facts about somebody"), _("Names of people and customers are kept apart by direction.")),
    Piece("disclosure", _("Disclosure"), _("Forms that are not needed every time stay folded.")),
    Piece("form", _("Form"), _("Fields with help, an error, and what somebody else entered meanwhile.")),
    Piece("audit", _("Old and new"), _("What a deed changed.")),
    Piece("notes", _("Notes"), _("What must be known before going on.")),
    Piece("messages", _("Messages"), _("What was just done.")),
    Piece("empty", _("Empty"), _("What was looked for, and the one step that would fill it.")),
    Piece("loading", _("Loading"), _("A place of fixed height, so that nothing jumps.")),
    Piece("progress", _("Progress"), _("How far a job is, or that it goes on.")),
    Piece("checklist", _("Checklist"), _("Steps that end with a proof.")),
    Piece("keys", _("Keys"), _("Keys as they stand on a keyboard.")),
)


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """All pieces on one page."""
    context = {"page": Frame("styleguide"), "pieces": _pieces(get_language() or "en"), "stages": STAGES}
    return render(request, "console/styleguide.html", context)


@cache
def _pieces(language: str) -> list[dict[str, Any]]:
    """Each piece drawn once for every stage; the same for everybody who reads a language."""
    found = []
    for one in PIECES:
        drawn = [(theme, way, _drawn(one.name, f"{one.name}-{theme}")) for theme, way in STAGES]
        piece = {"name": one.name, "title": str(one.title), "use": str(one.use)}
        found.append({**piece, "drawn": drawn, "code": _drawn(one.name, one.name).strip()})
    return found


def _drawn(name: str, key: str) -> str:
    return render_to_string(f"console/specimens/{name}.html", {"key": key, "form": _form(key)})


def _form(key: str) -> Form:
    choices = (Option("agent", "Agent", "Own tickets, own figures.", True), Option("lead", "Team lead", "Their teams."))
    days = (Option("1", "Monday", chosen=True), Option("2", "Tuesday"))
    fields = (
        Field("name", "Name", value="Ana Ruiz", required=True, help="As colleagues know her."),
        Field("mail", "Mail address", "email", "ana@example", errors=("This is no mail address.",)),
        Field("team", "Team", "select", options=days),
        Field("title", "Title", value="Billing", there="Billing and refunds"),
        Field("why", "Reason", "textarea", required=True),
        Field("roles", "Roles", "checks", options=choices),
        Field("look", "Colours", "radios", options=days),
        Field("keys", "Single keys do something", "check", "on"),
    )
    return Form("sample", "Save", fields, key=key)
