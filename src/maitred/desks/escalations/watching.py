"""What the worker does: learns and foresees, finds the forgotten, passes on what nobody took, reminds, sees tickets
that vanished. Everything is idempotent: a second round changes nothing more."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from maitred.base import clock
from maitred.desks.escalations import access, calling, raising, tickets
from maitred.desks.escalations.models import Alert, Case, Policy
from maitred.insight.calibration import NotEnoughData
from maitred.insight.escalation import budget, comparing, forgotten, holding_out, learning
from maitred.insight.evidence.tables import NEVER, Evidence, Ints
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds
from maitred.kit.reading import published

AHEAD = timedelta(hours=24)
"""Promises and planned words are reminded of so long before."""
STALE = timedelta(days=7)
"""Alerts that nobody took are over after so long."""


def new_policy(**given: Any) -> Policy:
    """The first policy of the house; inside a deed."""
    return deeds.create(Policy, salt=secrets.token_hex(8), **given)


def declared(alerts: Iterable[Alert]) -> set[int]:
    """Numbers of alerts whose ticket was escalated by a customer or colleague within a week after."""
    rows = list(alerts)
    found: set[int] = set()
    known: dict[str, dict[str, datetime]] = {}
    for one in rows:
        if one.source_id not in known:
            known[one.source_id] = {}
            for ticket, at in access.cases_of_source(one.source_id):
                known[one.source_id][ticket] = min(at, known[one.source_id].get(ticket, at))
        when = known[one.source_id].get(one.ticket_id)
        if when is not None and one.at <= when < one.at + timedelta(days=7):
            found.add(one.pk)
    return found


def escalated_at(evidence: Evidence) -> Ints:
    """For each ticket of the evidence when a customer or colleague escalated it, as this desk remembers it."""
    place = {str(ticket): number for number, ticket in enumerate(evidence.tickets.external)}
    found = np.full(len(evidence.tickets), NEVER, np.int64)
    for ticket, at in access.cases_of_source(evidence.source):
        number = place.get(ticket)
        if number is not None:
            found[number] = min(int(found[number]), int(at.timestamp()))
    return found


def learn(evidence: Evidence) -> learning.Learned | NotEnoughData:
    """Learn from the desk's own cases; seconds to minutes of work that belong outside of a deed."""
    return learning.learned(evidence, escalated_at(evidence))


def keep(found: learning.Learned | NotEnoughData, policy: Policy) -> None:
    """Keep what is to be told about what was learned; inside a deed."""
    told: dict[str, Any] = {"at": clock.iso(clock.now())}
    if isinstance(found, NotEnoughData):
        told |= {"verdict": "not_enough_data", "why": f"{found.n} {found.what}", "n": found.n, "needed": found.needed}
    else:
        told |= {
            "verdict": "ok" if found.shown else "not_shown", "why": found.calibration.reason, "n": found.escalations,
            "needed": learning.FEWEST, "kind": found.model.kind, "table": [_row(one) for one in comparing.table(found)],
        }  # fmt: skip
    deeds.change(policy, None, risk=told)


def foresee(evidence: Evidence, found: learning.Learned, policy: Policy) -> list[Alert]:
    """The alerts of a day within the budget, and those that the lot keeps back; inside a deed."""
    if not found.shown:
        return []
    source = evidence.source
    there = {one.ticket_id for one in access.alerts_of(source).filter(rule="risk")}
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    spent = access.alerts_of(source).filter(rule="risk", at__gte=today).count()
    held = {ticket for own, ticket in access.open_tickets() if own == source}
    seen = learning.foreseen(evidence, escalated_at(evidence), found.model)
    names = evidence.tickets.external
    out = {int(one) for one in seen.tickets if str(names[one]) in there or str(names[one]) in held}
    harm = budget.harms(evidence, seen.tickets, seen.at)
    chosen = budget.chosen(seen, harm, policy.alerts_a_day - spent, out)
    key = _key_accounts(evidence)
    made = []
    for one in chosen:
        ticket = str(names[one.ticket])
        lot = int(evidence.tickets.account[one.ticket]) not in key and holding_out.kept_back(
            source, ticket, policy.salt, policy.hold_out
        )
        made.append(deeds.create(
            Alert, source_id=source, ticket_id=ticket, rule="risk", team_id=_team(evidence, one.ticket),
            at=clock.now(), probability=round(one.probability, 4), harm=round(one.harm, 2),
            reasons=[reason.name for reason in one.reasons], state=Alert.HELD if lot else Alert.NEW, held_out=lot,
        ))  # fmt: skip
    return made


def raise_forgotten(actor: Actor, evidence: Evidence, policy: Policy) -> list[int]:
    """Raise customers whom nobody looked at, the longest waiting first, within the day's limit; inside a deed."""
    source, names = evidence.source, evidence.tickets.external
    seen = forgotten.forgotten(evidence, policy.forgotten_hours)
    there = {one.ticket_id for one in access.alerts_of(source).filter(rule="forgotten")}
    held = {ticket for own, ticket in access.open_tickets() if own == source}
    made: list[int] = []
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    left = policy.forgotten_a_day - access.alerts_of(source).filter(rule="forgotten", at__gte=today).count()
    for ticket, waited in zip(seen.tickets.tolist(), seen.waited.tolist(), strict=True):
        own = str(names[ticket])
        if len(made) >= left:
            break
        if own in there or own in held:
            continue
        head = tickets.reached(actor, source, own)
        hours = round(waited / 3600, 1)
        what = f"Nobody has looked at this for {hours:g} business hours since the customer wrote."
        done = raising.put(
            actor, source, own, head, title=(head.subject or f"Ticket {own}")[:200], declared_by="rule",
            kind="internal", severity="high", what=what,
        )  # fmt: skip
        deeds.create(
            Alert, source_id=source, ticket_id=own, rule="forgotten", team_id=_team(evidence, ticket),
            at=clock.now(), harm=round(hours, 2), reasons=["silence"], state=Alert.RAISED, case_id=done.case.id,
        )  # fmt: skip
        made.append(done.case.id)
    return made


def tell_reopened(evidence: Evidence, policy: Policy) -> int:
    """Tell open tickets that came back too often, once each; inside a deed."""
    source, names = evidence.source, evidence.tickets.external
    back = Counter(int(one) for one in evidence.solves.ticket[evidence.solves.reopened_at < evidence.as_of])
    often = sorted(one for one, times in back.items() if times >= policy.reopened_times)
    there = {one.ticket_id for one in access.alerts_of(source).filter(rule="reopened")}
    made = 0
    for ticket in often:
        own = str(names[ticket])
        if own not in there and _is_open(evidence, ticket):
            deeds.create(
                Alert, source_id=source, ticket_id=own, rule="reopened", team_id=_team(evidence, ticket),
                at=clock.now(), harm=float(back[ticket]), reasons=["reopened"],
            )  # fmt: skip
            made += 1
    return made


def wake(now: datetime) -> int:
    """Snoozed alerts whose time came are there again; old ones that nobody took are over; inside a deed."""
    rows = Counter[str]()
    for row in access.waking(now):
        deeds.change(row, None, state=Alert.NEW, until=None)
        rows["woken"] += 1
    for row in access.stale(now - STALE):
        deeds.change(row, None, state=Alert.OVER)
        rows["over"] += 1
    return rows.total()


def pass_on(now: datetime) -> int:
    """Cases that nobody took in time go to the next one; those whose owner is away go to the deputy; inside a deed."""
    count = 0
    gone = calling.away()
    for row in access.open_cases():
        if row.state == Case.DECLARED and row.acknowledge_by <= now:
            calling.pass_on(row, now, "nobody said in time that it is theirs")
            count += 1
        elif row.state == Case.ACTIVE and row.owner_id in gone:
            if row.deputy_id and row.deputy_id not in gone:
                deeds.change(row, None, owner_id=row.deputy_id, deputy_id=row.owner_id)
                calling.tell((row.owner_id,), "The owner of an escalation is away: it is yours as their deputy", row.pk)
                calling.note_of_worker(row, "the owner is away: the deputy owns it", "handed_over")
            else:
                calling.pass_on(row, now, "the owner is away")
            count += 1
    return count


def remind(now: datetime) -> int:
    """Remind of promises and planned words that are due within a day, once each; inside a deed."""
    count = 0
    for one in access.late_promises(now + AHEAD):
        deeds.change(one, None, reminded_at=now)
        day = one.commitment.due_at.date().isoformat()
        calling.tell((one.commitment.person_id,), f"A promise to a customer is due on {day}", one.case_id)
        count += 1
    for row in access.late_messages(now + AHEAD):
        deeds.change(row, None, reminded_at=now)
        calling.tell((row.case.owner_id,), "Somebody is to be told about an escalation of yours", row.case_id)
        count += 1
    return count


def vanished(now: datetime) -> int:
    """Mark tickets of open cases that the helpdesk does not have any more; inside a deed."""
    rows = list(access.tickets_of(one.pk for one in access.open_cases()))
    count = 0
    with published(None) as ask:
        told = [(one, tickets.gone(ask, one.source_id, one.ticket_id)) for one in rows]
    for one, why in told:
        if bool(why) is not (one.gone_at is not None):
            deeds.change(one, None, gone_at=now if why else None, gone_why=why)
            said = (
                f"ticket {one.ticket_id} is {why} at the helpdesk" if why else f"ticket {one.ticket_id} is there again"
            )
            calling.note_of_worker(one.case, said, "gone")
            count += 1
    return count


def _row(one: comparing.Row) -> dict[str, Any]:
    told = asdict(one)
    told["n"] = told.pop("tickets")
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in told.items()}


def _key_accounts(evidence: Evidence) -> frozenset[int]:
    """Accounts that are never kept back by lot: the upper quarter by worth, those with complaints or legal cases."""
    worth, names = evidence.accounts.revenue, evidence.accounts.names.external
    guarded = access.guarded(evidence.source)
    found = {place for place, name in enumerate(names) if name in guarded}
    known = worth[worth > 0]
    if len(known):
        found |= set(np.flatnonzero(np.nan_to_num(worth) >= np.quantile(known, 0.75)).tolist())
    return frozenset(found)


def _team(evidence: Evidence, ticket: int) -> int | None:
    group = int(evidence.tickets.group[ticket])
    if group < 0:
        return None
    return access.team_of_group(evidence.source, evidence.groups.external[group])


def _is_open(evidence: Evidence, ticket: int) -> bool:
    rows: Sequence[int] = np.flatnonzero(evidence.statuses.ticket == ticket).tolist()
    return bool(rows) and int(evidence.statuses.value[rows[-1]]) < 4
