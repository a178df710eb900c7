"""Compliance on the start page: deadlines that are overdue or due soon, the first ones by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from maitred.base.errors import MaitredError
from maitred.desks.compliance.pages import home, shared, wording
from maitred.desks.compliance.shapes import Due
from maitred.kit.access.rights import Right
from maitred.kit.pages.home import Card, register
from maitred.kit.verbs import run

_SHOWN = 5


def register_card() -> None:
    """Put the card on the start page."""
    register(Card("compliance-due", 22, "compliance/due.html", made, Right.COMPLIANCE_READ))


def made(request: HttpRequest) -> Mapping[str, Any] | None:
    """What is overdue or due soon, what ends first in front; None where there is nothing."""
    try:
        found: Due = run("compliance.due", shared.actor_of(request), {})
    except MaitredError:
        return None
    urgent = [one for one in found.clocks if one.status in ("overdue", "warned")]
    if not urgent:
        return None
    zone = shared.zone()
    return {"title": wording.due_heading(found), "rows": [home.row(one, found.as_of, zone) for one in urgent[:_SHOWN]],
            "more": max(0, len(urgent) - _SHOWN)}  # fmt: skip
