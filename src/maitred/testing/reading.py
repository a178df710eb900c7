"""Whether streams are read as the engine relies on: declared, to their end, and onward from any cursor they gave."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, get_args

from maitred.connectors.live import Cursor, Fetched, Kind
from maitred.testing.bench import Bench, Sitting, shown, sitting, texts

MOST_CURSORS = 12
"""So many of a stream's cursors are gone on from, spread over all."""
LARGEST_CURSOR = 4096
_A_SECOND_S = 1.1


def streams_are_declared(bench: Bench) -> None:
    """Streams have names that the decoder knows, kinds, budgets, and come after what they need."""
    with sitting(bench) as seat:
        streams = bench.connector.streams(seat.account)
        rates = bench.connector.rates(seat.account)
    before: dict[str, str] = {}
    for one in streams:
        told = f"{one.name} "
        bench.require(one.name not in before, "each stream is there once", told + "comes twice")
        bench.require(one.name in bench.feeds, "the decoder knows every stream", told + "is not in feeds")
        bench.require(one.kind in get_args(Kind), "a stream is of a known kind", told + f"is of kind {one.kind!r}")
        lacking = set(one.needs) - set(before)
        bench.require(not lacking, "a stream comes after what it needs", told + f"needs {sorted(lacking)} before it")
        bench.require(one.bucket in rates, "every bucket has a rate", told + f"draws from {one.bucket!r}")
        if one.kind == "children":
            bench.require(one.parents in before, "children come after their parents", told + f"names {one.parents!r}")
        before[one.name] = one.kind


def streams_reach_their_end(bench: Bench) -> None:
    """The last page of a stream says that it is complete, no other does, and a stream at its end reaches it again."""
    rule = "a stream says that it is complete on its last page, and only there"
    with sitting(bench) as seat:
        for name in seat.available:
            pages = seat.read(name)
            told = [page.complete for page in pages]
            bench.require(pages, rule, f"{name} gave no page at all")
            bench.require(told[-1], rule, f"{name} ended after {len(pages)} pages without saying so")
            bench.require(not any(told[:-1]), rule, f"{name} went on after page {told.index(True) + 1} said so")
            again = seat.read(name, _copied(pages[-1].cursor), [])
            bench.require(again and again[-1].complete, rule, f"{name}, asked again from its end, did not reach it")
            for earlier, later in pairwise(pages):
                stuck = earlier.cursor == later.cursor and texts([later]) == texts([earlier]) and not later.done
                stuck = stuck and not later.complete and seat.stream(name).kind != "full"
                bench.require(not stuck, "a stream does not turn in a circle", f"{name} stays at {later.cursor}")


def every_cursor_leads_on(bench: Bench) -> None:
    """From any cursor that was ever given, a new reading gives all that was not read before, and nothing else."""
    rule = "a stream goes on from any cursor that it gave, without leaving anything out"
    with sitting(bench) as seat:
        for name in seat.available:
            pages = seat.read(name)
            whole = texts(pages)
            for place in _spread(len(pages)):
                cursor, waiting = pages[place].cursor, _waiting(seat, name, pages[: place + 1])
                rest = seat.read(name, _copied(cursor), waiting)
                lost = whole - texts(pages[: place + 1]) - texts(rest)
                new = texts(rest) - whole
                bench.require(not lost, rule, f"{name} from {cursor} left out {shown(lost) if lost else ''}")
                bench.require(not new, rule, f"{name} from {cursor} gave other records, {shown(new) if new else ''}")
                ended = rest and rest[-1].complete
                bench.require(ended, rule, f"{name} from {cursor} did not reach its end")


def cursors_are_the_servers(bench: Bench) -> None:
    """A cursor is a small JSON object with its version, made of the helpdesk's data: never of this machine's clock."""
    with sitting(bench) as seat:
        names = seat.available
        seat.between.dated = seat.between.date_seen
        first = {name: [page.cursor for page in seat.read(name)] for name in names}
        time.sleep(_A_SECOND_S)
        second = {name: [page.cursor for page in seat.read(name)] for name in names}
    for name, cursors in first.items():
        for cursor in cursors:
            _is_sound(bench, name, cursor)
        rule = "a cursor is made of the helpdesk's data only"
        other = next((pair for pair in zip(cursors, second[name], strict=False) if pair[0] != pair[1]), None)
        bench.require(not other, rule, f"{name} gave {other} for the same page, read twice")


def children_are_done(bench: Bench) -> None:
    """A stream of children names every parent as done, once its children are there, and no other."""
    rule = "a stream of children tells which parents are done"
    with sitting(bench) as seat:
        for name in seat.available:
            parents = seat.stream(name).parents
            if not parents or parents not in seat.parents:
                continue
            done = [one for page in seat.read(name) for one in page.done]
            left = set(seat.parents[parents]) - set(done)
            bench.require(not left, rule, f"{name} left {len(left)} of {parents} such as {min(left, default='')}")
            others = set(done) - set(seat.parents[parents])
            bench.require(not others, rule, f"{name} names {sorted(others)[:3]}, which it was not asked for")


def reading_asks_only_through_the_api(bench: Bench) -> None:
    """Every request goes through the API that the stream is given, and changes nothing at the helpdesk."""
    with sitting(bench) as seat:
        for name in seat.available:
            seat.read(name)
            came, counted = len(seat.between.requests), seat.api.counts().requests
            rule = "every request goes through the api that is given, which keeps budget and pauses"
            bench.require(came == counted, rule, f"{name}: {came} requests arrived, {counted} were made through it")
            others = {one.method for one in seat.between.requests} - {"GET", "POST"}
            bench.require(not others, "reading changes nothing", f"{name} sent {', '.join(sorted(others))}")


def no_secret_is_told(bench: Bench) -> None:
    """No credential is found in cursors, records, or what the probe says."""
    rule = "no secret is told in cursors, records or the probe"
    with sitting(bench) as seat:
        credentials = bench.account.credentials.values()
        secrets = [value for value in credentials if len(value) >= 6 and value not in seat.probe.user]
        told = {"the probe": repr(seat.probe)}
        for name in seat.available:
            pages = seat.read(name)
            told[name] = repr([page.cursor for page in pages]) + repr([page.records for page in pages])
    for name, text in told.items():
        bench.require(not any(secret in text for secret in secrets), rule, f"{name} holds a credential")


def _waiting(seat: Sitting, name: str, pages: Sequence[Fetched]) -> list[str] | None:
    """The parents that are not done after these pages."""
    parents = seat.stream(name).parents
    if not parents:
        return None
    done = {one for page in pages for one in page.done}
    return [one for one in seat.parents.get(parents, ()) if one not in done]


def _is_sound(bench: Bench, name: str, cursor: Any) -> None:
    rule = "a cursor is a small JSON object whose v is its version"
    try:
        sound = isinstance(cursor, dict) and json.loads(text := json.dumps(cursor)) == cursor
    except (TypeError, ValueError) as error:
        raise bench.broken(rule, f"{name} gave {cursor!r} ({error})") from error
    bench.require(sound, rule, f"{name} gave {cursor!r}, which comes back from JSON as something else")
    bench.require("v" in cursor, rule, f"{name} gave {cursor!r} without v")
    bench.require(len(text) <= LARGEST_CURSOR, rule, f"{name} gave one of {len(text)} characters")


def _copied(cursor: Mapping[str, Any]) -> Cursor:
    """As it comes back from the ledger."""
    copy: Cursor = json.loads(json.dumps(cursor))
    return copy


def _spread(count: int) -> list[int]:
    if count <= MOST_CURSORS:
        return list(range(count))
    return sorted({round(step * (count - 1) / (MOST_CURSORS - 1)) for step in range(MOST_CURSORS)})
