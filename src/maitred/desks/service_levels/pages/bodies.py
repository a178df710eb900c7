"""What a page of figures shows between head and foot, kept per publication, reader and address.

The reader's rights, scope and account, what people noted on the days shown, and the teams to share with are read anew
for each answer and are part of the key: whoever may see something else, or has written something since, gets a text of
their own. Only for pages that change nothing and whose questions leave no trace in the audit log; the frame around it
(filters, navigation, notices, messages) is made for each answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages.keeping import noted
from maitred.desks.service_levels.pages.opening import Opened
from maitred.kit.pages import rows
from maitred.kit.reading import texts
from maitred.metrics.scope import Scope
from maitred.people.reach import figures_scope, tickets_scope

PIECES = ("name", "head_title", "extra_head", "main_marks", "content")
_BETWEEN = "<!--|-->"
"""Stands between the pieces (``console/pieces.html``); texts of people cannot hold it, since they are escaped."""
_FIELD = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
_NOBODYS = "of-the-reader"
_TEAMS = 200


class _Unkept(Exception):
    """The page is an answer of its own (a refusal, a file) and is given as it is."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def answered(opened: Opened, name: str, view: Callable[[Opened], HttpResponse]) -> HttpResponse:
    """The page of a view, from what is kept of it, else made now.

    The worker that warms up is no reader: it asks in order to have read what answers are made of.
    """
    if opened.actor.operator:
        return view(opened)

    def made() -> str:
        with_pieces = {"layout": "console/pieces.html", "between": SafeString(_BETWEEN), "csrf_token": _NOBODYS}
        answer = view(replace(opened, more=with_pieces))
        text = answer.content.decode()
        if answer.status_code != 200 or text.count(_BETWEEN) != len(PIECES) - 1:
            raise _Unkept(answer)
        return text

    try:
        text = texts.kept(_key(opened, name), made)
    except _Unkept as error:
        return error.answer if error.answer.status_code == 200 else view(opened)
    return _whole(opened, text)


def _whole(opened: Opened, text: str) -> HttpResponse:
    own = text.replace(_FIELD.format(_NOBODYS), _FIELD.format(get_token(opened.request)))
    pieces = dict(zip(PIECES, own.split(_BETWEEN), strict=True))
    shown = {name: SafeString(piece) for name, piece in pieces.items()}
    context = {"page": opened.frame(pieces["name"]), "filters": opened.filters, "pieces": shown}
    return render(opened.request, "console/shell.html", context)


def _key(opened: Opened, name: str) -> tuple[Any, ...]:
    """Everything that the text depends on."""
    request, actor, publication = opened.request, opened.actor, opened.found.publication
    return (
        (str(opened.found.ask.workspace.home), publication.made_at, publication.number),
        (name, request.get_full_path(), request.get_host(), request.scheme),
        (get_language(), get_current_timezone_name(), opened.known.zone.key, opened.known.hours),
        (str(actor.kind), actor.account, actor.person, {str(one) for one in actor.roles}, bool(_mail(opened))),
        ({str(one) for one in actor.grants}, actor.scopes, actor.teams, actor.subtree, actor.break_glass, actor.strong),
        (_written(figures_scope(actor)), _written(tickets_scope(actor)), opened.known.choices),
        (tuple(opened.where), noted(opened), _teams(opened), rows.offered(opened.actor)),
    )


@lru_cache(maxsize=256)
def _written(scope: Scope) -> str:
    """A scope names hundreds of people; it is written down once."""
    return texts.plain(asdict(scope))


def _mail(opened: Opened) -> str:
    return str(getattr(opened.request.user, "email", ""))


def _teams(opened: Opened) -> list[tuple[int, str]]:
    """The teams that a view or a note may be shared with, by their present names."""
    try:
        return [(one.id, one.name) for one in opened.ask("people.list_teams", limit=_TEAMS).items]
    except MaitredError:
        return []
