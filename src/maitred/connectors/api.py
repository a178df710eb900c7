"""Requests to one account of a helpdesk: signed in, within the budget, retried where that is safe, and read with care.

A question is repeated when the way there, the server or its answer's form fails; a change is sent once, unless the
helpdesk turned it away unread (429). A reply that is not what was asked for, such as a page of HTML with status 200, is
a fault like any other. The budget decides when a request may go out; ``Retry-After`` closes it.
"""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urljoin, urlsplit

import orjson

from maitred.base import clock, faults
from maitred.base.egress import EgressRefused
from maitred.base.errors import MaitredError
from maitred.connectors.live import Account, Connector, Hint, Refused, Reply

if TYPE_CHECKING:
    import httpx

TRIES = 8
LONGEST_PAUSE_S = 60.0
LONGEST_CLOSED_S = 900.0
_FIRST_CLOSED_S = 5.0
_TURNED_AWAY = 429
_REASONS = {400: "bad-request", 401: "signed-out", 403: "forbidden", 404: "absent", 409: "conflict", 412: "conflict"}
_REMEDIES = {
    401: "give it a key that still holds",
    403: "give the connection's user the right to read this",
    429: "wait, or give the connection fewer requests a minute",
}


class Budget(Protocol):
    """How many requests an account may make; shared by everything that talks to it."""

    def take(self, bucket: str) -> float | None:
        """Return when a request of this bucket may go out; gives the seconds waited, where they are counted."""
        ...

    def close(self, bucket: str, seconds: float) -> None:
        """No request of this bucket for so long; ``*`` closes every bucket of the account."""
        ...

    def learn(self, hint: Hint) -> None:
        """What a reply said of a bucket."""
        ...


@dataclass(slots=True)
class Counts:
    """Requests of one thread, those of them that were repeated, and the time waited for the budget."""

    requests: int = 0
    retries: int = 0
    waited_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request as it was asked for."""

    method: str
    url: str
    params: Mapping[str, Any] | None
    body: Any
    bucket: str
    accept: Sequence[int]
    csv: bool
    signed: bool
    repeatable: bool
    headers: Mapping[str, str]


class HttpApi:
    """The ``Api`` of the live protocol over HTTP.

    Parameters
    ----------
    client
        Judges addresses and bounds replies; it follows no redirect by itself.
    pause
        Waits so many seconds between tries.
    draw
        A number from 0 to 1, for the jitter.
    """

    def __init__(
        self,
        client: httpx.Client,
        connector: Connector,
        account: Account,
        budget: Budget,
        *,
        pause: Callable[[float], None],
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._client, self._connector, self._account, self._budget = client, connector, account, budget
        self._pause, self._draw = pause, draw
        self._signed: Mapping[str, str] | None = None
        self._signing = threading.RLock()
        self._mine = threading.local()

    def counts(self) -> Counts:
        """What this thread has asked so far."""
        return replace(self._counts)

    @property
    def _counts(self) -> Counts:
        found: Counts | None = getattr(self._mine, "counts", None)
        if found is None:
            found = self._mine.counts = Counts()
        return found

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        bucket: str = "account",
        accept: Sequence[int] = (200,),
        csv: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask; see ``Api.get``."""
        return self._asked(
            _Ask("GET", self._url(path), params, None, bucket, accept, csv, True, True, dict(headers or {}))
        )

    def send(
        self,
        method: Literal["POST", "PUT", "PATCH", "DELETE"],
        path: str,
        body: Any = None,
        *,
        bucket: str = "write",
        accept: Sequence[int] = (200, 201, 202, 204),
        repeatable: bool = False,
        signed: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Change something; see ``Api.send``."""
        return self._asked(
            _Ask(
                method,
                self._url(path),
                None,
                body,
                bucket,
                accept,
                False,
                signed,
                repeatable or not signed,
                dict(headers or {}),
            )
        )

    def _asked(self, ask: _Ask) -> Reply:
        failure = Refused(f"{self._named(ask)} was not asked", "")
        renewed = False
        turned_away = 0
        for attempt in range(TRIES):
            if attempt:
                self._counts.retries += 1
            used = self._signature() if ask.signed else None
            self._counts.waited_s += self._budget.take(ask.bucket) or 0.0
            faults.step("fetch")
            outcome = self._once(ask, used)
            if isinstance(outcome, Reply):
                return outcome
            failure = outcome.failure
            if failure.status == 401 and ask.signed and not renewed:
                renewed = True
                self._renew(used)
                continue
            if outcome.final or not (ask.repeatable or failure.status == _TURNED_AWAY):
                break
            if failure.status == _TURNED_AWAY or outcome.closed_s is not None:
                seconds = outcome.closed_s
                if seconds is None:
                    seconds = min(_FIRST_CLOSED_S * 2**turned_away, LONGEST_PAUSE_S)
                turned_away += 1
                self._budget.close(ask.bucket, seconds)
            elif attempt + 1 < TRIES:
                self._pause(1 + self._draw() * (min(2.0**attempt, LONGEST_PAUSE_S) - 1))
        raise failure

    def _once(self, ask: _Ask, signature: Mapping[str, str] | None) -> Reply | _Failed:
        import httpx

        sent: dict[str, Any] = {"json": ask.body} if ask.signed else {"data": ask.body}
        self._counts.requests += 1
        try:
            answer = self._client.request(
                ask.method, ask.url, params=ask.params, headers={**(signature or {}), **ask.headers},
                **(sent if ask.body is not None else {}),
            )  # fmt: skip
        except EgressRefused:
            raise
        except MaitredError as error:  # the client's own words on a reply it does not read on
            refused = Refused(error.what, error.remedy, reason=getattr(error, "reason", "reply"), sent=True)
            return _Failed(refused, final=True)
        except httpx.ConnectError as error:
            return _Failed(self._unreached(ask, error, sent=False))
        except (httpx.TransportError, httpx.DecodingError) as error:
            return _Failed(self._unreached(ask, error, sent=not isinstance(error, httpx.ConnectTimeout)))
        return self._judged(ask, answer)

    def _judged(self, ask: _Ask, answer: httpx.Response) -> Reply | _Failed:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        server_time = _instant(headers.get("date", "")) or clock.now()
        for hint in self._connector.hints(urlsplit(ask.url).path, headers):
            self._budget.learn(hint)
        body, form = _read(answer.content, headers.get("content-type", ""), ask.csv)
        if form is None and body is None and ask.method == "GET" and answer.status_code == 200:
            form = "nothing"
        reply = Reply(answer.status_code, headers, body, server_time)
        still = self._connector.exhausted(reply)
        if still is not None:
            self._budget.close("*", min(still, LONGEST_CLOSED_S))
            text = f"{self._host} says that this account's requests are used up"
            return _Failed(Refused(text, "it goes on by itself later", status=reply.status, reason="exhausted"), True)
        if reply.status in ask.accept:
            if form is None:
                return reply
            text = f"{self._named(ask)} answered with {form}"
            return _Failed(Refused(text, "look whether the address is the helpdesk's own", status=reply.status,
                                   reason="not-csv" if ask.csv else "not-json", sent=True))  # fmt: skip
        failure = Refused(
            f"{self._named(ask)} answered {reply.status}",
            _REMEDIES.get(reply.status, ""),
            status=reply.status,
            reason=_REASONS.get(reply.status, "failed" if reply.status >= 500 else "refused"),
            body=body if form is None else None,
            sent=reply.status >= 500,
        )
        closed = retry_after(headers.get("retry-after"), server_time)
        may_pass = reply.status >= 500 or reply.status in (408, _TURNED_AWAY)
        return _Failed(failure, not may_pass, closed if reply.status in (503, _TURNED_AWAY) else None)

    def _signature(self) -> Mapping[str, str]:
        with self._signing:
            if self._signed is None:
                self._signed = self._connector.authorize(self._account, self, False)
            return self._signed

    def _renew(self, used: Mapping[str, str] | None) -> None:
        """Sign in anew, unless somebody else already did since this request went out."""
        with self._signing:
            if self._signed is used:
                self._signed = self._connector.authorize(self._account, self, True)

    def _url(self, path: str) -> str:
        base = self._account.url.rstrip("/") + "/"
        url = urljoin(base, path if "://" in path else path.lstrip("/"))
        if _origin(url) != _origin(base):
            raise Refused(
                f"{self._host} names a page of another host", "nothing is asked there", reason="other-host", status=200
            )
        return url

    def _unreached(self, ask: _Ask, error: Exception, *, sent: bool) -> Refused:
        why = str(error) or type(error).__name__
        return Refused(f"{self._named(ask)} could not be asked ({why})", "", reason="unreached", sent=sent)

    def _named(self, ask: _Ask) -> str:
        return f"{ask.method} {urlsplit(ask.url).path} of {self._host}"

    @property
    def _host(self) -> str:
        return urlsplit(self._account.url).hostname or self._account.slug


@dataclass(frozen=True, slots=True)
class _Failed:
    """Why a try failed; ``final``: another would not help; ``closed_s``: how long the helpdesk wants to be left."""

    failure: Refused
    final: bool = False
    closed_s: float | None = None


def retry_after(text: str | None, server_time: datetime) -> float | None:
    """Seconds that a ``Retry-After`` asks for; None where there is none.

    Whole or decimal seconds, or an HTTP date, which is held against the reply's own ``Date``. Nothing, a past date and
    what cannot be read are one second; no wait is longer than a quarter of an hour.

    Examples
    --------
    >>> [retry_after(text, datetime(2026, 3, 2, 8, tzinfo=UTC)) for text in ("7", "0", "1.5", "soon", None)]
    [7.0, 1.0, 1.5, 1.0, None]
    """
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        then = _instant(text)
        seconds = (then - server_time).total_seconds() if then else 1.0
    if not math.isfinite(seconds):
        seconds = 1.0
    return min(seconds if seconds > 0 else 1.0, LONGEST_CLOSED_S)


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _read(content: bytes, media_type: str, csv: bool) -> tuple[Any, str | None]:
    """A reply's body, and what it is where it is not what was asked for."""
    kind = media_type.partition(";")[0].strip().lower()
    if not content.strip():
        return ("" if csv else None), None
    if "html" in kind:
        return None, "a page for a browser (HTML)"
    if csv and "json" not in kind:
        try:
            return content.decode(), None
        except UnicodeDecodeError:
            return None, "what is no text"
    try:
        return orjson.loads(content), "JSON where a table was asked for" if csv else None
    except orjson.JSONDecodeError:
        return None, "what is no JSON, or only a part of it"


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or usual
