"""The assistant's door in a process of its own: over standard input and output, and over HTTP with a token each."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

from maitred.kit.secrets.keyring import Keyring

pytestmark = pytest.mark.slow

_DJANGO = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maitred.site.settings")
import django
django.setup()
"""
_PREPARE = (
    _DJANGO
    + """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import deed
from maitred.people import making
with deed(operator("tests"), "tests.prepare"):
    owner = making.make_account("ada", [Role.ADMIN])
    print(making.make_token(owner, "", ["read:people", "write:people", "write:own"], None)[1])
"""
)
_SERVE = (
    _DJANGO
    + """
from maitred.kit.secrets.sealing import Secret
from maitred.surfaces.mcp.serving import serve
serve(Secret(sys.argv[1]) if sys.argv[1] else None, int(sys.argv[2]) if sys.argv[2] else None)
"""
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str]:
    """A workspace with one administrator: its environment, and a token."""
    folder = tmp_path_factory.mktemp("mcp") / "workspace"
    folder.mkdir()
    Keyring(folder / "keys").create()
    environment = {**os.environ, "MAITRED_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
    done = subprocess.run([sys.executable, "-c", _PREPARE], env=environment, capture_output=True, text=True, check=True)
    return environment, done.stdout.split()[-1]


@pytest.fixture(scope="module")
def address(home: tuple[dict[str, str], str]) -> Iterator[str]:
    """A server over HTTP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, "", str(port)], env=home[0], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=20)
    assert out == b""


def test_an_assistant_talks_over_standard_input_and_output(home: tuple[dict[str, str], str], tmp_path: Path) -> None:
    said = asyncio.run(
        _talk(StdioTransport(sys.executable, ["-c", _SERVE, home[1], ""], env=home[0], keep_alive=False))
    )
    assert said == ("/proposals/", [])


def test_without_a_token_it_is_the_operator_and_still_only_proposes(home: tuple[dict[str, str], str]) -> None:
    said = asyncio.run(_talk(StdioTransport(sys.executable, ["-c", _SERVE, "", ""], env=home[0], keep_alive=False)))
    assert said == ("maitred proposals approve", [])


def test_a_token_that_does_not_hold_starts_nothing(home: tuple[dict[str, str], str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SERVE, "mtr_0_forged", ""],
        env=home[0],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode != 0
    assert "unknown, expired or withdrawn" in done.stderr
    assert "forged" not in done.stderr.replace(_SERVE, "")


def test_over_http_each_request_brings_its_token(home: tuple[dict[str, str], str], address: str) -> None:
    said = asyncio.run(_talk(StreamableHttpTransport(address, headers={"Authorization": f"Bearer {home[1]}"})))
    assert said == ("/proposals/", [])
    for headers in ({}, {"Authorization": "Bearer mtr_0_forged"}, {"Authorization": "Basic YTpi"}):
        refused = httpx.post(address, json=_INITIALIZE, headers={**_ACCEPT, **headers})
        assert refused.status_code == 401


def test_a_web_page_cannot_talk_to_it(home: tuple[dict[str, str], str], address: str) -> None:
    known = {**_ACCEPT, "Authorization": f"Bearer {home[1]}"}
    assert httpx.post(address, json=_INITIALIZE, headers=known).status_code == 200
    assert httpx.post(address, json=_INITIALIZE, headers={**known, "Origin": "https://evil.example"}).status_code == 403
    assert httpx.post(address, json=_INITIALIZE, headers={**known, "Host": "evil.example"}).status_code == 421


def test_it_listens_to_this_machine_alone(address: str) -> None:
    port = int(address.split(":")[2].split("/")[0])
    listening = Path("/proc/net/tcp").read_text().splitlines()
    bound = {
        line.split()[1] for line in listening if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    assert bound == {f"0100007F:{port:04X}"}


def test_a_body_that_is_too_large_or_no_json_is_refused(home: tuple[dict[str, str], str], address: str) -> None:
    known = {**_ACCEPT, "Authorization": f"Bearer {home[1]}", "Content-Type": "application/json"}
    assert httpx.post(address, content=b"x" * 6_000_000, headers=known).status_code == 413
    assert httpx.post(address, content=b"{", headers=known).status_code == 400


_ACCEPT = {"Accept": "application/json, text/event-stream"}
_INITIALIZE: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}},
}


async def _talk(transport: Any) -> tuple[str, list[Any]]:
    """Propose a team, then list the teams; returns the end of what was said and the teams."""
    async with Client(transport) as client:
        proposed = await client.call_tool("people_add_team", {"name": "Support"})
        listed = await client.call_tool("people_list_teams", {})
    said = proposed.content[0].text
    marks = ("/proposals/", "maitred proposals approve")
    return next(mark for mark in marks if mark in said), listed.structured_content["items"]


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not begin to listen")
