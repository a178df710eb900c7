"""The map of a foreign event log: what its activities, statuses and columns mean here.

For the person who imports a log: every key is optional, and a key or value that means nothing is refused with the
file, the key and what is allowed, so that a typing error never turns into a silently different number.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from maitred.base.errors import BadInput
from maitred.canon.tables import PRIORITIES
from maitred.connectors.files.eventlog.formats import DIRECTIVES, compile_format

Mode = Literal["activity", "snapshot"]
Message = Literal["agent_public", "agent_private", "customer", "bot"]

MODES = ("activity", "snapshot")
MESSAGES = ("agent_public", "agent_private", "customer", "bot")
STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted")
ACTOR = "@actor"

HISTORY = {
    "status": "status",
    "group": "group_id",
    "assignee": "assignee_id",
    "priority": "priority",
    "type": "type",
    "subject": "subject",
    "form": "form_id",
    "brand": "brand_id",
    "organization": "organization_id",
    "requester": "requester_id",
    "escalated": "is_escalated",
    "satisfaction": "satisfaction_hint",
}
"""Event field -> ticket column, for fields whose changes become events; also the order inside one row."""

INSTANTS = (
    "created_at",
    "updated_at",
    "due_at",
    "vendor_first_reply_due_at",
    "vendor_first_replied_at",
    "vendor_solved_at",
    "vendor_closed_at",
)
STATIC = (
    "number",
    "channel",
    "submitter_id",
    "product_id",
    "parent_id",
    "merged_into_id",
    "tags",
    *INSTANTS,
)
"""Ticket columns that have no history here: the last known value of the case counts (``created_at``: the first)."""

BODY = "body_text"
CUSTOM = "custom:"
_CUSTOM_KEY = re.compile(r"custom:[A-Za-z0-9_.-]+")
_RESERVED_CUSTOM = ("custom:activity", "custom:lifecycle")

_ALIASES = {column: name for name, column in HISTORY.items()} | {
    "submitter": "submitter_id",
    "product": "product_id",
    "parent": "parent_id",
}
_COLUMN_KEYS = (*HISTORY, *STATIC, BODY)
_ACTIVITY_KEYS = ("status", "assignee", "message", "group", "priority")
_TOP_KEYS = (
    "time_zone",
    "time_format",
    "missing",
    "mode",
    "order",
    "as_of",
    "status",
    "activity",
    "columns",
    "actors",
)


@dataclass(frozen=True, slots=True)
class Activity:
    """What one activity does to its ticket. ``assignee``: an id, ``@actor``, or ``""`` (unassigned)."""

    status: str | None = None
    assignee: str | None = None
    message: Message | None = None
    group: str | None = None
    priority: str | None = None


def _empty() -> Dictionary[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mapping:
    """A read and checked map. ``columns`` is keyed by event field (``assignee``, not ``assignee_id``)."""

    source: str = "no map"
    time_zone: str | None = None
    time_format: str | None = None
    missing: tuple[str, ...] = ("",)
    mode: Mode = "activity"
    order: str | None = None
    as_of: datetime | None = None
    status: Dictionary[str, str] = field(default_factory=_empty)
    activities: Dictionary[str, Activity] = field(default_factory=lambda: MappingProxyType({}))
    columns: Dictionary[str, str] = field(default_factory=_empty)
    bots: tuple[str, ...] = ()

    @classmethod
    def from_toml(cls, path: Path) -> Mapping:
        """Read a map file.

        Raises
        ------
        BadInput
            When the file cannot be read, is not TOML, or holds a key or value that is not allowed.
        """
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(
                f"the map {path.name} cannot be read ({error})",
                "give a TOML file in UTF-8",
            ) from error
        return cls.from_text(text, path.name)

    @classmethod
    def from_text(cls, text: str, source: str) -> Mapping:
        """Read a map from its TOML text; ``source`` names it in messages.

        >>> Mapping.from_text('mode = "snapshot"', "m.toml").mode
        'snapshot'
        """
        try:
            top = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadInput(f"the map {source} is not TOML ({error})", "mend that line") from error
        return _read(top, source)

    def column(self, name: str) -> str | None:
        """The file's column for a canonical field, or null."""
        return self.columns.get(name)

    @property
    def tells_status(self) -> bool:
        """Whether anything in the map says which status a ticket has."""
        return bool(self.status) or "status" in self.columns or any(does.status for does in self.activities.values())


def _read(top: dict[str, Any], source: str) -> Mapping:
    check = _Check(source)
    check.keys("", top, _TOP_KEYS)
    actors = check.table("actors", top)
    check.keys("actors.", actors, ("bots",))
    return Mapping(
        source=source,
        time_zone=check.zone(top),
        time_format=check.time_format(top),
        missing=tuple(dict.fromkeys((*check.texts("missing", top.get("missing", [])), ""))),
        mode=cast(Mode, check.choice("mode", top.get("mode", "activity"), MODES)),
        order=check.optional("order", top),
        as_of=check.instant("as_of", top),
        status=MappingProxyType(
            {
                value.strip(): check.choice(f'status."{value}"', meaning, STATUSES)
                for value, meaning in check.table("status", top).items()
            }
        ),
        activities=MappingProxyType(
            {name.strip(): check.activity(name, body) for name, body in check.table("activity", top).items()}
        ),
        columns=check.columns(check.table("columns", top)),
        bots=tuple(check.texts("actors.bots", actors.get("bots", []))),
    )


@dataclass(frozen=True, slots=True)
class _Check:
    """Refusals that name the map, the key and what is allowed."""

    source: str

    def refuse(self, what: str, remedy: str) -> BadInput:
        return BadInput(f"the map {self.source}: {what}", remedy)

    def keys(self, prefix: str, table: dict[str, Any], allowed: Iterable[str]) -> None:
        names = tuple(allowed)
        for key in table:
            if key not in names:
                raise self.refuse(
                    f"unknown key {prefix}{key}{_meant(key, names)}",
                    f"allowed here: {', '.join(names)}",
                )

    def table(self, key: str, top: dict[str, Any]) -> dict[str, Any]:
        value = top.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse(f"{key} is {value!r}", f"write it as a table: [{key}]")
        return value

    def text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.refuse(f"{key} is {value!r}", "write it as a text in double quotes")
        return value

    def optional(self, key: str, top: dict[str, Any]) -> str | None:
        return self.text(key, top[key]) if key in top else None

    def texts(self, key: str, value: object) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.refuse(
                f"{key} is {value!r}",
                'write it as a list of texts, for example ["?", ""]',
            )
        return list(value)

    def choice(self, key: str, value: object, allowed: tuple[str, ...]) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise self.refuse(f"{key} is {value!r}", f"allowed: {', '.join(allowed)}")
        return value

    def zone(self, top: dict[str, Any]) -> str | None:
        name = self.optional("time_zone", top)
        if name is None:
            return None
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            near = _meant(name, tuple(available_timezones()))
            raise self.refuse(
                f"time_zone {name!r} is no IANA time zone{near}",
                'write for example time_zone = "Europe/Lisbon"',
            ) from error
        return name

    def time_format(self, top: dict[str, Any]) -> str | None:
        wanted = self.optional("time_format", top)
        if wanted is not None:
            try:
                compile_format(wanted)
            except ValueError as error:
                raise self.refuse(
                    f"time_format {wanted!r}: {error}",
                    f"allowed: {' '.join(DIRECTIVES)}",
                ) from error
        return wanted

    def instant(self, key: str, top: dict[str, Any]) -> datetime | None:
        if key not in top:
            return None
        value = top[key]
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError as error:
            raise self.refuse(f"{key} is {value!r}", f'write {key} = "2016-05-01T00:00:00Z"') from error
        if instant.tzinfo is None:
            raise self.refuse(
                f"{key} is {value!r}, without a zone",
                f'write {key} = "2016-05-01T00:00:00Z"',
            )
        return instant

    def activity(self, name: str, body: object) -> Activity:
        key = f'activity."{name}"'
        if not isinstance(body, dict):
            raise self.refuse(f"{key} is {body!r}", f"write it as a table: [{key}]")
        self.keys(f"{key}.", body, _ACTIVITY_KEYS)
        assignee = self.text(f"{key}.assignee", body["assignee"]) if "assignee" in body else None
        if assignee is not None and assignee.startswith("@") and assignee != ACTOR:
            raise self.refuse(
                f"{key}.assignee is {assignee!r}",
                'allowed: "@actor", an id, or "" for nobody',
            )
        return Activity(
            status=self.choice(f"{key}.status", body["status"], STATUSES) if "status" in body else None,
            assignee=assignee,
            message=cast(Message, self.choice(f"{key}.message", body["message"], MESSAGES))
            if "message" in body
            else None,
            group=self.text(f"{key}.group", body["group"]) if "group" in body else None,
            priority=self.choice(f"{key}.priority", body["priority"], PRIORITIES) if "priority" in body else None,
        )

    def columns(self, table: dict[str, Any]) -> Dictionary[str, str]:
        found: dict[str, str] = {}
        for key, value in table.items():
            name = _ALIASES.get(key, key)
            if name not in _COLUMN_KEYS and (not _CUSTOM_KEY.fullmatch(name) or name in _RESERVED_CUSTOM):
                raise self.refuse(
                    f"unknown key columns.{key}{_meant(key, _COLUMN_KEYS)}",
                    f'allowed here: {", ".join(_COLUMN_KEYS)}, "custom:NAME"',
                )
            if name in found:
                raise self.refuse(f"columns.{key} is given twice (as {name})", "leave one of them out")
            found[name] = self.text(f"columns.{key}", value)
        return MappingProxyType(found)


def _meant(word: str, allowed: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, allowed, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
