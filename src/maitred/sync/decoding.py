"""Landed pages decoded in their order, where there are many by helping processes: decoding JSON keeps Python busy.

Rows come with the hash of their content, which is what tells a changed row from the same one. A helper reads the pages
from landing itself and answers with Arrow streams over a pipe. It knows no database and writes nothing; when its parent
ends, however it ends, its input ends and it stops. What it cannot answer is decoded here.
"""

from __future__ import annotations

import gc
import os
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import orjson
import pyarrow as pa

from maitred.connectors.columns import LINE
from maitred.connectors.decoded import Bad, Decoded
from maitred.sync import landing
from maitred.sync.ledger import LandedPage

Decoder = Callable[[str, bytes], Decoded]
Found = TypeVar("Found")
WORTH_IT = 60_000
"""Records from which on a helper's start (half a second) is soon earned back."""
MOST_HELPERS = 4
_AHEAD = 4
_LENGTH = struct.Struct("<Q")


def decoded(
    root: Path, pages: Sequence[LandedPage], decode: Decoder, form: str, kind: str | None
) -> Iterator[tuple[LandedPage, Decoded]]:
    """Each page with its canonical rows and their ``raw_hash``, in the order given.

    Parameters
    ----------
    root
        The landing folder.
    kind
        The word by which a helper finds the same ``decode`` (``kinds.named``); None decodes in threads of this
        process, which is as good where Arrow does the work.
    """
    workers = min(cores(), MOST_HELPERS)
    if workers < 2 or sum(page.rows for page in pages) < WORTH_IT:
        for page in pages:
            yield page, _here(root, page, decode, form)
    elif kind is None:
        yield from _in_turn(pages, workers, lambda page: _here(root, page, decode, form))
    else:
        yield from _with_helpers(root, pages, decode, form, kind, workers)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _here(root: Path, page: LandedPage, decode: Decoder, form: str) -> Decoded:
    with uncollected():
        return hashed(decode(page.stream, landing.read(root, page.source_id, page.stream, page.sha256, form)))


def hashed(found: Decoded) -> Decoded:
    """The same rows with ``raw_hash``: of everything but the line, the ticket key and the time of the last change."""
    from maitred.warehouse import merging

    tables = {}
    for name, rows in found.tables.items():
        content = [column for column in rows.schema.names if column not in (LINE, "ticket_key", "source_updated_at")]
        tables[name] = rows.append_column("raw_hash", merging.content_hash(rows, content))
    return Decoded(tables, found.bad, found.notices)


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles while many objects come and go; JSON values have none, and it took a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _with_helpers(
    root: Path, pages: Sequence[LandedPage], decode: Decoder, form: str, kind: str, helpers: int
) -> Iterator[tuple[LandedPage, Decoded]]:
    mine = threading.local()
    started: list[_Helper] = []

    def answered(page: LandedPage) -> Decoded | None:
        helper: _Helper | None = getattr(mine, "helper", None)
        if helper is None:
            helper = mine.helper = _Helper(root, kind, form)
            started.append(helper)
        return helper.ask(page)

    answers = _in_turn(pages, helpers, answered)
    try:
        for page, found in answers:
            yield page, _here(root, page, decode, form) if found is None else found
    finally:
        answers.close()
        for helper in started:
            helper.stop()


def _in_turn(
    pages: Sequence[LandedPage], workers: int, work: Callable[[LandedPage], Found]
) -> Generator[tuple[LandedPage, Found], None, None]:
    """What threads make of the pages, in the pages' order and not far ahead of whoever asks."""
    waiting: deque[tuple[LandedPage, Future[Found]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for page in pages:
                waiting.append((page, pool.submit(work, page)))
                if len(waiting) > _AHEAD * workers:
                    page, future = waiting.popleft()
                    yield page, future.result()
            while waiting:
                page, future = waiting.popleft()
                yield page, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


class _Helper:
    """A process that decodes the pages it is asked for, one at a time."""

    def __init__(self, root: Path, kind: str, form: str) -> None:
        package = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(part for part in (package, os.environ.get("PYTHONPATH")) if part)
        words = [sys.executable, "-m", "maitred.sync.decoding", str(root.resolve()), kind, form]
        self._process = subprocess.Popen(  # noqa: S603 - this very module
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )

    def ask(self, page: LandedPage) -> Decoded | None:
        """The rows of a page; None where this helper cannot say."""
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None
        assert sink is not None
        try:
            _send(sink, orjson.dumps([page.source_id, page.stream, page.sha256]))
            head = _receive(source)
            if head is None:
                return None
            document = orjson.loads(head)
            if document is None:
                return None
            tables = {name: pa.ipc.open_stream(_receive(source) or b"").read_all() for name in document["tables"]}
        except (OSError, ValueError, pa.ArrowException):
            return None
        return Decoded(tables, [Bad(*one) for one in document["bad"]], document["notices"])

    def stop(self) -> None:
        """Let it end: at once where it waits, after the page under way otherwise."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        self._process.wait()


def _send(pipe: IO[bytes], body: Any) -> None:
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    size = pipe.read(_LENGTH.size)
    if len(size) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(size)
    body = pipe.read(length)
    return body if len(body) == length else None


def help_out(root: Path, kind: str, form: str) -> None:
    """A helper's life: answer requests from standard input until it ends."""
    from maitred.sync.kinds import named

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    gc.disable()
    decode = named(kind).decode
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (request := _receive(source)) is not None:
        source_id, stream, digest = orjson.loads(request)
        try:
            found = hashed(decode(stream, landing.read(root, source_id, stream, digest, form)))
            bad = [[one.line, one.code, one.field, one.message, one.key] for one in found.bad]
            head = orjson.dumps({"tables": list(found.tables), "bad": bad, "notices": found.notices})
            bodies = [_stream(rows) for rows in found.tables.values()]
        except Exception:  # noqa: BLE001 - the parent decodes the page again and tells what is wrong with it
            head, bodies = b"null", []
        for body in (head, *bodies):
            _send(sink, body)


def _stream(rows: pa.Table) -> Any:
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, rows.schema) as stream:
        stream.write_table(rows)
    return memoryview(out.getvalue())


if __name__ == "__main__":
    try:
        help_out(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    except BrokenPipeError:  # the parent wants no more
        os._exit(0)
