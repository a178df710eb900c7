"""``maitred sync``: read connected helpdesks now, and show how far each was read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import operating, output

if TYPE_CHECKING:
    from maitred.connectors.live import Account
    from maitred.sync.engine import Outcome
    from maitred.sync.workspace import Workspace

EVERY_S = 300.0
"""Seconds from one cycle to the next, where nobody asks for a single one."""
STATUS = "status"
Progress = Callable[[str, int], None]


def attach(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("sync")(sync)


def sync(
    slug: Annotated[
        Optional[str], typer.Argument(help="The connection; all unless given. `status` shows how far each was read.")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="One cycle; without it a cycle begins every five minutes.")
    ] = False,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Compare every id and count, and mend what differs.")
    ] = False,
    stream: Annotated[Optional[list[str]], typer.Option(help="Only this stream; repeat for more.")] = None,
    retry_quarantine: Annotated[
        bool, typer.Option("--retry-quarantine", help="Read again what was set aside, from what was kept.")
    ] = False,
    accept_mass_delete: Annotated[
        bool, typer.Option("--accept-mass-delete", help="Also where more than 2 % of the tickets are gone there.")
    ] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for another process that reads it.")] = 60,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    progress: Annotated[
        bool, typer.Option("--progress", help="Progress bars also where there is no terminal.")
    ] = False,
) -> None:
    """Read connected helpdesks: what is new there is kept, loaded and published."""
    operating.start()
    if slug == STATUS:
        _status(json_)
        return
    options = {
        "streams": stream or None,
        "reconcile": reconcile,
        "retry_quarantine": retry_quarantine,
        "accept_mass_delete": accept_mass_delete,
        "wait": wait,
    }
    single = once or reconcile or retry_quarantine or bool(stream)
    with _stopping() as stop, output.progress(progress) as tell:
        ended = _cycle(slug, options, stop, tell, json_)
        while not single and not stop.wait(EVERY_S):
            ended = _cycle(slug, options, stop, tell, json_)
    if not ended:
        raise typer.Exit(1)


def _cycle(slug: str | None, options: dict[str, Any], stop: threading.Event, tell: Progress, json_: bool) -> bool:
    """One cycle of each connection; whether every one reached its end."""
    from maitred.base.errors import MaitredError

    accounts, outcomes, failures = _accounts(slug), [], []
    for account in accounts:
        if stop.is_set():
            break
        operating.record("sync", source=account.slug)
        try:
            outcomes.append(_read(account, options, stop, tell))
        except MaitredError as error:
            if len(accounts) == 1:
                raise
            failures.append((account.slug, error))
            output.failure(error)
    if json_:
        documents = [one.as_json() for one in outcomes]
        documents += [{"account": name, "complete": False, "error": output.problem(error)} for name, error in failures]
        output.document(documents[0] if slug is not None or len(accounts) == 1 else {"accounts": documents})
    else:
        for outcome in outcomes:
            _print(outcome)
    for outcome in outcomes:
        _told(outcome)
    return not failures and len(outcomes) == len(accounts) and all(one.complete for one in outcomes)


def _read(account: Account, options: dict[str, Any], stop: threading.Event, tell: Progress) -> Outcome:
    from functools import partial

    from maitred.desks.helpdesks import accounts, connecting
    from maitred.kit.audit.deeds import deed
    from maitred.metrics.pipeline import sync_and_publish
    from maitred.metrics.refresh import open_workspace
    from maitred.sync import engine, inbox
    from maitred.sync.opening import opened

    begin = partial(deed, operating.actor(), "helpdesks.sync")
    workspace = open_workspace(operating.home())
    try:
        if inbox.waiting(workspace, account.slug).tickets:
            with (
                connecting.noticing(account.slug, begin),
                opened(workspace, account, stop=stop, people=True) as (connector, again, api),
            ):
                fetch = partial(engine.refetch, workspace, connector, again, api)
                inbox.drain(workspace, account.slug, fetch, stop)
        accounts.tell_meaning(workspace, accounts.ready(account.slug, signed_out=True))
        outcome: Outcome = sync_and_publish(workspace, account, stop=stop, progress=tell, **options)
        connecting.told(account.slug, begin, lambda row: connecting.ran(row, outcome))
        return outcome
    finally:
        workspace.close()


def _accounts(slug: str | None) -> list[Account]:
    """The connections that are meant, each with its secrets opened.

    Raises
    ------
    NotFound
        There is none, or none of this name.
    Conflict
        It is not proved, or it is paused.
    """
    from maitred.base.errors import NotFound
    from maitred.desks.helpdesks import access, accounts

    if slug is not None:
        return [accounts.account_of(accounts.ready(slug, signed_out=True))]
    found = access.running_connections()
    if not found:
        raise NotFound("no helpdesk is connected", "connect one: `maitred connect --help`")
    return [accounts.account_of(one) for one in found]


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """SIGTERM and SIGINT end the work at the next durable page; a second one ends it as it always does."""
    import signal

    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

    def ask(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for one in before:
        signal.signal(one, ask)
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _print(outcome: Outcome) -> None:
    names = (
        "stream",
        "pages",
        "records",
        "loaded",
        "superseded",
        "set aside",
        "deleted",
        "requests",
        "retries",
        "waited",
        "state",
    )
    rows = [
        (
            one.stream, one.pages, one.records, one.loaded, one.superseded, one.quarantined, one.deleted, one.requests,
            one.retries, output.seconds(round(one.waited_s)),
            "complete" if one.complete else one.reason or "incomplete",
        )
        for one in outcome.streams
    ]  # fmt: skip
    published = f"publication {outcome.publication}" if outcome.publication is not None else "nothing new to publish"
    output.table(f"{outcome.account}: {published}", names, rows, right=names[1:-2])


def _told(outcome: Outcome) -> None:
    """Notices, and the one line on why a cycle did not come to its end."""
    from maitred.base.errors import MaitredError

    for notice in outcome.notices:
        output.notice(notice)
    for stream, why in outcome.missing.items():
        output.notice(f"{outcome.account} has no {stream}: {why}")
    if not outcome.complete:
        left = [f"{one.stream}: {one.reason}" for one in outcome.streams if not one.complete]
        what = f"{outcome.account} was not read to its end ({outcome.refusal or '; '.join(left)})"
        output.failure(MaitredError(what, "sync again to go on from there"))


def _status(json_: bool) -> None:
    from maitred.desks.helpdesks import access
    from maitred.metrics.refresh import open_workspace
    from maitred.sync import engine

    workspace: Workspace = open_workspace(operating.home())
    try:
        connections = list(access.visible_connections(operating.actor()).order_by("pk"))
        found = {one.slug: engine.status(workspace, one.slug).as_json() for one in connections}
    finally:
        workspace.close()
    if json_:
        told = [
            {"slug": one.slug, "vendor": one.vendor, "state": _state(one), "why": one.why, **found[one.slug]}
            for one in connections
        ]
        output.document({"accounts": told})
        return
    if not connections:
        output.line("no helpdesk is connected: `maitred connect --help`")
    for one in connections:
        status = found[one.slug]
        if one.why:
            output.notice(f"{one.slug}: {one.why}")
        title = f"{one.slug} ({one.vendor}, {_state(one)}): {status['counted']} of {status['expected']} tickets"
        rows = [
            (each["stream"], each["records"], each["loaded"], each["quarantined"], each["todo"], each["gaps"],
             _lag(each["lag_s"]), "complete" if each["complete"] else each["reason"] or "not yet")
            for each in status["streams"]
        ]  # fmt: skip
        columns = ("stream", "records", "loaded", "set aside", "to do", "gaps", "behind", "state")
        output.table(title, columns, rows, right=columns[1:-1])
        _days(one.slug, status["days"])


def _days(slug: str, days: dict[str, Any]) -> None:
    """Days of which the helpdesk counts another number of tickets than are here, or why that is not known."""
    if not days:
        output.line(f"{slug}: tickets were not counted by day yet; `maitred sync {slug} --reconcile` does it")
    elif days["unable"]:
        output.line(f"{slug}: tickets are not counted by day: {days['unable']}")
    elif days["differing"]:
        columns = ("created", "there", "here", "set aside")
        rows = [(one["day"], one["expected"], one["loaded"], one["quarantined"]) for one in days["differing"]]
        output.table(f"{slug}: days that differ", columns, rows, right=columns[1:])
    elif days["first"]:
        output.line(f"{slug}: every day from {days['first']} to {days['last']} has as many tickets here as there")


def _state(connection: Any) -> str:
    return str(connection.state) if connection.enabled else "paused"


def _lag(seconds: float | None) -> str:
    return output.seconds(None if seconds is None else round(seconds))
