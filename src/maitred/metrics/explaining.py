"""One ticket explained: all its clocks, its SLA targets, and for one clock the ledger, second by second."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from sqlglot import exp

from maitred.base.errors import NotFound
from maitred.canon.keys import ticket_key
from maitred.metrics import refresh, views
from maitred.metrics.clocks import engine, ledger
from maitred.metrics.facts import MODES
from maitred.metrics.kept import keeper_of
from maitred.metrics.scope import Scope
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace
from maitred.warehouse.engines.engine import Engine

DEFAULT_MODE = "business_all"
GROUP_COLUMNS = (
    "group_at_created",
    "group_at_first_reply",
    "group_at_first_solve",
    "group_at_last_solve",
    "group_at_rating",
    "group_last",
)
"""The groups that a ticket's facts remember, each at its instant."""

PEOPLE_COLUMNS = (
    "first_assignee_id",
    "last_assignee_id",
    "first_reply_agent_id",
    "solver_id",
    "csat_agent_at_solve",
    "csat_agent_at_rating",
    "csat_agent_last_reply",
)
"""The people that a ticket's facts remember."""

_KEYS_AT_ONCE = 5_000

Known: TypeAlias = Callable[[Iterable[str]], pa.Table]
Once: TypeAlias = Callable[[Hashable, Callable[[], Any]], Any]
"""What was made for a key before, else what is made now."""


def anew(_key: Hashable, make: Callable[[], Any]) -> Any:
    """Make it each time."""
    return make()


def explain(
    workspace: Workspace,
    publication: Publication,
    ticket: str,
    metric: str | None = None,
    source: str | None = None,
    *,
    lasting: Once = anew,
    passing: Once = anew,
    known: Known | None = None,
) -> dict[str, Any]:
    """Explain a ticket as a plain document.

    Parameters
    ----------
    ticket
        The ticket's id in its helpdesk.
    metric
        ``frt``, ``frt.business_all``, ``sla.first_reply`` ...; None lists all clocks without their ledgers. Otherwise
        ``ledgers`` holds one ledger per mode (per instance for targets and turns), and ``mode``, ``seconds`` and
        ``rows`` repeat the one in ``business_all``, or the only one.
    source
        Needed where several sources have the ticket.
    lasting, passing
        Where what holds for the whole publication is looked up once, and the computation of this ticket, which takes
        more room and is asked for several times in a row.
    known
        Finds users by id where they are kept in memory.

    Raises
    ------
    NotFound
        No such ticket or clock.
    """
    key = ("computed", publication.number, publication.made_at, ticket, source)
    found = passing(key, lambda: _compute(workspace, publication, ticket, source, lasting, known))
    source_id, computed, ref = found
    facts = computed.facts["ticket_facts"].to_pylist()[0]
    document: dict[str, Any] = {
        "ticket_id": facts["ticket_id"],
        "source": source_id,
        "publication": publication.number,
        "as_of": _shown(ref.as_of),
        "status": facts["status"],
        "created_at": _shown(facts["created_at"]),
        "schedules": [s.schedule_id for s in ref.book.schedules],
    }
    if metric is None:
        return {**document, "clocks": _clocks(facts), "sla": _targets(computed)}
    name, mode = _clock(metric)
    explained = ledger.explain(computed, ref, name)
    if mode is not None:
        explained = [part for part in explained if part.mode == mode]
    ledgers = [_ledger(part) for part in explained]
    chosen = next((part for part in ledgers if part["mode"] == DEFAULT_MODE), ledgers[0] if ledgers else None)
    shown = {name: chosen[name] for name in ("mode", "seconds", "rows")} if chosen else {"rows": []}
    return {**document, "metric": metric, **shown, "ledgers": ledgers}


def visible_ticket(engine: Engine, scope: Scope, source_id: str, ticket_id: str) -> bool:
    """Whether a reader may open a ticket: False too where there is none, so that nobody learns which ids exist.

    The engine has the publication's tables registered (as ``Asker.engine`` does).
    """
    if scope.counts_only:
        return False
    rows = belongings(engine, [ticket_key(ticket_id)])
    return any(
        may_see(scope, facts) for facts in rows if (facts["source_id"], facts["ticket_id"]) == (source_id, ticket_id)
    )


def visible_tickets(engine: Engine, scope: Scope, tickets: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Those of many ``(source_id, ticket_id)`` that a reader may open: ``visible_ticket`` in a few queries."""
    asked = frozenset(tickets)
    if scope.counts_only or not asked:
        return frozenset()
    rows = belongings(engine, {ticket_key(ticket_id) for _, ticket_id in asked})
    return asked & {(row["source_id"], row["ticket_id"]) for row in rows if may_see(scope, row)}


def belongings(engine: Engine, keys: Collection[int]) -> list[dict[str, Any]]:
    """Source, id, groups and people of the tickets that have one of the keys."""
    columns = (*GROUP_COLUMNS, *PEOPLE_COLUMNS)
    keeper = keeper_of(engine)
    if keeper is not None:
        return keeper.tickets(columns).with_keys(keys)
    views.prepare(engine, "current_ticket_facts")
    named = [exp.column(name, quoted=True) for name in ("source_id", "ticket_id", *columns)]
    wanted, found = sorted(keys), []
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        some = [exp.convert(key) for key in wanted[start : start + _KEYS_AT_ONCE]]
        query = exp.select(*named).from_("current_ticket_facts").where(exp.column("ticket_key").isin(*some))
        found += engine.query(query).to_pylist()
    return found


def may_see(scope: Scope, facts: Mapping[str, Any]) -> bool:
    """Whether a row of ``ticket_facts`` belongs to a reader: any of its groups or people is one of the scope's."""
    if scope.counts_only:
        return False
    if scope.groups is None or scope.people is None:
        return True
    held = ((scope.groups, GROUP_COLUMNS), (scope.people, PEOPLE_COLUMNS))
    return any((facts["source_id"], facts[name]) in ids for ids, names in held for name in names)


def _compute(
    workspace: Workspace,
    publication: Publication,
    ticket: str,
    source: str | None,
    lasting: Once = anew,
    users: Known | None = None,
) -> tuple[str, engine.Computed, engine.Reference]:
    key = ticket_key(ticket)
    names = [source] if source is not None else sorted(publication.sources)
    for name in names:
        known = workspace.ledger.source(name)
        if known is None or name not in publication.sources:
            raise NotFound(f"source {name} is not published", "`maitred doctor` lists the sources")
        rules = lasting(("policies", name), partial(refresh.read_policies, workspace, name, publication.tables))
        rows = refresh.inputs(
            workspace, name, low=key, high=key, keys=np.array([key]), versions=publication.tables, rules=rules
        )
        if not rows["tickets"].num_rows:
            continue
        as_of = datetime.fromisoformat(publication.sources[name]["as_of"])
        ref = refresh.reference(
            workspace, known, as_of, publication.tables, tickets=rows["tickets"], actors=rows, lasting=lasting,
            known=users,
        )  # fmt: skip
        computed = engine.compute(rows, ref, trace=True)
        if computed.facts["ticket_facts"].num_rows:
            return name, computed, ref
    raise NotFound(f"ticket {ticket} is not in {', '.join(names) or 'any source'}", "check the id and the source")


def _clock(metric: str) -> tuple[str, str | None]:
    """Clock and mode of a metric id (``frt.business_all#1`` -> ``frt``, ``business_all``)."""
    name = metric.split("#")[0].split("@")[0]
    for mode in MODES:
        if name.endswith(f".{mode}"):
            return name.removesuffix(f".{mode}"), mode
    return ("pending_time" if name == "agent_wait" else name), None


def _clocks(facts: dict[str, Any]) -> list[dict[str, Any]]:
    names = [*ledger.SPAN_CLOCKS, *ledger.STATUS_CLOCKS, "nrt_sum", "nrt_max"]
    return [{"clock": name, **{mode: facts[f"{name}_{mode}"] for mode in MODES}} for name in names]


def _targets(computed: engine.Computed) -> list[dict[str, Any]]:
    names = (
        "metric",
        "instance",
        "policy",
        "priority",
        "clock",
        "target_s",
        "started_at",
        "ended_at",
        "end_reason",
        "elapsed_all_s",
        "elapsed_last_s",
        "verdict_all",
        "verdict_last",
    )
    rows = computed.facts["sla_facts"].select(names).to_pylist()
    return [{name: _shown(value) for name, value in row.items()} for row in rows]


def _ledger(part: ledger.Explained) -> dict[str, Any]:
    return {
        "clock": part.metric,
        "mode": part.mode,
        "seconds": part.seconds,
        "rows": [
            {
                "seq": row.seq,
                "at": ledger.instant(row.at),
                "clock": row.clock,
                "event": row.event,
                "reason": row.reason,
                "state": row.state,
                "schedule_id": row.schedule_id,
                "schedule_version": row.schedule_version,
                "from": ledger.instant(row.start),
                "to": None if row.to is None else ledger.instant(row.to),
                "seconds": row.seconds,
                "cumulative": row.cumulative,
            }
            for row in part.rows
        ],
    }


def _shown(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
