"""What the worker does for conversations: it reads what is new, so that pages and searches only look it up."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from django.conf import settings

from maitred.base.errors import NotFound
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run
from maitred.kit.reading import reading
from maitred.metrics.refresh import open_workspace


@job("conversations.read", retries=2, round=Round("*/5 * * * *"))
def read(run: Run) -> None:
    """Read every new message once; nothing happens where nothing changed, or where another process is at it."""
    from maitred.desks.conversations.reading import working

    try:
        with reading() as found:
            publication, zone = found.publication, found.zone
    except NotFound:
        return
    with closing(open_workspace(Path(settings.MAITRED_HOME))) as workspace:

        def tell(done: int, total: int) -> None:
            run.check()
            run.progress(done, total, "messages")

        working.refresh(workspace, publication, zone, tell=tell)
