"""The list as one reader has it: what they may see of the latest look, laid out by what was decided meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from maitred.desks.today import access, looks
from maitred.desks.today.folding import OPEN, Handling, Laid, lay
from maitred.desks.today.looks import Seen
from maitred.desks.today.models import Finding
from maitred.desks.today.precision import Precision, measured
from maitred.desks.today.sight import Sight
from maitred.kit.access.actor import Actor

_OF_EXECUTIVES = 3
_FIVES = 5


@dataclass(frozen=True, slots=True)
class Board:
    """What a reader has before them."""

    seen: Seen
    laid: Laid
    kept: Mapping[str, Finding]
    precisions: Mapping[str, Precision]
    counts_only: bool


def board(actor: Actor, now: datetime, publication: int | None = None) -> Board | None:
    """The list of an actor; None where nothing was looked at yet."""
    look = access.newest_look() if publication is None else access.look_at(publication)
    if look is None:
        return None
    seen = looks.opened(look)
    sight = access.sight(actor)
    mine = [
        shown_to(one, sight)
        for one in seen.findings
        if sight.sees(one["subject"], one["evidence"].get("query", {}).get("where"))
    ]
    kept = access.kept_findings(one["id"] for one in mine)
    said = precisions()
    muted = frozenset(name for name, one in said.items() if one.muted)
    handled = {name: handling(row) for name, row in kept.items()}
    few = {"most": _OF_EXECUTIVES} if sight.counts_only else {}
    return Board(seen, lay(mine, handled, muted, now, **few), kept, said, sight.counts_only)


def decided(findings: Sequence[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Findings of a look as they stand with what people decided: in order, each with ``shown`` or why it is folded."""
    kept = access.kept_findings(one["id"] for one in findings)
    muted = frozenset(name for name, one in precisions().items() if one.muted)
    laid = lay(findings, {name: handling(row) for name, row in kept.items()}, muted, now)
    told = []
    for rank, one in enumerate((*laid.shown, *laid.folded), 1):
        document = {name: value for name, value in one.document.items() if name != "folded"}
        document |= {"rank": rank, "shown": bool(one.place)}
        if not one.place:
            document["folded"] = one.told or _FOLDED.get(one.why, one.why)
        told.append(document)
    return told


_FOLDED = {"more": "seven others weigh more", "muted": "its detector was wrong too often here"}


def precisions() -> dict[str, Precision]:
    """How often each detector was right here."""
    return {name: measured(name, answers) for name, answers in access.said_by_detector().items()}


def handling(row: Finding) -> Handling:
    """What was decided about a finding, as the list takes it."""
    if row.state == "open":
        return OPEN
    why: Any = row.why if row.state == "dismissed" else row.state
    return Handling(why, row.harm_then, row.until)


def shown_to(document: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
    """A finding as its reader may have it.

    What was joined to it is left out where it is out of sight; to whom only counts are shown, there are no tickets and
    counts are in fives.
    """
    evidence = dict(document["evidence"])
    evidence["related"] = [one for one in evidence.get("related") or () if _in_sight(one, sight)]
    if not sight.counts_only:
        return {**document, "evidence": evidence}
    evidence |= {"tickets": [], "related": [], "count": _in_fives(int(evidence.get("count") or 0))}
    return {**document, "evidence": evidence, "n": _in_fives(int(document["n"] or 0)), "actions": []}


def _in_sight(related: Any, sight: Sight) -> bool:
    subject = related.get("subject") if isinstance(related, Mapping) else None
    return isinstance(subject, Mapping) and sight.sees(subject)


def _in_fives(number: int) -> int:
    return _FIVES * round(number / _FIVES)
