"""The only way to notices: one's own."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Q, QuerySet

from maitred.base import clock
from maitred.kit.access import teams
from maitred.kit.access.actor import Actor
from maitred.kit.notices.models import Notice


def own_notices(actor: Actor) -> QuerySet[Notice]:
    """What the account that acts was told."""
    return Notice._base_manager.filter(account=actor.account or 0)


def unread(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    """Those of them that were not read."""
    return rows.filter(read_at__isnull=True)


def accounts_in(team: int) -> list[int]:
    """Open accounts of the people who are in a team now, or in one below it."""
    now = clock.now()
    present = apps.get_model("people", "Membership")._base_manager.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), team__in=teams.below(frozenset({team})), valid_from__lte=now
    )
    rows = apps.get_model("people", "Account")._base_manager.filter(is_active=True)
    return sorted(rows.filter(person__in=present.values("person")).values_list("pk", flat=True))
