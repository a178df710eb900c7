"""What anybody may read: the page of a published posting with its structured data, and the feed of those that are open.

A posting whose last day is past, or that was closed, answers that it is gone. Nothing here sets a cookie, runs a
script, or tells anything of drafts.
"""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from maitred.desks.hiring.models import Posting
from maitred.desks.hiring.posting import access, showing
from maitred.desks.hiring.postings import shapes, structured, writing
from maitred.desks.hiring.postings.printing import page

MOST = 500
_GONE = "<!doctype html><html lang=en><meta charset=utf-8><title>{0}</title><h1>{0}</h1><p>{1}</p></html>"


@login_not_required
@require_safe
def job(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of a published posting."""
    found = access.public_edition(reference)
    if found is None:
        return _told(HTTPStatus.NOT_FOUND, "There is no such job here", "Look at the address again.")
    posting = found.posting
    past = posting.ends_on is not None and posting.ends_on < showing.today()
    if posting.state != Posting.PUBLISHED or past:
        return _told(HTTPStatus.GONE, "This job is gone", "Applications are closed.")
    one = _written(request, posting, found.content)
    return HttpResponse(page.page(one.outline, one.data, static("hiring/job.css")))


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The postings that are open, as XML."""
    today = showing.today()
    rows = access.open_editions(today, MOST)
    made = [(row.posting.reference, _address(request, row.posting), _written(request, row.posting, row.content))
            for row in rows]  # fmt: skip
    company = made[0][2].posting.value("head", "organization") if made else ""
    jobs = [(reference, address, one.data) for reference, address, one in made]
    text = structured.feed(company, request.build_absolute_uri("/"), jobs, today)
    return HttpResponse(text, content_type=writing.TYPES["xml"])


def _written(request: HttpRequest, posting: Posting, content: object) -> writing.Written:
    kept = shapes.from_plain(content)  # type: ignore[arg-type]
    return writing.written(
        kept, showing.today(), posted_on=posting.posted_on, identifier=posting.reference,
        url=_address(request, posting),
    )  # fmt: skip


def _address(request: HttpRequest, posting: Posting) -> str:
    return request.build_absolute_uri(reverse("hiring_job", args=[posting.reference]))


def _told(status: HTTPStatus, title: str, says: str) -> HttpResponse:
    return HttpResponse(_GONE.format(title, says), status=status)


PATHS: list[URLPattern] = [
    path("jobs/feed.xml", feed, name="hiring_jobs_feed"),
    path("jobs/<slug:reference>/", job, name="hiring_job"),
]
