"""What to tell the person who imports a log: how it was read, and which metrics it cannot feed yet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maitred.connectors.files.eventlog.effects import Field, happening
from maitred.connectors.files.eventlog.frame import Frame
from maitred.connectors.files.eventlog.learn import Learned
from maitred.connectors.files.eventlog.mapping import Mapping
from maitred.connectors.files.eventlog.roles import Roles
from maitred.connectors.files.eventlog.words import channel_of, ranks_in

_MANY = 12


def decoding_notices(
    frame: Frame, fields: list[Field], roles: Roles, mapping: Mapping, learned: Learned
) -> Iterator[str]:
    """One sentence each; the import prints them."""
    yield from form_notices(learned, mapping)
    yield from _meanings(frame, fields, roles, mapping, learned)
    if frame.repeated:
        yield f"{frame.repeated} rows repeat another row in every column and count once"
    if learned.lifecycle:
        steps = int((~happening(frame, roles, learned)).sum())
        yield f"lifecycle:transition: activities happen at their complete; {steps} other steps kept as custom:lifecycle"
    yield from missing_metrics(mapping)


def form_notices(learned: Learned, mapping: Mapping) -> Iterator[str]:
    """How the times were read."""
    for column, form in learned.forms.items():
        zone = "with their own zone" if form.aware else f"in {mapping.time_zone}"
        yield f"column {column}: times read as {form.format} ({'given' if form.given else 'guessed'}), {zone}"


def _meanings(frame: Frame, fields: list[Field], roles: Roles, mapping: Mapping, learned: Learned) -> Iterator[str]:
    for field in fields:
        if field.name == "status":
            yield f"statuses seen: {_counted(field.raw.texts, field.raw.codes)}"
    for text, meaning in learned.priorities.items():
        if meaning is None:
            yield f"priority {text!r} means none of low, normal, high, urgent: kept as written, counted as no priority"
    ranks = ranks_in(text for text, meaning in learned.priorities.items() if meaning is not None)
    if ranks:
        told = ", ".join(f"{rank} = {learned.priorities[rank]}" for rank in sorted(ranks))
        yield f"priorities read as ranks, 1 being the most urgent: {told}"
    channel = mapping.column("channel")
    for text in frame.coded(channel).texts if channel is not None else []:
        if channel_of(text) is None:
            yield f"channel {text!r} is not known: counted as other"
    if roles.actor is not None:
        yield (
            "actors count as staff unless the map lists them under [actors] bots or marks their activity "
            'as message = "customer" or "bot"'
        )


def _counted(texts: list[str], codes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> str:
    counts = np.bincount(codes[codes >= 0], minlength=len(texts)).tolist()
    order = sorted(range(len(texts)), key=lambda code: -counts[code])
    shown = [f"{texts[code]} ({counts[code]})" for code in order[:_MANY] if counts[code]]
    return ", ".join(shown) + (", …" if len(order) > _MANY else "")


def missing_metrics(mapping: Mapping) -> list[str]:
    """Which metrics the log cannot feed with this map, and what in the map would change that."""
    does = mapping.activities.values()
    messages = {one.message for one in does if one.message is not None}
    found = []
    if not mapping.tells_status:
        found.append(
            "no status is known: resolution, backlog, reopens, time in status and every clock that stops at a solve "
            "cannot be computed yet; map statuses under [status]"
        )
    if not messages & {"agent_public", "bot"}:
        found.append(
            "no messages are known: first and next reply, touches and one-touch cannot be computed yet; "
            'mark activities with message = "agent_public" or "customer"'
        )
    elif "customer" not in messages:
        found.append(
            "no customer message is known: an agent's message that opens a ticket is its opening, not its first "
            'reply; mark the customer\'s request with message = "customer"'
        )
    if mapping.column("assignee") is None and not any(one.assignee is not None for one in does):
        found.append(
            "no assignee is known: time to assign, reassignments, stations and transfers cannot be computed yet; "
            'map columns.assignee, or activities with assignee = "@actor"'
        )
    if mapping.column("satisfaction") is None:
        found.append("no ratings are known: satisfaction cannot be computed from this log")
    return found
