"""A fake Zendesk beside a served demonstration, connected and read by commands of their own, for tests that look on."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from maitred.connectors.doubling import VirtualClock
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.connectors.zendesk.double_stories import GROUP, GROUPS
from maitred.sync.standing import Standings
from tests.browser.served import command, environment

NAME = "support"


@contextmanager
def connected(home: Path, tickets: int, *, exports_per_minute: int = 100_000, page: int = 1_000) -> Iterator[Zendesk]:
    """A fake Zendesk whose clock runs from now, connected to a workspace under the name ``support``."""
    clock = VirtualClock(datetime.now(UTC), runs=True)
    with Zendesk(tickets, page=page, exports_per_minute=exports_per_minute, per_minute=100_000, clock=clock) as double:
        command(
            home, "connect", "zendesk", "--url", double.url, "--email", EMAIL, "--token", "-", "--name", NAME,
            "--allow-private-address", given=TOKEN,
        )  # fmt: skip
        yield double


@contextmanager
def reading(home: Path) -> Iterator[subprocess.Popen[str]]:
    """The helpdesk being read by a process of its own, which is asked to stop at the end of the block."""
    words = [sys.executable, "-m", "maitred", "sync", NAME, "--once"]
    with subprocess.Popen(
        words, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    ) as running:
        try:
            yield running
        finally:
            running.terminate()


def read(home: Path, *words: str) -> int:
    """Read the helpdesk once; the command's exit code, which is 1 where a stream did not come to its end."""
    ran = subprocess.run(
        [sys.executable, "-m", "maitred", "sync", NAME, "--once", *words],
        env=environment(home), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return ran.returncode


def until(seen: Callable[[], bool], seconds: float = 180.0) -> None:
    """Wait until something is seen."""
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, "it was not seen in time"
        time.sleep(1.0)


def landed(home: Path, stream: str) -> int:
    """Records of a stream that were read so far."""
    with closing(Standings(home / "maitred.db", NAME)) as standings:
        return sum(one.records for one in standings.standings() if one.stream == stream)


def let_change(home: Path) -> None:
    """Let the manager of the demonstration change the helpdesk's tickets: its groups are the whole team's."""
    teams = json.loads(command(home, "people", "list-teams", "--json"))["items"]
    top = next(one["id"] for one in teams if one["parent"] is None)
    for group in range(GROUPS):
        words = ("--source", NAME, "--external-id", str(GROUP + group))
        command(home, "people", "link-group", str(top), *words)
    known = json.loads(command(home, "helpdesks", "show", NAME, "--json"))
    words = ("--version", str(known["version"]), "--reason", "to look at it")
    command(home, "helpdesks", "allow-write-back", NAME, *words)
