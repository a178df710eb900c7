"""What happened to Zendesk tickets: audits, in the shape of the event export and in that of the audit list, and
comments.

One audit is one update of a ticket; its children are the changed fields and the comments. Children have the same ids
in both
shapes, so that the union of both gives each change once. Rows are local to the record: ``old_value`` is only what the
vendor says, the direction of a public comment is a hint (the reader of the tables knows who is an agent).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.html_text import text_of_html
from maitred.connectors.lines import parse
from maitred.connectors.page import Field, Page, Record
from maitred.connectors.zendesk.words import CHANNELS, PRIORITIES, SLA_METRICS, STATUSES, VIA_WORDS

EVENTS = (
    Field("external_id", "id", c.ident),
    Field("ticket_id", "ticket_id", c.ident),
    Field("source_updated_at", "created_at", c.instant),
    Field("occurred_at", "created_at", c.instant),
    Field("seq", "id", c.whole),
    Field("actor_id", "updater_id", c.ident),
    Field("actor_type", "updater_id", c.text),
    Field("via", "via", c.text),
    Field("rule_id", "via_reference_id", c.ident),
    Field("field", "field", c.text),
    Field("old_value", "previous_value", c.text),
    Field("new_value", "value", c.text),
    Field("old_raw", "previous_value", c.text),
    Field("new_raw", "value", c.text),
    Field("batch_id", "id", c.ident),
    Field("provenance", "", c.always("native")),
    Field("uncertainty_s", "", c.always(0)),
)
MESSAGES = (
    Field("external_id", "id", c.ident),
    Field("ticket_id", "ticket_id", c.ident),
    Field("source_updated_at", "created_at", c.instant),
    Field("author_id", "author_id", c.ident),
    Field("author_type", "author_id", c.text),
    Field("direction", "public", c.text),
    Field("is_public", "public", c.flag(True)),
    Field("channel", "via", c.choice(CHANNELS, "other")),
    Field("sent_at", "created_at", c.instant),
    Field("body_text", "body", c.text),
    Field("attachments_count", "attachments", c.whole),
    Field("attachments", "attachments", c.text),
    Field("is_first", "id", c.flag(False)),
    Field("automated", "via", c.flag(False)),
)
SLA_TARGETS = (
    Field("external_id", "id", c.ident),
    Field("ticket_id", "ticket_id", c.ident),
    Field("source_updated_at", "created_at", c.instant),
    Field("metric", "field_name", c.text),
    Field("instance", "", c.always(0)),
    Field("type", "value", c.text),
    Field("at", "created_at", c.instant),
    Field("actor_id", "updater_id", c.ident),
    Field("target_s", "value.minutes", c.whole),
    Field("in_business_hours", "value.in_business_hours", c.flag()),
    Field("provenance", "", c.always("native")),
)
TICKET_SCHEDULES = (
    Field("external_id", "id", c.ident),
    Field("ticket_id", "ticket_id", c.ident),
    Field("source_updated_at", "created_at", c.instant),
    Field("schedule_id", "schedule_id", c.ident),
    Field("valid_from", "created_at", c.instant),
)

_MERGED_INTO = re.compile(r"merged into (?:request|ticket) #(\d{1,19})")
_SEQ_SPAN = 1 << 30  # children's ids rise with time, so their last 30 bits order one instant


def decode_audits(page: Page) -> None:
    """Audits of either shape to events, messages, service-level targets and schedule assignments."""
    reader = _Reader(page)
    for line, audit in page.readable():
        reader.read(line, audit)
    page.add_parts("ticket_events", EVENTS, reader.events)
    page.add_parts("messages", MESSAGES, reader.messages)
    page.add_parts("sla_events", SLA_TARGETS, reader.targets)
    page.add_parts("ticket_schedules", TICKET_SCHEDULES, reader.schedules)


def decode_comments(page: Page) -> None:
    """The comment list of tickets. The list itself does not say whose they are: ``ticket_id`` must have been added."""
    reader = _Reader(page)
    for line, comment in page.readable():
        if comment.get("ticket_id") is None:
            page.bad(line, "orphan", "ticket_id", "a comment needs the ticket_id that it was listed for")
        else:
            audit: Record = {key: comment.get(key) for key in ("created_at", "ticket_id")}
            audit["id"] = comment.get("audit_id")
            reader.open_audit(line, audit)
            reader.comment(comment, False)
    page.add_parts("messages", MESSAGES, reader.messages)


def _status(value: Any, page: Page) -> str | None:
    return _word(STATUSES, "open", value, "status", page)


def _priority(value: Any, page: Page) -> str | None:
    return _word(PRIORITIES, None, value, "priority", page)


def _word(words: dict[Any, str | None], default: str | None, value: Any, name: str, page: Page) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and value in words:
        return words[value]
    if c.is_plain(value):
        word: str | None = c.word_of(words, value)
        if not c.is_unknown(word):
            return word
    page.notice(
        f"new_enum: ticket_events.{name} has the unknown value {c.shown(value)!r}, read as {default or 'nothing'}"
    )
    return default


def _ident(value: Any, page: Page) -> str | None:
    return c.id_text(value)


def _plain(value: Any, page: Page) -> str | None:
    return None if value is None or value == "" else c.plain_text(value)


def _tags(value: Any, page: Page) -> str | None:
    if value is None:
        return None
    tags = value.split() if isinstance(value, str) else value
    if not isinstance(tags, list):
        return c.plain_text(value)
    return c.plain_json(sorted({c.clean(c.plain_text(tag)) for tag in tags}))


Reading = Callable[[Any, Page], "str | None"]
FIELDS: dict[str, tuple[str, Reading]] = {
    "status": ("status", _status),
    "assignee_id": ("assignee", _ident),
    "group_id": ("group", _ident),
    "priority": ("priority", _priority),
    "type": ("type", _plain),
    "tags": ("tags", _tags),
    "current_tags": ("tags", _tags),
    "subject": ("subject", _plain),
    "requester_id": ("requester", _ident),
    "organization_id": ("organization", _ident),
    "brand_id": ("brand", _ident),
    "ticket_form_id": ("form", _ident),
    "satisfaction_score": ("satisfaction", _plain),
    "schedule_id": ("schedule", _ident),
    "sla_policy": ("sla_policy", _plain),
    "sla_policy_id": ("sla_policy", _ident),
    "problem_id": ("custom:problem_id", _ident),
    "custom_status_id": ("custom:custom_status_id", _ident),
}
"""Key of a changed field: canonical field, and how its value is read."""
_KEYS = frozenset((*FIELDS, *SLA_METRICS))


class _Reader:
    """Walks audits and gathers rows; the audit under way is kept in attributes, since its children share it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.events: list[tuple[Any, ...]] = []
        self.messages: list[tuple[Any, ...]] = []
        self.targets: list[tuple[Any, ...]] = []
        self.schedules: list[tuple[Any, ...]] = []
        self._vias: dict[str, str] = {}

    def read(self, line: int, audit: Record) -> None:
        children = audit.get("child_events")
        if children is None:
            children = audit.get("events")
        if not isinstance(children, list):
            self.page.bad(line, "missing_key", "child_events", "the audit has no list of events")
            return
        self.open_audit(line, audit)
        if self.batch is None:
            self.page.bad(line, "missing_key", "id", "id is missing or not an id")
            return
        creates = False
        for child in children:
            if not isinstance(child, dict):
                self.page.bad(line, "bad_type", "child_events", "a child event is not an object")
            elif (child.get("event_type") or child.get("type")) == "Create":
                creates = True
        if creates:
            self._event(f"{self.batch}:created", 0, "created", None, None, None, None, self.via)
        for index, child in enumerate(children):
            if isinstance(child, dict):
                self._child(child, index, creates)

    def open_audit(self, line: int, audit: Record) -> None:
        """Remember what the children of this audit share."""
        self.line = line
        self.audit = audit
        identity = audit.get("id")
        self.batch = c.id_text(identity)
        self.number = identity if type(identity) is int else _number(self.batch) or 0
        self.ticket = audit.get("ticket_id")
        self.at = audit.get("created_at") or audit.get("timestamp")
        self.actor = audit.get("updater_id", audit.get("author_id"))
        self.via = self._via(audit.get("via"))

    def _child(self, child: Record, index: int, creates: bool) -> None:
        kind = child.get("event_type") or child.get("type")
        if kind == "Change" or kind == "Create":
            self._change(child, index, kind == "Create")
        elif kind == "Comment" or kind == "VoiceComment" or "comment_present" in child:
            self.comment(child, creates)
        elif kind == "SatisfactionRating":
            self._changed_field(child, index, "satisfaction", _plain, child.get("score"), False, None)
        elif kind == "ScheduleAssignment":
            known = "previous_schedule_id" in child
            old = child.get("previous_schedule_id")
            self._changed_field(child, index, "schedule", _ident, child.get("new_schedule_id"), known, old)
        elif kind == "AgentMacroReference":
            self._macro(child, index)

    def _change(self, child: Record, index: int, initial: bool) -> None:
        known = not initial and "previous_value" in child
        old = child.get("previous_value") if known else None
        if "field_name" in child:
            self._named_field(child, index, child["field_name"], child.get("value"), known, old, initial)
            return
        changed = [key for key in child if key in _KEYS]
        if "event_type" not in child and "type" in changed:  # there "type" says what kind of event it is
            changed.remove("type")
        custom = child.get("custom_ticket_fields")
        if custom is None and len(changed) == 1:
            self._named_field(child, index, changed[0], child[changed[0]], known, old, initial)
            return
        customs = list(custom.items()) if isinstance(custom, dict) else []
        several = len(changed) + len(customs) > 1
        for key in changed:
            known_one, old_one = _previous(key, known, old, several)
            self._named_field(child, index, key, child[key], known_one, old_one, initial, several)
        for key, value in customs:
            known_one, old_one = _previous(key, known, old, several)
            self._changed_field(
                child, index, f"custom:{key}", _plain, value, known_one, old_one, initial=initial, several=several
            )

    def _named_field(
        self,
        child: Record,
        index: int,
        key: Any,
        value: Any,
        known: bool,
        old: Any,
        initial: bool,
        several: bool = False,
    ) -> None:
        spec = FIELDS.get(key) if isinstance(key, str) else None
        if spec is not None:
            name, reading = spec
            self._changed_field(child, index, name, reading, value, known, old, initial=initial, several=several)
        elif isinstance(key, str) and key in SLA_METRICS:
            self._target(child, index, key, value, several)
        elif isinstance(key, int) or (isinstance(key, str) and key.isdigit()):
            self._changed_field(
                child, index, f"custom:{key}", _plain, value, known, old, initial=initial, several=several
            )

    def _changed_field(
        self,
        child: Record,
        index: int,
        name: str,
        reading: Reading,
        value: Any,
        known: bool,
        old: Any,
        *,
        initial: bool = False,
        several: bool = False,
    ) -> None:
        new_value = reading(value, self.page)
        old_value = reading(old, self.page) if known else None
        if initial and (new_value is None or new_value == "[]"):
            return
        if known and old_value == new_value:
            return
        identity, seq = self._identity(child, index)
        if several:
            identity = f"{identity}:{name}"
        new_raw = value if isinstance(value, str) or value is None else c.plain_text(value)
        old_raw = old if isinstance(old, str) or old is None else c.plain_text(old)
        via = child.get("via")
        self._event(
            identity,
            seq,
            name,
            old_value,
            new_value,
            old_raw,
            new_raw,
            self.via if via is None else self._via(via),
            child,
        )
        if name == "schedule" and new_value is not None:
            self.schedules.append((self.line, identity, self.ticket, self.at, new_value, self.at))

    def _macro(self, child: Record, index: int) -> None:
        """The use of a macro: the new value is its id, the raw one its title."""
        macro = c.id_text(child.get("macro_id"))
        if macro is None:
            return
        identity, seq = self._identity(child, index)
        via = child.get("via")
        via = self.via if via is None else self._via(via)
        title = _plain(child.get("macro_title"), self.page)
        self._event(identity, seq, "macro", None, macro, None, title or macro, via, child)

    def _event(
        self,
        identity: str,
        seq: int,
        name: str,
        old_value: str | None,
        new_value: str | None,
        old_raw: str | None,
        new_raw: str | None,
        via: str | None,
        child: Record | None = None,
    ) -> None:
        actor, actor_type, rule = self._actor(via, child)
        self.events.append(
            (
                *(self.line, identity, self.ticket, self.at, self.at, seq, actor, actor_type, via, rule),
                *(name, old_value, new_value, old_raw, new_raw, self.batch),
            )
        )

    def _actor(self, via: str | None, child: Record | None) -> tuple[Any, str, Any]:
        """Who did it: a rule is the system, also inside the update of an agent, so the agent's id is left out then."""
        actor = self.actor
        system = _is_system(actor)
        if via != "rule":
            return actor, "system" if system else "unknown", None
        rule = _rule(child) or _rule(self.audit)
        return actor if system else None, "system", rule

    def _identity(self, child: Record, index: int) -> tuple[str, int]:
        """Id of a child, and its place inside one instant; children are numbered by account, or else inside their
        audit."""
        found = child.get("id")
        number = found if type(found) is int else _number(found)
        if number is not None and number >= self.number:
            return str(number), 1 + number % _SEQ_SPAN
        place = index if number is None else number
        inside = f"{place:04d}" if number is not None or found is None else c.id_text(found) or f"{place:04d}"
        return f"{self.batch}:{inside}", 1 + (self.number * 1000 + place) % _SEQ_SPAN

    def _via(self, via: Any) -> str | None:
        if isinstance(via, dict):
            via = via.get("channel")
        if not isinstance(via, str):
            return None
        word = self._vias.get(via)
        if word is None:
            plain = via.strip().lower()
            word = self._vias[via] = VIA_WORDS.get(plain, plain)
        return word

    def _target(self, child: Record, index: int, key: str, value: Any, several: bool) -> None:
        """A service-level target set or cleared on the ticket: ``{"minutes": n, "in_business_hours": b}``, or empty."""
        if isinstance(value, str) and value.strip():
            value = _loads(value)
        identity, _ = self._identity(child, index)
        identity = f"{identity}:{key}" if several else identity
        row: tuple[Any, ...]
        if not value:
            row = ("cleared", self.at, self.actor, None, None)
        elif isinstance(value, dict) and (minutes := c.number_of(value.get("minutes"))) is not None:
            row = ("applied", self.at, self.actor, int(minutes * 60), value.get("in_business_hours"))
        else:
            self.page.bad(self.line, "bad_value", key, "a service-level target needs minutes and in_business_hours")
            return
        self.targets.append((self.line, identity, self.ticket, self.at, SLA_METRICS[key], *row))

    def comment(self, child: Record, creates: bool) -> None:
        """A comment becomes a message; without the sideload only that it was made, when, and whether it was public."""
        identity, _ = self._identity(child, len(self.messages))
        body, updated = self._body(child)
        author = child.get("author_id")
        if author is None:
            author = self.actor
        via_raw = child.get("via")
        via = self.via if via_raw is None else self._via(via_raw)
        public = child.get("public", child.get("comment_public", True))
        attachments = child.get("attachments")
        files = attachments if isinstance(attachments, list) else []
        system = via == "rule" or _is_system(author)
        direction = "internal" if public is False else "in" if creates or via == "email" else "out"
        self.messages.append(
            (
                *(self.line, identity, self.ticket, updated, author, "system" if _is_system(author) else "unknown"),
                *(direction, public, via, child.get("created_at") or self.at, body),
                *(len(files), _attachments(files) if files else None, creates, system),
            )
        )
        if isinstance(via_raw, dict) or isinstance(self.audit.get("via"), dict):
            self._merge(child, body)

    def _body(self, child: Record) -> tuple[Any, Any]:
        at = child.get("created_at") or self.at
        for key in ("plain_body", "body"):
            body = child.get(key)
            if isinstance(body, str):
                return body, at
        html = child.get("html_body")
        if isinstance(html, str):
            return text_of_html(html), at
        micros = c.micros_of(at)  # one second earlier, so that the same comment with its text always wins
        return "", at if micros is None else micros // 1_000_000 - 1

    def _merge(self, child: Record, body: Any) -> None:
        """The losing side of a merge names the ticket that it was merged into."""
        for via in (child.get("via"), self.audit.get("via")):
            source = via.get("source") if isinstance(via, dict) else None
            if not isinstance(source, dict) or source.get("rel") != "merge":
                continue
            target = _named_ticket(source.get("to")) or _ticket_in_text(body)
            if target is not None and target != c.id_text(self.ticket):
                self._event(f"{self.batch}:merged", _SEQ_SPAN, "merged", None, target, None, target, self.via)
                return


def _previous(key: str, known: bool, old: Any, several: bool) -> tuple[bool, Any]:
    """The old value of one key: of several changed fields only an object by key says which value is whose."""
    if known and isinstance(old, dict) and key in old:
        return True, old[key]
    return (False, None) if several else (known, old)


def _number(identity: Any) -> int | None:
    if isinstance(identity, str) and len(identity) <= 19 and identity.isascii() and identity.isdigit():
        return int(identity)
    return identity if type(identity) is int else None


def _is_system(actor: Any) -> bool:
    if actor is None:
        return True
    if type(actor) is int:
        return actor <= 0
    return isinstance(actor, str) and (actor.startswith("-") or actor.strip() in ("", "0"))


def _rule(record: Record | None) -> str | None:
    """The automation or trigger behind a change."""
    if record is None:
        return None
    reference = record.get("via_reference_id")
    if reference:
        return c.id_text(reference)
    via = record.get("via")
    source = via.get("source") if isinstance(via, dict) else None
    origin = source.get("from") if isinstance(source, dict) else None
    return c.id_text(origin.get("id")) if isinstance(origin, dict) else None


def _attachments(files: list[Any]) -> str:
    kept = ("id", "file_name", "content_type", "size")
    return c.plain_json([{key: file.get(key) for key in kept} for file in files if isinstance(file, dict)])


def _named_ticket(side: Any) -> str | None:
    return c.id_text(side.get("ticket_id")) if isinstance(side, dict) else None


def _ticket_in_text(body: Any) -> str | None:
    found = _MERGED_INTO.search(body) if isinstance(body, str) else None
    return found.group(1) if found else None


def _loads(value: str) -> Any:
    parsed = parse(value.replace("\n", " ").encode(errors="replace"))
    return parsed[0] if parsed else None
