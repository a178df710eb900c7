"""Quality on the page of a person or a bot: what reviews drawn at random say, and the latest reviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.quality.pages import home, scores, shared, wording
from maitred.desks.quality.verbs.shapes import IqsRow
from maitred.kit.access.rights import Right
from maitred.kit.pages.figures import FigureView
from maitred.kit.pages.person import Kind, Section, Subject, register
from maitred.kit.verbs import run

_MOST = 5


def register_section() -> None:
    """Put the section on the page."""
    kinds: frozenset[Kind] = frozenset({"person", "bot"})
    register(Section("quality", 40, _("Quality"), "quality/parts/section.html", made, Right.QUALITY_READ, kinds))


def made(request: HttpRequest, subject: Subject) -> Mapping[str, Any] | None:
    """What the reader may see of it; None where the person is out of reach."""
    actor = shared.actor_of(request)
    by = "bot" if subject.kind == "bot" else "person"
    try:
        given = {"person": subject.id, "state": "submitted", "limit": _MOST}
        found = run("quality.reviews", actor, given).items
        means = scores.shown(actor, scores.Asked(by, scores.USUAL)).rows
    except MaitredError:
        return None
    row = next((one for one in means if one.person == subject.id), None)
    zone, now = shared.zone(), clock.now()
    return {
        "mean": wording.result(row) if row else "", "figure": _figure(row),
        "rows": [home.row(one, now, zone) for one in found],
        "days": scores.PERIODS[scores.USUAL][1],
        "href": f"{reverse('quality_reviews')}?{urlencode({'person': subject.id})}",
    }  # fmt: skip


def _figure(row: IqsRow | None) -> FigureView | None:
    """The published figure of the same days, with the way to its rows."""
    if row is None or row.published is None:
        return None
    return scores.figure(row.published, scores.Asked("person", scores.USUAL).days)
