"""Whether people may be ranked: for a requisition, by the place of its site and what was recorded before.

A search without a requisition looks around in a pool and decides nothing; it says what would be asked of a ranking at
the place that it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from maitred.base import clock
from maitred.desks.hiring.models import Requisition
from maitred.desks.hiring.pipeline import access as pipeline
from maitred.desks.hiring.postings.checks.ranking import Audit, audit_is_there
from maitred.desks.hiring.postings.places import Spot, Where
from maitred.desks.hiring.search_shapes import CheckTold
from maitred.insight.ranking.scoring import Weights

AUDITS: list[Any] = []
"""Functions that give the recorded bias audits as ``Audit``; whoever keeps them adds one."""


def checks(requisition: Requisition | None, chips: Sequence[dict[str, Any]], weights: Weights) -> list[CheckTold]:
    """What stops a ranking (E), and what would (W)."""
    today = clock.now().date()
    level = "W" if requisition is None else "E"
    found = []
    for where in _places(chips):
        for one in audit_is_there(where, None, weights.sha256, _audits(), today):
            says = (
                one.message if level == "E" else f"for a post there nobody could be ranked yet: {_reason(one.message)}"
            )
            found.append(CheckTold(one.id, level, says))
    if requisition is not None:
        found += _told_before(requisition, today)
    return list(dict.fromkeys(found))


def _told_before(requisition: Requisition, today: date) -> list[CheckTold]:
    """C4: candidates were told, and long enough ago."""
    told = pipeline.notices_of(requisition) if requisition.notice_needed else []
    if not requisition.notice_needed or (told and told[0].usable_from <= today):
        return []
    when = f"it may be used from {told[0].usable_from.isoformat()} on" if told else "nobody was told yet"
    says = f"at this place candidates are told ten working days before a ranking is used: {when}"
    return [CheckTold("C4", "E", says)]


def _reason(message: str) -> str:
    """What is missing, without what follows from it."""
    return message.partition(": candidates")[0]


def _audits() -> list[Audit]:
    return [one for read in AUDITS for one in read()]


def _places(chips: Sequence[dict[str, Any]]) -> list[Where]:
    """Cities that the chips name, as rules name places."""
    made = []
    for chip in chips:
        value = chip["value"]
        if chip["slot"] == "place" and not chip.get("not") and value.get("kind") in ("city", "area"):
            region = value.get("admin1") or ""
            spot = Spot(value.get("country") or "", region, value.get("name") or "")
            made.append(Where("site", (spot,)))
    return made


def of_site(site: str) -> list[dict[str, Any]]:
    """The place chips of a requisition's site."""
    from maitred.insight.ranking.chips import read

    return [chip.told() for chip in read(f"in {site}").chips if chip.slot == "place"] if site else []
