"""An account opened for requests: guarded client, shared budget, signed in; closed again when the block ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from maitred.base.errors import MaitredError
from maitred.connectors import registry, transport
from maitred.connectors.api import HttpApi
from maitred.connectors.live import Account, Connector
from maitred.sync.budget import SharedBudget, seconds
from maitred.sync.workspace import Workspace


class Stopped(MaitredError):
    """Somebody asked the reader to stop; what was landed stands, and the next sync goes on from there."""

    kind = "stopped"

    def __init__(self) -> None:
        super().__init__("the sync was stopped", "sync again to go on")


@contextmanager
def opened(
    workspace: Workspace,
    account: Account,
    *,
    connector: Connector | None = None,
    stop: threading.Event | None = None,
    people: bool = False,
    pause: Callable[[float], None] | None = None,
    now: Callable[[], float] = seconds,
) -> Iterator[tuple[Connector, Account, HttpApi]]:
    """Requests to an account, within the budget that all processes of this workspace share.

    Parameters
    ----------
    connector
        Where it is not the registered one of the account's vendor.
    stop
        Once set, whoever waits for the budget raises ``Stopped``.
    people
        Whether the part of the budget may be used that a sync leaves to people and write-back.
    pause, now
        How to wait and what time it is, where the account lives in a time of its own.

    Raises
    ------
    NotFound
        No connector is known for the vendor.
    """
    found = connector or registry.connector(account.vendor)
    ending = stop or threading.Event()

    def wait(seconds: float) -> None:
        if ending.is_set():
            raise Stopped
        if pause is not None:
            pause(seconds)
        elif ending.wait(seconds):
            raise Stopped

    budget = SharedBudget(
        workspace.ledger.path,
        account.slug,
        found.rates(account),
        pause=wait,
        only=account.requests_per_minute,
        people=people,
        now=now,
    )
    with transport.client(allow=account.allow, headers={"User-Agent": "maitred"}) as client:
        yield found, account, HttpApi(client, found, account, budget, pause=wait)
