"""A simulated organisation as a TOML file that people write and keep: read with every mistake named, written anew.

Tables and fields are those of ``floor.world``; a ``[[plants]]`` has a ``kind`` of ``floor.plants.PLANTS`` and its
fields::

    name = "Quillfern"
    start = 2026-01-05
    days = 90
    seed = 7

    [[plants]]
    kind = "Outage"
    id = "o1"
    topic = "payments"
    at = 2026-02-03T09:00:00Z
"""

from __future__ import annotations

import json
import tomllib
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from maitred.floor.checking import InvalidWorld, check
from maitred.floor.world import Plant, World

PLANT_KIND = "kind"
Made = TypeVar("Made")


def read(path: Path) -> World:
    """The world of a file, checked as it is and as its plants alter it.

    Raises
    ------
    InvalidWorld
        The file cannot be read, a field is unknown, missing or of another type, or a value is impossible; names the
        file and every such field.
    """
    return _of_file(path, parse)


def plants(path: Path) -> tuple[Plant, ...]:
    """What a file with nothing but ``[[plants]]`` plants, to be planted in another world.

    Raises
    ------
    InvalidWorld
        As ``read``; whether the plants fit a world is for ``check`` to say.
    """
    return _of_file(path, _plants)


def _of_file(path: Path, reading: Callable[[str], Made]) -> Made:
    try:
        return reading(path.read_bytes().decode())
    except OSError as wrong:
        raise InvalidWorld(f"{path}: cannot be read ({wrong.strerror or wrong})", "name a TOML file") from wrong
    except UnicodeDecodeError as wrong:
        raise InvalidWorld(f"{path}: is not UTF-8 text", "save it as UTF-8") from wrong
    except InvalidWorld as wrong:
        raise InvalidWorld(f"{path}: {wrong.what}", wrong.remedy, wrong.errors) from wrong


def parse(text: str) -> World:
    """The world of a TOML text.

    Raises
    ------
    InvalidWorld
        As ``read``, without the file's name.
    """
    document = _document(text)
    tables = document.pop("plants", [])
    reader = _Reader()
    world: World = reader.record(World, document, "")
    planted = reader.plants(tables)
    reader.refuse()
    check(world)
    world = replace(world, plants=planted)
    check(world.planted())
    return world


def _plants(text: str) -> tuple[Plant, ...]:
    document = _document(text)
    reader = _Reader()
    reader.faults += [(key, "is no [[plants]]") for key in document if key != "plants"]
    planted = reader.plants(document.get("plants", []))
    reader.refuse()
    return planted


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise InvalidWorld(f"is no TOML: {wrong}", "mend that place") from wrong


def write(world: World) -> str:
    """The TOML text of a world, with every field; ``parse`` gives the same world back."""
    lines: list[str] = []
    tables: list[tuple[str, Any]] = []
    for one in fields(world):
        value = getattr(world, one.name)
        if is_dataclass(value):
            tables.append((f"[{one.name}]", value))
        elif isinstance(value, tuple):
            tables += [(f"[[{one.name}]]", entry) for entry in value]
        elif value is not None:
            lines.append(f"{one.name} = {_value(value)}")
    for head, value in tables:
        lines += ["", head]
        if head == "[[plants]]":
            lines.append(f"{PLANT_KIND} = {_value(type(value).__name__)}")
        lines += [f"{key} = {_value(part)}" for key, part in _set(value)]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- reading


class _Unfit(Exception):
    """A value is not of the type that its field has."""


class _Reader:
    """Values of a TOML document as the fields of dataclasses; collects what does not fit."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []

    def record(self, kind: type[Any], table: Any, at: str) -> Any:
        """A dataclass from a table; None when something in it is wrong."""
        if not isinstance(table, Mapping):
            self.faults.append((at or "file", f"must be a table, is {_said(table)}"))
            return None
        hints, known = get_type_hints(kind), {one.name: one for one in fields(kind)}
        before = len(self.faults)
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f"; {near[0]!r} is known" if near else f"; known are {', '.join(known)}"
                self.faults.append((_under(at, key), f"is no field of a {_called(kind)}{hint}"))
        for name, one in known.items():
            if name not in table and one.default is MISSING and one.default_factory is MISSING:
                self.faults.append((_under(at, name), "is missing"))
        values = {key: self.value(hints[key], value, _under(at, key)) for key, value in table.items() if key in known}
        return kind(**values) if len(self.faults) == before else None

    def refuse(self) -> None:
        """Raise when anything is wrong, with every field named."""
        if self.faults:
            told = "; ".join(f"{field}: {what}" for field, what in self.faults)
            errors = tuple({"field": field, "message": what} for field, what in self.faults)
            raise InvalidWorld(told, "mend these fields", errors)

    def plants(self, tables: Any) -> tuple[Any, ...]:
        """What is planted, in order."""
        from maitred.floor.plants import PLANTS

        made = []
        for place, table in enumerate(tables if isinstance(tables, list) else [tables]):
            at = f"plants[{place}]"
            kind = table.get(PLANT_KIND) if isinstance(table, Mapping) else None
            if kind not in PLANTS:
                near = get_close_matches(str(kind), PLANTS, 1) or sorted(PLANTS)
                self.faults.append((f"{at}.kind", f"is {kind!r}; one of {', '.join(near)} would do"))
                continue
            made.append(self.planted(PLANTS[kind], {key: part for key, part in table.items() if key != PLANT_KIND}, at))
        return tuple(made)

    def planted(self, kind: type[Any], table: Mapping[str, Any], at: str) -> Any:
        """A plant, which checks its own values."""
        try:
            return self.record(kind, table, at)
        except InvalidWorld as wrong:
            self.faults.append((at, wrong.what))
            return None

    def value(self, hint: Any, value: Any, at: str) -> Any:
        try:
            return self.fitted(hint, value, at)
        except _Unfit as unfit:
            self.faults.append((at, f"must be {unfit}, is {_said(value)}"))
            return None

    def fitted(self, hint: Any, value: Any, at: str) -> Any:
        """A value as its field's type has it."""
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._one_of(get_args(hint), value, at)
        if origin is Literal:
            if value not in get_args(hint):
                raise _Unfit(f"one of {', '.join(map(str, get_args(hint)))}")
            return value
        if origin is tuple:
            return self._row(get_args(hint), value, at)
        if is_dataclass(hint):
            assert isinstance(hint, type)
            return self.record(hint, value, at)
        return _PLAIN[hint](value)

    def _one_of(self, hints: tuple[Any, ...], value: Any, at: str) -> Any:
        told = []
        for hint in hints:
            if hint is type(None):
                continue
            try:
                return self.fitted(hint, value, at)
            except _Unfit as unfit:
                told.append(str(unfit))
        raise _Unfit(" or ".join(told))

    def _row(self, hints: tuple[Any, ...], value: Any, at: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _Unfit("a list")
        if hints[-1] is Ellipsis:
            return tuple(self.value(hints[0], part, f"{at}[{place}]") for place, part in enumerate(value))
        if len(value) != len(hints):
            raise _Unfit(f"a list of {len(hints)} values")
        return tuple(
            self.value(hint, part, f"{at}[{place}]")
            for place, (hint, part) in enumerate(zip(hints, value, strict=True))
        )


def _under(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _called(kind: type[Any]) -> str:
    return "world" if kind is World else kind.__name__


def _said(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, Mapping):
        return "a table"
    return f"a list of {len(value)}" if isinstance(value, list) else repr(value)


def _whole_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Unfit("a whole number")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unfit("a number")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unfit("a text")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Unfit("true or false")
    return value


def _day(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _Unfit("a date such as 2026-03-02")
    return value


def _instant(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise _Unfit("an instant such as 2026-03-02T09:00:00Z")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


_PLAIN: dict[Any, Callable[[Any], Any]] = {
    int: _whole_number,
    float: _number,
    str: _text,
    bool: _truth,
    date: _day,
    datetime: _instant,
}


# ---------------------------------------------------------------- writing


def _set(record: Any) -> list[tuple[str, Any]]:
    """Fields with a value; a TOML file leaves out what is not there."""
    named = ((one.name, getattr(record, one.name)) for one in fields(record))
    return [(name, value) for name, value in named if value is not None]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    if is_dataclass(value):
        return "{ " + ", ".join(f"{name} = {_value(part)}" for name, part in _set(value)) + " }"
    return repr(value)
