"""``maitred brief``: one page that a manager would forward, as HTML, PDF, Markdown or slides."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import operating, output

if TYPE_CHECKING:
    from maitred.kit.documents.sections import Document
    from maitred.sync.workspace import Workspace

FORMS = ("html", "pdf", "md", "pptx")


def attach(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("brief")(brief)


def brief(
    as_of: Annotated[Optional[str], typer.Option(help="Instant; only what existed before it is used.")] = None,
    to: Annotated[Optional[Path], typer.Option(help="FILE.html, .pdf, .md or .pptx; the text unless given.")] = None,
    publication: Annotated[Optional[int], typer.Option(help="Read an older publication: as reported then.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """One page for forwarding: what needs somebody, how the week went; each sentence with number, test and link."""
    from maitred.base.errors import NotFound, UsageError
    from maitred.metrics.refresh import open_workspace
    from maitred.surfaces.cli.app import home
    from maitred.surfaces.cli.todays import instant

    form = "md" if to is None else to.suffix.lstrip(".").lower()
    if form not in FORMS:
        raise UsageError(f"{to} is none of {', '.join(FORMS)}", "let the file's name end in .html, .pdf, .md or .pptx")
    when = instant(as_of)
    workspace = open_workspace(home())
    try:
        if workspace.publication(publication) is None:
            raise NotFound("nothing has been published yet", "import something first: `maitred import --help`")
        operating.start()
        made = document(workspace, publication, when)
    finally:
        workspace.close()
    body = rendered(made, form)
    if to is None and not json_:
        output.line(body.decode())
        return
    if to is not None:
        write(to, body)
    if json_:
        output.document({"title": made.title, "as_of": made.as_of.isoformat(), "file": None if to is None else str(to)})
    else:
        output.line(f"{made.title}: {to}")


def document(workspace: Workspace, number: int | None, at: datetime | None) -> Document:
    """The brief as sections, of a publication and an instant."""
    from django.conf import settings

    from maitred.desks.today import access
    from maitred.desks.today import brief as desk
    from maitred.insight.detectors.looking import look

    pinned = workspace.publication(number)
    assert pinned is not None
    there = access.look_at(pinned.number) if at is None else None
    if there is not None:
        told: dict[str, Any] = {"as_of": there.as_of.isoformat(), **there.document}
    else:
        day = look(workspace, pinned, at=at)
        told = {**day.document(), "learning": day.learning}
    simulated = bool(workspace.settings.get("demo"))
    address = getattr(settings, "MAITRED_ADDRESS", "") or "http://127.0.0.1:8000"
    return desk.document(
        operating.actor(),
        told,
        publication=pinned.number,
        zone=zone_of(pinned.number),
        simulated=simulated,
        address=address,
    )


def zone_of(number: int) -> str:
    """The zone in which the organisation reads its days."""
    from maitred.kit.reading import reading

    with reading(number) as found:
        return found.zone.key


def rendered(made: Document, form: str) -> bytes:
    """The brief in one form."""
    from maitred.kit.documents import markdown, page, pdf, slides

    if form == "html":
        return page.render(made).encode()
    if form == "pdf":
        return pdf.render(made)
    return slides.render(made) if form == "pptx" else markdown.render(made).encode()


def write(path: Path, body: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(body)
    part.replace(path)
