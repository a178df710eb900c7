"""From a table to a file: at once for few rows, by a job for many. For the pages that offer a table as a file.

Whoever can make a table of many rows registers how, in ``<desk>/exports.py``:

    @makes("metrics.rows")
    @contextmanager
    def rows(account: int, words: Mapping[str, Any]) -> Iterator[tuple[Table, Facts]]:
        ...

The job makes it with the rights that the account has then, not with those it had when it asked.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import io
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import cache
from typing import IO, Any, TypeVar

from django.apps import apps

from maitred.base.errors import Invalid, NotFresh
from maitred.kit.access.actor import Actor
from maitred.kit.access.sharing import owner_of
from maitred.kit.audit.deeds import deed, note
from maitred.kit.documents import tabular
from maitred.kit.documents.sections import Document, Facts
from maitred.kit.documents.tabular import Table
from maitred.kit.jobs.queue import enqueue

AT_ONCE = 20_000
"""Rows of a file that somebody waits for; more are written by a job."""
_NAME = re.compile(r"[\w.@-]{1,80}", re.ASCII)
_PIECE = 1024 * 1024

Maker = Callable[[int, Mapping[str, Any]], AbstractContextManager[tuple[Table, Facts]]]
F = TypeVar("F", bound=Maker)


@dataclass(frozen=True, slots=True)
class Spec:
    """A file to be written by a job.

    Parameters
    ----------
    table
        The registered maker of the table.
    words
        What the maker is told: ids and small plain values, as JSON has them.
    form
        ``csv``, ``xlsx`` or ``parquet``.
    name
        Of the file, without its ending; ours, never somebody's words.
    title
        What the notice calls it.
    """

    table: str
    words: Mapping[str, Any]
    form: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a file holds."""

    rows: int
    digest: str


_MAKERS: dict[str, Maker] = {}


def makes(name: str) -> Callable[[F], F]:
    """Register how a table is made for an account."""

    def register(function: F) -> F:
        _MAKERS[name] = function
        return function

    return register


def maker(name: str) -> Maker:
    """The maker of a table.

    Raises
    ------
    Invalid
        There is none of that name.
    """
    _discover()
    if name not in _MAKERS:
        raise Invalid(f"there is no table {name!r} to export", f"known are {', '.join(sorted(_MAKERS)) or 'none'}")
    return _MAKERS[name]


def start_export(actor: Actor, spec: Spec) -> int:
    """Ask for a file of many rows; its owner is told when it is ready. Returns the number of the job.

    Raises
    ------
    NotFresh
        The actor has not proved who they are within the last five minutes.
    Invalid
        The actor is no account, or there is no such table or form.
    """
    owner_of(actor)
    _fitting(spec)
    if not actor.fresh:
        raise NotFresh("a large export asks you to prove who you are", "confirm your password, then repeat")
    with deed(actor, "exports.start"):
        return enqueue("exports.write", asdict(spec), actor=actor)


def at_once(actor: Actor, table: Table, form: str, name: str, facts: Facts, *, bom: bool = False) -> bytes:
    """The file itself, for few rows; what leaves the house is in the audit log with its rows and its hash."""
    body = io.BytesIO()
    count = tabular.write(table, form, body, facts, bom=bom)  # type: ignore[arg-type]
    with deed(actor, "exports.write"):
        audited(name, form, Written(count, hashlib.sha256(body.getbuffer()).hexdigest()))
    return body.getvalue()


def report_at_once(actor: Actor, document: Document, form: str, name: str) -> bytes:
    """A report as PDF or slides; what leaves the house is in the audit log with its hash."""
    from maitred.kit.documents import pdf, slides

    body = pdf.render(document) if form == "pdf" else slides.render(document)
    with deed(actor, "exports.write"):
        note("export", "report", name, form=form, sha256=hashlib.sha256(body).hexdigest())
    return body


def audited(name: str, form: str, written: Written) -> None:
    """The audit row of a file, within a deed."""
    note("export", "table", name, rows=str(written.rows), form=form, sha256=written.digest)


def to_file(table: Table, form: str, stream: IO[bytes], facts: Facts) -> Written:
    """Write a table to a file that can be read again, and tell what it holds."""
    count = tabular.write(table, form, stream, facts)  # type: ignore[arg-type]
    stream.seek(0)
    digest = hashlib.sha256()
    while piece := stream.read(_PIECE):
        digest.update(piece)
    return Written(count, digest.hexdigest())


def _fitting(spec: Spec) -> None:
    maker(spec.table)
    if spec.form not in tabular.FORMS:
        raise Invalid(f"there is no export as {spec.form!r}", f"choose one of {', '.join(tabular.FORMS)}")
    if not _NAME.fullmatch(spec.name):
        raise Invalid("a file is named with letters, digits, dots and dashes", "give another name")


@cache
def _discover() -> None:
    for app in apps.get_app_configs():
        if (
            app.name.startswith("maitred.")
            and app.name != __package__
            and importlib.util.find_spec(f"{app.name}.exports")
        ):
            importlib.import_module(f"{app.name}.exports")
