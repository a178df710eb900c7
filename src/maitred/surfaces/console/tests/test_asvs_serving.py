"""The server's own reading of a request: one length, one host, nothing that a proxy could read otherwise."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path

import pytest

from maitred.surfaces.console.tests import test_serving

home = test_serving.home
server = test_serving.server

BODY = "login=x&password=y"
SECOND = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
DOUBLE = {
    "two lengths": ["Content-Length: 18", "Content-Length: 4"],
    "length and chunks": ["Content-Length: 18", "Transfer-Encoding: chunked"],
    "an unknown coding": ["Transfer-Encoding: xchunked"],
    "chunked twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    "chunked not last": ["Transfer-Encoding: chunked, identity"],
    "a length with a sign": ["Content-Length: +18"],
    "a blank before the colon": ["Content-Length : 18"],
    "a folded header": ["X-A: b", " Content-Length: 18"],
}


def _answers(port: int, request: str) -> list[int]:
    """The status of every answer that comes back on one connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        connection.shutdown(socket.SHUT_WR)
        read = b""
        while piece := connection.recv(65536):
            read += piece
    return [int(one) for one in re.findall(rb"HTTP/1\.1 (\d{3})", read)]


@pytest.mark.slow
@pytest.mark.parametrize("how", DOUBLE)
def test_a_request_with_two_ideas_of_its_length_is_refused(
    server: tuple[subprocess.Popen[str], int], home: Path, how: str
) -> None:
    head = ["POST /accounts/login/ HTTP/1.1", "Host: 127.0.0.1", *DOUBLE[how]]
    told = _answers(server[1], "\r\n".join(head) + "\r\n\r\n" + BODY + SECOND)
    assert told and told[0] in (400, 411, 501)
    assert 200 not in told


@pytest.mark.slow
def test_an_ordinary_request_and_the_one_behind_it_are_two(
    server: tuple[subprocess.Popen[str], int], home: Path
) -> None:
    head = "POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 18\r\n\r\n"
    assert _answers(server[1], head + BODY + SECOND)[-1] == 200
