"""Takes the look at a publication and keeps it: the list as it is computed, and each finding with its history."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from maitred.base.errors import MaitredError
from maitred.desks.today import access
from maitred.desks.today.folding import harm_of
from maitred.desks.today.models import LONGEST_TITLE, Finding, Look
from maitred.desks.today.sight import about_person
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register

LOOKING = "maitred.insight.detectors.looking"
_KEPT = 400
_STALE = "data_health"
_TICKETS = "metrics.tickets"


class Day(Protocol):
    """One look as ``insight`` gives it; findings are plain documents in rank order."""

    @property
    def as_of(self) -> datetime | str: ...
    @property
    def findings(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def checked(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def learning(self) -> bool: ...
    @property
    def notes(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored look, opened."""

    publication: int
    as_of: datetime
    findings: tuple[dict[str, Any], ...]
    checked: tuple[dict[str, Any], ...]
    learning: bool
    notes: tuple[str, ...]

    @property
    def stale(self) -> bool:
        """Whether old data replaced the findings."""
        return any(one["family"] == _STALE for one in self.findings)


def take(workspace: Any, publication: Any) -> Day | None:
    """Look at a publication; minutes of work on a large one. None where there are no detectors."""
    if importlib.util.find_spec(LOOKING) is None:
        return None
    found: Day = importlib.import_module(LOOKING).look(workspace, publication)
    return found


def compared(actor: Actor, publication: int, day: Day, zone: str) -> None:
    """Note on each finding whether the rows of its metric are exactly the tickets that it counts.

    Only then a link from its number may lead to those rows; otherwise its own page lists its tickets.
    """
    last = _instant(day.as_of).astimezone(ZoneInfo(zone)).date().isoformat()
    for one in day.findings:
        evidence = one["evidence"]
        evidence["same_rows"] = _rows(actor, publication, evidence.get("query") or {}, last, zone) == evidence["count"]


def _rows(actor: Actor, publication: int, query: Mapping[str, Any], last: str, zone: str) -> int | None:
    """How many rows the query of a finding has now; None where it cannot be asked."""
    if _TICKETS not in register() or not query:
        return None
    where = [f"{name}={value}" for name, value in (query.get("where") or {}).items() if isinstance(value, str)]
    given = {
        "metric": query["metric"], "start": query["from"], "end": query.get("to") or last, "where": where,
        "zone": zone, "publication": publication, "limit": 1,
    }  # fmt: skip
    try:
        return int(run(_TICKETS, actor, given).total)
    except MaitredError:
        return None


def keep(publication: int, day: Day) -> Look:
    """Keep a look and the state of its findings, inside a deed; what people decided stays."""
    as_of = _instant(day.as_of)
    document = {
        "findings": [dict(one) for one in day.findings],
        "checked": [dict(one) for one in day.checked],
        "learning": bool(day.learning),
        "notes": [str(one) for one in day.notes],
    }
    there = access.look_at(publication)
    if there is None:
        look = deeds.create(Look, publication=publication, as_of=as_of, document=document)
    else:
        look = deeds.change(there, None, as_of=as_of, document=document)
    known = access.kept_findings(one["id"] for one in day.findings)
    for one in day.findings:
        _kept(known.get(one["id"]), dict(one), as_of)
    for old in access.older_looks(_KEPT):
        deeds.remove(old, None)
    return look


def opened(look: Look) -> Seen:
    """A stored look as plain values."""
    document = look.document
    return Seen(
        look.publication, look.as_of, tuple(document["findings"]), tuple(document["checked"]),
        bool(document["learning"]), tuple(document["notes"]),
    )  # fmt: skip


def _kept(row: Finding | None, document: dict[str, Any], as_of: datetime) -> None:
    if row is not None and row.last_seen > as_of:  # a look at an older publication: the newer words stay
        return
    subject = document["subject"]
    where = document["evidence"].get("query", {}).get("where")
    values: dict[str, Any] = {
        "family": document["family"], "detector": document["detector"], "subject_type": subject["type"],
        "subject_id": subject["id"], "subject_name": str(subject.get("name") or "")[:200],
        "person": access.person_behind(_someone(subject, where)) if about_person(subject, where) else None,
        "title": document["title"][:LONGEST_TITLE], "since": date.fromisoformat(document["since"]),
        "harm": harm_of(document), "document": document, "last_seen": as_of,
    }  # fmt: skip
    if row is None:
        deeds.create(Finding, id=document["id"], first_seen=as_of, **values)
    else:
        deeds.change(row, None, **values)


def _someone(subject: Mapping[str, Any], where: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The subject, or the person by whom it is cut."""
    if subject["type"] == "agent" or not where:
        return subject
    word = str(where.get("assignee", ""))
    return {"id": word, "external_id": word.rpartition(":")[2]}


def _instant(moment: datetime | str) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
