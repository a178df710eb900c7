"""Opens the workspace and its publication for one question, and closes it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from maitred.base.errors import NotFound
from maitred.metrics.asking import Asker, asking
from maitred.metrics.refresh import open_workspace


@contextmanager
def published(number: int | None) -> Iterator[Asker]:
    """The newest publication, or the pinned one, with an engine on its tables.

    Raises
    ------
    NotFound
        Nothing has been published yet.
    """
    workspace = open_workspace(Path(settings.MAITRED_HOME))
    try:
        publication = workspace.publication(number)
        if publication is None:
            raise NotFound("nothing has been published yet", "import something first: `maitred import --help`")
        with asking(workspace, publication) as ask:
            yield ask
    finally:
        workspace.close()
