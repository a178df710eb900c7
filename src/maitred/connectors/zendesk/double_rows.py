"""How the fake Zendesk writes what happened: audits of the export and of the list, comments, survey responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from maitred.connectors.zendesk import double_stories as told
from maitred.connectors.zendesk.double_account import RATING, STEPS, Account, folded
from maitred.connectors.zendesk.double_service import Row, Step, iso
from maitred.connectors.zendesk.double_stories import AUTOMATION, CHANNELS, SYSTEM

_AUDIT, _CHILD = 900_000_000_000, 910_000_000_000
_CHILDREN = 16
_SIDES: Row = {"from": {}, "to": {}, "rel": None}


class Tickets(Mapping[int, Row]):
    """The tickets of an account; looking into one opens it for changes."""

    def __init__(self, held: Account) -> None:
        self._held = held

    def __getitem__(self, number: int) -> Row:
        if number not in self._held.numbers():
            raise KeyError(number)
        return self._held.opened(number).row

    def __iter__(self) -> Iterator[int]:
        return iter(self._held.numbers())

    def __len__(self) -> int:
        return self._held.count


class Audits(Mapping[int, list[Row]]):
    """What happened to the tickets of an account, as the export shows it."""

    def __init__(self, held: Account) -> None:
        self._held = held

    def __getitem__(self, number: int) -> list[Row]:
        if number not in self._held.numbers():
            raise KeyError(number)
        label = self._held.channel(number)
        return [audit(number, step, label=label) for step in self._held.steps(number)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._held.numbers())

    def __len__(self) -> int:
        return self._held.count


class Writing:
    """Exports as text: what is told of many tickets is written once, with gaps."""

    def __init__(self, held: Account) -> None:
        self._held = held
        self._tickets: dict[tuple[int, bool], told.Text] = {}
        self._audits: dict[tuple[int, int, bool], told.Text] = {}

    def ticket(self, number: int) -> str:
        """A ticket of the export."""
        if number > self._held.generated or not self._held.told_whole(number):
            return orjson.dumps(self._held.row(number)).decode()
        story, created, requester, home = self._held.told(number)
        text = self._tickets.get((id(story), home is None))
        if text is None:
            text = self._tickets[id(story), home is None] = told.text_of(_sample(story, home is not None))
        last = created + story.deeds[-1].after
        return text.filled((number, requester, home, created, iso(created), last, iso(last), RATING + number))

    def record(self, serial: int, comments: bool = True) -> Row:
        """An update of the export as an object."""
        number, step = self._held.step_of(serial)
        return audit(number, step, comments, self._held.channel(number))

    def audit(self, serial: int) -> str:
        """An update of the export, with its comment."""
        number, place = divmod(serial, STEPS)
        if number > self._held.generated or number in self._held.changed:
            return orjson.dumps(self.record(serial)).decode()
        story, created, requester, home = self._held.told(number)
        text = self._audits.get((id(story), place, home is None))
        if text is None:
            step = _steps(story, home is not None)[place]._replace(serial=told.SERIAL, at=told.MOVED)
            text = told.text_of(audit(told.NUMBER, step, label=story.channel))
            self._audits[id(story), place, home is None] = text
        at = created + story.deeds[place - 1].after if place else created
        child = _CHILD + serial * _CHILDREN
        return text.filled(
            (number, requester, home, at, "", at, iso(at), 0, _AUDIT + serial, *range(child, child + text.children))
        )


def _steps(story: told.Story, home: bool) -> list[Step]:
    return story.steps(told.NUMBER, told.SERIAL, told.OPENED, told.CUSTOMER, told.HOME if home else None)


def _sample(story: told.Story, home: bool) -> Row:
    steps = _steps(story, home)
    steps[-1] = steps[-1]._replace(at=told.MOVED)
    return folded(told.NUMBER, story.channel, steps)


def audit(number: int, step: Step, comments: bool = True, label: str = "Web form") -> Row:
    """An update in the shape of the export; without the comments' texts only that there was one."""
    via, rule = _label(step, label), AUTOMATION if step.actor == SYSTEM else 0
    children: list[Row] = []
    for identity, (key, before, after) in zip(_change_ids(step), step.changes, strict=False):
        child = {"id": identity, "via": via, "via_reference_id": rule}
        if isinstance(key, int):
            child["custom_ticket_fields"] = {str(key): after}
        else:
            child[key] = after
        if step.create:
            child["event_type"] = "Create"
        else:
            child["previous_value"], child["event_type"] = before, "Change"
            if key == "tags":
                child["added_tags"] = [tag for tag in after if tag not in (before or ())]
                child["removed_tags"] = [tag for tag in before or () if tag not in after]
        children.append(child)
    if step.note is not None:
        present = {"id": comment_id(step), "via": via, "via_reference_id": rule, "comment_present": True,
                "comment_public": step.public, "event_type": "Comment"}  # fmt: skip
        children.insert(0 if step.create else len(children), _comment(step, via) if comments else present)
    at = iso(step.at)
    return {"id": _AUDIT + step.serial, "ticket_id": number, "timestamp": step.at, "created_at": at,
            "updater_id": step.actor, "via": via, "via_reference_id": rule, "event_type": "Audit",
            "system": {"client": "double", "location": None}, "metadata": {},
            "child_events": children}  # fmt: skip


def _label(step: Step, opened: str) -> str:
    """The label of an update: a new ticket's says where it came in."""
    return "Rule" if step.actor == SYSTEM else opened if step.create else "Web form"


def _comment(step: Step, label: str) -> Row:
    via = {"channel": _channel(label), "source": step.source or dict(_SIDES)}
    return {"id": comment_id(step), "via": via, "via_reference_id": None, "type": "Comment",
            "author_id": step.actor, "body": step.note, "html_body": f"<div>{step.note}</div>",
            "plain_body": step.note, "public": step.public, "attachments": [], "audit_id": _AUDIT + step.serial,
            "created_at": iso(step.at), "event_type": "Comment"}  # fmt: skip


def _channel(label: str) -> str:
    return "rule" if label == "Rule" else CHANNELS[label]


def listed_audit(number: int, step: Step, label: str = "Web form") -> Row:
    """An update in the shape of a ticket's list of audits."""
    events: list[Row] = []
    label = _label(step, label)
    for identity, (key, before, after) in zip(_change_ids(step), step.changes, strict=False):
        event = {"id": identity, "type": "Create" if step.create else "Change", "field_name": str(key), "value": after}
        events.append(event if step.create else {**event, "previous_value": before})
    if step.note is not None:
        comment = _comment(step, label)
        kept = {key: comment[key] for key in comment if key not in ("event_type", "created_at")}
        events.insert(0 if step.create else len(events), kept)
    source: Row = step.source or dict(_SIDES)
    if step.actor == SYSTEM:
        source = {"from": {"id": AUTOMATION, "title": "Sort and close", "deleted": False}, "to": {}, "rel": "trigger"}
    return {"id": _AUDIT + step.serial, "ticket_id": number, "created_at": iso(step.at), "author_id": step.actor,
            "via": {"channel": _channel(label), "source": source},
            "metadata": {"system": {}, "custom": {}}, "events": events}  # fmt: skip


def listed_comment(step: Step, label: str = "Web form") -> Row:
    """A comment in the shape of a ticket's list of comments."""
    comment = _comment(step, _label(step, label))
    return {**{key: comment[key] for key in comment if key != "event_type"}, "metadata": {}}


def comment_id(step: Step) -> int:
    """The id of the comment that came with an update: the first of a new ticket, else after the changed fields."""
    return _CHILD + step.serial * _CHILDREN + (0 if step.create else len(step.changes))


def _change_ids(step: Step) -> range:
    first = _CHILD + step.serial * _CHILDREN + (step.create and step.note is not None)
    return range(first, first + len(step.changes))


def listed(ticket: Row) -> Row:
    """A ticket outside of the export, which alone tells the stamp of its order."""
    return {key: value for key, value in ticket.items() if key != "generated_timestamp"}


def deleted(ticket: Row) -> Row:
    """A ticket in the list of those that were deleted."""
    return {"id": ticket["id"], "subject": ticket["subject"], "deleted_at": ticket["updated_at"],
            "actor": {"id": 1, "name": "Person 0"}, "previous_state": "open", "description": ""}  # fmt: skip


def survey_id(number: int) -> str:
    """The id of the survey's answer to a ticket, as long as the real ones."""
    return f"01J{number:023d}"


def survey_response(rating: Row) -> Row:
    """A rating as an answer to the newer surveys: 5 and 2 of 5. The response itself tells no time of its creation."""
    number, created, updated = rating["ticket_id"], rating["created_at"], rating["updated_at"]
    stamps = {"created_at": created.replace("Z", ".000Z"), "updated_at": updated.replace("Z", ".000Z")}
    good = rating["score"] == "good"
    answers: list[Row] = [
        {"type": "rating_scale", "rating": 5 if good else 2, "rating_category": rating["score"],
         "question": {"id": "01Q1", "type": "rating_scale", "alias": "rating_scale"}, **stamps},
        {"type": "open_ended" if rating["comment"] else "skipped", "value": rating["comment"],
         "question": {"id": "01Q2", "type": "open_ended", "alias": "open_ended"}, **stamps},
    ]  # fmt: skip
    zrn = f"zen:ticket:{number}"
    return {"id": survey_id(number), "responder_id": rating["requester_id"], "subject_zrns": [zrn],
            "survey": {"id": "01J58KJ9RAE0D2EK7HRVM7Z8F2", "version": 3, "state": "enabled"},
            "subjects": [{"id": str(number), "type": "ticket", "zrn": zrn}], "answers": answers}  # fmt: skip


def example(held: Account, number: int) -> Mapping[str, Any]:
    """What a webhook's call says of a ticket: ids as text, words in capitals."""
    row = held.row(number)
    keys = ("id", "assignee_id", "brand_id", "group_id", "organization_id", "requester_id", "submitter_id")
    named = {key: None if row[key] is None else str(row[key]) for key in keys}
    words = {key: None if row[key] is None else str(row[key]).upper() for key in ("status", "priority", "type")}
    kept = {key: row[key] for key in ("subject", "description", "tags", "created_at", "updated_at", "is_public")}
    return {**kept, **named, **words, "via": {"channel": row["via"]["channel"]}}
