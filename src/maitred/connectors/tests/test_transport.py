"""The guarded client against real sockets on loopback: what is refused connects nowhere, what is allowed is bounded."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore
import httpx
import pytest

from maitred.base.egress import EgressRefused, allowed
from maitred.connectors.transport import Bounds, GuardedBackend, ReplyRefused, client, resolved

TRICKS = [
    "0x7f.1",
    "2130706433",
    "017700000001",
    "127.1",
    "0",
    "１２７.０.０.１",
    "127.0.0.1",
    "localhost",
    "0x7f000001",
]


class Ear:
    """A listener on loopback that counts who connects and gives each a prepared reply."""

    def __init__(self, *pieces: bytes, pause: float = 0, tls: ssl.SSLContext | None = None) -> None:
        self._pieces, self._pause, self._tls = pieces, pause, tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(10)
        self.port: int = self._socket.getsockname()[1]
        self.connects = 0
        self.heard = b""
        self.name: str | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            self.connects += 1
            with suppress(OSError), peer:
                peer.settimeout(5)
                if self._tls:
                    self._tls.sni_callback = self._named
                    with self._tls.wrap_socket(peer, server_side=True) as wrapped:
                        self._answer(wrapped)
                else:
                    self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        while b"\r\n\r\n" not in self.heard[-65_536:] and (piece := peer.recv(65_536)):
            self.heard += piece
        for piece in self._pieces:
            peer.sendall(piece)
            time.sleep(self._pause)
        with suppress(OSError):
            peer.shutdown(socket.SHUT_WR)

    def _named(self, _socket: object, name: str | None, _context: object) -> None:
        self.name = name

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@contextmanager
def ear(*pieces: bytes, pause: float = 0, tls: ssl.SSLContext | None = None) -> Iterator[Ear]:
    listener = Ear(*pieces, pause=pause, tls=tls)
    try:
        yield listener
    finally:
        listener.close()


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def guarded(listener: Ear, bounds: Bounds | None = None) -> httpx.Client:
    entry = allowed("localhost", "127.0.0.0/8", [listener.port])
    return client(allow=[entry], bounds=bounds or Bounds(connect_s=1, read_s=1, total_s=5))


@pytest.mark.parametrize("host", TRICKS)
def test_no_way_to_write_loopback_reaches_a_listener(host: str) -> None:
    with ear(reply(b"x")) as listener:
        with client(ports=[listener.port]) as asking, pytest.raises((EgressRefused, httpx.InvalidURL)):
            asking.get(f"https://{host}:{listener.port}/")
        assert listener.connects == 0


@pytest.mark.parametrize("host", TRICKS)
def test_the_socket_refuses_what_the_resolver_makes_of_an_odd_host(host: str) -> None:
    """The second layer alone, as if the first had let the name pass."""
    with ear(reply(b"x")) as listener:
        assert any(address.startswith(("127.", "0.", "::1")) for address in resolved(host, listener.port))
        with pytest.raises(EgressRefused):
            GuardedBackend((), Bounds()).connect_tcp(host, listener.port)
        assert listener.connects == 0


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], []]
)
def test_a_public_name_with_a_private_address_is_not_met(answers: list[str]) -> None:
    with ear(reply(b"x")) as listener:
        asking = client(ports=[listener.port], resolve=lambda _host, _port: answers)
        with asking, pytest.raises(EgressRefused):
            asking.get(f"https://desk.example:{listener.port}/")
        assert listener.connects == 0


def test_a_name_that_rebinds_is_judged_at_each_connection_and_resolved_once_for_it() -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with ear(reply(b"x", "Content-Length: 1")) as listener:
        entry = allowed("desk.example", "127.0.0.0/8", [listener.port])
        with client(allow=[entry], resolve=rebinding) as asking:
            assert asking.get(f"http://desk.example:{listener.port}/").text == "x"
            assert asked == ["desk.example"]
            with pytest.raises(EgressRefused):
                asking.get(f"http://desk.example:{listener.port}/")
        assert listener.connects == 1
    assert asked == ["desk.example"] * 2


def test_the_host_header_keeps_the_name_while_the_socket_goes_to_the_address() -> None:
    with ear(reply(b"ok", "Content-Length: 2")) as listener:
        entry = allowed("desk.example", "127.0.0.0/8", [listener.port])
        with client(allow=[entry], resolve=lambda _h, _p: ["127.0.0.1"]) as asking:
            assert asking.get(f"http://desk.example:{listener.port}/a?b=c").text == "ok"
        assert f"Host: desk.example:{listener.port}".encode() in listener.heard
        assert b"Accept-Encoding: gzip\r\n" in listener.heard


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Many"]
)
def test_a_redirect_is_an_error_and_is_not_followed(status: str) -> None:
    with ear(reply(b"", "Location: https://127.0.0.1/", "Content-Length: 0", status=status)) as listener:
        with guarded(listener) as asking, pytest.raises(ReplyRefused) as refusal:
            asking.get(f"http://localhost:{listener.port}/", follow_redirects=True)
        assert refusal.value.reason == "redirect"
        assert listener.connects == 1


def test_an_unchanged_answer_is_no_redirect() -> None:
    with ear(reply(b"", status="304 Not Modified")) as listener, guarded(listener) as asking:
        assert asking.get(f"http://localhost:{listener.port}/").status_code == 304


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with ear(reply(b"x", "Content-Length: 1")) as proxy, ear(reply(b"y", "Content-Length: 1")) as listener:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with guarded(listener) as asking:
            assert asking.get(f"http://localhost:{listener.port}/").text == "y"
        assert proxy.connects == 0


@pytest.mark.parametrize("headers", [("Content-Length: 5000",), ()])
def test_a_body_beyond_the_bound_is_not_read_on(headers: tuple[str, ...]) -> None:
    with ear(reply(b"x" * 5000, *headers)) as listener:
        with guarded(listener, Bounds(body_bytes=4999)) as asking, pytest.raises(ReplyRefused) as refusal:
            asking.get(f"http://localhost:{listener.port}/")
        assert refusal.value.reason == "too-large"


@pytest.mark.parametrize("headers", [("Content-Length: 5000",), ()])
def test_a_body_at_the_bound_is_read(headers: tuple[str, ...]) -> None:
    with ear(reply(b"x" * 5000, *headers)) as listener, guarded(listener, Bounds(body_bytes=5000)) as asking:
        assert len(asking.get(f"http://localhost:{listener.port}/").content) == 5000


def test_a_gzip_bomb_is_stopped_while_it_unpacks() -> None:
    bomb = gzip.compress(bytes(30_000_000), mtime=0)
    with ear(reply(bomb, "Content-Encoding: gzip")) as listener:
        with guarded(listener, Bounds(decompressed_bytes=1_000_000)) as asking, pytest.raises(ReplyRefused) as refusal:
            asking.get(f"http://localhost:{listener.port}/")
        assert refusal.value.reason == "too-large"


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_gzip_is_unpacked_once_also_in_several_parts(coding: str) -> None:
    packed = gzip.compress(b"one ", mtime=0) + gzip.compress(b"two")
    headers = (f"Content-Encoding: {coding}", f"Content-Length: {len(packed)}")
    with ear(reply(packed, *headers)) as listener, guarded(listener) as asking:
        assert asking.get(f"http://localhost:{listener.port}/").text == "one two"


@pytest.mark.parametrize("body", [b"not gzip at all", gzip.compress(b"x" * 1000, mtime=0)[:-9]])
def test_gzip_that_is_broken_or_cut_off_is_a_decoding_error(body: bytes) -> None:
    with ear(reply(body, "Content-Encoding: gzip", f"Content-Length: {len(body)}")) as listener:
        with guarded(listener) as asking, pytest.raises(httpx.DecodingError):
            asking.get(f"http://localhost:{listener.port}/")
        assert listener.connects == 1


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_an_encoding_not_asked_for_is_refused(coding: str) -> None:
    with ear(reply(zlib.compress(b"x"), f"Content-Encoding: {coding}")) as listener:
        with guarded(listener) as asking, pytest.raises(ReplyRefused) as refusal:
            asking.get(f"http://localhost:{listener.port}/", headers={"Accept-Encoding": "br"})
        assert refusal.value.reason == "encoding"


def test_a_slow_drip_ends_with_the_total_time() -> None:
    with ear(reply(b""), *[b"x"] * 40, pause=0.05) as listener:
        started = time.monotonic()
        with guarded(listener, Bounds(read_s=5, total_s=0.3)) as asking, pytest.raises(httpx.ReadTimeout):
            asking.get(f"http://localhost:{listener.port}/")
        assert time.monotonic() - started < 1.5


def test_dripping_headers_end_with_the_total_time_too() -> None:
    with ear(*[b"H"] * 40, pause=0.05) as listener:
        started = time.monotonic()
        with guarded(listener, Bounds(read_s=5, total_s=0.3)) as asking, pytest.raises(httpx.TransportError):
            asking.get(f"http://localhost:{listener.port}/")
        assert time.monotonic() - started < 1.5


def test_a_silent_host_ends_with_the_time_for_reading() -> None:
    with ear(pause=0.5) as listener, guarded(listener, Bounds(read_s=0.2)) as asking:
        with pytest.raises(httpx.TransportError):
            asking.get(f"http://localhost:{listener.port}/", headers={"X": "y"})
        assert listener.connects == 1


def test_nobody_listening_is_a_connect_error() -> None:
    with ear() as listener:
        port = listener.port
    entry = allowed("localhost", "127.0.0.0/8", [port])
    with client(allow=[entry]) as asking, pytest.raises(httpx.ConnectError):
        asking.get(f"http://localhost:{port}/")


@pytest.mark.parametrize("failure", [socket.gaierror("no such host"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_resolved_is_a_connect_error(failure: Exception) -> None:
    def failing(_host: str, _port: int) -> list[str]:
        raise failure

    with client(resolve=failing) as asking, pytest.raises(httpx.ConnectError, match="cannot be resolved"):
        asking.get("https://desk.example/")


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    with ear(reply(b"x", "Content-Length: 1")) as listener:
        entry = allowed("desk.example", "127.0.0.0/8", [listener.port])
        with client(allow=[entry], resolve=lambda _h, _p: ["127.0.0.9", "127.0.0.1"]) as asking:
            assert asking.get(f"http://desk.example:{listener.port}/").text == "x"


def test_no_time_to_connect_is_a_connect_timeout() -> None:
    entry = allowed("desk.example", "127.0.0.0/8", [9])
    asking = client(allow=[entry], bounds=Bounds(connect_s=0), resolve=lambda _h, _p: ["127.0.0.1"])
    with asking, pytest.raises(httpx.ConnectTimeout):
        asking.get("http://desk.example:9/")


def test_local_sockets_are_out_of_reach(tmp_path: Path) -> None:
    with pytest.raises(httpcore.ConnectError):
        GuardedBackend((), Bounds()).connect_unix_socket(str(tmp_path / "s"))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for desk.example, and a client's that trusts it alone."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("desk.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("authority")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return serving, ssl.create_default_context(cafile=str(folder / "cert.pem"))


def test_tls_is_spoken_for_the_name_and_not_for_the_address(
    authority: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    serving, trusting = authority
    with ear(reply(b"ok", "Content-Length: 2"), tls=serving) as listener:
        entry = allowed("desk.example", "127.0.0.0/8", [listener.port])
        with client(allow=[entry], tls=trusting, resolve=lambda _h, _p: ["127.0.0.1"]) as asking:
            assert asking.get(f"https://desk.example:{listener.port}/").text == "ok"
        assert listener.name == "desk.example"


def test_a_certificate_of_another_name_or_authority_is_refused(
    authority: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    serving, trusting = authority
    for tls, host in ((trusting, "other.example"), (None, "desk.example")):
        with ear(reply(b"ok"), tls=serving) as listener:
            entry = allowed(host, "127.0.0.0/8", [listener.port])
            asking = client(allow=[entry], tls=tls, resolve=lambda _h, _p: ["127.0.0.1"])
            with asking, pytest.raises(httpx.ConnectError, match="certificate"):
                asking.get(f"https://{host}:{listener.port}/")
            assert listener.heard == b""
