"""Addresses as views keep them: a path of ours, and a query string of which there is one form for one meaning."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode

from maitred.base.errors import Invalid
from maitred.kit.views.models import LONGEST_QUERY

LEFT_OUT = frozenset({"view", "page", "cursor", "offset"})
"""Where in a list somebody stood, and the view they came from: no part of what the page shows."""
MOST_FILTERS = 40
_PATH = re.compile(r"/(?:[\w@.:~-]+/)*")
_PERSON = re.compile(r"(?:^|\W)(?:assignee|agent|person|account|solver|owner)\s*[:=]", re.IGNORECASE)


def canonical(query: str) -> str:
    """The query string with its filters sorted by name, each written one way, empty ones and places in lists left out.

    Raises
    ------
    Invalid
        It is no query string, or it holds too much.
    """
    try:
        pairs = parse_qsl(query.removeprefix("?"), max_num_fields=MOST_FILTERS, strict_parsing=bool(query.strip("?")))
    except ValueError as error:
        raise misfit("query", f"this is no query string of at most {MOST_FILTERS} filters") from error
    kept = sorted({pair: None for pair in pairs if pair[0] not in LEFT_OUT}, key=lambda pair: pair[0])
    written = urlencode(kept, quote_via=quote, safe=",.:@")
    if len(written) > LONGEST_QUERY:
        raise misfit("query", f"the filters are longer than {LONGEST_QUERY} characters")
    return written


def local(path: str) -> str:
    """The path, where it is one of ours: ``/service-levels/``.

    Raises
    ------
    Invalid
        It leads elsewhere, or is none.
    """
    if not _PATH.fullmatch(path) or "/../" in path or "/./" in path:
        raise misfit("path", "give the path of a page, such as /service-levels/")
    return path


def refuse_persons(path: str, query: str) -> None:
    """A view that others see picks out no single person.

    Raises
    ------
    Invalid
        It does.
    """
    said = [f"{name}={value}" for name, value in parse_qsl(query, keep_blank_values=True)]
    if path.startswith("/people/") or any(_PERSON.search(one) for one in said):
        raise misfit("sharing", "a shared view picks out no single person: take that filter out, or keep it private")


def misfit(field: str, message: str) -> Invalid:
    """An argument of a view that does not fit."""
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
