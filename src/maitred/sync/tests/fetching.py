"""A worker of the inbox as a program: it fetches the tickets that calls spoke of, again and again, until it is told.

``python -m maitred.sync.tests.fetching HOME URL OUT`` asks the fake Zendesk at URL, and appends ``ticket subject`` to
the file OUT for each that it was given, durably, before they count as fetched. It ends once there is a file OUT.end and
nothing waits.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from maitred.sync import inbox
from maitred.sync.tests.exchanging import account_of, asking
from maitred.sync.workspace import Workspace, canonical_specs


def started(home: Path, url: str, out: Path, fault: str = "") -> subprocess.Popen[str]:
    """The program in a process of its own; ``fault`` ends it at a labelled step."""
    kept = {name: value for name, value in os.environ.items() if name != "MAITRED_FAULT"}
    words = [sys.executable, "-m", "maitred.sync.tests.fetching", str(home), url, str(out)]
    more = {"MAITRED_FAULT": fault} if fault else {}
    return subprocess.Popen(words, env={**kept, **more}, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def fetched(out: Path) -> list[tuple[str, str]]:
    """What was fetched, in order; the last line may have been cut off by an end of the worker."""
    lines = out.read_text().split("\n")[:-1] if out.exists() else []
    return [(ticket, subject) for ticket, _, subject in (line.partition(" ") for line in lines)]


def main(home: str, url: str, out: str) -> None:
    account = account_of("zendesk", url)
    workspace = Workspace(Path(home), canonical_specs())
    with asking(account) as api, Path(out).open("a") as kept:

        def refetch(tickets: Sequence[str]) -> None:
            body = api.get("api/v2/tickets/show_many.json", {"ids": ",".join(tickets)}).body
            kept.write("".join(f"{one['id']} {one['subject']}\n" for one in body["tickets"]))
            kept.flush()
            os.fsync(kept.fileno())

        while True:
            ending = Path(out + ".end").exists()
            if not inbox.drain(workspace, account.slug, refetch) and ending:
                break
            time.sleep(0.02)
    workspace.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
