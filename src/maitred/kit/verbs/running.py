"""How a verb runs, whichever door it came through: authorise, validate, one transaction with its audit row, answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError
from pydantic import ValidationError

from maitred.base.errors import Conflict, Denied, Invalid, NotFresh
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import STRONG, require
from maitred.kit.audit.deeds import deed
from maitred.kit.verbs.registry import Verb, register

T = TypeVar("T")

_TRIES = 6


def run(verb: Verb | str, actor: Actor, arguments: Mapping[str, Any]) -> Any:
    """Run one verb for an actor.

    Parameters
    ----------
    arguments
        Plain values as JSON has them, by parameter name.

    Returns
    -------
    Any
        The verb's frozen dataclass.

    Raises
    ------
    Denied, NotFresh
        The actor has no part in it, or must prove who they are first. Said before anything is looked at.
    Invalid
        An argument is missing, extra or does not fit; each is named.
    NotFound
        The object does not exist, or not for this actor: the two cannot be told apart.
    Conflict
        The object changed since it was read.
    """
    found = register()[verb] if isinstance(verb, str) else verb
    authorise(found, actor)
    values = validated(found, arguments)
    if found.kind == "question":
        return found.function(actor, **values)
    return patiently(lambda: _done(found, actor, values))


def authorise(verb: Verb, actor: Actor) -> None:
    """Refuse an actor who has no part in a verb, has shown no second factor, or must prove who they are again."""
    require(actor, verb.needs)
    if not actor.strong and not verb.own and STRONG & {*actor.roles, *actor.grants}:
        raise Denied("this account needs a second factor first", "set one up under Settings, Security")
    if verb.fresh and not actor.fresh:
        raise NotFresh(
            f"{verb.id} asks you to prove who you are", "confirm your password or second factor, then repeat"
        )


def validated(verb: Verb, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the types that the function takes."""
    try:
        model = verb.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        raise Invalid(f"{verb.id} was called with values that do not fit", "mend them", _errors(error)) from error
    values = {name: getattr(model, name) for name in verb.parameters}
    _refuse_unprintable(verb, values, ())
    return values


def _errors(error: ValidationError) -> tuple[dict[str, str], ...]:
    return tuple(
        {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"], "code": one["type"]}
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    )


def _refuse_unprintable(verb: Verb, value: Any, path: tuple[str, ...]) -> None:
    """NUL and lone surrogates cannot be stored everywhere, so they are stored nowhere."""
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        where = ".".join(path)
        errors = ({"field": where, "message": "contains characters that no text has", "code": "unprintable"},)
        raise Invalid(f"{verb.id} was called with values that do not fit", "mend them", errors)
    if isinstance(value, Mapping):
        for name, one in value.items():
            _refuse_unprintable(verb, name, path)
            _refuse_unprintable(verb, one, (*path, str(name)))
    elif isinstance(value, (list, tuple, set, frozenset)):
        for index, one in enumerate(value):
            _refuse_unprintable(verb, one, (*path, str(index)))


def _done(verb: Verb, actor: Actor, values: Mapping[str, Any]) -> Any:
    with deed(actor, verb.id, reason=str(values.get("reason") or "")):
        return verb.function(actor, **values)


def patiently(do: Callable[[], T]) -> T:
    """Repeat what another writer got in the way of; nothing of a failed try is left."""
    for attempt in range(_TRIES):
        try:
            return do()
        except OperationalError as error:
            if attempt == _TRIES - 1 or not _busy(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311  (spread, not secrecy)
        except IntegrityError as error:
            raise Conflict(
                "something of that kind is there already, or what it belongs to is gone", "read again and decide"
            ) from error
    raise AssertionError("unreachable")


def _busy(error: OperationalError) -> bool:
    text = str(error).lower()
    return "is locked" in text or "deadlock" in text or "could not serialize" in text
