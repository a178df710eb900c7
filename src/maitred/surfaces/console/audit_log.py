"""The audit log as people read it: who did what, with the old and the new value; whether it is whole; copy, sign-off.

Everybody who may read it sees their own part; the verb decides how far that goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from maitred.base.errors import Invalid, UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.audit.verbs import SEALED, Change, RowShown
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise
from maitred.surfaces.console import posting
from maitred.surfaces.console.posting import Field, Form, Refused

_FILTERS = ("verb", "object", "who", "from", "to")
_EXPORTED = 5000
_DONE = {"create": pgettext_lazy("deed", "made"), "change": pgettext_lazy("deed", "changed"),
         "remove": pgettext_lazy("deed", "removed")}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """The rows that one may read, the newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authorise(register()["audit.rows"], actor)
    asked = {name: request.GET[name].strip() for name in _FILTERS if request.GET.get(name, "").strip()}
    try:
        found = run("audit.rows", actor, {**_asked(asked), "cursor": request.GET.get("cursor") or None})
    except _BadDay as error:
        return posting.bad_filter(request, error.name, asked, _("Write a day such as 2026-11-28."))
    except Invalid as error:
        return posting.bad_filter(request, error.errors[0]["field"], asked, _("Write fewer letters."))
    answer = _answered(request) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    everything = reach(actor, Right.AUDIT_READ) is Reach.ALL
    context = {
        "page": Frame("audit", "ok" if found.items else "empty", path=request.path),
        "title": _("Who did what, the newest first"),
        "rows": [_row(one) for one in found.items],
        "zone": timezone.get_current_timezone_name(),
        "filters": _filters(asked),
        "narrowed": bool(asked),
        "everything": everything,
        "path": request.path,
        "first": bool(request.GET.get("cursor")),
        "next": f"?{urlencode({**asked, 'cursor': found.next})}" if found.next else "",
        "verified": run("audit.verify_log", actor, {}) if everything and request.GET.get("verify") else None,
        "forms": [one.refused(answer) for one in _forms(actor, found.items)],
    }
    return render(request, "console/audit.html", context, status=answer.status if answer else 200)


read.verb = "audit.rows"  # type: ignore[attr-defined]


class _BadDay(Exception):
    """A day of the address is none."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _asked(asked: dict[str, str]) -> dict[str, Any]:
    """The filters as the verb takes them: days are the reader's, both inclusive."""
    given: dict[str, Any] = {name: asked[name] for name in ("verb", "object", "who") if name in asked}
    if "from" in asked:
        given["since"] = _midnight("from", asked["from"], 0)
    if "to" in asked:
        given["until"] = _midnight("to", asked["to"], 1)
    return given


def _midnight(name: str, given: str, later: int) -> str:
    try:
        day = date.fromisoformat(given) + timedelta(days=later)
        local = datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
        return local.astimezone(UTC).isoformat()
    except (ValueError, OverflowError) as error:
        raise _BadDay(name) from error


def _filters(asked: dict[str, str]) -> list[Field]:
    fields = (
        Field("verb", _("Deed"), value=asked.get("verb", ""), suggested=sorted(register())),
        Field("object", _("Object"), value=asked.get("object", ""), help=_("Such as team:3, or team for all of them.")),
        Field("who", _("Who"), value=asked.get("who", ""), help=_("Such as account:7 or os:ana.")),
        Field("from", _("From"), "date", asked.get("from", "")),
        Field("to", _("To"), "date", asked.get("to", "")),
    )
    return [*Form("find", "", fields).fields]


def _row(one: RowShown) -> dict[str, Any]:
    known = register().get(one.verb)
    return {
        "row": one,
        "said": known.summary if known else "",
        "who": f"{one.actor} → {one.on_behalf_of}" if one.on_behalf_of else one.actor,
        "account": one.actor if one.actor.startswith("account:") else "",
        "changes": [(change, _DONE.get(change.do, change.do), [*_values(change)]) for change in one.changes],
        "told": ngettext("%(n)s value", "%(n)s values", _count(one)) % {"n": words.count(_count(one))},
    }


def _count(one: RowShown) -> int:
    return sum(len([*_values(change)]) for change in one.changes)


def _values(change: Change) -> Iterator[tuple[str, str, str]]:
    """Field, old and new value; what was only noted has no old one."""
    for name, value in sorted(change.values.items()):
        if name == "version":
            continue
        paired = change.do in ("create", "change", "remove") and isinstance(value, list) and len(value) == 2
        old, new = value if paired else (None, value)
        if old not in (None, "") or new not in (None, ""):
            yield name.removesuffix("_id").replace("_", " "), _said(old), _said(new)


def _said(value: Any) -> str:
    if value in (None, ""):
        return "–"
    if value == SEALED:
        return _("(sealed)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _forms(actor: Actor, rows: tuple[RowShown, ...]) -> list[Form]:
    if reach(actor, Right.AUDIT_EXPORT) is Reach.NONE:
        return []
    newest = str(rows[0].seq) if rows else ""
    behind = (Field("after", _("Behind row"), "number", "0", help=_("0 begins with the first one.")),)
    review = (
        Field("through", _("Reviewed up to row"), "number", newest, required=True),
        Field("finding", _("What the review found"), "textarea", required=True),
    )
    told = _("At most %(n)s rows in one file, one JSON document a line, exactly as they are chained.")
    return [
        Form("export", _("Export the rows"), behind, title=_("Export"), lead=told % {"n": words.count(_EXPORTED)}),
        Form("sign", _("Sign off"), review, title=_("Sign off"),
             lead=_("A signed head holds fast how far the log goes now; your finding is kept sealed.")),
    ]  # fmt: skip


def _answered(request: HttpRequest) -> HttpResponse | Refused:
    do = request.POST.get("do", "")
    if do == "export":
        return _exported(request)
    if do == "sign":
        given = posting.words(request, "through", "finding")
        return posting.attempt(request, "audit.sign_off", given, _("Your sign-off is recorded."), reverse("audit"))
    raise UsageError("this page has no such form", "go back, load the page again and repeat")


def _exported(request: HttpRequest) -> HttpResponse | Refused:
    given = {**posting.filled(request, "after"), "limit": _EXPORTED}
    answer = posting.asked(request, "audit.export", given)
    if isinstance(answer, Refused | HttpResponse):
        return answer
    response = HttpResponse(answer.lines, content_type="application/x-ndjson; charset=utf-8")
    name = f"audit-{answer.first or 0}-{answer.last or 0}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-SHA256"] = answer.sha256
    return response
