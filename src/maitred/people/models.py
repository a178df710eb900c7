"""The tables of people. Dated where time matters: who was in which team when decides what numbers and pages show."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from maitred.kit.access.actor import Grant, Role
from maitred.kit.audit.records import Record

_PROTECT = models.PROTECT


def _choices(names: type[Role] | type[Grant]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in names]


class Person(Record):
    """A human or a bot that works on tickets, or looks at those who do."""

    NOUN = "person"
    PERSONAL = frozenset({"name", "email"})
    RETENTION = "staff"
    KINDS = (("human", "human"), ("bot", "bot"))

    kind = models.CharField(max_length=8, choices=KINDS, default="human")
    name = models.CharField(max_length=120)
    email = models.CharField(max_length=254, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    left_on = models.DateField(null=True)

    class Meta:
        db_table = "people_person"


class Team(Record):
    """A node of the tree; exactly one has no parent."""

    NOUN = "team"

    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, on_delete=_PROTECT, related_name="children")

    class Meta:
        db_table = "people_team"
        constraints = (
            models.CheckConstraint(condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="team_not_own_parent"),
            models.UniqueConstraint(fields=["parent", "name"], name="team_name_once_per_parent"),
        )


class TeamPath(models.Model):
    """Every pair of a team and one of its ancestors (itself at depth 0); made from the parents by ``people.tree``."""

    ancestor = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="below")
    descendant = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="above")
    depth = models.PositiveIntegerField()

    class Meta:
        db_table = "people_team_path"
        constraints = (models.UniqueConstraint(fields=["ancestor", "descendant"], name="team_path_once"),)


class Membership(Record):
    """A person in a team from an instant to another; ``leads`` when the team is theirs to lead."""

    NOUN = "membership"

    person = models.ForeignKey(Person, on_delete=_PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=_PROTECT, related_name="memberships")
    leads = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_membership"
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["person", "team"], condition=Q(valid_to__isnull=True), name="membership_open_once"
            ),
        )
        indexes = (models.Index(fields=["team", "valid_from"], name="membership_of_team"),)


class HelpdeskIdentity(Record):
    """Which agent of a helpdesk a person is."""

    NOUN = "identity"

    person = models.ForeignKey(Person, on_delete=_PROTECT, related_name="identities")
    source_id = models.CharField(max_length=64)
    external_id = models.CharField(max_length=64)

    class Meta:
        db_table = "people_identity"
        constraints = (models.UniqueConstraint(fields=["source_id", "external_id"], name="identity_once"),)


class GroupLink(Record):
    """Which helpdesk group a team is."""

    NOUN = "group-link"

    team = models.ForeignKey(Team, on_delete=_PROTECT, related_name="groups")
    source_id = models.CharField(max_length=64)
    external_id = models.CharField(max_length=64)

    class Meta:
        db_table = "people_group_link"
        constraints = (models.UniqueConstraint(fields=["source_id", "external_id"], name="group_link_once"),)


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts as the sign-in does; accounts are made by verbs."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username__iexact=username)


class Account(AbstractBaseUser, Record):
    """Somebody who can sign in, under a user name that need not be an address."""

    NOUN = "account"
    PERSONAL = frozenset({"username", "email"})
    HIDDEN = frozenset({"password"})
    RETENTION = "staff"
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    THEMES = (("system", "system"), ("light", "light"), ("dark", "dark"))
    DENSITIES = (("comfortable", "comfortable"), ("compact", "compact"))

    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    person = models.OneToOneField(Person, null=True, on_delete=_PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=8, choices=THEMES, default="system")
    density = models.CharField(max_length=12, choices=DENSITIES, default="comfortable")
    digest_hour = models.CharField(max_length=5, blank=True, default="08:00")
    quiet_hours = models.CharField(max_length=11, blank=True)
    shortcuts = models.BooleanField(default=True)

    objects = AccountManager()

    class Meta:
        db_table = "people_account"


class RoleHeld(Record):
    """A role of an account."""

    NOUN = "role"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=12, choices=_choices(Role))

    class Meta:
        db_table = "people_role"
        constraints = (models.UniqueConstraint(fields=["account", "role"], name="role_once"),)


class GrantHeld(Record):
    """A grant added to an account's roles, with its reason."""

    NOUN = "grant"
    PERSONAL = frozenset({"reason"})

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    grant = models.CharField(max_length=12, choices=_choices(Grant))
    reason = models.CharField(max_length=400)

    class Meta:
        db_table = "people_grant"
        constraints = (models.UniqueConstraint(fields=["account", "grant"], name="grant_once"),)


class ApiToken(Record):
    """A token that acts as its owner within its scopes; only its digest is kept."""

    NOUN = "token"
    PERSONAL = frozenset({"label", "last_address"})
    HIDDEN = frozenset({"digest"})

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=120, blank=True)
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_address = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "people_token"


class BreakGlass(Record):
    """Content opened for a reason, for an hour, read only; reviewed afterwards."""

    NOUN = "break-glass"
    PERSONAL = frozenset({"reason", "finding"})

    account = models.ForeignKey(Account, on_delete=_PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    review_due_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Account, null=True, on_delete=_PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "people_break_glass"
