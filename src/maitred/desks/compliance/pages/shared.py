"""What the pages share: the reader, refusals, the zone, the tabs, the banner of packs that nobody of law looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.reading import reading

REFUSALS = (Conflict, Denied, Invalid, NotFound)
TABS: list[tuple[str, str | Promise, Right]] = [
    ("compliance", _("What is due"), Right.COMPLIANCE_COUNTS),
    ("compliance_complaints", _("Complaints"), Right.COMPLIANCE_READ),
    ("compliance_requests", _("Requests"), Right.COMPLIANCE_READ),
    ("compliance_proposals", _("To look at"), Right.COMPLIANCE_RAISE),
    ("compliance_causes", _("Causes"), Right.COMPLIANCE_COUNTS),
    ("compliance_checks", _("Evidence"), Right.COMPLIANCE_EVIDENCE),
    ("compliance_packs", _("Rule packs"), Right.COMPLIANCE_EVIDENCE),
    ("compliance_scans", _("Card numbers"), Right.COMPLIANCE_EVIDENCE),
]
"""Address, name, and who may follow it."""


def actor_of(request: HttpRequest) -> Actor:
    """Who reads."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def may(actor: Actor, right: Right) -> bool:
    """Whether an actor has any part in something."""
    return reach(actor, right) is not Reach.NONE


def tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of the desk for a reader."""
    return [{"href": reverse(name), "label": label, "here": name == here}
            for name, label, right in TABS if may(actor, right)
            and (name != "compliance_scans" or reach(actor, right) is Reach.ALL)]  # fmt: skip


def zone() -> ZoneInfo:
    """The organisation's zone; UTC before anything was published."""
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")


def moment(at: datetime | None, where: ZoneInfo) -> str:
    """An instant in words; empty for none."""
    return words.moment(at, where) if at is not None else ""
