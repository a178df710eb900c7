"""The part of Salesforce's query language that the fake organisation answers: fields, conditions, order, limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

Row = dict[str, Any]
Test = Callable[[Row], bool]
_QUERY = re.compile(
    r"SELECT (?P<fields>.+?) FROM (?P<name>\w+)(?: WHERE (?P<where>.+?))?"
    r"(?: ORDER BY (?P<order>[\w., ]+?))?(?: LIMIT (?P<limit>\d+))?",
    re.DOTALL,
)
_TOKEN = re.compile(r"\s*('(?:[^'\\]|\\.)*'|\(|\)|,|>=|<=|!=|=|<|>|[\w.:+-]+)")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Malformed(ValueError):
    """The query cannot be read."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was read; ``fields`` is empty where only the number of rows is asked for."""

    name: str
    fields: tuple[str, ...]
    named: tuple[str, ...]
    holds: Test
    order: tuple[str, ...]
    limit: int | None

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that it asks for, in its order."""
        found = [row for row in rows if self.holds(row)]
        if self.order:
            found.sort(key=lambda row: [str(row.get(field) or "") for field in self.order])
        return found if self.limit is None else found[: self.limit]


def read(text: str) -> Query:
    """A query from its text.

    Raises
    ------
    Malformed
        It is none that is known here.
    """
    found = _QUERY.fullmatch(text.strip())
    if found is None:
        raise Malformed(f"unexpected token in: {text[:80]}")
    chosen = tuple(field.strip() for field in found["fields"].split(","))
    counted = chosen == ("COUNT()",)
    conditions = _Conditions(_tokens(found["where"] or ""))
    holds: Test = conditions.whole() if found["where"] else lambda row: True
    order = tuple(part.split()[0] for part in (found["order"] or "").split(",") if part.strip())
    named = (*(() if counted else chosen), *conditions.fields, *order)
    limit = None if found["limit"] is None else int(found["limit"])
    return Query(found["name"], () if counted else chosen, named, holds, order, limit)


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while place < len(text.rstrip()):
        found = _TOKEN.match(text, place)
        if found is None:
            raise Malformed(f"unexpected token: {text[place : place + 20]}")
        tokens.append(found.group(1))
        place = found.end()
    return tokens


class _Conditions:
    """Reads conditions: OR of ANDs of comparisons, lists and groups."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens, self._place = tokens, 0
        self.fields: list[str] = []

    def whole(self) -> Test:
        test = self._any()
        if self._place != len(self._tokens):
            raise Malformed(f"unexpected token: {self._tokens[self._place]}")
        return test

    def _any(self) -> Test:
        tests = [self._all()]
        while self._next("OR"):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._next("AND"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._next("("):
            test = self._any()
            self._must(")")
            return test
        field = self._take()
        self.fields.append(field)
        operator = self._take()
        if operator == "IN":
            self._must("(")
            values = {_value(self._take())}
            while self._next(","):
                values.add(_value(self._take()))
            self._must(")")
            return lambda row: row.get(field) in values
        value = _value(self._take())
        if operator not in _COMPARISONS:
            raise Malformed(f"unexpected token: {operator}")
        return _comparison(field, operator, value)

    def _take(self) -> str:
        if self._place >= len(self._tokens):
            raise Malformed("unexpected end of the query")
        self._place += 1
        return self._tokens[self._place - 1]

    def _next(self, word: str) -> bool:
        if self._place < len(self._tokens) and self._tokens[self._place] == word:
            self._place += 1
            return True
        return False

    def _must(self, word: str) -> None:
        if not self._next(word):
            raise Malformed(f"expected {word}")


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "!=": lambda one, other: bool(one != other),
    ">": lambda one, other: one is not None and bool(one > other),
    ">=": lambda one, other: one is not None and bool(one >= other),
    "<": lambda one, other: one is not None and bool(one < other),
    "<=": lambda one, other: one is not None and bool(one <= other),
}


def _comparison(field: str, operator: str, value: Any) -> Test:
    compare = _COMPARISONS[operator]
    return lambda row: compare(row.get(field), value)


def _value(token: str) -> Any:
    if token.startswith("'"):
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if _INSTANT.fullmatch(token):
        return written(datetime.fromisoformat(token).timestamp())
    if token in ("null", "true", "false"):
        return {"null": None, "true": True, "false": False}[token]
    if _NUMBER.fullmatch(token):
        return float(token)
    raise Malformed(f"unexpected token: {token}")


@lru_cache(65_536)
def written(epoch: float) -> str:
    """An instant as replies have it; as text these sort by time."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
