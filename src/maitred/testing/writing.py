"""Whether a writer changes what it saw and nothing else, and whether webhook calls are believed only when genuine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest import SkipTest

from maitred.connectors.doubling import Fault
from maitred.connectors.live import Op, Refused, Seen, Sent, Writer
from maitred.testing.bench import Bench, Sitting, sitting

_MARKER, _OTHER = "[maitred:c0nf0rm1]", "[maitred:c0nf0rm2]"
_NOTE = Op("note", "note", "A note of the check")
_FOREVER = 1_000_000
_MOMENT_S = 2


def a_change_is_made_as_seen(bench: Bench) -> None:
    """What is seen names the ticket, its stamp and its values; a change is made, with no more requests than told."""
    with _opened(bench) as (seat, writer, change, ticket):
        seen = _seen(seat, writer, ticket)
        told = f"{ticket} was seen as {seen}"
        bench.require(seen.ticket == ticket and seen.stamp, "what is seen has its ticket and stamp", told)
        bench.require(change.kind == "note" or change.field in seen.values, "what is seen has the field", told)
        there = writer.see(seat.api, seat.known, [bench.unknown])
        bench.require(not there, "a ticket that is gone is not seen", f"{bench.unknown} was seen")
        before = len(seat.between.requests)
        seen = _seen(seat, writer, ticket)
        sent = writer.send(seat.api, seat.known, seen, [change], _MARKER)
        used, promised = len(seat.between.requests) - before, writer.requests([change])
        bench.require(sent.state == "sent", "a change is made", f"{change} came to {sent}")
        bench.require(used <= promised, "a change needs the requests that are told", f"{used} for {promised}")
        after = _seen(seat, writer, ticket)
        bench.require(_holds(after, change), "a change is made", f"after {change} the ticket has {after.values}")


def a_ticket_that_moved_on_is_left(bench: Bench) -> None:
    """A change of a ticket that is no longer as it was seen is a conflict, and changes nothing."""
    rule = "a ticket that has moved on is left as it is"
    with _opened(bench) as (seat, writer, change, ticket):
        old = _seen(seat, writer, ticket)
        first = writer.send(seat.api, seat.known, old, [change, _NOTE], _MARKER)
        bench.require(first.state == "sent", "a change is made", f"{change} came to {first}")
        bench.wait(_MOMENT_S)
        between = _seen(seat, writer, ticket)
        second = writer.send(seat.api, seat.known, old, [change, _NOTE], _OTHER)
        bench.require(second.state == "conflict", rule, f"the second change of {old.stamp} came to {second}")
        after = _seen(seat, writer, ticket)
        bench.require(after == between, rule, f"it went from {between} to {after}")
        noted = writer.note(seat.api, seat.known, ticket, _OTHER)
        bench.require(noted is None, rule, f"the note {noted} was written all the same")


def a_note_carries_its_marker(bench: Bench) -> None:
    """A note is found again by its marker, and by no other."""
    rule = "a note is found by its marker"
    with _opened(bench) as (seat, writer, _, ticket):
        none = writer.note(seat.api, seat.known, ticket, _MARKER)
        bench.require(none is None, rule, f"{none} was found before there was one")
        sent = writer.send(seat.api, seat.known, _seen(seat, writer, ticket), [_NOTE], _MARKER)
        bench.require(sent.state == "sent", "a change is made", f"the note came to {sent}")
        found = writer.note(seat.api, seat.known, ticket, _MARKER)
        bench.require(found is not None, rule, "it was not found after it was written")
        bench.require(sent.note in (None, found), rule, f"it was written as {sent.note} and found as {found}")
        other = writer.note(seat.api, seat.known, ticket, _OTHER)
        bench.require(other is None, rule, f"{other} was found by another marker")


def a_lost_answer_doubles_no_note(bench: Bench) -> None:
    """Where the answer to a change is lost it is not sent again, and the refusal says that it may have been made."""
    with _opened(bench) as (seat, writer, _, ticket):
        path = _path_of_writing(seat, writer, ticket)
        for kind in ("reset", "truncated_json", "html_200"):
            bench.wait(_MOMENT_S)
            seen, marker = _seen(seat, writer, ticket), f"[maitred:{kind}]"
            seat.between.faults, begun = [Fault(kind, path, times=_FOREVER)], len(seat.between.requests)
            sent, refused = _tried(seat, writer, seen, marker)
            seat.between.faults = []
            asked = [one for one in seat.between.requests[begun:] if one.method != "GET" and one.path == path]
            rule = "a change that may have been made is not sent again"
            bench.require(len(asked) == 1, rule, f"after {kind} it was sent {len(asked)} times")
            told = refused.sent if refused is not None else sent is not None and sent.state == "sent"
            rule = "a change whose answer is lost may have been made"
            bench.require(told, rule, f"after {kind} it came to {sent or refused!r}")
            if kind != "html_200":  # that one never reached the helpdesk
                found = writer.note(seat.api, seat.known, ticket, marker)
                bench.require(found is not None, "a note is found by its marker", f"not after {kind}")


def a_change_turned_away_is_sent_later(bench: Bench) -> None:
    """A change that the helpdesk turned away unread (429) is made once its pause is over, and made once."""
    rule = "a change that was turned away is sent again after the pause"
    with _opened(bench) as (seat, writer, _, ticket):
        path = _path_of_writing(seat, writer, ticket)
        bench.wait(_MOMENT_S)
        seen = _seen(seat, writer, ticket)
        seat.between.faults = [Fault("status_429", path, value="30")]
        sent, refused = _tried(seat, writer, seen, "[maitred:turned]")
        seat.between.faults = []
        bench.require(sent is not None and sent.state == "sent", rule, f"it came to {sent or refused!r}")
        bench.require(not seat.between.early, rule, f"it did not wait: {seat.between.early}")


def only_genuine_calls_are_believed(bench: Bench) -> None:
    """A webhook call is accepted with a secret that holds now, and by nothing else; no body makes it raise."""
    call, hook = bench.call, bench.connector.hook
    if call is None:
        raise SkipTest("the bench has no webhook call")
    taken = hook(call)
    bench.require(taken is not None, "a genuine call is accepted", "it was not")
    assert taken is not None
    bench.require(taken.delivery_id and taken.tickets, "a call names its delivery and tickets", f"it gave {taken}")
    bench.require(hook(call) == taken, "the same call is known by the same id", "it gave another")
    for secrets in (("another-secret-of-the-check", *call.secrets), (*call.secrets, "another-secret-of-the-check")):
        both = hook(replace(call, secrets=secrets))
        bench.require(both is not None, "two secrets hold while they change", "a call by one of them was not accepted")
    forged = {
        "without any secret": replace(call, secrets=()),
        "with an empty secret": replace(call, secrets=("",)),
        "with an empty secret and no headers": replace(call, secrets=("",), headers={}),
        "with another secret": replace(call, secrets=("another-secret-of-the-check",)),
        "without headers": replace(call, headers={}),
        "with empty headers": replace(call, headers=dict.fromkeys(call.headers, "")),
    }
    if bench.signs_body:
        forged["with another body"] = replace(call, body=call.body + b" ")
    for how, delivery in forged.items():
        bench.require(hook(delivery) is None, "only genuine calls are accepted", f"one {how} was accepted")
    for body in (b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe", b'{"id": {"id": []}}', b'{"ticket_id": [1]}'):
        try:
            hook(replace(call, body=body))
        except Exception as error:
            raise bench.broken("no body makes the hook raise", f"{body!r} raised {type(error).__name__}") from error


@contextmanager
def _opened(bench: Bench) -> Iterator[tuple[Sitting, Writer, Op, str]]:
    """A sitting with the writer, the change, and the first ticket that may be changed; signed in already."""
    writer, change = bench.writer()
    with sitting(bench) as seat:
        ids = [key for page in bench.connector.ids(seat.reading) for key in page]
        seen = writer.see(seat.api, seat.known, ids[:20])
        free = [key for key, one in seen.items() if one.locked is None]
        bench.require(free, "an account to check with has tickets that may be changed", f"there is none in {ids[:20]}")
        yield seat, writer, change, free[0]


def _seen(seat: Sitting, writer: Writer, ticket: str) -> Seen:
    seen = writer.see(seat.api, seat.known, [ticket])
    seat.bench.require(ticket in seen, "a ticket that is there is seen", f"{ticket} was not")
    return seen[ticket]


def _holds(seen: Seen, change: Op) -> bool:
    if change.kind == "set":
        return bool(seen.values.get(change.field) == change.value)
    tags = set(seen.values.get("tags") or ())
    if change.kind == "add_tags":
        return set(change.value) <= tags
    return change.kind == "note" or not tags & set(change.value)


def _path_of_writing(seat: Sitting, writer: Writer, ticket: str) -> str:
    """Where a note is written to, seen from writing one."""
    begun = len(seat.between.requests)
    sent = writer.send(seat.api, seat.known, _seen(seat, writer, ticket), [_NOTE], _MARKER)
    seat.bench.require(sent.state == "sent", "a change is made", f"the note came to {sent}")
    return next(one.path for one in reversed(seat.between.requests[begun:]) if one.method != "GET")


def _tried(seat: Sitting, writer: Writer, seen: Seen, marker: str) -> tuple[Sent | None, Refused | None]:
    try:
        return writer.send(seat.api, seat.known, seen, [_NOTE], marker), None
    except Refused as refused:
        return None, refused
