"""The conversation beside a review: message by message and sentence by sentence, with the clocks that ran."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maitred.desks.quality.verbs.shapes import Line, ReviewedConversation
from maitred.kit.access.fields import ABSENT
from maitred.kit.pages import words

_ENDS = re.compile(r"(?<=[.!?…؟])(?=\s)|(?<=[。！？])|(?=\n)")
_TYPES: Mapping[str, str | Promise] = {
    "customer": gettext_lazy("customer"),
    "agent": gettext_lazy("agent"),
    "bot": gettext_lazy("bot"),
    "system": gettext_lazy("system"),
}
_CLOCKS: Mapping[str, str | Promise] = {
    "frt": gettext_lazy("First reply"),
    "nrt_max": gettext_lazy("Longest next reply"),
    "rwt": gettext_lazy("Requester wait"),
    "full_resolution": gettext_lazy("Full resolution"),
}
_VERDICTS: Mapping[str, str | Promise] = {
    "met": gettext_lazy("met"),
    "breached": gettext_lazy("missed"),
    "overdue": gettext_lazy("overdue"),
}
_REASONS: Mapping[str, str | Promise] = {
    "created": gettext_lazy("the ticket was created"),
    "open_hours": gettext_lazy("within working hours"),
    "closed_hours": gettext_lazy("outside working hours"),
    "as_of": gettext_lazy("still running at this moment"),
}
_LOOKS = {"agent": "agent", "bot": "bot", "system": "bot"}


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence; ``before`` is the white space in front of it."""

    before: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What a clock did at a message."""

    look: str
    told: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the page shows it. ``gap`` says how long it came after the one before."""

    number: int
    id: str
    author: str
    kind: str | Promise
    look: str
    public: bool
    at: str
    at_iso: str
    gap: str
    parts: Sequence[Part]
    hidden: bool
    clocks: Sequence[Mark] = ()


def said(found: ReviewedConversation, zone: ZoneInfo) -> list[Said]:
    """The messages in their order."""
    shown: list[Said] = []
    before: datetime | None = None
    for number, one in enumerate(found.messages, 1):
        at = datetime.fromisoformat(one.at) if one.at else None
        shown.append(_said(number, one, at, before, zone))
        before = at or before
    return shown


def sentences(text: str) -> list[Part]:
    """The sentences of a text; joined with what stands before each they are the text again.

    >>> [one.text for one in sentences("I see. Did it fail at 9.30? Yes!")]
    ['I see.', 'Did it fail at 9.30?', 'Yes!']
    """
    return list(_parts(text))


def _parts(text: str) -> Iterator[Part]:
    waiting = ""
    for piece in _ENDS.split(text):
        kept = piece.lstrip()
        if not kept:
            waiting += piece
            continue
        yield Part(waiting + piece[: len(piece) - len(kept)], kept)
        waiting = ""


def _said(number: int, one: Line, at: datetime | None, before: datetime | None, zone: ZoneInfo) -> Said:
    hidden = one.text is ABSENT
    author = "" if one.author is ABSENT else str(one.author or "")
    look = _LOOKS.get(one.author_type, "customer") if one.public else "note"
    return Said(
        number, one.id, author, _TYPES.get(one.author_type, one.author_type), look, one.public,
        words.weekday_moment(at, zone) if at else "", one.at or "", _gap(at, before),
        () if hidden else sentences(str(one.text or "")), hidden,
    )  # fmt: skip


def _gap(at: datetime | None, before: datetime | None) -> str:
    if at is None or before is None:
        return ""
    return _("%(time)s later") % {"time": words.duration(max(0.0, (at - before).total_seconds()))}


def clocks(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """The ticket's main clocks and its targets in words, in the hours that count here."""
    mode = _mode(found)
    shown = [
        {"title": str(_CLOCKS[one["clock"]]), "value": words.duration(one[mode]), "told": "", "look": ""}
        for one in found.get("clocks", ())
        if one["clock"] in _CLOCKS and one.get(mode) is not None
    ]
    return [*shown, *(_target(one) for one in found.get("targets", ()))]


def ledger(found: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any] | None:
    """Stretch by stretch why the first reply took what it took; ``None`` where no clock ran."""
    mode = _mode(found)
    one = next((each for each in found.get("ledgers", ()) if each["mode"] == mode), None)
    if one is None or not one["rows"]:
        return None
    told = _("First reply, stretch by stretch")
    total = words.duration(one["seconds"], exact=True) if one["seconds"] is not None else ""
    caption = _("In %(zone)s. The rows add up to %(total)s.") if total else _("In %(zone)s. The clock still runs.")
    return {"title": told, "caption": caption % {"zone": zone.key, "total": total},
            "rows": [_stretch(row, zone) for row in one["rows"]]}  # fmt: skip


def marked(shown: Sequence[Said], found: Mapping[str, Any]) -> list[Said]:
    """The messages, with what the first-reply clock did at each: started, or stopped after how long."""
    mode = _mode(found)
    one = next((each for each in found.get("ledgers", ()) if each["mode"] == mode), None)
    rows: Sequence[Mapping[str, Any]] = one["rows"] if one else ()
    if not rows:
        return list(shown)
    stop = next((row["from"] for row in rows if row["event"] == "stop"), None)
    start, told, begun, ended = rows[0]["from"], [], False, False
    for each in shown:
        marks = []
        if not begun and _same(each.at_iso, start):
            marks, begun = [Mark("start", _("first-reply clock starts"))], True
        elif not ended and one and one["seconds"] is not None and _same(each.at_iso, stop):
            marks = [Mark("stop", _("first reply after %(time)s") % {"time": words.duration(one["seconds"])})]
            ended = True
        told.append(replace(each, clocks=marks))
    return told


def _mode(found: Mapping[str, Any]) -> str:
    return "business_all" if found.get("schedules") else "calendar"


def _same(one: str, other: str | None) -> bool:
    if not one or not other:
        return False
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()) < 1


def _target(one: Mapping[str, Any]) -> dict[str, str]:
    verdict = str(one["verdict_all"])
    took = words.duration(one["elapsed_all_s"]) if one["elapsed_all_s"] is not None else words.NOTHING
    allowed = words.duration(one["target_s"]) if one["target_s"] is not None else words.NOTHING
    name = str(one["metric"]).replace("_", " ")
    return {
        "title": _("Target: %(name)s") % {"name": name}, "value": took,
        "told": _("of %(allowed)s, %(verdict)s") % {"allowed": allowed, "verdict": _VERDICTS.get(verdict, verdict)},
        "look": "missed" if verdict in ("breached", "overdue") else "",
    }  # fmt: skip


def _stretch(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "from": _moment(row["from"], zone), "to": _moment(row["to"], zone), "event": row["event"],
        "counted": words.duration(row["seconds"], exact=True) if row["seconds"] else "0", "zero": not row["seconds"],
        "total": words.duration(row["cumulative"], exact=True), "why": _why(row["reason"] or ""),
    }  # fmt: skip


def _why(text: str) -> str:
    told = [str(_REASONS.get(one.strip(), one.strip().replace("_", " "))) for one in text.split(",")]
    return ", ".join(one for one in told if one)


def _moment(text: str | None, zone: ZoneInfo) -> str:
    return words.weekday_moment(datetime.fromisoformat(text), zone) if text else ""
