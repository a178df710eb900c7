"""What the outbox forgets once a day: the content of what went out, or never will, a month ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from maitred.kit.jobs.cleaning import cleaner
from maitred.kit.outbox import contents

KEEP = timedelta(days=30)


@cleaner("letters")
def clean(now: datetime) -> int:
    """Remove old content; the rows that say when what kind of thing went out stay."""
    return contents.drop_old(now - KEEP)
