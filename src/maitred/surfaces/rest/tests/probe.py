"""Verbs of the tests alone, for what no verb of the house does: lists in a query, big numbers, faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.db import OperationalError
from django.urls import include, path
from pydantic import Field

from maitred.base.errors import TooMany
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.verbs.registry import Verb
from maitred.surfaces.rest.api import patterns


@dataclass(frozen=True, slots=True)
class Echo:
    """What was asked."""

    words: tuple[str, ...]
    share: float


def echo(actor: Actor, words: Annotated[tuple[str, ...], Field(max_length=5)] = (), share: float = 0.5) -> Echo:
    """Answer what was asked.

    Parameters
    ----------
    words
        Up to five.
    """
    return Echo(words, share)


def store(actor: Actor, words: tuple[str, ...] = (), share: float = 0.5) -> Echo:
    """Answer what was sent."""
    return Echo(words, share)


def fail(actor: Actor) -> Echo:
    """Go wrong with a value in the message."""
    raise RuntimeError("the customer's number is 4711")


def wait(actor: Actor) -> Echo:
    """Find the database busy."""
    raise OperationalError("database is locked")


def tire(actor: Actor) -> Echo:
    """Ask too often."""
    raise TooMany("too often", "wait", retry_after=17)


PROBES = [
    Verb("probe.echo", "question", Right.OWN_SETTINGS, echo, {"words": ["a", "b"]}),
    Verb("probe.store", "action", Right.OWN_SETTINGS, store, {"words": ["a"]}),
    Verb("probe.fail", "question", Right.OWN_SETTINGS, fail, {}),
    Verb("probe.wait", "question", Right.OWN_SETTINGS, wait, {}),
    Verb("probe.tire", "question", Right.OWN_SETTINGS, tire, {}),
]
urlpatterns = [path("api/v1/", include(patterns(PROBES)))]
