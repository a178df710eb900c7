"""The tests of everything that touches the operational database, on PostgreSQL: ``python -m tests.postgres``.

The server is the one that ``MAITRED_TEST_DATABASE`` names; else one on 127.0.0.1:5432 that lets ``postgres`` in; else a
passing one, made from the PostgreSQL programs of this machine and thrown away afterwards. Left out are the rooms from
``insight`` down, which know no Django, and the tests of documents and imports: they cannot differ. Arguments are those
of pytest; paths among them replace the parts that run unless told otherwise.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

REPOSITORY = Path(__file__).resolve().parents[1]
ROOMS = ("kit", "people", "desks", "surfaces", "site")
ALIKE = ("containers", "docs", "event_log", "operators", "public_corpus", "readme", "rooms", "startup")
OTHERS = ("anonymous", "executive", "admin", "auditor")
"""Actors of the access matrix that ask nothing of the database which the others do not."""
_MATRIX = "tests/access/test_matrix.py::test_every_cell_of_an_actor_answers_as_its_line_says"
PARTS = (
    *(f"src/maitred/{room}" for room in ROOMS),
    "tests",
    *(f"--ignore=tests/test_{name}.py" for name in ALIKE),
    *(f"--deselect={_MATRIX}[{one}]" for one in OTHERS),
)
USUAL = "postgresql://postgres@127.0.0.1:5432/postgres"
PROGRAMS = Path("/usr/lib/postgresql")
START_S = 30.0
# What is lost by a crash of the machine is of no use anyway; a test run waits for no disk.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class NoServer(Exception):
    """There is no PostgreSQL here, nor the programs to start one."""


def main(arguments: Sequence[str]) -> int:
    """Run the tests; the exit code is pytest's, or 1 where there is no server."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    try:
        with server() as url:
            return _tested(url, arguments)
    except NoServer as lacking:
        print(lacking, file=sys.stderr)
        return 1


@contextmanager
def server() -> Iterator[str]:
    """The address of a server where databases may be made.

    Raises
    ------
    NoServer
        There is none, and none can be started.
    """
    named = os.environ.get("MAITRED_TEST_DATABASE") or (USUAL if answers(USUAL) else "")
    if named:
        yield named
        return
    found = programs(PROGRAMS)
    with tempfile.TemporaryDirectory(prefix="maitred-postgres-") as folder, started(found, Path(folder)) as url:
        yield url


def answers(url: str) -> bool:
    """Whether a server lets us in."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def programs(below: Path) -> Path:
    """The folder with ``initdb`` and ``postgres`` of the newest version that is installed.

    Raises
    ------
    NoServer
        None is.
    """
    found = sorted(below.glob("*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise NoServer(
            "no PostgreSQL: set MAITRED_TEST_DATABASE=postgresql://USER@HOST:PORT/NAME, or install the server "
            "(Debian: postgresql)"
        )
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


@contextmanager
def started(bin_folder: Path, folder: Path) -> Iterator[str]:
    """A server of its own in a folder, on a free port of the loopback address; stopped at the end."""
    port = _free_port()
    somebody = _somebody_else(folder)
    data = str(folder / "data")
    made = [str(bin_folder / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    with (folder / "log").open("w") as told:
        subprocess.run([*made, "--no-sync"], stdout=told, stderr=told, cwd=folder, check=True, **somebody)
    log = (folder / "log").open("a")
    settings = [word for one in (*QUICK, "listen_addresses=127.0.0.1") for word in ("-c", one)]
    command = [str(bin_folder / "postgres"), "-D", data, "-p", str(port), "-k", str(folder), *settings]
    running = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True, **somebody)
    try:
        yield _ready(f"postgresql://postgres@127.0.0.1:{port}/postgres", running, folder / "log")
    finally:
        running.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: sessions are ended, not waited for
        with suppress(subprocess.TimeoutExpired):
            running.wait(START_S)
        running.kill()
        log.close()


def chosen(arguments: Sequence[str]) -> list[str]:
    """pytest's arguments: the usual parts unless paths are among those given, two at a time, without the slow ones."""
    paths = [one for one in arguments if not one.startswith("-") and (REPOSITORY / one.split("::")[0]).exists()]
    usual = [] if {"-m", "--markers"} & set(arguments) else ["-m", "not slow"]
    several = [] if any(one.startswith("-n") for one in arguments) else ["-n", "2"]
    return [*several, *usual, *arguments, *([] if paths else PARTS)]


def _tested(url: str, arguments: Sequence[str]) -> int:
    with psycopg.connect(url) as connection:
        version = connection.info.server_version // 10000
    print(f"on PostgreSQL {version}", flush=True)
    environment = {**os.environ, "MAITRED_TEST_DATABASE": url}
    words = [sys.executable, "-m", "pytest", *chosen(arguments)]
    return subprocess.run(words, cwd=REPOSITORY, env=environment, check=False).returncode


def _version(program: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", program.parts[-3]))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _somebody_else(folder: Path) -> dict[str, Any]:
    """Who the server runs as: PostgreSQL refuses root, so root lends the folder to another user."""
    if os.geteuid() != 0:
        return {}
    import pwd

    known = {one.pw_name: one for one in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _ready(url: str, running: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_S
    while not answers(url):
        if running.poll() is not None or time.monotonic() > until:
            raise NoServer(f"PostgreSQL did not start: {' / '.join(log.read_text().splitlines()[-3:])}")
        time.sleep(0.1)
    return url


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
