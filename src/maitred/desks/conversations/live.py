"""Every open conversation with what speaks for a look at it: waits, rests, promises, tone, bots; once a publication.

For whoever watches. Clocks are those of the facts, texts those of the readings; nothing later than as-of is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from maitred.desks.conversations import hours, usual
from maitred.desks.conversations.reading import table, wordindex
from maitred.desks.conversations.shapes import REASONS, Reason
from maitred.desks.conversations.usual import Usual
from maitred.insight.detectors.promises import BEYOND
from maitred.insight.text.promises import After, Promise, kept
from maitred.kit.reading import Reading
from maitred.metrics import views
from maitred.metrics.explaining import GROUP_COLUMNS, PEOPLE_COLUMNS

MOST = 20_000
"""Open tickets that are looked at, those that wait longest first; more are said to be there."""
SHORTEST_S = 4 * 3600
"""Nobody is forgotten before this, however fast a group is."""
TURNED, UNHAPPY = 0.25, 0.5
"""The tone turned where the chance of an unhappy customer rose by this to at least that."""
ONE_SIDED = 3
"""Public messages of the customer in a row, up to now."""
_LIVE = ("new", "open")
_FACTS = tuple(
    dict.fromkeys(
        ("source_id", "ticket_id", "ticket_key", "status", "priority", "channel", "waiting_reply", "waiting_since",
         "created_at", "as_of", *GROUP_COLUMNS, *PEOPLE_COLUMNS)
    )
)  # fmt: skip
_READ = (
    "source_id", "ticket_id", "ticket_key", "external_id", "sent_at", "kind", "is_public", "language", "unhappy",
    "promises", "says_done",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """An open conversation; ``facts`` are those by which is told who may see it."""

    facts: Mapping[str, Any]
    reasons: tuple[Reason, ...] = ()
    waits_s: int | None = None
    waits_business_s: int | None = None
    usual: Usual | None = None
    rests_s: int | None = None
    rests_business_s: int | None = None
    usual_rest: Usual | None = None
    promised_for: datetime | None = None
    tone_first: float | None = None
    tone_last: float | None = None
    language: str | None = None
    after_bot: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.facts["source_id"], self.facts["ticket_id"]

    @property
    def waits(self) -> int:
        """What is compared with what is usual: working time where there is any."""
        return (self.waits_s if self.waits_business_s is None else self.waits_business_s) or 0


@dataclass(frozen=True, slots=True)
class Live:
    """All that is open, those first that need somebody most."""

    rows: tuple[Row, ...]
    open: int


@dataclass(slots=True)
class _Talk:
    """What the readings say of a conversation up to now."""

    last_word: datetime | None = None
    tones: list[float] = field(default_factory=list)
    language: str | None = None
    row_of_customer: int = 0
    bot: bool = False
    human: bool = False
    staff: list[After] = field(default_factory=list)
    promised: list[tuple[datetime, Promise]] = field(default_factory=list)


def live(found: Reading) -> Live:
    """The open conversations of a publication, remembered as long as it and the readings stay."""
    home = found.ask.workspace.home
    key = ("conversations.live", wordindex.version(home))
    return found.memory.remembered(key, lambda: _live(found, home))


def _live(found: Reading, home: Path) -> Live:
    facts = _open(found)
    rows = sorted(facts, key=lambda one: (one["waiting_since"] or one["as_of"], str(one["ticket_id"])))[:MOST]
    talks = _talks(home, [one["ticket_key"] for one in rows])
    waits, rests = _usual_waits(found), _usual_rests(found, home)
    made: list[Row] = []
    for source in sorted({one["source_id"] for one in rows}):
        mine = [one for one in rows if one["source_id"] == source]
        clock = hours.of_source(found.ask.workspace, found.publication, source, mine[0]["as_of"])
        made += _of_source(mine, talks, clock, waits, rests)
    return Live(tuple(sorted(made, key=_order)), len(facts))


def _order(row: Row) -> tuple[int, int, tuple[str, str]]:
    return min((REASONS.index(one) for one in row.reasons), default=len(REASONS)), -row.waits, row.key


def _open(found: Reading) -> list[dict[str, Any]]:
    views.prepare(found.ask.engine, "current_ticket_facts")
    query = exp.select(*(exp.column(name, quoted=True) for name in _FACTS)).from_("current_ticket_facts")
    query = query.where(exp.column("is_open", quoted=True), exp.column("exclusion", quoted=True).is_(exp.null()))
    rows: list[dict[str, Any]] = found.ask.engine.query(query).to_pylist()
    return rows


def _of_source(
    rows: Sequence[dict[str, Any]], talks: Mapping[tuple[str, str], _Talk], clock: hours.Hours,
    waits: Mapping[usual.Key, Usual], rests: Mapping[usual.Key, Usual],
) -> list[Row]:  # fmt: skip
    names = [one["ticket_id"] for one in rows]
    end = _seconds([one["as_of"] for one in rows])
    none = _Talk()
    told = [talks.get((one["source_id"], one["ticket_id"]), none) for one in rows]
    waiting = _seconds([one["waiting_since"] if one["waiting_reply"] else one["as_of"] for one in rows])
    word = _seconds([talk.last_word or one["as_of"] for one, talk in zip(rows, told, strict=True)])
    waits_b, rests_b = clock.elapsed(names, waiting, end), clock.elapsed(names, word, end)
    return [
        _row(
            one, told[place], waits, rests,
            (int(end[place] - waiting[place]), None if waits_b is None else int(waits_b[place])),
            (int(end[place] - word[place]), None if rests_b is None else int(rests_b[place])),
        )
        for place, one in enumerate(rows)
    ]  # fmt: skip


def _row(
    facts: Mapping[str, Any], talk: _Talk, waits: Mapping[usual.Key, Usual], rests: Mapping[usual.Key, Usual],
    waited: tuple[int, int | None], rested: tuple[int, int | None],
) -> Row:  # fmt: skip
    where = (facts["source_id"], facts["group_last"] or "", facts["channel"] or "")
    mine, theirs = usual.looked_up(waits, *where), usual.looked_up(rests, *where)
    waits_now, rests_now = bool(facts["waiting_reply"]), talk.last_word is not None
    broken, unclear = _promises(facts, talk)
    first, last = (talk.tones[0], talk.tones[-1]) if len(talk.tones) > 1 else (None, None)
    long = _more(waited) if waits_now else 0
    reasons: dict[Reason, bool] = {
        "forgotten": waits_now and mine is not None and long > max(SHORTEST_S, BEYOND * mine.seconds),
        "waits_long": waits_now and mine is not None and long > mine.seconds,
        "waits": waits_now,
        "silent": not waits_now
        and rests_now
        and facts["status"] in _LIVE
        and theirs is not None
        and _more(rested) > theirs.seconds,
        "promise_broken": broken is not None,
        "promise_unclear": unclear is not None,
        "tone": first is not None and last is not None and last - first >= TURNED and last >= UNHAPPY,
        "bot_only": waits_now and talk.bot and not talk.human,
        "one_sided": talk.row_of_customer >= ONE_SIDED,
    }
    told = tuple(one for one in REASONS if reasons[one])
    return Row(
        facts, told, waited[0] if waits_now else None, waited[1] if waits_now else None, mine if waits_now else None,
        rested[0] if rests_now else None, rested[1] if rests_now else None, theirs if rests_now else None,
        broken or unclear, first, last, talk.language, talk.bot and not talk.human,
    )  # fmt: skip


def _more(both: tuple[int, int | None]) -> int:
    return both[0] if both[1] is None else both[1]


def _promises(facts: Mapping[str, Any], talk: _Talk) -> tuple[datetime | None, datetime | None]:
    """The earliest promise that was not kept, and the earliest of which it cannot be told and nobody said a word."""
    rests = facts["status"] not in ("new", "open", "hold")
    broken: list[datetime] = []
    unclear: list[datetime] = []
    for sent, promise in talk.promised:
        after = [one for one in talk.staff if one.at > sent]
        verdict = kept(promise, after, rests, facts["as_of"])
        if verdict == "not_kept" and not any(one.at > promise.due_at for one in after):
            broken.append(promise.due_at)
        elif verdict == "cannot_tell" and not after and not rests:
            unclear.append(promise.due_at)
    return min(broken, default=None), min(unclear, default=None)


def _talks(home: Path, keys: Sequence[int]) -> dict[tuple[str, str], _Talk]:
    found: dict[tuple[str, str], _Talk] = {}
    for row in table.of_tickets(home, keys, _READ).to_pylist():
        talk = found.setdefault((row["source_id"], row["ticket_id"]), _Talk())
        if row["is_public"]:
            _heard(talk, row)
    return found


def _heard(talk: _Talk, row: Mapping[str, Any]) -> None:
    if row["kind"] == "customer":
        talk.row_of_customer += 1
        talk.language = row["language"] or talk.language
        if row["unhappy"] is not None:
            talk.tones.append(row["unhappy"])
        return
    if row["kind"] not in ("agent", "bot"):
        return
    talk.row_of_customer = 0
    if row["kind"] == "bot":
        talk.bot = True
        return
    talk.human = True
    talk.last_word = row["sent_at"]
    talk.staff.append(After(row["sent_at"], row["says_done"]))
    talk.promised += [(row["sent_at"], one) for one in promises_of(row["promises"])]


def promises_of(text: str) -> list[Promise]:
    """The promises of a reading."""
    return [
        Promise(one["s"], one["e"], one["ts"], one["te"], datetime.fromtimestamp(one["due"], UTC), one["k"])
        for one in json.loads(text)
    ]


def _usual_waits(found: Reading) -> dict[usual.Key, Usual]:
    """Of answered turns of the last sixty days."""
    views.prepare(found.ask.engine, "current_turn_facts")
    names = ("source_id", "group_id", "channel", "wait_calendar", "wait_business_all")
    since = exp.Literal.string((found.as_of - timedelta(days=usual.DAYS)).isoformat())
    query = exp.select(*(exp.column(name, quoted=True) for name in names)).from_("current_turn_facts")
    answered = exp.column("answered_at", quoted=True)
    rows = found.ask.engine.query(
        query.where(answered >= exp.cast(since, "TIMESTAMPTZ"), exp.column("exclusion", quoted=True).is_(exp.null()))
    )
    seconds = pc.coalesce(rows["wait_business_all"], rows["wait_calendar"])
    source, group, channel = (
        pc.fill_null(rows[name].cast(pa.string()), "").to_pylist() for name in ("source_id", "group_id", "channel")
    )
    return usual.usual(source, group, channel, pc.fill_null(seconds, 0).to_numpy().astype(np.int64))


def _usual_rests(found: Reading, home: Path) -> dict[usual.Key, Usual]:
    """Of the stretches between two public words of the staff on a ticket, in the last sixty days of readings."""
    store = table.store(home)
    if not store.exists(table.NAME):
        return {}
    since = pa.scalar(found.as_of - timedelta(days=usual.DAYS), pa.timestamp("us", tz="UTC"))
    condition = (pc.field("sent_at") >= since) & (pc.field("kind") == "agent") & pc.field("is_public")
    rows = store.scan(table.NAME, None, ("source_id", "ticket_key", "sent_at"), where=condition)
    if rows.num_rows < 2:
        return {}
    rows = rows.sort_by([("source_id", "ascending"), ("ticket_key", "ascending"), ("sent_at", "ascending")])
    sources = np.array(rows["source_id"].to_pylist())
    key, at = rows["ticket_key"].to_numpy(), rows["sent_at"].cast(pa.int64()).to_numpy() // 1_000_000
    same = (key[1:] == key[:-1]) & (sources[1:] == sources[:-1])
    begin, end, key, sources = at[:-1][same], at[1:][same], key[1:][same], sources[1:][same]
    belongs = _belonging(found)
    seconds = end - begin
    for source in np.unique(sources):
        mine = sources == source
        clock = hours.of_source(found.ask.workspace, found.publication, str(source), found.as_of)
        told = clock.elapsed(None, begin[mine], end[mine])
        if told is not None:
            seconds[mine] = told
    places = [belongs.get((str(source), int(one)), ("", "")) for source, one in zip(sources, key, strict=True)]
    return usual.usual([str(one) for one in sources], [one for one, _ in places], [one for _, one in places], seconds)


def _belonging(found: Reading) -> dict[tuple[str, int], tuple[str, str]]:
    """The group and channel of each ticket."""
    names = ("source_id", "ticket_key", "group_last", "channel")
    query = exp.select(*(exp.column(name, quoted=True) for name in names)).from_("current_ticket_facts")
    rows = found.ask.engine.query(query)
    listed = zip(*(rows[name].to_pylist() for name in names), strict=True)
    return {(source, key): (group or "", channel or "") for source, key, group, channel in listed}


def _seconds(instants: Sequence[datetime]) -> hours.Ints:
    return np.array([int(one.timestamp()) for one in instants], np.int64)
