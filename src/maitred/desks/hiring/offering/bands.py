"""The band of wages beside an offer: the survey's, with its area, release and doubt; empty where there is none."""

from __future__ import annotations

from typing import Any

_AGENTS, _SUPERVISORS = "43-4051", "43-1011"


def occupation(role: str) -> str:
    """The occupation of the survey that a role is nearest to.

    >>> occupation("support.agent"), occupation("support.manager")
    ('43-4051', '43-1011')
    """
    return _AGENTS if role.rpartition(".")[2] in ("agent", "senior_agent") else _SUPERVISORS


def beside(role: str, site: str, amount: int, currency: str, unit: str) -> dict[str, Any]:
    """The band of a role at a place as plain values, with where the amount lies; empty where nothing can be compared.

    Only offers in US dollars are compared: the survey knows no other country.
    """
    from maitred.insight.wages import RELEASE, band, placed, resolve

    if currency != "USD":
        return {}
    for area in resolve(site) if site else resolve("United States"):
        found = band(occupation(role), area.code)
        if found is not None:
            there = placed(found, amount, None, unit)
            return {
                "soc": found.soc, "area": area.name, "release": RELEASE.name, "source": RELEASE.source,
                "sentence": there.low.words if there.low else there.sentence,
                "percentiles": [[share, wage.value] for share, wage in found.wages],
            }  # fmt: skip
    return {}
