"""Rule packs: one file a regime, checked against the schema when it is read, known by the digest of its content.

What ships with the product stands in ``packs``; files of the workspace's own folder ``packs`` join them. A pack that
does not fit is refused with the place at which it does not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from maitred.base.errors import BadInput
from maitred.desks.compliance.clocks import (
    Ahead,
    ClockRule,
    Extension,
    Length,
    Pause,
    Start,
    VoidRule,
)

SHIPPED = Path(__file__).parent / "packs"
LARGEST = 1_000_000
_VERSION = re.compile(r"^version:[ \t]*([0-9.]+)", re.MULTILINE)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MARKS = {"S": "seen", "K": "known", "U": "unverified"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a pack has something from, and how sure that is: seen, general knowledge, unverified."""

    ref: str
    mark: str
    url: str = ""
    seen_on: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PackClock:
    """A clock of a pack: the rule, what it is called, and for which cases it runs."""

    rule: ClockRule
    title: str
    when: Mapping[str, Any]
    severity: str
    tell: tuple[str, ...]
    mark: str
    note: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text must say: each of ``parts`` in one of its wordings."""

    id: str
    clause: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and what shows that it is kept; without a check it is not assessed."""

    clause: str
    title: str
    check: str
    mark: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A regime as data."""

    id: str
    version: str
    digest: str
    title: str
    about: str
    applies_when: Mapping[str, Any]
    sources: tuple[Source, ...]
    reviewed_by: str
    reviewed_on: str
    calendar: str
    weekend: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo
    clocks: tuple[PackClock, ...]
    required: Mapping[str, tuple[str, ...]]
    texts: tuple[Wording, ...]
    clauses: tuple[Clause, ...]
    update_every: Length | None
    close_by_silence: bool
    shipped: bool = True

    @property
    def pin(self) -> str:
        """What a case keeps of it: ``pack@version#digest``."""
        return f"{self.id}@{self.version}#{self.digest}"

    @property
    def unreviewed(self) -> bool:
        """Whether nobody of law has looked at it."""
        return not self.reviewed_by

    def applies(self, facts: Mapping[str, Any]) -> bool:
        """Whether it holds for a case with these facts (``complaint.kind`` …)."""
        return fits(self.applies_when, facts)


def fits(wanted: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether facts have every wanted value, or one of several.

    >>> fits({"complaint.kind": ["psd", "emd"]}, {"complaint.kind": "psd"}), fits({"a.b": True}, {})
    (True, False)
    """
    return all(facts.get(name) in (value if isinstance(value, list) else [value]) for name, value in wanted.items())


@lru_cache(maxsize=4)
def packs(own: Path | None = None) -> Mapping[str, Pack]:
    """Every pack by its id; one of the workspace's own folder replaces a shipped one of the same id.

    Raises
    ------
    BadInput
        A file is no pack: it names the file and the place.
    """
    found = {}
    for folder in (SHIPPED, own):
        if folder is not None and folder.is_dir():
            for path in sorted(folder.glob("*.yaml")):
                one = read_pack(path, shipped=folder is SHIPPED)
                found[one.id] = one
    return dict(sorted(found.items()))


def read_pack(path: Path, *, shipped: bool = False) -> Pack:
    """One pack from its file.

    Raises
    ------
    BadInput
        The file is too large, no YAML or does not fit the schema.
    """
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise BadInput(f"{path.name} is larger than {LARGEST} bytes", "a pack is a page or two of rules")
    return pack_of(content, path.name, shipped=shipped)


def pack_of(content: bytes, name: str, *, shipped: bool = False) -> Pack:
    """One pack from what its file holds."""
    import yaml

    try:
        raw = yaml.load(content, Loader=_text_loader())  # noqa: S506  (a loader without objects, and without dates)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"{name} is no YAML: {' '.join(str(error).split())[:200]}", "mend the file") from error
    if isinstance(raw, dict) and isinstance(raw.get("version"), (int, float)):  # 2026.10 is not 2026.1
        written = _VERSION.search(content.decode("utf-8", "replace"))
        raw["version"] = written[1] if written else str(raw["version"])
    _refuse(raw, name)
    return _made(raw, hashlib.sha256(content).hexdigest()[:16], shipped)


def _text_loader() -> Any:
    """YAML without objects, with days and version numbers left as they are written."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Only texts, whole numbers, shares, yes and no, nothing."""

    kept = {}
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
        kept[first] = [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
    Loader.yaml_implicit_resolvers = kept
    return Loader


@lru_cache(maxsize=1)
def _checker() -> Any:
    import jsonschema

    schema = json.loads((SHIPPED / "schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def _refuse(raw: Any, name: str) -> None:
    wrong = next(iter(sorted(_checker().iter_errors(raw), key=lambda one: list(map(str, one.absolute_path)))), None)
    if wrong is not None:
        place = ".".join(map(str, wrong.absolute_path)) or "the file"
        raise BadInput(f"{name}, {place}: {wrong.message[:200]}", "see docs/compliance.md for the form of a pack")
    ids = [one["id"] for one in raw["clocks"]]
    if len(set(ids)) != len(ids):
        raise BadInput(f"{name}: two clocks have the same id", "name each clock once")
    if raw["time_zone"] not in available_timezones():
        raise BadInput(f"{name}: there is no time zone {raw['time_zone']}", "name one as Europe/London")
    for one in raw["clocks"]:
        for each in one.get("extend", ()):
            if each["tell_by"] not in ids:
                raise BadInput(f"{name}, {one['id']}: there is no clock {each['tell_by']}", "name one of this pack")
    for one in raw.get("clauses", ()):
        kind, _colon, what = (one["check"] or "").partition(":")
        if kind == "clock" and what not in ids:
            raise BadInput(f"{name}, clause {one['clause']}: there is no clock {what}", "name one of this pack")


def _made(raw: Mapping[str, Any], digest: str, shipped: bool) -> Pack:
    opens, closes = (time.fromisoformat(one) for one in raw.get("hours", "09:00-17:00").split("-"))
    every = raw.get("update_every")
    return Pack(
        raw["pack"], str(raw["version"]), digest, raw["title"], raw["about"], raw.get("applies_when", {}),
        tuple(Source(one["ref"], one["mark"], one.get("url", ""), one.get("seen_on", ""), one.get("note", ""))
              for one in raw["sources"]),
        raw["reviewed_by"] or "", raw["reviewed_on"] or "", raw["calendar"],
        frozenset(WEEKDAYS.index(one) for one in raw.get("weekend", ("sat", "sun"))), opens, closes,
        ZoneInfo(raw["time_zone"]), tuple(_clock(one) for one in raw["clocks"]),
        {stage: tuple(names) for stage, names in raw.get("required_fields", {}).items()},
        tuple(Wording(one["id"], one.get("clause", ""),
                      tuple((part["id"], tuple(part["any_of"])) for part in one["must_contain"]))
              for one in raw.get("texts", ())),
        tuple(Clause(one["clause"], one["title"], one["check"] or "", one.get("mark", "K"))
              for one in raw.get("clauses", ())),
        Length(every["n"], every["unit"]) if every else None, raw.get("close_by_silence", False), shipped,
    )  # fmt: skip


def _clock(raw: Mapping[str, Any]) -> PackClock:
    start, breach = raw["start"], raw.get("breach", {})
    rule = ClockRule(
        raw["id"], raw["clause"], Start(start["event"], start["day_zero"], start.get("out_of_hours", "same_day")),
        _length(raw["length"]), raw["ends"], raw["if_last_day_closed"], tuple(raw["stop"]),
        tuple(Pause(one["begins"], one["ends"], one["clause"]) for one in raw["pause"]),
        tuple(Extension(one["event"], _length(one["to"]), one["tell_by"], one.get("clause", ""))
              for one in raw.get("extend", ())),
        tuple(VoidRule(one["event"], one["clause"], _length(one["within"]) if "within" in one else None,
                       one.get("ends", "close_of_business")) for one in raw.get("void", ())),
        warn=tuple(Ahead(before=_length(one["before"])) if isinstance(one, dict) else Ahead(share=float(one))
                   for one in raw["warn"]),
    )  # fmt: skip
    return PackClock(rule, raw["title"], raw.get("when", {}), breach.get("severity", "medium"),
                     tuple(breach.get("tell", ())), raw.get("mark", "K"), raw.get("note", ""))  # fmt: skip


def _length(raw: Mapping[str, Any]) -> Length:
    return Length(raw["n"], raw["unit"])


def parsed(pin: str) -> tuple[str, str, str]:
    """A pin's pack, version and digest.

    >>> parsed("uk.fca.disp@2026.1#0123456789abcdef")
    ('uk.fca.disp', '2026.1', '0123456789abcdef')
    """
    name, _at, rest = pin.partition("@")
    version, _hash, digest = rest.partition("#")
    return name, version, digest


def day(text: str) -> date | None:
    """A written day, if it is one."""
    return date.fromisoformat(text) if text else None
