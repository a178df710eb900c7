"""The desk's card on the start page: which of the main figures changed, and the figures themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages.figures import sentence, timed, view
from maitred.desks.service_levels.pages.opening import Opened, opened
from maitred.desks.service_levels.pages.speed import ask
from maitred.kit.pages.figures import FigureView
from maitred.kit.pages.filters import BadFilter
from maitred.metrics.catalogue import resolve

LOOKED_AT = (
    ("frt", "median"), ("frt", "p90"), ("nrt", "median"), ("full_resolution", "median"), ("sla.attainment", None),
    ("csat.rate", None), ("reopen_rate.transitions", None), ("backlog", None),
)  # fmt: skip
"""What the start page asks: figure and statistic."""
_CLOCKS = ("frt", "nrt", "full_resolution")


def figures(request: HttpRequest) -> dict[str, Any] | None:
    """The figures that changed first, in a sentence each; then all of them."""
    try:
        with opened(request) as one:
            return _made(one)
    except BadFilter:
        raise
    except MaitredError:
        return None


def _made(one: Opened) -> dict[str, Any]:
    tiles, changed = [], []
    for name, statistic in LOOKED_AT:
        metric = resolve(timed(name, one.filters) if name in _CLOCKS else name)
        try:
            shown = ask(one, metric.id, statistic=statistic)
        except MaitredError:
            continue
        row = shown.rows[0]
        label = _("First reply, 90th percentile") if statistic == "p90" else ""
        tile = view(one, shown, row, label)
        tiles.append(tile)
        if row.difference_verdict in ("improved", "worsened") and statistic != "p90":
            changed.append(
                {"sentence": sentence(row, metric), "figure": tile, "worse": row.difference_verdict == "worsened"}
            )
    changed.sort(key=lambda each: not each["worse"])
    said = ngettext("%(n)s thing changed", "%(n)s things changed", len(changed)) % {"n": len(changed)}
    return {
        "finding": said if changed else _nothing(tiles),
        "frame": one.frame("today"), "tiles": tiles, "changed": changed, "looked": len(tiles),
    }  # fmt: skip


def _nothing(tiles: list[FigureView]) -> str:
    """What stands above figures none of which changed: a real answer only where each of them allows one."""
    told = {"n": len(tiles)}
    if all(one.tone == "same" for one in tiles):
        return _("No real change in the %(n)s figures looked at") % told
    return _("No change can be told in the %(n)s figures looked at") % told
