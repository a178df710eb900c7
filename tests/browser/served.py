"""A demonstration, served by ``maitred serve`` as a process of its own, for tests that look at it from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_OURS = ("DJANGO_SETTINGS_MODULE", "MAITRED_HOSTS", "MAITRED_HTTPS", "MAITRED_TEST_DATABASE", "PYTHONWARNINGS")
_SHIFT = """
from datetime import timedelta

from maitred.base import clock

present = clock.now
clock.now = lambda: present() - timedelta(days={days})
"""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the console answers, and who can sign in: the first account of each role by role, all by user name."""

    port: int
    accounts: dict[str, tuple[str, str]]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def named(self) -> str:
        """The same by name: passkeys do not work at bare addresses."""
        return f"http://localhost:{self.port}"


@contextmanager
def served(home: Path, size: str = "small", days: int = 14) -> Iterator[Served]:
    """Make a demonstration of some days and serve it on a free port until the end of the block."""
    made = command(home, "demo", "--size", size, "--days", str(days), "--no-work", "--json")
    with serving(home) as port:
        yield Served(port, accounts(json.loads(made)["accounts"]))


def command(home: Path, *words: str, given: str | None = None) -> str:
    """Run one command on a workspace, as a process of its own; it must succeed."""
    ran = subprocess.run(
        [sys.executable, "-m", "maitred", *words],
        env=environment(home), capture_output=True, text=True, check=False, input=given,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@contextmanager
def serving(home: Path, days_ago: int = 0) -> Iterator[int]:
    """Serve a workspace on a free port until the end of the block, as if it were so many days ago."""
    with subprocess.Popen(
        [sys.executable, "-m", "maitred", "serve", "--port", "0", "--workers", "1"],
        env=environment(home) | (_earlier(home, days_ago) if days_ago else {}),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as running:  # fmt: skip
        try:
            yield _port(running)
        finally:
            running.terminate()


def _earlier(home: Path, days: int) -> dict[str, str]:
    """The environment of a process whose present moment lies some days back."""
    folder = home.parent / f"earlier-{days}"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(_SHIFT.format(days=days), encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))}


def environment(home: Path) -> dict[str, str]:
    """What a command on a workspace finds around it: nothing of the tests' own settings."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    return {**kept, "MAITRED_HOME": str(home)}


def _port(running: subprocess.Popen[str]) -> int:
    assert running.stdout is not None
    line = running.stdout.readline()
    found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
    assert found is not None, line
    return int(found[1])


def accounts(rows: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for one in rows:
        found.setdefault(one["role"], (one["user"], one["password"]))
        found[one["user"]] = (one["user"], one["password"])
    return found
