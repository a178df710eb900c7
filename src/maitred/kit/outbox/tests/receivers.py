"""Receivers on loopback: a mail server that speaks as much SMTP as smtplib asks, and a host that takes webhooks."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """Takes letters. ``replies`` has other answers to a command or, as ``text``, to the letter; ``hang_up``: none."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.replies: dict[str, str] = {}
        self.hang_up = False
        self.letters: list[EmailMessage] = []
        self.envelopes: list[list[str]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def entry(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "from": "Desk <desk@example.org>", "tls": False}


class _Smtp(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        envelope: list[str] = []
        self._say("220 double")
        while line := self.rfile.readline():
            words = line.decode().strip()
            command = words.partition(" ")[0].upper()
            if command in ("MAIL", "RCPT"):
                envelope.append(words)
            if command == "DATA" and "DATA" not in self.server.replies:
                if not self._text(envelope):
                    return
                continue
            self._say(self.server.replies.get(command, "221 bye" if command == "QUIT" else "250 fine"))
            if command == "QUIT":
                return

    def _text(self, envelope: list[str]) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if line:
            self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self.server.envelopes.append(envelope)
        if self.server.hang_up:
            return False
        self._say(self.server.replies.get("text", "250 2.0.0 Ok: queued as AB12cd"))
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@dataclass(frozen=True)
class Call:
    """One POST that came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        return self.headers.get("idempotency-key", "")


@dataclass
class Host:
    """Takes POSTs and drops repeats, as a receiver of Standard Webhooks does: ``done`` holds each id once."""

    status: int = 200
    hang_up: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/hook?token=abc"

    @property
    def allowed(self) -> list[dict[str, Any]]:
        return [{"host": "localhost", "network": "127.0.0.0/8", "ports": [self.port]}]

    @property
    def done(self) -> set[str]:
        return {call.name for call in self.calls}


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server while the block runs."""
    with MailServer() as server, _serving(server):
        yield server


@contextmanager
def host() -> Iterator[Host]:
    """A host that takes webhooks while the block runs."""
    state = Host()

    class Hook(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.calls.append(Call({name.lower(): value for name, value in self.headers.items()}, body))
            if state.hang_up:
                self.close_connection = True
                return
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the console."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server, _serving(server):
        state.port = int(server.server_address[1])
        yield state


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
