"""How long a report takes in ``maitred bench pages``: ten pages and eight charts, in a warm process."""

from __future__ import annotations

import argparse
import time
from typing import Any

from pages_plan import open_django


def pdf(given: argparse.Namespace) -> dict[str, Any]:
    """Seconds of a report of ten pages and eight charts on a period that nobody asked for before, in a warm process."""
    open_django(given.home)
    from dataclasses import replace

    from django.http import HttpRequest

    from maitred.desks.service_levels import sections
    from maitred.desks.service_levels.pages.opening import opened
    from maitred.kit.access.actor import operator
    from maitred.kit.documents import pdf as printed
    from maitred.kit.documents.sections import ChartBlock, Section, TableBlock

    def report(days: int) -> tuple[Any, bytes]:
        request = HttpRequest()
        request.method, request.path, request.GET = "GET", "/service-levels/", {"period": f"last-{days}d"}  # type: ignore[assignment]
        request.actor = operator("bench")  # type: ignore[attr-defined]
        with opened(request) as one:
            made = sections.document(one)
        kept, left = [], 8
        for section in made.sections:
            blocks = []
            for block in section.blocks:
                if isinstance(block, ChartBlock):
                    left -= 1
                    if left < 0:
                        continue
                blocks.append(block)
            kept.append(replace(section, blocks=tuple(blocks)))
        lines = tuple((f"Ticket {place}", "Billing", f"{place} min", "met") for place in range(170))
        kept.append(Section("Tickets looked at", (TableBlock(("Ticket", "Group", "Took", "Target"), lines, "Rows"),)))
        document = replace(made, sections=tuple(kept))
        return document, printed.render(document)

    report(28)
    times = []
    for days in (27, 26, 25):
        begun = time.perf_counter()
        document, body = report(days)
        times.append(time.perf_counter() - begun)
    charts = sum(isinstance(block, ChartBlock) for section in document.sections for block in section.blocks)
    return {"seconds": sorted(times)[1], "pages": _pages(body), "charts": charts}


def _pages(body: bytes) -> int:
    import io

    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(body)).pages)
