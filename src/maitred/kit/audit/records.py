"""What every editable record of the house has: a version that each change must name, and times."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Record(models.Model):
    """A row that people make and change through verbs.

    ``NOUN`` is its name in audit rows and messages. ``PERSONAL`` are the fields whose values go sealed into the audit
    log. ``HIDDEN`` are those whose values do not go there in any form: sealed secrets, digests of tokens. ``RETENTION``
    is the category that says how long it is kept.
    """

    NOUN: ClassVar[str]
    PERSONAL: ClassVar[frozenset[str]] = frozenset()
    HIDDEN: ClassVar[frozenset[str]] = frozenset()
    RETENTION: ClassVar[str] = "operation"

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def subject(self) -> str:
        """Whom the personal fields of this row are about, as ``person:7``."""
        return f"{self.NOUN}:{self.pk}"
