"""An action called with a key: done once, and answered alike for a day, however often the call is repeated.

The kept answer is written in the transaction of the deed. A call that is refused keeps nothing, so that it may be
mended and sent again under the same key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.audit.deeds import deed
from maitred.kit.replies.models import Reply
from maitred.kit.secrets.installation import keyring, pseudonym
from maitred.kit.secrets.sealing import Secret, place, seal, unseal
from maitred.kit.verbs.registry import Verb
from maitred.kit.verbs.results import plain
from maitred.kit.verbs.running import authorise, patiently, validated

KEPT = timedelta(hours=24)
KEY = "^[!-~]{1,200}$"
"""What a key may be: up to 200 visible ASCII characters."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer in its plain form, and whether it is the one of an earlier call."""

    answer: Any
    replayed: bool


def run_once(verb: Verb, actor: Actor, arguments: Mapping[str, Any], key: str) -> Outcome:
    """Run an action under a key of the caller's.

    Raises
    ------
    UsageError
        The key is not one.
    Invalid
        The key was used for another call before.
    MaitredError
        Whatever the action refuses; nothing is kept then.
    """
    if not re.match(KEY, key):
        raise UsageError("this Idempotency-Key cannot be used", "send 1 to 200 visible ASCII characters")
    authorise(verb, actor)
    values = validated(verb, arguments)
    digest = _digest(verb, arguments)
    kept = _kept(actor, key, digest)
    if kept is not None:
        return kept
    try:
        return patiently(lambda: _first(verb, actor, values, key, digest))
    except Conflict:  # the same call may have been first on another connection; then its answer is the answer
        kept = _kept(actor, key, digest)
        if kept is None:
            raise
        return kept


def purge(now: datetime) -> int:
    """Delete the answers whose day was over at an instant; returns how many."""
    hit, _ = Reply._base_manager.filter(expires_at__lte=now).delete()
    return hit


def _first(verb: Verb, actor: Actor, values: Mapping[str, Any], key: str, digest: str) -> Outcome:
    now = clock.now()
    with deed(actor, verb.id, reason=str(values.get("reason") or "")):
        Reply._base_manager.filter(actor=actor.name, key=key, expires_at__lte=now).delete()
        row = Reply._base_manager.create(
            actor=actor.name, key=key, verb=verb.id, arguments=digest, answer="", created_at=now, expires_at=now + KEPT
        )
        answer = plain(verb.function(actor, **values))
        sealed = seal(keyring(), Secret(json.dumps(answer)), _place(actor, key))
        Reply._base_manager.filter(pk=row.pk).update(answer=sealed)
    return Outcome(answer, replayed=False)


def _kept(actor: Actor, key: str, digest: str) -> Outcome | None:
    found = Reply._base_manager.filter(actor=actor.name, key=key, expires_at__gt=clock.now()).first()
    if found is None:
        return None
    if found.arguments != digest:
        what = "this Idempotency-Key was used for another call"
        raise Invalid(what, "take a new key for a new call", ({"field": "Idempotency-Key", "message": what},))
    return Outcome(json.loads(unseal(keyring(), found.answer, _place(actor, key)).value), replayed=True)


def _digest(verb: Verb, arguments: Mapping[str, Any]) -> str:
    """A name for the call that tells nothing of its words."""
    return pseudonym(json.dumps([verb.id, dict(arguments)], sort_keys=True))


def _place(actor: Actor, key: str) -> str:
    return place("replies_reply", f"{actor.name}/{key}", "answer")
