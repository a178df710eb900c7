"""The HTTP client for hosts that people have typed in: it meets public hosts and allow-listed ones, nothing else.

A name is resolved once, every address it has must pass the rule of ``base.egress``, and the socket goes to one of those
very addresses while TLS and the Host header keep the name; so neither a rebinding name nor an odd way to write loopback
gets through. Redirects, proxies from the environment, endless and exploding replies are refused.
"""

from __future__ import annotations

import socket
import ssl
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpcore
import httpx

from maitred.base.egress import PORTS, Allowed, check_addresses, check_target
from maitred.base.errors import MaitredError

Resolve = Callable[[str, int], Collection[str]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long an exchange may take, in seconds, and how much may come back, in bytes."""

    connect_s: float = 5.0
    read_s: float = 60.0
    total_s: float = 120.0
    body_bytes: int = 64 * 1024 * 1024
    decompressed_bytes: int = 128 * 1024 * 1024


BOUNDS = Bounds()


class ReplyRefused(MaitredError):
    """A reply that is not read on; ``reason`` is a short code for logs."""

    kind = "reply-refused"

    def __init__(self, what: str, remedy: str, reason: Literal["redirect", "too-large", "encoding"]) -> None:
        super().__init__(what, remedy)
        self.reason = reason


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def client(
    *,
    allow: Iterable[Allowed] = (),
    ports: Collection[int] = PORTS,
    bounds: Bounds = BOUNDS,
    tls: ssl.SSLContext | None = None,
    resolve: Resolve = resolved,
    headers: dict[str, str] | None = None,
) -> httpx.Client:
    """A client whose every connection passes the address rule.

    Parameters
    ----------
    allow
        The administrator's list of private helpdesks.
    ports
        Ports that any host may be asked at.
    bounds
        Limits of each exchange.
    tls
        For a private authority; else the public ones that httpx knows.
    resolve
        From host and port to addresses.
    headers
        Sent with every request.

    Raises
    ------
    EgressRefused
        From a request: scheme, port, host or address may not be met.
    ReplyRefused
        From a request or from reading its reply: a redirect, too many bytes, an encoding that was not asked for.
    httpx.TransportError
        What goes wrong on the way otherwise; the total time running out is a ``ReadTimeout``.
    """
    timeout = httpx.Timeout(bounds.read_s, connect=bounds.connect_s)
    transport = GuardedTransport(tuple(allow), frozenset(ports), bounds, tls, resolve)
    return httpx.Client(transport=transport, timeout=timeout, trust_env=False, follow_redirects=False, headers=headers)


class GuardedTransport(httpx.BaseTransport):
    """Judges the URL, hands over to a pool whose sockets are guarded, and reads replies within bounds."""

    def __init__(
        self,
        allow: tuple[Allowed, ...],
        ports: frozenset[int],
        bounds: Bounds,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = resolved,
    ) -> None:
        self._allow, self._ports, self._bounds = allow, ports, bounds
        # One connection per request: each is judged anew and carries the request's own deadline.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(trust_env=False),
            max_keepalive_connections=0,
            network_backend=GuardedBackend(allow, bounds, resolve),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_target(request.url.scheme, request.url.host, request.url.port, self._allow, self._ports)
        assert isinstance(request.stream, httpx.SyncByteStream)
        request.headers["Accept-Encoding"] = "gzip"
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        extensions = {"timeout": request.extensions["timeout"]} if "timeout" in request.extensions else {}
        sent = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=extensions
        )
        with _as_httpx(request):
            reply = self._pool.handle_request(sent)
        try:
            return self._judged(request, reply)
        except BaseException:
            reply.close()
            raise

    def close(self) -> None:
        self._pool.close()

    def _judged(self, request: httpx.Request, reply: httpcore.Response) -> httpx.Response:
        headers = httpx.Headers(reply.headers)
        host = request.url.host
        if 300 <= reply.status < 400 and reply.status != 304:
            raise ReplyRefused(f"{host} sends elsewhere ({reply.status})", "give the final address", "redirect")
        coding = headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise ReplyRefused(f"{host} replies in an encoding not asked for", "have it send gzip or plain", "encoding")
        length = headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > self._bounds.body_bytes and request.method != "HEAD":
            raise _too_large(host)
        zipped = coding in ("gzip", "x-gzip")
        if zipped:
            headers = httpx.Headers([(k, v) for k, v in headers.raw if k.lower() not in _OF_THE_CODING])
        stream = _BoundedStream(reply, request, self._bounds, zipped)
        extensions = {k: v for k, v in reply.extensions.items() if k in ("http_version", "reason_phrase")}
        return httpx.Response(reply.status, headers=headers, stream=stream, extensions=extensions)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens sockets only to addresses that passed, whatever the name was when it was judged before."""

    def __init__(self, allow: tuple[Allowed, ...], bounds: Bounds, resolve: Resolve = resolved) -> None:
        self._allow, self._bounds, self._resolve = allow, bounds, resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        until = time.monotonic() + self._bounds.total_s
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved") from error
        check_addresses(host, addresses, self._allow)
        opened = self._opened(addresses, port, timeout, local_address, socket_options)
        return _TimedStream(opened, until)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("local sockets are not for hosts that people name")

    def _opened(
        self,
        addresses: Collection[str],
        port: int,
        timeout: float | None,
        local_address: str | None,
        options: Iterable[Any] | None,
    ) -> httpcore.NetworkStream:
        """The first address that answers, all tries together within the time for connecting."""
        until = time.monotonic() + (self._bounds.connect_s if timeout is None else timeout)
        failure: Exception = httpcore.ConnectTimeout("no time to connect")
        for address in addresses:
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                return self._sockets.connect_tcp(address, port, left, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """A socket that cuts every wait at the exchange's deadline, so that a slow drip ends too."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _left(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise late("the exchange takes longer than it may in all")
        return left if timeout is None else min(timeout, left)


_OF_THE_CODING = (b"content-encoding", b"content-length")
_PIECE = 256 * 1024


class _BoundedStream(httpx.SyncByteStream):
    """A reply's body, counted as it comes and as it unpacks, a piece at a time."""

    def __init__(self, reply: httpcore.Response, request: httpx.Request, bounds: Bounds, zipped: bool) -> None:
        self._reply, self._request, self._bounds, self._zipped = reply, request, bounds, zipped

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._counted(self._raw(), self._bounds.body_bytes)
        return self._counted(_unpacked(pieces), self._bounds.decompressed_bytes) if self._zipped else pieces

    def close(self) -> None:
        self._reply.close()

    def _raw(self) -> Iterator[bytes]:
        assert isinstance(self._reply.stream, Iterable)
        with _as_httpx(self._request):
            yield from self._reply.stream

    def _counted(self, pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
        count = 0
        for piece in pieces:
            count += len(piece)
            if count > most:
                self.close()
                raise _too_large(self._request.url.host)
            yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Gzip in pieces of bounded size: one packed kilobyte may stand for a thousand."""
    unpacker, begun = zlib.decompressobj(wbits=31), False
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(wbits=31)
                begun = True
                if plain := unpacker.decompress(rest, _PIECE):
                    yield plain
                rest = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise httpx.DecodingError("the reply is not the gzip it says it is") from error
    if begun and not unpacker.eof:
        raise httpx.DecodingError("the reply's gzip ends too early")


def _too_large(host: str) -> ReplyRefused:
    return ReplyRefused(f"{host} replies with more than may be read", "ask for smaller pages", "too-large")


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """Failures of the transport under httpx's names, which are the same words."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as error:
        kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error), request=request) from error
