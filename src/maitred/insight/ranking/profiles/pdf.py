"""The text layer of a PDF, within limits of pages and seconds; an image is never read."""

from __future__ import annotations

import io
import logging
import time
from typing import Final

from maitred.insight.ranking.profiles.read_shapes import Refused

MOST_PAGES: Final = 40
MOST_SECONDS: Final = 10.0
LARGEST_PAGE: Final = 4 << 20
LARGEST_TEXT: Final = 1 << 20


def text_of(content: bytes) -> str | Refused:
    """The text of all pages, or why it was not read."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    ends = time.monotonic() + MOST_SECONDS
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            return Refused(1, "it is locked with a password")
        pages = len(reader.pages)
        if pages > MOST_PAGES:
            return Refused(1, f"it has {pages:,} pages; a résumé of more than {MOST_PAGES} is not read")
        parts: list[str] = []
        for page in reader.pages:
            if time.monotonic() > ends:
                return Refused(1, f"reading it took more than {MOST_SECONDS:.0f} seconds")
            held = page.get_contents()
            if held is not None and len(held.get_data()) > LARGEST_PAGE:
                return Refused(1, "a page of it unpacks to more than 4 MB")
            parts.append(page.extract_text())
            if sum(map(len, parts)) > LARGEST_TEXT:
                return Refused(1, "its text is larger than 1 MB")
    except (
        PyPdfError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as e:
        return Refused(1, f"it is no PDF that can be read ({type(e).__name__})")
    except (AssertionError, NotImplementedError, ArithmeticError, OSError, LookupError) as e:
        return Refused(1, f"it is no PDF that can be read ({type(e).__name__})")
    text = "\n".join(parts)
    return text.encode("utf-8", "replace").decode() if text else ""
