"""Reports are drawn here, away from the pages: as PDF, as slides, or as a letter to oneself."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import translation

from maitred.base import faults
from maitred.desks.service_levels import sections
from maitred.desks.service_levels.pages.opening import opened
from maitred.kit.documents.sections import Document
from maitred.kit.exports import access
from maitred.kit.jobs.registry import job
from maitred.kit.jobs.running import Run
from maitred.kit.notices.telling import notify
from maitred.kit.outbox.posting import post_mail
from maitred.people import acting
from maitred.people.access import own_account

FORMS = ("pdf", "pptx", "mail")
_MEDIA = {"pdf": "PDF", "pptx": "PPTX"}


@job("service_levels.report", retries=2)
def report(run: Run, path: str, query: str, form: str, name: str, language: str) -> None:
    """Make the report of a page as its reader saw it, with the rights that the reader has now."""
    account = run.actor.account
    if account is None or form not in FORMS:
        return
    with translation.override(language):
        document = _document(account, path, query)
        if form == "mail":
            _post(run, document)
            return
        _write(run, document, form, name)
    url = reverse("export", args=[run.id])
    if access.was_told(account, url):
        return
    with run.deed("service_levels.report"):
        notify(account, "ready", f"{document.title}, {document.subtitle}: the report is ready as {_MEDIA[form]}", url)


def _document(account: int, path: str, query: str) -> Document:
    request: Any = HttpRequest()
    request.method, request.path, request.GET = "GET", path, QueryDict(query)
    request.actor = acting.actor_behind(account)
    with opened(request) as one:
        return sections.document(one, getattr(settings, "MAITRED_ADDRESS", ""))


def _write(run: Run, document: Document, form: str, name: str) -> None:
    from maitred.kit.documents import pdf, slides

    def told(done: int, all_: int) -> None:
        run.check()
        run.progress(done, all_, "steps")

    body = pdf.render(document, told) if form == "pdf" else slides.render(document, told)
    path = access.place(run.id, form)
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())
    faults.step("exports.rename")
    part.replace(path)


def _post(run: Run, document: Document) -> None:
    from maitred.kit.documents import mail

    letter = mail.render(document)
    address = own_account(run.actor).email
    if not address:
        return
    with run.deed("service_levels.report"):
        post_mail(
            address, letter.subject, letter.text, letter.html, letter.attachments, key=f"service_levels.report:{run.id}"
        )
