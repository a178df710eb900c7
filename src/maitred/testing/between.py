"""What stands between a connector and its helpdesk in a check: it passes requests on, and spoils those it is told to.

So faults can be tried against any account, be it a double in another language or a real one. The helpdesk's own address
is replaced in replies, so that links to further pages come this way too.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from maitred.connectors.doubling import Answer, Double, Fault, Request, VirtualClock

_TIMEOUT_S = 60
_ROUNDING = timedelta(milliseconds=1)
_KEPT_BACK = frozenset("host connection content-length accept-encoding transfer-encoding keep-alive".split())
_NOT_PASSED_ON = frozenset("connection content-length content-encoding transfer-encoding keep-alive server".split())


class Between(Double):
    """A loopback address that answers as the helpdesk behind it does.

    Attributes
    ----------
    spoil
        Gives the answer to a request that is not to be passed on, or None.
    spoilt
        Whether the last reply was this one's own, or was damaged here.
    dated
        The ``Date`` that every reply is given, where one is wanted; ``date_seen`` is the helpdesk's last one.
    asked_for
        The bucket that the next request was asked for under; a ``Retry-After`` closes it.
    early
        Requests that came before the time that a ``Retry-After`` had named.
    """

    def __init__(self, url: str) -> None:
        super().__init__(clock=VirtualClock())
        self._behind = urlsplit(url)
        self._target = ""
        self.spoil: Callable[[Request], Answer | None] = lambda request: None
        self.spoilt = False
        self.dated: str | None = None
        self.date_seen: str | None = None
        self.asked_for = ""
        self.early: list[str] = []
        self._open_at: dict[str, datetime] = {}
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            self.route(method, ".*")(self._passed_on)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[Answer, Fault | None]:
        """See ``Double.answer``."""
        self._target, self.spoilt = target, False
        now, bucket = self.clock.now(), self.asked_for
        if now < self._open_at.get(bucket, now) - _ROUNDING:
            self.early.append(f"{method} {target.partition('?')[0]} of {bucket}")
        answer, fault = super().answer(method, target, headers, body)
        self.spoilt = self.spoilt or fault is not None
        if answer.status in (429, 503) and "Retry-After" in answer.headers:
            self._open_at[bucket] = _opening(answer.headers["Retry-After"], now)
        return answer, fault

    def before(self, request: Request) -> Answer | None:
        """What ``spoil`` says."""
        answer = self.spoil(request)
        self.spoilt = answer is not None
        return answer

    def after(self, request: Request, answer: Answer) -> Answer:
        """Dates the reply where that is wanted."""
        if self.dated:
            answer.headers["Date"] = self.dated
        return answer

    def _passed_on(self, request: Request) -> Answer:
        told = {name: value for name, value in request.headers.items() if name not in _KEPT_BACK}
        secure = self._behind.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._behind.hostname or "", self._behind.port, timeout=_TIMEOUT_S)
        try:
            connection.request(request.method, self._target, request.body or None, told)
            reply = connection.getresponse()
            content = reply.read()
        finally:
            connection.close()
        headers = {
            "-".join(part.capitalize() for part in name.split("-")): self._here(value.encode()).decode()
            for name, value in reply.getheaders()
            if name.lower() not in _NOT_PASSED_ON
        }
        self.date_seen = headers.get("Date", self.date_seen)
        return Answer(reply.status, self._here(content), headers)

    def _here(self, text: bytes) -> bytes:
        """The text with this address for the helpdesk's, plainly written or with JSON's escaped slashes."""
        there = f"{self._behind.scheme}://{self._behind.netloc}".encode()
        here = self.url.encode()
        return text.replace(there, here).replace(there.replace(b"/", rb"\/"), here.replace(b"/", rb"\/"))


def _opening(told: str, now: datetime) -> datetime:
    """When a ``Retry-After`` ends, be it seconds or a date of our own clock."""
    try:
        return now + timedelta(seconds=float(told))
    except ValueError:
        return parsedate_to_datetime(told)


def fingerprint(request: Any) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What tells requests apart: method, path, query."""
    return request.method, request.path, tuple(sorted(request.query.items()))
