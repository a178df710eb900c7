"""JSON Resume objects, one a line; a ``.json`` file may also be one object or one array."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, Final

from maitred.insight.ranking.profiles.read_shapes import Read, Refused, content_id

LARGEST_DOCUMENT: Final = 64 << 20
LONGEST_ID: Final = 200


def read(lines: Iterable[bytes | None]) -> Iterator[Read | Refused]:
    """One profile or one refusal for each line that is not blank."""
    for number, line in enumerate(lines, start=1):
        if line is None:
            yield Refused(number, "the line is longer than 1 MB")
        elif line.strip():
            yield _line(number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)


def read_document(stream: IO[bytes], lines: Callable[[IO[bytes]], Iterator[bytes | None]]) -> Iterator[Read | Refused]:
    """A file of lines, or one object or array over many lines."""
    import io

    content = stream.read(LARGEST_DOCUMENT + 1)
    if len(content) > LARGEST_DOCUMENT:
        yield Refused(1, "it is larger than 64 MB; write one object a line into a .jsonl file")
        return
    first = content.lstrip(b"\xef\xbb\xbf \r\n\t").partition(b"\n")[0]
    whole = None if _parsed(first)[1] == "" and not first.lstrip().startswith(b"[") else _parsed(content)[0]
    if isinstance(whole, list):
        for number, one in enumerate(whole, start=1):
            yield _document(number, one)
    elif isinstance(whole, dict):
        yield _document(1, whole)
    else:
        yield from read(lines(io.BytesIO(content)))


def _line(number: int, line: bytes) -> Read | Refused:
    document, why = _parsed(line)
    return Refused(number, why) if why else _document(number, document)


def _parsed(content: bytes) -> tuple[Any, str]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None, "it is not UTF-8"
    try:
        document = json.loads(text)
        if "\\u" in text:
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return None, "it holds half a character"
    except (ValueError, RecursionError):
        return None, "it is not JSON"
    return document, ""


def _document(number: int, document: Any) -> Read | Refused:
    if not isinstance(document, dict):
        return Refused(number, "it is not an object")
    meta = document.get("meta")
    told = meta.get("id") if isinstance(meta, dict) else None
    if isinstance(told, bool) or not isinstance(told, (str, int, type(None))):
        return Refused(number, "meta.id is neither a text nor a whole number")
    name = "" if told is None else str(told).strip()
    if len(name) > LONGEST_ID:
        return Refused(number, f"meta.id is longer than {LONGEST_ID} characters")
    if not any(document.get(key) for key in ("basics", "work", "education", "skills", "languages", "certificates")):
        return Refused(number, "it says nothing: no basics, work, education, skills, languages or certificates")
    return Read(number, name or content_id(document), document)
