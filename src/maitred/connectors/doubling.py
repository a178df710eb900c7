"""What the fake helpdesks share: a server on a loopback socket with its own clock, limits of requests, and faults.

A vendor's double adds its routes and its account. It is written without the connector's code, so that both can be
held against each other. Nothing here judges the client; what it did is written down.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from maitred.connectors.doubling_pages import PAGES, Spoiler, Target

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
JSON_TYPE = "application/json; charset=utf-8"
HTML = b"<!doctype html><title>Maintenance</title><h1>We will be right back</h1>"
_CONTROL = ("/__truth", "/__mutate", "/__clock")
_MINUTE_S = 60
_SKEW_S = 10_800
_HUGE = 65 * 1024 * 1024


class VirtualClock:
    """The double's own time: it stands still, or runs with the machine's, and can be moved on."""

    def __init__(self, start: datetime = MONDAY, *, runs: bool = False) -> None:
        self._start, self._runs = start, runs
        self._begun = time.monotonic()
        self._moved = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The time at the helpdesk."""
        with self._lock:
            passed = self._moved + (time.monotonic() - self._begun if self._runs else 0.0)
        return self._start + timedelta(seconds=passed)

    def epoch(self) -> int:
        """The time in whole seconds since 1970."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Move the time on."""
        with self._lock:
            self._moved += seconds


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong: from the ``nth`` request to a path that starts with ``at``, so many ``times``.

    Kinds of transport: ``status_429`` (value: the text of Retry-After, or None), ``status`` (value: a code or
    ``(code, Retry-After)``), ``html_200``, ``html_502``, ``truncated_json``, ``truncated_gzip``, ``reset``, ``stall``
    and ``drip`` (value: seconds), ``redirect`` (value: URL), ``huge_body``.

    Kinds of pages: ``duplicate_page`` (the page before comes once more, its cursor too), ``swapped_pages`` (the records
    of this page and the next change places), ``same_cursor`` (the page leads to itself), ``schema_drift`` (value:
    ``new_field``, ``removed_field.NAME``, ``changed_type.NAME`` or ``new_enum.NAME``). ``clock_skew``: the header
    ``Date`` is so many seconds off (three hours where there is no value).

    Any other kind is the vendor's: its double asks for it by ``Double.faulty``.
    """

    kind: str
    at: str = "/"
    nth: int = 1
    times: int = 1
    value: Any = None
    passed: int = 0

    def strikes(self, path: str) -> bool:
        """Count a request to this path; whether the fault is due."""
        if not path.startswith(self.at):
            return False
        self.passed += 1
        return self.nth <= self.passed < self.nth + self.times


TRANSPORT = (
    *("status_429", "status", "html_200", "html_502", "truncated_json", "truncated_gzip"),
    *("reset", "stall", "drip", "redirect", "huge_body"),
)


class Plan:
    """Lists of faults."""

    @staticmethod
    def random(seed: int, count: int = 12, at: str = "/") -> list[Fault]:
        """Faults that a client gets over by asking again or taking no notice, spread over the first requests."""
        draw = random.Random(seed)  # noqa: S311
        values: Mapping[str, Sequence[Any]] = {"status_429": ("1", "0", "0.5"), "status": (500, 502, 503, 504),
                                               "clock_skew": (-7_200, 10_800)}  # fmt: skip
        kinds = (*("status_429", "status", "html_200", "truncated_json", "truncated_gzip", "reset"),
                 *("duplicate_page", "same_cursor", "clock_skew"))  # fmt: skip
        faults = []
        for _ in range(count):
            kind = draw.choice(kinds)
            faults.append(Fault(kind, at, draw.randint(1, 8 * count), 1, draw.choice(values.get(kind, (None,)))))
        return faults

    @staticmethod
    def read(text: str) -> list[Fault]:
        """Faults from a command's word: ``none``, ``random:SEED``, or ``KIND@PATH#NTH*TIMES=VALUE`` with commas.

        Raises
        ------
        ValueError
            The text is none of these.
        """
        if text in ("", "none"):
            return []
        if text.startswith("random:"):
            return Plan.random(int(text.removeprefix("random:")))
        faults = []
        for part in text.split(","):
            found = re.fullmatch(r"(\w+)(?:@([^#*=]+))?(?:#(\d+))?(?:\*(\d+))?(?:=(.+))?", part.strip())
            if found is None:
                raise ValueError(f"{part!r} is no fault")
            kind, at, nth, times, value = found.groups()
            told: Any = int(value) if value and kind in ("status", "clock_skew") else value
            faults.append(Fault(kind, at or "/", int(nth or 1), int(times or 1), told))
        return faults


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the handlers of a double get it; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    match: re.Match[str]

    @property
    def json(self) -> Any:
        """The body read as JSON; None where there is none."""
        return json.loads(self.body) if self.body.strip() else None


@dataclass(slots=True)
class Answer:
    """What a handler gives: a status, a body (JSON, or text or bytes as they are) and headers."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    status: int


@dataclass(slots=True)
class Limit:
    """So many requests in a minute of the double's clock; windows begin with the minute."""

    per_minute: int
    minute: int = -1
    used: int = 0

    def take(self, epoch: int) -> bool:
        """Use one request; False where none is left."""
        if self.minute != epoch // _MINUTE_S:
            self.minute, self.used = epoch // _MINUTE_S, 0
        self.used += 1
        return self.used <= self.per_minute

    def left(self) -> int:
        return max(self.per_minute - self.used, 0)

    def resets_s(self, epoch: int) -> int:
        """Seconds until the next minute begins."""
        return _MINUTE_S - epoch % _MINUTE_S


Handler = Callable[[Request], Answer]


class Double:
    """A helpdesk on a free loopback port, for the length of a ``with`` block.

    Attributes
    ----------
    requests
        Every request that came in, in order (but for those to ``/__...``).
    violations
        Requests that came before the time that a ``Retry-After`` had named.
    """

    def __init__(
        self, *, clock: VirtualClock | None = None, faults: Sequence[Fault] = (), port: int = 0, tolerance_s: float = 0
    ) -> None:
        self.clock = clock or VirtualClock()
        self.faults = list(faults)
        self.requests: list[Heard] = []
        self.violations: list[str] = []
        self.lock = threading.RLock()
        """Held while a handler works: an account is changed and read by one request at a time."""
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self._port, self._tolerance_s = port, tolerance_s
        self._closed: dict[str, datetime] = {}
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._spoiler, self._own = Spoiler(self._looked_up), set[str]()

    # ------------------------------------------------------------ what a vendor's double gives

    def route(self, method: str, pattern: str) -> Callable[[Handler], Handler]:
        """Answer requests whose whole path matches by the decorated function."""

        def keep(handler: Handler) -> Handler:
            self._routes.append((method, re.compile(pattern), handler))
            return handler

        return keep

    def before(self, request: Request) -> Answer | None:
        """What comes before every handler (sign-in, limits); an answer ends the request."""
        return None

    def after(self, request: Request, answer: Answer) -> Answer:
        """What is added to every answer, such as the headers of limits."""
        return answer

    def bucket(self, path: str) -> str:
        """Which limit a path draws from: requests of a bucket that was closed by ``Retry-After`` are violations."""
        return "account"

    @property
    def credentials(self) -> Mapping[str, str]:
        """What the account's owner signs in with, by the names that its connector asks for."""
        return {}

    def truth(self) -> Any:
        """The account in canonical form."""
        return {}

    def mutate(self, change: Mapping[str, Any]) -> Any:
        """Change the account as ``/__mutate`` asks."""
        raise ValueError(f"{change.get('op')!r} is no change that this double knows")

    def faulty(self, kind: str, path: str) -> Fault | None:
        """The fault of this kind that is due for this request, if any; the kind is the vendor's own from now on."""
        with self.lock:
            self._own.add(kind)
            due = [fault for fault in self.faults if fault.kind == kind and fault.strikes(path)]
        return due[0] if due else None

    # ------------------------------------------------------------ the server

    @property
    def url(self) -> str:
        """Where it answers."""
        if self._server is None:
            raise RuntimeError("the double is not running: use it in a with block")
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", self._port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def wait(self) -> None:
        """Serve until interrupted."""
        self._ending.wait()

    def heard(self, prefix: str) -> list[Heard]:
        """The requests to paths that start like this."""
        return [one for one in self.requests if one.path.startswith(prefix)]

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[Answer, Fault | None]:
        """Answer one request; a fault of transport is carried out by the server."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path in _CONTROL:
            with self.lock:
                return self._control(parts.path, body), None
        with self.lock:
            now, bucket = self.clock.now(), self.bucket(parts.path)
            if now < self._closed.get(bucket, now) - timedelta(seconds=self._tolerance_s):
                self.violations.append(f"{method} {parts.path} at {now.isoformat()}")
            struck = [fault for fault in self.faults if fault.kind in TRANSPORT and fault.strikes(parts.path)]
            fault = struck[0] if struck else None
            answer = _struck(fault)
            if answer is None:
                answer = self._handled(method, parts.path, query, headers, body)
                answer = self._spoilt(method, Target(parts.path, query), answer)
            self._note_pause(bucket, answer, now)
            told = now + timedelta(seconds=self._skew(parts.path))
            answer.headers.setdefault("Date", format_datetime(told, usegmt=True))
            self.requests.append(Heard(method, parts.path, query, headers, body, now, answer.status))
        return answer, fault

    def _handled(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        for wanted, pattern, handler in self._routes:
            found = pattern.fullmatch(path)
            if wanted == method and found:
                request = Request(method, path, query, headers, body, found)
                return self.after(request, self.before(request) or handler(request))
        return Answer(404, {"error": "InvalidEndpoint", "description": "Not found"})

    def _spoilt(self, method: str, target: Target, answer: Answer) -> Answer:
        planned = [fault for fault in self.faults if fault.kind in PAGES and fault.kind not in self._own]
        if method != "GET" or not planned:
            return answer
        return self._spoiler.passed([fault for fault in planned if fault.strikes(target.path)], target, answer)

    def _looked_up(self, target: Target) -> Answer | None:
        """What a request would be answered with, without counting it."""
        for method, pattern, handler in self._routes:
            found = pattern.fullmatch(target.path)
            if method == "GET" and found:
                return handler(Request(method, target.path, target.query, {}, b"", found))
        return None

    def _skew(self, path: str) -> float:
        """How many seconds the clock of the answer is off."""
        due = [fault for fault in self.faults if fault.kind == "clock_skew" and fault.strikes(path)]
        return float(due[0].value or _SKEW_S) if due else 0.0

    def _note_pause(self, bucket: str, answer: Answer, now: datetime) -> None:
        text = answer.headers.get("Retry-After", "")
        if answer.status in (429, 503) and text.replace(".", "", 1).isdigit():
            self._closed[bucket] = now + timedelta(seconds=float(text))

    def _control(self, path: str, body: bytes) -> Answer:
        told = json.loads(body) if body.strip() else {}
        if path == "/__truth":
            return Answer(200, self.truth())
        if path == "/__clock":
            self.clock.advance(float(told.get("advance_s", 0)))
            return Answer(200, {"now": self.clock.now().isoformat()})
        try:
            return Answer(200, self.mutate(told))
        except ValueError as error:
            return Answer(400, {"error": str(error)})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


def _struck(fault: Fault | None) -> Answer | None:
    """The answer of a fault that replaces the handler's; None where the handler's is only spoilt on its way."""
    if fault is None:
        return None
    if fault.kind == "status_429":
        return Answer(429, {"error": "rate limit"}, {} if fault.value is None else {"Retry-After": str(fault.value)})
    if fault.kind == "status":
        code, pause = fault.value if isinstance(fault.value, tuple | list) else (fault.value or 500, None)
        return Answer(int(code), {"error": "fault"}, {} if pause is None else {"Retry-After": str(pause)})
    if fault.kind in ("html_200", "html_502"):
        return Answer(200 if fault.kind == "html_200" else 502, HTML, {"Content-Type": "text/html"})
    if fault.kind == "redirect":
        return Answer(302, b"", {"Location": str(fault.value)})
    if fault.kind == "huge_body":
        return Answer(200, b'{"filler": "' + b"x" * _HUGE + b'"}')
    return None


def _handler(double: Double) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer, fault = double.answer(self.command, self.path, headers, body)
            content = answer.body if isinstance(answer.body, bytes) else _bytes(answer.body)
            kind = fault.kind if fault else ""
            if kind == "stall":
                double._ending.wait(float(fault.value or 1) if fault else 1)
            self._head(answer, content, kind)

        def _head(self, answer: Answer, content: bytes, kind: str) -> None:
            told = {"Content-Type": JSON_TYPE, "Content-Length": str(len(content)), **answer.headers}
            if kind == "truncated_gzip":
                content = gzip.compress(content)[:-10]
                told |= {"Content-Encoding": "gzip", "Content-Length": str(len(content))}
            elif kind == "truncated_json":
                content = content[: max(len(content) // 2, 1)]
                told["Content-Length"] = str(len(content))
            self.send_response_only(answer.status)
            for name, value in told.items():
                self.send_header(name, value)
            self.end_headers()
            if kind == "reset":
                self.wfile.write(content[: len(content) // 2])
                self.close_connection = True
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif kind == "drip":
                for place in range(0, len(content), 64):
                    self.wfile.write(content[place : place + 64])
                    if double._ending.wait(0.01):
                        return
            else:
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = take

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what came in is kept in ``requests``."""

    return Answering


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else json.dumps(body, separators=(",", ":")).encode()
