"""Commands that run an installation: serve, work, back up, verify, keys, accounts and tokens of the first hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.base.errors import MaitredError
from maitred.surfaces.cli import operating, output

if TYPE_CHECKING:
    from maitred.base.checks import Check
    from maitred.kit.backup.backing import Report

users = typer.Typer(help="Accounts of the first hour.", no_args_is_help=True)
tokens = typer.Typer(help="Tokens for programs.", no_args_is_help=True)
keys = typer.Typer(help="The keys of this installation.", no_args_is_help=True)
database = typer.Typer(help="The operational database.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Shown = Annotated[bool, typer.Option("--progress", help="Show progress bars also where there is no terminal.")]
ROLES = ("agent", "lead", "manager", "executive", "admin", "auditor")


def attach(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(users, name="user")
    app.add_typer(tokens, name="token")
    app.add_typer(keys, name="keys")
    app.add_typer(database, name="database")
    for command in (serve, worker, mcp, backup, restore, verify):
        app.command()(command)


def examined() -> Iterator[Check]:
    """What is wrong with the operational database, the worker and what is sent; never raises for what it finds."""
    from maitred.base.checks import Check

    try:
        operating.start()
        from maitred.kit.jobs import health as jobs
        from maitred.kit.outbox import health as outbox
        from maitred.surfaces.console import health

        of_the_workspace = ("publication", "disk")
        yield from (check for check in health.examined() if check.check not in of_the_workspace)
        yield from jobs.checks()
        yield from outbox.checks()
    except MaitredError as error:
        yield Check("operations", False, str(error))


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for a free one.")] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.")] = 2,
) -> None:
    """Serve the console and the REST interface."""
    operating.start()
    from maitred.surfaces.console.serving import serve as run

    run(host, port, workers, output.line)


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now and stop.")] = False,
) -> None:
    """Do what waits: schedules, jobs, mail."""
    operating.start()
    from maitred.kit.jobs.worker import work

    code = work(once=once)
    if code:
        raise typer.Exit(code)


def mcp(
    token: Annotated[Optional[str], typer.Option(help="Whose rights to use: env:NAME, file:PATH or -.")] = None,
    http: Annotated[Optional[int], typer.Option(help="Port for HTTP; standard input and output unless given.")] = None,
) -> None:
    """Serve an AI assistant: it may ask; what it wants to do becomes a proposal that a person answers."""
    operating.start()
    from maitred.kit.secrets.sealing import Secret
    from maitred.surfaces.mcp.serving import serve as run

    run(token=None if token is None else Secret(operating.secret(token, "--token")), http_port=http)


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write.")],
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and write it anew when something changed.")] = False,
    json_: Json = False,
    progress: Shown = False,
) -> None:
    """Write everything of this workspace into one archive."""
    operating.start()
    from maitred.kit.backup.backing import backup as run

    operating.record("backup", file=file.name)
    with output.steps(progress) as tell:
        if watch:
            _watched(file, json_, tell)
        else:
            _written(run(operating.home(), file, tell), json_)


def _watched(file: Path, json_: bool, tell: Callable[[str, int, int], None]) -> None:
    """Until a signal says stop; one document a line with ``--json``."""
    import signal
    import threading

    from maitred.kit.backup.watching import watch as keep

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    keep(operating.home(), file, stop, lambda report: _written(report, json_), tell)


def _written(report: Report, json_: bool) -> None:
    for notice in report.notices:
        output.notice(notice)
    if json_:
        output.document(report.as_json())
    else:
        output.line(f"{report.file}: {report.rows:,} rows of {report.tables} tables, {report.bytes / 1e6:,.1f} MB")


def restore(
    file: Annotated[Path, typer.Argument(help="The archive to read.")],
    to: Annotated[Optional[Path], typer.Option(help="Folder to restore to; empty or absent.")] = None,
    keys_from: Annotated[
        Optional[Path], typer.Option("--keys", help="Folder of keys, for a backup that was made without them.")
    ] = None,
    accept: Annotated[
        Optional[list[str]], typer.Option(help="A check that may fail, since it failed when the backup was made.")
    ] = None,
    json_: Json = False,
    progress: Shown = False,
) -> None:
    """Bring a workspace back from an archive, after checking every byte of it."""
    operating.load_for_help()
    from maitred.kit.backup.restoring import restore as run

    home = to or operating.home()
    with output.steps(progress) as tell:
        report = run(file, home, tell, keys=keys_from, amend=(_restored,), accept=frozenset(accept or ()))
    for notice in report.notices:
        output.notice(notice)
    _told(report.as_json(), json_, f"{home} is restored; check it with `maitred verify`")


def _restored(home: Path) -> list[str]:
    """The audit row of a restore, in the restored log."""
    from maitred.kit.audit.deeds import deed, note

    with deed(operating.actor(), "restore"):
        note("run", "command", "restore")
    return []


def verify(json_: Json = False) -> None:
    """Check warehouse, ledger, audit log, database and backups against what they say of themselves."""
    operating.start()
    from maitred.kit.backup.verifying import verify as run

    checks = run(operating.home())
    ok = all(check.ok for check in checks)
    if json_:
        told = [{**one.as_json(), "first_bad": one.first_bad or None} for one in checks]
        output.document({"ok": ok, "checks": told})
    else:
        rows = [(one.check, "ok" if one.ok else "WRONG", one.detail, one.first_bad) for one in checks]
        output.table("verify", ("check", "state", "detail", "first bad"), rows)
    if not ok:
        raise typer.Exit(1)


@database.command("move")
def database_move(
    to: Annotated[str, typer.Option(help="postgresql://USER@HOST:PORT/NAME, or env:NAME, file:PATH, -.")],
    json_: Json = False,
    progress: Shown = False,
) -> None:
    """Move the operational database to PostgreSQL, compare every table, then switch."""
    operating.start()
    from django.db import connections

    from maitred.kit.backup.move import move
    from maitred.kit.secrets.address import keep, settings_of

    home = operating.home()
    address = to if to.startswith(("postgres://", "postgresql://")) else operating.secret(to, "--to")
    with output.steps(progress) as tell:
        moved = move(
            connections["default"],
            settings_of(address),
            home=home,
            switch=lambda: keep(home, address),
            announce=lambda: operating.record("database.move"),
            tell=tell,
        )
    _told(moved.as_json(), json_, f"{len(moved.tables)} tables are there now, each equal to what was here")


@keys.command("rotate")
def keys_rotate(json_: Json = False) -> None:
    """Make new keys and seal everything anew; the old ones go."""
    operating.start()
    from maitred.kit.secrets.installation import keyring
    from maitred.kit.secrets.rotation import rotate

    done = rotate(keyring(), operating.actor())
    _told(done.as_json(), json_, "every sealed value is under a new key")


@users.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="User name to sign in with.")],
    role: Annotated[str, typer.Option(help=", ".join(ROLES))],
    team: Annotated[Optional[str], typer.Option(help="Team by name or number; the person joins it.")] = None,
    password: Annotated[Optional[str], typer.Option(help="env:NAME, file:PATH or -; asked for on a terminal.")] = None,
    json_: Json = False,
) -> None:
    """Add somebody who can sign in."""
    operating.start()
    from maitred.surfaces.cli.accounts import add_user

    given = operating.secret(password, "--password") if password else operating.asked("password")
    _told(add_user(name, role, team, given), json_, f"{name} can sign in as {role}")


@tokens.command("add")
def token_add(
    owner: Annotated[str, typer.Argument(help="User name of its owner.")],
    scope: Annotated[list[str], typer.Option(help="What it may do, such as read:metrics; repeat for more.")],
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    expires: Annotated[Optional[datetime], typer.Option(help="Its last day.", formats=["%Y-%m-%d"])] = None,
    json_: Json = False,
) -> None:
    """Make a token that acts as its owner within its scopes; it is shown this once."""
    operating.start()
    from maitred.surfaces.cli.accounts import add_token

    made = add_token(owner, scope, label, expires)
    _told(made, json_, f"{made['token']}\nkeep it now: it is not shown again")


def _told(answer: Any, json_: bool, line: str) -> None:
    from maitred.kit.verbs.results import plain

    if json_:
        output.document(plain(answer))
    else:
        output.line(line)
