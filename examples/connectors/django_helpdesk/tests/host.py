"""A real django-helpdesk for tests: fetched once into a venv of its own, and served on loopback with tickets in it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PINNED = ("django-helpdesk==2.6.1", "django==5.2.19")
STAFF, PASSWORD = "reader", "a-password-of-the-test"
_PROJECT = Path(__file__).parent / "project"
_FETCH_S, _START_S, _STEP_S = 420, 60, 120


class NotFetched(Exception):
    """The package index could not be reached, or does not have the pinned version."""


@dataclass(frozen=True)
class Helpdesk:
    """A running helpdesk. ``truth`` is what its own database says."""

    url: str
    truth: dict[str, Any]


def interpreter() -> Path:
    """Python with django-helpdesk; made in a cache folder that outlives the run.

    Raises
    ------
    NotFetched
        It is not there and cannot be fetched.
    """
    cache = Path(tempfile.gettempdir()) / f"maitred-examples-{os.getuid()}" / "-".join(PINNED).replace("==", "-")
    python = cache / "bin" / "python"
    if (cache / ".complete").exists():
        return python
    shutil.rmtree(cache, ignore_errors=True)
    cache.parent.mkdir(mode=0o700, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(cache)], check=True, timeout=_STEP_S)
    words = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINNED]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_FETCH_S, check=False)
    except subprocess.TimeoutExpired as late:
        raise NotFetched(f"pip did not end within {_FETCH_S} s") from late
    if done.returncode:
        raise NotFetched(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pip failed")
    (cache / ".complete").touch()
    return python


@contextmanager
def served(python: Path, folder: Path, tickets: int) -> Iterator[Helpdesk]:
    """A helpdesk with so many tickets, until the end of the block."""
    project = folder / "project"
    shutil.copytree(_PROJECT, project)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PYTHON"))}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "helpdesk_settings", "HELPDESK_HOME": str(folder)}

    def run(*words: str) -> str:
        done = subprocess.run([str(python), *words], cwd=project, env=environment, capture_output=True, text=True,
                              timeout=_STEP_S, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run("-m", "django", "migrate", "--verbosity", "0")
    run("fill.py", str(tickets), STAFF, PASSWORD)
    truth = json.loads(run("tell.py"))
    port = _free_port()
    words = [str(python), "-m", "django", "runserver", "--noreload", f"127.0.0.1:{port}"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(words, cwd=project, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/helpdesk/api/", server, folder / "server.log")
            yield Helpdesk(f"http://127.0.0.1:{port}/helpdesk", truth)
        finally:
            server.terminate()
            server.wait(timeout=_START_S)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the helpdesk did not answer within {_START_S} s: {log.read_text()[-2000:]}")
