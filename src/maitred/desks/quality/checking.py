"""Rules that answer an item by themselves: a clock against a limit, words in what the agents wrote, a behaviour."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maitred.base.errors import Invalid, MaitredError
from maitred.desks.quality import access, observing
from maitred.desks.quality.models import Check, CheckAnswer
from maitred.kit.audit import deeds
from maitred.metrics import ticket_records
from maitred.metrics.asking import Asker
from maitred.metrics.explaining import explain

CLOCKS = ("frt", "frt_any", "nrt_max", "time_to_assign", "first_resolution", "full_resolution", "rwt", "awt")
MODES = ("calendar", "business_all", "business_last")
LONGEST_PATTERN = 200
_MOST_AT_ONCE = 500
_LONGEST_LIMIT = 366 * 86_400
_LONGEST_TEXT = 20_000
_NESTED = re.compile(r"[+*}?][+*{]|(?<!\\)(?:\\\\)*\)[+*{]")
"""Repetition of a group, or of a repetition: its search may take for ever."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule answered, with what it saw."""

    answer: str
    evidence: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to be kept."""

    check: Check
    source: str
    ticket: str
    told: Told


def problem_of(kind: str, rule: Mapping[str, Any]) -> str:
    """What is wrong with a rule; empty where nothing is.

    >>> problem_of("clock", {"clock": "frt", "mode": "calendar", "seconds": 3600})
    ''
    """
    found = {Check.CLOCK: _clock_problem, Check.BEHAVIOUR: observing.problem_of}.get(kind, _pattern_problem)
    return found(rule)


def _clock_problem(rule: Mapping[str, Any]) -> str:
    if {*rule} != {"clock", "mode", "seconds"}:
        return "a clock rule has a clock, a mode and the seconds that it may take"
    if rule["clock"] not in CLOCKS:
        return f"there is no clock {rule['clock']}: use one of {', '.join(CLOCKS)}"
    if rule["mode"] not in MODES:
        return f"there is no mode {rule['mode']}: use one of {', '.join(MODES)}"
    seconds = rule["seconds"]
    whole = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds <= _LONGEST_LIMIT
    return "" if whole else "the seconds are a whole number above 0"


def _pattern_problem(rule: Mapping[str, Any]) -> str:
    if not {"pattern"} <= {*rule} <= {"pattern", "first"} or not isinstance(rule.get("first", False), bool):
        return "a pattern rule has a pattern, and says whether only the first reply is looked at"
    pattern = rule["pattern"]
    if not isinstance(pattern, str) or not 0 < len(pattern) <= LONGEST_PATTERN:
        return f"a pattern has 1 to {LONGEST_PATTERN} characters"
    if _NESTED.search(pattern) or re.search(r"\\[1-9]|\(\?P=", pattern):
        return "a pattern repeats no group and refers to no earlier part: looking for it may take for ever"
    try:
        re.compile(pattern)
    except re.error as error:
        return f"the pattern cannot be read: {error}"
    return ""


def refuse_unsound(kind: str, rule: Mapping[str, Any]) -> None:
    """Refuse a rule that cannot be used.

    Raises
    ------
    Invalid
        Says what is wrong with it.
    """
    what = problem_of(kind, rule)
    if what:
        raise Invalid(what, "mend the rule", ({"field": "rule", "message": what, "code": "rule"},))


def by_clock(rule: Mapping[str, Any], clocks: Mapping[str, Any]) -> Told:
    """Whether a clock stayed within its limit; not applicable where it never ran out."""
    taken = (clocks.get(rule["clock"]) or {}).get(rule["mode"])
    if taken is None:
        return Told("na")
    seen = [{"clock": rule["clock"], "mode": rule["mode"], "seconds": int(taken), "limit": rule["seconds"]}]
    return Told("yes" if taken <= rule["seconds"] else "no", seen)


def by_pattern(rule: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> Told:
    """Whether the words stand in a public reply of an agent, with the span; not applicable without a reply."""
    replies = [one for one in messages if one["kind"] in ("agent", "bot") and one["public"]]
    if not replies:
        return Told("na")
    wanted = re.compile(rule["pattern"], re.IGNORECASE)
    for one in replies[:1] if rule.get("first") else replies:
        hit = wanted.search(one["text"][:_LONGEST_TEXT])
        if hit:
            return Told("yes", [{"message": one["id"], "start": hit.start(), "end": hit.end(), "text": hit.group()}])
    return Told("no")


def answered(ask: Asker) -> list[Answered]:
    """What the rules say of the tickets that people judge beside each other, as far as not said yet."""
    wanted = access.double_scored_tickets()
    found: list[Answered] = []
    for check in access.enabled_checks():
        for source, ticket in access.unanswered(check, wanted)[: _MOST_AT_ONCE - len(found)]:
            told = _of_ticket(ask, check, source, ticket)
            if told is not None:
                found.append(Answered(check, source, ticket, told))
    return found


def keep(found: Sequence[Answered]) -> None:
    """Keep answers, inside a deed."""
    for one in found:
        deeds.create(
            CheckAnswer, question=one.check, rule_version=one.check.version, source_id=one.source,
            ticket_id=one.ticket, answer=one.told.answer, evidence=one.told.evidence,
        )  # fmt: skip


def _of_ticket(ask: Asker, check: Check, source: str, ticket: str) -> Told | None:
    """A rule's answer about one ticket; none where the publication does not hold it."""
    if source not in ask.publication.sources:
        return None
    try:
        if check.kind == Check.CLOCK:
            found = explain(ask.workspace, ask.publication, ticket, source=source, passing=ask.remembered)
            return by_clock(check.rule, {one["clock"]: one for one in found["clocks"]})
    except MaitredError:
        return None
    rows = ticket_records.messages(ask, source, ticket)
    kinds = ticket_records.kinds(ask, source, [one.get("author_id") for one in rows])
    said = [
        {
            "id": str(one.get("external_id") or ""), "public": bool(one.get("is_public")),
            "author": one.get("author_id") or "",
            "text": one.get("body_text") or "",
            "kind": one.get("author_type") if one.get("author_type") not in (None, "unknown")
            else kinds.get(one.get("author_id") or "", "unknown"),
        }
        for one in rows
    ]  # fmt: skip
    if check.kind == Check.BEHAVIOUR:
        return Told(*observing.answer(ask, check.rule["behaviour"], source, ticket, said))
    return by_pattern(check.rule, said)
