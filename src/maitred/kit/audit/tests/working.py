"""Processes that work in a workspace as the product's own do; started by the tests that need several of them.

``python -m maitred.kit.audit.tests.working count TEAM TIMES`` · ``… seal NAME TIMES``
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable

from django.db import OperationalError


def count(team: int, times: int) -> dict[str, int]:
    """Add one to the number in a team's name, so often; somebody else's change is read again and built upon."""
    from maitred.base.errors import Conflict
    from maitred.kit.access.actor import operator
    from maitred.kit.audit import deeds
    from maitred.kit.verbs.running import patiently
    from maitred.people.models import Team

    seen = {"done": 0, "conflicts": 0, "locked": 0}

    def add() -> None:
        read = Team._base_manager.get(pk=team)
        with deeds.deed(operator("ana"), "test.count"):
            deeds.change(read, read.version, name=str(int(read.name) + 1))

    while seen["done"] < times:
        try:
            patiently(add)
            seen["done"] += 1
        except Conflict:
            seen["conflicts"] += 1
            time.sleep(random.uniform(0, 0.02))
        except OperationalError:
            seen["locked"] += 1
    return seen


def seal(name: str, times: int) -> dict[str, int]:
    """Store and use a secret, and keep personal words of ever new subjects, so often."""
    from maitred.kit.access.actor import operator
    from maitred.kit.audit import deeds, sealing
    from maitred.kit.secrets import stored
    from maitred.kit.secrets.sealing import Secret
    from maitred.kit.verbs.running import patiently

    failed = 0

    def write(number: int) -> None:
        with deeds.deed(operator("ana"), "test.seal"):
            stored.store(f"{name}:{number % 7}", Secret(f"{name} {number}"))
            deeds.note("say", "word", number, words=sealing.keep(f"person:{name}{number}", "words"))

    for number in range(times):
        patiently(lambda number=number: write(number))  # type: ignore[misc]
        if patiently(lambda number=number: stored.reveal(f"{name}:{number % 7}")).value != f"{name} {number}":  # type: ignore[misc]
            failed += 1
    return {"done": times, "failed": failed}


def rotate() -> dict[str, int]:
    """Rotate the keys, as ``maitred keys rotate`` does."""
    from maitred.kit.secrets.installation import keyring
    from maitred.kit.secrets.rotation import rotate as turn

    return {"values": sum(one.values for one in turn(keyring()).turned)}


if __name__ == "__main__":
    import django

    django.setup()
    known: dict[str, Callable[..., dict[str, int]]] = {"count": count, "seal": seal, "rotate": rotate}
    given = [int(word) if word.isdigit() else word for word in sys.argv[2:]]
    sys.stdout.write(json.dumps(known[sys.argv[1]](*given)))
