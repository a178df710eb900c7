"""Faults at every statement: whether a deed leaves nothing behind when the database fails in the middle of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


class FaultInjected(OperationalError):
    """What the database says at the chosen statement."""


class Blow:
    """Lets ``n - 1`` statements pass and fails at the n-th, once."""

    def __init__(self, n: int) -> None:
        self.left = n
        self.at = ""

    def __call__(self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.left -= 1
        if self.left == 0:
            self.at = sql
            raise FaultInjected(f"injected at: {sql[:200]}")
        return execute(sql, params, many, context)


def assert_atomic(do: Callable[[], object], snapshot: Callable[[], object] | None = None) -> int:
    """Run ``do`` with a fault at its first statement, at its second, and so on until none fires any more.

    Parameters
    ----------
    do
        A deed that begins and ends its own transaction; the last run is the one that is not disturbed.
    snapshot
        What must be as before after each fault; a hash over every table unless given.

    Returns
    -------
    int
        At how many statements a fault was put.
    """
    look = snapshot or database_hash
    before = look()
    n = 0
    while True:
        n += 1
        blow = Blow(n)
        try:
            with connection.execute_wrapper(blow):
                do()
        except FaultInjected:
            assert look() == before, f"a fault at statement {n} left something behind: {blow.at}"
        else:
            assert not blow.at, f"a fault at statement {n} was passed over in silence: {blow.at}"
            return n - 1


def database_hash() -> str:
    """One hash over all rows of all tables, whatever order they are stored in."""
    told = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            told.update(repr((table, sorted(map(repr, cursor.fetchall())))).encode())
    return told.hexdigest()
