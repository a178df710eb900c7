"""The table of fields that not everybody sees whole, and the one function that applies it.

Applied where a result is built, so that pages, REST, command line, assistant and exports obey alike. A field that is
``absent`` loses its key; a masked one is masked in sorting, filtering and searching too, since those would tell.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from maitred.base.errors import Denied
from maitred.kit.access.actor import Actor, Grant, Role


class Shown(StrEnum):
    """In which form a field is shown."""

    FULL = "full"
    MASKED = "masked"
    BUCKETED = "bucketed"
    COUNT = "count"
    ABSENT = "absent"


class _Absent:
    """In a result: leave this key out."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()

_SELF = "self"
_FULL, _MASKED, _BUCKETED, _COUNT = Shown.FULL, Shown.MASKED, Shown.BUCKETED, Shown.COUNT

TABLE: dict[str, dict[Role | Grant | str, Shown]] = {
    "message.body": {Role.AGENT: _FULL, Role.LEAD: _FULL, Role.MANAGER: _FULL, Grant.PARTNER: _MASKED},
    "customer.name": {Role.AGENT: _FULL, Role.LEAD: _FULL, Role.MANAGER: _FULL},
    "customer.email": {Role.AGENT: _MASKED, Role.LEAD: _MASKED, Role.MANAGER: _FULL},
    "customer.phone": {Role.AGENT: _MASKED, Role.LEAD: _MASKED, Role.MANAGER: _FULL},
    "person.email": {_SELF: _FULL, Role.LEAD: _FULL, Role.MANAGER: _FULL, Role.ADMIN: _FULL, Role.AUDITOR: _MASKED},
    "person.absence_reason": {
        _SELF: _FULL,
        Grant.PRIVACY: _FULL,
        Role.LEAD: _BUCKETED,
        Role.MANAGER: _BUCKETED,
    },
    "person.private_notes": {_SELF: Shown.ABSENT},
    "candidate.name": {Grant.HIRING: _FULL},
    "candidate.contact": {Grant.HIRING: _FULL},
    "rate.loaded_cost": {Role.MANAGER: _FULL, Role.EXECUTIVE: _FULL},
    "complaint.complainant": {Grant.PRIVACY: _FULL},
    "complaint.vulnerability": {Grant.PRIVACY: _FULL, Role.EXECUTIVE: _COUNT},
}
"""Field → who sees it how; whoever is not named sees that there is nothing."""

_ORDER = (Shown.ABSENT, Shown.COUNT, Shown.BUCKETED, Shown.MASKED, Shown.FULL)


def form(actor: Actor, field: str, *, own: bool = False) -> Shown:
    """In which form this actor sees a field; ``own`` when the row is about the actor."""
    if actor.operator:
        return Shown.FULL
    rule = TABLE[field]
    held = [rule.get(one, Shown.ABSENT) for one in (*actor.roles, *actor.grants)]
    if own:
        held.append(rule.get(_SELF, Shown.ABSENT))
    return max(held, key=_ORDER.index, default=Shown.ABSENT)


def shown(actor: Actor, field: str, value: Any, *, own: bool = False) -> Any:
    """The value as this actor may see it: whole, masked, as yes or no, or ``ABSENT``."""
    how = form(actor, field, own=own)
    if how is Shown.ABSENT or how is Shown.COUNT:
        return ABSENT
    if how is Shown.FULL or value in (None, ""):
        return value
    return bool(value) if how is Shown.BUCKETED else masked(str(value))


def masked(value: str) -> str:
    """``a•••@example.org`` for an address, the last four digits for a number, else the first letter."""
    name, at, host = value.partition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    digits = [sign for sign in value if sign.isdigit()]
    if len(digits) >= 7:
        return "•••" + "".join(digits[-4:])
    return f"{value[:1]}•••"


def require_full(actor: Actor, field: str) -> None:
    """For sorting, filtering and searching by a field.

    Raises
    ------
    Denied
        The actor does not see the field whole, so that its order or matches would tell what is hidden.
    """
    if form(actor, field) is not Shown.FULL:
        raise Denied(f"{field} cannot be used to filter or sort here", "you do not see that field in full")
