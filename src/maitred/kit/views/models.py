"""A saved view: a page with its filters under a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from maitred.kit.access.sharing import SHARING
from maitred.kit.audit.records import Record

LONGEST_PATH = 200
LONGEST_QUERY = 2000


class SavedView(Record):
    """One view. ``query`` stands in canonical form; what it shows is decided when somebody opens it."""

    NOUN = "view"
    PERSONAL = frozenset({"name", "query"})
    RETENTION = "operation"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=LONGEST_PATH)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    sharing = models.CharField(max_length=12, choices=[(one, one) for one in SHARING], default="private")
    team = models.ForeignKey("people.Team", null=True, on_delete=models.PROTECT, related_name="+")
    pinned = models.BooleanField(default=False)

    class Meta:
        db_table = "views_view"
        constraints = (
            models.UniqueConstraint(fields=["owner", "name"], name="view_name_once_per_owner"),
            models.CheckConstraint(
                condition=Q(sharing="team", team__isnull=False) | (~Q(sharing="team") & Q(team__isnull=True)),
                name="view_has_a_team_when_shared_with_one",
            ),
        )
        indexes = (models.Index(fields=["sharing", "team"], name="view_of_team"),)

    def subject(self) -> str:
        return f"account:{self.owner_id}"
