"""Secrets that an installation must be able to use again, such as the token of a helpdesk; sealed, never shown back."""

from __future__ import annotations

from django.db import models

from maitred.kit.audit.records import Record


class StoredSecret(Record):
    """A sealed value under a name such as ``helpdesk:acme:token``."""

    NOUN = "secret"
    HIDDEN = frozenset({"sealed"})

    name = models.CharField(max_length=120, unique=True)
    sealed = models.TextField()

    class Meta:
        db_table = "secrets_stored"
