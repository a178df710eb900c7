"""Webhook calls: each is written down once, and its tickets are fetched after the last one, whatever happens."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maitred.base import clock
from maitred.base.errors import MaitredError, TooMany
from maitred.connectors.live import Accepted
from maitred.connectors.zendesk.double import Zendesk
from maitred.sync import inbox
from maitred.sync.exchange import opened
from maitred.sync.tests.exchanging import alike, ended
from maitred.sync.tests.fetching import fetched, started
from maitred.sync.workspace import Workspace, canonical_specs, create

MOMENT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=4)
SINCE = clock.iso(MOMENT)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    create(tmp_path / "home")
    found = Workspace(tmp_path / "home", canonical_specs())
    yield found
    found.close()


class Fetching:
    """Keeps what it was asked to fetch; fails for tickets that it is told of."""

    def __init__(self, *bad: str) -> None:
        self.batches: list[list[str]] = []
        self.bad = set(bad)

    def __call__(self, tickets: Sequence[str]) -> None:
        self.batches.append(list(tickets))
        if self.bad & set(tickets):
            raise MaitredError("the helpdesk does not answer")


def call(workspace: Workspace, key: str, *tickets: str, at: float = 0, account: str = "zendesk") -> bool:
    return inbox.receive(workspace, account, Accepted(key, tickets), b"{}", MOMENT + timedelta(seconds=at))


def test_a_call_is_taken_once_by_its_own_id_and_each_account_has_its_own(workspace: Workspace) -> None:
    assert call(workspace, "a", "3", "4", "3") and not call(workspace, "a", "3", "4", at=900)
    assert not call(workspace, "a", "9") and call(workspace, "a", "3", account="other")
    assert inbox.waiting(workspace, "zendesk") == inbox.Waiting(2, SINCE, 0)
    assert inbox.waiting(workspace, "nobody") == inbox.Waiting(0, None, 0)
    fetch = Fetching()
    assert inbox.drain(workspace, "zendesk", fetch) == 2 and fetch.batches == [["3", "4"]]
    assert inbox.drain(workspace, "zendesk", fetch) == 0 and not call(workspace, "a", "3")
    assert inbox.waiting(workspace, "other").tickets == 1


def test_a_call_that_names_no_ticket_is_known_again_and_fetches_nothing(workspace: Workspace) -> None:
    assert call(workspace, "a") and not call(workspace, "a")
    assert inbox.drain(workspace, "zendesk", Fetching()) == 0


def test_many_calls_about_few_tickets_fetch_each_once_a_hundred_at_a_time(workspace: Workspace) -> None:
    for number in range(50):
        assert call(workspace, f"call {number}", *(str((7 * number + place) % 150) for place in range(10)))
    fetch = Fetching()
    assert inbox.drain(workspace, "zendesk", fetch) == 150
    assert [len(batch) for batch in fetch.batches] == [100, 50]
    tickets = [ticket for batch in fetch.batches for ticket in batch]
    assert tickets[:8] == ["0", "1", "2", "3", "4", "5", "6", "7"] and len(set(tickets)) == 150


def test_a_call_that_comes_in_while_its_ticket_is_fetched_is_fetched_again(workspace: Workspace) -> None:
    call(workspace, "a", "3")

    def fetch(tickets: Sequence[str]) -> None:
        assert list(tickets) == ["3"] and call(workspace, "b", "3", "5")

    assert inbox.drain(workspace, "zendesk", fetch) == 1
    again = Fetching()
    assert inbox.drain(workspace, "zendesk", again) == 2 and again.batches == [["3", "5"]]


def test_tickets_that_cannot_be_fetched_do_not_keep_others_waiting(workspace: Workspace) -> None:
    call(workspace, "a", *map(str, range(101)))
    fetch = Fetching("7")
    with pytest.raises(MaitredError, match="does not answer"):
        inbox.drain(workspace, "zendesk", fetch)
    assert inbox.waiting(workspace, "zendesk") == inbox.Waiting(100, SINCE, 100)
    with pytest.raises(MaitredError):
        inbox.drain(workspace, "zendesk", fetch)
    assert inbox.waiting(workspace, "zendesk").tickets == 1 and fetch.batches[2:4] == [["0"], ["1"]]
    assert inbox.drain(workspace, "zendesk", Fetching()) == 1


def test_a_helpdesk_that_is_down_is_asked_three_times_and_then_left(workspace: Workspace) -> None:
    call(workspace, "a", *map(str, range(1000)))
    fetch = Fetching(*map(str, range(1000)))
    with pytest.raises(MaitredError):
        inbox.drain(workspace, "zendesk", fetch)
    assert len(fetch.batches) == inbox.FAILURES_IN_A_ROW and inbox.waiting(workspace, "zendesk").tickets == 1000


def test_a_drain_that_is_stopped_leaves_the_rest(workspace: Workspace) -> None:
    call(workspace, "a", *map(str, range(250)))
    stop = threading.Event()
    assert inbox.drain(workspace, "zendesk", lambda tickets: stop.set(), stop) == 100
    assert inbox.waiting(workspace, "zendesk").tickets == 150


def test_more_calls_a_second_than_are_taken_are_asked_to_come_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inbox.PER_SECOND == 200
    monkeypatch.setattr(inbox, "PER_SECOND", 10)
    for number in range(10):
        assert call(workspace, f"call {number}", "3", at=0.5)
    with pytest.raises(TooMany) as refused:
        call(workspace, "one more", "4", at=0.9)
    assert refused.value.retry_after == 1 and inbox.waiting(workspace, "zendesk").tickets == 1
    assert call(workspace, "elsewhere", "3", at=0.9, account="other")
    assert call(workspace, "one more", "4", at=1.0)
    for number in range(9):
        assert call(workspace, f"late {number}", "5", at=0.99)
    with pytest.raises(TooMany):
        call(workspace, "late", "5", at=0.99)
    assert call(workspace, "after the clock went back", "5", at=-3600)


def test_a_body_of_a_mebibyte_is_taken_and_a_larger_one_is_not(workspace: Workspace) -> None:
    body = b"x" * inbox.MOST_BYTES
    assert inbox.receive(workspace, "zendesk", Accepted("a", ("3",)), body, MOMENT)
    with pytest.raises(inbox.TooLarge) as refused:
        inbox.receive(workspace, "zendesk", Accepted("b", ("3",)), body + b"x", MOMENT)
    assert refused.value.status == 413 and call(workspace, "b", "4")


def test_calls_are_remembered_for_a_week_and_then_forgotten(workspace: Workspace) -> None:
    call(workspace, "old", "3")
    call(workspace, "young", "3")
    call(workspace, "waiting", "4")
    inbox.drain(workspace, "zendesk", Fetching())
    with opened(workspace) as db:
        for key, age in (("old", inbox.KEPT_S + 60), ("young", inbox.KEPT_S - 3600), ("waiting", None)):
            db.execute("UPDATE hook_delivery SET done_at = done_at - ? WHERE delivery_id = ?", (age, key))
    inbox.drain(workspace, "zendesk", Fetching())
    assert not call(workspace, "young", "3") and not call(workspace, "waiting", "4") and call(workspace, "old", "3")


def test_calls_by_many_threads_at_once_are_each_taken_once(workspace: Workspace) -> None:
    new: list[bool] = []
    _ = workspace.ledger

    def send(first: int) -> None:
        new.extend(call(workspace, f"call {number}", str(number), at=number) for number in range(first, first + 60))

    threads = [threading.Thread(target=send, args=(first,)) for first in (0, 20, 40, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(new) == 100 and inbox.waiting(workspace, "zendesk").tickets == 100


# ---------------------------------------------------------------- a worker that is killed


def _calls(desk: Zendesk, workspace: Workspace, count: int, dice: random.Random) -> Iterator[int]:
    """So many changes of tickets, each told of by a call; some calls come twice, and some before an older one."""
    late: list[tuple[str, str]] = []
    for number in range(count):
        ticket = str(dice.randint(1, len(desk.tickets)))
        with desk.lock:
            desk.mutate({"op": "edit", "ticket": int(ticket), "values": {"subject": f"Version {number}"}})
        late.append((f"call {number}", ticket))
        if dice.random() < 0.8 or number == count - 1:
            while late:
                key, about = late.pop(dice.randrange(len(late)))
                assert call(workspace, key, about, at=number / 150)
                assert dice.random() > 0.05 or not call(workspace, key, about, at=number / 150)
        yield number


def none_is_lost(desk: Zendesk, workspace: Workspace, out: Path) -> None:
    """The last that was fetched of each ticket is what the helpdesk has."""
    seen = dict(fetched(out))
    there = {str(number): str(ticket["subject"]) for number, ticket in desk.tickets.items()}
    changed = {ticket: subject for ticket, subject in there.items() if subject.startswith("Version")}
    assert {ticket: seen.get(ticket) for ticket in changed} == changed and len(changed) > 10
    assert inbox.waiting(workspace, "zendesk").tickets == 0


@pytest.mark.parametrize(
    ("count", "tickets", "kills"),
    [(120, 40, 1), pytest.param(10_000, 500, 8, marks=(pytest.mark.slow, pytest.mark.long))],
)
def test_no_call_is_lost_or_taken_twice_by_a_worker_that_is_killed(
    workspace: Workspace, tmp_path: Path, count: int, tickets: int, kills: int
) -> None:
    dice, out = random.Random(count), tmp_path / "out"
    _ = workspace.ledger
    with Zendesk(tickets=tickets, per_minute=10_000_000) as desk:
        alike(desk)
        worker = started(workspace.home, desk.url, out)
        try:
            for number in _calls(desk, workspace, count, dice):
                if number % (count // (kills + 1)) == count // (kills + 1) - 1 and number < count - 2:
                    _wait_for_work(out)
                    worker.kill()
                    assert ended(worker) == -9
                    worker = started(workspace.home, desk.url, out)
            Path(f"{out}.end").touch()
            assert ended(worker) == 0
        finally:
            worker.kill()
            worker.communicate()
        none_is_lost(desk, workspace, out)
        assert not any(call(workspace, f"call {number}", "1", at=9_999 + number / 100) for number in range(0, count, 7))


def _wait_for_work(out: Path, seconds: float = 60) -> None:
    """Until the worker has begun to fetch."""
    begun, size = time.monotonic(), out.stat().st_size if out.exists() else 0
    while (out.stat().st_size if out.exists() else 0) <= size and time.monotonic() - begun < seconds:
        time.sleep(0.005)
    assert out.exists()


@pytest.mark.slow
@pytest.mark.parametrize("label", ["fetch", "inbox.fetched", "ledger.commit"])
def test_a_worker_killed_at_every_passing_of_a_step_loses_no_call(
    workspace: Workspace, tmp_path: Path, label: str
) -> None:
    out, count = tmp_path / "out", 0
    Path(f"{out}.end").touch()
    with Zendesk(tickets=250, per_minute=10_000_000) as desk:
        alike(desk)
        for passing in range(1, 20):
            for ticket in range(1, 251):
                desk.mutate({"op": "edit", "ticket": ticket, "values": {"subject": f"Version {passing}"}})
            for first in range(1, 251, 10):
                count += 1
                call(workspace, f"call {count}", *map(str, range(first, first + 10)), at=count)
            died = ended(started(workspace.home, desk.url, out, f"{label}:{passing}"))
            assert ended(started(workspace.home, desk.url, out)) == 0
            none_is_lost(desk, workspace, out)
            if died == 0:
                break
    assert passing > 1


def test_a_receiver_that_is_killed_before_a_call_is_durable_has_not_taken_it(workspace: Workspace) -> None:
    """The helpdesk got no answer, sends it again, and it is taken then."""
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from maitred.sync import inbox; from maitred.sync.workspace import Workspace\n"
        "from maitred.connectors.live import Accepted\n"
        "workspace = Workspace(Path(sys.argv[1]), [])\n"
        "inbox.receive(workspace, 'zendesk', Accepted('a', ('3',)), b'{}', datetime.now(UTC))\n"
    )
    _ = workspace.ledger
    words = [sys.executable, "-c", code, str(workspace.home)]
    done = subprocess.run(words, env={**os.environ, "MAITRED_FAULT": "ledger.commit:1"}, timeout=60, check=False)
    assert done.returncode == 137 and inbox.waiting(workspace, "zendesk").tickets == 0
    assert subprocess.run(words, env=os.environ, timeout=60, check=False).returncode == 0
    assert inbox.waiting(workspace, "zendesk").tickets == 1 and not call(workspace, "a", "3")
