"""The page that lists every metric, generated from the catalogue so that it cannot say anything else.

``python -m maitred.metrics.catalogue.document > docs/metrics.md`` writes it.
"""

from __future__ import annotations

from maitred.metrics.catalogue import FAMILIES, Metric
from maitred.metrics.catalogue.dimensions import PERIODS
from maitred.metrics.catalogue.metric import SMALLEST_N

_OPENING = """\
# Metrics

Generated from the catalogue (`maitred.metrics.catalogue`); change it there. Each metric has an id
`name.variant@attribution#version`. Version, attribution and variant may be left out where the catalogue has a default:
`frt` means `frt.business_all#1`, `csat.rate` means `csat.rate@at_solve#1`.

- Durations are whole seconds; their quantiles are exact (type 7, interpolated values round half up). Where rows are
  still running they enter as right-censored at as-of and the quantile is read off the Kaplan-Meier curve; "not reached"
  means that too many still run.
- Intervals are 95 %: order statistics for quantiles, Greenwood on the log(-log) scale for censored ones, Wilson for
  shares, BCa bootstrap for means (normal from 1,000 rows on), a normal interval with three pseudo-answers for NPS. Rows
  that come in clusters (turns or targets of one ticket) count as the number of independent rows that they are worth.
  Counts are exact and have none.
- Too few rows give no value: {smallest}.
- Dimensions hold the value at the instant of the time basis, never today's. `team` is the helpdesk group until teams
  exist in the house. `day`, `week` (its Monday) and `month` are cut in the report time zone. `none` filters for rows
  without a value. Ids of groups, people and accounts carry their source (`zendesk:104`) where a publication has several
  sources; filters take both forms.
- `excluded` counts the rows of the same period and filters that the population leaves out.
"""


def document() -> str:
    """The whole page as Markdown."""
    smallest = ", ".join(f"{statistic} {n}" for statistic, n in SMALLEST_N.items())
    parts = [_OPENING.format(smallest=smallest)]
    for family, metrics in FAMILIES.items():
        parts.append(f"## {family}\n")
        parts += [_entry(group) for group in _together(metrics)]
    return "\n".join(parts)


def _together(metrics: tuple[Metric, ...]) -> list[list[Metric]]:
    """Metrics that differ in their clock only are one entry."""
    groups: dict[tuple[str, str, str], list[Metric]] = {}
    for metric in metrics:
        groups.setdefault((metric.name, metric.title, metric.attribution), []).append(metric)
    return list(groups.values())


def _entry(metrics: list[Metric]) -> str:
    first = next((metric for metric in metrics if metric.default), metrics[0])
    lines = [f"### {first.title}\n", *(f"- `{metric.id}`" for metric in metrics), ""]
    lines.append(first.meaning + "\n")
    facts = {
        "unit": first.unit,
        "better": first.direction or "neither",
        "statistic": ", ".join(first.statistics),
        "population": first.population_text,
        "time basis": first.basis,
        "clock": ", ".join(f"`{metric.clock}`" for metric in metrics if metric.clock) or "none",
        "maturity": f"{first.maturity_days} days" if first.maturity_days else "at once",
        "still running": "right-censored at as-of" if first.censored else "no value",
        "clusters": "ticket" if first.cluster else "none",
        "dimensions": ", ".join((*first.dimensions, *PERIODS)),
        "rows": f"`{first.facts}`",
        "SQL": f"`{first.numerator or first.value}`",
        "example": f"`{first.example}`",
    }
    lines += [
        "| | |",
        "|---|---|",
        *(f"| {name} | {text.replace('|', chr(92) + '|')} |" for name, text in facts.items()),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(document(), end="")
