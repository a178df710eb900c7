"""The stages of a complaint as gates: what each must hold before the next one opens. Plain values in, reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from maitred.desks.compliance.reading_packs import Pack

NOT_STATED = "not stated"
NEEDED: Mapping[str, tuple[str, ...]] = {
    "receipt": ("description", "remedy", "product", "channel"),
    "acknowledgement": ("acknowledged_text", "acknowledged_channel"),
    "assessment": ("severity", "safety", "complexity", "impact", "immediate"),
    "investigation": ("facts", "root_cause"),
    "decision": ("decision", "reasons", "redress", "alternatives", "recourse"),
    "closing": ("outcome",),
}
"""What every register asks for, whatever its packs add."""
BEFORE: Mapping[str, tuple[str, ...]] = {
    "acknowledge": ("received",),
    "assess": ("acknowledged",),
    "investigate": ("assessed",),
    "decide": ("investigated",),
    "close": ("decided", "rejected_open"),
}
"""In which states a stage may be taken."""
NEXT: Mapping[str, str] = {
    "received": "acknowledge", "acknowledged": "assess", "assessed": "investigate", "investigated": "decide",
    "decided": "close", "rejected_open": "close", "closed": "",
}  # fmt: skip


def missing(stage: str, values: Mapping[str, Any], packs: Iterable[Pack] = ()) -> tuple[str, ...]:
    """Fields that a stage wants and that say nothing.

    >>> missing("receipt", {"description": "Late", "remedy": "not stated", "product": " ", "channel": "letter"})
    ('product',)
    """
    wanted = dict.fromkeys(NEEDED[stage])
    for pack in packs:
        wanted |= dict.fromkeys(pack.required.get(stage, ()))
    return tuple(name for name in wanted if _empty(values.get(name)))


def unsaid(text_id: str, text: str, packs: Iterable[Pack]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """What a text does not say though a pack wants it: pack, part, and the wordings of which one is enough."""
    plain = " ".join(text.split()).casefold()
    found = []
    for pack in packs:
        for wording in pack.texts:
            if wording.id == text_id:
                for part, any_of in wording.parts:
                    if not any(" ".join(one.split()).casefold() in plain for one in any_of):
                        found.append((pack.id, part, any_of))
    return tuple(found)


def may_close(ending: str, consent: bool, state: str, packs: Iterable[Pack]) -> str:
    """Why a complaint may not be closed in this way; empty where it may.

    Silence is no ending unless every pack of the case says so; a rejected decision stays open until outside recourse
    is exhausted or the complainant accepts.
    """
    if ending == "accepted" and not consent:
        return "accepted means that the complainant said so: record their consent"
    if ending == "silence" and not all(pack.close_by_silence for pack in packs):
        return "nobody is taken to agree by saying nothing: ask for consent, or wait until recourse is exhausted"
    if ending == "silence" and not list(packs):
        return "nobody is taken to agree by saying nothing: no pack of this case allows it"
    if ending in ("accepted", "exhausted", "silence") and state not in BEFORE["close"]:
        return "it is not decided yet"
    return ""


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value == []
