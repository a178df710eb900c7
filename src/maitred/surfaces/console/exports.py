"""The download of a file that a job wrote, for whoever asked for it."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from maitred.kit.audit.deeds import deed, note
from maitred.kit.documents.tabular import FORMS
from maitred.kit.exports.access import access_own_export

MEDIA = FORMS | {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
"""Each form of file with its media type."""


@require_safe
def download(request: HttpRequest, export: int) -> FileResponse:
    """The file; that it was taken away is in the audit log."""
    actor = request.actor  # type: ignore[attr-defined]
    ready = access_own_export(actor, export)
    with deed(actor, "exports.download"):
        note("read", "export", export, name=ready.name, form=ready.form)
    name = f"{ready.name}.{ready.form}"
    return FileResponse(ready.path.open("rb"), as_attachment=True, filename=name, content_type=MEDIA[ready.form])
