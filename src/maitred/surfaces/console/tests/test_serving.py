"""The server as a process: it starts, says where, carries the headers, and stops in an orderly way."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from maitred.base.errors import WorkspaceMissing
from maitred.kit.secrets.keyring import Keyring
from maitred.surfaces.console.serving import NotServed, local, serve

_START = "from maitred.surfaces.console.serving import serve; serve({arguments})"


def _environment(home: Path) -> dict[str, str]:
    env = {**os.environ, "MAITRED_HOME": str(home), "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
    for name in ("MAITRED_HOSTS", "MAITRED_HTTPS", "MAITRED_TEST_DATABASE", "DEBUG", "PROMETHEUS_MULTIPROC_DIR"):
        env.pop(name, None)
    return env


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "workspace"
    folder.mkdir()
    (folder / "maitred.json").write_text("{}")
    Keyring(folder / "keys").create()
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=_environment(folder), check=True)
    return folder


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-c", _START.format(arguments="port=0, workers=2")]
    running = subprocess.Popen(
        command, env=_environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    line = running.stdout.readline()
    found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)
    assert found is not None, (line, running.communicate(timeout=5))
    yield running, int(found[1])
    running.kill()
    running.communicate()


def _ask(
    port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


@pytest.mark.slow
def test_the_served_pages_and_files(server: tuple[subprocess.Popen[str], int]) -> None:
    running, port = server
    status, headers, content = _ask(port, "/accounts/login/")
    assert (status, headers.get("server"), headers["cache-control"]) == (200, None, "no-store")
    sheet = re.search(rb'href="(/static/console/maitred\.[0-9a-f]{12}\.css)"', content)
    assert sheet is not None
    status, headers, content = _ask(port, sheet[1].decode(), headers={"Accept-Encoding": "gzip"})
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert "immutable" in headers["cache-control"] and "access-control-allow-origin" not in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert len(content) < 16_384
    assert _ask(port, "/static/console/maitred.css")[1]["cache-control"] == "no-store"
    for script in ("mfa/js/webauthn.js", "account/js/onload.js"):
        assert _ask(port, f"/static/{script}")[0] == 200


@pytest.mark.slow
def test_the_server_refuses_what_is_too_large_or_for_another_host(server: tuple[subprocess.Popen[str], int]) -> None:
    running, port = server
    assert _ask(port, "/healthz")[2] == b'{"ok": true}'
    assert _ask(port, "/accounts/login/", "POST", body=b"x" * (1024 * 1024 + 1))[0] == 413
    assert _ask(port, "/accounts/login/", headers={"Host": "evil.example"})[0] == 400
    assert _ask(port, "/accounts/login/", headers={"X-Long": "x" * 9000})[0] in (400, 431)
    status, headers, _ = _ask(port, "/accounts/login/", headers={"X-Forwarded-Proto": "https"})
    assert (status, "strict-transport-security" in headers) == (200, False)


@pytest.mark.slow
def test_the_figures_are_those_of_all_workers(server: tuple[subprocess.Popen[str], int], home: Path) -> None:
    running, port = server
    made = subprocess.run(
        [sys.executable, "-c", _TOKEN], env=_environment(home), capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    token = {"Authorization": f"Bearer {made.stdout.strip()}"}
    for _ in range(12):
        _ask(port, "/.well-known/security.txt")
    text = _ask(port, "/-/metrics", headers=token)[2].decode()
    counted = [line for line in text.splitlines() if "maitred_requests_total" in line and "security.txt" in line]
    assert sum(float(line.rsplit(" ", 1)[1]) for line in counted) == 12.0
    status, _, content = _ask(port, "/readyz", headers=token)
    told = {one["check"]: one["ok"] for one in json.loads(content)["checks"]}
    assert (told["database"], told["migrations"], told["lease"]) == (True, True, True)
    assert status in (200, 503)


_TOKEN = """
import django; django.setup()
from maitred.kit.access.actor import Role
from maitred.people.tests.signing import a_token, an_account
print(a_token(an_account("root", Role.ADMIN), "admin:sync"))
"""


@pytest.mark.slow
def test_the_server_ends_when_it_is_told_to(home: Path) -> None:
    command = [sys.executable, "-c", _START.format(arguments="port=0, workers=1")]
    running = subprocess.Popen(
        command, env=_environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    port = int(running.stdout.readline().rsplit(":", 1)[1])
    assert _ask(port, "/accounts/login/")[0] == 200
    running.send_signal(signal.SIGTERM)
    out, told = running.communicate(timeout=30)
    assert (running.returncode, out) == (0, "")
    events = [json.loads(line)["event"] for line in told.splitlines()]
    assert (events[0], events[-1]) == ("server.started", "server.stopped")
    assert events.count("request.answered") == 1


@pytest.mark.slow
def test_a_process_that_has_loaded_django_begins_anew_as_the_server(home: Path) -> None:
    script = f"import django; django.setup(); {_START.format(arguments='port=0, workers=1')}"
    running = subprocess.Popen(
        [sys.executable, "-c", script],
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    line = running.stdout.readline()
    assert line.startswith("listening on http://127.0.0.1:"), (line, running.stderr)
    assert _ask(int(line.rsplit(":", 1)[1]), "/healthz")[0] == 200
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=30)
    assert running.returncode == 0


@pytest.mark.slow
def test_unsafe_settings_stop_the_server_with_one_line(home: Path) -> None:
    env = {**_environment(home), "DJANGO_DEBUG": "1"}
    script = f"""
from maitred.base.errors import MaitredError
try:
    {_START.format(arguments="port=0").replace("; ", chr(10) + "    ")}
except MaitredError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)
    assert "debugging is switched on" in done.stdout
    assert "Traceback" not in done.stdout


def test_more_than_this_machine_is_refused_without_hosts_and_in_a_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAITRED_HOME", str(tmp_path))
    monkeypatch.delenv("MAITRED_HOSTS", raising=False)
    with pytest.raises(WorkspaceMissing):
        serve()
    (tmp_path / "maitred.json").write_text("{}")
    with pytest.raises(NotServed, match="MAITRED_HOSTS"):
        serve("0.0.0.0")
    (tmp_path / "maitred.json").write_text('{"demo": true}')
    monkeypatch.setenv("MAITRED_HOSTS", "help.example.org")
    with pytest.raises(NotServed, match="demonstration"):
        serve("0.0.0.0")


def test_which_addresses_are_this_machine() -> None:
    assert [local(one) for one in ("127.0.0.1", "::1", "[::1]", "localhost", "127.9.9.9")] == [True] * 5
    assert [local(one) for one in ("0.0.0.0", "::", "192.0.2.1", "help.example.org", "")] == [False] * 5
