"""The vault: who the rows of the index are. Documents and contacts are sealed with a key of their own.

The columns that search reads are not here but in the warehouse, under the same random key; without this row they are
numbers about nobody.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maitred.kit.audit.records import Record

BASES = ("applicant", "talent_pool", "referral", "employee", "licensed", "synthetic")
LARGEST_KEY = 2**52
"""Small enough for every reader of JSON to hold it whole."""


class ProfileImport(Record):
    """One run of an import; until it is ``settled`` its rows may be missing in the table that search reads."""

    NOUN = "profile-import"
    RETENTION = "candidates"

    source = models.CharField(max_length=80)
    basis = models.CharField(max_length=12, choices=[(one, one) for one in BASES])
    settled = models.BooleanField(default=False)

    class Meta:
        db_table = "hiring_profile_import"


class Profile(Record):
    """One person as a source gave them; ``key`` is random and joins the columns of the warehouse.

    ``digest`` and ``contact_tag`` are pseudonyms: of the document, to see that nothing changed, and of the mail
    address, to see that two rows may be one person. ``as_of`` is the day to which open jobs count where the document
    names none. ``hide_after`` and ``erase_after`` are the last days on which it is found and kept.
    """

    NOUN = "profile"
    HIDDEN = frozenset({"document", "contact", "digest", "contact_tag", "external_id"})
    RETENTION = "candidates"

    key = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=200)
    basis = models.CharField(max_length=12, choices=[(one, one) for one in BASES])
    document = models.TextField()
    contact = models.TextField(blank=True)
    digest = models.CharField(max_length=32)
    contact_tag = models.CharField(max_length=32, blank=True, db_index=True)
    batch = models.ForeignKey(ProfileImport, on_delete=models.PROTECT, related_name="profiles")
    as_of = models.DateField()
    last_modified = models.DateField(null=True)
    city = models.IntegerField(default=-1)
    added_on = models.DateField()
    noticed_on = models.DateField(null=True)
    consented_on = models.DateField(null=True)
    last_step_on = models.DateField()
    hide_after = models.DateField(db_index=True)
    erase_after = models.DateField(db_index=True)

    class Meta:
        db_table = "hiring_profile"
        constraints = (
            models.UniqueConstraint(fields=["source", "external_id"], name="profile_once_a_source"),
            models.CheckConstraint(condition=Q(key__gt=0, key__lt=LARGEST_KEY), name="profile_key_is_small"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(external_id=""), name="profile_has_a_source"),
            models.CheckConstraint(condition=Q(basis__in=BASES), name="profile_has_a_basis"),
            models.CheckConstraint(
                condition=~Q(basis="talent_pool") | Q(consented_on__isnull=False), name="profile_in_pool_opted_in"
            ),
        )

    def subject(self) -> str:
        return f"profile:{self.pk}"


class ErasedProfile(Record):
    """That somebody was erased, as pseudonyms of source and id: an old file or a restored backup brings nobody back."""

    NOUN = "erased-profile"
    HIDDEN = frozenset({"tag"})
    RETENTION = "decisions"

    tag = models.CharField(max_length=32, unique=True)
    why = models.CharField(max_length=20)

    class Meta:
        db_table = "hiring_erased_profile"
