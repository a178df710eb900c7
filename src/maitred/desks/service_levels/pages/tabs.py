"""The tabs of Speed & SLA: each a page of its own that answers one question."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maitred.desks.service_levels.pages.opening import Opened

TABS: tuple[tuple[str, str | Promise], ...] = (
    ("speed", _("What changed")),
    ("attainment", _("Targets")),
    ("breaches", _("Why late")),
    ("backlog", _("Backlog")),
    ("bottlenecks", _("Where time goes")),
    ("policy", _("Another policy")),
    ("reconciliation", _("Against the helpdesk")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab."""

    label: str | Promise
    href: str
    here: bool


def of(opened: Opened, here: str) -> list[Tab]:
    """The tabs with the page's filters carried on."""
    return [Tab(label, opened.filters.link(_path(name)), name == here) for name, label in TABS if _path(name)]


def _path(name: str) -> str:
    try:
        return reverse(f"service_levels_{name}" if name != "speed" else "service_levels")
    except NoReverseMatch:
        return ""
