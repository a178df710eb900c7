"""A helpdesk for tests: answers on a loopback socket, and requests to it as connectors make them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from maitred.connectors.api import HttpApi
from maitred.connectors.live import Account, Hint, Reply

JSON = {"Content-Type": "application/json"}
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Request:
    """What came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@contextmanager
def serving(answer: Callable[[Request], Answer]) -> Iterator[str]:
    """Answer requests on a free port until the end of the block; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, content = answer(Request(self.command, self.path, headers, body))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **told}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = take

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Signing:
    """The part of a connector that requests need: a key that is exchanged when it is refused."""

    keys: int = 0

    def authorize(self, account: Account, api: Any, stale: bool) -> Mapping[str, str]:
        self.keys += 1
        return {"Authorization": f"key-{self.keys}"}

    def hints(self, path: str, headers: Mapping[str, str]) -> Sequence[Hint]:
        left = headers.get("x-left")
        return () if left is None else (Hint("account", remaining=int(left)),)

    def exhausted(self, reply: Reply) -> float | None:
        return 1200.0 if reply.status == 403 and reply.body == [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}] else None


@dataclass
class Purse:
    """A budget that lets everything go and writes down what it was told."""

    taken: list[str] = field(default_factory=list)
    closed: list[tuple[str, float]] = field(default_factory=list)
    learnt: list[Hint] = field(default_factory=list)

    def take(self, bucket: str) -> None:
        self.taken.append(bucket)

    def close(self, bucket: str, seconds: float) -> None:
        self.closed.append((bucket, seconds))

    def learn(self, hint: Hint) -> None:
        self.learnt.append(hint)


@dataclass
class Case:
    """Requests to one account, and what they did beside asking."""

    api: HttpApi
    account: Account
    purse: Purse = field(default_factory=Purse)
    pauses: list[float] = field(default_factory=list)
    signing: Signing = field(default_factory=Signing)


@contextmanager
def asking(account: Account) -> Iterator[Case]:
    """Requests to an account without waiting: pauses are written down."""
    purse, pauses, signing = Purse(), list[float](), Signing()
    with httpx.Client(trust_env=False, timeout=5) as client:
        api = HttpApi(
            client,
            signing,  # type: ignore[arg-type]
            account,
            purse,
            pause=pauses.append,
            draw=lambda: 1.0,
        )
        yield Case(api, account, purse, pauses, signing)
