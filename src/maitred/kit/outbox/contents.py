"""What effects carry, sealed at rest; found again by key, and by recipient when somebody is to be forgotten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import F

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.kit.access.fields import masked
from maitred.kit.outbox.models import Content, Effect
from maitred.kit.secrets.installation import keyring, pseudonym
from maitred.kit.secrets.sealing import Secret, place, seal, unseal

GONE = "(removed)"
UNREADABLE = "(unreadable)"
_OVER = (Effect.SENT, Effect.FAILED, Effect.CANCELLED)


def keep(effect: Effect, content: Mapping[str, Any]) -> None:
    """Store an effect's content, sealed for its row."""
    sealed = seal(keyring(), Secret(json.dumps(content)), sealed_for(effect.pk))
    Content._base_manager.create(effect=effect, sealed=sealed)


def opened(effect: Effect) -> dict[str, Any] | None:
    """An effect's content; ``None`` once it is removed."""
    row = Content._base_manager.filter(pk=effect.pk).first()
    if row is None:
        return None
    found: dict[str, Any] = json.loads(unseal(keyring(), row.sealed, sealed_for(effect.pk)).value)
    return found


def recipient(effect: Effect) -> str:
    """To whom, masked: ``a•••@example.org``, a webhook's host, or the name of a chat's secret."""
    try:
        content = opened(effect)
    except MaitredError:
        return UNREADABLE
    if content is None:
        return GONE
    if "to" in content:
        return masked(content["to"])
    return str(content.get("url_secret") or urlsplit(content["url"]).hostname or GONE)


def mark(address: str) -> str:
    """The pseudonym under which a recipient's effects are found."""
    return pseudonym(f"recipient:{address.strip().lower()}")


def by_key(key: str) -> Effect | None:
    return Effect._base_manager.filter(key=key).first()


def forget(address: str) -> int:
    """Remove what went, or was to go, to an address; what waits is cancelled. Returns how many. For an erasure."""
    theirs = Effect._base_manager.filter(recipient=mark(address))
    stopped = {"state": Effect.CANCELLED, "version": F("version") + 1, "changed_at": clock.now()}
    theirs.filter(state=Effect.WAITING).update(**stopped)
    count, _ = Content._base_manager.filter(effect__in=theirs).delete()
    return count


def drop_old(before: datetime) -> int:
    """Remove the content of what was over before an instant; the rows stay."""
    over = Effect._base_manager.filter(state__in=_OVER, changed_at__lt=before)
    count, _ = Content._base_manager.filter(effect__in=over).delete()
    return count


def sealed_for(effect: int) -> str:
    """The place that an effect's content is sealed for."""
    return place("outbox_content", effect, "sealed")
