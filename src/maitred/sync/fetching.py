"""The reading half of a run: streams side by side where their budgets are apart, each page durable before the next.

Streams that draw from the same bucket of requests follow one another in one thread; a stream waits for those that it
needs. Each thread has its own connection to the ledger, under the same lease.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from maitred.base.errors import LeaseLost, MaitredError
from maitred.connectors.api import HttpApi
from maitred.connectors.live import SIGNED_OUT, Account, Api, Cursor, Fetched, Refused, Stream
from maitred.connectors.page import Record
from maitred.sync import landing, screen
from maitred.sync.opening import Stopped
from maitred.sync.standing import Page, Standing, Standings, Tally, parents_of
from maitred.sync.workspace import Workspace

_NO_PLACE, _REJECTED = 400, "rejected"
_ENDING = (*SIGNED_OUT, "exhausted", "egress-refused")
"""Refusals after which no other stream of the account can be read either."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a stream reads with."""

    api: Api
    account: Account
    settings: Mapping[str, Any]
    standings: Standings
    stream: str

    def todo(self, limit: int) -> list[str]:
        """Ids of parents whose children are still to be read."""
        return self.standings.todo(self.stream, limit)


class Fetching:
    """The streams of one run, read in threads from ``begin`` on.

    Parameters
    ----------
    kin
        All streams of the account: what is read of parents concerns their children, read in this run or not.
    standings
        Opens a connection to the ledger under the account's lease.
    landed
        Told of each page that has to be loaded: its number and its stream's tally.
    """

    def __init__(
        self,
        workspace: Workspace,
        account: Account,
        api: HttpApi,
        streams: Sequence[Stream],
        run: int,
        *,
        kin: Sequence[Stream],
        standings: Callable[[], Standings],
        stop: threading.Event,
        progress: Callable[[str, int], None],
    ) -> None:
        self.tallies = {stream.name: Tally(stream.name) for stream in streams}
        self.fresh: dict[int, Tally] = {}
        """Pages that have to be loaded, by their number."""
        self.notices: list[str] = []
        self.server_time: datetime | None = None
        self.signed_out = ""
        """How the helpdesk said that what we sign in with no longer holds."""
        self._workspace, self._account, self._api = workspace, account, api
        self._kin, self._run, self._open, self._stop = list(kin), run, standings, stop
        self._progress = progress
        self._lock = threading.Lock()
        self._over = {stream.name: threading.Event() for stream in streams}
        self._ended = ""
        self._failure: BaseException | None = None
        chains: dict[str, list[Stream]] = {}
        for stream in streams:
            chains.setdefault(stream.bucket, []).append(stream)
        self._threads = [
            threading.Thread(target=self._read, args=(chain,), name=f"maitred-sync-{bucket}", daemon=True)
            for bucket, chain in chains.items()
        ]

    def read(self, every_s: float, meanwhile: Callable[[], None]) -> None:
        """Read all streams; every so many seconds something else is done meanwhile.

        Raises
        ------
        LeaseLost
            Another process reads this account by now.
        OSError
            What was read cannot be kept; streams that were under way are named in their tallies.
        """
        for thread in self._threads:
            thread.start()
        try:
            for thread in self._threads:
                while thread.is_alive():
                    thread.join(every_s)
                    if thread.is_alive():
                        meanwhile()
        finally:
            self._ended = self._ended or "stopped"
            for thread in self._threads:
                thread.join()
        if self._failure is not None:
            raise self._failure

    def _read(self, chain: Sequence[Stream]) -> None:
        """Read streams one after another; for a thread."""
        try:
            with closing(self._open()) as standings:
                for stream in chain:
                    try:
                        self._turn(stream, standings)
                    finally:
                        self._over[stream.name].set()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for the threads
            self._failure = self._failure or error
            self._ended = self._ended or str(error)
        finally:
            for stream in chain:
                self._over[stream.name].set()

    def _turn(self, stream: Stream, standings: Standings) -> None:
        tally = self.tallies[stream.name]
        needed = [name for name in stream.needs if name in self._over]
        for name in needed:
            self._over[name].wait()
        lacking = [name for name in needed if not self.tallies[name].complete]
        if self._ended or self._stop.is_set():
            tally.reason = self._ended or "stopped"
        elif lacking and stream.kind == "children":
            tally.reason = f"{lacking[0]} could not be read: {self.tallies[lacking[0]].reason}"
        else:
            self._one(stream, tally, standings)

    def _one(self, stream: Stream, tally: Tally, standings: Standings) -> None:
        """Read one stream to its end, or say why not."""
        standing = standings.standing(stream.name, stream.kind)
        counts = self._api.counts()
        try:
            standing = self._pages_or_anew(stream, standing, tally, standings)
        except Stopped as stopped:
            tally.reason = self._ended or str(stopped)
        except LeaseLost as lost:
            tally.reason = str(lost)
            raise
        except MaitredError as error:
            tally.reason = str(error)
            if isinstance(error, Refused) and error.reason in SIGNED_OUT:
                self.signed_out = self.signed_out or str(error)
            if getattr(error, "reason", "") in _ENDING or error.kind in _ENDING:
                self._ended = self._ended or str(error)
        except OSError as error:
            tally.reason = f"it cannot be kept ({error.strerror or error})"
            raise
        finally:
            done = self._api.counts()
            tally.requests, tally.retries = done.requests - counts.requests, done.retries - counts.retries
            tally.waited_s = round(done.waited_s - counts.waited_s, 1)
        standings.end(standing, complete=tally.complete, reason=tally.reason)

    def _pages_or_anew(self, stream: Stream, standing: Standing, tally: Tally, standings: Standings) -> Standing:
        """Read on from where the stream stands; from its beginning where the helpdesk rejects that place."""
        place = None if stream.kind == "full" else standing.cursor
        try:
            standing = self._pages(stream, standing, place, tally, standings)
        except Refused as refusal:
            if refusal.status != _NO_PLACE or place is None or tally.pages:
                raise
            standing = self._pages(stream, standing, None, tally, standings)
            text = f"the helpdesk rejected the place where {stream.name} stood; it was read again from its beginning"
            standings.gap(stream.name, str(place), _REJECTED, text)
            standings.resolve(_REJECTED)  # nothing is missing, and the ledger tells why the cursor moved back
            self.notices.append(text)
        return standing

    def _pages(
        self, stream: Stream, standing: Standing, begun: Cursor | None, tally: Tally, standings: Standings
    ) -> Standing:
        children = [one for one in self._kin if one.parents == stream.name]
        reading = Reading(self._api, self._account, self._account.settings, standings, stream.name)
        last: tuple[Any, str] | None = None
        with _closed(stream.pages(reading, begun)) as pages:
            for fetched in pages:
                page = land(self._workspace, self._account.slug, stream.name, fetched.records, stream.kind)
                if page is not None and children:
                    page = replace(page, parents=parents_of(fetched.records, children))
                mark = (fetched.cursor, page.sha256 if page else "")
                standing, number = standings.commit(self._run, standing, page, fetched)
                self._count(tally, fetched, page, number)
                if stream.kind != "full" and mark == last and not (fetched.done or fetched.complete):
                    standings.gap(stream.name, str(fetched.cursor), "loop", "the helpdesk leads in a circle")
                    raise Refused(f"{stream.name} leads from a page to itself", "sync again later", reason="loop")
                last = mark
                if (self._stop.is_set() or self._ended) and not tally.complete:
                    raise Stopped
        if not tally.complete:
            raise Refused(f"{stream.name} ended without its last page", "sync again", reason="cut")
        return standing

    def _count(self, tally: Tally, fetched: Fetched, page: Page | None, number: int | None) -> None:
        with self._lock:
            tally.pages += 1
            tally.records += len(fetched.records)
            if page is not None:
                tally.shas.append(page.sha256)
                if number is None:
                    tally.superseded += page.rows
                else:
                    self.fresh[number] = tally
            if fetched.complete:
                tally.complete = True
                if self.server_time is None or fetched.server_time < self.server_time:
                    self.server_time = fetched.server_time
            self._progress(tally.stream, len(fetched.records))


def land(workspace: Workspace, slug: str, stream: str, records: list[Record], kind: str) -> Page | None:
    """Make records durable as a page of JSON lines, behind the card mask; None where there are none."""
    if not records:
        return None
    body = b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
    masked, found = screen.screen_json_lines(body)
    findings = tuple((f.kind, f.field, f.confidence, f.detector_version, f.count) for _, f in found)
    digest = landing.write(workspace.landing, slug, stream, masked, "jsonl", landing.LIVE_PART)
    return Page(stream, kind, digest, len(records), len(masked), findings)


@contextmanager
def _closed(pages: Iterator[Fetched]) -> Iterator[Iterator[Fetched]]:
    """The pages of a stream; whatever they hold open is closed when the block is left."""
    try:
        yield pages
    finally:
        close = getattr(pages, "close", None)
        if close is not None:
            close()
