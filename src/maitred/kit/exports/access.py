"""The only way to files that were written: one's own, as long as they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from maitred.base.errors import NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.jobs.models import Job
from maitred.kit.notices.models import Notice

KEEP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ready:
    """A file to be taken away."""

    path: Path
    form: str
    name: str


def access_own_export(actor: Actor, export: int) -> Ready:
    """One file that the actor asked for.

    Raises
    ------
    NotFound
        It is somebody else's, it is gone, or it is not ready yet: one answer for all of them.
    """
    rows = Job._base_manager.filter(pk=export, account=actor.account or 0)
    found = rows.values_list("arguments", flat=True).first()
    if found is not None and {"form", "name"} <= set(found):
        path = place(export, found["form"])
        if path.is_file():
            return Ready(path, found["form"], found["name"])
    raise NotFound("there is no such file", f"it is kept for {KEEP.days} days; export it again")


def was_told(account: int, url: str) -> bool:
    """Whether an account heard of a file already."""
    return Notice._base_manager.filter(account=account, url=url, kind="ready").exists()


def folder() -> Path:
    """Where the files lie, readable by nobody else."""
    path = Path(settings.MAITRED_HOME) / "exports"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def place(export: int, form: str) -> Path:
    """The file of an export."""
    return folder() / f"{export}.{form}"


def forget(now: datetime) -> int:
    """Remove the files that were kept long enough, unfinished ones too; returns how many."""
    old = [one for one in folder().iterdir() if one.stat().st_mtime < (now - KEEP).timestamp()]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)
