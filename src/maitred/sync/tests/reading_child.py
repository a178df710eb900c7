"""A process of its own that syncs an account at a double, so that it can be killed: a program for tests.

The double's time is asked for and moved on over its own control doors.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from maitred.base.egress import allowed
from maitred.connectors.live import Account
from maitred.sync.engine import sync
from maitred.sync.opening import opened
from maitred.sync.tests.live import published
from maitred.sync.workspace import Workspace, canonical_specs


def main(home: str, told: str) -> int:
    words: dict[str, Any] = json.loads(told)
    url = words["url"]
    entry = allowed("127.0.0.1", "127.0.0.0/8", (urlsplit(url).port or 0,))
    account = Account(words["vendor"], words["vendor"], url, words["credentials"], allow=(entry,))

    def clock(seconds: float) -> float:
        body = json.dumps({"advance_s": seconds}).encode()
        request = urllib.request.Request(url + "/__clock", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as reply:
            return datetime.fromisoformat(json.load(reply)["now"]).timestamp()

    workspace = Workspace(Path(home), canonical_specs())

    def pause(seconds: float) -> None:
        clock(seconds)

    with opened(workspace, account, pause=pause, now=lambda: clock(0)) as opening:
        outcome = sync(workspace, *opening, publish=published, reconcile=words.get("reconcile", False), wait=30)
    return 0 if outcome.complete else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
