"""The search of the fake Zendesk, as far as it finds tickets by the time of their creation; it knows no deleted one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from maitred.connectors.doubling import Answer, Request
from maitred.connectors.zendesk import double_rows as rows
from maitred.connectors.zendesk.double_account import Account, epoch

if TYPE_CHECKING:
    from maitred.connectors.zendesk.double import Zendesk

_BOUND = re.compile(r"created(>=|<=|<|>)(\S+)")


class Search:
    """``search/count`` and ``search/export`` of one double."""

    def __init__(self, desk: Zendesk, held: Account) -> None:
        self._desk, self._held = desk, held

    def routes(self) -> None:
        """Answer for both."""
        self._desk.route("GET", r"/api/v2/search/count\.json")(self._count)
        self._desk.route("GET", r"/api/v2/search/export\.json")(self._export)

    def _count(self, request: Request) -> Answer:
        query = request.query.get("query", "")
        if "type:ticket" not in query.split():
            return _misread()
        return Answer(200, {"count": sum(1 for _ in self._found(query))})

    def _export(self, request: Request) -> Answer:
        if request.query.get("filter[type]") != "ticket":
            return _misread()
        size, last = min(int(request.query.get("page[size]", "100")), 1_000), int(request.query.get("page[after]", "0"))
        found = [number for number in self._found(request.query.get("query", "")) if number > last]
        given = [{**rows.listed(self._held.row(number)), "result_type": "ticket"} for number in found[:size]]
        after = found[:size][-1] if given else last
        return self._desk.leads(request, "results", given, after, size, len(found) > size)

    def _found(self, query: str) -> Iterator[int]:
        """Numbers of the tickets that a query means; they are numbered in the order of their creation."""
        bounds = {operator: epoch(stamp) for operator, stamp in _BOUND.findall(query)}
        first = max(bounds.get(">=", 0), bounds.get(">", -1) + 1)
        after = min(bounds.get("<", 1 << 62), bounds.get("<=", (1 << 62) - 1) + 1)
        numbers = self._held.numbers()
        begin = bisect_left(numbers, first, key=self._held.born)
        end = bisect_left(numbers, after, key=self._held.born)
        return (number for number in numbers[begin:end] if number not in self._held.deleted)


def _misread() -> Answer:
    return Answer(422, {"error": "invalid", "description": "Invalid search: type is missing"})
