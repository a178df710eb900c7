"""Large files are written here, and removed after a week."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from maitred.base import faults
from maitred.base.errors import MaitredError
from maitred.kit.exports import access, making
from maitred.kit.jobs.cleaning import cleaner
from maitred.kit.jobs.registry import job
from maitred.kit.jobs.running import Run
from maitred.kit.notices.telling import notify

_RETRIES = 2
_EVERY = 2_000


@job("exports.write", retries=_RETRIES)
def write(run: Run, table: str, words: Mapping[str, Any], form: str, name: str, title: str) -> None:
    """Write the file, then say so to whoever asked; a second time it is the same file and nobody is told again."""
    account = run.actor.account
    if account is None:
        return
    try:
        written = _written(run, making.maker(table), account, words, form)
    except MaitredError:
        if run.attempt > _RETRIES:
            _failed(run, account, title)
        raise
    url = reverse("export", args=[run.id])
    if access.was_told(account, url):
        return
    with run.deed("exports.write"):
        making.audited(name, form, written)
        notify(account, "ready", f"{title[:120]} is ready as {form.upper()}: {written.rows} rows", url)


def _written(run: Run, make: making.Maker, account: int, words: Mapping[str, Any], form: str) -> making.Written:
    path = access.place(run.id, form)
    part = path.with_name(f".{path.name}.part")
    with make(account, words) as (table, facts):
        counted = replace(table, rows=_counted(run, table.rows))
        part.touch(mode=0o600)
        with part.open("w+b") as stream:
            written = making.to_file(counted, form, stream, facts)
            stream.flush()
            os.fsync(stream.fileno())
    faults.step("exports.rename")
    part.replace(path)
    return written


def _counted(run: Run, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The rows, with the job's progress told between them."""
    for place, row in enumerate(rows):
        if place % _EVERY == 0:
            run.check()
            run.progress(place, 0, "rows")
        yield row


def _failed(run: Run, account: int, title: str) -> None:
    with run.deed("exports.write"):
        notify(account, "failed", f"{title[:120]} could not be exported; try fewer rows or another form")


@cleaner("exports")
def drop_old(now: datetime) -> int:
    """Remove the files that were kept long enough at an instant."""
    return access.forget(now)
