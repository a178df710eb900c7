"""The table of passing values (counters of limits, used codes), which all processes share; safe to lose."""

from __future__ import annotations

from django.db import models


class Passing(models.Model):
    """A row of Django's database cache, in the form that it expects."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "console_cache"
