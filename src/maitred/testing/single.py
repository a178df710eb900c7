"""Whether single tickets, the list of all, and the first look say the same as the streams do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from maitred.connectors.columns import LINE
from maitred.connectors.doubling import Answer
from maitred.connectors.live import Fetched, Probe, Refused
from maitred.testing.bench import Bench, Sitting, sitting
from maitred.testing.between import fingerprint

ASKED_FOR = 5
_WHOLE = ("tickets", "messages")
"""What a ticket that is fetched alone brings in full; of other tables it may bring less, but nothing else."""
_OWN = frozenset({LINE, "source_updated_at"})
Rows = dict[str, dict[str, dict[str, Any]]]


def the_probe_names_what_is_missing(bench: Bench) -> None:
    """Each stream is available or missing with a reason; what the helpdesk forbids is missing, or refuses it all."""
    with sitting(bench) as seat:
        _is_whole(bench, seat, seat.probe)
        begun = len(seat.between.requests)
        whole = bench.connector.probe(seat.api, seat.account)
        asked = [fingerprint(one) for one in seat.between.requests[begun:]]
        firsts = _first_requests(seat)
        seen = False
        for request in dict.fromkeys(asked):
            seat.between.spoil = lambda one, forbidden=request: (  # type: ignore[misc]
                Answer(403, {"error": "forbidden"}) if fingerprint(one) == forbidden else None
            )
            found = _probed(bench, seat, request)
            seat.between.spoil = lambda one: None
            if found is None:
                continue
            _is_whole(bench, seat, found)
            seen = seen or found.missing != whole.missing or found.notices != whole.notices
            owners = [name for name, first in firsts.items() if first[:2] == request[:2]]
            if len(owners) == 1:
                rule = "a stream that is forbidden is missing"
                bench.require(owners[0] in found.missing, rule, f"{request[1]} was forbidden, but {owners[0]} is there")
        rule = "the probe tells what is forbidden"
        bench.require(seen or len(asked) < 2, rule, "whatever was forbidden, it found the same")


def a_refetched_ticket_is_what_the_streams_give(bench: Bench) -> None:
    """Tickets fetched by id are the same in canonical form, and so are their messages; one that is gone is left out."""
    rule = "refetch gives what the streams give"
    with sitting(bench) as seat:
        there = _rows(seat, ((name, page) for name in seat.available for page in seat.read(name)))
        ids = [key for key, row in there["tickets"].items() if row.get("deleted_at") is None][:ASKED_FOR]
        bench.require(ids, "an account to check with has tickets", "there is none")
        fetched = list(bench.connector.refetch(seat.reading, [*ids, bench.unknown]))
        found = _rows(seat, fetched)
    for name, page in fetched:
        bench.require(name in bench.feeds and isinstance(page, Fetched), rule, f"it gave pages of {name!r}")
    for table in found:
        wanted = _of(there.get(table, {}), table, ids)
        given = _of(found[table], table, [*ids, bench.unknown])
        new = sorted(set(given) - set(wanted))
        bench.require(not new, rule, f"{table} {new[:3]} are not in the streams")
        for key, row in given.items():
            other = {column: (value, wanted[key][column]) for column, value in row.items()
                     if column not in _OWN and value != wanted[key][column]}  # fmt: skip
            bench.require(not other, rule, f"{table} {key} differs (fetched, streamed): {other}")
    for table in _WHOLE:
        left = sorted(set(_of(there.get(table, {}), table, ids)) - set(_of(found.get(table, {}), table, ids)))
        bench.require(not left, rule, f"{table} {left[:3]} are left out")


def every_ticket_is_listed_and_counted(bench: Bench) -> None:
    """The list of ids names every ticket that the streams give and is not deleted, and the count is theirs."""
    with sitting(bench) as seat:
        there = _rows(seat, ((name, page) for name in seat.available for page in seat.read(name)))["tickets"]
        alive = {key for key, row in there.items() if row.get("deleted_at") is None}
        listed = [key for page in bench.connector.ids(seat.reading) for key in page]
        left = sorted(alive - set(listed))
        bench.require(not left, "ids names every ticket", f"{left[:3]} are left out of {len(alive)}")
        unknown = sorted(set(listed) - set(there))
        bench.require(not unknown, "ids names tickets only", f"{unknown[:3]} are in no stream")
        count = bench.connector.count(seat.api, seat.account)
        told = f"{count} for {len(alive)} tickets and {len(there)} with the deleted"
        bench.require(count is None or len(alive) <= count <= len(there), "count counts the tickets", told)


def an_absent_ticket_is_told(bench: Bench) -> None:
    """A ticket that the helpdesk does not have is absent; those that it has are not; no answer is no absence."""
    rule = "absent names the tickets that the helpdesk does not have"
    with sitting(bench) as seat:
        ids = [key for page in bench.connector.ids(seat.reading) for key in page][:ASKED_FOR]
        found = list(bench.connector.absent(seat.reading, [*ids, bench.unknown]))
        bench.require(found == [bench.unknown], rule, f"of {ids} and {bench.unknown} it named {found}")
        bench.require(not list(bench.connector.absent(seat.reading, ids)), rule, f"of {ids} it named some")
        for status in (500, 403):
            seat.between.spoil = lambda request, given=status: Answer(given, {"error": "not now"})  # type: ignore[misc]
            try:
                claimed = list(bench.connector.absent(seat.reading, ids))
            except Refused:
                claimed = []
            bench.require(not claimed, rule, f"when the helpdesk answered {status}, it named {claimed}")


def _probed(bench: Bench, seat: Sitting, request: tuple[str, str, Any]) -> Probe | None:
    try:
        return bench.connector.probe(seat.api, seat.account)
    except Refused:
        return None
    except Exception as error:
        told = f"{request[1]} was forbidden, and it raised {type(error).__name__} ({error})"
        raise bench.broken("the probe gets over what is forbidden, or refuses", told) from error


def _is_whole(bench: Bench, seat: Sitting, probe: Probe) -> None:
    names = {one.name for one in bench.connector.streams(seat.account)}
    rule = "the probe names every stream as available or missing"
    both = set(probe.available) & set(probe.missing)
    bench.require(not both, rule, f"{sorted(both)} are both")
    lacking = names - set(probe.available) - set(probe.missing)
    bench.require(not lacking, rule, f"{sorted(lacking)} are neither")
    unknown = set(probe.available) - names
    bench.require(not unknown, rule, f"{sorted(unknown)} are no streams")
    silent = [name for name, why in probe.missing.items() if not why]
    bench.require(not silent, "what is missing has its reason", f"{silent} have none")


def _first_requests(seat: Sitting) -> Mapping[str, tuple[str, str, Any]]:
    """The first request of each stream's reading."""
    found = {}
    for name in seat.available:
        before = len(seat.between.requests)
        seat.read(name)
        if len(seat.between.requests) > before:
            found[name] = fingerprint(seat.between.requests[before])
    return found


def _rows(seat: Sitting, pages: Iterable[tuple[str, Fetched]]) -> Rows:
    """Canonical rows by table and key, the newest of each."""
    rows: Rows = {"tickets": {}}
    for name, page in pages:
        for table, found in seat.bench.decode(name, page.records).tables.items():
            kept = rows.setdefault(table, {})
            for row in found.to_pylist():
                key = row["external_id"]
                if key not in kept or row["source_updated_at"] >= kept[key]["source_updated_at"]:
                    kept[key] = row
    return rows


def _of(rows: Mapping[str, dict[str, Any]], table: str, tickets: list[str]) -> dict[str, dict[str, Any]]:
    """The rows that belong to some tickets; of tables that belong to none, all."""
    key = "external_id" if table == "tickets" else "ticket_id"
    return {one: row for one, row in rows.items() if key not in row or row[key] in tickets}
