"""From the answers of verbs to charts: what stands on which axis, in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from maitred.desks.service_levels.pages.figures import drill, label_of
from maitred.desks.service_levels.pages.opening import Opened
from maitred.desks.service_levels.verbs.figures import Figures
from maitred.kit.charts import Chart, Row, dots_with_intervals, empty


def attainment(opened: Opened, by: str = "group") -> Chart:
    """Share of targets met by a dimension, each with its interval; by name, never by value."""
    shown: Figures = opened.ask("metrics.show", **opened.words(metric="sla.attainment", by=[by]))
    title = _("Share of targets met")
    told = [one for one in shown.rows if one.value is not None]
    if not told:
        return empty("dots_with_intervals", title, _("No targets fell due in this period, or too few to tell."))
    rows = [
        Row(label_of(one, by), one.value, one.low, one.high, one.n,
            drill(opened, shown.metric, **{by: one.by[by] if one.by[by] is not None else "none"}))
        for one in sorted(told, key=lambda one: label_of(one, by).casefold())
    ]  # fmt: skip
    return dots_with_intervals(rows, title=title, unit="share", better="higher")


BUILDERS: Mapping[str, Callable[..., Chart]] = {"attainment": attainment}
TAKES: Mapping[str, frozenset[str]] = {"attainment": frozenset({"by"})}
"""The words of an address that each chart takes."""
