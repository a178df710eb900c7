"""Automatic checks of behaviours: whether the agents' replies in a ticket show one of six that can be quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from maitred.insight.text.behaviours import BEHAVIOURS, Seen, Turn, behaviours
from maitred.metrics import ticket_records
from maitred.metrics.asking import Asker

Message = Mapping[str, Any]


def problem_of(rule: Mapping[str, Any]) -> str:
    """What is wrong with a rule; empty where nothing is.

    >>> problem_of({"behaviour": "gives_time"})
    ''
    """
    if {*rule} != {"behaviour"}:
        return "a behaviour rule has a behaviour and nothing else"
    known = rule["behaviour"] in BEHAVIOURS
    return "" if known else f"there is no behaviour {rule['behaviour']}: use one of {', '.join(BEHAVIOURS)}"


def observed(
    behaviour: str,
    messages: Sequence[Message],
    history: Mapping[str, Sequence[str]],
    names: Sequence[str],
    subject: str,
) -> tuple[Literal["yes", "no", "na"], list[dict[str, Any]]]:
    """Whether a reply of a person shows a behaviour, with the words; not applicable where none was called for.

    Parameters
    ----------
    messages
        What was said, in order, with ``id``, ``kind``, ``public``, ``text`` and ``author``.
    history
        Other messages of an author, from which boilerplate is told.
    names, subject
        Names of people in the ticket, which are no part of its matter, and its subject.
    """
    told: list[tuple[Message, Seen]] = []
    before: list[Turn] = []
    for one in (one for one in messages if one["public"]):
        if one["kind"] == "agent":
            seen = behaviours(one["text"], before, history.get(one["author"], ()), names, subject)
            told.append((one, next(each for each in seen if each.behaviour == behaviour)))
        before.append(Turn("customer" if one["kind"] == "customer" else "agent", one["text"]))
    against = [pair for pair in told if pair[1].why == "third_apology"]
    shown = against or [pair for pair in told if pair[1].verdict == "present"]
    if shown:
        return "no" if against else "yes", [each for pair in shown for each in _evidence(*pair)]
    return ("no" if any(seen.verdict == "absent" for _, seen in told) else "na"), []


def _evidence(message: Message, seen: Seen) -> list[dict[str, Any]]:
    return [
        {"message": message["id"], "start": one.start, "end": one.end, "text": one.text, "model": seen.model_id}
        for one in seen.spans
    ]


def answer(
    ask: Asker, behaviour: str, source: str, ticket: str, messages: Sequence[Message]
) -> tuple[Literal["yes", "no", "na"], list[dict[str, Any]]]:
    """What a ticket shows of a behaviour."""
    authors = sorted({one["author"] for one in messages if one["author"]})
    agents = sorted({one["author"] for one in messages if one["author"] and one["kind"] == "agent"})
    wanted = agents if behaviour == "names_feeling" else []
    history = {one: ticket_records.said_by(ask, source, one) for one in wanted}
    head = ticket_records.head(ask, source, ticket) or {}
    names = [one for one in ticket_records.people(ask, authors).values() if one]
    return observed(behaviour, messages, history, names, str(head.get("subject") or ""))
