"""A second opinion on every metric: plain pandas and loops over the facts, sharing no code with the query layer.

For each metric it lists the rows (instant, value or time so far, whether still running, whether excluded) and then
takes the statistic the slow way. It knows dimensions by its own table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from maitred.metrics.tests.synthetic import AS_OF, World

WEEK = pd.Timedelta(days=7)
CREATED = {"group": "group_at_created", "priority": "priority_at_created", "assignee": "first_assignee_id"}
FIRST_SOLVE = {"group": "group_at_first_solve", "priority": "priority_at_created", "assignee": "solver_id"}
LAST_SOLVE = {"group": "group_at_last_solve", "priority": "priority_at_last_solve", "assignee": "solver_id"}
PLAIN = {"group": "group_id", "priority": "priority", "assignee": "assignee_id"}
REVIEWS = ("iqs", "critical_failures")
SHARED = {
    "channel": "channel",
    "account": "organization_id",
    "source": "source_id",
    "type": "type",
    "brand": "brand_id",
}


class Oracle:
    """Answers from one synthetic world."""

    def __init__(self, world: World) -> None:
        frames = {name: table.to_pandas() for name, table in world.tables.items()}
        tickets = frames["ticket_facts"]
        newer = set(zip(*(tickets.loc[tickets.layer == 1, name] for name in ("source_id", "ticket_key")), strict=True))
        self.frames = {name: _current(frame, newer) for name, frame in frames.items()}
        present = set(tickets.source_id)
        self.as_of = {name: pd.Timestamp(instant) for name, instant in AS_OF.items() if name in present}

        self._found: dict[str, pd.DataFrame] = {}

    def rows(self, metric_id: str) -> pd.DataFrame:
        """Columns ``at, value, running, out`` beside those of the facts."""
        if metric_id not in self._found:
            self._found[metric_id] = self._rows(metric_id)
        return self._found[metric_id]

    def _rows(self, metric_id: str) -> pd.DataFrame:
        stem = metric_id.partition("#")[0]
        body, _, attribution = stem.partition("@")
        name, _, variant = body.partition(".")
        found: pd.DataFrame = self._family(name)(name, variant, attribution)
        found = found[found["at"].notna()].copy()
        found["out"] = found["out"].astype(bool) | found["value"].isna()
        return found

    def _family(self, name: str) -> Callable[[str, str, str], pd.DataFrame]:
        families: dict[str, Callable[[str, str, str], pd.DataFrame]] = {
            "nrt": self._turns,
            "episode_resolution": self._episodes,
            "sla": self._targets,
            "transfer_rate": self._stations,
            "nps": self._answers,
            "ces": self._answers,
            "net_flow": self._flow,
            "iqs": self._reviews,
            "critical_failures": self._reviews,
        }
        return families.get(name, self._tickets)

    def _known(self, frame: pd.DataFrame) -> pd.Series:
        return frame["source_id"].map(self.as_of)

    def _tickets(self, name: str, variant: str, attribution: str) -> pd.DataFrame:
        t = self.frames["ticket_facts"].copy()
        known, gone, history = self._known(t), t.exclusion.notna(), t.history_complete
        t["running"] = False
        if variant.startswith("handoff"):
            mode = variant.removeprefix("handoff").removeprefix("_") or "business_all"
            t["value"], t["at"], t["out"] = t[f"frt_handoff_{mode}"], t.handoff_at, gone
        elif name in ("frt", "frt_any", "time_to_assign", "first_resolution", "full_resolution") and not attribution:
            own, so_far = t[f"{name}_{variant}"], t[f"age_{variant}"]
            t["running"] = own.isna() & t.is_open
            t["value"] = own.where(~t.running, so_far)
            t["at"] = t.created_at
            t["out"] = gone | ((~history) & name.endswith("resolution"))
        elif name == "frt_assign":
            t["value"], t["at"], t["out"] = t[f"{name}_{variant}"], t.created_at, gone | ~history
        elif attribution == "solve":
            t["value"] = t[f"{name}_{variant}"]
            t["at"] = t.first_solved_at if name == "first_resolution" else t.last_solved_at
            t["out"] = gone | ~history
        elif name in ("rwt", "awt", "agent_wait", "hold_time", "unsolved_time"):
            t["value"] = t[f"{'pending_time' if name == 'agent_wait' else name}_{variant}"]
            t["at"], t["out"] = t.last_solved_at, gone | t.is_open | ~history
        elif name == "arrivals":
            t["value"], t["at"], t["out"] = 1, t.created_at, gone if not variant else ~gone
        elif name == "solved":
            t["value"], t["at"], t["out"] = 1, t.last_solved_at, gone | ~history
        elif name == "backlog_age":
            t["at"] = known
            t["value"] = (known - t.waiting_since).dt.total_seconds()
            t["out"] = gone | ~t.is_open | ~t.waiting_reply
        elif name in ("reopen_rate", "fcr", "durable_resolution"):
            t["at"], t["out"] = t.first_solved_at, gone | ~history | (t.first_solved_at > known - WEEK)
            t["value"] = self._kept_solved(t, name, variant).astype(int)
        elif name == "one_touch_rate":
            t["value"], t["at"], t["out"] = t.one_touch.astype(int), t.last_solved_at, gone | t.is_open | ~history
        elif name in ("touches", "public_replies", "messages"):
            messages = t.public_agent_replies + t.bot_replies + t.customer_messages
            t["value"] = {"touches": t.touches, "public_replies": t.public_agent_replies, "messages": messages}[name]
            t["at"], t["out"] = t.last_solved_at, gone | t.is_open
        elif name == "bot_involved":
            t["value"], t["at"], t["out"] = (t.bot_replies > 0).astype(int), t.created_at, gone
        elif name == "handoff_rate":
            t["value"], t["at"], t["out"] = (
                (t.handled_by == "mixed").astype(int),
                t.created_at,
                gone | (t.bot_replies == 0),
            )
        elif name in ("reassignments", "group_changes", "stations"):
            t["value"] = t["assignees" if name == "stations" else name]
            t["at"], t["out"] = t.first_assigned_at, gone | ~history
        elif name == "escalation_rate":
            t["value"], t["at"], t["out"] = (t.escalations_internal > 0).astype(int), t.created_at, gone | ~history
        elif name == "csat" and variant == "rate":
            t["value"], t["at"] = (t.csat_last == "good").astype(int), t.csat_rated_at
            t["out"] = gone | ~t.csat_last.isin(["good", "bad"])
        elif name == "csat":
            t["value"] = t.csat_last.isin(["good", "bad"]).astype(int)
            t["at"], t["out"] = t.csat_offered_at.fillna(t.csat_rated_at), gone | ~t.csat_offered
        else:
            raise AssertionError(f"the oracle does not know {name}.{variant}@{attribution}")
        return t

    def _kept_solved(self, t: pd.DataFrame, name: str, variant: str) -> pd.Series:
        simple = {
            "transitions": t.reopens_transitions > 0,
            "solves": t.reopens_solves > 0,
            "one_reply": t.public_agent_replies == 1,
            "no_customer_reply": t.first_reply_at.notna() & (t.customer_messages_after_reply == 0),
            "one_teammate_closed_once": (t.agents_public == 1) & (t.solves == 1),
        }
        if variant in simple:
            return simple[variant]
        contacts: dict[Any, list[Any]] = {}
        for row in t[~t.exclusion.isin(["deleted", "spam"]) & t.requester_id.notna()].itertuples():
            contacts.setdefault((row.source_id, row.requester_id), []).append(row.created_at)
        quiet = pd.Series([self._quiet(row, contacts) for row in t.itertuples()], index=t.index)
        return quiet & (t.handled_by == variant) if name == "durable_resolution" else quiet

    def _quiet(self, row: Any, contacts: dict[Any, list[Any]]) -> bool:
        solved = row.first_solved_at
        if pd.isna(solved):
            return False
        if not pd.isna(row.first_reopened_at) and row.first_reopened_at <= solved + WEEK:
            return False
        return not any(solved < at <= solved + WEEK for at in contacts.get((row.source_id, row.requester_id), []))

    def _turns(self, name: str, variant: str, attribution: str) -> pd.DataFrame:
        t = self.frames["turn_facts"].copy()
        t["running"] = t.answered_at.isna()
        t["value"], t["at"] = t[f"wait_{variant}"], t.answered_at.fillna(self._known(t))
        t["out"] = t.exclusion.notna() | (t.kind != "next")
        return t

    def _episodes(self, name: str, variant: str, attribution: str) -> pd.DataFrame:
        e = self.frames["episode_facts"].copy()
        e["running"] = e.solved_at.isna() & e.ended_at.isna()
        e["value"] = e[f"episode_resolution_{variant}"].where(e.solved_at.notna() | e.running)
        e["at"], e["out"] = e.started_at, e.exclusion.notna()
        return e

    def _targets(self, name: str, variant: str, attribution: str) -> pd.DataFrame:
        s = self.frames["sla_facts"].copy()
        verdict = s.verdict_last if variant.endswith("last") else s.verdict_all
        bad = ["breached", "overdue"]
        counted = verdict.isin(["met", *bad] if variant.startswith("attainment") else bad)
        s["value"] = (verdict == "met").astype(int) if variant.startswith("attainment") else 1
        s["at"], s["out"], s["running"] = s.ended_at.fillna(self._known(s)), s.exclusion.notna() | ~counted, False
        return s

    def _stations(self, name: str, variant: str, attribution: str) -> pd.DataFrame:
        a = self.frames["assignment_facts"]
        a = a[a.assignee_id.notna()].sort_values("station")
        keys = ["source_id", "ticket_key", "assignee_id"]
        first = a.drop_duplicates(keys).copy()
        moved = a.groupby(keys).handed_on_unsolved.any().reset_index(name="moved")
        first = first.merge(moved, on=keys)
        first["value"], first["at"] = first.moved.astype(int), first.from_at
        first["out"], first["running"] = first.exclusion.notna(), False
        return first

    def _answers(self, name: str, variant: str, attribution: str) -> pd.DataFrame:
        s = self.frames["satisfaction"].copy()
        s = s[s.deleted_at.isna()]
        score = pd.to_numeric(s.score_raw, errors="coerce")
        if name == "nps":
            s["value"] = np.select([score >= 9, score <= 6], [1, -1], 0)
        else:
            s["value"] = (score >= 5).astype(int) if variant == "top" else score
        s["at"], s["running"] = s.rated_at, False
        s["out"] = (s.kind != name) | score.isna()
        s["assignee_id"] = s.agent_id
        return s

    def _reviews(self, name: str, variant: str, attribution: str) -> pd.DataFrame:
        tickets = {(t.source_id, t.ticket_key): t for t in self.frames["ticket_facts"].itertuples()}
        rows = []
        for r in self.frames["reviews"].to_dict("records"):
            t = tickets[r["source_id"], r["ticket_key"]]
            group = t.group_last if pd.isna(t.first_reply_agent_id) else t.group_at_first_reply
            counts = r["kind"] == "random" and r["state"] == "submitted" and pd.isna(t.exclusion)
            counts = counts and not pd.isna(r["points"]) and r["bot"] == (variant == "bot")
            value = r["score"]
            if name == "critical_failures":
                counts, value = counts and len(r["critical"]) > 0, int(len(r["critical_failed"]) > 0)
            asked = {"channel": t.channel, "organization_id": t.organization_id, "type": t.type, "brand_id": t.brand_id}
            rows.append({**r, **asked, "group_id": group, "priority": t.priority_at_created, "value": value,
                         "at": r["submitted_at"], "out": not counts, "assignee_id": r["agent_id"]})  # fmt: skip
        return pd.DataFrame(rows).assign(running=False)

    def _flow(self, name: str, variant: str, attribution: str) -> pd.DataFrame:
        t = self.frames["ticket_facts"]
        parts = []
        for step, at, columns in ((1, "created_at", CREATED), (-1, "last_solved_at", LAST_SOLVE)):
            part = t.copy()
            part["value"], part["at"], part["out"], part["running"] = step, part[at], part.exclusion.notna(), False
            for mine, column in (
                ("group_id", columns["group"]),
                ("priority", columns["priority"]),
                ("assignee_id", columns["assignee"]),
            ):
                part[mine] = t[column]
            parts.append(part)
        return pd.concat(parts)

    def backlog(self, day: str, zone: str) -> pd.DataFrame:
        """Episodes alive at the end of a local day (as-of where that is earlier), with the age of their tickets."""
        end = datetime.fromisoformat(day).replace(hour=23, minute=59, second=59, tzinfo=ZoneInfo(zone))
        instant = min(pd.Timestamp(end).tz_convert("UTC"), max(self.as_of.values()))
        e = self.frames["episode_facts"]
        e = e[(e.started_at <= instant) & (e.ended_at.isna() | (e.ended_at > instant))]
        t = self.frames["ticket_facts"][
            ["source_id", "ticket_key", "created_at", "history_complete", "type", "brand_id"]
        ]
        e = e.merge(t, on=["source_id", "ticket_key"])
        e["value"] = (instant - e.created_at).dt.total_seconds()
        e["out"], e["running"], e["at"] = e.exclusion.notna() | ~e.history_complete, False, instant
        return e


def column_of(metric_id: str, dimension: str) -> str:
    """The column that stands for a dimension in a metric's rows."""
    stem = metric_id.partition("#")[0]
    name = stem.partition(".")[0].partition("@")[0]
    if dimension in SHARED:
        return SHARED[dimension]
    if dimension == "team":
        return column_of(metric_id, "group")
    if name in ("nrt",) and dimension == "assignee":
        return "answered_by"
    if name in ("nrt", "episode_resolution", "sla", "transfer_rate", "nps", "ces", "net_flow", "backlog", *REVIEWS):
        return PLAIN[dimension]
    if stem == "backlog_age.since_creation":
        return PLAIN[dimension]
    if stem == "backlog_age.since_customer":
        return {"group": "group_last", "priority": "priority_at_created", "assignee": "last_assignee_id"}[dimension]
    if name == "csat":
        who = stem.partition("@")[2] or "at_solve"
        assignee = {
            "at_solve": "csat_agent_at_solve",
            "at_rating": "csat_agent_at_rating",
            "last_reply": "csat_agent_last_reply",
            "first_reply": "first_reply_agent_id",
            "solver": "solver_id",
        }
        group = {"at_rating": "group_at_rating", "last_reply": "group_at_rating", "first_reply": "group_at_first_reply"}
        return {
            "group": group.get(who, "group_at_last_solve"),
            "priority": "priority_at_last_solve",
            "assignee": assignee[who],
        }[dimension]
    if name in ("frt", "frt_any") and dimension == "assignee":
        return "first_reply_agent_id"
    if name in ("first_resolution", "full_resolution") and not stem.endswith("@solve"):
        return {**CREATED, "assignee": "solver_id"}[dimension]
    if name in ("first_resolution", "reopen_rate", "fcr", "durable_resolution"):
        return FIRST_SOLVE[dimension]
    if name in (
        "rwt",
        "awt",
        "agent_wait",
        "hold_time",
        "unsolved_time",
        "full_resolution",
        "solved",
        "one_touch_rate",
    ):
        return LAST_SOLVE[dimension]
    if name in ("touches", "public_replies", "messages"):
        return LAST_SOLVE[dimension]
    return CREATED[dimension]


def bucket_of(at: datetime, period: str, zone: str) -> str:
    """The local day, Monday or month of an instant."""
    local = at.astimezone(ZoneInfo(zone)).date()
    if period == "month":
        return str(local.strftime("%Y-%m"))
    return str(local if period == "day" else local - timedelta(days=local.weekday()))


def figure(rows: pd.DataFrame, statistic: str, whole: bool) -> float | None:
    """A statistic of rows the slow way; ``None`` where a survival curve does not reach it."""
    kept = rows[~rows.out]
    values = kept["value"].astype(float).tolist()
    if statistic == "count":
        return float(sum(values))
    if statistic in ("share", "mean"):
        return math.fsum(values) / len(values)
    if statistic == "nps":
        return 100 * math.fsum(values) / len(values)
    percent = {"median": 50, "p90": 90, "p95": 95}[statistic]
    if kept.running.any():
        return _survival(list(zip(values, kept.running, strict=True)), percent)
    place = (len(values) - 1) * percent / 100
    ordered = sorted(values)
    below = ordered[math.floor(place + 1e-9)]
    above = ordered[math.ceil(place - 1e-9)]
    found = below + (place - math.floor(place + 1e-9)) * (above - below) if above != below else below
    return float(math.floor(found + 0.5 + 1e-9) if whole else found)


def _survival(rows: list[tuple[float, bool]], percent: int) -> float | None:
    at_risk, surviving = len(rows), 1.0
    for time in sorted({value for value, _ in rows}):
        ended = sum(1 for value, running in rows if value == time and not running)
        surviving *= 1 - ended / at_risk
        at_risk -= sum(1 for value, _ in rows if value == time)
        if ended and surviving <= 1 - percent / 100 + 1e-12:
            return time
    return None


def _current(frame: pd.DataFrame, newer: set[tuple[Any, Any]]) -> pd.DataFrame:
    if "layer" not in frame:
        return frame
    keys = list(zip(frame.source_id, frame.ticket_key, strict=True))
    hidden = np.array([key in newer for key in keys]) & (frame.layer == 0)
    return frame[~hidden].reset_index(drop=True)
