"""A process of its own for the tests: ``backup FILE``, ``restore FILE HOME``, ``copy FILE``, ``move NAME``,
``hire N``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import django


def main(what: str, *words: str) -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection, connections

    from maitred.kit.backup import copying
    from maitred.kit.backup.backing import backup
    from maitred.kit.backup.databases import file, opened
    from maitred.kit.backup.move import move
    from maitred.kit.backup.restoring import restore
    from maitred.kit.backup.tests.support import hire

    home = Path(settings.MAITRED_HOME)
    if what == "backup":
        backup(home, Path(words[0]))
    elif what == "restore":
        restore(Path(words[0]), Path(words[1]))
    elif what == "move":
        connection.ensure_connection()
        move(connections["default"], postgresql(words[0]), home=home, switch=lambda: remember(home, words[0]))
    elif what == "copy":
        connection.ensure_connection()
        with opened(file(Path(words[0])), "other") as target:
            copying.copy(connections["default"], target)
    elif what == "hire":
        for number in range(int(words[0])):
            hire(number)
            print(number, flush=True)


def postgresql(name: str) -> dict[str, Any]:
    where = {"NAME": name, "USER": "postgres", "HOST": "127.0.0.1", "PORT": "5432"}
    return {"ENGINE": "django.db.backends.postgresql", **where}


def remember(home: Path, name: str) -> None:
    from maitred.kit.secrets import address

    address.keep(home, f"postgresql://postgres@127.0.0.1:5432/{name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
