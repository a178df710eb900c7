"""Sending what waits: marked before, marked after, and never a second time where nobody can tell what happened.

An effect is marked ``sending`` and committed before anybody is met. A worker that dies from there on leaves it so; the
next one finds its lease without a holder and makes it ``unknown`` — or, where the receiver drops repeats, ``waiting``.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet

from maitred.base import clock, faults
from maitred.base.errors import MaitredError
from maitred.kit.jobs import leases
from maitred.kit.jobs.leases import Held
from maitred.kit.jobs.models import Lease
from maitred.kit.jobs.queue import unlocked
from maitred.kit.outbox import contents
from maitred.kit.outbox.channels import Channel, Fate, Letter, Outcome, channels
from maitred.kit.outbox.configuration import NotConfigured
from maitred.kit.outbox.models import Effect

LEASE_S = 180.0
"""How long one sending may take in all; far more than the time limits of the channels."""
MOST_ATTEMPTS = 8
_FIRST_PAUSE_S = 30.0
_LONGEST_PAUSE_S = 3600.0
_SETUP_PAUSE_S = 300.0


def drain(holder: str, stop: threading.Event) -> int:
    """Send everything that is due; returns how many attempts were made."""
    recover(holder)
    reconcile()
    count = 0
    while not stop.is_set():
        effect = _claimed(holder)
        if effect is None:
            break
        _send(effect)
        count += 1
    return count


def recover(holder: str) -> int:
    """Settle what a worker left behind in ``sending``; returns how many."""
    left = {_lease(one.pk): one for one in Effect._base_manager.filter(state=Effect.SENDING)}
    held = {one.name: one for one in Lease._base_manager.filter(name__in=left)}
    return sum(_recovered(one, holder) for name, one in left.items() if leases.free(held.get(name)))


def doubt() -> int:
    """After a backup was restored: what waits in it may have gone out since it was made; returns how many.

    Mail and chat become ``unknown``, so that a person decides; what the receiver drops repeats of goes on waiting.
    """
    repeatable = [kind for kind, channel in channels().items() if channel.repeatable]
    open_ones = Effect._base_manager.filter(state__in=(Effect.WAITING, Effect.SENDING)).exclude(kind__in=repeatable)
    return _write(open_ones, state=Effect.UNKNOWN, last_error="restored")


def reconcile() -> int:
    """Ask the channels that can be asked about what is unknown; returns how many were settled.

    Mail and chat cannot be asked: theirs wait for a person (``outbox.resend``, ``outbox.give_up``).
    """
    asked = {kind: channel for kind, channel in channels().items() if channel.ask is not None}
    unknown = Effect._base_manager.filter(state=Effect.UNKNOWN, kind__in=asked) if asked else ()
    return sum(_asked(one, asked[one.kind]) for one in unknown)


def _claimed(holder: str) -> Effect | None:
    if not _due().exists():
        return None
    with transaction.atomic():
        row = unlocked(_due())
        held = leases.take(_lease(row.pk), holder, expiry=LEASE_S, floor=row.lease_token) if row else None
        if row is None or held is None:
            return None
        _write(_at(row), state=Effect.SENDING, lease_token=held.token, attempts=F("attempts") + 1)
        faults.step("outbox.claim")
    row.refresh_from_db()
    return row


def _send(effect: Effect) -> None:
    channel = channels()[effect.kind]
    faults.step("outbox.claimed")
    if not leases.holds(_held(effect)):  # this process was stopped meanwhile, and somebody else decides
        return
    faults.step("outbox.sending")
    outcome = _outcome(channel, effect)
    faults.step("outbox.sent")
    _settle(effect, channel, outcome)


def _outcome(channel: Channel, effect: Effect) -> Outcome:
    try:
        letter = _letter(effect)
    except MaitredError as error:  # a key that is not there, or a value that was tampered with
        return Outcome(Fate.LATER, error.kind)
    return Outcome(Fate.FAILED, "content-removed") if letter is None else _attempted(channel, letter)


def _attempted(channel: Channel, letter: Letter) -> Outcome:
    try:
        return channel.send(letter)
    except NotConfigured as error:
        return Outcome(Fate.LATER, error.kind, after_s=_SETUP_PAUSE_S)
    except (OperationalError, InterfaceError):  # of our own database, where secrets are: nobody was met yet
        return Outcome(Fate.LATER, "database-busy")
    except Exception as error:  # noqa: BLE001  (whatever happened, it may have been after the receiver took it)
        return Outcome(Fate.FAILED if channel.repeatable else Fate.UNKNOWN, f"unexpected-{type(error).__name__}")


def _settle(effect: Effect, channel: Channel, outcome: Outcome) -> None:
    with transaction.atomic():
        hit = _write(_at(effect), **_after(effect, outcome))
        if not hit and outcome.fate is Fate.SENT:  # given up for lost by another worker; now it is known
            _write(Effect._base_manager.filter(pk=effect.pk, state=Effect.UNKNOWN), **_after(effect, outcome))
        leases.drop(_held(effect))


def _after(effect: Effect, outcome: Outcome) -> dict[str, Any]:
    """What an attempt makes of an effect."""
    now = clock.now()
    told = {"last_error": outcome.error, "provider_id": outcome.provider_id}
    if outcome.fate is Fate.SENT:
        return {**told, "state": Effect.SENT, "sent_at": now}
    if outcome.fate is not Fate.LATER:
        return {**told, "state": outcome.fate.value}
    if outcome.error == NotConfigured.kind:
        again = now + timedelta(seconds=outcome.after_s)
        return {**told, "state": Effect.WAITING, "not_before": again, "attempts": effect.attempts - 1}
    if effect.attempts >= MOST_ATTEMPTS:
        return {**told, "state": Effect.FAILED}
    pause = max(outcome.after_s, min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (effect.attempts - 1)))
    return {**told, "state": Effect.WAITING, "not_before": now + timedelta(seconds=pause)}


def _recovered(seen: Effect, holder: str) -> bool:
    with transaction.atomic():
        held = leases.take(_lease(seen.pk), holder, floor=seen.lease_token)
        if held is None:
            return False
        channel = channels().get(seen.kind)
        state = Effect.WAITING if channel is not None and channel.repeatable else Effect.UNKNOWN
        hit = _write(_at(seen), state=state, lease_token=held.token, last_error="worker-ended")
        leases.drop(held)
        faults.step("outbox.recover")
    return bool(hit)


def _asked(effect: Effect, channel: Channel) -> bool:
    letter = _letter(effect)
    there = channel.ask(letter) if letter is not None and channel.ask is not None else None
    if there is None:
        return False
    state = {"state": Effect.SENT, "sent_at": clock.now()} if there else {"state": Effect.WAITING}
    return bool(_write(_at(effect), **state))


def _due() -> QuerySet[Effect]:
    open_now = [kind for kind, channel in channels().items() if channel.ready()]
    waiting = Effect._base_manager.filter(state=Effect.WAITING, kind__in=open_now, not_before__lte=clock.now())
    return waiting.order_by("not_before", "pk")


def _letter(effect: Effect) -> Letter | None:
    content = contents.opened(effect)
    return None if content is None else Letter(effect.key, effect.created_at, content)


def _at(effect: Effect) -> QuerySet[Effect]:
    return Effect._base_manager.filter(pk=effect.pk, state=effect.state, lease_token=effect.lease_token)


def _write(rows: QuerySet[Effect], **values: Any) -> int:
    """A change by the worker; the version goes up, so that a person's decision on what they saw before is refused."""
    return rows.update(**values, version=F("version") + 1, changed_at=clock.now())


def _lease(effect: int) -> str:
    return f"effect:{effect}"


def _held(effect: Effect) -> Held:
    return Held(_lease(effect.pk), effect.lease_token)
