"""A process of an installation: ``work``, ``once``, ``ask KIND JSON [TIMES]`` or ``post WAY JSON...``."""

from __future__ import annotations

import json
import sys
from importlib import import_module

import django


def main(words: list[str]) -> int:
    """Do one of them; the exit code is the worker's."""
    django.setup()
    from maitred.kit.jobs.worker import work

    import_module("maitred.kit.jobs.tests.kinds")
    if words[0] in ("work", "once"):
        return work(once=words[0] == "once")
    return _ask(*words[1:]) if words[0] == "ask" else _post(*words[1:])


def _ask(kind: str, arguments: str, times: str = "1") -> int:
    from maitred.kit.access.actor import operator
    from maitred.kit.audit.deeds import deed
    from maitred.kit.jobs.queue import enqueue

    actor = operator("tests")
    with deed(actor, "tests.ask"):
        for _ in range(int(times)):
            print(enqueue(kind, json.loads(arguments), actor=actor))
    return 0


def _post(way: str, *all_arguments: str) -> int:
    from maitred.kit.access.actor import operator
    from maitred.kit.audit.deeds import deed
    from maitred.kit.outbox import posting

    with deed(operator("tests"), "tests.post"):
        for arguments in all_arguments:
            print(getattr(posting, f"post_{way}")(**json.loads(arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
