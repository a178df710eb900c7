"""How an action becomes a proposal: checked like the action itself, kept, and not done.

The assistant door calls it for every action. The same action proposed again while it waits is the same proposal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from maitred.base import clock
from maitred.base.errors import Denied, Invalid, TooMany, UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import require
from maitred.kit.audit import deeds
from maitred.kit.proposals.access import proposals_by
from maitred.kit.proposals.models import Proposal, State
from maitred.kit.verbs.registry import Verb
from maitred.kit.verbs.running import patiently, validated

DAYS = 7
MOST_WAITING = 200
"""Proposals of one token that may wait at the same time."""
MOST_BYTES = 64 * 1024


def propose(actor: Actor, verb: Verb, arguments: Mapping[str, Any]) -> Proposal:
    """Keep an action for its owner to approve.

    Raises
    ------
    Denied
        The actor could not do it either; or it answers proposals, which only a person does.
    Invalid
        The arguments do not fit, so that it could never be done.
    TooMany
        Too many proposals wait already.
    """
    if verb.kind != "action":
        raise UsageError(f"{verb.id} is a question", "ask it; only actions are proposed")
    if not may_propose(verb):
        raise Denied(f"{verb.id} is for a person to do", "open the proposal in the console")
    require(actor, verb.needs)
    validated(verb, arguments)
    text = json.dumps([verb.id, dict(arguments)], sort_keys=True)
    if len(text) > MOST_BYTES:
        raise Invalid(f"the arguments of {verb.id} are longer than {MOST_BYTES} bytes", "propose less at once")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return patiently(lambda: _kept(actor, verb, arguments, digest, clock.now()))


def may_propose(verb: Verb) -> bool:
    """Whether an assistant may propose it: not the answering of proposals, and nothing that takes or gives a secret."""
    return verb.group not in ("proposals", "secrets") and not _takes_a_secret(verb)


def _takes_a_secret(verb: Verb) -> bool:
    """Whether a parameter is only ever written: a proposal would keep it in the open."""
    return '"writeOnly": true' in json.dumps(verb.arguments.model_json_schema())


def _kept(actor: Actor, verb: Verb, arguments: Mapping[str, Any], digest: str, now: datetime) -> Proposal:
    with deeds.deed(actor, "proposals.propose"):
        waiting = proposals_by(actor).filter(state=State.WAITING)
        for late in waiting.filter(expires_at__lte=now):
            deeds.change(late, None, state=State.EXPIRED)
        same = waiting.filter(digest=digest).first()
        if same is not None:
            deeds.note("propose-again", Proposal.NOUN, same.pk)
            return same
        if waiting.count() >= MOST_WAITING:
            raise TooMany(f"{MOST_WAITING} proposals wait already", "approve or decline some first", 3600)
        return deeds.create(
            Proposal,
            verb=verb.id,
            arguments=dict(arguments),
            digest=digest,
            proposed_by=actor.name,
            account_id=actor.account,
            expires_at=now + timedelta(days=DAYS),
        )
