"""Foreseen tickets: what to do about each, how good the foresight is, and how the desk watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from maitred.base import clock
from maitred.base.errors import Conflict
from maitred.desks.escalations import access, calling, raising, showing, tickets, watching
from maitred.desks.escalations.models import Alert, Policy
from maitred.desks.escalations.shapes import AlertId, Foreseen, MaybeLine, Raised, Severity
from maitred.insight.calibration import NotEnoughData
from maitred.insight.escalation import holding_out
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.jobs.queue import enqueue
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

LONGEST = timedelta(days=30)
Minutes = Annotated[int, Field(ge=5, le=10_080)]
Hours = Annotated[float, Field(ge=0.5, le=240)]
Few = Annotated[int, Field(ge=0, le=50)]
Times = Annotated[int, Field(ge=2, le=20)]
Share = Annotated[float, Field(ge=0, le=0.2)]
_ALERT: dict[str, Any] = {"alert": 1, "version": 1}


@dataclass(frozen=True, slots=True)
class RuleFared:
    """How one rule fared on weeks that it had not seen: see ``insight.escalation.comparing``; null where not known."""

    rule: str
    n: int
    escalated: int
    flagged: float
    precision: float | None
    precision_interval: tuple[float, float] | None
    recall: float | None
    recall_interval: tuple[float, float] | None
    lead_hours: float | None
    auc: float
    slope: float | None


@dataclass(frozen=True, slots=True)
class RiskCard:
    """What was learned when: shown or why not, the table, what people said of alerts, and whether alerts helped."""

    verdict: str
    why: str
    n: int
    needed: int
    learned_at: str
    kind: str
    table: tuple[RuleFared, ...]
    told: int
    raised: int
    disagreed: int
    helped: holding_out.Helped | None
    helped_n: int
    helped_needed: int


@dataclass(frozen=True, slots=True)
class PolicyShown:
    """How the desk watches."""

    critical_minutes: int
    high_minutes: int
    normal_minutes: int
    low_minutes: int
    forgotten_hours: float
    forgotten_a_day: int
    reopened_times: int
    alerts_a_day: int
    hold_out: float
    version: int


@question(needs=Right.ESCALATIONS_LEAD, example={})
def alerts(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[Foreseen]:
    """List tickets that were foreseen, the newest first. What the lot keeps back is not among them."""
    rows = access.visible_alerts(actor).filter(held_out=False)
    return paged(rows, actor, "escalation-alerts", cursor, limit, showing.foreseen, newest=True)


@question(needs=Right.ESCALATIONS_LEAD, example={"alert": 1})
def show_alert(actor: Actor, alert: AlertId) -> Foreseen:
    """Show one."""
    return showing.foreseen(access.access_alert(actor, alert))


@action(needs=Right.ESCALATIONS_LEAD, example=_ALERT)
def acknowledge_alert(actor: Actor, alert: AlertId, version: Version) -> Foreseen:
    """Say that one looks at it; it stays on the board."""
    row = _waiting(actor, alert)
    return showing.foreseen(deeds.change(row, version, state=Alert.TAKEN, by_id=actor.person, until=None))


@action(needs=Right.ESCALATIONS_LEAD, example={**_ALERT, "until": "2030-01-10T08:00:00Z"})
def snooze_alert(actor: Actor, alert: AlertId, version: Version, until: AwareDatetime) -> Foreseen:
    """Take it off the board until an instant, within a month."""
    row = _waiting(actor, alert)
    if not clock.now() < until <= clock.now() + LONGEST:
        raise calling.misfit("until", "snooze until a time within the next month")
    return showing.foreseen(deeds.change(row, version, state=Alert.SNOOZED, until=until, by_id=actor.person))


@action(needs=Right.ESCALATIONS_LEAD, example=_ALERT)
def disagree(actor: Actor, alert: AlertId, version: Version) -> Foreseen:
    """Say that this is none; the ticket is told no more, and the card counts it. It never counts against a person."""
    row = _waiting(actor, alert)
    return showing.foreseen(deeds.change(row, version, state=Alert.DISAGREED, by_id=actor.person, until=None))


@action(needs=Right.ESCALATIONS_LEAD, example={**_ALERT, "version": 2})
def bring_back(actor: Actor, alert: AlertId, version: Version) -> Foreseen:
    """Undo: it is on the board again."""
    row = access.access_alert(actor, alert)
    if row.state not in (Alert.TAKEN, Alert.SNOOZED, Alert.DISAGREED):
        raise Conflict(f"this alert is {row.state}", "nothing is left to do")
    return showing.foreseen(deeds.change(row, version, state=Alert.NEW, by_id=None, until=None))


@action(needs=Right.ESCALATIONS_LEAD, example={**_ALERT, "severity": "normal"})
def escalate_alert(
    actor: Actor, alert: AlertId, version: Version, severity: Severity = "normal", what: MaybeLine = ""
) -> Raised:
    """Make a case of a foreseen ticket; it joins an open case of the same customer."""
    row = _waiting(actor, alert)
    found = tickets.reached(actor, row.source_id, row.ticket_id)
    deeds.change(row, version, by_id=actor.person)
    title = found.subject[:180] or f"Ticket {row.ticket_id}"
    by = "prediction" if row.rule == "risk" else "rule"
    return raising.put(
        actor, row.source_id, row.ticket_id, found, title=title, declared_by=by, kind="internal", severity=severity,
        what=what,
    )  # fmt: skip


@question(needs=Right.ESCALATIONS_LEAD, example={})
def risk_card(actor: Actor) -> RiskCard:
    """Show how well escalations are foreseen here, beside "oldest first" and "reopened twice", and whether it helped.

    Sums over the whole house, in which no ticket can be told.
    """
    policy = access.policy()
    told = dict(policy.risk) if policy is not None else {}
    rows = list(access.all_alerts())
    shown = [one for one in rows if not one.held_out]
    effect = _helped(rows, policy)
    table = tuple(RuleFared(**{**one, **_pairs(one)}) for one in told.get("table", ()))
    return RiskCard(
        told.get("verdict", "not_enough_data"), told.get("why", "nothing was learned yet"), told.get("n", 0),
        told.get("needed", 60), told.get("at", ""), told.get("kind", ""), table, len(shown),
        sum(one.state == Alert.RAISED for one in shown), sum(one.state == Alert.DISAGREED for one in shown),
        effect if isinstance(effect, holding_out.Helped) else None,
        effect.n if isinstance(effect, NotEnoughData) else effect.told,
        effect.needed if isinstance(effect, NotEnoughData) else holding_out.FEWEST,
    )  # fmt: skip


@question(needs=Right.ESCALATIONS_LEAD, example={})
def policy(actor: Actor) -> PolicyShown:
    """Show how the desk watches: deadlines, rules, alerts a day, the share kept back by lot."""
    return _policy(access.policy() or Policy())


@action(needs=Right.ESCALATIONS_LEAD, example={"version": 1, "alerts_a_day": 5})
def change_policy(
    actor: Actor, version: Version, critical_minutes: Minutes | None = None, high_minutes: Minutes | None = None,
    normal_minutes: Minutes | None = None, low_minutes: Minutes | None = None, forgotten_hours: Hours | None = None,
    forgotten_a_day: Few | None = None, reopened_times: Times | None = None, alerts_a_day: Few | None = None,
    hold_out: Share | None = None,
) -> PolicyShown:  # fmt: skip
    """Change how the desk watches; what is left out stays.

    Parameters
    ----------
    forgotten_hours, forgotten_a_day
        Business hours after which a customer whom nobody looked at is raised by itself, and at most how many a day.
    reopened_times
        Reopenings after which a ticket is told.
    alerts_a_day
        Tickets foreseen by the model that are told a day, at most.
    hold_out
        Share of these, up to a fifth, that the lot keeps back so that the others can be held against them.
    """
    given: dict[str, Any] = {
        "critical_minutes": critical_minutes, "high_minutes": high_minutes, "normal_minutes": normal_minutes,
        "low_minutes": low_minutes, "forgotten_hours": forgotten_hours, "forgotten_a_day": forgotten_a_day,
        "reopened_times": reopened_times, "alerts_a_day": alerts_a_day, "hold_out": hold_out,
    }  # fmt: skip
    wanted = {name: value for name, value in given.items() if value is not None}
    row = access.policy()
    if row is None:
        return _policy(watching.new_policy(**wanted))
    return _policy(deeds.change(row, version, **wanted))


def _waiting(actor: Actor, alert: int) -> Alert:
    row = access.access_alert(actor, alert)
    if row.state not in (Alert.NEW, Alert.TAKEN, Alert.SNOOZED):
        raise Conflict(f"this alert is {row.state}", "bring it back first")
    return row


def _helped(rows: list[Alert], policy: Policy | None) -> holding_out.Helped | NotEnoughData:
    """What came of alerts that had a lot drawn, told or kept back: alerts of which a week has passed."""
    if policy is None or not policy.hold_out:
        return NotEnoughData(0, holding_out.FEWEST, "alerts kept back by lot")
    ripe = [one for one in rows if one.at <= _ripe()]
    hits = watching.declared(one for one in ripe)
    told, held = [one for one in ripe if not one.held_out], [one for one in ripe if one.held_out]
    return holding_out.helped(
        len(told), sum(one.pk in hits for one in told), len(held), sum(one.pk in hits for one in held)
    )


def _ripe() -> datetime:
    return clock.now() - timedelta(days=7)


def _pairs(one: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(one[name]) if one[name] else None for name in ("precision_interval", "recall_interval")}


def _policy(row: Policy) -> PolicyShown:
    return PolicyShown(
        row.critical_minutes, row.high_minutes, row.normal_minutes, row.low_minutes, row.forgotten_hours,
        row.forgotten_a_day, row.reopened_times, row.alerts_a_day, row.hold_out, row.version,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LookAsked:
    """The job that looks."""

    job: int


@action(needs=Right.OPERATION_WRITE, example={})
def look_now(actor: Actor) -> LookAsked:
    """Let the watch look now instead of tomorrow morning; limits of the day hold all the same."""
    return LookAsked(enqueue("escalations.watch", {}, actor=actor))
