"""A first map for a log that came without one: what its values and columns look like, as TOML to correct.

For the person who imports: every line is a guess from names and words, never a fact, and the text parses as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from maitred.base.errors import BadInput
from maitred.connectors.files.eventlog.columns import Coded, Columns, Ints
from maitred.connectors.files.eventlog.pages import LINE
from maitred.connectors.files.eventlog.roles import Roles
from maitred.connectors.files.eventlog.times import Form, decide, tally

_MANY = 60
_FILLERS = ("?", "NULL", "null", "NA", "N/A", "n/a", "None", "nan", "NaN", "-", "--", "(blank)", "#N/A")

_STATUS_WORDS = (
    ("open", r"\bre-?open"),
    ("deleted", r"\bdelet|\bspam\b"),
    ("pending", r"\b(await|wait|pend).*(user|customer|client|caller|info|repl|respon)|\bpending\b"),
    ("hold", r"\bhold\b|\bawait|\bwait|\bsuspend|\bpaus|\bpark|\bvendor\b|third party"),
    ("closed", r"\bclos(e|ed|ing|ure)\b|\barchiv|\bcancel"),
    ("solved", r"(?<!un)\b(resolv|solv|fix)|\bcomplet|\bfinish|\bdone\b|\bfulfil"),
    ("new", r"\bnew\b|\bcreat|\binsert|\bregist|\bsubmit|\blogged\b|\bopened\b|\breceiv|^open(ing)?( ticket)?$"),
    ("open", r"\bopen|\bactive\b|\bprogress|\bwork|\bassign|\baccept|\btake\b|\bcharge\b|\bescalat|\bin treatment"),
)
_MESSAGE_WORDS = (
    ("bot", r"\bauto.?(repl|respon|answer|message)|\bbot\b"),
    ("customer", r"\b(customer|user|client|caller|requester).*(repl|respon|answer|message|writ|update)|\breply from"),
    ("agent_private", r"\binternal\b|\bprivate\b|\bnote\b"),
    ("agent_public", r"\brepl(y|ied)|\brespon|\banswer|\b(send|sent)\b.*(mail|message)|\bcontact(ed)?\b.*(user|cust)"),
)
_TAKES = r"\btake\b|\btook\b|\bin charge|\baccept|\bclaim|\bpick(ed)? ?up|\bassign(ed)? to me"
_ESCALATES = r"\bescalat"
_REASSIGNS = r"\bre-?assign|\btransfer|\bforward|\breroute"

_COLUMN_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("status", (r"^status$", r"status$", r"(^|_)state$", r"^stage$")),
    ("assignee", (r"^assigned.?to", r"^assignee", r"^assigned.?agent", r"^owner", r"^agent$", r"^technician")),
    ("group", (r"assignment.?group", r"^assigned.?group", r"support.?group", r"^(org:)?group", r"team$", r"^queue")),
    ("priority", (r"^priority$", r"priority", r"^severity", r"^seriousness", r"^urgency")),
    ("requester", (r"^requester", r"^caller", r"^reporter", r"^customer", r"^client")),
    ("channel", (r"^channel", r"^contact.?type", r"^source$", r"^origin$")),
    ("subject", (r"^subject$", r"^title$", r"^summary$", r"short.?description")),
    ("created_at", (r"^created", r"^opened.?at", r"^open.?time", r"^opened$", r"^reported.?(at|date)", r"^submit")),
)
"""Canonical field -> what its column may be called, the likeliest name first."""
_ORDER = r"mod.?count|^version$|revision|^seq|sequence|^order$|event.?(no|nr|num)"
_STATE_NAME = r"stat(e|us)$|^stage"


def suggest_map(rows: pa.Table, roles: Roles) -> str:
    """A map in TOML for a log, with what was guessed and what has to be decided.

    Parameters
    ----------
    rows
        Rows of the log, or the first of them: text columns by their names in the file.
    roles
        Which columns are case, activity, time and actor.
    """
    log = _Seen.of(rows, roles)
    parts = [
        _head(log),
        *log.time_lines(),
        *log.missing_lines(),
        *log.mode_lines(),
        "",
        *log.status_lines(),
        *log.activity_lines(),
        *log.column_lines(),
        "[actors]",
        "bots = []   # ids of actors that are machines",
    ]
    return "\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Seen:
    """The log as far as a guess needs it."""

    columns: Columns
    roles: Roles
    fillers: tuple[str, ...]
    fields: dict[str, str]
    order: str | None
    snapshot: bool

    @classmethod
    def of(cls, rows: pa.Table, roles: Roles) -> _Seen:
        fillers = _fillers(Columns(rows))
        columns = Columns(rows, ("", *fillers))
        taken = {roles.case, roles.activity, roles.time, roles.actor, LINE}
        names = [name for name in rows.column_names if name not in taken]
        order = next((name for name in names if re.search(_ORDER, name, re.IGNORECASE)), None)
        fields = _fields(columns, names)
        by_name = re.search(_STATE_NAME, roles.activity, re.IGNORECASE) is not None
        snapshot = by_name or (order is not None and _repeats(columns, roles) > 0.1)
        return cls(columns, roles, fillers, fields, order, snapshot)

    @property
    def status_column(self) -> Coded:
        """The column whose values are statuses, if one is."""
        named = self.fields.get("status")
        return self.columns[named if named is not None else self.roles.activity]

    def time_lines(self) -> Iterator[str]:
        form: Form | None = None
        try:
            form = decide(tally(self.columns[self.roles.time].values), f"column {self.roles.time!r}")
        except BadInput as error:
            yield f"# {error.what}"
            yield '# time_format = "%d/%m/%Y %H:%M"   # decide: without this line the import is refused'
        if form is not None and form.format.startswith("%s"):
            yield "# times are seconds or milliseconds since 1970"
        elif form is not None:
            yield f"# time_format = {_quoted(form.format)}   # how the times are read; say it only to change it"
        if form is None or not form.aware:
            yield 'time_zone = "UTC"   # the times carry no zone: write the one in which they were noted'

    def missing_lines(self) -> Iterator[str]:
        words = ", ".join(_quoted(word) for word in (*self.fillers, ""))
        yield f"missing = [{words}]   # read as unknown"

    def mode_lines(self) -> Iterator[str]:
        if not self.snapshot:
            yield 'mode = "activity"   # each row is something that was done; "snapshot": the record after an update'
            return
        yield 'mode = "snapshot"   # each row is the record after an update; "activity": something that was done'
        if self.order is not None:
            yield f"order = {_quoted(self.order)}   # orders rows of one instant"

    def status_lines(self) -> Iterator[str]:
        """[status], where a column holds statuses."""
        if not self.snapshot and "status" not in self.fields:
            return
        yield "[status]   # new | open | pending | hold | solved | closed | deleted"
        for text, count in _most(self.status_column):
            meaning = _meaning(text, _STATUS_WORDS)
            if meaning is None:
                yield f'# {_quoted(text)} = "open"   # {count} rows: decide, or they are set aside'
            else:
                yield f"{_quoted(text)} = {_quoted(meaning)}   # {count} rows"
        yield ""

    def activity_lines(self) -> Iterator[str]:
        """[activity."X"], where rows are things that were done."""
        if self.snapshot:
            return
        for text, count in _most(self.columns[self.roles.activity]):
            lines = list(self._does(text))
            if lines:
                yield f"[activity.{_quoted(text)}]   # {count} rows"
                yield from lines
            else:
                yield f"# [activity.{_quoted(text)}]   # {count} rows: nothing guessed"
            yield ""

    def _does(self, text: str) -> Iterator[str]:
        status = _meaning(text, _STATUS_WORDS)
        if status is not None and "status" not in self.fields:
            yield f"status = {_quoted(status)}"
        if self.roles.actor is not None and re.search(_TAKES, text, re.IGNORECASE):
            yield 'assignee = "@actor"'
        message = _meaning(text, _MESSAGE_WORDS)
        if message is not None:
            yield f"message = {_quoted(message)}"
        if re.search(_ESCALATES, text, re.IGNORECASE):
            yield '# group = "second level"   # looks like an escalation: name the group that gets it'
        if re.search(_REASSIGNS, text, re.IGNORECASE) and self.roles.actor is not None:
            yield '# assignee = "@actor"   # looks like a reassignment: if the actor is the new assignee'

    def column_lines(self) -> Iterator[str]:
        yield "[columns]   # canonical field = column of this file"
        for field, column in self.fields.items():
            yield f"{field} = {_quoted(column)}"
        if self.snapshot and "status" not in self.fields:
            yield f"status = {_quoted(self.roles.activity)}"
        yield ""


def _head(log: _Seen) -> str:
    cases = len(log.columns[log.roles.case].values)
    return (
        f"# A guess from {log.columns.table.num_rows} rows of {cases} cases: correct it, save it, "
        "and import again with --map FILE"
    )


def _fillers(columns: Columns) -> tuple[str, ...]:
    seen: set[str] = set()
    for name in columns.table.column_names:
        if name != LINE and len(columns[name].values) < 5_000:
            seen |= set(columns[name].texts) & set(_FILLERS)
    return tuple(word for word in _FILLERS if word in seen)


def _fields(columns: Columns, names: list[str]) -> dict[str, str]:
    """Canonical field -> the column whose name fits best, each column once."""
    found: dict[str, str] = {}
    for field, patterns in _COLUMN_NAMES:
        named = [name for pattern in patterns for name in names if _named(name, pattern)]
        fitting = (name for name in named if name not in found.values())
        if field == "created_at":
            fitting = (name for name in named if _is_time(columns[name]))
        best = next(fitting, None)
        if best is not None:
            found[field] = best
    return found


def _named(name: str, pattern: str) -> bool:
    return re.search(pattern, name.removeprefix("case:"), re.IGNORECASE) is not None


def _is_time(coded: Coded) -> bool:
    try:
        decide(tally(coded.values), "")
    except BadInput:
        return False
    return True


def _repeats(columns: Columns, roles: Roles) -> float:
    """Share of rows that are called like the row before them in their case."""
    case, activity = columns[roles.case].codes, columns[roles.activity].codes
    by: Ints = np.argsort(case, kind="stable")
    follows = case[by][1:] == case[by][:-1]
    same = follows & (activity[by][1:] == activity[by][:-1])
    return float(same.sum()) / max(1, int(follows.sum()))


def _most(coded: Coded) -> list[tuple[str, int]]:
    """The most frequent values with their counts."""
    counts = np.bincount(coded.codes[coded.codes >= 0], minlength=len(coded.values))
    order = np.argsort(-counts, kind="stable")[:_MANY].tolist()
    return [(str(coded.values[code].as_py()), int(counts[code])) for code in order]


def _meaning(text: str, words: tuple[tuple[str, str], ...]) -> str | None:
    plain = re.sub(r"[_\s]+", " ", text).strip()
    return next((meaning for meaning, pattern in words if re.search(pattern, plain, re.IGNORECASE)), None)


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
