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


@dataclass(frozen=True, slots=True)
class Served:
    """Where the console answers, and who can sign in: the first account of each role, by role."""

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
def served(home: Path) -> Iterator[Served]:
    """Make a small demonstration and serve it on a free port until the end of the block."""
    environment = {name: value for name, value in os.environ.items() if name not in _OURS}
    environment["MAITRED_HOME"] = str(home)
    command = [sys.executable, "-m", "maitred"]
    made = subprocess.run(
        [*command, "demo", "--size", "small", "--json"], env=environment, capture_output=True, text=True, check=True
    )
    with subprocess.Popen(
        [*command, "serve", "--port", "0", "--workers", "1"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as running:  # fmt: skip
        try:
            yield Served(_port(running), _accounts(json.loads(made.stdout)["accounts"]))
        finally:
            running.terminate()


def _port(running: subprocess.Popen[str]) -> int:
    assert running.stdout is not None
    line = running.stdout.readline()
    found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
    assert found is not None, line
    return int(found[1])


def _accounts(rows: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for one in rows:
        found.setdefault(one["role"], (one["user"], one["password"]))
    return found
