"""What is kept of a connected helpdesk: where it is, what signs us in (sealed), what may be done, what was found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

LONGEST_SLUG = 40
LONGEST_WHY = 400


class Connection(Record):
    """One helpdesk account. ``slug`` is the source's name in the warehouse.

    ``credentials`` and ``hook`` are sealed JSON: what the connector signs in with; the hook's token and its secrets,
    the newest first. ``allowed`` are private addresses that may be met for it, as host, network and ports. ``probe`` is
    what the last proof found, ``why`` why the last one failed.
    """

    NOUN = "connection"
    HIDDEN = frozenset({"credentials", "hook", "probe"})
    RETENTION = "operation"
    PROVING, CONNECTED, REFUSED = "proving", "connected", "refused"
    STATES = tuple((one, one) for one in ("proving", "connected", "refused"))

    slug = models.CharField(max_length=LONGEST_SLUG, primary_key=True)
    vendor = models.CharField(max_length=40)
    url = models.CharField(max_length=300)
    credentials = models.TextField()
    since = models.DateField(null=True)
    requests_per_minute = models.PositiveIntegerField(null=True)
    allow_private_address = models.BooleanField(default=False)
    allowed = models.JSONField(default=list)
    probe = models.JSONField(default=dict)
    probed_at = models.DateTimeField(null=True)
    mapping = models.JSONField(default=dict)
    write_back = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=STATES, default=PROVING)
    why = models.CharField(max_length=LONGEST_WHY, blank=True)
    hook = models.TextField(blank=True)
    hook_rotated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "helpdesks_connection"
        constraints = (
            models.CheckConstraint(
                condition=Q(write_back=False) | Q(state="connected"), name="connection_writes_once_it_is_proved"
            ),
        )
