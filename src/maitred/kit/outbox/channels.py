"""The ways out, and what each can promise: whether the receiver drops repeats, and whether it can be asked.

A channel tells four ends apart. ``SENT``: taken. ``LATER``: surely not taken, try again. ``FAILED``: refused for good.
``UNKNOWN``: it may have been taken. What is unknown is sent again only where the receiver drops repeats by the key; on
other channels it is asked for, where the channel can be, or a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    LATER = "later"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's end; ``error`` is a class of failure, ``after_s`` what the receiver asks us to wait."""

    fate: Fate
    error: str = ""
    provider_id: str = ""
    after_s: float = 0.0


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """What is to go out: the idempotency key (64 hex digits), when it was asked for, and the opened content."""

    key: str
    asked_at: datetime
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out.

    Parameters
    ----------
    send
        One attempt. Secrets are fetched, and ``NotConfigured`` is raised, before anybody is met.
    repeatable
        Whether the receiver drops a second one with the same key.
    ready
        Whether it is set up; what is not waits, and ``doctor`` says so.
    ask
        Whether the receiver has a letter: ``None`` where it cannot say now. No function: it cannot be asked.
    """

    send: Callable[[Letter], Outcome]
    repeatable: bool
    ready: Callable[[], bool]
    ask: Callable[[Letter], bool | None] | None = None


_CHANNELS: dict[str, Channel] = {}


def add(kind: str, channel: Channel) -> None:
    """Register a channel under the kind that effects name."""
    _CHANNELS[kind] = channel


def channels() -> Mapping[str, Channel]:
    """Every channel by kind; mail, chat and webhooks are always there."""
    from maitred.kit.outbox import calls, mail  # noqa: F401  (they add themselves)

    return _CHANNELS
