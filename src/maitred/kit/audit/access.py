"""Which rows of the audit log an actor may read: their own, those of their teams' people, or all."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Q, QuerySet

from maitred.base import clock
from maitred.base.errors import Denied
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.audit.models import AuditRow


def visible_rows(actor: Actor) -> QuerySet[AuditRow]:
    """The rows within the actor's reach; rows of the command line and of the worker only where it is everything."""
    every = AuditRow._base_manager.all()
    how = reach(actor, Right.AUDIT_READ)
    if how is Reach.ALL:
        return every
    if how is Reach.NONE or actor.account is None:
        return every.none()
    accounts = {actor.account}
    if how is Reach.SUBTREE:
        accounts |= _accounts_below(actor)
    return every.filter(account__in=accounts)


def require_all(actor: Actor, right: Right) -> None:
    """For what is about the log as a whole.

    Raises
    ------
    Denied
        The actor reads a part of it only.
    """
    if reach(actor, right) is not Reach.ALL:
        raise Denied("this is about the audit log as a whole", "an administrator or an auditor can do it")


def _accounts_below(actor: Actor) -> set[int]:
    """Accounts of those who are now in a team that the actor leads, or in one below it."""
    now = clock.now()
    present = apps.get_model("people", "Membership")._base_manager.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), team__in=actor.subtree, valid_from__lte=now
    )
    accounts = apps.get_model("people", "Account")._base_manager.filter(person__in=present.values("person"))
    return set(accounts.values_list("pk", flat=True))
