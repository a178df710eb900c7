"""The first filling of a large object: a job of Salesforce's bulk interface for every month of creation.

A job's number, then its place in the results, is the cursor, so that an interruption asks for one part again. What
changes meanwhile is read afterwards, from five minutes before the first job on. Where jobs fail, pages are read
instead.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from maitred.connectors.live import Cursor, Fetched, Refused, Reply
from maitred.connectors.page import Record
from maitred.connectors.salesforce.asking import ACCOUNT, NUMBERS, Asking, parsed, records_of, written

JOBS = "jobs"
"""The budget of looking whether a job is done: a few times a minute."""
LARGE = 20_000
PART = {"EmailMessage": 1_000, "Case": 5_000, "CaseComment": 10_000}
_PART = 25_000
_TRIES = 2
_LOOKS = 120
_OVERLAP = timedelta(minutes=5)
_LONGEST_FIELD = 2**31 - 1
_GONE = (400, 404)


def beginning(asking: Asking, since: str) -> Cursor | None:
    """The cursor of the first job; None where the object is small enough for pages."""
    settings = asking.reading.account.settings
    stamped = f"{asking.stamp} >= {since}" if since else ""
    counted = asking.ask(asking.count(stamped), accept=(200, 400))
    if counted.status == 200:
        told = counted.body.get("totalSize") if isinstance(counted.body, dict) else None
        if not isinstance(told, int):
            raise Refused(
                "Salesforce's answer holds no count", "the helpdesk's form has changed", status=200, reason="form"
            )
        if told < int(settings.get("bulk_from", LARGE)):
            return None
    oldest = asking.ask(
        asking.soql(stamped, order="ORDER BY CreatedDate, Id", fields=("Id", "CreatedDate"), limit=1), accept=(200, 400)
    )
    records = records_of(oldest) if oldest.status == 200 else []
    if not records:
        return None
    month = parsed(str(records[0]["CreatedDate"])).strftime("%Y-%m")
    return {"v": 1, "bulk": {"month": month, "until": written(oldest.server_time)}}


def pages(asking: Asking, cursor: Cursor, since: str) -> Iterator[Fetched]:
    """The results of every month's job, in parts; the last cursor goes on with pages of what changed since."""
    state: dict[str, Any] = dict(cursor["bulk"])
    until = str(state["until"])
    while state["month"] <= until[:7]:
        if "job" not in state:
            reply = _made(asking, state, since)
            state = {**state, "job": str(reply.body["id"]), "header": ",".join(asking.fields)}
            yield _page([], state, reply)
        outcome = yield from _awaited(asking, state)
        if outcome == "done":
            outcome = yield from _results(asking, state)
        if outcome == "done":
            state = {"month": _following(state["month"]), "until": until}
        elif int(state.get("tries", 0)) + 1 >= _TRIES:
            yield Fetched([], {"v": 1, **({"from": since} if since else {})}, False, parsed(until), 0)
            return
        else:
            state = {"month": state["month"], "until": until, "tries": int(state.get("tries", 0)) + 1}
    begins = written(parsed(until) - _OVERLAP)
    yield Fetched([], {"v": 1, "at": begins, "id": "", "from": begins}, False, parsed(until), 0)


def _made(asking: Asking, state: dict[str, Any], since: str) -> Reply:
    first, following = _instant(state["month"]), _instant(_following(state["month"]))
    stamped = f"{asking.stamp} >= {since}" if since else ""
    query = asking.soql(f"CreatedDate >= {first}", f"CreatedDate < {following}", stamped)
    reply = asking.api.send(
        "POST", f"{asking.base}/jobs/query", {"operation": "queryAll", "query": query}, bucket=ACCOUNT, repeatable=True
    )
    if not isinstance(reply.body, dict) or not reply.body.get("id"):
        raise Refused("Salesforce's answer names no job", "the helpdesk's form has changed", status=200, reason="form")
    return reply


def _awaited(asking: Asking, state: dict[str, Any]) -> Generator[Fetched, None, str]:
    """Look until the job has ended; gives ``done`` or why it is not."""
    for look in range(1, _LOOKS + 1):
        reply = asking.api.get(_path(asking, state), bucket=JOBS, accept=(200, *_GONE))
        if reply.status != 200:
            return "lost"
        told = str(reply.body.get("state"))
        if told == "JobComplete":
            return "done"
        if told in ("Failed", "Aborted"):
            return told
        yield _page([], {**state, "looks": look}, reply)
    raise Refused(
        f"a job that reads {asking.name} is still not done", "the next sync looks again", status=200, reason="job"
    )


def _results(asking: Asking, state: dict[str, Any]) -> Generator[Fetched, None, str]:
    """The parts of a job's results; gives ``done``, or ``lost`` where Salesforce no longer holds them."""
    size = int(asking.reading.account.settings.get("bulk_part", PART.get(asking.name, _PART)))
    while True:
        locator = str(state.get("locator", ""))
        where: dict[str, Any] = {"maxRecords": size, **({"locator": locator} if locator else {})}
        path = f"{_path(asking, state)}/results"
        reply = asking.api.get(
            path, where, bucket=ACCOUNT, csv=True, accept=(200, *_GONE), headers={"Accept": "text/csv"}
        )
        if reply.status != 200:
            return "lost"
        header = str(state["header"]).split(",")
        records = [typed(record, asking.kinds) for record in rows(str(reply.body or ""), header)]
        told = reply.headers.get("sforce-numberofrecords", "")
        if told.isdigit() and int(told) != len(records):
            raise Refused(
                f"a part of a job's results holds {len(records)} rows of {asking.name} where {told} were named",
                "sync again later",
                status=200,
                reason="form",
            )
        locator = reply.headers.get("sforce-locator", "null")
        if locator in ("", "null"):
            yield _page(records, {"month": _following(state["month"]), "until": state["until"]}, reply)
            return "done"
        if locator == state.get("locator"):
            raise Refused("a job's results lead to themselves", "sync again later", status=200, reason="loop")
        state["locator"] = locator
        state.pop("looks", None)
        yield _page(records, state, reply)


def rows(text: str, header: list[str]) -> list[Record]:
    """Rows of a part of a job's results. A part may begin with the header or not; an empty value is none.

    Examples
    --------
    >>> rows("Id,Subject\\n500,", ["Id", "Subject"]) == rows("500,", ["Id", "Subject"])
    True

    Raises
    ------
    Refused
        A row does not have the header's columns.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    lines = list(csv.reader(io.StringIO(text, newline="")))
    if lines and sorted(lines[0]) == sorted(header):
        header = lines.pop(0)
    wrong = [line for line in lines if len(line) != len(header)]
    if wrong:
        raise Refused(
            "a row of a job's results has another number of columns than its header", "sync again later", status=200,
            reason="form",
        )  # fmt: skip
    return [{key: value or None for key, value in zip(header, line, strict=True)} for line in lines]


def typed(record: Record, kinds: Mapping[str, str]) -> Record:
    """A row of texts as a query would give it, so that a case is the same however it came.

    Examples
    --------
    >>> typed({"IsClosed": "false", "ARR__c": "1200.5", "Subject": "1"}, {"IsClosed": "boolean", "ARR__c": "currency"})
    {'IsClosed': False, 'ARR__c': 1200.5, 'Subject': '1'}
    """
    shaped = dict(record)
    for name, kind in kinds.items():
        text = shaped.get(name)
        if not isinstance(text, str):
            continue
        if kind == "boolean" and text in ("true", "false"):
            shaped[name] = text == "true"
        elif kind == "datetime" and text.endswith("Z"):
            shaped[name] = f"{text[:-1]}+0000"
        elif kind in NUMBERS:
            with suppress(ValueError):
                shaped[name] = int(text) if kind in ("int", "long") else float(text)
    return shaped


def _page(records: list[Record], state: dict[str, Any], reply: Reply) -> Fetched:
    return Fetched(records, {"v": 1, "bulk": dict(state)}, False, reply.server_time)


def _path(asking: Asking, state: dict[str, Any]) -> str:
    return f"{asking.base}/jobs/query/{state['job']}"


def _instant(month: str) -> str:
    return written(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC))


def _following(month: str) -> str:
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return (first + timedelta(days=32)).strftime("%Y-%m")
