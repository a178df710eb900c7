"""The live sync of one account: every page durable before its cursor, every cursor before the next page.

One process reads an account at a time. A stream that cannot go on leaves the others alone; whatever ends a run, the
next one goes on from the last durable page. What was landed is loaded and published under the writer's lease, at the
end of a cycle and every quarter of an hour of a long one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from os import getpid
from typing import Any

import orjson

from maitred.base import clock
from maitred.base.errors import Invalid
from maitred.connectors import registry
from maitred.connectors.api import HttpApi
from maitred.connectors.live import SIGNED_OUT, Account, Api, Connector, Probe, Refused, Stream
from maitred.connectors.page import Record
from maitred.sync import landing, lease, reconciling, snapshots
from maitred.sync.fetching import Fetching, Reading, land
from maitred.sync.health import Status, StreamStatus, status
from maitred.sync.kinds import Kind, vendor
from maitred.sync.ledger import Source
from maitred.sync.lists import missing_of_lists
from maitred.sync.loading import Loaded, load
from maitred.sync.opening import Stopped
from maitred.sync.standing import Standing, Standings, Tally, lease_of
from maitred.sync.workspace import Workspace

__all__ = ["Outcome", "Run", "Status", "StreamStatus", "refetch", "status", "sync"]

EVERY_S = 900.0
"""Seconds of a long run after which what is landed so far is published."""
AS_OF_AGE = timedelta(hours=1)
"""How old the instant up to which an account speaks may become while nothing changes."""
BATCH_ROWS = 75_000
"""Records loaded at a time: a history's record becomes several rows."""
BAD_SHARE = 0.2
NO_HISTORY = "activities"
"""Where a look at the account found this false, the history of its tickets is made of their states."""

Load = Callable[[Workspace], tuple[Source, Loaded]]
Publish = Callable[[Workspace, Load], int | None]
"""Given how to load: takes the writer's lease, loads, computes, publishes; the publication's number."""
Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Outcome:
    """What a run did. ``complete``: every stream that the account has reached its end."""

    account: str
    run: int
    complete: bool = False
    streams: list[Tally] = field(default_factory=list)
    publication: int | None = None
    notices: list[str] = field(default_factory=list)
    missing: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    signed_out: str = ""
    """How the helpdesk said that what we sign in with no longer holds; empty where it let us in."""
    days: Mapping[str, Any] = field(default_factory=dict)
    """What a reconcile found by counting tickets day by day (``daily.Compared``)."""

    def as_json(self) -> dict[str, Any]:
        """The document of ``maitred sync --json``."""
        return {
            "account": self.account,
            "run": self.run,
            "complete": self.complete,
            "streams": [{key: value for key, value in asdict(each).items() if key != "shas"} for each in self.streams],
            "publication": self.publication,
            "notices": self.notices,
            "missing": dict(self.missing),
            "refusal": self.refusal,
            "signed_out": self.signed_out,
            "days": dict(self.days),
        }


def sync(
    workspace: Workspace,
    connector: Connector,
    account: Account,
    api: HttpApi,
    *,
    publish: Publish,
    streams: Sequence[str] | None = None,
    retry_quarantine: bool = False,
    stop: threading.Event | None = None,
    progress: Progress = lambda stream, records: None,
    wait: float = 0.0,
    reconcile: bool = False,
    accept_mass_delete: bool = False,
) -> Outcome:
    """Read everything that is new at an account, load and publish it.

    Parameters
    ----------
    api
        The account's, from ``opening.opened``.
    publish
        Loads and publishes under the writer's lease; may be called several times in a long run.
    streams
        Only these, and what was landed of others.
    retry_quarantine
        Decode again the pages that hold what was set aside.
    stop
        Set: end after the page under way.
    wait
        Seconds to wait for another process that reads this account.
    reconcile
        Compare all ids and counts with the account's, close gaps, and tell what is gone.
    accept_mass_delete
        Let a reconcile say of more than 2 % of the tickets that they are gone.

    Raises
    ------
    LeaseHeld
        Another process reads this account.
    LeaseLost
        This process stood still for so long that another one took its place.
    Invalid
        A stream is named that the helpdesk does not have.
    """
    ending = stop or threading.Event()
    holder = f"sync of {account.slug} (process {getpid()}, since {clock.iso(clock.now())})"
    lock = workspace.home / f"sync-{account.slug}.lock"
    path = workspace.ledger.path
    with (
        lease.held(path, lock, holder, wait, name=lease_of(account.slug), doing=f"syncing {account.slug}") as token,
        closing(Standings(path, account.slug, token)) as standings,
    ):
        landing.sweep(workspace.landing, account.slug, landing.LIVE_PART)
        number = standings.begin(account.vendor)
        run = Run(workspace, connector, account, api, standings, number, ending, publish, progress, token)
        if retry_quarantine:
            run.retry_quarantine()
        return run.perform(streams, (lambda: reconciling.reconcile(run, accept_mass_delete)) if reconcile else None)


class Run:
    """One run of one account, from the look at it to the publication."""

    def __init__(
        self,
        workspace: Workspace,
        connector: Connector,
        account: Account,
        api: HttpApi,
        standings: Standings,
        number: int,
        stop: threading.Event,
        publish: Publish,
        progress: Progress,
        token: int,
    ) -> None:
        self._token = token
        self.workspace, self.connector, self.account, self.api = workspace, connector, account, api
        self.standings, self.number, self.stop = standings, number, stop
        self._publish, self._progress = publish, progress
        self.kind: Kind = vendor(account.vendor)
        self.outcome = Outcome(account.slug, number)
        self.settings: Mapping[str, Any] = account.settings
        self.gone: list[str] = []
        """Tickets that the helpdesk said it no longer has, to be marked at the next load."""
        self._seqs: dict[int, Tally] = {}
        self._read: dict[str, Stream] = {}
        self._server_time: datetime | None = None
        self._fetching: Fetching | None = None

    # ------------------------------------------------------------ the run

    def perform(self, wanted: Sequence[str] | None, then: Callable[[], None] | None) -> Outcome:
        """Look, read, load, publish; a refusal that ends the run is told in its outcome."""
        complete = False
        try:
            probe = self._look()
            chosen = self._chosen(probe, wanted)
            if then is not None:
                self._ratings_again(chosen)
            self._fetch(chosen)
            if then is not None and not self.stop.is_set():
                then()
            complete = all(each.complete for each in self.outcome.streams) and not self.stop.is_set()
        except Refused as refusal:
            self.outcome.refusal = str(refusal)
            if refusal.reason in SIGNED_OUT:
                self.outcome.signed_out = str(refusal)
        except Stopped:
            self.outcome.refusal = "stopped"
        self.load_and_publish()
        self.outcome.complete = complete and not self.outcome.refusal and self._sound()
        document = self.outcome.as_json()
        self.standings.over(self.number, self.outcome.complete, document)
        return self.outcome

    def _look(self) -> Probe:
        probe = self.connector.probe(self.api, self.account)
        self.settings = {**self.account.settings, **probe.settings}
        self.account = replace(self.account, settings=self.settings)
        self.outcome.missing = dict(probe.missing)
        self.outcome.notices = list(probe.notices)
        self.standings.remember(probed_at=clock.iso(clock.now()), probe=orjson.dumps(asdict(probe)).decode())
        if not self.standings.standing(ticket_stream(self.account.vendor), "").completed_at:
            self._count_there()
        return probe

    def _count_there(self) -> None:
        """How many tickets a first reading has to expect."""
        with suppress(Refused):
            counted = self.connector.count(self.api, self.account)
            self.standings.remember(counted=counted, counted_at=clock.iso(clock.now()))

    def _chosen(self, probe: Probe, wanted: Sequence[str] | None) -> list[Stream]:
        streams = list(self.connector.streams(self.account))
        names = [stream.name for stream in streams]
        unknown = sorted(set(wanted or ()) - set(names))
        if unknown:
            raise Invalid(f"{self.account.vendor} has no stream {unknown[0]}", f"known are {', '.join(names)}")
        available = set(probe.available)
        return [one for one in streams if one.name in available and (wanted is None or one.name in wanted)]

    def _ratings_again(self, streams: Sequence[Stream]) -> None:
        """Ratings are asked for by the time they were made: a changed old one is found only by reading all."""
        for stream in streams:
            if registry.feeds(self.account.vendor)[stream.name].feeds == ("satisfaction",):
                self.standings.forget(stream.name)

    def _fetch(self, streams: Sequence[Stream]) -> None:
        fetching = Fetching(
            self.workspace,
            self.account,
            self.api,
            streams,
            self.number,
            kin=self.connector.streams(self.account),
            standings=self._standings_of_a_thread,
            stop=self.stop,
            progress=self._progress,
        )
        self._fetching = fetching
        self._read = {stream.name: stream for stream in streams}
        self.outcome.streams += fetching.tallies.values()
        try:
            fetching.read(EVERY_S, self.load_and_publish)
        finally:
            self._server_time = fetching.server_time
            self.outcome.notices += fetching.notices
            self.outcome.signed_out = fetching.signed_out

    def _standings_of_a_thread(self) -> Standings:
        return Standings(self.workspace.ledger.path, self.account.slug, self._token)

    # ------------------------------------------------------------ loading

    def load_and_publish(self) -> None:
        """Load what is landed and publish it; a cycle in which nothing is to load publishes nothing."""
        if self._fetching is not None:
            self._server_time = self._fetching.server_time
        if not (self.standings.unloaded() or self.gone or self._lists_changed() or self._stale()):
            self._tell()
            return
        self.outcome.publication = self._publish(self.workspace, self._load)
        self._tell()

    def _load(self, workspace: Workspace) -> tuple[Source, Loaded]:
        source, loaded = load_account(workspace, self.account)
        for stream, gone in missing_of_lists(workspace, source, self.kind, self._whole_lists(), loaded).items():
            self._tally(stream).deleted += gone
        if self.gone:
            self._tally(ticket_stream(self.account.vendor)).deleted += reconciling.mark(
                workspace, source, self.gone, loaded
            )
            self.gone = []
        if loaded.tables or self._stale():
            source = source_of(workspace, self.account, self._server_time)
        self.outcome.notices += [one for one in loaded.notices if one not in self.outcome.notices]
        return source, loaded

    def _stale(self) -> bool:
        known = self.workspace.ledger.source(self.account.slug)
        told = known.settings.get("as_of") if known else None
        if self._server_time is None or told is None:
            return False
        return self._server_time - datetime.fromisoformat(told.replace("Z", "+00:00")) > AS_OF_AGE

    def _whole_lists(self) -> dict[str, list[str]]:
        """Streams that were read as whole lists in this run, with their pages."""
        return {
            each.stream: each.shas
            for each in self.outcome.streams
            if each.complete and each.stream in self._read and self._read[each.stream].kind == "full"
        }

    def _lists_changed(self) -> bool:
        known = {each.stream: each.listed for each in self.standings.standings()}
        return any(" ".join(shas) != known.get(stream, "") for stream, shas in self._whole_lists().items())

    def _tell(self) -> None:
        """Take over from the ledger what became of the pages of this run."""
        if self._fetching is not None:
            for seq in list(self._fetching.fresh):
                self._seqs[seq] = self._fetching.fresh.pop(seq)
        loaded = self.workspace.ledger.loaded_among(list(self._seqs))
        for seq, (done, superseded, aside) in self.workspace.ledger.page_counts(loaded).items():
            tally = self._seqs.pop(seq)
            tally.loaded += done
            tally.superseded += superseded
            tally.quarantined += aside
        for stream, shas in self._whole_lists().items():
            standing = self.standings.standing(stream, "full")
            self.standings.end(standing, complete=True, reason="", listed=" ".join(shas))

    def _tally(self, stream: str) -> Tally:
        for each in self.outcome.streams:
            if each.stream == stream:
                return each
        tally = Tally(stream, complete=True)
        self.outcome.streams.append(tally)
        return tally

    def _sound(self) -> bool:
        """Whether what came could be read: where more than a fifth was set aside, a stream's form has changed."""
        sound = True
        for each in self.outcome.streams:
            if each.quarantined > BAD_SHARE * each.records and each.stream in self._read:
                each.complete = False
                each.reason = f"{each.quarantined} of {each.records} records were set aside: their form has changed"
                self.standings.end(
                    self.standings.standing(each.stream, self._read[each.stream].kind),
                    complete=False,
                    reason=each.reason,
                )
                sound = False
        return sound

    # ------------------------------------------------------------ for a reconcile

    def keep(self, stream: str, records: list[Record]) -> None:
        """Land records that move no cursor."""
        page = land(self.workspace, self.account.slug, stream, records, "refetched")
        if page is None:
            return
        fresh = self.standings.keep(page, self.number)
        tally = self._tally(stream)
        tally.pages += 1
        tally.records += len(records)
        if fresh is None:
            tally.superseded += page.rows
        else:
            self._seqs[fresh] = tally

    def reading(self, stream: str = "") -> Reading:
        """What a connector reads with outside its streams."""
        return Reading(self.api, self.account, self.settings, self.standings, stream)

    def ticket_standing(self) -> Standing:
        """Where the stream of tickets stands."""
        return self.standings.standing(ticket_stream(self.account.vendor), "")

    def progress(self, what: str, amount: int) -> None:
        """Tell whoever watches."""
        self._progress(what, amount)

    def give_way(self) -> None:
        """End here if somebody asked for it."""
        if self.stop.is_set():
            raise Stopped

    def retry_quarantine(self) -> None:
        """Pages that hold what was set aside are loaded again, with the decoder of today."""
        ledger = self.workspace.ledger
        with self.workspace.writing(f"retry of {self.account.slug}"):
            ledger.retry(ledger.quarantined_pages(self.account.slug))


def known_account(workspace: Workspace, account: Account) -> Account:
    """The account with what the last look at it found."""
    with closing(Standings(workspace.ledger.path, account.slug)) as standings:
        found = standings.account().get("probe", {}).get("settings", {})
    return replace(account, settings={**account.settings, **found})


def refetch(workspace: Workspace, connector: Connector, account: Account, api: Api, tickets: Sequence[str]) -> int:
    """Fetch these tickets and what hangs on them, and land them; loaded at the next publication.

    Needs no lease of the account: no cursor is moved.

    Returns
    -------
    int
        Records that were landed.

    Raises
    ------
    Refused
        The helpdesk does not give them.
    """
    account = known_account(workspace, account)
    with closing(Standings(workspace.ledger.path, account.slug)) as standings:
        run = standings.last_run()
        reading = Reading(api, account, account.settings, standings, "")
        count = 0
        for stream, fetched in connector.refetch(reading, tickets):
            page = land(workspace, account.slug, stream, fetched.records, "refetched")
            if page is not None:
                standings.keep(page, run)
                count += page.rows
    return count


def ticket_stream(vendor: str) -> str:
    """The stream that tickets come from."""
    return next(name for name, about in registry.feeds(vendor).items() if about.feeds[:1] == ("tickets",))


def load_account(workspace: Workspace, account: Account) -> tuple[Source, Loaded]:
    """Load what is landed of an account; to be called by the one writer."""
    source, kind = source_of(workspace, account, None), vendor(account.vendor)
    helped = kind.name if kind.laborious else None
    was = snapshots.before(workspace, source) if account.settings.get(NO_HISTORY) is False else None
    loaded = load(workspace, source, kind.decode, kind.form, order=kind.order, kind=helped, batch_rows=BATCH_ROWS)
    if was is not None:
        snapshots.add_differences(workspace, source, was, loaded)
    return source, loaded


def source_of(workspace: Workspace, account: Account, as_of: datetime | None) -> Source:
    """The account as a source of the warehouse; moves on the instant up to which it speaks where one is given.

    Raises
    ------
    Invalid
        Files of another kind were imported under this name.
    """
    known = workspace.ledger.source(account.slug)
    if known is not None and known.kind != account.vendor:
        raise Invalid(f"source {account.slug} was imported as {known.kind}", "connect the account under another name")
    settings = dict(known.settings) if known else {}
    if as_of is not None:
        settings["as_of"] = max(clock.iso(as_of), settings.get("as_of", ""))
    if known is None or settings != known.settings:
        workspace.ledger.put_source(account.slug, account.vendor, settings)
    source = workspace.ledger.source(account.slug)
    assert source is not None
    return source
